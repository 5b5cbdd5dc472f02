package proxy

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/capture"
)

// events are when the phases of a forwarded call began and ended.
type events struct {
	// forwarded is when the call was given to the transport.
	forwarded time.Time

	dnsStart, dnsDone         time.Time
	connectStart, connectDone time.Time
	tlsStart, tlsDone         time.Time
	// got is when there was a connection, wrote when the request had been
	// sent, first when the answer began.
	got, wrote, first time.Time
	// conns counts the connections tried; idle says that the last one lay
	// idle, so that none was dialed.
	conns int
	idle  bool
	// reused says that the connection was not made for this call.
	reused bool
	// upstream is the other end of the connection.
	upstream string
}

// A tracer watches one call after the other. Its hooks are functions that were
// made once: to make them for each call would cost more than all they do.
type tracer struct {
	call atomic.Pointer[call]
	// hooks finds the ClientTrace, as the value of a context.
	hooks valuer
	// late sends the head of an answer whose body is not there yet.
	late *time.Timer

	mu     sync.Mutex // a dial may go on when another connection has become free
	events events
}

// A valuer is the part of a context that holds values.
type valuer interface{ Value(key any) any }

func newTracer() *tracer {
	t := &tracer{}
	e := &t.events
	t.hooks = httptrace.WithClientTrace(noContext{}, &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { t.stamp(&e.dnsStart) },
		DNSDone:              func(httptrace.DNSDoneInfo) { t.stamp(&e.dnsDone) },
		ConnectStart:         func(string, string) { t.stamp(&e.connectStart) },
		ConnectDone:          func(string, string, error) { t.stamp(&e.connectDone) },
		TLSHandshakeStart:    func() { t.stamp(&e.tlsStart) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { t.stamp(&e.tlsDone) },
		GotConn:              t.gotConn,
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.stamp(&e.wrote) },
		GotFirstResponseByte: func() { t.stamp(&e.first) },
		Got1xxResponse: func(status int, header textproto.MIMEHeader) error {
			if c := t.call.Load(); c != nil {
				return c.out.interim(status, header)
			}
			return nil
		},
	})
	t.late = time.AfterFunc(time.Hour, func() {
		if c := t.call.Load(); c != nil {
			c.received.flushHead()
		}
	})
	t.late.Stop()
	return t
}

// stamp notes the time. A later event of the same kind wins: the transport may
// try more than once.
func (t *tracer) stamp(at *time.Time) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	*at = now
}

func (t *tracer) gotConn(info httptrace.GotConnInfo) {
	now, addr := time.Now(), info.Conn.RemoteAddr().String()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events.got, t.events.upstream = now, addr
	t.events.reused, t.events.idle = info.Reused, info.WasIdle
	t.events.conns++
}

// seen returns the events so far.
func (t *tracer) seen() events {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.events
}

// spent reports whether no hook of the tracer can be called any more: the call
// was not forwarded at all; or it found an idle connection at once, so that
// nothing was dialed, sent its request on it to the end, and was answered.
func (t *tracer) spent() bool {
	e := t.seen()
	return e.forwarded.IsZero() || e.conns == 1 && e.idle && !e.wrote.IsZero() && !e.first.IsZero()
}

// watch attaches a tracer to the call.
func (c *call) watch() {
	t, _ := c.p.tracers.Get().(*tracer)
	t.events = events{}
	t.call.Store(c)
	c.tracer = t
}

// unwatch gives the tracer back if it can be used again.
func (c *call) unwatch() {
	t := c.tracer
	if t == nil {
		return
	}
	c.tracer = nil
	t.call.Store(nil)
	if t.spent() && !c.received.fired {
		c.p.tracers.Put(t)
	}
}

// A callContext is the context of a proxied request: that of the server, with
// the call and the hooks of its tracer as further values. One object takes the
// place of a chain of them.
type callContext struct {
	context.Context //nolint:containedctx // it is one
	call            *call
	hooks           valuer // nil for none
}

// Value implements [context.Context].
func (ctx *callContext) Value(key any) any {
	if key == (callKey{}) {
		return ctx.call
	}
	if ctx.hooks != nil {
		if v := ctx.hooks.Value(key); v != nil {
			return v
		}
	}
	return ctx.Context.Value(key)
}

// noContext is the root of a context of which only the values are used.
type noContext struct{}

func (noContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (noContext) Done() <-chan struct{}       { return nil }
func (noContext) Err() error                  { return nil }
func (noContext) Value(any) any               { return nil }

// timings are the phases up to now.
func (e *events) timings(started, now time.Time) capture.Timings {
	timings := capture.Timings{
		Send:    span(e.got, e.wrote),
		Wait:    span(e.wrote, e.first),
		Receive: span(e.first, now),
		Total:   now.Sub(started),
	}
	if !e.reused {
		timings.DNS = span(e.dnsStart, e.dnsDone)
		timings.Connect = span(e.connectStart, e.connectDone)
		timings.TLS = span(e.tlsStart, e.tlsDone)
	}
	if e.wrote.After(e.first) { // answered before the request had ended
		timings.Send, timings.Wait = span(e.got, e.first), 0
	}
	return timings
}

// span is the time between two events that have both taken place, in order.
func span(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
