package certs_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/certs"
)

// A wrapping listener gives its connections the host of a CONNECT.
type hostListener struct {
	net.Listener
	host string
}

func (l hostListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil || l.host == "" {
		return conn, err
	}
	return certs.WithHost(conn, l.host), nil
}

// serve runs an HTTPS server of net/http, which copies the TLS configuration,
// and returns its address.
func serve(t *testing.T, a *certs.Authority, host string) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		TLSConfig: a.TLSConfig(),
		ErrorLog:  log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Proto)
		}),
	}
	done := make(chan error, 1)
	go func() { done <- srv.ServeTLS(hostListener{ln, host}, "", "") }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return ln.Addr().String()
}

// dial shakes hands as a client that trusts the CA.
func dial(ctx context.Context, addr string, cfg *tls.Config) (*tls.Conn, error) {
	conn, err := (&tls.Dialer{Config: cfg}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	tc, ok := conn.(*tls.Conn)
	if !ok {
		return nil, errors.New("not a connection of TLS")
	}
	return tc, nil
}

func TestHandshakePicksHost(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	tests := []struct {
		name        string
		connect     string // host of the CONNECT request
		serverName  string // what the client wants to see, and sends if it is a name
		wantAddress bool
	}{
		{"by SNI", "", "api.example.com", false},
		{"SNI goes before CONNECT", "192.0.2.1:443", "api.example.com", false},
		{"CONNECT to an address", "192.0.2.1:443", "192.0.2.1", true},
		{"CONNECT to an IPv6 address", "[2001:db8::7]:443", "2001:db8::7", true},
		{"CONNECT host without port", "2001:db8::7", "2001:db8::7", true},
		{"straight to our port", "", "127.0.0.1", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, a, tt.connect)
			conn, err := dial(t.Context(), addr, &tls.Config{RootCAs: pool(t, a.CertPEM()), ServerName: tt.serverName})
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			leaf := conn.ConnectionState().PeerCertificates[0]
			if got := len(leaf.IPAddresses) == 1; got != tt.wantAddress {
				t.Errorf("leaf for addresses %v and names %v", leaf.IPAddresses, leaf.DNSNames)
			}
		})
	}
}

func TestHandshakeRefusesAbsurdSNI(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	addr := serve(t, a, "")
	conn, err := dial(t.Context(), addr, &tls.Config{ServerName: "*.example.com", InsecureSkipVerify: true})
	if err == nil {
		conn.Close()
		t.Error("a leaf was presented for *.example.com")
	}
}

func TestALPN(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	addr := serve(t, a, "")
	for proto, offer := range map[string][]string{"h2": {"h2", "http/1.1"}, "http/1.1": {"http/1.1"}, "": nil} {
		conn, err := dial(t.Context(), addr, &tls.Config{RootCAs: pool(t, a.CertPEM()), ServerName: "x.example", NextProtos: offer})
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.ConnectionState().NegotiatedProtocol; got != proto {
			t.Errorf("offered %v: negotiated %q, want %q", offer, got, proto)
		}
		conn.Close()
	}
}

// A session begun at one server of ours is resumed at another: each works on
// its own copy of the configuration.
func TestSessionsAreShared(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	one, two := serve(t, a, ""), serve(t, a, "")
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := &tls.Config{
				RootCAs:            pool(t, a.CertPEM()),
				ServerName:         "x.example",
				MaxVersion:         version,
				ClientSessionCache: tls.NewLRUClientSessionCache(4),
			}
			var got []bool
			for _, addr := range []string{one, one, two} {
				tr := &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					conn, err := dial(ctx, addr, cfg)
					if err == nil {
						got = append(got, conn.ConnectionState().DidResume)
					}
					return conn, err
				}}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example/", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := tr.RoundTrip(req) // reading lets a ticket of TLS 1.3 arrive
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				tr.CloseIdleConnections()
			}
			if d := cmp.Diff([]bool{false, true, true}, got); d != "" {
				t.Errorf("resumed (-want +got):\n%s", d)
			}
		})
	}
}

func TestWithHostKeepsConn(t *testing.T) {
	t.Parallel()
	addr := serve(t, load(t, certs.Options{}), "")
	var d net.Dialer
	tcp, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	type wrapper interface {
		NetConn() net.Conn
		CloseWrite() error
	}
	wrap := func(c net.Conn) wrapper {
		w, ok := certs.WithHost(c, "x").(wrapper)
		if !ok {
			t.Fatal("the result has no NetConn and CloseWrite")
		}
		return w
	}
	conn := wrap(tcp)
	if inner := conn.NetConn(); inner != tcp {
		t.Errorf("NetConn is %v", inner)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Errorf("CloseWrite: %v", err)
	}
	pipe, other := net.Pipe()
	defer other.Close()
	defer pipe.Close()
	if err := wrap(pipe).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CloseWrite of a pipe: %v, want ErrUnsupported", err)
	}
}

// Wrappers in between must not hide whom the client wants.
func TestHandshakeFindsHostBelowWrapper(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	client, server := net.Pipe()
	defer client.Close()
	outer := tlsWrapper{certs.WithHost(server, "192.0.2.9:443")}
	done := make(chan error, 1)
	go func() {
		conn := tls.Server(outer, a.TLSConfig())
		done <- conn.HandshakeContext(t.Context())
		conn.Close()
	}()
	conn := tls.Client(client, &tls.Config{RootCAs: pool(t, a.CertPEM()), ServerName: "192.0.2.9", MaxVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type tlsWrapper struct{ net.Conn }

func (w tlsWrapper) NetConn() net.Conn { return w.Conn }

func BenchmarkHandshake(b *testing.B) {
	a := load(b, certs.Options{})
	cfg := &tls.Config{RootCAs: pool(b, a.CertPEM()), ServerName: "x.example"}
	b.ReportAllocs()
	for b.Loop() {
		client, server := net.Pipe()
		done := make(chan error, 1)
		go func() { done <- tls.Server(server, a.TLSConfig()).HandshakeContext(b.Context()) }()
		conn := tls.Client(client, cfg)
		err := conn.HandshakeContext(b.Context())
		go func() { _, _ = io.Copy(io.Discard, client) }()
		if err = errors.Join(err, <-done); err != nil {
			b.Fatal(err)
		}
		server.Close()
		client.Close()
	}
}
