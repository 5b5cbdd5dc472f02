package main_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/pactape/pactape/certs"
)

// An upstream is an HTTPS server with a certificate authority of its own,
// which speaks HTTP/1.1 and HTTP/2. Its name ends in .localhost, which pactape
// resolves by itself.
type upstream struct {
	url  string // https://NAME.localhost:PORT
	host string // NAME.localhost:PORT
	addr string // 127.0.0.1:PORT
	ca   string // file of its authority
	stop func()
}

func startUpstream(t *testing.T, name string, handler http.Handler) *upstream {
	t.Helper()
	u, ln, config := listenUpstream(t, name)
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)} // some clients do not trust it
	u.stop = func() { _ = server.Close() }
	t.Cleanup(u.stop)
	go func() { _ = server.Serve(tls.NewListener(ln, config)) }() // ends with Close
	return u
}

// listenUpstream is an upstream that is yet to be served, on the listener and
// with the certificates returned.
func listenUpstream(t *testing.T, name string) (*upstream, net.Listener, *tls.Config) {
	t.Helper()
	authority, err := certs.Load(certs.Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{host: name + ".localhost:" + port, addr: ln.Addr().String(), ca: authority.CertPath()}
	u.url = "https://" + u.host
	return u, ln, authority.TLSConfig()
}

// through is an HTTP client behind a proxy that trusts the authority in
// caFile, and HTTP/2 where the other side has it.
func through(t *testing.T, proxy *url.URL, caFile string) *http.Client {
	t.Helper()
	transport := &http.Transport{
		Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: rootsOf(t, caFile)},
		ForceAttemptHTTP2: true, DisableCompression: true, MaxIdleConnsPerHost: 16,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// through is a client of the server as a proxy.
func (s *server) through(t *testing.T, session string) *http.Client {
	t.Helper()
	return through(t, s.proxy(session), s.path("home", "ca.pem"))
}

func rootsOf(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", file)
	}
	return roots
}
