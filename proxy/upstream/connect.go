package upstream

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxConnectHead bounds what a proxy may answer to CONNECT, in bytes.
	maxConnectHead = 64 << 10
	// maxInterim bounds the 1xx responses before its answer.
	maxInterim = 5
)

// A ProxyError is the refusal of the upstream proxy.
type ProxyError struct {
	// Status is the status code that the proxy answered.
	Status int
}

// Error says what the proxy answered, and what can be done about a 407.
func (e *ProxyError) Error() string {
	if e.Status == http.StatusProxyAuthRequired {
		return "the upstream proxy refused: 407 Proxy Authentication Required (credentials are missing or wrong)"
	}
	return fmt.Sprintf("the upstream proxy refused: %d %s", e.Status, http.StatusText(e.Status))
}

// errConnectHead is a proxy that talks too much.
var errConnectHead = errors.New("the answer to CONNECT is too long")

// A chained is the proxy behind this one.
type chained struct {
	addr string // host:port
	name string // of its certificate
	tls  bool
	user *url.Userinfo // nil for none
	// isSOCKS says that it speaks SOCKS5, not HTTP.
	isSOCKS bool
}

// authorization is the value of Proxy-Authorization (RFC 7617), "" for none.
func (c *chained) authorization() string {
	if c.user == nil {
		return ""
	}
	password, _ := c.user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.user.Username()+":"+password))
}

// dialProxyAny connects to the proxy whatever address is asked for.
func (t *Transport) dialProxyAny(ctx context.Context, _, _ string) (net.Conn, error) {
	return t.dialProxy(ctx)
}

// dialProxy connects to the proxy.
func (t *Transport) dialProxy(ctx context.Context) (net.Conn, error) {
	conn, err := t.direct(ctx, t.proxy.addr)
	if err == nil && t.proxy.tls {
		conn, err = t.proxyTLS(ctx, conn)
	}
	if err != nil {
		return nil, &phaseError{phaseProxy, err}
	}
	return conn, nil
}

// proxyTLS speaks TLS with the proxy over conn, and closes conn on error.
func (t *Transport) proxyTLS(ctx context.Context, conn net.Conn) (net.Conn, error) {
	cfg := t.tls.Clone()
	cfg.NextProtos = []string{"http/1.1"}
	cfg.ServerName = t.proxy.name
	cfg.GetClientCertificate = nil // that one is for upstreams
	ctx, cancel := context.WithTimeout(ctx, t.tlsTimeout)
	defer cancel()
	tc := tls.Client(conn, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &phaseError{phaseTLS, err}
	}
	return tc, nil
}

// tunnel has the proxy connect to addr.
func (t *Transport) tunnel(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := t.dialProxy(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.dialTimeout)
	defer cancel()
	// Whatever ends the context ends the exchange.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	tunnel, err := t.proxy.connect(conn, addr)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		return nil, &phaseError{phaseProxy, err}
	}
	return tunnel, nil
}

// connect asks for a tunnel over conn (RFC 9110 §9.3.6, RFC 1928 §4).
func (c *chained) connect(conn net.Conn, addr string) (net.Conn, error) {
	if c.isSOCKS {
		return conn, c.socks(conn, addr)
	}
	req := &http.Request{
		Method: http.MethodConnect,
		URL:    &url.URL{Opaque: addr},
		Host:   addr,
		Header: http.Header{"User-Agent": {"pactape"}},
	}
	if auth := c.authorization(); auth != "" {
		req.Header.Set("Proxy-Authorization", auth)
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	head := &io.LimitedReader{R: conn, N: maxConnectHead}
	br := bufio.NewReader(head)
	status, err := readStatus(br, req)
	switch {
	case err != nil && head.N <= 0:
		return nil, errConnectHead
	case err != nil:
		return nil, err
	case status/100 != 2:
		return nil, &ProxyError{Status: status}
	}
	if br.Buffered() == 0 {
		return conn, nil
	}
	// A server that speaks first was faster than we.
	early, err := br.Peek(br.Buffered())
	return &earlyConn{Conn: conn, early: early}, err
}

// readStatus reads response heads up to the final one.
func readStatus(br *bufio.Reader, req *http.Request) (int, error) {
	for range maxInterim {
		resp, err := http.ReadResponse(br, req)
		if err != nil {
			return 0, err
		}
		resp.Body.Close() // of a refusal nothing but the status is of use
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp.StatusCode, nil
		}
	}
	return 0, fmt.Errorf("the proxy sent %d interim responses and no answer", maxInterim)
}

// An earlyConn is a connection of which some bytes have been read already.
type earlyConn struct {
	net.Conn
	early []byte
}

func (c *earlyConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// CloseWrite ends the sending side where the connection can do so, and returns
// [errors.ErrUnsupported] otherwise.
func (c *earlyConn) CloseWrite() error {
	if cw, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return cw.CloseWrite()
	}
	return errors.ErrUnsupported
}
