package proxy

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// lastWords is how long the rest of what one side of a switched connection
// says is waited for once the other side says no more.
const lastWords = 5 * time.Second

// A switchedBody is the upstream's side of a connection that has switched
// protocols. goproxy relays WebSockets between it and the client; it takes any
// other protocol for a body to copy, which is relayed here then.
type switchedBody struct {
	upstream io.ReadWriteCloser
	c        *call

	ended sync.Once
	// silent is closed when the upstream has said everything.
	silent chan struct{}
}

func newSwitchedBody(c *call, upstream io.ReadWriteCloser) *switchedBody {
	return &switchedBody{upstream: upstream, c: c, silent: make(chan struct{})}
}

// Read implements [io.Reader].
func (b *switchedBody) Read(p []byte) (int, error) { return b.upstream.Read(p) }

// Write implements [io.Writer].
func (b *switchedBody) Write(p []byte) (int, error) { return b.upstream.Write(p) }

// Close implements [io.Closer].
func (b *switchedBody) Close() error {
	b.ended.Do(func() { close(b.silent) })
	return b.upstream.Close()
}

// ReadFrom implements [io.ReaderFrom]: it copies what the client says. When
// the client has ended, the upstream is told so, and has some time left to say
// the rest: goproxy ends the relay with the first direction that ends.
func (b *switchedBody) ReadFrom(client io.Reader) (int64, error) {
	n, err := io.Copy(onlyWriter{b.upstream}, client)
	half, ok := b.upstream.(interface{ CloseWrite() error })
	if err != nil || !ok || half.CloseWrite() != nil {
		return n, err
	}
	timer := time.NewTimer(lastWords)
	defer timer.Stop()
	select {
	case <-b.silent:
	case <-timer.C:
	case <-b.c.info.service.stopping:
	}
	return n, nil
}

// WriteTo implements [io.WriterTo]: it copies what the upstream says to a
// connection. To anything else, which is the writer of a call, it relays both
// ways on the connection below.
func (b *switchedBody) WriteTo(w io.Writer) (int64, error) {
	if _, ok := w.(net.Conn); ok {
		defer b.ended.Do(func() { close(b.silent) })
		return io.Copy(w, onlyReader{b.upstream})
	}
	w2, ok := b.c.out.forServer().(http.Hijacker)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	client, _, err := w2.Hijack()
	if err != nil {
		return 0, err
	}
	defer client.Close()
	var other sync.WaitGroup
	other.Go(func() {
		_, _ = b.ReadFrom(client)
		_ = b.Close()
	})
	n, err := b.WriteTo(client)
	_ = client.Close()
	other.Wait()
	return n, err
}

// onlyReader and onlyWriter hide other methods, so that [io.Copy] does not
// come back to us.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
