package proxy

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// performResponseTemplate answers with what a template makes of the request.
func performResponseTemplate(c *call, hit expectations.Hit) *reply {
	r, _ := hit.Expectation.Action.(*expectations.RespondTemplate)
	c.readBody()
	text, err := r.Template.Render(c.about(hit.Expectation))
	if err != nil {
		return c.unrendered(hit, err)
	}
	answer, err := wire.DecodeAnswer([]byte(text))
	if err != nil {
		return c.unrendered(hit, err)
	}
	if answer, err = answer.Loaded().Rendered(c.about(hit.Expectation)); err != nil {
		return c.unrendered(hit, err)
	}
	for _, d := range []expectations.Delay{r.Delay, answer.Delay} {
		if left := c.delay(d); left != nil {
			return left
		}
	}
	return c.answered(changedReply(replyOf(answer), r.Answer))
}

// changedReply is rp with the changes made to it.
func changedReply(rp *reply, change expectations.AnswerChange) *reply {
	if change == (expectations.AnswerChange{}) {
		return rp
	}
	was := rp.fact()
	changed := change.Apply(&was)
	out := &reply{
		status: changed.Status, reason: changed.Reason, header: changed.Header, trailer: changed.Trailer,
		body: changed.Body.Bytes, options: rp.options,
	}
	if o := change.Override; o != nil && o.Connection != nil {
		out.options = o.Connection
	}
	return out
}

// performForwardTemplate has the request that a template makes of the received
// one answered by a server.
func performForwardTemplate(c *call, hit expectations.Hit) *reply {
	f, _ := hit.Expectation.Action.(*expectations.ForwardTemplate)
	c.readBody()
	o, err := c.renderOutgoing(f.Template, hit.Expectation)
	if err != nil {
		return c.unrendered(hit, err)
	}
	if left := c.delay(f.Delay); left != nil {
		return left
	}
	to := c.routeOf(o, expectations.Compose(&c.facts.request, o))
	to.replaced, to.change = true, f.Answer
	return c.forwardTo(to)
}

// renderOutgoing is the request that a template of an expectation makes.
func (c *call) renderOutgoing(t *expectations.Template, e *expectations.Expectation) (*expectations.Outgoing, error) {
	text, err := t.Render(c.about(e))
	if err != nil {
		return nil, err
	}
	return wire.DecodeOutgoing([]byte(text))
}

// unrendered is the answer where a template makes nothing that can be used:
// 502 with the reason, since 404 would look like a miss.
func (c *call) unrendered(hit expectations.Hit, err error) *reply {
	reason := err.Error()
	if invalid, ok := errors.AsType[*wire.ValidationError](err); ok && len(invalid.Problems) > 0 {
		reason = invalid.Problems[0]
		if strings.HasPrefix(reason, "$") && strings.ContainsAny(reason, `"'`) {
			reason = "what it makes is not valid" // the quoted may be of the request
		}
	}
	c.p.log.Warn("a template makes nothing of use", slog.String("expectation", hit.Expectation.ID), slog.String("reason", reason))
	return c.fail(failure{
		status: http.StatusBadGateway, kind: capture.FailInternal,
		text: "the template of expectation " + hit.Expectation.ID + ": " + reason,
	})
}
