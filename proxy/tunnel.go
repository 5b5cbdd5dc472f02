package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/elazarl/goproxy"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/upstream"
)

// established answers a CONNECT request (RFC 9110 §9.3.6).
const established = "HTTP/1.1 200 Connection established\r\n\r\n"

// handleConnect is goproxy's CONNECT handler: refuse, relay unread, or look
// inside.
func (p *Proxy) handleConnect(host string, ctx *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) {
	c := callOf(ctx.Req.Context())
	if c == nil { // cannot be: only dispatch calls goproxy
		return goproxy.RejectConnect, host
	}
	t := &tunnel{p: p, from: c.info, session: c.session, mode: c.mode, hostport: withPort(host, "443")}
	if t.isPassthrough() && t.isForbidden() {
		ctx.Resp = t.forbidden().reply().response(ctx.Req) //nolint:bodyclose // its body is bytes
		return &goproxy.ConnectAction{Action: goproxy.ConnectReject}, host
	}
	hijack := func(r *http.Request, client net.Conn, _ *goproxy.ProxyCtx) {
		a := connectAnswer{c.w, r, client}
		if t.isPassthrough() {
			t.passthrough(r.Context(), client, a)
		} else {
			t.intercept(a)
		}
	}
	return &goproxy.ConnectAction{Action: goproxy.ConnectHijack, Hijack: hijack}, host
}

// A tunnel is what a client asked for by CONNECT or by SOCKS.
type tunnel struct {
	p *Proxy
	// from is the connection that it was asked for on.
	from    *connInfo
	session expectations.SessionID
	mode    expectations.Mode
	// hostport is the server that it is to lead to.
	hostport string
}

// A tunnelAnswer tells the client what became of its tunnel. One of the
// methods is called, once.
type tunnelAnswer interface {
	// accept says that it is open. An error is that the client is gone.
	accept() error
	// refuse says that it is not, and why.
	refuse(failure)
}

// info describes the inside of the tunnel.
func (t *tunnel) info() *connInfo {
	return &connInfo{
		service: t.from.service,
		session: t.session,
		local:   t.from.local,
		tunnel:  t.hostport,
		origin:  t.hostport,
		self:    t.p.IsSelf(t.hostport),
	}
}

// isPassthrough reports whether nobody is to look inside.
func (t *tunnel) isPassthrough() bool { return t.p.o.Passthrough.Match(t.hostport) }

// isForbidden reports whether bytes may not be relayed unread: in SIMULATE
// nothing reaches the network.
func (t *tunnel) isForbidden() bool {
	return t.mode == expectations.Simulate && !t.p.o.PassthroughInSimulate
}

// forbidden counts and explains the refusal of a passthrough tunnel.
func (t *tunnel) forbidden() failure {
	t.p.o.Metrics.Tunnel(metrics.TunnelRefused)
	return failure{
		status: http.StatusForbidden,
		text:   "a tunnel to " + t.hostport + " passes through unread, which SIMULATE mode does not allow",
	}
}

// passthrough connects first and answers then, so that the client hears of a
// server that cannot be reached.
func (t *tunnel) passthrough(ctx context.Context, client net.Conn, a tunnelAnswer) {
	defer client.Close()
	server, err := t.p.o.Transport.DialTunnel(ctx, t.hostport)
	if err != nil {
		a.refuse(failureOf(t.hostport, err))
		return
	}
	defer server.Close()
	t.p.o.Metrics.Tunnel(metrics.TunnelPassthrough)
	if a.accept() == nil {
		relay(client, server)
	}
}

// intercept answers CONNECT and looks at what the client sends.
func (t *tunnel) intercept(a connectAnswer) {
	if a.accept() != nil {
		_ = a.client.Close()
		return
	}
	ctx, info := a.r.Context(), t.info()
	if a.r.ProtoMajor == 1 {
		t.open(ctx, newConn(a.client, info))
		return
	}
	// A stream of HTTP/2 has no deadlines that can be taken back, which an
	// HTTP/1 server inside it needs, and ends with its handler.
	inner, outer := net.Pipe()
	service := t.from.service
	service.work.Go(func() {
		service.contained(newConn(pipeConn{inner, a.client}, info), func(c *clientConn) { t.open(ctx, c) })
	})
	relay(a.client, outer)
}

// A connectAnswer answers a CONNECT request after the connection was hijacked.
type connectAnswer struct {
	w      http.ResponseWriter
	r      *http.Request
	client net.Conn
}

// accept implements [tunnelAnswer].
func (a connectAnswer) accept() error {
	if a.r.ProtoMajor == 1 {
		_, err := io.WriteString(a.client, established)
		return err
	}
	a.w.WriteHeader(http.StatusOK)
	return http.NewResponseController(a.w).Flush()
}

// refuse implements [tunnelAnswer].
func (a connectAnswer) refuse(f failure) {
	if a.r.ProtoMajor == 1 {
		_ = f.reply().response(a.r).Write(a.client) //nolint:bodyclose // its body is bytes
		return
	}
	http.Error(a.w, f.message(), f.status)
}

// open serves the inside of an accepted tunnel.
func (t *tunnel) open(ctx context.Context, c *clientConn) {
	_ = c.SetReadDeadline(time.Now().Add(t.p.o.PeekTimeout))
	proto, err := sniff(c)
	_ = c.SetReadDeadline(time.Time{})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		proto, err = t.listenBoth(ctx, c)
	}
	if err != nil {
		_ = c.Close()
		return
	}
	service := c.info.service
	switch proto {
	case protoTLS:
		if service.terminate(c) {
			t.p.o.Metrics.Tunnel(metrics.TunnelIntercepted)
		}
	case protoHTTP:
		t.p.o.Metrics.Tunnel(metrics.TunnelPlain)
		service.serve(c)
	case protoOther, protoUnclear:
		t.blind(ctx, c)
	}
}

// sniff reads until it is clear what the client speaks.
func sniff(c *clientConn) (protocol, error) {
	proto := protocolOf(c.ahead)
	for proto == protoUnclear {
		n := len(c.ahead)
		head, err := c.peek()
		if err != nil {
			return proto, err
		}
		if len(head) == n { // as much as can be looked at
			return protoOther, nil
		}
		proto = protocolOf(head)
	}
	return proto, nil
}

// listenBoth is for a client that is silent in its tunnel: either it is slow,
// or the server is to speak first, as with SMTP or MySQL. It connects to the
// server and sees who begins. If that is the server, all is relayed and the
// error is errRelayed.
func (t *tunnel) listenBoth(ctx context.Context, c *clientConn) (protocol, error) {
	if t.mayNotRelay(c) {
		_ = c.SetReadDeadline(time.Now().Add(t.p.o.ReadHeaderTimeout))
		proto, err := sniff(c)
		_ = c.SetReadDeadline(time.Time{})
		return proto, err
	}
	server, err := t.dial(ctx)
	if err != nil {
		return protoOther, err
	}
	defer server.Close()
	greeting := make(chan []byte, 1)
	go func() { // ends with server's deadline or end
		first := make([]byte, 4<<10)
		n, _ := server.Read(first)
		_ = c.SetReadDeadline(aLongTimeAgo()) // wakes sniff
		greeting <- first[:n]
	}()
	proto, err := sniff(c)
	_ = server.SetReadDeadline(aLongTimeAgo())
	first := <-greeting
	_ = server.SetReadDeadline(time.Time{})
	_ = c.SetReadDeadline(time.Time{})
	if len(first) == 0 {
		return proto, err // the client began, or one of them hung up
	}
	t.p.o.Metrics.Tunnel(metrics.TunnelBlind)
	if _, err := c.Write(first); err == nil {
		relay(c, server)
	}
	return protoOther, errRelayed
}

// errRelayed says that a tunnel has been relayed to its end.
var errRelayed = errors.New("proxy: tunnel relayed")

// blind relays a tunnel whose content is neither TLS nor HTTP.
func (t *tunnel) blind(ctx context.Context, c *clientConn) {
	defer func() { _ = c.Close() }()
	if t.mayNotRelay(c) {
		t.p.o.Metrics.Tunnel(metrics.TunnelRefused)
		t.p.log.Warn("tunnel refused: its content is neither TLS nor HTTP",
			slog.String("host", t.hostport), slog.String("mode", string(t.mode)))
		return
	}
	server, err := t.dial(ctx)
	if err != nil {
		return
	}
	defer server.Close()
	t.p.o.Metrics.Tunnel(metrics.TunnelBlind)
	relay(c, server)
}

// mayNotRelay reports whether bytes may not be relayed unread; to ourselves it
// would be a loop.
func (t *tunnel) mayNotRelay(c *clientConn) bool { return c.info.self || t.isForbidden() }

// dial connects to the tunnel's server. An error is logged: the client was
// told that the tunnel is open, and can only be hung up on.
func (t *tunnel) dial(ctx context.Context) (net.Conn, error) {
	server, err := t.p.o.Transport.DialTunnel(ctx, t.hostport)
	if err != nil {
		_, reason := upstream.Classify(err)
		t.p.log.Warn("cannot open tunnel", slog.String("host", t.hostport), slog.String("reason", reason))
		return nil, fmt.Errorf("open tunnel to %s: %w", t.hostport, err)
	}
	return server, nil
}
