package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// A route is a request and who answers it.
type route struct {
	name   string
	change func(*config)
	// line is the request line, host the Host field; US and PORT are replaced
	// by our own address and port.
	line, host string
	want       string
}

// routes are requests that a proxy in front of the given server can get.
func routes(server string) []route {
	host := hostOf(server)
	byHost := func(c *config) { c.ForwardByHost = true }
	notByHost := func(c *config) { c.ForwardByHost = false }
	reverse := func(c *config) { c.Upstream, _ = url.Parse(server + "/base/") }
	const us = "US"
	return []route{
		{"admin path", byHost, "GET /mockserver/status", us, "200 admin /mockserver/status"},
		{"admin path, any host", byHost, "GET /mockserver/status", "prometheus.test", "200 admin /mockserver/status"},
		{"admin path, foreign upstream", byHost, "GET /metrics", host, "200 admin /metrics"},
		{"health", byHost, "GET /livez", "10.0.0.1", "200 admin /livez"},
		{"readiness", byHost, "HEAD /readyz", us, "200 "},
		{"alias", byHost, "PUT /reset", us, "200 admin /reset"},
		{"not an alias", byHost, "GET /reset", us, "404 "},
		{"prefix of another word", byHost, "GET /mockserverless", us, "404 "},
		{"stub", byHost, "GET /stub", us, "200 stub"},
		{"stub, foreign host", byHost, "GET /stub", host, "200 stub"},
		{"miss", byHost, "GET /none", us, "404 "},
		{"miss, localhost", byHost, "GET /none", "localhost:PORT", "404 "},
		{"miss, name given", byHost, "GET /none", "pactape.test:9", "404 "},
		{"miss, no host", byHost, "GET /none", "", "404 "},
		{"by host", byHost, "GET /none", host, "200 upstream /none"},
		{"by host switched off", notByHost, "GET /none", host, "404 "},

		{"absolute", notByHost, "GET http://" + host + "/a", host, "200 upstream /a"},
		{"absolute, admin path", notByHost, "PUT http://" + host + "/mockserver/reset", host, "200 upstream /mockserver/reset"},
		{"absolute, alias", notByHost, "PUT http://" + host + "/reset", host, "200 upstream /reset"},
		{"absolute, health", notByHost, "GET http://" + host + "/livez", host, "200 upstream /livez"},
		{"absolute, stub", notByHost, "GET http://" + host + "/stub", host, "200 stub"},
		{"absolute, to us", notByHost, "GET http://US/mockserver/status", us, "200 admin /mockserver/status"},
		{"absolute, to us by name", notByHost, "GET http://localhost:PORT/stub", us, "200 stub"},
		{"absolute, to us, miss", notByHost, "GET http://US/none", us, "508 pactape: "},

		{"reverse", reverse, "GET /x", us, "200 upstream /base/x"},
		{"reverse, any host", reverse, "GET /x", "shop.test", "200 upstream /base/x"},
		{"reverse, admin path", reverse, "GET /mockserver/status", us, "200 admin /mockserver/status"},
		{"reverse, other paths are theirs", reverse, "GET /metrics", us, "200 upstream /base/metrics"},
		{"reverse, no aliases", reverse, "PUT /reset", us, "200 upstream /base/reset"},
		{"reverse, stub", reverse, "GET /stub", us, "200 stub"},
		{"reverse, absolute elsewhere", reverse, "GET http://" + host + "/a", host, "200 upstream /a"},
	}
}

// TestRouting pins whom a request is answered by, depending on how and to whom
// it is addressed.
func TestRouting(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "upstream "+r.URL.Path) })
	admin := func(c *config) {
		c.Admin = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "admin "+r.URL.Path) })
		c.AdminAlias = func(method, path string) bool { return method == "PUT" && path == "/reset" }
		c.AdminHosts = []string{"Pactape.Test"}
	}
	for _, tt := range routes(server.URL) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, admin, tt.change)
			r.put("/stub", &expectations.Answer{Body: &expectations.AnswerBody{Bytes: []byte("stub")}})
			if got := r.raw(tt.line, tt.host); !strings.HasPrefix(got, tt.want) || tt.want == "404 " && got != tt.want {
				t.Errorf("answer is %q, want %q", got, tt.want)
			}
			if strings.HasPrefix(tt.want, "200 upstream") != (len(r.tape.all()) == 1) && !strings.HasPrefix(tt.want, "508") {
				if !strings.Contains(tt.name, "stub") {
					t.Errorf("%d exchanges recorded", len(r.tape.all()))
				}
			}
		})
	}
}

// raw sends a request as it is written, with US and PORT replaced by our
// address and port, and returns the status and body of the answer.
func (r *rig) raw(line, host string) string {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.addr)
	replace := strings.NewReplacer("US", r.addr, "PORT", port).Replace
	c := r.dial()
	_, _ = fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", replace(line), replace(host))
	method, _, _ := strings.Cut(line, " ")
	resp, body := read(r.t, bufio.NewReader(c), method)
	return fmt.Sprint(resp.StatusCode, " ", body)
}

func TestAuthorityOfDirectRequests(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		name, line, host, want string
		change                 func(*config)
	}{
		{"ours", "GET /a", "US", "", func(*config) {}},
		{"by host", "GET /a", strings.ToUpper(hostOf(server.URL)), hostOf(server.URL), func(*config) {}},
		{"by host off", "GET /a", hostOf(server.URL), "", func(c *config) { c.ForwardByHost = false }},
		{"default port", "GET http://Api.Test:80/", "x", "api.test", func(*config) {}},
		{"reverse", "GET /a", "US", hostOf(server.URL), func(c *config) { c.Upstream, _ = url.Parse(server.URL) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, inMode(expectations.Simulate), tt.change)
			r.raw(tt.line, tt.host)
			if got := r.space().Log.All()[0].Request.Authority; got != tt.want {
				t.Errorf("authority is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReverseProxyRewritesHost(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host+" "+r.RequestURI) })
	r := start(t, trusting(server), func(c *config) { c.Upstream, _ = url.Parse(server.URL) })
	if _, body := get(t, r.direct(), "http://"+r.addr+"/a%2Fb?q"); body != hostOf(server.URL)+" /a%2Fb?q" {
		t.Errorf("upstream saw %q", body)
	}
	if q := r.tape.only(t).Request; q.Host != r.addr || q.Secure || q.Path != "/a%2Fb" {
		t.Errorf("recorded %+v", q)
	}
}

func TestLoops(t *testing.T) {
	t.Parallel()
	t.Run("absolute to us", func(t *testing.T) {
		r := start(t)
		if got := r.raw("GET http://US/x", "US"); !strings.HasPrefix(got, "508 ") {
			t.Errorf("answer is %q", got)
		}
		if ex := r.tape.only(t); ex.Failure == nil || ex.Failure.Kind != capture.FailLoop {
			t.Errorf("exchange %+v", ex)
		}
	})
	t.Run("tunnel to us", func(t *testing.T) {
		r := start(t)
		c := r.client()
		if resp, _ := get(t, c, "https://"+r.addr+"/x"); resp.StatusCode != 508 {
			t.Errorf("answer is %d", resp.StatusCode)
		}
	})
	t.Run("blind tunnel to us", func(t *testing.T) {
		r := start(t)
		c := r.connect(r.addr)
		_, _ = io.WriteString(c, "\x00\x00")
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
	})
	t.Run("name that resolves to us", func(t *testing.T) {
		r := start(t)
		_, port, _ := net.SplitHostPort(r.addr)
		if resp, _ := get(t, r.client(), "http://other.localhost:"+port+"/x"); resp.StatusCode != 508 {
			t.Errorf("answer is %d", resp.StatusCode)
		}
	})
}

// TestLoopThroughAnotherServer: nothing but the mark on the request tells of
// such a loop.
func TestLoopThroughAnotherServer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reverse bool
		status  int
	}{"proxied": {false, 508}, "direct": {true, 404}} {
		t.Run(name, func(t *testing.T) {
			proxyAddr := make(chan string, 1)
			mirror := rawServer(t, func(c net.Conn) {
				addr := <-proxyAddr
				proxyAddr <- addr
				back, err := net.Dial("tcp", addr)
				if err != nil {
					return
				}
				defer back.Close()
				go func() { _, _ = io.Copy(back, c) }()
				_, _ = io.Copy(c, back)
			})
			r := start(t, func(c *config) {
				if tt.reverse {
					c.Upstream = &url.URL{Scheme: "http", Host: mirror}
				}
			})
			proxyAddr <- r.addr
			client, target := r.client(), "http://"+mirror+"/x"
			if tt.reverse {
				client, target = r.direct(), "http://"+r.addr+"/x"
			}
			if resp, _ := get(t, client, target); resp.StatusCode != tt.status {
				t.Errorf("answer is %d, want %d", resp.StatusCode, tt.status)
			}
			for _, ex := range r.tape.all() {
				if ex.Failure == nil || ex.Failure.Kind != capture.FailLoop {
					t.Errorf("a loop is recorded as %+v", ex)
				}
			}
		})
	}
}

func TestOwnHost(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) { c.AdminHosts = []string{"pactape.test"} })
	for host, want := range map[string]bool{
		"localhost": true, "localhost:1": true, "LOCALHOST": true, "127.0.0.1": true, "127.9.9.9:80": true,
		"[::1]:1080": true, "::1": true, "a.localhost": true, "pactape.test": true, "Pactape.test:99": true,
		"": false, "example.com": false, "10.1.2.3": false, "localhost.evil.test": false, "xpactape.test": false,
	} {
		if got := r.proxy.OwnHost(host); got != want {
			t.Errorf("OwnHost(%q) is %v", host, got)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	secure := upstreamTLS(t, func(http.ResponseWriter, *http.Request) {})
	plain := upstreamFunc(t, secure.Config.Handler.ServeHTTP)
	r := start(t, trusting(secure))
	as := func(user *url.Userinfo) func(*http.Transport) {
		return func(tr *http.Transport) {
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr, User: user})
		}
	}
	for i, tt := range []struct {
		name string
		user *url.Userinfo
		want expectations.SessionID
	}{
		{"nobody", nil, ""},
		{"named", url.UserPassword("checkout", "x"), "checkout"},
		{"no password", url.User("job-7"), "job-7"},
		{"default", url.User("default"), ""},
	} {
		for j, target := range []string{plain.URL, secure.URL} {
			if resp, body := get(t, r.client(as(tt.user)), target); resp.StatusCode != 200 {
				t.Errorf("%s: answer is %d %q", tt.name, resp.StatusCode, body)
			}
			ex := r.tape.all()[2*i+j]
			if ex.Session != tt.want {
				t.Errorf("%s: session is %q, want %q", tt.name, ex.Session, tt.want)
			}
		}
		if tt.want != "" {
			if n := len(r.session(tt.want).Log.All()); n != 2 {
				t.Errorf("%s: %d requests in the session's log", tt.name, n)
			}
		}
	}
	if resp, body := get(t, r.client(as(url.User("No/Good"))), plain.URL); resp.StatusCode != 400 || !strings.Contains(body, "session") {
		t.Errorf("bad name: %d %q", resp.StatusCode, body)
	}
}

func TestRequestsThatNameNoServer(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, line := range []string{
		"GET http:///path", "GET ftp://127.0.0.1/x", "GET mailto:someone", "CONNECT :443", "GET http://:80/",
	} {
		if got := r.raw(line, "h"); !strings.HasPrefix(got, "400 ") {
			t.Errorf("%s: answer is %q", line, got)
		}
	}
	if n := len(r.tape.all()); n != 0 {
		t.Errorf("%d exchanges recorded", n)
	}
}

func TestTooManySessions(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t)
	for i := range 101 {
		c := r.client(func(tr *http.Transport) {
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr, User: url.User(fmt.Sprint("s", i))})
		})
		resp, _ := get(t, c, server.URL)
		if want := map[bool]int{true: 200, false: 503}[i < 100]; resp.StatusCode != want {
			t.Errorf("session %d: answer is %d, want %d", i, resp.StatusCode, want)
		}
	}
}

func TestPanicInTheAdminAPI(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) {
		c.Admin = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("admin") })
	})
	if got := r.raw("GET /mockserver/x", "US"); !strings.HasPrefix(got, "502 ") {
		t.Errorf("answer is %q", got)
	}
}

// TestBrokenRequestBody: what the client gets wrong is not blamed on the
// upstream.
func TestBrokenRequestBody(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	r := start(t)
	c := r.dial()
	_, _ = fmt.Fprintf(c, "POST %s/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", server.URL)
	resp, _ := read(t, bufio.NewReader(c), "POST")
	if resp.StatusCode != 400 || !resp.Close {
		t.Errorf("answer is %d, close %v", resp.StatusCode, resp.Close)
	}
	if ex := r.tape.wait(t, 1); ex.Failure == nil || ex.Failure.Kind != capture.FailAborted || !ex.Request.Body.Truncated {
		t.Errorf("exchange %+v", ex)
	}
}

// A body that a call of ours does not look at is no reason to close the
// connection: a client that keeps it for the next would find it reset.
func TestAdminLeavesConnectionOpen(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *config) {
		c.Admin = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) })
	})
	c := r.dial()
	br := bufio.NewReader(c)
	for range 3 {
		_, _ = fmt.Fprintf(c, "PUT /mockserver/clock HTTP/1.1\r\nHost: %s\r\nContent-Length: 19\r\n\r\n{\"action\":\"freeze\"}", r.addr)
		if a, _ := read(t, br, http.MethodPut); a.StatusCode != http.StatusNotImplemented {
			t.Fatalf("answer %d", a.StatusCode)
		}
	}
}
