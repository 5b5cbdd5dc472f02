package proxy_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	distrusted = "the client does not trust the CA, or pins its certificate"
	hungUp     = "the client hung up after the TLS handshake: it may not trust the CA, or pin its certificate"
)

// A clearAlert is a connection of a TLS client that ends its handshake with an
// alert in the clear, as OpenSSL does under TLS 1.3.
type clearAlert struct {
	net.Conn
	greeted bool
	alert   byte
}

func (c *clearAlert) Write(p []byte) (int, error) {
	if !c.greeted {
		c.greeted = true
		return c.Conn.Write(p)
	}
	// After the record that changes ciphers, in one segment.
	record := []byte{20, 3, 3, 0, 1, 1, 21, 3, 3, 0, 2, 2, c.alert}
	if _, err := c.Conn.Write(record); err != nil {
		return 0, err
	}
	return len(p), nil
}

// A hangUp is one that hangs up instead, as Node does.
type hangUp struct {
	net.Conn
	greeted bool
}

func (c *hangUp) Write(p []byte) (int, error) {
	if !c.greeted {
		c.greeted = true
		return c.Conn.Write(p)
	}
	_ = c.Close()
	return 0, io.ErrClosedPipe
}

// TestDistrust: however a client shows that it does not want our certificate,
// the host is named once; and none is named for other reasons.
func TestDistrust(t *testing.T) {
	t.Parallel()
	refuse := func(t *testing.T, c net.Conn, version uint16) {
		t.Helper()
		cfg := &tls.Config{ServerName: "pinned.test", MaxVersion: version}
		if err := tls.Client(c, cfg).Handshake(); err == nil {
			t.Error("the handshake succeeded without our CA")
		}
	}
	for _, tt := range []struct {
		name     string
		client   func(*testing.T, net.Conn)
		want     string
		failures string
	}{
		{"alert under TLS 1.3", func(t *testing.T, c net.Conn) { refuse(t, c, tls.VersionTLS13) }, distrusted, "3"},
		{"alert under TLS 1.2", func(t *testing.T, c net.Conn) { refuse(t, c, tls.VersionTLS12) }, distrusted, "3"},
		{"alert in the clear", func(t *testing.T, c net.Conn) {
			refuse(t, &clearAlert{Conn: c, alert: 48}, tls.VersionTLS13)
		}, distrusted, "3"},
		{"other alert in the clear", func(t *testing.T, c net.Conn) {
			refuse(t, &clearAlert{Conn: c, alert: 80}, tls.VersionTLS13)
		}, "", "3"},
		{"hangs up on the certificate", func(t *testing.T, c net.Conn) { refuse(t, &hangUp{Conn: c}, tls.VersionTLS13) }, distrusted, "3"},
		{"hangs up before", func(_ *testing.T, c net.Conn) { _, _ = c.Write([]byte{22, 3, 1, 2}) }, "", "3"},
		{"hangs up after the handshake", func(t *testing.T, c net.Conn) {
			tc := tls.Client(c, &tls.Config{ServerName: "pinned.test", InsecureSkipVerify: true})
			if err := tc.Handshake(); err != nil {
				t.Error(err)
			}
			_ = tc.Close() // says goodbye
		}, hungUp, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			for range 3 {
				c := r.connect("pinned.test:443")
				tt.client(t, c)
				c.Close()
			}
			eventually(t, "the failures are counted", func() bool {
				return strings.Contains(r.scrape(), "pactape_client_tls_failures_total "+tt.failures+"\n")
			})
			if tt.want != "" {
				eventually(t, "the host is named", func() bool { return len(r.logs.with(tt.want)) > 0 })
			}
			if err := r.stop(); err != nil {
				t.Error(err)
			}
			found := slices.Concat(r.logs.with(distrusted), r.logs.with(hungUp))
			switch {
			case tt.want == "" && len(found) == 0:
			case len(found) != 1 || found[0].message != tt.want || found[0].attrs["host"] != "pinned.test":
				t.Errorf("reported %+v, want once %q", found, tt.want)
			}
		})
	}
}

// TestTrustedHostIsNotSuspected: a client that takes our certificate may hang
// up on a connection that it does not need.
func TestTrustedHostIsNotSuspected(t *testing.T) {
	t.Parallel()
	up := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") })
	r := start(t, trusting(up))
	get(t, r.client(), up.URL)
	tc := tls.Client(r.connect(up.Listener.Addr().String()), &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"})
	if err := tc.Handshake(); err != nil {
		t.Fatal(err)
	}
	_ = tc.Close()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if found := slices.Concat(r.logs.with(distrusted), r.logs.with(hungUp)); len(found) != 0 {
		t.Errorf("reported %+v", found)
	}
}
