package proxy

import (
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/metrics"
)

// performOverride has the request answered by a server, and changes both on
// their way.
func performOverride(c *call, hit expectations.Hit) *reply {
	o, _ := hit.Expectation.Action.(*expectations.Override)
	if left := c.delay(o.Delay); left != nil {
		return left
	}
	to := c.routeOf(o.Request, expectations.Rewrite(&c.facts.request, o.Request, o.Modifier))
	to.change, to.template, to.hit = o.Answer, o.Template, hit
	return c.forwardTo(to)
}

// answered changes the answer of the route's server, of which the call has
// observed the head. It returns nil if the answer is still to run through, and
// else one of our own.
func (to *route) answered(c *call, resp *http.Response) *reply {
	if rp := c.fallBackFrom(resp); rp != nil {
		return rp
	}
	if to.amend != "" {
		return to.amended(c, resp)
	}
	if to.sent.Method == http.MethodHead && c.r.Method != http.MethodHead {
		// The length is that of content which the client, unlike us, expects.
		delete(resp.Header, "Content-Length")
		resp.ContentLength = 0
	}
	if to.change == (expectations.AnswerChange{}) && to.template == nil {
		return nil
	}
	if o := to.change.Override; o != nil {
		if left := c.delay(o.Delay); left != nil {
			_ = resp.Body.Close()
			return left
		}
	}
	got := c.facts.response
	to.got = &got
	changed := to.change.Apply(&got)
	if !to.change.NeedsBody() && to.template == nil && (bodyAllowed(changed.Status) || !bodyAllowed(got.Status)) {
		c.facts.response = *changed
		resp.StatusCode, resp.Header = changed.Status, maps.Clone(changed.Header)
		c.setReason(changed.Status, changed.Reason)
		return nil
	}
	return to.replace(c, resp)
}

// replace reads the server's answer to its end and makes one of our own of it.
func (to *route) replace(c *call, resp *http.Response) *reply {
	whole, bad := c.readAnswer(resp)
	if bad != nil {
		return bad
	}
	o := to.change.Override
	if (o == nil || o.Body == nil) && !whole {
		return c.fail(failure{
			status: http.StatusBadGateway, kind: capture.FailUpstream,
			text: c.target.host + ": the answer is too large to be changed",
		})
	}
	to.got.Body = c.facts.response.Body
	changed := to.change.Apply(to.got)
	rp := &reply{
		status: changed.Status, reason: changed.Reason, header: changed.Header, trailer: changed.Trailer,
		body: changed.Body.Bytes,
	}
	if o != nil {
		rp.options = o.Connection
	}
	c.facts.response = *changed
	if to.template != nil {
		if rp, bad = to.render(c, changed); bad != nil {
			return bad
		}
	}
	c.finish(ending{outcome: expectations.Forwarded, metric: metrics.Forwarded})
	return rp
}

// render is the answer that the route's template makes of one.
func (to *route) render(c *call, resp *expectations.Response) (rp, bad *reply) {
	c.readBody()
	plain := *resp
	plain.Body = decoded(plain.Body, c.p.o.MaxBody)
	about := c.about(to.hit.Expectation)
	about.Response = &plain
	text, err := to.template.Render(about)
	if err != nil {
		return nil, c.unrendered(to.hit, err)
	}
	answer, err := wire.DecodeAnswer([]byte(text))
	if err != nil {
		return nil, c.unrendered(to.hit, err)
	}
	if answer, err = answer.Loaded().Rendered(about); err != nil {
		return nil, c.unrendered(to.hit, err)
	}
	if left := c.delay(answer.Delay); left != nil {
		return nil, left
	}
	rp = replyOf(answer)
	c.facts.response = rp.fact()
	return rp, nil
}

// readAnswer reads the body of the server's answer into the facts, up to
// Options.MaxBody, and reports whether that is all of it.
func (c *call) readAnswer(resp *http.Response) (whole bool, bad *reply) {
	defer func() { _ = resp.Body.Close() }()
	limit := c.p.o.MaxBody
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return false, c.unanswered(err)
	}
	whole = int64(len(body)) <= limit
	if !whole {
		body = body[:limit]
	}
	c.facts.response.Body = expectations.Body{
		Bytes: body, Coding: codingOf(resp.Header), Size: int64(len(body)), Truncated: !whole,
	}
	c.facts.response.Body.Encoded = c.facts.response.Body.Coding != "" && !strings.EqualFold(c.facts.response.Body.Coding, "identity")
	if len(resp.Trailer) > 0 {
		c.facts.response.Trailer = resp.Trailer
	}
	return whole, nil
}
