package proxy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

// maxHops is how often one request may pass through us along routes of
// actions: an expectation may forward to a path that another one answers.
const maxHops = 8

// A route is where an action has the request of a call forwarded to.
type route struct {
	// scheme and host ("host:port", or "host") are the server's.
	scheme, host string
	// header is the Host header of the forwarded request.
	header string
}

// performForward has the request answered by the server that the action names.
func performForward(c *call, hit expectations.Hit) *reply {
	f, _ := hit.Expectation.Action.(*expectations.Forward)
	if left := c.delay(f.Delay); left != nil {
		return left
	}
	return c.forwardTo(route{scheme: schemeOf(f.Secure), host: f.Authority(), header: f.Authority()})
}

// forwardTo sets the call on a route. The answer is nil unless the route is a
// loop.
func (c *call) forwardTo(to route) *reply {
	if c.p.via.hops(c.r.Header) >= maxHops {
		c.readBody()
		return c.fail(failure{
			status: http.StatusLoopDetected, kind: capture.FailLoop,
			text:   "the request to " + to.host + " has been forwarded by this proxy too often",
			header: http.Header{"Via": c.p.via.v11},
		})
	}
	c.target.scheme, c.target.host, c.target.base = to.scheme, to.host, nil
	c.target.authority = authority(to.scheme, to.host)
	c.target.self = false
	c.route = &to
	return nil
}

// routed is the request as it goes along the route of the call, with the
// context that forwarding needs.
func (c *call) routed(r *http.Request) *http.Request {
	if c.tracer == nil {
		c.watch()
	}
	ctx := upstream.WithSelf(&callContext{Context: c.r.Context(), call: c, hooks: c.tracer.hooks})
	if c.r.ProtoMajor == 2 && c.route.scheme == "http" && isGRPC(c.r.Header) {
		ctx = upstream.WithH2C(ctx) // gRPC is spoken over HTTP/2 alone
	}
	r = r.WithContext(ctx)
	u := *r.URL
	u.Scheme, u.Host = c.route.scheme, c.route.host
	r.URL, r.Host = &u, c.route.header
	return r
}

func isGRPC(h http.Header) bool {
	return slices.ContainsFunc(h["Content-Type"], func(v string) bool {
		return strings.HasPrefix(v, "application/grpc")
	})
}
