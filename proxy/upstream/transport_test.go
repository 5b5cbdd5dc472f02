package upstream_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	plain := serve(t, echo, nil)
	secure := serve(t, echo, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, "127.0.0.1")}})
	old := serve(t, echo, &tls.Config{
		Certificates: []tls.Certificate{ca.leaf(t, nil, "127.0.0.1")}, NextProtos: []string{"http/1.1"}, MaxVersion: tls.VersionTLS12,
	})
	tests := []struct {
		name, url, proto string
		ctx              func(context.Context) context.Context
	}{
		{"HTTP/1.1", "http://" + plain, "HTTP/1.1", nil},
		{"HTTP/2 by ALPN", "https://" + secure, "HTTP/2.0", nil},
		{"HTTP/1.1 by ALPN", "https://" + old, "HTTP/1.1", nil},
		{"HTTP/2 with prior knowledge", "http://" + plain, "HTTP/2.0", upstream.WithH2C},
		{"prior knowledge says nothing about TLS", "https://" + old, "HTTP/1.1", upstream.WithH2C},
	}
	tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if tt.ctx != nil {
				ctx = tt.ctx(ctx)
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, tt.url+"/a%2Fb?x=1&x=2", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "named.example"
			header, body := do(t, tr, req)
			if header.Get("X-Proto") != tt.proto {
				t.Errorf("spoke %s, want %s", header.Get("X-Proto"), tt.proto)
			}
			if got := header.Get("X-Host"); got != "named.example" {
				t.Errorf("Host %q was sent", got)
			}
			if want := "POST /a%2Fb?x=1&x=2 body"; body != want {
				t.Errorf("the server saw %q, want %q", body, want)
			}
		})
	}
}

// What the server sends is what is passed on: no coding is asked for or undone.
func TestContentCodingIsLeftAlone(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	_, _ = zw.Write([]byte("hello"))
	zw.Close()
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Asked", strings.Join(r.Header["Accept-Encoding"], "|"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}, nil)
	header, body := get(t, newTransport(t, upstream.Options{}), "http://"+addr)
	if header.Get("X-Asked") != "" || header.Get("Content-Encoding") != "gzip" || body != packed.String() {
		t.Errorf("Accept-Encoding %q sent; Content-Encoding %q and %q received",
			header.Get("X-Asked"), header.Get("Content-Encoding"), body)
	}
}

func TestVerification(t *testing.T) {
	t.Parallel()
	ca, stranger := newTestCA(t), newTestCA(t)
	config := func(ca *testCA, change func(*x509.Certificate), host string) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, change, host)}}
	}
	tests := []struct {
		name   string
		config *tls.Config
		reason string
	}{
		{"trusted", config(ca, nil, "127.0.0.1"), ""},
		{"unknown authority", config(stranger, nil, "127.0.0.1"), "certificate signed by unknown authority"},
		{"another name", config(ca, nil, "example.com"), "certificate is not valid for 127.0.0.1"},
		{"expired", config(ca, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "127.0.0.1"), "certificate has expired"},
		{"not yet valid", config(ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, "127.0.0.1"), "certificate is not valid yet"},
		{"for clients only", config(ca, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}, "127.0.0.1"), "certificate is invalid"},
	}
	strict := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}})
	insecure := newTransport(t, upstream.Options{Insecure: true})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, echo, tt.config)
			if tt.reason == "" {
				get(t, strict, "https://"+addr)
			} else {
				kind, reason := upstream.Classify(failure(t, strict, "https://"+addr))
				if kind != capture.FailUpstream || reason != tt.reason {
					t.Errorf("%s %q, want %q", kind, reason, tt.reason)
				}
			}
			get(t, insecure, "https://"+addr)
		})
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	both, key := ca.clientFiles(t)
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, echo, &tls.Config{
				Certificates: []tls.Certificate{ca.leaf(t, nil, "127.0.0.1")},
				ClientAuth:   tls.RequireAndVerifyClientCert,
				ClientCAs:    ca.pool(),
				MaxVersion:   version,
			})
			for _, o := range []upstream.Options{{ClientCert: both}, {ClientCert: both, ClientKey: key}} {
				o.CAFiles = []string{ca.file(t)}
				header, _ := get(t, newTransport(t, o), "https://"+addr)
				if header.Get("X-Client") != "client" {
					t.Errorf("the server saw the client %q", header.Get("X-Client"))
				}
			}
			err := failure(t, newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}}), "https://"+addr)
			// In TLS 1.3 the refusal may arrive after a write has failed.
			if kind, reason := upstream.Classify(err); kind != capture.FailUpstream {
				t.Errorf("without a certificate: %s %q (%v)", kind, reason, err)
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	parse := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	nonsense := write(t, []byte("nonsense"))
	tests := []struct {
		name string
		o    upstream.Options
		want string
	}{
		{"CA file missing", upstream.Options{CAFiles: []string{nonsense + "x"}}, "upstream CA: open"},
		{"CA file without certificate", upstream.Options{CAFiles: []string{nonsense}}, "no certificate in it"},
		{"key without certificate", upstream.Options{ClientKey: nonsense}, "needs a certificate"},
		{"client certificate", upstream.Options{ClientCert: nonsense}, "upstream client certificate"},
		{"proxy scheme", upstream.Options{Proxy: parse("socks4://u:geheim@h:1")}, "the scheme must be http, https, socks5 or socks5h"},
		{"proxy host", upstream.Options{Proxy: parse("http://")}, "no host"},
		{"proxy path", upstream.Options{Proxy: parse("http://h/p")}, "must end behind the port"},
		{"exclusion", upstream.Options{NoProxy: []string{"a b/99"}}, `host pattern "b/99"`},
		{"map", upstream.Options{Map: map[string]*url.URL{"a": parse("ftp://b")}}, `map "a": the scheme`},
		{"map key", upstream.Options{Map: map[string]*url.URL{"a:b": parse("http://b")}}, `"b" is not a port`},
	}
	for _, tt := range tests {
		_, err := upstream.New(tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: the password is in %v", tt.name, err)
		}
	}
}

// As many connections as there are clients stay open between rounds.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const clients = 100
	var dialed atomic.Int64
	together := make(chan struct{})
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			<-together
		}
	}, nil)
	tr := newTransport(t, upstream.Options{})
	round := func(path string, release bool) {
		var wg, connected sync.WaitGroup
		connected.Add(clients)
		for range clients {
			wg.Go(func() {
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
					if !info.Reused {
						dialed.Add(1)
					}
					connected.Done()
				}})
				resp, err := tr.RoundTrip(request(ctx, t, "http://"+addr+path))
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			})
		}
		connected.Wait()
		if release {
			close(together)
		}
		wg.Wait()
	}
	round("/wait", true)
	first := dialed.Load()
	round("/", false)
	if first != clients || dialed.Load() != first {
		t.Errorf("%d connections for %d clients, then %d more; want %d and none", first, clients, dialed.Load()-first, clients)
	}
}

func TestTLSIsTracedAndResumed(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		&tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, "127.0.0.1")}, NextProtos: []string{"http/1.1"}})
	tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}})
	var events []string
	for range 2 {
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			TLSHandshakeStart: func() { events = append(events, "start") },
			TLSHandshakeDone: func(cs tls.ConnectionState, _ error) {
				events = append(events, map[bool]string{true: "resumed", false: "full"}[cs.DidResume])
			},
		})
		do(t, tr, request(ctx, t, "https://"+addr))
	}
	if d := cmp.Diff([]string{"start", "full", "start", "resumed"}, events); d != "" {
		t.Errorf("handshakes (-want +got):\n%s", d)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	payload := bytes.Repeat([]byte("x"), 1024)
	handler := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(payload) }
	ca := newTestCA(b)
	run := func(b *testing.B, tr http.RoundTripper, target string) {
		b.ReportAllocs()
		for b.Loop() {
			resp, err := tr.RoundTrip(request(b.Context(), b, target))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	}
	plain := serve(b, handler, nil)
	secure := serve(b, handler, &tls.Config{
		Certificates: []tls.Certificate{ca.leaf(b, nil, "127.0.0.1")}, NextProtos: []string{"http/1.1"},
	})
	tr := newTransport(b, upstream.Options{
		CAFiles: []string{ca.file(b)},
		Map:     map[string]*url.URL{"api.example": {Scheme: "http", Host: plain}},
	})
	b.Run("plain", func(b *testing.B) { run(b, tr, "http://"+plain) })
	b.Run("tls", func(b *testing.B) { run(b, tr, "https://"+secure) })
	b.Run("mapped", func(b *testing.B) { run(b, tr, "https://api.example/") })
	b.Run("net/http", func(b *testing.B) { run(b, &http.Transport{DisableCompression: true}, "http://"+plain) })
}
