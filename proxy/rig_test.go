package proxy_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy"
	"github.com/pactape/pactape/proxy/upstream"
)

// patience bounds the waits of tests for what must happen soon.
const patience = 10 * time.Second

// A rig is a running proxy and what it was given.
type rig struct {
	t       testing.TB
	proxy   *proxy.Proxy
	addr    string
	spaces  *expectations.Spaces
	tape    *tape
	metrics *metrics.Metrics
	logs    *logBook
	ca      *x509.CertPool
	budget  *capture.Budget
	// stop ends the proxy and returns what Serve returned.
	stop func() error
}

// config is what tests change before a rig starts.
type config struct {
	proxy.Options
	upstream upstream.Options
	mode     expectations.Mode
	captured expectations.Captured
	// wrap, if set, goes around the transport.
	wrap func(proxy.Transport) proxy.Transport
	// trust are upstream servers whose certificates are trusted.
	trust []*httptest.Server
}

// start runs a proxy until the end of the test.
func start(t testing.TB, change ...func(*config)) *rig {
	t.Helper()
	r := &rig{t: t, tape: newTape(), logs: &logBook{}, metrics: metrics.New(metrics.Options{}), ca: x509.NewCertPool()}
	authority, err := certs.Load(certs.Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r.ca.AppendCertsFromPEM(authority.CertPEM())
	r.budget = capture.NewBudget(capture.DefaultCaptureMemory)
	cfg := config{mode: expectations.Spy, captured: expectations.NoCaptured{}}
	cfg.Options = proxy.Options{
		Authority:     authority,
		Recorder:      r.tape,
		Budget:        r.budget,
		Metrics:       r.metrics,
		Logger:        slog.New(r.logs),
		ForwardByHost: true,
	}
	cfg.upstream.IsSelf = func(addr string) bool { return r.proxy.IsSelf(addr) }
	for _, f := range change {
		f(&cfg)
	}
	if len(cfg.trust) > 0 {
		cfg.upstream.CAFiles = append(cfg.upstream.CAFiles, caFile(t, cfg.trust...))
	}
	if cfg.Transport == nil {
		if cfg.Transport, err = upstream.New(cfg.upstream); err != nil {
			t.Fatal(err)
		}
	}
	if cfg.wrap != nil {
		cfg.Transport = cfg.wrap(cfg.Transport)
	}
	cfg.Spaces = expectations.NewSpaces(expectations.SpacesOptions{Max: 100, Open: func(id expectations.SessionID) (*expectations.Space, error) {
		return expectations.NewSpace(expectations.SpaceOptions{
			ID: id, Mode: cfg.mode, Set: expectations.NewSet(expectations.SetOptions{}),
			Log: expectations.NewLog(64 << 20), Captured: cfg.captured,
		}), nil
	}})
	r.spaces = cfg.Spaces
	if r.proxy, err = proxy.New(cfg.Options); err != nil {
		t.Fatal(err)
	}
	r.serve()
	return r
}

func (r *rig) serve() {
	r.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.proxy.Serve(ctx, ln) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(3 * patience):
			return errors.New("the proxy does not stop")
		}
	})
	r.t.Cleanup(func() {
		if err := r.stop(); err != nil {
			r.t.Errorf("stop: %v", err)
		}
		eventually(r.t, "the capture budget is given back", func() bool { return r.budget.Used() == 0 })
	})
}

// space is the default session's.
func (r *rig) space() *expectations.Space { return r.session("") }

func (r *rig) session(id expectations.SessionID) *expectations.Space {
	r.t.Helper()
	s, err := r.spaces.Get(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// put adds an expectation for a path.
func (r *rig) put(path string, a *expectations.Answer) *expectations.Expectation {
	r.t.Helper()
	return r.putAny(&expectations.Expectation{
		Origin:  expectations.OriginUser,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: path}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{a}},
	})
}

func (r *rig) putAny(e *expectations.Expectation) *expectations.Expectation {
	r.t.Helper()
	put, err := r.space().Put(e)
	if err != nil {
		r.t.Fatal(err)
	}
	return put[0]
}

// tlsConfig trusts the proxy's CA.
func (r *rig) tlsConfig() *tls.Config { return &tls.Config{RootCAs: r.ca} }

// transport goes through the proxy; protocols defaults to HTTP/1.
func (r *rig) transport(change ...func(*http.Transport)) *http.Transport {
	tr := &http.Transport{
		Proxy:              http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr}),
		TLSClientConfig:    r.tlsConfig(),
		DisableCompression: true,
	}
	for _, f := range change {
		f(tr)
	}
	r.t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// client goes through the proxy and follows no redirects.
func (r *rig) client(change ...func(*http.Transport)) *http.Client {
	return &http.Client{
		Transport:     r.transport(change...),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       3 * patience,
	}
}

// direct talks to the proxy as to a server.
func (r *rig) direct() *http.Client {
	return r.client(func(t *http.Transport) { t.Proxy = nil })
}

func h2Only(t *http.Transport) {
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP2(true)
}

func h2cOnly(t *http.Transport) {
	t.Protocols = new(http.Protocols)
	t.Protocols.SetUnencryptedHTTP2(true)
}

// read reads one answer of a raw connection, with its body.
func read(t testing.TB, br *bufio.Reader, method string) (answer, string) {
	t.Helper()
	resp, err := http.ReadResponse(br, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return answerOf(resp), "" // what follows is no body
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return answerOf(resp), string(body)
}

// dial opens a raw connection to the proxy.
func (r *rig) dial() net.Conn {
	r.t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	r.t.Cleanup(func() { _ = c.Close() })
	return c
}

// upstreamFunc starts an HTTP/1.1 server in the clear.
func upstreamFunc(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet()
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// upstreamTLS starts an HTTPS server that speaks HTTP/2 too.
func upstreamTLS(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// trusting lets the proxy trust the servers.
func trusting(servers ...*httptest.Server) func(*config) {
	return func(c *config) { c.trust = append(c.trust, servers...) }
}

func inMode(m expectations.Mode) func(*config) { return func(c *config) { c.mode = m } }

func caFile(t testing.TB, servers ...*httptest.Server) string {
	t.Helper()
	var out []byte
	for _, s := range servers {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})...)
	}
	name := filepath.Join(t.TempDir(), "upstream-ca.pem")
	if err := os.WriteFile(name, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// An answer is an [http.Response] without its body.
type answer struct {
	Status, Proto    string
	StatusCode       int
	Header, Trailer  http.Header
	ContentLength    int64
	TransferEncoding []string
	Close            bool
}

func answerOf(resp *http.Response) answer {
	return answer{
		Status: resp.Status, Proto: resp.Proto, StatusCode: resp.StatusCode,
		Header: resp.Header, Trailer: resp.Trailer,
		ContentLength: resp.ContentLength, TransferEncoding: resp.TransferEncoding, Close: resp.Close,
	}
}

// get sends a GET and returns the answer and its body.
func get(t testing.TB, c *http.Client, url string) (answer, string) {
	t.Helper()
	return send(t, c, newRequest(t, http.MethodGet, url, nil))
}

func send(t testing.TB, c *http.Client, req *http.Request) (answer, string) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return answerOf(resp), string(body)
}

func newRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return u.Host
}

// A tape is a recorder that keeps exchanges in memory.
// Record implements proxy.Recorder.
// only returns the one exchange there is.
// wait waits for the n-th exchange.
// A logBook is a slog.Handler that keeps records of Info and above.
// eventually waits until ok, which must become true soon.
// newTLSServer starts an HTTPS server with one protocol in ALPN.
func newTLSServer(t testing.TB, protocol string, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{NextProtos: []string{protocol}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func sessionID(t testing.TB, name string) expectations.SessionID {
	t.Helper()
	id, err := expectations.ParseSessionID(name)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// noDeadline takes a deadline back.
var noDeadline time.Time

// closeWrite ends the sending side of a TCP connection.
func closeWrite(t testing.TB, c net.Conn) {
	t.Helper()
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		t.Fatalf("%T is no TCP connection", c)
	}
	if err := tcp.CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

// trustOf trusts the server itself.
func trustOf(t testing.TB, s *httptest.Server) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{RootCAs: pool}
}
