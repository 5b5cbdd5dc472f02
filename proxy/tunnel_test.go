package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

// rawServer runs f for each connection.
func rawServer(t testing.TB, f func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f(c)
			}()
		}
	}()
	return ln.Addr().String()
}

// echo returns what it gets, to the end.
func echo(c net.Conn) { _, _ = io.Copy(c, c) }

func (r *rig) tunnels(kind string) bool {
	return strings.Contains(r.scrape(), fmt.Sprintf("pactape_tunnels_total{kind=%q} 1\n", kind))
}

func passthrough(t testing.TB, hosts ...string) func(*config) {
	return func(c *config) {
		var err error
		if c.Passthrough, err = upstream.ParseHosts(hosts); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnknownBytesAreTunnelled(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{
		"binary":      "\x00\x01\x02\x03",
		"words":       "SSH-2.0-client with words\r\n",
		"short":       "x",
		"upper":       "PING\r\n",
		"like method": "NICK someone\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			c := r.connect(rawServer(t, echo))
			_, _ = io.WriteString(c, first)
			got := make([]byte, len(first))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != first {
				t.Fatalf("read %q, %v", got, err)
			}
			// The end of one direction is passed on, the other stays open.
			_, _ = io.WriteString(c, "last")
			closeWrite(t, c)
			if rest, err := io.ReadAll(c); err != nil || string(rest) != "last" {
				t.Errorf("after half-close: %q, %v", rest, err)
			}
			if !r.tunnels("blind") {
				t.Error("the tunnel is not counted")
			}
			if n := len(r.tape.all()); n != 0 {
				t.Errorf("%d exchanges recorded", n)
			}
		})
	}
}

func TestServerThatSpeaksFirst(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "220 ready\r\n")
		echo(c)
	})
	r := start(t, func(c *config) { c.PeekTimeout = 20 * time.Millisecond })
	c := r.connect(addr)
	br := bufio.NewReader(c)
	if line, err := br.ReadString('\n'); err != nil || line != "220 ready\r\n" {
		t.Fatalf("greeting %q, %v", line, err)
	}
	_, _ = io.WriteString(c, "GET / looks like HTTP\n")
	if line, err := br.ReadString('\n'); err != nil || line != "GET / looks like HTTP\n" {
		t.Errorf("echo %q, %v", line, err)
	}
	if !r.tunnels("blind") {
		t.Error("the tunnel is not counted")
	}
}

// TestSlowClientIsStillIntercepted: silence of the client alone does not make
// a tunnel opaque.
func TestSlowClientIsStillIntercepted(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "late") })
	opened := make(chan struct{}, 8)
	r := start(t, func(c *config) {
		c.PeekTimeout = time.Millisecond
		tr, err := upstream.New(c.upstream)
		if err != nil {
			t.Fatal(err)
		}
		c.Transport = &noticing{Transport: tr, dialed: opened}
	})
	c := r.connect(hostOf(server.URL))
	await(t, opened) // the proxy has given up waiting for us
	_, _ = io.WriteString(c, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, body := read(t, bufio.NewReader(c), "GET"); body != "late" {
		t.Errorf("answer is %q", body)
	}
	if ex := r.tape.only(t); ex.Request.Path != "/x" {
		t.Errorf("recorded %+v", ex.Request)
	}
}

func TestPassthroughIsNotIntercepted(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "own certificate") })
	r := start(t, passthrough(t, "127.0.0.0/8"))
	client := r.client(func(tr *http.Transport) {
		tr.TLSClientConfig = trustOf(t, server)
	})
	if _, body := get(t, client, server.URL); body != "own certificate" {
		t.Errorf("answer is %q", body)
	}
	if n := len(r.tape.all()); n != 0 {
		t.Errorf("%d exchanges recorded", n)
	}
	if !r.tunnels("passthrough") {
		t.Error("the tunnel is not counted")
	}
}

func TestPassthroughToNowhere(t *testing.T) {
	t.Parallel()
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	addr := ln.Addr().String()
	_ = ln.Close()
	r := start(t, passthrough(t, "127.0.0.1"))
	c := r.dial()
	_, _ = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", addr)
	resp, body := read(t, bufio.NewReader(c), "POST")
	if resp.StatusCode != 502 || !strings.Contains(body, "refused") {
		t.Errorf("answer is %d %q", resp.StatusCode, body)
	}
}

func TestSimulateOpensNoTunnel(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, func(c net.Conn) {
		t.Error("SIMULATE reached the network")
		echo(c)
	})
	t.Run("passthrough", func(t *testing.T) {
		r := start(t, inMode(expectations.Simulate), passthrough(t, "127.0.0.1"))
		c := r.dial()
		_, _ = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", addr)
		if resp, _ := read(t, bufio.NewReader(c), "POST"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("answer is %d", resp.StatusCode)
		}
		if !r.tunnels("refused") {
			t.Error("the refusal is not counted")
		}
	})
	t.Run("unknown bytes", func(t *testing.T) {
		r := start(t, inMode(expectations.Simulate))
		c := r.connect(addr)
		_, _ = io.WriteString(c, "\x00\x01")
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
		if !r.tunnels("refused") {
			t.Error("the refusal is not counted")
		}
	})
	t.Run("silence", func(t *testing.T) {
		r := start(t, inMode(expectations.Simulate), func(c *config) {
			c.PeekTimeout, c.ReadHeaderTimeout = time.Millisecond, 50*time.Millisecond
		})
		if n, err := r.connect(addr).Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
	})
}

func TestPassthroughInSimulate(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, echo)
	r := start(t, inMode(expectations.Simulate), func(c *config) { c.PassthroughInSimulate = true })
	c := r.connect(addr)
	_, _ = io.WriteString(c, "\x00\x01")
	got := make([]byte, 2)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "\x00\x01" {
		t.Errorf("read %q, %v", got, err)
	}
}

// TestConnectOverHTTP2 opens tunnels in streams of one connection (RFC 9113
// §8.5), and intercepts what is in them.
func TestConnectOverHTTP2(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	r := start(t, trusting(server))
	outer := r.transport(h2Only, func(tr *http.Transport) { tr.Proxy = nil })
	open := func(host string) net.Conn {
		pr, pw := io.Pipe()
		req := &http.Request{
			Method: http.MethodConnect, URL: &url.URL{Scheme: "https", Host: r.addr}, Host: host,
			Header: http.Header{}, Body: pr,
		}
		resp, err := outer.RoundTrip(req.WithContext(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 {
			t.Fatalf("CONNECT: %s", resp.Status)
		}
		t.Cleanup(func() { _ = resp.Body.Close(); _ = pw.Close() })
		return &streamConn{Reader: resp.Body, Writer: pw}
	}

	c := tls.Client(open(hostOf(server.URL)), &tls.Config{RootCAs: r.ca, ServerName: "127.0.0.1"})
	br := bufio.NewReader(c)
	for _, path := range []string{"/one", "/two"} { // keep-alive inside
		_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path)
		if _, body := read(t, br, "GET"); body != path {
			t.Errorf("answer is %q", body)
		}
	}

	blind := open(rawServer(t, echo))
	_, _ = blind.Write([]byte("\x00raw"))
	got := make([]byte, 4)
	if _, err := io.ReadFull(blind, got); err != nil || !bytes.Equal(got, []byte("\x00raw")) {
		t.Errorf("read %q, %v", got, err)
	}
}

// A streamConn is a net.Conn over a stream, as far as TLS needs one.
type streamConn struct {
	net.Conn
	io.Reader
	io.Writer
}

func (c *streamConn) Read(p []byte) (int, error)       { return c.Reader.Read(p) }
func (c *streamConn) Write(p []byte) (int, error)      { return c.Writer.Write(p) }
func (c *streamConn) SetDeadline(time.Time) error      { return nil }
func (c *streamConn) SetReadDeadline(time.Time) error  { return nil }
func (c *streamConn) SetWriteDeadline(time.Time) error { return nil }
func (c *streamConn) Close() error                     { return nil }

// noticing tells when tunnels are dialed.
type noticing struct {
	*upstream.Transport
	dialed chan struct{}
}

// DialTunnel implements proxy.Transport.
func (n *noticing) DialTunnel(ctx context.Context, hostport string) (net.Conn, error) {
	c, err := n.Transport.DialTunnel(ctx, hostport)
	n.dialed <- struct{}{}
	return c, err
}
