package proxy

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/metrics"
)

// decide is what a mode means. It returns a finished answer of our own, or nil
// if the request is to be forwarded: along the call's route if it has one,
// else to its target.
func (c *call) decide() *reply {
	hit, ok, err := c.match()
	switch {
	case err != nil:
		c.p.log.Error("cannot read recorded answer", slog.Any("error", err))
		return c.fail(failure{
			status: http.StatusBadGateway, kind: capture.FailInternal, text: "a recorded answer cannot be read",
		})
	case ok:
		return c.perform(hit)
	case c.isPermitted():
		return c.permit()
	case c.mode == expectations.Simulate:
		return c.miss()
	case c.target.self || c.p.via.seen(c.r.Header):
		return c.loop()
	}
	return nil
}

// match asks the space for an expectation, and reads the body before if one of
// them wants to see it. In CAPTURE only those count that say where requests go.
func (c *call) match() (expectations.Hit, bool, error) {
	req, o := &c.facts.request, expectations.MatchOptions{Captured: c.mode == expectations.Simulate, Provider: c.states}
	if c.mode == expectations.Capture {
		if c.space.Set.Len() == 0 {
			return expectations.Hit{}, false, nil
		}
		o.Where = forwards
	}
	if hasBody(c.r) && c.space.NeedsBody(req, o.Captured) {
		c.readBody()
	}
	return c.space.Match(c.r.Context(), req, o)
}

// miss is the answer where nothing matches: 404 without content, as
// MockServer's, or with what the closest expectation wanted.
func (c *call) miss() *reply {
	c.readBody()
	rp := &reply{status: http.StatusNotFound}
	if c.p.o.Settings.Get().AttachMismatchDiagnostic {
		c.diagnose(rp)
	}
	c.facts.response = rp.fact()
	c.finish(ending{outcome: expectations.NotMatched, metric: metrics.NotMatched})
	return rp
}

// loop is the answer to a request that leads back to us. Who talks to us as to
// a server asked for something we do not have.
func (c *call) loop() *reply {
	if c.target.direct {
		rp := c.miss()
		if c.p.via.seen(c.r.Header) {
			rp.setHeader("Via", c.p.via.v11...) // tells the hop before
		}
		return rp
	}
	c.readBody()
	return c.fail(failure{
		status: http.StatusLoopDetected, kind: capture.FailLoop,
		text:   "the request to " + c.target.host + " leads back to this proxy",
		header: http.Header{"Via": c.p.via.v11},
	})
}

// fail finishes the call with a failure and returns what to tell the client.
func (c *call) fail(f failure) *reply {
	rp := f.reply()
	c.facts.response = rp.fact()
	c.finish(ending{failure: f.recorded()})
	return rp
}

// slowStream is how long the next bytes of a request body of unknown length
// are waited for before it is answered: a client that streams both ways may be
// waiting for our answer itself. For one that announced its length it is as
// long as for a head.
const slowStream = time.Second

// readBody reads the request's body into the facts, up to Options.MaxBody, and
// keeps what it read for forwarding. It does so once.
func (c *call) readBody() {
	if c.sent.read || !hasBody(c.r) {
		return
	}
	c.sent.read = true
	raw := c.readAll()
	body := expectations.Body{
		Bytes:     raw,
		Coding:    codingOf(c.r.Header),
		Size:      int64(len(raw)),
		Truncated: !c.sent.whole.Load(),
	}
	body.Encoded = body.Coding != "" && body.Coding != "identity"
	c.sent.ahead = raw
	c.facts.request.Body = decoded(body, c.p.o.MaxBody)
	if c.sent.whole.Load() && len(c.r.Trailer) > 0 {
		c.facts.request.Trailer = c.r.Trailer
	}
}

// readAll reads the client's body as far as it may.
func (c *call) readAll() []byte {
	length, limit := c.r.ContentLength, c.p.o.MaxBody
	buf := make([]byte, 0, max(512, min(length+1, limit, 64<<10)))
	control, patience := http.NewResponseController(c.w), c.p.o.ReadHeaderTimeout
	if length < 0 {
		patience = min(patience, slowStream)
	}
	for int64(len(buf)) < limit && int64(len(buf)) != length {
		_ = control.SetReadDeadline(time.Now().Add(patience))
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := c.r.Body.Read(buf[len(buf):min(int64(cap(buf)), limit)])
		buf = buf[:len(buf)+n]
		if err != nil {
			if err == io.EOF {
				c.sent.whole.Store(true)
			}
			break
		}
	}
	_ = control.SetReadDeadline(time.Time{})
	if int64(len(buf)) == length {
		c.sent.whole.Store(true)
	}
	return buf
}

// decoded is a body without its content coding, or as it is if that cannot be
// undone.
func decoded(b expectations.Body, limit int64) expectations.Body {
	plain, err := content.Decode(b, limit)
	if err != nil {
		return b
	}
	return plain
}
