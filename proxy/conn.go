package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/expectations"
)

// connInfo is what is known of a client's connection, or of the tunnel inside
// one. It does not change once requests come, but for reason and unasked.
type connInfo struct {
	service *service
	// session is the space of the listener or of the CONNECT request.
	session expectations.SessionID
	// local is our end as "ip:port".
	local string
	// tunnel is the "host:port" of the CONNECT request; empty outside.
	tunnel string
	// origin is the server meant by the requests in the tunnel: the tunnel's,
	// or the one that TLS named where CONNECT had only its address.
	origin string
	// self says that the tunnel leads to ourselves.
	self bool
	// conn is the connection that requests are served on, and that closing
	// ends all of them.
	conn net.Conn
	// secure says that TLS ended here, in a handshake that was done at
	// handshaken; unasked that nothing was asked for since. observeConn alone
	// uses the latter.
	secure, unasked bool
	handshaken      time.Time
	// reason is the reason phrase of the next HTTP/1 response head, empty for
	// the standard one. net/http cannot be told; see rewriteReason. Only the
	// goroutine that serves the connection uses it.
	reason string
}

type connKey struct{}

// connContext is the [http.Server.ConnContext] that makes connInfo known to
// handlers.
func connContext(ctx context.Context, c net.Conn) context.Context {
	info := infoOf(c)
	if info != nil {
		info.conn = c
	}
	return context.WithValue(ctx, connKey{}, info)
}

func infoFrom(ctx context.Context) *connInfo {
	info, _ := ctx.Value(connKey{}).(*connInfo)
	return info
}

// infoOf finds the connInfo of a connection of ours or of one wrapped around.
func infoOf(c net.Conn) *connInfo {
	for c != nil {
		switch conn := c.(type) {
		case *clientConn:
			return conn.info
		case *tlsConn:
			return conn.info
		}
		wrapper, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = wrapper.NetConn()
	}
	return nil
}

// A clientConn is a connection as it was accepted, or the inside of a tunnel: bytes
// read ahead are read again, and the service knows of it until it is closed.
type clientConn struct {
	net.Conn
	info *connInfo
	// ahead has been read from Conn and not yet by the reader.
	ahead []byte
	// silent is set while nothing is known yet of what the client wants: such
	// a connection need not be waited for at shutdown.
	silent atomic.Bool
	// watch observes the client during a TLS handshake, nil otherwise.
	watch *tlsWatch

	closing sync.Once
	closed  chan struct{}
	err     error
}

// newConn registers a connection with the service. The caller closes it.
func newConn(c net.Conn, info *connInfo) *clientConn {
	conn := &clientConn{Conn: c, info: info, closed: make(chan struct{})}
	info.service.conns.add(conn)
	return conn
}

// peek reads until at least one byte more than before is ahead, and returns
// all that is.
func (c *clientConn) peek() ([]byte, error) {
	const most = 32 // enough to tell protocols apart
	buf := c.ahead
	if cap(buf) < most {
		buf = append(make([]byte, 0, most), c.ahead...)
	}
	if len(buf) == cap(buf) {
		return buf, nil
	}
	c.silent.Store(true)
	defer c.silent.Store(false)
	if c.info.service.isStopping() {
		return c.ahead, errClosed
	}
	n, err := c.Conn.Read(buf[len(buf):cap(buf)])
	c.ahead = buf[:len(buf)+n]
	if n > 0 {
		err = nil
	}
	return c.ahead, err
}

// unread puts bytes back in front of what is still to be read. It keeps p.
func (c *clientConn) unread(p []byte) {
	if len(p) > 0 {
		c.ahead = append(slices.Clip(p), c.ahead...)
	}
}

// Read implements [net.Conn].
func (c *clientConn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		if c.ahead = c.ahead[n:]; len(c.ahead) == 0 {
			c.ahead = nil
		}
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if c.watch != nil {
		c.watch.read(p[:n])
	}
	return n, err
}

// Write implements [net.Conn].
func (c *clientConn) Write(p []byte) (int, error) {
	if c.info.reason != "" {
		return c.info.rewriteReason(c.Conn, p)
	}
	return c.Conn.Write(p)
}

// Close implements [net.Conn].
func (c *clientConn) Close() error {
	c.closing.Do(func() {
		c.info.service.conns.remove(c)
		c.err = c.Conn.Close()
		close(c.closed)
	})
	return c.err
}

// CloseWrite ends the sending side where the connection can.
func (c *clientConn) CloseWrite() error { return closeWrite(c.Conn) }

// NetConn returns the connection below. Bytes read ahead are not in it.
func (c *clientConn) NetConn() net.Conn { return c.Conn }

// A tlsConn is a TLS connection on which HTTP/1 is spoken. It is not a
// [tls.Conn], so that reason phrases can be rewritten; net/http finds the
// connection state by its method.
type tlsConn struct {
	*tls.Conn
	info *connInfo
}

// Write implements [net.Conn].
func (c *tlsConn) Write(p []byte) (int, error) {
	if c.info.reason != "" {
		return c.info.rewriteReason(c.Conn, p)
	}
	return c.Conn.Write(p)
}

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// rewriteReason writes p, which begins with a response head of net/http, with
// the reason phrase that was wanted in its status line.
func (info *connInfo) rewriteReason(w net.Conn, p []byte) (int, error) {
	const codeEnd = len("HTTP/1.1 200 ")
	end := bytes.Index(p, []byte("\r\n"))
	if end < codeEnd || !bytes.HasPrefix(p, []byte("HTTP/1.")) || p[9] == '1' && string(p[9:12]) != "101" {
		// An interim response, or not a head: wait for the next.
		return w.Write(p)
	}
	reason := info.reason
	info.reason = ""
	out := make([]byte, 0, len(p)+len(reason))
	out = append(out, p[:codeEnd]...)
	out = append(out, reason...)
	out = append(out, p[end:]...)
	if n, err := w.Write(out); err != nil {
		return min(n, len(p)), err
	}
	return len(p), nil
}

// connSet holds the connections of a service.
type connSet struct {
	mu     sync.Mutex
	conns  map[*clientConn]struct{}
	closed bool
}

// add registers a connection; after closeAll it is closed at once.
func (s *connSet) add(c *clientConn) {
	s.mu.Lock()
	if s.conns == nil {
		s.conns = make(map[*clientConn]struct{})
	}
	s.conns[c] = struct{}{}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		_ = c.Close()
	}
}

func (s *connSet) remove(c *clientConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// closeAll closes every connection there is, and those still to come.
func (s *connSet) closeAll() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.closeIf(func(*clientConn) bool { return true })
}

// closeSilent closes the connections on which nothing has been said yet.
func (s *connSet) closeSilent() {
	s.closeIf(func(c *clientConn) bool { return c.silent.Load() })
}

func (s *connSet) closeIf(which func(*clientConn) bool) {
	s.mu.Lock()
	var conns []*clientConn
	for c := range s.conns {
		if which(c) {
			conns = append(conns, c)
		}
	}
	s.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
	}
}

// aLongTimeAgo is a deadline that is over, to interrupt a pending read.
func aLongTimeAgo() time.Time { return time.Unix(1, 0) }
