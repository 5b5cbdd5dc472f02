package childenv_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/cmd/pactape/childenv"
)

// A proxy answers every request itself with "seen METHOD URL BODY", also
// within tunnels, whose TLS it ends: names that clients ask for need not
// exist, and an answer proves that the request came this way and that the CA
// was trusted.
type proxy struct {
	authority *certs.Authority
	inner     *http.Server
	conns     chan net.Conn
	url       *url.URL

	mu       sync.Mutex // guards what follows
	connects []string   // targets of CONNECT
	users    []string   // user names that came with them
}

func startProxy(t *testing.T) *proxy {
	t.Helper()
	authority, err := certs.Load(certs.Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{authority: authority, conns: make(chan net.Conn)}
	outer := httptest.NewServer(p)
	p.url, err = url.Parse(outer.URL)
	if err != nil {
		t.Fatal(err)
	}
	p.inner = &http.Server{Handler: http.HandlerFunc(answer)}
	served := make(chan error, 1)
	go func() { served <- p.inner.Serve(tunnels{p.conns, outer.Listener.Addr()}) }() // ends below
	t.Cleanup(func() {
		outer.CloseClientConnections()
		outer.Close()
		close(p.conns)
		if err := <-served; !errors.Is(err, net.ErrClosed) {
			t.Errorf("inner server: %v", err)
		}
		_ = p.inner.Close() // connections that clients left open
	})
	return p
}

// ServeHTTP implements [http.Handler] for the outer connection.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		answer(w, r)
		return
	}
	if host, _, _ := net.SplitHostPort(r.Host); host == "refused.example.test" {
		http.Error(w, "not through here", http.StatusForbidden)
		return
	}
	p.note(r)
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	host, _, _ := net.SplitHostPort(r.Host)
	tunnel := &peeked{Conn: conn, r: rw.Reader}
	first, err := tunnel.r.Peek(1)
	if err != nil {
		_ = conn.Close()
		return
	}
	const handshake = 0x16 // TLS record type, RFC 8446 §5.1
	if first[0] == handshake {
		p.conns <- tls.Server(certs.WithHost(tunnel, host), p.authority.TLSConfig())
		return
	}
	p.conns <- tunnel
}

func (p *proxy) note(r *http.Request) {
	r.Header["Authorization"] = r.Header["Proxy-Authorization"]
	user, _, _ := r.BasicAuth()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.connects = append(p.connects, r.Host)
	p.users = append(p.users, user)
}

// answer tells what was asked for.
func answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	u := *r.URL
	u.Host = r.Host
	if u.Scheme == "" {
		u.Scheme = "http"
	}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	_, _ = fmt.Fprintf(w, "seen %s %s %s", r.Method, &u, body)
}

// tunnels is the listener of what is inside tunnels.
type tunnels struct {
	conns <-chan net.Conn
	addr  net.Addr
}

// Accept implements [net.Listener].
func (t tunnels) Accept() (net.Conn, error) {
	conn, ok := <-t.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// Addr implements [net.Listener].
func (t tunnels) Addr() net.Addr { return t.addr }

// Close implements [net.Listener].
func (t tunnels) Close() error { return nil }

// A peeked connection reads what is left in a buffer first.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// environment is for a child of the test behind p.
func (p *proxy) environment(t *testing.T, o childenv.Options) *childenv.Environment {
	t.Helper()
	bundle, err := p.authority.BundlePath()
	if err != nil {
		t.Logf("without a bundle: %v", err)
	}
	store, err := p.authority.TrustStore()
	if err != nil {
		t.Logf("without a trust store: %v", err)
	}
	if o.ProxyURL == nil {
		o.ProxyURL = p.url
	}
	o.CAPath, o.BundlePath = p.authority.CertPath(), bundle
	o.TrustStorePath, o.TrustStorePassword = store, certs.TrustStorePassword
	return build(t, o)
}
