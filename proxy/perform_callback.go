package proxy

import (
	"context"
	"net/http"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// Callbacks are the programs that decide for expectations; client is the id of
// one. The text of an error is for who sent the request. Implementations are
// safe for concurrent use.
type Callbacks interface {
	// Respond asks for the answer to a request.
	Respond(ctx context.Context, client string, req *expectations.Request) (*expectations.Answer, error)
	// Forward asks for the request to send to a server.
	Forward(ctx context.Context, client string, req *expectations.Request) (*expectations.Outgoing, error)
	// Amend asks for the answer in place of a server's.
	Amend(
		ctx context.Context, client string, req *expectations.Request, resp *expectations.Response,
	) (*expectations.Answer, error)
}

// performCallback has a program decide.
func performCallback(c *call, hit expectations.Hit) *reply {
	cb, _ := hit.Expectation.Action.(*expectations.Callback)
	c.readBody() // the program sees all of the request
	if left := c.delay(cb.Delay); left != nil {
		return left
	}
	if c.p.o.Callbacks == nil {
		return c.undecided("this server has no callback clients")
	}
	if cb.Forward {
		return c.forwardAsTold(cb)
	}
	answer, err := c.p.o.Callbacks.Respond(c.r.Context(), cb.Client, &c.facts.request)
	if err != nil {
		return c.undecided(err.Error())
	}
	if answer, err = answer.Rendered(c.about(hit.Expectation)); err != nil {
		return c.undecided(err.Error())
	}
	rp := replyOf(answer)
	if left := c.delay(answer.Delay); left != nil {
		return left
	}
	return c.answered(rp)
}

// forwardAsTold sends the request that the program makes of the received one:
// that as a whole, so that what it left out is not sent.
func (c *call) forwardAsTold(cb *expectations.Callback) *reply {
	received := &c.facts.request
	o, err := c.p.o.Callbacks.Forward(c.r.Context(), cb.Client, received)
	if err != nil {
		return c.undecided(err.Error())
	}
	blank := *received
	blank.Header, blank.RawQuery, blank.Trailer, blank.Body = nil, "", nil, expectations.Body{}
	to := c.routeOf(o, expectations.Rewrite(&blank, o, nil))
	to.replaced = true
	if cb.Amend {
		to.amend = cb.Client
	}
	return c.forwardTo(to)
}

// amended asks the program for the answer in place of the server's, which it
// reads to its end.
func (to *route) amended(c *call, resp *http.Response) *reply {
	got := c.facts.response
	to.got = &got
	whole, bad := c.readAnswer(resp)
	if bad != nil {
		return bad
	}
	if !whole {
		return c.fail(failure{
			status: http.StatusBadGateway, kind: capture.FailUpstream,
			text: c.target.host + ": the answer is too large for a callback",
		})
	}
	got.Body, got.Trailer = decoded(c.facts.response.Body, c.p.o.MaxBody), c.facts.response.Trailer
	answer, err := c.p.o.Callbacks.Amend(c.r.Context(), to.amend, to.sent, &got)
	if err != nil {
		return c.undecided(err.Error())
	}
	if answer, err = answer.Rendered(c.about(c.by)); err != nil {
		return c.undecided(err.Error())
	}
	if left := c.delay(answer.Delay); left != nil {
		return left
	}
	rp := replyOf(answer)
	c.facts.response = rp.fact()
	c.finish(ending{outcome: expectations.Forwarded, metric: metrics.Forwarded})
	return rp
}

// undecided is the answer where the program did not decide: 404 with the
// reason as its content (MockServer 7 HttpResponseObjectCallbackActionHandler).
func (c *call) undecided(reason string) *reply {
	if c.r.Context().Err() != nil {
		c.abort = true
		return c.fail(failure{status: http.StatusBadGateway, kind: capture.FailAborted, text: clientLeft().Message})
	}
	rp := &reply{status: http.StatusNotFound, contentType: "text/plain; charset=utf-8", body: []byte(reason)}
	c.facts.response = rp.fact()
	c.finish(ending{outcome: expectations.NotMatched, metric: metrics.NotMatched})
	return rp
}
