package proxy

import (
	"bufio"
	"maps"
	"net"
	"net/http"
	"net/textproto"
	"sync"
)

// A writer is the [http.ResponseWriter] of a call.
type writer struct {
	c *call
	// mu orders writes with flushes and interim answers, which come from
	// other goroutines.
	mu        sync.Mutex
	wroteHead bool
	// closed says that the call is over, and the server's writer not ours
	// any more.
	closed bool
	// muted drops what is written: the call has been answered past goproxy,
	// which does not know.
	muted bool
}

// close ends the use of the server's writer by other goroutines.
func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
}

// forServer returns the writer with the abilities that the server's has:
// connections of HTTP/1 can be taken over, streams of HTTP/2 cannot.
func (w *writer) forServer() http.ResponseWriter {
	if w.c.r.ProtoMajor == 1 {
		return hijacker{w}
	}
	return w
}

// Header implements [http.ResponseWriter].
func (w *writer) Header() http.Header {
	if w.muted {
		return http.Header{}
	}
	return w.c.w.Header()
}

// WriteHeader implements [http.ResponseWriter].
func (w *writer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHead(status)
}

// writeHead is WriteHeader for who holds mu.
func (w *writer) writeHead(status int) {
	if w.muted {
		return
	}
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.wroteHead = true
		h := w.c.w.Header()
		if _, ok := h["Content-Type"]; !ok {
			h["Content-Type"] = nil // keeps net/http from guessing one
		}
		w.c.permitReading(h)
	}
	w.c.w.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.muted {
		return len(p), nil
	}
	if !w.wroteHead {
		w.writeHead(http.StatusOK)
	}
	return w.c.w.Write(p)
}

// Flush implements [http.Flusher].
func (w *writer) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if flusher, ok := w.c.w.(http.Flusher); ok && !w.muted {
		w.wroteHead = true
		flusher.Flush()
	}
}

// Unwrap lets [http.ResponseController] find the server's writer.
func (w *writer) Unwrap() http.ResponseWriter { return w.c.w }

// interim passes on an interim answer of the upstream (RFC 9110 §15.2). A 100
// is left to net/http, which sends it once the transport, having received it,
// asks for the client's body. HTTP/1.0 knows none.
func (w *writer) interim(status int, header textproto.MIMEHeader) error {
	if status == http.StatusContinue || !w.c.r.ProtoAtLeast(1, 1) {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wroteHead || w.closed {
		return nil
	}
	h := w.c.w.Header()
	maps.Copy(h, header)
	removeHopFields(h)
	w.c.w.WriteHeader(status)
	clear(h)
	return nil
}

// A hijacker is a writer on a connection that can be taken over.
type hijacker struct{ *writer }

// Hijack implements [http.Hijacker]. Bytes that the server has read ahead are
// read again from the connection, since goproxy drops them for CONNECT; so
// the reader returned is empty, which goproxy's WebSocket relay understands.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.c.w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if n := buffered.Reader.Buffered(); n > 0 {
		ahead := make([]byte, n)
		if _, err := buffered.Read(ahead); err != nil {
			_ = conn.Close()
			return nil, nil, err
		}
		if own, ok := conn.(*clientConn); ok {
			own.unread(ahead)
		} else {
			conn = &replayConn{Conn: conn, ahead: ahead}
		}
	}
	h.c.hijacked = conn
	return conn, &bufio.ReadWriter{}, nil
}

// A replayConn reads some bytes again.
type replayConn struct {
	net.Conn
	ahead []byte
}

// Read implements [net.Conn].
func (c *replayConn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// CloseWrite ends the sending side where the connection can.
func (c *replayConn) CloseWrite() error { return closeWrite(c.Conn) }

// NetConn returns the connection below, without the bytes to be read again.
func (c *replayConn) NetConn() net.Conn { return c.Conn }
