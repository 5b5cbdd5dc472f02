package proxy

import (
	"bytes"
	"io"
	"net"
	"sync"
)

// relay copies both ways between two connections until both have ended, or one
// has failed. The end of one direction is passed on as such where it can be
// (half-close). Both connections are closed in the end.
func relay(a, b net.Conn) {
	readA, readB := reading(a), reading(b)
	var both sync.WaitGroup
	both.Go(func() { pipe(b, a, readA) })
	both.Go(func() { pipe(a, b, readB) })
	both.Wait()
	_ = a.Close()
	_ = b.Close()
}

// pipe copies from src, read by r, to dst until the end.
func pipe(dst, src net.Conn, r io.Reader) {
	_, err := io.Copy(bare(dst), r)
	if err == nil {
		err = closeWrite(dst)
	}
	if err != nil { // the other direction is of no use any more
		_ = dst.Close()
		_ = src.Close()
	}
}

// reading is what to read of a connection: the one below if nothing was read
// ahead, so that the kernel can move the bytes between two sockets (splice).
func reading(c net.Conn) io.Reader {
	conn, ok := c.(*clientConn)
	switch {
	case !ok:
		return c
	case len(conn.ahead) > 0:
		return io.MultiReader(bytes.NewReader(conn.ahead), reading(conn.Conn))
	default:
		return reading(conn.Conn)
	}
}

// bare takes off our wrappers, which do nothing for the writer of a tunnel.
func bare(c net.Conn) net.Conn {
	if conn, ok := c.(*clientConn); ok {
		return bare(conn.Conn)
	}
	return c
}

// A pipeConn is one end of a [net.Pipe] with the addresses of what it stands
// for.
type pipeConn struct {
	net.Conn
	stands net.Conn
}

// LocalAddr implements [net.Conn].
func (c pipeConn) LocalAddr() net.Addr { return c.stands.LocalAddr() }

// RemoteAddr implements [net.Conn].
func (c pipeConn) RemoteAddr() net.Addr { return c.stands.RemoteAddr() }
