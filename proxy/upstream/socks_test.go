package upstream_test

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

// A socksServer is a SOCKS5 proxy that notes what it is asked, and connects to
// hosts by a table, so that names need no resolver.
type socksServer struct {
	user, password string            // "" for open to all
	hosts          map[string]string // "host:port" → address

	mu  sync.Mutex
	log []string
}

func (s *socksServer) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.log...)
}

// start returns the URL of the proxy with credentials.
func (s *socksServer) start(t testing.TB, scheme string) *url.URL {
	t.Helper()
	u := &url.URL{Scheme: scheme, Host: listen(t, s.serve)}
	if s.user != "" {
		u.User = url.UserPassword(s.user, s.password)
	}
	return u
}

// text reads a text behind its length.
func text(c net.Conn) string {
	var n [1]byte
	_, _ = io.ReadFull(c, n[:])
	b := make([]byte, n[0])
	_, _ = io.ReadFull(c, b)
	return string(b)
}

// login agrees on a method and checks the credentials.
func (s *socksServer) login(c net.Conn) bool {
	var version [1]byte
	_, _ = io.ReadFull(c, version[:])
	method := "\x00"
	if s.user != "" {
		method = "\x02"
	}
	if offered := text(c); version[0] != 5 || !strings.Contains(offered, method) {
		_, _ = c.Write([]byte{5, 0xff})
		return false
	}
	_, _ = io.WriteString(c, "\x05"+method)
	if s.user == "" {
		return true
	}
	_, _ = io.ReadFull(c, version[:])
	if user, password := text(c), text(c); version[0] != 1 || user != s.user || password != s.password {
		_, _ = c.Write([]byte{1, 1})
		return false
	}
	_, _ = c.Write([]byte{1, 0})
	return true
}

func (s *socksServer) serve(c net.Conn) {
	if !s.login(c) {
		return
	}
	var head [4]byte
	_, _ = io.ReadFull(c, head[:])
	if head[0] != 5 || head[1] != 1 || head[2] != 0 {
		return
	}
	host, kind := "", "name"
	switch head[3] {
	case 1:
		ip := make(net.IP, net.IPv4len)
		_, _ = io.ReadFull(c, ip)
		host, kind = ip.String(), "v4"
	case 4:
		ip := make(net.IP, net.IPv6len)
		_, _ = io.ReadFull(c, ip)
		host, kind = ip.String(), "v6"
	case 3:
		host = text(c)
	}
	var port [2]byte
	_, _ = io.ReadFull(c, port[:])
	addr := net.JoinHostPort(host, fmt.Sprint(binary.BigEndian.Uint16(port[:])))
	s.mu.Lock()
	s.log = append(s.log, kind+" "+addr)
	s.mu.Unlock()
	if a, ok := s.hosts[addr]; ok {
		addr = a
	}
	out, err := net.Dial("tcp", addr)
	if err != nil {
		_, _ = c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer out.Close()
	_, _ = io.WriteString(c, "\x05\x00\x00\x03\x05bound\x00\x07")
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = io.Copy(out, c); closeWrite(out) })
	_, _ = io.Copy(c, out)
	c.Close()
	wg.Wait()
}

func TestSOCKSProxy(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	leaf := ca.leaf(t, nil, "api.example")
	plain := serve(t, echo, nil)
	secure := serve(t, echo, &tls.Config{Certificates: []tls.Certificate{leaf}})
	shout := serve(t, switchProtocols, nil)
	hosts := map[string]string{
		"api.example:80": plain, "api.example:443": secure, "shout.example:80": shout, "[2001:db8::1]:80": plain,
	}
	for _, scheme := range []string{"socks5", "socks5h"} {
		for _, tt := range proxiedCases(plain) {
			t.Run(scheme+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				s := &socksServer{user: "me@work", password: "p:w/ö", hosts: hosts}
				tr := newTransport(t, upstream.Options{Proxy: s.start(t, scheme), CAFiles: []string{ca.file(t)}})
				tt.run(t, tr)
				if d := cmp.Diff([]string{socksWant(tt.want)}, s.asked()); d != "" {
					t.Errorf("the proxy was asked (-want +got):\n%s", d)
				}
			})
		}
	}
	t.Run("open to all, IPv6", func(t *testing.T) {
		t.Parallel()
		s := &socksServer{hosts: hosts}
		tr := newTransport(t, upstream.Options{Proxy: s.start(t, "socks5")})
		get(t, tr, "http://[2001:db8::1]/")
		if d := cmp.Diff([]string{"v6 [2001:db8::1]:80"}, s.asked()); d != "" {
			t.Errorf("the proxy was asked (-want +got):\n%s", d)
		}
	})
	t.Run("credentials that nobody asks for", func(t *testing.T) {
		t.Parallel()
		s := &socksServer{hosts: hosts}
		u := s.start(t, "socks5")
		u.User = url.UserPassword("me", "secret")
		get(t, newTransport(t, upstream.Options{Proxy: u}), "http://api.example/")
	})
}

// socksWant is what a SOCKS proxy is asked where one of HTTP is asked want.
func socksWant(want string) string {
	method, target, _ := strings.Cut(want, " ")
	if method != "CONNECT" {
		u, err := url.Parse(target)
		if err != nil {
			panic(err)
		}
		if target = u.Host; u.Port() == "" {
			target += ":80"
		}
	}
	if strings.HasPrefix(target, "127.") {
		return "v4 " + target
	}
	return "name " + target
}

func TestSOCKSNoProxy(t *testing.T) {
	t.Parallel()
	addr := serve(t, echo, nil)
	s := &socksServer{hosts: map[string]string{"far.example:80": addr}}
	tr := newTransport(t, upstream.Options{
		Proxy:   s.start(t, "socks5"),
		NoProxy: []string{"127.0.0.0/8"},
		Map:     map[string]*url.URL{"mapped.example": {Host: addr}},
	})
	for _, target := range []string{
		"http://" + addr, "http://mapped.example/", "http://api.localhost:" + port(addr), "http://far.example/",
	} {
		get(t, tr, target)
	}
	if d := cmp.Diff([]string{"name far.example:80"}, s.asked()); d != "" {
		t.Errorf("the proxy was asked (-want +got):\n%s", d)
	}
}

// answering reads a greeting, then answers each further message in turn.
func answering(answers ...string) func(net.Conn) {
	return func(c net.Conn) {
		buf := make([]byte, 1<<10)
		for _, answer := range answers {
			if _, err := c.Read(buf); err != nil {
				return
			}
			_, _ = io.WriteString(c, answer)
		}
		_, _ = io.Copy(io.Discard, c)
	}
}

func TestSOCKSTrouble(t *testing.T) {
	t.Parallel()
	locked := (&socksServer{user: "me", password: "secret"}).start(t, "socks5")
	wrong := *locked
	wrong.User = url.UserPassword("me", "wrong-password")
	missing := *locked
	missing.User = nil
	addr := func(handle func(net.Conn)) *url.URL { return &url.URL{Scheme: "socks5", Host: listen(t, handle)} }
	refusal := func(code string) *url.URL {
		return addr(answering("\x05\x00", "\x05"+code+"\x00\x01\x00\x00\x00\x00\x00\x00"))
	}
	const locked401 = "the upstream proxy refused: authentication required (credentials are missing or wrong)"
	const noSOCKS = "upstream proxy: the proxy does not speak SOCKS5"
	tests := []struct {
		name   string
		proxy  *url.URL
		kind   capture.FailureKind
		reason string
		reply  upstream.SOCKSReply
	}{
		{"wrong password", &wrong, capture.FailUpstream, locked401, 1},
		{"no credentials", &missing, capture.FailUpstream, locked401, 1},
		{"refused", refusal("\x05"), capture.FailUpstream, "the upstream proxy refused: connection refused", 5},
		{"unreachable", refusal("\x04"), capture.FailUpstream, "the upstream proxy refused: host unreachable", 4},
		{"not allowed", refusal("\x02"), capture.FailUpstream, "the upstream proxy refused: not allowed by its rules", 2},
		{"expired", refusal("\x06"), capture.FailTimeout, "the upstream proxy refused: time to live expired", 6},
		{"a reply nobody knows", refusal("\x63"), capture.FailUpstream, "the upstream proxy refused: reply 99", 99},
		{"no proxy there", &url.URL{Scheme: "socks5", Host: "127.0.0.1:1"}, capture.FailUpstream, "upstream proxy: connection refused", 5},
		{"HTTP", addr(answering("HTTP/1.1 400 Bad Request\r\n\r\n")), capture.FailUpstream, noSOCKS, 1},
		{"HTTP later", addr(answering("\x05\x00", "HTTP/1.1 400 Bad Request\r\n\r\n")), capture.FailUpstream, noSOCKS, 1},
		{"a method that was not offered", addr(answering("\x05\x02")), capture.FailUpstream, noSOCKS, 1},
		{"an unknown kind of address", addr(answering("\x05\x00", "\x05\x00\x00\x09")), capture.FailUpstream, noSOCKS, 1},
		{"says nothing", addr(answering("")), capture.FailTimeout, "upstream proxy: timed out waiting for its answer", 4},
		{"half a reply", addr(answering("\x05\x00", "\x05\x00\x00\x01\x00")), capture.FailTimeout, "upstream proxy: timed out waiting for its answer", 4},
		{"hangs up", addr(func(c net.Conn) { _, _ = c.Read(make([]byte, 9)); _, _ = c.Write([]byte{5}) }), capture.FailUpstream, "upstream proxy: connection closed before the response was complete", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTransport(t, upstream.Options{Proxy: tt.proxy, DialTimeout: 300 * time.Millisecond})
			conn, err := tr.DialTunnel(t.Context(), "api.example:443")
			if err == nil {
				conn.Close()
				t.Fatal("connected")
			}
			kind, reason := upstream.Classify(err)
			if kind != tt.kind || reason != tt.reason {
				t.Errorf("%s %q, want %s %q (%v)", kind, reason, tt.kind, tt.reason, err)
			}
			if got := upstream.SOCKSReplyFor(err); got != tt.reply {
				t.Errorf("a client is answered %v, want %v", got, tt.reply)
			}
			if strings.Contains(err.Error(), "wrong-password") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestSOCKSReplyFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want upstream.SOCKSReply
	}{
		{nil, upstream.SOCKSSucceeded},
		{&net.DNSError{IsNotFound: true}, upstream.SOCKSHostUnreachable},
		{upstream.ErrLoop, upstream.SOCKSNotAllowed},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, upstream.SOCKSRefused},
		{&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}, upstream.SOCKSNetworkUnreachable},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, upstream.SOCKSHostUnreachable},
		{&upstream.ProxyError{Status: 502}, upstream.SOCKSFailed},
	} {
		if got := upstream.SOCKSReplyFor(tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestSOCKSBadRequests(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	for _, user := range []*url.Userinfo{url.User(long), url.UserPassword("me", long)} {
		_, err := upstream.New(upstream.Options{Proxy: &url.URL{Scheme: "socks5", Host: "127.0.0.1:1", User: user}})
		if err == nil || strings.Contains(err.Error(), long) {
			t.Errorf("error is %v", err)
		}
	}
	s := &socksServer{}
	tr := newTransport(t, upstream.Options{Proxy: s.start(t, "socks5")})
	for _, addr := range []string{long + ":80", "api.example:http", "api.example:65536"} {
		if conn, err := tr.DialTunnel(t.Context(), addr); err == nil {
			conn.Close()
			t.Errorf("%s: connected", addr)
		}
	}
	if asked := s.asked(); len(asked) > 0 {
		t.Errorf("the proxy was asked %v", asked)
	}
}
