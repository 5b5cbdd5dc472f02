package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/expectations"
)

// The benchmarks of this file measure a round trip over a kept connection,
// client and servers included: each beside the plainest program of net/http
// that does the same. What is to be compared are ratios within one run.

// items is JSON of the given size in bytes, as an API answers: redaction has to
// read it.
func items(n int) []byte {
	body := []byte("[")
	for i := 1; ; i++ {
		item := fmt.Appendf(nil, `{"id":%d,"name":"oak table","price":240.5,"active":true,"tags":["wood","large"]},`, i)
		if len(body)+len(item) > n-len(`""]`) {
			break
		}
		body = append(body, item...)
	}
	body = append(body, '"')
	body = append(body, bytes.Repeat([]byte("x"), n-len(body)-len(`"]`))...)
	return append(body, `"]`...)
}

// A wire is a client without comforts: one connection, one request, answers
// of which only the length is looked at.
type wire struct {
	conn    net.Conn
	br      *bufio.Reader
	request []byte
}

func newWire(c net.Conn, request string) *wire {
	return &wire{conn: c, br: bufio.NewReaderSize(c, 128<<10), request: []byte(request)}
}

// roundTrip sends the request and reads the answer.
func (w *wire) roundTrip() error {
	if _, err := w.conn.Write(w.request); err != nil {
		return err
	}
	length := 0
	for first := true; ; first = false {
		line, err := w.br.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			return fmt.Errorf("answer %q", line)
		}
		if len(line) == 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	if length == 0 {
		return errors.New("answer without length")
	}
	_, err := w.br.Discard(length)
	return err
}

func (w *wire) run(b *testing.B) {
	b.Helper()
	if err := w.roundTrip(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if err := w.roundTrip(); err != nil {
			b.Fatal(err)
		}
	}
	// On a machine with others on it, less noisy than the time that passed.
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
}

// answering returns a handler that answers with n bytes.
func answering(n int) http.HandlerFunc {
	body := items(n)
	length := strconv.Itoa(len(body))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(body)
	}
}

// nobody is a recorder that forgets.
type nobody struct{}

func (nobody) Record(ex *capture.Exchange) { ex.Release() }

// A variant is a way to record.
type variant struct {
	name   string
	change func(testing.TB) func(*config)
}

// variants: nothing is copied; bodies are copied, logged and forgotten; all is
// redacted, written to disk and learned.
var variants = []variant{
	{"off", func(testing.TB) func(*config) {
		return func(c *config) { c.Recorder, c.Budget = nil, nil }
	}},
	{"memory", func(testing.TB) func(*config) {
		return func(c *config) { c.Recorder = nobody{} }
	}},
	{"disk", toDisk},
}

// toDisk records as the product does by default.
func toDisk(t testing.TB) func(*config) {
	t.Helper()
	key, err := redact.LoadKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	redactor, err := redact.New(redact.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := capture.Open(capture.Options{Dir: t.TempDir(), Redactor: redactor})
	if err != nil {
		t.Fatal(err)
	}
	session, err := recordings.Session("", capture.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- recordings.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, recordings.Close()); err != nil {
			t.Error(err)
		}
	})
	return func(c *config) { c.Recorder, c.captured = recordings, session }
}

const benchHead = "Host: api.test\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n"

func BenchmarkForwardPlain(b *testing.B) {
	server := upstreamFunc(b, answering(1<<10))
	target, _ := url.Parse(server.URL)
	b.Run("reverseproxy", func(b *testing.B) {
		rp := httputil.NewSingleHostReverseProxy(target)
		rp.Transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 256}
		front := upstreamFunc(b, rp.ServeHTTP)
		newWire(dialTest(b, hostOf(front.URL)), "GET / HTTP/1.1\r\n"+benchHead).run(b)
	})
	for _, v := range variants {
		b.Run("recording="+v.name, func(b *testing.B) {
			r := start(b, v.change(b), inMode(expectations.Capture))
			newWire(r.dial0(), "GET "+server.URL+"/ HTTP/1.1\r\n"+benchHead).run(b)
		})
	}
}

func dialTest(b *testing.B, addr string) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return c
}

// dial0 is dial without deadline.
func (r *rig) dial0() net.Conn {
	c := r.dial()
	_ = c.SetDeadline(noDeadline)
	return c
}

func BenchmarkIntercept(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		server := newTLSServer(b, "http/1.1", answering(size))
		request := "GET / HTTP/1.1\r\n" + benchHead
		b.Run(fmt.Sprintf("size=%d/bare", size), func(b *testing.B) {
			m := newBareMITM(b, server.Client().Transport)
			newWire(m.tunnel(b, hostOf(server.URL)), request).run(b)
		})
		for _, v := range variants {
			b.Run(fmt.Sprintf("size=%d/recording=%s", size, v.name), func(b *testing.B) {
				r := start(b, v.change(b), inMode(expectations.Capture), trusting(server))
				c := r.connect(hostOf(server.URL))
				_ = c.SetDeadline(noDeadline)
				newWire(tls.Client(c, &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"}), request).run(b)
			})
		}
	}
}

// bareMITM is the least that intercepts HTTPS with net/http: CONNECT is
// hijacked and handed to a TLS server, whose handler is a reverse proxy.
type bareMITM struct {
	addr string
	ca   *certs.Authority
}

func newBareMITM(b *testing.B, transport http.RoundTripper) *bareMITM {
	b.Helper()
	ca, err := certs.Load(certs.Options{Home: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	tunnels := &chanListener{conns: make(chan net.Conn)}
	inner := &http.Server{Handler: &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL.Scheme = "https"
			if addr, ok := pr.In.Context().Value(http.LocalAddrContextKey).(hostAddr); ok {
				pr.Out.URL.Host = addr.host
			}
		},
	}}
	go func() { _ = inner.Serve(tunnels) }()
	b.Cleanup(func() { _ = inner.Close() })
	cfg := ca.TLSConfig().Clone()
	cfg.NextProtos = []string{"http/1.1"}
	front := upstreamFunc(b, func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		tunnels.conns <- tls.Server(hostConn{c, r.Host}, cfg)
	})
	return &bareMITM{addr: hostOf(front.URL), ca: ca}
}

func (m *bareMITM) tunnel(b *testing.B, host string) net.Conn {
	b.Helper()
	c := dialTest(b, m.addr)
	_, _ = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", host)
	if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 200 OK\r\n\r\n"))); err != nil {
		b.Fatal(err)
	}
	return tls.Client(c, &tls.Config{InsecureSkipVerify: true})
}

// hostConn carries the CONNECT host as its local address.
type hostConn struct {
	net.Conn
	host string
}

type hostAddr struct {
	net.Addr
	host string
}

func (c hostConn) LocalAddr() net.Addr { return hostAddr{c.Conn.LocalAddr(), c.host} }

type chanListener struct {
	conns chan net.Conn
	once  sync.Once
}

func (l *chanListener) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l *chanListener) Close() error   { l.once.Do(func() { close(l.conns) }); return nil }
func (l *chanListener) Addr() net.Addr { return &net.TCPAddr{} }

// BenchmarkStub answers from expectations, beside a server that looks answers up
// in a map, which is the limit they are measured against.
func BenchmarkStub(b *testing.B) {
	b.Run("map", func(b *testing.B) {
		bodies := map[string][]byte{"/item/0": items(1 << 10)}
		server := upstreamFunc(b, func(w http.ResponseWriter, r *http.Request) {
			body, ok := bodies[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		})
		newWire(dialTest(b, hostOf(server.URL)), "GET /item/0 HTTP/1.1\r\n"+benchHead).run(b)
	})
	for _, stubs := range []struct {
		n            int
		name         string
		format, path string
	}{
		{1, "stubs", "/item/%d", "/item/%d"},
		{1000, "stubs", "/item/%d", "/item/%d"},
		{50_000, "stubs", "/item/%d", "/item/%d"},
		{10_000, "regexes", "/item/%d/[a-z]+", "/item/%d/details"},
	} {
		b.Run(fmt.Sprintf("%s=%d", stubs.name, stubs.n), func(b *testing.B) {
			r := start(b, func(c *config) { c.ForwardByHost = false })
			es := make([]*expectations.Expectation, stubs.n)
			for i := range es {
				es[i] = &expectations.Expectation{
					Origin: expectations.OriginUser,
					Request: &expectations.RequestMatcher{
						Method: expectations.Text{Value: "GET"}, Path: expectations.Text{Value: fmt.Sprintf(stubs.format, i)},
					},
					Action: &expectations.Respond{Answers: []*expectations.Answer{{
						Header: http.Header{"Content-Type": {"application/json"}},
						Body:   &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: items(1 << 10)},
					}}},
				}
			}
			if _, err := r.space().Put(es...); err != nil {
				b.Fatal(err)
			}
			newWire(r.dial0(), fmt.Sprintf("GET "+stubs.path+" HTTP/1.1\r\n", stubs.n/2)+benchHead).run(b)
		})
	}
}

func BenchmarkNewConnection(b *testing.B) {
	server := newTLSServer(b, "http/1.1", answering(1<<10))
	request := "GET / HTTP/1.1\r\nConnection: close\r\n" + benchHead
	b.Run("bare", func(b *testing.B) {
		m := newBareMITM(b, server.Client().Transport)
		b.ReportAllocs()
		for b.Loop() {
			c := m.tunnel(b, hostOf(server.URL))
			if err := newWire(c, request).roundTrip(); err != nil {
				b.Fatal(err)
			}
			_ = c.Close()
		}
	})
	b.Run("pactape", func(b *testing.B) {
		r := start(b, variants[0].change(b), inMode(expectations.Capture), trusting(server))
		b.ReportAllocs()
		for b.Loop() {
			c := tls.Client(r.connect(hostOf(server.URL)), &tls.Config{InsecureSkipVerify: true})
			if err := newWire(c, request).roundTrip(); err != nil {
				b.Fatal(err)
			}
			_ = c.Close()
		}
	})
}
