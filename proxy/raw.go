package proxy

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
)

// needsConn reports whether an answer with the options breaks rules that
// net/http keeps, so that it is written on the connection itself.
func needsConn(o *expectations.ConnectionOptions) bool {
	return o != nil && (o.SuppressContentLength || o.ContentLength != nil || o.SuppressConnection || closes(o))
}

// closes reports whether the connection is to be closed after the answer.
func closes(o *expectations.ConnectionOptions) bool { return o.CloseSocket != nil && *o.CloseSocket }

// chunkSize is the size of the pieces of a body, 0 for all at once.
func chunkSize(o *expectations.ConnectionOptions) int {
	if o == nil {
		return 0
	}
	return o.ChunkSize
}

// connectionTo writes the Connection field that the options ask for. Over
// HTTP/2 net/http makes GOAWAY of close.
func connectionTo(h http.Header, o *expectations.ConnectionOptions) {
	switch {
	case o == nil || o.SuppressConnection:
	case o.KeepAlive != nil && *o.KeepAlive:
		h["Connection"] = []string{"keep-alive"}
	case o.KeepAlive != nil || closes(o):
		h["Connection"] = []string{"close"}
	}
}

// writeBody writes the body, in pieces if it is to be.
func (rp *reply) writeBody(c *call) {
	size := chunkSize(rp.options)
	if size == 0 {
		_, _ = c.w.Write(rp.body)
		return
	}
	for i, piece := range pieces(rp.body, size) {
		if i > 0 && !c.pause(rp.options.ChunkDelay) {
			return
		}
		if _, err := c.w.Write(piece); err != nil {
			return
		}
		c.out.Flush()
	}
}

// pieces are the parts of a body of so many bytes each.
func pieces(body []byte, size int) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		i := 0
		for piece := range slices.Chunk(body, size) {
			if !yield(i, piece) {
				return
			}
			i++
		}
	}
}

// pause waits for a delay. It reports false if the call ends before.
func (c *call) pause(d expectations.Delay) bool {
	if length := d.At(c.about(c.by)).Duration(); length > 0 && wait(c.r.Context(), length) != nil {
		c.abort = true
		return false
	}
	return true
}

// takeOver takes the connection from net/http, for good: it is closed when the
// call ends.
func (c *call) takeOver() (net.Conn, bool) {
	conn, _, err := hijacker{&c.out}.Hijack()
	if err != nil {
		c.abort = true
		return nil, false
	}
	c.out.muted = true
	return conn, true
}

// sendRaw writes the reply on the connection of the call, which ends with it.
func (rp *reply) sendRaw(c *call) {
	conn, ok := c.takeOver()
	if !ok {
		return
	}
	chunked := rp.isChunked(c.r)
	if _, err := conn.Write(rp.rawHead(c, chunked)); err != nil {
		return
	}
	if rp.hasContent(c.r.Method) && !rp.writeRaw(c, conn, chunked) {
		return
	}
	if closes(rp.options) {
		_ = c.pause(rp.options.CloseSocketDelay)
		return
	}
	if length := rp.options.ContentLength; length != nil && *length > int64(len(rp.body)) {
		awaitEnd(conn, c.p.o.IdleTimeout) // the client waits for more than there is
	}
}

// awaitEnd waits until the client closes the connection, or for long enough.
func awaitEnd(conn net.Conn, patience time.Duration) {
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	_, _ = io.Copy(io.Discard, conn)
}

// isChunked reports whether the body is framed by chunks (RFC 9112 §7.1). A
// Content-Length that is asked for rules that out.
func (rp *reply) isChunked(r *http.Request) bool {
	return rp.options.ChunkSize > 0 && rp.options.ContentLength == nil && r.ProtoAtLeast(1, 1) && rp.hasContent(r.Method)
}

// rawHead is the head of the answer as bytes.
func (rp *reply) rawHead(c *call, chunked bool) []byte {
	reason := rp.reason
	if reason == "" || strings.ContainsAny(reason, "\r\n") {
		reason = http.StatusText(rp.status)
	}
	h := http.Header{}
	rp.headerTo(h, c.r.Method == http.MethodHead)
	connectionTo(h, rp.options)
	c.permitReading(h)
	if h["Date"] == nil {
		h["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	}
	switch length := rp.options.ContentLength; {
	case length != nil:
		h["Content-Length"] = []string{strconv.FormatInt(*length, 10)}
	case chunked:
		h["Transfer-Encoding"] = []string{"chunked"}
	case !rp.options.SuppressContentLength && bodyAllowed(rp.status):
		h["Content-Length"] = []string{strconv.Itoa(len(rp.body))}
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\n", rp.status, reason)
	_ = h.Write(&head) // a buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}

// writeRaw writes the body. It reports false if it could not.
func (rp *reply) writeRaw(c *call, conn net.Conn, chunked bool) bool {
	size := rp.options.ChunkSize
	if size == 0 {
		size = max(1, len(rp.body))
	}
	for i, piece := range pieces(rp.body, size) {
		if i > 0 && !c.pause(rp.options.ChunkDelay) {
			return false
		}
		if chunked {
			piece = fmt.Appendf(nil, "%x\r\n%s\r\n", len(piece), piece)
		}
		if _, err := conn.Write(piece); err != nil {
			return false
		}
	}
	if chunked {
		_, err := io.WriteString(conn, "0\r\n\r\n")
		return err == nil
	}
	return true
}
