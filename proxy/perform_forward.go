package proxy

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

// maxHops is how often one request may pass through us along routes of
// actions: an expectation may forward to a path that another one answers.
const maxHops = 8

// A route is where an action has the request of a call forwarded to, and what
// becomes of it on the way.
type route struct {
	// scheme and host ("host:port", or "host") are the server's.
	scheme, host string
	// sent is the request as it is sent. Its body is the received one unless
	// replaced says otherwise; it is complete once the call is finished.
	sent     *expectations.Request
	replaced bool
	// close has the connection closed after the answer, h2c has the server
	// spoken to over HTTP/2 without TLS.
	close, h2c bool
	// change changes the server's answer.
	change expectations.AnswerChange
	// amend, if not empty, is the callback client that says what is answered
	// in place of the server's answer.
	amend string
	// template, if not nil, makes another answer of that, for the expectation
	// hit.
	template *expectations.Template
	hit      expectations.Hit
	// fallback, if not nil, answers where the server does not.
	fallback *expectations.Fallback
	// got is what the server answered, nil if it is what the client gets.
	got *expectations.Response
}

// performForward has the request answered by the server that the action names.
func performForward(c *call, hit expectations.Hit) *reply {
	f, _ := hit.Expectation.Action.(*expectations.Forward)
	if left := c.delay(f.Delay); left != nil {
		return left
	}
	return c.forwardTo(c.routeTo(f))
}

// routeTo is the route to the server of an httpForward.
func (c *call) routeTo(f *expectations.Forward) route {
	sent := c.facts.request
	sent.Host = f.Authority()
	return route{scheme: schemeOf(f.Secure), host: f.Authority(), sent: &sent}
}

// routeOf is the route of a request that an action makes: o tells where it
// goes and how, nil for as it was received, and sent is what it has become. A
// Host header that was set explicitly is left alone.
func (c *call) routeOf(o *expectations.Outgoing, sent *expectations.Request) route {
	to := route{scheme: c.target.scheme, host: c.target.host, sent: sent}
	if to.scheme == "" {
		to.scheme = schemeOf(c.target.secure)
	}
	if o == nil {
		o = &expectations.Outgoing{}
	}
	if o.Secure != nil {
		to.scheme = schemeOf(*o.Secure)
	}
	hosted := sent.Host != c.facts.request.Host
	switch address := o.SocketAddress; {
	case address != nil:
		if address.Scheme != "" {
			to.scheme = strings.ToLower(address.Scheme)
		}
		to.host = bracketed(address.Host)
		if address.Port != 0 && strconv.Itoa(address.Port) != defaultPort(to.scheme) {
			to.host = net.JoinHostPort(address.Host, strconv.Itoa(address.Port))
		}
		if !hosted {
			sent.Host = to.host
		}
	case hosted || to.host == "":
		to.host = sent.Host
	}
	to.replaced = o.Body != nil
	to.close = o.KeepAlive != nil && !*o.KeepAlive
	to.h2c = o.Protocol == "HTTP_2" && to.scheme == "http"
	return to
}

// bracketed is a host as it stands in a URL (RFC 3986 §3.2.2).
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// forwardTo sets the call on a route. The answer is nil unless the route leads
// nowhere.
func (c *call) forwardTo(to route) *reply {
	c.target.scheme, c.target.host, c.target.base, c.target.self = to.scheme, to.host, nil, false
	if bad := c.target.invalid(); bad != "" {
		c.readBody()
		return c.fail(failure{status: http.StatusBadGateway, kind: capture.FailUpstream, text: bad})
	}
	c.target.authority = authority(to.scheme, to.host)
	if c.p.via.hops(c.r.Header) >= maxHops {
		c.readBody()
		return c.fail(failure{
			status: http.StatusLoopDetected, kind: capture.FailLoop,
			text:   "the request to " + to.host + " has been forwarded by this proxy too often",
			header: http.Header{"Via": c.p.via.v11},
		})
	}
	if to.replaced {
		c.readBody() // nobody else does
	}
	to.h2c = to.h2c || c.r.ProtoMajor == 2 && to.scheme == "http" && isGRPC(to.sent.Header)
	to.sent.Authority, to.sent.Secure = c.target.authority, to.scheme == "https"
	c.route = &to
	return nil
}

// setSentURL gives a URL the path and query of a request that is sent.
func setSentURL(u *url.URL, sent *expectations.Request) {
	u.Path, u.RawPath, u.RawQuery = sent.Path, "", sent.RawQuery
	if path, err := url.PathUnescape(sent.Path); err == nil {
		u.Path, u.RawPath = path, sent.Path
	}
}

func isGRPC(h http.Header) bool {
	return slices.ContainsFunc(h["Content-Type"], func(v string) bool {
		return strings.HasPrefix(v, "application/grpc")
	})
}

// routed is the request as it goes along the route of the call, all but its
// header, with the context that forwarding needs.
func (c *call) routed(r *http.Request) *http.Request {
	if c.tracer == nil {
		c.watch()
	}
	ctx := upstream.WithSelf(&callContext{Context: c.r.Context(), call: c, hooks: c.tracer.hooks})
	if c.route.h2c {
		ctx = upstream.WithH2C(ctx)
	}
	r = r.WithContext(ctx)
	sent, u := c.route.sent, *r.URL
	u.Scheme, u.Host, u.RawQuery = c.route.scheme, c.route.host, sent.RawQuery
	if sent.Path != c.facts.request.Path {
		setSentURL(&u, sent)
	}
	r.Method, r.URL, r.Host = sent.Method, &u, sent.Host
	return r
}

// replacedBody gives a forwarded request the body of its route.
func (c *call) replacedBody(r *http.Request) *http.Request {
	body := c.route.sent.Body.Bytes
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	if len(body) == 0 {
		r.Body = http.NoBody
	}
	return r
}

// requestSent is the request as the server got it: what a recording is about,
// while the request log is about what the client sent.
func (c *call) requestSent() *expectations.Request {
	if c.route == nil {
		return &c.facts.request
	}
	if !c.route.replaced {
		c.route.sent.Body, c.route.sent.Trailer = c.facts.request.Body, c.facts.request.Trailer
	}
	return c.route.sent
}

// responseGot is the answer as the server gave it.
func (c *call) responseGot() *expectations.Response {
	if c.route == nil || c.route.got == nil {
		return &c.facts.response
	}
	if got := c.route.got; got.Body.Bytes == nil {
		got.Body, got.Trailer = c.facts.response.Body, c.facts.response.Trailer
	}
	return c.route.got
}
