package proxy

import (
	"net/http"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// performFallback has the request answered by a server, and answers itself
// where that fails.
func performFallback(c *call, hit expectations.Hit) *reply {
	f, _ := hit.Expectation.Action.(*expectations.Fallback)
	if f.Answer.IsTemplate() || f.Answer.Delay.Template != nil {
		c.readBody() // later, it may be gone
	}
	for _, d := range []expectations.Delay{f.Delay, f.Forward.Delay} {
		if left := c.delay(d); left != nil {
			return left
		}
	}
	to := c.routeTo(&f.Forward)
	to.fallback = f
	return c.forwardTo(to)
}

// fallBack is the answer in place of a failure, nil where there is none. The
// failure is recorded all the same.
func (c *call) fallBack(err error) *reply {
	if c.route == nil || c.route.fallback == nil || c.route.fallback.Strict ||
		c.r.Context().Err() != nil || c.sent.broken.Load() {
		return nil
	}
	return c.fallenBack(ending{failure: failureOf(c.target.host, err).recorded(), covered: true})
}

// fallBackFrom is the answer in place of one that does not do, nil if it does.
func (c *call) fallBackFrom(resp *http.Response) *reply {
	if c.route.fallback == nil || !c.route.fallback.Replaces(resp.StatusCode) {
		return nil
	}
	if _, bad := c.readAnswer(resp); bad != nil {
		return bad
	}
	got := c.facts.response
	c.route.got = &got
	return c.fallenBack(ending{})
}

func (c *call) fallenBack(e ending) *reply {
	answer, err := c.route.fallback.Answer.Loaded().Rendered(c.about(c.by))
	if err != nil {
		return c.unrendered(expectations.Hit{Expectation: c.by}, err)
	}
	if left := c.delay(answer.Delay); left != nil {
		return left
	}
	rp := replyOf(answer)
	c.facts.response = rp.fact()
	e.outcome, e.metric = expectations.Forwarded, metrics.Forwarded
	c.finish(e)
	return rp
}
