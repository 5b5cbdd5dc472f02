package proxy

import (
	"context"
	"errors"
	"sync"
)

// errNotServing says that a proxy which does not serve takes no listener.
var errNotServing = errors.New("the proxy does not serve any more")

// Listen serves a further listener beside those of [Proxy.ServeAll], until
// that ends, which closes it. The error says that it has ended, or has not
// begun; the listener is the caller's then.
func (p *Proxy) Listen(ln Listener) error {
	d := p.doors.Load()
	if d == nil {
		return errNotServing
	}
	return d.open(ln)
}

// doors are the listeners of one run of [Proxy.ServeAll].
type doors struct {
	// accept has the connections of a listener greeted until it is closed.
	accept func(Listener) error
	self   *self
	// failed takes the first failure of a listener.
	failed    chan error
	accepting sync.WaitGroup

	mu        sync.Mutex
	listeners []Listener
	closed    bool
}

func newDoors(s *self, accept func(Listener) error) *doors {
	return &doors{self: s, accept: accept, failed: make(chan error, 1)}
}

// serve keeps the listeners open until the end of ctx or a failure, and
// returns when all are closed.
func (d *doors) serve(ctx context.Context, listeners []Listener) error {
	_ = d.open(listeners...) // fails once they are closed
	var err error
	select {
	case <-ctx.Done():
	case err = <-d.failed:
	}
	d.mu.Lock()
	d.closed = true
	for _, ln := range d.listeners {
		_ = ln.Close() // also ends accept
	}
	d.mu.Unlock()
	d.accepting.Wait()
	return err
}

// open begins to accept connections of the listeners.
func (d *doors) open(listeners ...Listener) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errNotServing
	}
	d.listeners = append(d.listeners, listeners...)
	d.self.listen(d.listeners)
	for _, ln := range listeners {
		d.accepting.Go(func() {
			if err := d.accept(ln); err != nil {
				select {
				case d.failed <- err:
				default: // another one failed before
				}
			}
		})
	}
	return nil
}
