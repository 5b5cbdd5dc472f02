package proxy

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/pactape/pactape/expectations"
)

// A Listener is a listener and the session of the requests that come by it
// and name no other.
type Listener struct {
	net.Listener
	Session expectations.SessionID
}

// Serve serves a listener as [Proxy.ServeAll] does.
func (p *Proxy) Serve(ctx context.Context, ln net.Listener) error {
	return p.ServeAll(ctx, Listener{Listener: ln})
}

// ServeAll serves the listeners until ctx ends, then stops gracefully: it
// accepts nothing more, lets running exchanges and open tunnels end, and after
// Options.ShutdownTimeout closes what is left. It returns when no goroutine of
// its own runs any more; the listeners are closed. The error is nil after a
// stop by ctx, be it a graceful or a hard one, else why a listener failed.
//
// A Proxy may serve once at a time.
func (p *Proxy) ServeAll(ctx context.Context, listeners ...Listener) error {
	// Exchanges outlive ctx until the end of the shutdown.
	base, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(errClosed)
	s := newService(base, p)
	greet := func(c *clientConn) { s.greet(base, c) }
	d := newDoors(&p.self, func(ln Listener) error { return s.accept(ctx, ln, greet) })
	p.doors.Store(d)
	err := d.serve(ctx, listeners)
	p.doors.Store(nil)
	s.stop(base, p.o.ShutdownTimeout, cancel)
	p.o.Transport.CloseIdleConnections()
	return err
}

// A service is one run of [Proxy.ServeAll].
type service struct {
	p      *Proxy
	server *http.Server
	// ready hands connections to server.
	ready *handoff
	conns connSet
	// work are the goroutines of greetings and of server.
	work sync.WaitGroup
	// handlers counts running handlers, those of hijacked connections too.
	handlers inflight
	// stopping is closed when the shutdown begins.
	stopping chan struct{}
	// base is the context of what outlives the request it is made for.
	base context.Context //nolint:containedctx // it is the service's life
	// side bounds the requests that are sent besides answers.
	side sideBounds
}

func (s *service) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

func newService(base context.Context, p *Proxy) *service {
	s := &service{p: p, ready: newHandoff(), stopping: make(chan struct{}), base: base, side: newSideBounds()}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	s.server = &http.Server{
		Handler:           p,
		Protocols:         &protocols,
		TLSConfig:         p.tls.Clone(), // net/http changes it
		ReadHeaderTimeout: p.o.ReadHeaderTimeout,
		IdleTimeout:       p.o.IdleTimeout,
		MaxHeaderBytes:    p.o.MaxHeaderBytes,
		ConnContext:       connContext,
		ConnState:         p.observeConn,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          log.New(logWriter{p.log}, "", 0),
		// An OPTIONS for a whole server is forwarded like any other.
		DisableGeneralOptionsHandler: true,
	}
	s.work.Go(func() {
		if err := s.server.Serve(s.ready); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("http server ended", slog.Any("error", err))
		}
	})
	return s
}

// accept has the connections of a listener greeted until it is closed.
func (s *service) accept(ctx context.Context, ln Listener, greet func(*clientConn)) error {
	const longest = time.Second
	var pause time.Duration
	for {
		c, err := ln.Accept()
		switch {
		case err == nil:
			pause = 0
			info := &connInfo{service: s, session: ln.Session, local: c.LocalAddr().String()}
			s.work.Go(func() { s.contained(newConn(c, info), greet) })
			continue
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return nil
		case !temporary(err):
			return err
		}
		// Out of file descriptors, or the like: others will be closed.
		pause = min(max(2*pause, 5*time.Millisecond), longest)
		s.p.log.Warn("cannot accept connections for now", slog.Any("error", err), slog.Duration("pause", pause))
		if wait(ctx, pause) != nil {
			return nil
		}
	}
}

// contained calls f with a connection. A panic in it costs the connection, and
// no more.
func (s *service) contained(c *clientConn, f func(*clientConn)) {
	defer func() {
		if reason := recover(); reason != nil {
			s.p.panicked(reason)
			_ = c.Close()
		}
	}()
	f(c)
}

// temporary reports whether accepting may work again. The method is the only
// way to know, deprecated as it is.
func temporary(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	return ok && t.Temporary()
}

// wait waits for d or the end of ctx, whose error it returns.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// stop ends the service within the given time, after which what still runs is
// broken off by cancel and by closing all connections.
func (s *service) stop(base context.Context, patience time.Duration, cancel context.CancelCauseFunc) {
	ctx, stopWaiting := context.WithTimeout(base, patience)
	defer stopWaiting()
	close(s.stopping)
	s.conns.closeSilent()
	err := s.server.Shutdown(ctx)
	if s.handlers.wait(ctx) != nil || err != nil {
		s.p.log.Warn("closing connections that did not end in time", slog.Duration("waited", patience))
	}
	cancel(errClosed)
	_ = s.server.Close()
	s.conns.closeAll()
	// They have nothing to wait for any more; one that does not notice is not
	// worth a process that does not end.
	end, done := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer done()
	if s.handlers.wait(end) != nil {
		s.p.log.Error("handlers do not end")
	}
	s.work.Wait()
}

// inflight counts what is running. Unlike a [sync.WaitGroup] it may be entered
// while somebody waits, and waiting can be given up.
type inflight struct {
	mu    sync.Mutex
	count int
	// empty is closed when count becomes 0; nil if nobody waits.
	empty chan struct{}
}

func (f *inflight) enter() {
	f.mu.Lock()
	f.count++
	f.mu.Unlock()
}

func (f *inflight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count--; f.count == 0 && f.empty != nil {
		close(f.empty)
		f.empty = nil
	}
}

// wait waits until nothing is running, or for the end of ctx.
func (f *inflight) wait(ctx context.Context) error {
	f.mu.Lock()
	if f.count == 0 {
		f.mu.Unlock()
		return nil
	}
	if f.empty == nil {
		f.empty = make(chan struct{})
	}
	empty := f.empty
	f.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A handoff is the listener of the http.Server: it accepts what is pushed.
type handoff struct {
	conns   chan net.Conn
	done    chan struct{}
	closing sync.Once
}

func newHandoff() *handoff {
	return &handoff{conns: make(chan net.Conn), done: make(chan struct{})}
}

// push hands a connection over. It reports false, and leaves the connection to
// the caller, once the server accepts no more.
func (h *handoff) push(c net.Conn) bool {
	select {
	case h.conns <- c:
		return true
	case <-h.done:
		return false
	}
}

// Accept implements [net.Listener].
func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (h *handoff) Close() error {
	h.closing.Do(func() { close(h.done) })
	return nil
}

// Addr implements [net.Listener].
func (h *handoff) Addr() net.Addr { return &net.TCPAddr{} }
