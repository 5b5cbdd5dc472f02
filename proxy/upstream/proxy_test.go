package upstream_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

// A proxied case is a way to use a transport, and what the proxy must be asked.
type proxied struct {
	name string
	run  func(*testing.T, *upstream.Transport)
	want string
}

// proxiedCases use the server at plain, and the names that TestProxy knows.
func proxiedCases(plain string) []proxied {
	return []proxied{
		{"plain HTTP by absolute URL", func(t *testing.T, tr *upstream.Transport) {
			if _, body := get(t, tr, "http://api.example/p?q=1"); body != "GET /p?q=1 " {
				t.Errorf("body %q", body)
			}
		}, "GET http://api.example/p?q=1"},
		{"a loopback address is no exception", func(t *testing.T, tr *upstream.Transport) {
			get(t, tr, "http://"+plain+"/")
		}, "GET http://" + plain + "/"},
		{"TLS by CONNECT", func(t *testing.T, tr *upstream.Transport) {
			header, _ := get(t, tr, "https://api.example/")
			if header.Get("X-Proto") != "HTTP/2.0" || header.Get("X-Server-Name") != "api.example" {
				t.Errorf("through the tunnel: %v", header)
			}
		}, "CONNECT api.example:443"},
		{"an upgrade by CONNECT", func(t *testing.T, tr *upstream.Transport) {
			exchange(t, tr, "http://shout.example/")
		}, "CONNECT shout.example:80"},
		{"HTTP/2 without TLS by CONNECT", func(t *testing.T, tr *upstream.Transport) {
			header, _ := do(t, tr, request(upstream.WithH2C(t.Context()), t, "http://api.example/"))
			if header.Get("X-Proto") != "HTTP/2.0" {
				t.Errorf("spoke %s", header.Get("X-Proto"))
			}
		}, "CONNECT api.example:80"},
		{"a Host of its own by CONNECT", func(t *testing.T, tr *upstream.Transport) {
			req := request(t.Context(), t, "http://api.example/")
			req.Host = "other.example"
			if header, _ := do(t, tr, req); header.Get("X-Host") != "other.example" {
				t.Errorf("Host %q was sent", header.Get("X-Host"))
			}
		}, "CONNECT api.example:80"},
		{"a raw tunnel", func(t *testing.T, tr *upstream.Transport) {
			conn, err := tr.DialTunnel(t.Context(), "api.example:80")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
			if data, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(data), "HTTP/1.0 200") {
				t.Errorf("%q, %v", data, err)
			}
		}, "CONNECT api.example:80"},
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	leaf := ca.leaf(t, nil, "127.0.0.1", "api.example")
	plain := serve(t, echo, nil)
	secure := serve(t, echo, &tls.Config{Certificates: []tls.Certificate{leaf}})
	shout := serve(t, switchProtocols, nil)
	hosts := map[string]string{
		"api.example": plain, "api.example:80": plain, "api.example:443": secure, "shout.example:80": shout,
	}
	for name, config := range map[string]*tls.Config{"http": nil, "https": {Certificates: []tls.Certificate{leaf}}} {
		for _, tt := range proxiedCases(plain) {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				c := &chain{user: "me@work", password: "p:w/ö", hosts: hosts}
				tr := newTransport(t, upstream.Options{Proxy: c.start(t, config.Clone()), CAFiles: []string{ca.file(t)}})
				tt.run(t, tr)
				if d := cmp.Diff([]string{tt.want}, c.asked()); d != "" {
					t.Errorf("the proxy was asked (-want +got):\n%s", d)
				}
			})
		}
	}
}

func TestNoProxy(t *testing.T) {
	t.Parallel()
	addr := serve(t, echo, nil)
	direct := &url.URL{Host: addr} // what a resolver would say
	c := &chain{hosts: map[string]string{"far.example:80": addr, "far.example": addr, "near.example:8080": addr}}
	tr := newTransport(t, upstream.Options{
		Proxy:   c.start(t, nil),
		NoProxy: []string{"127.0.0.0/8, near.example:80"},
		Map:     map[string]*url.URL{"mapped.example": direct},
	})
	for _, target := range []string{
		"http://" + addr,                         // excluded by network
		"http://mapped.example/",                 // excluded once it is mapped
		"http://api.localhost:" + port(addr),     // never through a proxy
		"http://api.localhost.:" + port(addr),    // the same
		"http://far.example/",                    // not excluded
		"http://near.example:8080/only-port-80/", // not excluded
	} {
		get(t, tr, target)
	}
	want := []string{"GET http://far.example/", "GET http://near.example:8080/only-port-80/"}
	if d := cmp.Diff(want, c.asked()); d != "" {
		t.Errorf("the proxy was asked (-want +got):\n%s", d)
	}
}

// A name stands for the names below it, as in every NO_PROXY.
func TestNoProxySuffix(t *testing.T) {
	t.Parallel()
	c := &chain{}
	tr := newTransport(t, upstream.Options{Proxy: c.start(t, nil), NoProxy: []string{"localhost", "corp.example"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is to be resolved: that no proxy is asked is enough
	for _, host := range []string{"corp.example", "a.b.corp.example", "localhost"} {
		if _, err := tr.DialTunnel(ctx, host+":1"); err == nil {
			t.Errorf("%s: connected", host)
		}
	}
	if asked := c.asked(); len(asked) > 0 {
		t.Errorf("the proxy was asked %v", asked)
	}
}

// A proxy may deliver the server's first words along with its own answer.
func TestTunnelKeepsEarlyBytes(t *testing.T) {
	t.Parallel()
	ssh := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	c := &chain{early: "SSH-2.0-early\r\n"}
	tr := newTransport(t, upstream.Options{Proxy: c.start(t, nil)})
	conn, err := tr.DialTunnel(t.Context(), ssh)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if cw, ok := conn.(interface{ CloseWrite() error }); !ok {
		t.Error("the tunnel cannot be half-closed")
	} else if err := cw.CloseWrite(); err != nil {
		t.Errorf("CloseWrite: %v", err)
	}
	if data, err := io.ReadAll(conn); err != nil || string(data) != c.early {
		t.Errorf("%q, %v; want %q", data, err, c.early)
	}
}

func TestProxyTrouble(t *testing.T) {
	t.Parallel()
	// answer reads a request and sends text, then waits for the other side.
	answer := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			br := bufio.NewReader(conn)
			if _, err := http.ReadRequest(br); err == nil && text != "" {
				_, _ = io.WriteString(conn, text)
			}
			_, _ = io.Copy(io.Discard, br)
		}
	}
	locked := &chain{user: "me", password: "secret"}
	wrong := locked.start(t, nil)
	wrong.User = url.UserPassword("me", "wrong-password")
	addr := func(a string) *url.URL { return &url.URL{Scheme: "http", Host: a} }
	const p407 = "the upstream proxy refused: 407 Proxy Authentication Required (credentials are missing or wrong)"
	tests := []struct {
		name   string
		proxy  *url.URL
		target string
		kind   capture.FailureKind
		reason string
	}{
		{"407 to CONNECT", wrong, "https://api.example/", capture.FailUpstream, p407},
		{"407 to a plain request", wrong, "http://api.example/", capture.FailUpstream, p407},
		{"cannot connect", (&chain{}).start(t, nil), "https://127.0.0.1:1/", capture.FailUpstream, "the upstream proxy refused: 502 Bad Gateway"},
		{"gateway timeout", addr(listen(t, answer("HTTP/1.1 504 x\r\n\r\n"))), "https://api.example/", capture.FailTimeout, "the upstream proxy refused: 504 Gateway Timeout"},
		{"no proxy there", addr("127.0.0.1:1"), "https://api.example/", capture.FailUpstream, "upstream proxy: connection refused"},
		{"no proxy there for a plain request", addr("127.0.0.1:1"), "http://api.example/", capture.FailUpstream, "upstream proxy: connection refused"},
		{"endless head", addr(listen(t, answer("HTTP/1.1 200 OK\r\n"+strings.Repeat("X-A: b\r\n", 1<<16)))), "https://api.example/", capture.FailUpstream, "upstream proxy: the answer to CONNECT is too long"},
		{"endless line", addr(listen(t, answer(strings.Repeat("x", 1<<20)))), "https://api.example/", capture.FailUpstream, "upstream proxy: the answer to CONNECT is too long"},
		{"no HTTP", addr(listen(t, answer("220 smtp ready\r\n\r\n"))), "https://api.example/", capture.FailUpstream, "upstream proxy: the response is malformed"},
		{"hangs up", addr(listen(t, func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })), "https://api.example/", capture.FailUpstream, "upstream proxy: connection closed before the response was complete"},
		{"says nothing", addr(listen(t, answer(""))), "https://api.example/", capture.FailTimeout, "upstream proxy: timed out waiting for its answer"},
		{"interim responses for ever", addr(listen(t, answer(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 9)))), "https://api.example/", capture.FailUpstream, "upstream proxy: the request could not be sent or its answer not be read"},
		{"no TLS", &url.URL{Scheme: "https", Host: serve(t, echo, nil)}, "https://api.example/", capture.FailUpstream, "upstream proxy: the server does not speak TLS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTransport(t, upstream.Options{Proxy: tt.proxy, DialTimeout: 300 * time.Millisecond})
			err := failure(t, tr, tt.target)
			kind, reason := upstream.Classify(err)
			if kind != tt.kind || reason != tt.reason {
				t.Errorf("%s %q, want %s %q (%v)", kind, reason, tt.kind, tt.reason, err)
			}
			if strings.Contains(err.Error(), "wrong-password") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
	var refused *upstream.ProxyError
	tr := newTransport(t, upstream.Options{Proxy: wrong})
	if err := failure(t, tr, "http://api.example/"); !errors.As(err, &refused) || refused.Status != http.StatusProxyAuthRequired {
		t.Errorf("%v, want a ProxyError of 407", err)
	}
}

// Interim responses before the answer are legal.
func TestTunnelSkipsInterimResponses(t *testing.T) {
	t.Parallel()
	proxy := listen(t, func(conn net.Conn) {
		br := bufio.NewReader(conn)
		if _, err := http.ReadRequest(br); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nready")
		}
	})
	tr := newTransport(t, upstream.Options{Proxy: &url.URL{Scheme: "http", Host: proxy}})
	conn, err := tr.DialTunnel(t.Context(), "api.example:443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if data, err := io.ReadAll(conn); err != nil || string(data) != "ready" {
		t.Errorf("%q, %v", data, err)
	}
}

// A client that goes away must not leave us waiting for the proxy.
func TestTunnelEndsWithContext(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	proxy := listen(t, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		close(asked)
		_, _ = io.Copy(io.Discard, conn)
	})
	tr := newTransport(t, upstream.Options{Proxy: &url.URL{Scheme: "http", Host: proxy}, DialTimeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	_, err := tr.DialTunnel(ctx, "api.example:443")
	if kind, reason := upstream.Classify(err); kind != capture.FailAborted {
		t.Errorf("%s %q (%v), want aborted", kind, reason, err)
	}
}
