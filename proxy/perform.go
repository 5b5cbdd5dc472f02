package proxy

import (
	"net/http"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// A performer is a row of [performers]: how one kind of action is performed.
type performer struct {
	// kind is the action's, see [expectations.Action].
	kind string
	// forwards says that the action has the request answered by a server, so
	// that it is performed in CAPTURE too.
	forwards bool
	// perform performs the action of the hit for a call whose body is still to
	// be read. It returns a finished answer of our own; or nil after it has
	// set the call's route, along which the request is forwarded.
	perform func(c *call, hit expectations.Hit) *reply
}

// performers has a row for each kind of action, and a file for each family.
var performers = [...]performer{
	{kind: "httpError", perform: performError},
	{kind: "httpForward", forwards: true, perform: performForward},
	{kind: "httpForwardObjectCallback", forwards: true, perform: performCallback},
	{kind: "httpForwardTemplate", forwards: true, perform: performForwardTemplate},
	{kind: "httpForwardWithFallback", forwards: true, perform: performFallback},
	{kind: "httpOverrideForwardedRequest", forwards: true, perform: performOverride},
	{kind: "httpResponse", perform: performResponse},
	{kind: "httpResponseObjectCallback", perform: performCallback},
	{kind: "httpResponseTemplate", perform: performResponseTemplate},
	{kind: "httpResponses", perform: performResponse},
}

// performerOf is the row of an action. What was recorded is an answer.
func performerOf(hit expectations.Hit) (performer, bool) {
	if hit.Answer != nil {
		return performer{perform: performResponse}, true
	}
	if hit.Expectation.Action == nil {
		return performer{}, false
	}
	kind := hit.Expectation.Action.Kind()
	for _, p := range performers {
		if p.kind == kind {
			return p, true
		}
	}
	return performer{}, false
}

// forwards reports whether the action of an expectation has requests answered
// by a server.
func forwards(e *expectations.Expectation) bool {
	p, ok := performerOf(expectations.Hit{Expectation: e})
	return ok && p.forwards
}

// perform performs the action of a hit; see [performer].
func (c *call) perform(hit expectations.Hit) *reply {
	c.hit, c.last = hit.Expectation.ID, hit.Last
	if hit.Expectation.Origin != expectations.OriginCaptured { // those are rendered anew each time
		c.by = hit.Expectation
	}
	if left := c.sendBefore(hit.Expectation); left != nil {
		return left
	}
	p, ok := performerOf(hit)
	if !ok {
		return c.fail(failure{
			status: http.StatusBadGateway, kind: capture.FailInternal,
			text: "expectation " + hit.Expectation.ID + " has no action of a supported kind",
		})
	}
	return p.perform(c, hit)
}

// performResponse answers with the hit's answer. The rest of the request is
// read first, since the request log shows all of it.
func performResponse(c *call, hit expectations.Hit) *reply {
	c.readBody()
	answer, err := hit.Answer.Rendered(c.about(hit.Expectation))
	if err != nil {
		return c.unrendered(hit, err)
	}
	rp := replyOf(answer)
	rp.conditional(c.r, hit.Expectation.Origin)
	if left := c.delay(hit.Answer.Delay); left != nil {
		return left
	}
	return c.answered(rp)
}

// about is what templates of an expectation are rendered for, once the body has
// been read.
func (c *call) about(e *expectations.Expectation) expectations.TemplateInput {
	return expectations.TemplateInput{Space: c.space, Expectation: e, Request: &c.facts.request}
}

// answered finishes the call with an answer that its expectation gives.
func (c *call) answered(rp *reply) *reply {
	c.facts.response = rp.fact()
	c.finish(ending{outcome: expectations.Matched, metric: metrics.Matched})
	return rp
}

// delay waits. It returns nil, or if the client leaves before, a failure.
func (c *call) delay(d expectations.Delay) *reply {
	if d.Template != nil {
		c.readBody()
	}
	length := d.At(c.about(c.by)).Duration()
	if length <= 0 || wait(c.r.Context(), length) == nil {
		return nil
	}
	c.abort = true
	return c.fail(failure{status: http.StatusBadGateway, kind: capture.FailAborted, text: clientLeft().Message})
}
