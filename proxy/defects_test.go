package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy"
)

// The tests of this file guard against defects of goproxy v1.9.2 when it is
// used alone, one test each.

// panicking panics in RoundTrip for the path /panic.
type panicking struct{ proxy.Transport }

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/panic" {
		panic("in a handler")
	}
	return p.Transport.RoundTrip(r)
}

// A panic in a handler ended the process.
func TestGoproxyDefect01PanicIsContained(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(http.ResponseWriter, *http.Request) {})
	plain := upstreamFunc(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, trusting(server), wrapTransport(func(tr proxy.Transport) proxy.Transport { return panicking{tr} }))
	for i, do := range []struct {
		client *http.Client
		url    string
	}{
		{r.client(), plain.URL}, {r.client(), server.URL}, {r.client(h2Only), server.URL},
	} {
		resp, body := get(t, do.client, do.url+"/panic")
		if resp.StatusCode != 502 || body != "pactape: internal error\n" {
			t.Errorf("answer is %d %q", resp.StatusCode, body)
		}
		if ex := r.tape.all()[2*i]; ex.Failure == nil || ex.Failure.Kind != capture.FailInternal {
			t.Errorf("exchange %+v", ex)
		}
		if resp, _ := get(t, do.client, do.url+"/after"); resp.StatusCode != 200 {
			t.Errorf("after the panic: %d", resp.StatusCode)
		}
	}
	if !strings.Contains(r.scrape(), "pactape_panics_total 3\n") {
		t.Error("the panics are not counted")
	}
}

// wrapTransport puts something around the rig's transport.
func wrapTransport(wrap func(proxy.Transport) proxy.Transport) func(*config) {
	return func(c *config) { c.wrap = wrap }
}

// failing returns neither an answer nor a usable error.
type failing struct{ proxy.Transport }

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, context.DeadlineExceeded }

// A request without an answer was a nil dereference.
func TestGoproxyDefect02NoAnswerIsNoCrash(t *testing.T) {
	t.Parallel()
	r := start(t, wrapTransport(func(tr proxy.Transport) proxy.Transport { return failing{tr} }))
	for _, client := range []*http.Client{r.client(), r.client(h2Only)} {
		if resp, _ := get(t, client, "https://api.test/"); resp.StatusCode/100 != 5 {
			t.Errorf("answer is %d", resp.StatusCode)
		}
	}
}

// An upstream failure in a tunnel was a bare EOF, and could not be recorded.
func TestGoproxyDefect03UpstreamFailureIsAnswered(t *testing.T) {
	t.Parallel()
	r := start(t)
	for i, client := range []*http.Client{r.client(), r.client(h2Only)} {
		resp, body := get(t, client, "https://127.0.0.1:1/")
		if resp.StatusCode != 502 || !strings.Contains(body, "refused") {
			t.Errorf("answer is %d %q", resp.StatusCode, body)
		}
		if ex := r.tape.all()[i]; ex.Failure == nil || ex.Failure.Kind != capture.FailUpstream {
			t.Errorf("exchange %+v", ex)
		}
	}
}

// "Expect: 100-continue" was not answered in a tunnel.
func TestGoproxyDefect04ContinueIsAnswered(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	r := start(t, trusting(server))
	c := tls.Client(r.connect(hostOf(server.URL)), &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"})
	_, _ = io.WriteString(c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	br := bufio.NewReader(c)
	if line, err := br.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("read %q, %v", line, err)
	}
	_, _ = br.ReadString('\n')
	_, _ = io.WriteString(c, "ok")
	if resp, _ := read(t, br, "PUT"); resp.StatusCode != 200 {
		t.Errorf("answer is %d", resp.StatusCode)
	}
}

// Bytes in the same segment as CONNECT were lost.
func TestGoproxyDefect05BytesBehindConnectAreRead(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner") })
	r := start(t, trusting(server))
	pipelined := &pipelinedConn{Conn: r.dial(), head: "CONNECT " + hostOf(server.URL) + " HTTP/1.1\r\nHost: h\r\n\r\n"}
	c := tls.Client(pipelined, &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"})
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, body := read(t, bufio.NewReader(c), "GET"); body != "inner" {
		t.Errorf("answer is %q", body)
	}
}

// A pipelinedConn sends its head together with the first write, and skips the
// answer to it.
type pipelinedConn struct {
	net.Conn
	head string
	read bool
}

func (c *pipelinedConn) Write(p []byte) (int, error) {
	if c.head == "" {
		return c.Conn.Write(p)
	}
	_, err := c.Conn.Write(append([]byte(c.head), p...))
	c.head = ""
	return len(p), err
}

func (c *pipelinedConn) Read(p []byte) (int, error) {
	if !c.read {
		c.read = true
		if _, err := io.ReadFull(c.Conn, make([]byte, len(established))); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}

// A chunked answer over plain HTTP that was not SSE was held to its end.
func TestGoproxyDefect06ChunksAreNotHeld(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, "1\n")
		_ = http.NewResponseController(w).Flush()
		<-next
	})
	r := start(t)
	resp, err := r.client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.ReadFull(resp.Body, make([]byte, 2)); n != 2 {
		t.Errorf("read %d bytes, %v", n, err)
	}
	close(next)
}

// A client of HTTP/1.0 in a tunnel got chunks, and an open connection.
func TestGoproxyDefect07OldClientsInTunnels(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one ")
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, "two")
	})
	r := start(t, trusting(server))
	for _, head := range []string{"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"} {
		cfg := &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"}
		if strings.Contains(head, "1.0") {
			cfg.NextProtos = []string{"http/1.0"} // as curl has it
		}
		c := tls.Client(r.connect(hostOf(server.URL)), cfg)
		_, _ = io.WriteString(c, head)
		all, err := io.ReadAll(c) // to the end of the connection
		if err != nil {
			t.Fatal(err)
		}
		if _, body := read(t, bufio.NewReader(bytes.NewReader(all)), "GET"); body != "one two" {
			t.Errorf("answer is %q", body)
		}
		if strings.Contains(head, "1.0") && strings.Contains(string(all), "chunked") {
			t.Errorf("HTTP/1.0 got chunks: %q", all)
		}
	}
}

// The client's connection of a WebSocket over plain HTTP was never closed.
func TestGoproxyDefect08WebSocketsAreClosed(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_ = c.CloseNow() // without a closing handshake
	})
	r := start(t)
	c := r.dial()
	_, _ = fmt.Fprintf(c, "GET %s/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", server.URL)
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("the connection stays open: %v", err)
	}
	if n := len(r.tape.all()); n != 1 {
		t.Errorf("%d exchanges", n)
	}
}

// No TLS session was ever resumed.
func TestGoproxyDefect09SessionsAreResumed(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, trusting(server))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cfg := &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1", ClientSessionCache: tls.NewLRUClientSessionCache(4), MaxVersion: version}
		for i := range 2 {
			c := tls.Client(r.connect(hostOf(server.URL)), cfg)
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
			if _, err := io.ReadAll(c); err != nil {
				t.Fatal(err)
			}
			if resumed := c.ConnectionState().DidResume; resumed != (i > 0) {
				t.Errorf("%s, connection %d: resumed is %v", tls.VersionName(version), i, resumed)
			}
		}
	}
}

// "Connection: close" of the client closed the upstream's connection too.
func TestGoproxyDefect10UpstreamConnectionsAreReused(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = countConns(&conns)
	server.StartTLS()
	t.Cleanup(server.Close)
	plain := httptest.NewUnstartedServer(server.Config.Handler)
	plain.Config.ConnState = countConns(&conns)
	plain.Start()
	t.Cleanup(plain.Close)
	r := start(t, trusting(server))
	for range 10 {
		for _, url := range []string{plain.URL, server.URL} {
			req := newRequest(t, "GET", url, nil)
			req.Close = true
			send(t, r.client(), req)
		}
	}
	if n := conns.Load(); n != 2 {
		t.Errorf("%d connections to two upstreams for 20 requests", n)
	}
}

// Keys of leaves could be predicted from the CA's public part.
func TestGoproxyDefect11LeafKeysAreRandom(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for range 2 {
		r := start(t)
		for _, host := range []string{"a.test", "b.test"} {
			c := tls.Client(r.connect(host+":443"), &tls.Config{RootCAs: r.ca, ServerName: host})
			if err := c.Handshake(); err != nil {
				t.Fatal(err)
			}
			key, ok := c.ConnectionState().PeerCertificates[0].PublicKey.(*ecdsa.PublicKey)
			if !ok {
				t.Fatal("the leaf has no ECDSA key")
			}
			raw, _ := key.Bytes()
			if seen[string(raw)] {
				t.Errorf("a key for %s was used before", host)
			}
			seen[string(raw)] = true
		}
	}
}

// Leaves were for the CONNECT host whatever the client asked for by SNI, valid
// for a year and from a CA whose key is public.
func TestGoproxyDefect12LeafFollowsServerName(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := tls.Client(r.connect("192.0.2.1:443"), &tls.Config{RootCAs: r.ca, ServerName: "named.test"})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	leaf := c.ConnectionState().PeerCertificates[0]
	if err := leaf.VerifyHostname("named.test"); err != nil {
		t.Error(err)
	}
	if days := leaf.NotAfter.Sub(leaf.NotBefore).Hours() / 24; days > 398 {
		t.Errorf("the leaf lives %.0f days", days)
	}
}

// 204 was sent with chunks, which desynchronised the connection.
func TestGoproxyDefect13NoContentHasNoFraming(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/204" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = io.WriteString(w, "next")
	})
	r := start(t, trusting(server))
	c := tls.Client(r.connect(hostOf(server.URL)), &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"})
	_, _ = io.WriteString(c, "GET /204 HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(all), "\r\n\r\n")
	if strings.Contains(first, "chunked") || !strings.HasPrefix(first, "HTTP/1.1 204 ") {
		t.Errorf("first answer %q", first)
	}
	if !strings.HasPrefix(second, "HTTP/1.1 200 ") || !strings.HasSuffix(second, "next") {
		t.Errorf("second answer %q", second)
	}
}

// TestNoGoroutinesOrSocketsAreLeft: after many calls of every kind the proxy
// holds no more than before.
func TestNoGoroutinesOrSocketsAreLeft(t *testing.T) {
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			wsEcho(t)(w, r)
		}
	})
	raw := rawServer(t, func(c net.Conn) { _, _ = io.WriteString(c, "bye") })
	r := start(t, trusting(server), func(c *config) { c.PeekTimeout = time.Millisecond })
	round := func() {
		client := r.client()
		get(t, client, server.URL)
		ws, _, err := dialWebSocket(t.Context(), client, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = ws.CloseNow()
		tunnel := r.connect(raw)
		_, _ = io.ReadAll(tunnel)
		_ = tunnel.Close()
		client.CloseIdleConnections()
	}
	round()
	var before int
	eventually(t, "the first round is over", func() bool {
		now := runtime.NumGoroutine()
		settled := now == before
		before = now
		return settled
	})
	for range 20 {
		round()
	}
	eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before+4 })
}
