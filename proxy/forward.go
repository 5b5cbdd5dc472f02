package proxy

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/elazarl/goproxy"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/upstream"
)

// proxied is the request as goproxy wants it: with an absolute URL, and our
// call in its context.
func (c *call) proxied() *http.Request {
	own := &callContext{Context: c.r.Context(), call: c}
	var ctx context.Context = own
	if c.mode != expectations.Simulate {
		c.watch()
		own.hooks = c.tracer.hooks
		if c.r.ProtoMajor == 2 && c.r.TLS == nil && c.target.scheme == "http" {
			ctx = upstream.WithH2C(ctx) // whoever speaks it to us expects it there
		}
	}
	c.r.URL.Scheme, c.r.URL.Host = c.target.scheme, c.target.host
	return c.r.WithContext(ctx)
}

// outgoing makes of the proxied request the one to forward. The header of the
// received one stays as it was.
func (c *call) outgoing(r *http.Request) *http.Request {
	r.RequestURI = ""
	// How the client treats its connection is not the upstream's business.
	r.Close = false
	if c.route == nil {
		r.Header = c.p.requestHeader(c.r, c.r.Header)
	} else {
		r = c.routed(r)
		r.Header, r.Close = c.p.requestHeader(c.r, c.route.sent.Header), c.route.close
	}
	r.URL = c.outgoingURL(r.URL)
	if c.target.base != nil {
		r.Host = c.target.host
	}
	if c.route != nil && c.route.replaced {
		return c.replacedBody(r)
	}
	c.sent.c = c
	if !hasBody(c.r) {
		// Otherwise a body without bytes would be announced over HTTP/2.
		r.Body, r.ContentLength = http.NoBody, 0
		return r
	}
	c.requestBuffer = c.p.o.Budget.NewBuffer(c.p.o.MaxBody)
	c.gather()
	if c.sent.read {
		c.sent.total = int64(len(c.sent.ahead))
		_, _ = c.requestBuffer.Write(c.sent.ahead)
	}
	if n := c.r.ContentLength; n > 0 && n <= maxAgain {
		c.sent.again = c.sent.ahead
		if !c.sent.read {
			c.sent.again = make([]byte, 0, n)
		}
		r.GetBody = c.sent.restart
	}
	r.Body = &c.sent
	return r
}

// gather reads a short body to its end before it is forwarded. Some servers
// answer without having read what they were sent, and the transport stops
// sending then: it would be chance how much of the body is recorded, and
// whether the exchange is learned. A client that expects to be told to go on
// has not sent it yet (RFC 9110 §10.1.1).
func (c *call) gather() {
	n := c.r.ContentLength
	if c.sent.read || n <= 0 || n > maxAgain || c.r.Header.Get("Expect") != "" {
		return
	}
	body := make([]byte, n)
	got, err := io.ReadFull(c.r.Body, body)
	c.sent.read, c.sent.ahead = true, body[:got]
	if err == nil {
		c.sent.whole.Store(true)
	} // else the next Read says what is wrong
}

// outgoingURL is the URL to forward to: below the base of a reverse proxy, and
// with a path that holds characters which should have been escaped, as it is.
func (c *call) outgoingURL(u *url.URL) *url.URL {
	base := c.target.base
	odd := u.RawPath != "" && u.EscapedPath() != u.RawPath
	if c.facts.request.Path == "*" && u.Path == "" {
		out := *u
		out.Path = "*"
		return &out
	}
	if (base == nil || strings.Trim(base.Path, "/") == "") && !odd {
		return u
	}
	out := *u
	if base != nil {
		raw := strings.TrimSuffix(base.EscapedPath(), "/") + pathAsSent(u)
		out.Path = strings.TrimSuffix(base.Path, "/") + u.Path
		out.RawPath = raw
	}
	if odd && !strings.HasPrefix(u.RawPath, "//") {
		out.Opaque = out.RawPath
	}
	return &out
}

// RoundTrip implements [goproxy.RoundTripper]: it forwards the request and
// returns the answer, or an answer that says why there is none. It never
// returns an error, of which goproxy would make a 500.
func (c *call) RoundTrip(r *http.Request, _ *goproxy.ProxyCtx) (*http.Response, error) {
	c.tracer.stamp(&c.tracer.events.forwarded)
	resp, err := c.p.o.Transport.RoundTrip(r)
	if err != nil {
		if rp := c.fallBack(err); rp != nil {
			return c.respond(rp, r), nil
		}
		return c.unanswered(err).response(r), nil
	}
	if c.p.via.seen(resp.Header) {
		_ = resp.Body.Close()
		return c.loop().response(r), nil
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return c.switched(r, resp), nil
	}
	removeHopFields(resp.Header)
	c.observeHead(resp)
	if c.route != nil {
		if rp := c.route.answered(c, resp); rp != nil {
			return c.respond(rp, r), nil
		}
	}
	if resp.ContentLength == 0 || !rpHasContent(resp, c.r.Method) {
		c.received = responseBody{c: c, src: resp.Body}
		c.finish(ending{outcome: expectations.Forwarded, metric: metrics.Forwarded})
	} else {
		c.responseBuffer = c.p.o.Budget.NewBuffer(c.p.o.MaxBody)
		c.received = responseBody{c: c, src: resp.Body, left: resp.ContentLength}
	}
	resp.Body = &c.received
	return resp, nil
}

// rpHasContent reports whether an answer can have content (RFC 9110 §6.4.1).
func rpHasContent(resp *http.Response, method string) bool {
	return method != http.MethodHead && bodyAllowed(resp.StatusCode) && resp.Body != http.NoBody
}

// observeHead takes down the head of an answer.
func (c *call) observeHead(resp *http.Response) {
	c.resp = resp
	_, reason, _ := strings.Cut(resp.Status, " ")
	c.facts.response = expectations.Response{
		Status:   resp.StatusCode,
		Reason:   reason,
		Header:   resp.Header,
		Protocol: resp.Proto,
	}
	c.setReason(resp.StatusCode, reason)
}

// unanswered finishes a call that the upstream did not answer.
func (c *call) unanswered(err error) *reply {
	switch {
	case c.r.Context().Err() != nil:
		c.abort = true
		return c.fail(failure{status: http.StatusBadGateway, kind: capture.FailAborted, text: clientLeft().Message})
	case c.sent.broken.Load():
		return c.fail(failure{
			status: http.StatusBadRequest, kind: capture.FailAborted, text: "the request body cannot be read",
			header: http.Header{"Connection": {"close"}},
		})
	}
	f := failureOf(c.target.host, err)
	if f.kind == capture.FailLoop {
		return c.loop()
	}
	return c.fail(f)
}

// switched is the answer to a request that switches protocols. The call is
// finished with it: what follows on the connection is not HTTP.
func (c *call) switched(r *http.Request, resp *http.Response) *http.Response {
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok || upgradeOf(r.Header) == "" {
		_ = resp.Body.Close()
		f := failure{
			status: http.StatusBadGateway, kind: capture.FailUpstream,
			text: c.target.host + ": switched protocols without being asked to",
		}
		return c.fail(f).response(r)
	}
	upgrade := cmp.Or(upgradeOf(resp.Header), upgradeOf(r.Header))
	removeHopFields(resp.Header)
	resp.Header["Connection"], resp.Header["Upgrade"] = []string{"Upgrade"}, []string{upgrade}
	c.observeHead(resp)
	c.finish(ending{outcome: expectations.Forwarded, metric: metrics.Forwarded})
	c.p.o.Metrics.Tunnel(metrics.TunnelWebSocket)
	resp.Body = newSwitchedBody(c, conn)
	return resp
}
