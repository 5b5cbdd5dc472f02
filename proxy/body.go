package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// A copyBuffer is what answers are copied through.
type copyBuffer [32 << 10]byte

// lateHead is how long the head of an answer waits for the first bytes of the
// body, to leave together with them.
const lateHead = time.Millisecond

// A requestBody is the body of a forwarded request: the client's, copied into
// the call's buffer as the transport reads it.
type requestBody struct {
	c *call
	// read says that the body was read before forwarding was decided; ahead
	// is what came of that and is still to be sent.
	read  bool
	ahead []byte
	// total counts the bytes read from the client.
	total int64
	// again keeps what was read of a short body, so that the transport can
	// send it once more when a connection turns out to be closed; nil: none.
	again []byte
	// whole says that the body was read to its end.
	whole atomic.Bool
	// broken says that reading it failed.
	broken atomic.Bool
}

// Read implements [io.Reader].
func (b *requestBody) Read(p []byte) (int, error) {
	if len(b.ahead) > 0 {
		n := copy(p, b.ahead)
		b.ahead = b.ahead[n:]
		return n, nil
	}
	if b.read && b.whole.Load() {
		return 0, io.EOF
	}
	n, err := b.c.r.Body.Read(p)
	b.total += int64(n)
	_, _ = b.c.requestBuffer.Write(p[:n])
	if b.again != nil {
		b.again = append(b.again, p[:n]...)
	}
	switch {
	case err == io.EOF || b.total == b.c.r.ContentLength:
		b.whole.Store(true)
	case err != nil:
		b.broken.Store(true)
	}
	return n, err
}

// maxAgain bounds the bodies that can be sent again, in bytes.
const maxAgain = 64 << 10

// errNotAgain is why a body cannot be sent again.
var errNotAgain = errors.New("proxy: the request body has not been kept")

// restart is the [http.Request.GetBody] of a short body. It works once the
// body has been read to its end: before, somebody may still be reading it.
func (b *requestBody) restart() (io.ReadCloser, error) {
	if b.again == nil || !b.whole.Load() {
		return nil, errNotAgain
	}
	return io.NopCloser(bytes.NewReader(b.again)), nil
}

// Close implements [io.Closer]. The server closes the client's body itself.
func (b *requestBody) Close() error { return nil }

// A responseBody is the body of a forwarded answer: the upstream's, copied
// into the call's buffer on its way to the client.
type responseBody struct {
	c   *call
	src io.ReadCloser
	// left is how many bytes are still to come, negative if that is unknown.
	left int64
	// begun says that the first bytes, or the end, have come; guarded by the
	// writer's mu once the timer runs.
	begun bool
	// fired says that they did not come in time.
	fired bool
}

// Read implements [io.Reader]; goproxy uses WriteTo.
func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	b.observe(p[:n], err == io.EOF, err)
	return n, err
}

// Close implements [io.Closer].
func (b *responseBody) Close() error { return b.src.Close() }

// WriteTo implements [io.WriterTo]: it copies the answer to the client of the
// call, whatever writer goproxy has wrapped around it. Bytes leave at once
// when more have to be waited for.
func (b *responseBody) WriteTo(io.Writer) (int64, error) {
	buf, _ := b.c.p.buffers.Get().(*copyBuffer)
	defer b.c.p.buffers.Put(buf)
	if !b.c.isFinished() { // there is something to wait for
		b.c.tracer.late.Reset(lateHead)
	} else {
		b.begun = true
	}
	var total int64
	for {
		n, err := b.src.Read(buf[:])
		if !b.begun {
			b.begin()
		}
		b.observe(buf[:n], err == io.EOF, err)
		if n > 0 {
			written, werr := b.c.out.Write(buf[:n])
			if total += int64(written); werr != nil {
				b.c.clientGone()
				return total, werr
			}
		}
		switch {
		case err == io.EOF:
			return total, nil
		case err != nil:
			b.c.abort = true
			return total, err
		case b.left < 0 || n < len(buf):
			b.c.announce(b.left < 0)
			b.c.out.Flush()
		}
	}
}

// begin notes that the body has begun; flushHead does nothing after it.
func (b *responseBody) begin() {
	if b.c.tracer.late.Stop() {
		b.begun = true
		return
	}
	b.c.out.mu.Lock()
	defer b.c.out.mu.Unlock()
	b.begun, b.fired = true, true
}

// flushHead sends the head while the body is still to come.
func (b *responseBody) flushHead() {
	b.c.out.mu.Lock()
	defer b.c.out.mu.Unlock()
	if b.begun || b.c.out.closed {
		return
	}
	b.c.announce(b.left < 0)
	if flusher, ok := b.c.w.(http.Flusher); ok {
		flusher.Flush()
	}
}

// observe copies bytes of the body, and finishes the call when they are the
// last: before the client has them.
func (b *responseBody) observe(p []byte, ended bool, err error) {
	c := b.c
	_, _ = c.responseBuffer.Write(p)
	if b.left >= 0 {
		b.left -= int64(len(p))
	}
	switch {
	case ended || err == nil && b.left == 0:
		c.finish(ending{outcome: expectations.Forwarded, metric: metrics.Forwarded})
	case err != nil:
		c.responseBuffer.Truncate()
		c.finish(ending{failure: c.cutShort(err)})
	}
}

// cutShort is why an answer broke off.
func (c *call) cutShort(err error) *capture.Failure {
	if c.r.Context().Err() != nil {
		return clientLeft()
	}
	f := failureOf(c.target.host, err)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.text = c.target.host + ": the answer broke off"
	}
	return f.recorded()
}

// clientGone finishes a call whose client does not take its answer.
func (c *call) clientGone() {
	c.abort = true
	c.responseBuffer.Truncate()
	c.finish(ending{failure: clientLeft()})
}

func clientLeft() *capture.Failure {
	return &capture.Failure{Kind: capture.FailAborted, Message: "the client went away"}
}
