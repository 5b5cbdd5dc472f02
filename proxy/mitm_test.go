package proxy_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

func TestInterceptHTTPS(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Proto, r.RequestURI, body)
	})
	h1Server := upstreamFunc(t, nil)
	h1Server.Config.Handler = server.Config.Handler
	r := start(t, trusting(server))
	for _, tt := range []struct {
		name, proto, want string
		change            []func(*http.Transport)
	}{
		{"h1", "HTTP/1.1", "HTTP/2.0 /a?b=c data", nil},
		{"h2", "HTTP/2.0", "HTTP/2.0 /a?b=c data", []func(*http.Transport){h2Only}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(r.tape.all())
			resp, body := send(t, r.client(tt.change...), newRequest(t, "POST", server.URL+"/a?b=c", strings.NewReader("data")))
			if resp.Proto != tt.proto || body != tt.want {
				t.Errorf("answer is %s %q, want %s %q", resp.Proto, body, tt.proto, tt.want)
			}
			ex := r.tape.all()[before]
			if q := ex.Request; !q.Secure || q.Authority != hostOf(server.URL) || q.Protocol != tt.proto ||
				q.Path != "/a" || q.RawQuery != "b=c" || string(q.Body.Bytes) != "data" || q.LocalAddr != r.addr {
				t.Errorf("recorded request %+v", q)
			}
			if s := ex.Response; s.Protocol != "HTTP/2.0" || string(s.Body.Bytes) != tt.want {
				t.Errorf("recorded response %+v", s)
			}
		})
	}
}

func TestUpstreamOfHTTP1BehindHTTP2Client(t *testing.T) {
	t.Parallel()
	server := newTLSServer(t, "http/1.1", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	})
	r := start(t, trusting(server))
	resp, body := get(t, r.client(h2Only), server.URL)
	if resp.Proto != "HTTP/2.0" || body != "HTTP/1.1" {
		t.Errorf("client speaks %s, upstream %s", resp.Proto, body)
	}
}

func TestLeafIsForServerName(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) })
	_, port, _ := net.SplitHostPort(hostOf(server.URL))
	r := start(t, trusting(server), func(c *config) {
		m, err := upstream.ParseMap([]string{"example.com=" + server.URL})
		if err != nil {
			t.Fatal(err)
		}
		c.upstream.Map = m
	})
	for _, tt := range []struct{ name, connect, sni, authority string }{
		{"name in both", "example.com:443", "example.com", "example.com"},
		{"address only", "127.0.0.1:" + port, "", "127.0.0.1:" + port},
		{"address and name", "127.0.0.1:443", "example.com", "example.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := r.connect(tt.connect)
			verify := tt.sni
			if verify == "" {
				verify = "127.0.0.1"
			}
			tc := tls.Client(c, &tls.Config{RootCAs: r.ca, ServerName: verify})
			_, _ = io.WriteString(tc, "GET / HTTP/1.1\r\nHost: "+tt.authority+"\r\n\r\n")
			if _, body := read(t, bufio.NewReader(tc), "GET"); body != tt.authority {
				t.Errorf("upstream saw Host %q, want %q", body, tt.authority)
			}
			if err := tc.ConnectionState().PeerCertificates[0].VerifyHostname(verify); err != nil {
				t.Error(err)
			}
			all := r.tape.all()
			if got := all[len(all)-1].Request.Authority; got != tt.authority {
				t.Errorf("authority is %q, want %q", got, tt.authority)
			}
		})
	}
}

// established is the answer to CONNECT.
const established = "HTTP/1.1 200 Connection established\r\n\r\n"

// connect opens a tunnel by hand.
func (r *rig) connect(hostport string) net.Conn {
	r.t.Helper()
	c := r.dial()
	_, _ = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", hostport)
	head := make([]byte, len(established))
	if _, err := io.ReadFull(c, head); err != nil || string(head) != established {
		r.t.Fatalf("CONNECT %s: %q, %v", hostport, head, err)
	}
	return c
}

func TestTLSStraightToThePort(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "upstream") })
	r := start(t)
	r.put("/stub", &expectations.Answer{Body: &expectations.AnswerBody{Bytes: []byte("stub")}})

	for name, change := range map[string]func(*http.Transport){"h1": func(*http.Transport) {}, "h2": h2Only} {
		c := r.client(change, func(tr *http.Transport) { tr.Proxy = nil })
		if resp, body := get(t, c, "https://"+r.addr+"/stub"); resp.StatusCode != 200 || body != "stub" {
			t.Errorf("%s: direct answer is %d %q", name, resp.StatusCode, body)
		}
		entries := r.space().Log.All()
		if q := entries[len(entries)-1].Request; !q.Secure || q.Authority != "" {
			t.Errorf("%s: logged request %+v", name, q)
		}
	}

	// As a proxy that is spoken to over TLS.
	c := r.client(func(tr *http.Transport) { tr.Proxy = http.ProxyURL(&url.URL{Scheme: "https", Host: r.addr}) })
	if resp, body := get(t, c, server.URL); resp.StatusCode != 200 || body != "upstream" {
		t.Errorf("through an https proxy: %d %q", resp.StatusCode, body)
	}
	if q := r.tape.only(t).Request; q.Secure || q.Authority != hostOf(server.URL) {
		t.Errorf("recorded request %+v", q)
	}
}

func TestTunnelInsideTLS(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner") })
	r := start(t, trusting(server))
	c := r.client(func(tr *http.Transport) { tr.Proxy = http.ProxyURL(&url.URL{Scheme: "https", Host: r.addr}) })
	if resp, body := get(t, c, server.URL); resp.StatusCode != 200 || body != "inner" {
		t.Errorf("answer is %d %q", resp.StatusCode, body)
	}
}

func TestPlainHTTPInsideConnect(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host+r.RequestURI) })
	r := start(t)
	c := r.connect(hostOf(server.URL))
	br := bufio.NewReader(c)
	for _, path := range []string{"/one", "/two"} {
		_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: "+hostOf(server.URL)+"\r\n\r\n")
		if _, body := read(t, br, "GET"); body != hostOf(server.URL)+path {
			t.Errorf("answer is %q", body)
		}
	}
	for _, ex := range r.tape.all() {
		if ex.Request.Secure || ex.Request.Authority != hostOf(server.URL) {
			t.Errorf("recorded request %+v", ex.Request)
		}
	}
}

// TestManyStreams runs requests side by side over one connection of HTTP/2.
func TestManyStreams(t *testing.T) {
	t.Parallel()
	const n = 40
	var together sync.WaitGroup
	together.Add(n)
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		together.Done()
		together.Wait() // none ends before all have begun
		_, _ = io.WriteString(w, r.URL.Path)
	})
	r := start(t, trusting(server))
	client := r.client(h2Only)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			path := fmt.Sprint("/", i)
			resp, err := client.Get(server.URL + path)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if body, _ := io.ReadAll(resp.Body); string(body) != path {
				t.Errorf("answer to %s is %q", path, body)
			}
		})
	}
	wg.Wait()
	if got := len(r.tape.all()); got != n {
		t.Errorf("%d exchanges recorded, want %d", got, n)
	}
}

// scrape returns the metrics.
func (r *rig) scrape() string {
	rec := newRecorder()
	r.metrics.Handler().ServeHTTP(rec, newRequest(r.t, "GET", "/metrics", nil))
	return rec.Body.String()
}

func TestSlowHandshakeEnds(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) { c.HandshakeTimeout = 50 * time.Millisecond })
	c := r.connect("slow.test:443")
	_, _ = c.Write([]byte{22, 3, 1, 2, 0, 1}) // the beginning of a ClientHello
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes, want the connection closed", n)
	}
}

func TestSlowHeadEnds(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) { c.ReadHeaderTimeout = 50 * time.Millisecond })
	for _, begin := range []string{"", "GET / HTTP/1.1\r\nHost: x\r\n"} {
		c := r.dial()
		_, _ = io.WriteString(c, begin)
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("after %q: %v, want the connection closed", begin, err)
		}
	}
}

func TestLongHeadIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) { c.MaxHeaderBytes = 8 << 10 })
	req := newRequest(t, "GET", "http://"+r.addr+"/", nil)
	req.Header.Set("X-Long", strings.Repeat("x", 32<<10))
	if resp, _ := send(t, r.direct(), req); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answer is %d", resp.StatusCode)
	}
}

// countConns counts connections that a server accepts.
func countConns(n *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			n.Add(1)
		}
	}
}

// TestCallsDoNotMix: interim answers, bodies and records of calls side by side
// belong to their own, whatever is used again between them.
func TestCallsDoNotMix(t *testing.T) {
	t.Parallel()
	const clients, each = 8, 40
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Id", r.URL.Path)
		w.WriteHeader(http.StatusEarlyHints)
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "3") {
			_ = http.NewResponseController(w).Flush() // unknown length
		}
		_, _ = w.Write(body)
	})
	plain := upstreamFunc(t, server.Config.Handler.ServeHTTP)
	r := start(t, trusting(server))
	var wg sync.WaitGroup
	for i := range clients {
		base, client := plain.URL, r.client()
		switch i % 3 {
		case 1:
			base = server.URL
		case 2:
			base, client = server.URL, r.client(h2Only)
		}
		wg.Go(func() {
			for j := range each {
				callWithHints(t, client, base, fmt.Sprintf("/%d/%d", i, j))
			}
		})
	}
	wg.Wait()
	all := r.tape.all()
	if len(all) != clients*each {
		t.Fatalf("%d exchanges recorded, want %d", len(all), clients*each)
	}
	for _, ex := range all {
		id := ex.Request.Path
		if string(ex.Request.Body.Bytes) != id || string(ex.Response.Body.Bytes) != id || ex.Response.Header.Get("X-Id") != id {
			t.Errorf("exchange of %s has request %q, response %q", id, ex.Request.Body.Bytes, ex.Response.Body.Bytes)
		}
		if ex.Upstream == "" || ex.Timings.Total <= 0 || ex.Timings.Wait < 0 || ex.Timings.Wait > ex.Timings.Total {
			t.Errorf("exchange of %s: upstream %q, timings %+v", id, ex.Upstream, ex.Timings)
		}
	}
}

// callWithHints sends a call of which all that comes back must carry its id.
func callWithHints(t *testing.T, client *http.Client, base, id string) {
	t.Helper()
	var hint string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(_ int, h textproto.MIMEHeader) error { hint = h.Get("X-Id"); return nil },
	})
	resp, err := client.Do(newRequest(t, "POST", base+id, strings.NewReader(id)).WithContext(ctx))
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if string(body) != id || hint != id || resp.Header.Get("X-Id") != id {
		t.Errorf("call %s got hint %q, header %q, body %q", id, hint, resp.Header.Get("X-Id"), body)
	}
}

func TestIdleConnectionsEnd(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) { c.IdleTimeout = 50 * time.Millisecond })
	c := r.dial()
	_, _ = io.WriteString(c, "GET /none HTTP/1.1\r\nHost: "+r.addr+"\r\n\r\n")
	br := bufio.NewReader(c)
	if resp, _ := read(t, br, "GET"); resp.StatusCode != 404 || resp.Close {
		t.Errorf("answer is %d, close %v", resp.StatusCode, resp.Close)
	}
	if _, err := br.ReadByte(); err == nil {
		t.Error("the connection stays open")
	}
}
