package proxy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/upstream"
)

// Requests that are sent besides answers: by before- and after-actions, and by
// actions that are not the primary one. They are not in the request log, which
// is about what clients send, and not recorded.
const (
	// maxSideWaiting bounds those that wait or run, maxSideRunning those that
	// run, which each may take sideTimeout.
	maxSideWaiting = 1024
	maxSideRunning = 16
	sideTimeout    = 20 * time.Second
	// maxSideAnswer is how much of an answer is read for its connection to be
	// used again, in bytes.
	maxSideAnswer = 64 << 10
)

type sideBounds struct {
	waiting atomic.Int64
	running chan struct{}
}

func newSideBounds() sideBounds { return sideBounds{running: make(chan struct{}, maxSideRunning)} }

// A sideRequest is one to be sent.
type sideRequest struct {
	to      route
	delay   expectations.Delay
	timeout time.Duration
	// hit is the expectation that has it sent, hops how often what led to it
	// has come by.
	hit string
	via []string
}

// sendBefore sends what goes before an action. It returns an answer if there
// is to be no other.
func (c *call) sendBefore(e *expectations.Expectation) *reply {
	for i := range e.Before {
		s := &e.Before[i]
		side := c.sideOf(s)
		if s.Background {
			c.later(side)
			continue
		}
		if left := c.delay(s.Delay); left != nil {
			return left
		}
		if err := c.p.sendSide(c.r.Context(), side); err != nil && s.FailFast {
			c.readBody()
			f := failureOf(side.to.host, err)
			f.status, f.text = http.StatusBadGateway, "before-action failed: "+f.text
			return c.fail(f)
		}
	}
	return nil
}

// sendBesides sends what goes after an answer.
func (c *call) sendBesides(e *expectations.Expectation) {
	for _, a := range e.Also {
		if to, ok := c.alsoTo(e, a); ok {
			c.later(c.sideTo(to))
		}
	}
	for i := range e.After {
		c.later(c.sideOf(&e.After[i]))
	}
}

// sideOf is the request of a side action.
func (c *call) sideOf(s *expectations.SideAction) sideRequest {
	sent := expectations.Compose(&expectations.Request{Protocol: "HTTP/1.1"}, s.Request)
	to := (&call{facts: &facts{}}).routeOf(s.Request, sent)
	to.replaced = true
	side := c.sideTo(to)
	if s.Delay.Template != nil {
		c.readBody()
	}
	side.delay = s.Delay.At(c.about(c.by))
	if d := s.Timeout.Duration(); d > 0 {
		side.timeout = d
	}
	return side
}

func (c *call) sideTo(to route) sideRequest {
	return sideRequest{to: to, timeout: sideTimeout, hit: c.hit, via: c.p.via.append(c.r)}
}

// alsoTo is the route of an action that is not the primary one; ok is false if
// it has none. The request is complete by now, with its body.
func (c *call) alsoTo(e *expectations.Expectation, a expectations.Action) (to route, ok bool) {
	own := &call{p: c.p, facts: &facts{request: c.facts.request}, target: c.target, space: c.space}
	if received := &own.facts.request; received.Body.Coding != "" && !received.Body.Encoded {
		received.Header = received.Header.Clone()
		delete(received.Header, "Content-Encoding")
	}
	switch a := a.(type) {
	case *expectations.Forward:
		to = own.routeTo(a)
	case *expectations.Fallback:
		to = own.routeTo(&a.Forward)
	case *expectations.Override:
		to = own.routeOf(a.Request, expectations.Rewrite(&own.facts.request, a.Request, a.Modifier))
	case *expectations.ForwardTemplate:
		o, err := own.renderOutgoing(a.Template, e)
		if err != nil {
			c.p.unsent(c.hit, "the template makes no request")
			return to, false
		}
		to = own.routeOf(o, expectations.Compose(&own.facts.request, o))
	default:
		return to, false
	}
	return to, true
}

// later sends a request in the background, within bounds.
func (c *call) later(side sideRequest) {
	s := c.info.service
	if s.side.waiting.Add(1) > maxSideWaiting {
		s.side.waiting.Add(-1)
		c.p.o.Metrics.SideRequest(metrics.SideDropped)
		c.p.unsent(side.hit, "too many are waiting")
		return
	}
	s.handlers.enter() // a graceful shutdown waits for it
	s.work.Go(func() {
		defer s.handlers.leave()
		defer s.side.waiting.Add(-1)
		if !s.sideTurn(side.delay.Duration()) {
			c.p.o.Metrics.SideRequest(metrics.SideDropped)
			return
		}
		defer func() { <-s.side.running }()
		_ = c.p.sendSide(s.base, side) // which has told
	})
}

// sideTurn waits for a delay, and then for a place among those that run. It
// reports false if the service ends before.
func (s *service) sideTurn(delay time.Duration) bool {
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-s.stopping:
			return false
		}
	}
	select {
	case s.side.running <- struct{}{}:
		return true
	case <-s.base.Done():
		return false
	}
}

// sendSide sends a request and waits for the head of the answer, of which
// nothing is kept. The error has been logged and counted.
func (p *Proxy) sendSide(ctx context.Context, side sideRequest) error {
	ctx, cancel := context.WithTimeout(upstream.WithSelf(ctx), side.timeout)
	defer cancel()
	err := p.roundTripSide(ctx, side)
	if err == nil {
		p.o.Metrics.SideRequest(metrics.SideSent)
		return nil
	}
	p.o.Metrics.SideRequest(metrics.SideFailed)
	p.unsent(side.hit, failureOf(side.to.host, err).text)
	return err
}

func (p *Proxy) roundTripSide(ctx context.Context, side sideRequest) error {
	sent := side.to.sent
	header := http.Header{"Via": side.via}
	if p.via.hops(header) > maxHops {
		return upstream.ErrLoop
	}
	if side.to.h2c {
		ctx = upstream.WithH2C(ctx)
	}
	r, err := http.NewRequestWithContext(ctx, sent.Method, side.to.scheme+"://"+side.to.host, bytes.NewReader(sent.Body.Bytes))
	if err != nil {
		return err
	}
	setSentURL(r.URL, sent)
	r.Header = p.requestHeader(r, sent.Header)
	r.Header["Via"] = slices.Clip(side.via)
	r.Host, r.Close = sent.Host, side.to.close
	resp, err := p.o.Transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, maxSideAnswer)
	return nil
}

// unsent reports a request that was not sent besides an answer. The reason has
// nothing of the request in it.
func (p *Proxy) unsent(hit, reason string) {
	p.log.Warn("a request besides an answer was not sent", slog.String("expectation", hit), slog.String("reason", reason))
}
