package proxy

import (
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// An ending is how a call ended.
type ending struct {
	outcome expectations.Outcome
	metric  metrics.Outcome
	// failure is why it failed; the outcomes follow from it.
	failure *capture.Failure
	// covered says that the client was answered in spite of the failure.
	covered bool
}

// finish completes the facts and gives them to the request log, the recorder
// and the metrics. It is called before the last byte of the answer leaves.
// Only the first call counts.
func (c *call) finish(e ending) {
	now := time.Now()
	c.mu.Lock()
	if c.finished {
		c.mu.Unlock()
		return
	}
	c.finished = true
	pending := c.pending
	c.mu.Unlock()
	var seen events
	if c.tracer != nil {
		seen = c.tracer.seen()
	}

	if e.failure != nil && !e.covered {
		e.outcome, e.metric = expectations.Failed, metrics.Failed
		if e.failure.Kind == capture.FailLoop {
			e.metric = metrics.Refused
		}
	}
	c.completeFacts()
	c.addToLog(e, pending)
	c.record(e, &seen, now)
	c.count(e, &seen, now)
}

// isFinished reports whether finish has been called.
func (c *call) isFinished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finished
}

// completeFacts adds the bodies and trailers to the messages.
func (c *call) completeFacts() {
	req, resp := &c.facts.request, &c.facts.response
	if c.requestBuffer != nil {
		whole := c.sent.whole.Load()
		if !whole {
			c.requestBuffer.Truncate()
		}
		req.Body = decoded(c.requestBuffer.Body(codingOf(req.Header)), c.p.o.MaxBody)
		if whole && len(c.r.Trailer) > 0 {
			req.Trailer = c.r.Trailer
		}
	}
	if c.resp == nil {
		return
	}
	if c.responseBuffer != nil {
		resp.Body = c.responseBuffer.Body(codingOf(resp.Header))
	}
	if len(c.resp.Trailer) > 0 && resp.Trailer == nil {
		resp.Trailer = c.resp.Trailer
	}
}

// addToLog puts the call into the request log, in place of its pending entry
// if there is one.
func (c *call) addToLog(e ending, pending uint64) {
	entry := expectations.Entry{
		Time:          c.started,
		Request:       &c.facts.request,
		Outcome:       e.outcome,
		ExpectationID: c.hit,
		Expectation:   c.by,
		UsedUp:        c.last,
	}
	if c.facts.response.Status != 0 {
		entry.Response = &c.facts.response
	}
	if e.failure != nil {
		entry.Reason = e.failure.Message
	}
	if pending != 0 {
		c.space.Log.Finish(pending, entry)
		return
	}
	c.space.Log.Add(entry)
}

// announce puts the call into the request log while its answer is running. It
// does so once, and for long answers only.
func (c *call) announce(long bool) {
	if !long {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending != 0 || c.finished {
		return
	}
	// Copies: what is in the log does not change any more, the facts do.
	req, resp := c.facts.request, c.facts.response
	c.pending = c.space.Log.Add(expectations.Entry{
		Time:          c.started,
		Request:       &req,
		Response:      &resp,
		Outcome:       expectations.Pending,
		ExpectationID: c.hit,
		Expectation:   c.by,
		UsedUp:        c.last,
	})
}

// record gives the exchange to the recorder, if it is one to be recorded.
func (c *call) record(e ending, seen *events, now time.Time) {
	if !c.toBeRecorded(e) {
		c.requestBuffer.Discard()
		c.responseBuffer.Discard()
		return
	}
	ex := &capture.Exchange{
		Session:        c.session,
		Mode:           c.mode,
		Started:        c.started,
		Timings:        seen.timings(c.started, now),
		Upstream:       seen.upstream,
		Request:        c.requestSent(),
		Failure:        e.failure,
		RequestBuffer:  c.requestBuffer,
		ResponseBuffer: c.responseBuffer,
	}
	if e.outcome == expectations.Matched {
		ex.AnsweredBy = c.hit
	}
	if c.resp != nil || ex.AnsweredBy != "" {
		ex.Response = c.responseGot()
	}
	c.p.o.Recorder.Record(ex)
}

// toBeRecorded reports whether the call is part of a recording. SIMULATE
// records nothing. What we answered ourselves is part of one only if an
// expectation did, in place of the server it was meant for.
func (c *call) toBeRecorded(e ending) bool {
	switch {
	case c.p.o.Recorder == nil || c.mode == expectations.Simulate:
		return false
	case e.failure != nil || e.outcome == expectations.Forwarded:
		return true
	default:
		return e.outcome == expectations.Matched && !c.target.self && c.facts.response.Status != 0
	}
}

// count gives the call to the metrics.
func (c *call) count(e ending, t *events, now time.Time) {
	m := c.p.o.Metrics
	if m == nil {
		return
	}
	if c.route != nil && e.outcome != expectations.Matched {
		m.Routed(string(c.mode), e.metric, now.Sub(c.started))
	} else {
		m.Request(string(c.mode), e.metric, now.Sub(c.started))
	}
	if t.forwarded.IsZero() {
		return
	}
	status, proto := 0, ""
	if c.resp != nil {
		status, proto = c.resp.StatusCode, c.resp.Proto
	}
	m.Upstream(hostOnly(c.target.host), status, proto, now.Sub(t.forwarded))
	if !t.first.IsZero() {
		m.FirstByte(t.first.Sub(t.forwarded))
	}
}
