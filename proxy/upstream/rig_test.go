package upstream_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/proxy/upstream"
)

// A testCA signs certificates for servers, proxies and clients.
type testCA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newTestCA(t testing.TB) *testCA {
	t.Helper()
	ca := &testCA{cert: &x509.Certificate{
		Subject:               pkix.Name{CommonName: "test"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}}
	ca.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, ca.cert, ca.cert, ca.key.Public(), ca.key)
	if err == nil {
		ca.cert, err = x509.ParseCertificate(der)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// leaf makes a certificate for names and addresses, changed by change.
func (ca *testCA) leaf(t testing.TB, change func(*x509.Certificate), hosts ...string) tls.Certificate {
	t.Helper()
	tmpl := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "leaf"},
		NotBefore: time.Now().Add(-time.Hour),
		NotAfter:  time.Now().Add(time.Hour),
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, h)
		}
	}
	if change != nil {
		change(tmpl)
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.cert, key.Public(), ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (ca *testCA) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(ca.cert)
	return p
}

// file is the CA's certificate in PEM.
func (ca *testCA) file(t testing.TB) string {
	t.Helper()
	return write(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw}))
}

func write(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Host", r.Host)
	w.Header().Set("X-Proto", r.Proto)
	if r.TLS != nil {
		w.Header().Set("X-Server-Name", r.TLS.ServerName)
		for _, c := range r.TLS.PeerCertificates {
			w.Header().Set("X-Client", c.Subject.CommonName)
		}
	}
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, r.Method+" "+r.URL.String()+" "+string(body))
}

// serve runs an HTTP server, with TLS if there are certificates, and returns
// its "host:port".
func serve(t testing.TB, h http.HandlerFunc, config *tls.Config) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if config != nil {
		srv.EnableHTTP2 = true
		srv.TLS = config
		srv.StartTLS()
	} else {
		srv.Config.Protocols = new(http.Protocols)
		srv.Config.Protocols.SetHTTP1(true)
		srv.Config.Protocols.SetUnencryptedHTTP2(true)
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func newTransport(t testing.TB, o upstream.Options) *upstream.Transport {
	t.Helper()
	tr, err := upstream.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func request(ctx context.Context, t testing.TB, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// get sends a GET and returns header and body of the response.
func get(t testing.TB, tr *upstream.Transport, target string) (http.Header, string) {
	t.Helper()
	return do(t, tr, request(t.Context(), t, target))
}

func do(t testing.TB, tr *upstream.Transport, req *http.Request) (http.Header, string) {
	t.Helper()
	resp, err := tr.RoundTrip(req)
	if err != nil {
		_, reason := upstream.Classify(err)
		t.Fatalf("%s: %v (%s)", req.URL, err, reason)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Header, string(body)
}

// failure sends a GET that must fail.
func failure(t testing.TB, tr *upstream.Transport, target string) error {
	t.Helper()
	resp, err := tr.RoundTrip(request(t.Context(), t, target))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("%s: answered %s, want an error", target, resp.Status)
	}
	return err
}

// listen accepts connections and handles each until the test ends.
func listen(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return accept(t, ln, handle)
}

// accept is listen on a listener that is there.
func accept(t testing.TB, ln net.Listener, handle func(net.Conn)) string {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			wg.Go(func() { handle(conn); conn.Close() })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return ln.Addr().String()
}

// A chain is a real proxy that notes what it is asked, and connects to hosts
// by a table, so that names need no resolver.
type chain struct {
	user, password string            // "" for open to all
	hosts          map[string]string // "host:port" → address
	early          string            // sent right behind the answer to CONNECT

	mu  sync.Mutex
	log []string
}

func (c *chain) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.log...)
}

func (c *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.log = append(c.log, r.Method+" "+r.RequestURI)
	c.mu.Unlock()
	if c.user != "" {
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte(c.user+":"+c.password))
		if r.Header.Get("Proxy-Authorization") != want {
			w.Header().Set("Proxy-Authenticate", `Basic realm="chain"`)
			http.Error(w, "who are you?", http.StatusProxyAuthRequired)
			return
		}
	}
	if r.Method == http.MethodConnect {
		c.connect(w, r)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.Header.Del("Proxy-Authorization")
	if addr, ok := c.hosts[r.URL.Host]; ok {
		out.URL.Host = addr
	}
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

func (c *chain) connect(w http.ResponseWriter, r *http.Request) {
	addr := r.Host
	if a, ok := c.hosts[addr]; ok {
		addr = a
	}
	var d net.Dialer
	out, err := d.DialContext(r.Context(), "tcp", addr)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer out.Close()
	in, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\nX-Chain: 1\r\n\r\n"+c.early)
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = io.Copy(out, buf.Reader); closeWrite(out) })
	_, _ = io.Copy(in, out)
	in.Close()
	wg.Wait()
}

// closeWrite ends one direction, which may have ended already.
func closeWrite(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// start runs the chain, over TLS if config is not nil, and returns its URL
// with credentials.
func (c *chain) start(t testing.TB, config *tls.Config) *url.URL {
	t.Helper()
	u := &url.URL{Scheme: "http"}
	srv := httptest.NewUnstartedServer(c)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if config != nil {
		u.Scheme = "https"
		srv.TLS = config
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	u.Host = srv.Listener.Addr().String()
	if c.user != "" {
		u.User = url.UserPassword(c.user, c.password)
	}
	return u
}

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

// clientFiles writes a client's certificate and key.
func (ca *testCA) clientFiles(t testing.TB) (certFile, keyFile string) {
	t.Helper()
	leaf := ca.leaf(t, func(c *x509.Certificate) {
		c.Subject.CommonName = "client"
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	der, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Certificate[0]})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return write(t, bytes.Join([][]byte{cert, key}, nil)), write(t, key)
}
