package proxy

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// A call is one request on its way through the proxy.
type call struct {
	p *Proxy
	// w and r are the server's.
	w http.ResponseWriter
	r *http.Request

	info    *connInfo
	started time.Time
	target  target
	// session, space and mode are one snapshot: what changes while the call
	// runs is for the next.
	session expectations.SessionID
	space   *expectations.Space
	mode    expectations.Mode
	// states are the provider states for this call alone; nil for those of
	// the space.
	states *expectations.ProviderStates
	// hit is the id of the expectation that matched, "" for none; route is
	// where its action has the request forwarded to, nil if it does not.
	hit   string
	route *route
	// by is that expectation as it was then, nil for a captured one; last
	// says that it has been used up.
	by   *expectations.Expectation
	last bool
	// facts are complete once the call is finished.
	facts *facts

	out      writer
	hijacked net.Conn
	// tracer watches a call that may be forwarded, nil for others.
	tracer *tracer
	// resp is the upstream's answer, nil before and for our own.
	resp     *http.Response
	received responseBody
	sent     requestBody
	// abort says that the answer must not end as if it were complete.
	abort bool

	// mu guards what follows against the tracer's goroutines.
	mu       sync.Mutex
	finished bool
	// pending is the entry of a running answer in the request log, 0 for none.
	pending uint64
	// requestBuffer collects the request's body, responseBuffer the answer's.
	requestBuffer, responseBuffer *capture.Buffer
}

type callKey struct{}

// callOf returns the call that a context was made for, nil for none.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// ServeHTTP serves requests of the connections that [Proxy.ServeAll] accepted.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	info := infoFrom(r.Context())
	if info == nil {
		http.Error(w, "pactape: not served by its own listener", http.StatusInternalServerError)
		return
	}
	info.service.handlers.enter()
	defer info.service.handlers.leave()
	c := &call{p: p, w: w, r: r, info: info, started: time.Now()}
	c.out.c = c
	defer c.end()
	c.dispatch()
}

// dispatch takes the snapshot and sends the call on its way.
func (c *call) dispatch() {
	p := c.p
	creds := takeCredentials(c.r, c.info)
	if c.r.Method == http.MethodConnect {
		c.target = target{scheme: "https", host: c.r.URL.Host}
	} else {
		c.target = p.aim(c.r, c.info)
	}
	if c.r.ProtoMajor == 1 && !c.target.admin && hasBody(c.r) {
		// An answer may begin before the request has ended. One of ours does
		// not: net/http reads what is left of the body, or would close the
		// connection without saying so.
		_ = http.NewResponseController(c.w).EnableFullDuplex()
	}
	if c.isLockedOut(creds) {
		c.refuse(lockedOut())
		return
	}
	var err error
	if c.session, err = creds.session(c.info); err != nil {
		c.refuse(failure{status: http.StatusBadRequest, text: "the proxy user names a session: " + err.Error()})
		return
	}
	if c.target.admin {
		c.administer()
		return
	}
	if bad := c.target.invalid(); bad != "" {
		c.refuse(failure{status: http.StatusBadRequest, text: bad})
		return
	}
	if c.space, err = p.o.Spaces.Get(c.session); err != nil {
		p.log.Warn("cannot open session", slog.String("session", c.session.String()), slog.Any("error", err))
		c.refuse(failure{status: http.StatusServiceUnavailable, text: "session " + c.session.String() + " cannot be opened"})
		return
	}
	c.mode = c.space.Mode()
	if c.r.Method == http.MethodConnect {
		p.goproxy.ServeHTTP(c.out.forServer(), c.r.WithContext(&callContext{Context: c.r.Context(), call: c}))
		return
	}
	if c.states, err = takeStates(c.r.Header); err != nil {
		c.refuse(failure{status: http.StatusBadRequest, text: err.Error()})
		return
	}
	c.facts = &facts{}
	c.facts.request = c.describe()
	if c.target.self {
		c.serveSelf()
		return
	}
	p.goproxy.ServeHTTP(c.out.forServer(), c.proxied())
	if c.hijacked != nil {
		_ = c.hijacked.Close()
	}
}

// serveSelf answers a request that is addressed to us.
func (c *call) serveSelf() {
	if rp := c.decide(); rp != nil {
		rp.send(c)
		return
	}
	// It goes along a route, else it would have been answered.
	p := c.p
	p.goproxy.ServeHTTP(c.out.forServer(), c.proxied())
}

// administer hands the call to the admin API.
func (c *call) administer() {
	r := c.r
	r.URL.Scheme, r.URL.Host = "", ""
	c.p.o.Admin.ServeHTTP(c.out.forServer(), r)
	c.p.o.Metrics.Request("", metrics.Admin, time.Since(c.started))
}

// refuse answers a call that has no space to be logged in.
func (c *call) refuse(f failure) {
	f.reply().send(c)
	c.p.o.Metrics.Request(string(c.mode), metrics.Refused, time.Since(c.started))
}

// end contains a panic of whatever the call went through, and sees to it that
// a call which broke off is finished and does not look complete.
func (c *call) end() {
	reason := recover()
	switch {
	case reason == nil:
	case isAbort(reason):
		c.abort = true
	default:
		c.p.panicked(reason)
		c.panicked()
	}
	if c.hijacked != nil && c.r.Method != http.MethodConnect {
		_ = c.hijacked.Close()
	}
	if c.facts != nil && !c.isFinished() {
		c.finish(ending{failure: clientLeft()})
	}
	c.out.close()
	c.unwatch()
	if c.by != nil {
		c.sendBesides(c.by)
	}
	if c.abort {
		panic(http.ErrAbortHandler) // closes the connection, resets the stream
	}
}

func isAbort(reason any) bool {
	err, ok := reason.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// panicked counts and reports a panic that was contained.
func (p *Proxy) panicked(reason any) {
	p.o.Metrics.Panic()
	p.log.Error("panic while serving a client", slog.Any("panic", reason), slog.String("stack", string(debug.Stack())))
}

// panicked answers 502 if nothing has been answered yet.
func (c *call) panicked() {
	f := failure{status: http.StatusBadGateway, kind: capture.FailInternal, text: "internal error"}
	if c.facts != nil {
		c.finish(ending{failure: f.recorded()})
	}
	switch {
	case c.hijacked != nil:
		_ = c.hijacked.Close()
	case c.out.wroteHead:
		c.abort = true
	default:
		clear(c.w.Header())
		f.reply().send(c)
	}
}
