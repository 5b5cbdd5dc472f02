package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// ErrLoop is wrapped by the error of a connection that would have led back to
// one of our own listeners ([Options.IsSelf]).
var ErrLoop = errors.New("the request leads back to this proxy")

// A phase is what was being done when something failed.
type phase string

const (
	phaseConnect phase = "connect"
	phaseTLS     phase = "TLS handshake"
	phaseProxy   phase = "upstream proxy"
)

// A phaseError adds the phase to an error.
type phaseError struct {
	phase phase
	err   error
}

func (e *phaseError) Error() string { return fmt.Sprintf("%s: %v", e.phase, e.err) }
func (e *phaseError) Unwrap() error { return e.err }

// DialTunnel opens a raw connection for "host:port", as a CONNECT asks for:
// mapped, resolved and through the proxy as requests are, without TLS. The
// caller closes it. Half-closing works where the connection is one of TCP.
func (t *Transport) DialTunnel(ctx context.Context, hostport string) (net.Conn, error) {
	return t.dial(ctx, "tcp", hostport)
}

// dial connects to addr, which is not mapped yet.
func (t *Transport) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if target, ok := t.targets.find(addr); ok {
		addr = target.addr(addr)
	}
	return t.dialMapped(ctx, network, addr)
}

// dialMapped connects to addr as it is.
func (t *Transport) dialMapped(ctx context.Context, _, addr string) (net.Conn, error) {
	if t.throughProxy(addr) {
		return t.tunnel(ctx, addr)
	}
	return t.direct(ctx, addr)
}

// throughProxy says whether addr is reached through the proxy.
func (t *Transport) throughProxy(addr string) bool {
	if t.proxy == nil {
		return false
	}
	host, _ := splitAddr(addr)
	return !isBelowLocalhost(host) && !t.noProxy.Match(addr)
}

// isBelowLocalhost says whether a canonical host ends in ".localhost".
func isBelowLocalhost(host string) bool { return strings.HasSuffix(host, ".localhost") }

// direct connects to addr itself.
func (t *Transport) direct(ctx context.Context, addr string) (net.Conn, error) {
	host, port := splitAddr(addr)
	if host != "localhost" && !isBelowLocalhost(host) {
		return t.dialTCP(ctx, addr)
	}
	conn, err := t.dialTCP(ctx, net.JoinHostPort("127.0.0.1", port))
	if err == nil || errors.Is(err, ErrLoop) || ctx.Err() != nil {
		return conn, err
	}
	conn, err6 := t.dialTCP(ctx, net.JoinHostPort("::1", port))
	if err6 != nil && !errors.Is(err6, ErrLoop) {
		return nil, err // the likelier place to look at
	}
	return conn, err6
}

func (t *Transport) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: t.dialTimeout, ControlContext: t.refuseSelf}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, &phaseError{phaseConnect, err}
	}
	return conn, nil
}

type selfKey struct{}

// WithSelf returns a context with which our own listeners may be connected to:
// for requests whose user says that they go there, and which know by
// themselves when they have come by too often.
func WithSelf(ctx context.Context) context.Context {
	return context.WithValue(ctx, selfKey{}, true)
}

// refuseSelf sees each address after its resolution and before connecting.
func (t *Transport) refuseSelf(ctx context.Context, _, addr string, _ syscall.RawConn) error {
	if t.isSelf != nil && ctx.Value(selfKey{}) == nil && t.isSelf(addr) {
		return ErrLoop
	}
	return nil
}
