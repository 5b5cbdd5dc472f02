package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	netproxy "golang.org/x/net/proxy"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

// socks dials through the proxy by SOCKS5; auth may be nil.
func (r *rig) socks(auth *netproxy.Auth) func(context.Context, string, string) (net.Conn, error) {
	r.t.Helper()
	d, err := netproxy.SOCKS5("tcp", r.addr, auth, netproxy.Direct)
	if err != nil {
		r.t.Fatal(err)
	}
	dialer, ok := d.(netproxy.ContextDialer)
	if !ok {
		r.t.Fatalf("%T takes no context", d)
	}
	return dialer.DialContext
}

// viaSOCKS changes a client of the rig to SOCKS5.
func (r *rig) viaSOCKS(auth *netproxy.Auth) func(*http.Transport) {
	return func(tr *http.Transport) { tr.Proxy, tr.DialContext = nil, r.socks(auth) }
}

// socksRaw asks for a tunnel and returns the reply code.
func (r *rig) socksRaw(hostport string) (net.Conn, byte) {
	r.t.Helper()
	c := r.dial()
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		r.t.Fatal(err)
	}
	var n uint16
	_, _ = fmt.Sscan(port, &n)
	_, _ = io.WriteString(c, greetOpen+"\x05\x01\x00\x03"+string(rune(len(host)))+host+string([]byte{byte(n >> 8), byte(n)}))
	var reply [2 + 10]byte
	if _, err := io.ReadFull(c, reply[:]); err != nil {
		r.t.Fatal(err)
	}
	return c, reply[3]
}

func TestSOCKSIsIntercepted(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto+" "+r.URL.Path) })
	secure, plain := upstreamTLS(t, handler), httptest.NewUnstartedServer(handler)
	plain.Config.Protocols = new(http.Protocols)
	plain.Config.Protocols.SetHTTP1(true)
	plain.Config.Protocols.SetUnencryptedHTTP2(true)
	plain.Start()
	t.Cleanup(plain.Close)
	for _, tt := range []struct {
		name, url, want string
		change          func(*http.Transport)
	}{
		{"TLS", secure.URL, "HTTP/2.0 /x", func(*http.Transport) {}}, // the proxy speaks HTTP/2 with the server
		{"HTTP/2", secure.URL, "HTTP/2.0 /x", h2Only},
		{"plain HTTP", plain.URL, "HTTP/1.1 /x", func(*http.Transport) {}},
		{"h2c", plain.URL, "HTTP/2.0 /x", h2cOnly},
		{"a name", strings.Replace(secure.URL, "127.0.0.1", "api.localhost", 1), "HTTP/2.0 /x", func(*http.Transport) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, trusting(secure), func(c *config) { c.upstream.Insecure = true })
			client := r.client(tt.change, r.viaSOCKS(&netproxy.Auth{User: "checkout", Password: "x"}))
			if _, body := get(t, client, tt.url+"/x"); body != tt.want {
				t.Errorf("answer is %q, want %q", body, tt.want)
			}
			ex := r.tape.only(t)
			if ex.Session != "checkout" || ex.Request.Path != "/x" || ex.Request.Authority != hostOf(tt.url) {
				t.Errorf("recorded %q, %+v", ex.Session, ex.Request)
			}
		})
	}
}

func TestSOCKSSessions(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		name string
		auth *netproxy.Auth
		want expectations.SessionID
	}{
		{"none", nil, ""},
		{"named", &netproxy.Auth{User: "team.a", Password: "x"}, "team.a"},
		{"named default", &netproxy.Auth{User: "default", Password: "x"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			get(t, r.client(r.viaSOCKS(tt.auth)), server.URL)
			if ex := r.tape.only(t); ex.Session != tt.want {
				t.Errorf("session %q, want %q", ex.Session, tt.want)
			}
		})
	}
	t.Run("user of the system without a password", func(t *testing.T) { // as Java does
		t.Parallel()
		r := start(t)
		c := r.dial()
		_, _ = io.WriteString(c, greetBoth+"\x01\x08Jane Doe\x00")
		if got := take(t, c, 4); got != saysLogin+saysIn {
			t.Errorf("answered %q", got)
		}
	})
	t.Run("no name of a session", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		if c, err := r.socks(&netproxy.Auth{User: "No Session", Password: "x"})(t.Context(), "tcp", "127.0.0.1:1"); err == nil {
			_ = c.Close()
			t.Error("connected")
		}
		eventually(t, "the reason is logged", func() bool {
			l := r.logs.with("SOCKS client refused")
			return len(l) == 1 && l[0].attrs["reason"] == "the user name is no name of a session"
		})
	})
}

// take reads n bytes.
func take(t testing.TB, r io.Reader, n int) string {
	t.Helper()
	got := make([]byte, n)
	if _, err := io.ReadFull(r, got); err != nil {
		t.Fatalf("read %q, %v", got, err)
	}
	return string(got)
}

func TestSOCKSRelaysUnread(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, echo)
	for kind, change := range map[string]func(*config){"blind": func(*config) {}, "passthrough": passthrough(t, "127.0.0.1")} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := start(t, change)
			c, reply := r.socksRaw(addr)
			if reply != 0 {
				t.Fatalf("reply %d", reply)
			}
			_, _ = io.WriteString(c, "\x00raw")
			if got := take(t, c, 4); got != "\x00raw" {
				t.Errorf("read %q", got)
			}
			closeWrite(t, c)
			if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
				t.Errorf("after half-close: %q, %v", rest, err)
			}
			if !r.tunnels(kind) {
				t.Error("the tunnel is not counted")
			}
		})
	}
	t.Run("server that speaks first", func(t *testing.T) {
		t.Parallel()
		server := rawServer(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 ready\r\n") })
		r := start(t, func(c *config) { c.PeekTimeout = 20 * time.Millisecond })
		c, _ := r.socksRaw(server)
		if got := take(t, c, 11); got != "220 ready\r\n" {
			t.Errorf("read %q", got)
		}
	})
}

// TestSOCKSReplies: where we connect first, the client hears how that went.
func TestSOCKSReplies(t *testing.T) {
	t.Parallel()
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	nobody := ln.Addr().String()
	_ = ln.Close()
	for _, tt := range []struct {
		name string
		addr string // "" for the proxy's own
		mode expectations.Mode
		want upstream.SOCKSReply
	}{
		{"refused", nobody, expectations.Spy, upstream.SOCKSRefused},
		{"ourselves", "", expectations.Spy, upstream.SOCKSNotAllowed},
		{"SIMULATE", nobody, expectations.Simulate, upstream.SOCKSNotAllowed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, inMode(tt.mode), passthrough(t, "127.0.0.1"))
			if tt.addr == "" {
				tt.addr = r.addr
			}
			c, reply := r.socksRaw(tt.addr)
			if upstream.SOCKSReply(reply) != tt.want {
				t.Errorf("reply %d, want %d", reply, tt.want)
			}
			if n, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("read %d, %v; want the end", n, err)
			}
		})
	}
	t.Run("unread bytes to ourselves", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		c, _ := r.socksRaw(r.addr)
		_, _ = io.WriteString(c, "\x00\x01")
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("a loop is relayed")
		}
	})
}

func TestSOCKSModes(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	r.put("/stub", &expectations.Answer{Body: &expectations.AnswerBody{Bytes: []byte("stub")}})
	client := r.client(r.viaSOCKS(nil))
	if _, body := get(t, client, "https://api.example/stub"); body != "stub" {
		t.Errorf("answer is %q", body)
	}
	if resp, _ := get(t, client, "https://api.example/miss"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a miss is %d", resp.StatusCode)
	}
}

// TestSOCKSInOneBreath: a client that waits for no answer loses nothing.
func TestSOCKSInOneBreath(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	port := server.Listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP server
	address := string([]byte{1, 127, 0, 0, 1, byte(port >> 8), byte(port)})
	const request = "GET /early HTTP/1.1\r\nHost: h\r\nX-Long: 0123456789012345678901234567890123456789\r\n\r\n"
	for name, tt := range map[string]struct {
		says   string
		answer int // its length
	}{
		"SOCKS5":  {greetBoth + "\x01\x04good\x02pw\x05\x01\x00" + address, 4 + 10},
		"SOCKS4":  {"\x04\x01" + address[5:] + address[1:5] + "me\x00", 8},
		"SOCKS4a": {"\x04\x01" + address[5:] + "\x00\x00\x00\x09\x00x.localhost\x00", 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			c := r.dial()
			_, _ = io.WriteString(c, tt.says+request)
			take(t, c, tt.answer)
			if _, body := read(t, bufio.NewReader(c), "GET"); body != "/early" {
				t.Errorf("answer is %q", body)
			}
		})
	}
}

// TestSOCKSSlowClient: who does not come to the point is given up, however
// steadily it talks.
func TestSOCKSSlowClient(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"greeting": "\x05\x03", "silent after the greeting": greetOpen, "login": greetBoth + "\x01\x04g", "SOCKS4": "\x04\x01",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(c *config) { c.ReadHeaderTimeout = 100 * time.Millisecond })
			c := r.dial()
			_, _ = io.WriteString(c, says)
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Errorf("the connection was not closed: %v", err)
			}
			eventually(t, "it is logged", func() bool { return len(r.logs.with("SOCKS client refused")) == 1 })
		})
	}
}

// TestSOCKSShutdown: a greeting is not waited for, an open tunnel is closed
// when time is over, and no goroutine stays behind.
func TestSOCKSShutdown(t *testing.T) {
	r := start(t, func(c *config) { c.ShutdownTimeout = 200 * time.Millisecond })
	greeting := r.dial()
	_, _ = io.WriteString(greeting, greetOpen)
	take(t, greeting, 2)
	broken := r.dial()
	_, _ = io.WriteString(broken, "\x05\x02\x00")
	_ = broken.Close()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if len(r.logs.with("closing connections that did not end in time")) != 0 {
		t.Error("a greeting was waited for")
	}

	r = start(t, func(c *config) { c.ShutdownTimeout = 100 * time.Millisecond })
	blind, _ := r.socksRaw(rawServer(t, echo))
	_, _ = io.WriteString(blind, "\x00")
	take(t, blind, 1)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if _, err := blind.Read(make([]byte, 1)); err == nil {
		t.Error("the tunnel is still open")
	}
	if len(r.logs.with("closing connections that did not end in time")) != 1 {
		t.Error("an open tunnel was not given time")
	}
	eventually(t, "the proxy's goroutines end", func() bool {
		buf := make([]byte, 1<<20)
		return !strings.Contains(string(buf[:runtime.Stack(buf, true)]), "pactape/proxy.(*service)")
	})
}

// TestSOCKSChain: one pactape behind another, by SOCKS.
func TestSOCKSChain(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }
	secure, plain := upstreamTLS(t, handler), upstreamFunc(t, handler)
	last := start(t, trusting(secure))
	first := start(t, func(c *config) {
		c.upstream.Insecure = true // the other's certificates
		c.upstream.Proxy = &url.URL{Scheme: "socks5h", Host: last.addr, User: url.UserPassword("behind", "x")}
	})
	for i, target := range []string{secure.URL + "/tls", plain.URL + "/plain"} {
		u, _ := url.Parse(target)
		if _, body := get(t, first.client(), target); body != u.Path {
			t.Errorf("answer is %q", body)
		}
		for _, r := range []*rig{first, last} {
			if ex := r.tape.wait(t, i+1); ex.Request.Path != u.Path || ex.Request.Authority != u.Host {
				t.Errorf("recorded %+v", ex.Request)
			}
		}
		if ex := last.tape.wait(t, i+1); ex.Session != "behind" {
			t.Errorf("session %q", ex.Session)
		}
	}
	c := first.connect(rawServer(t, echo))
	_, _ = io.WriteString(c, "\x00raw")
	if got := take(t, c, 4); got != "\x00raw" {
		t.Errorf("read %q", got)
	}
	if !last.tunnels("blind") {
		t.Error("the bytes did not come by the other")
	}
}
