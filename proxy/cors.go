package proxy

import (
	"net/http"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/settings"
)

// isPermitted reports whether the call is a preflight that the settings answer
// (MockServer 7 HttpActionHandler: after expectations, before forwarding).
func (c *call) isPermitted() bool {
	if !settings.IsPreflight(c.r) {
		return false
	}
	cors := c.p.o.Settings.Get().CORS
	return cors.AllResponses && cors.Allows(c.r.Header.Get("Origin"))
}

// permit answers a preflight; send adds the permission.
func (c *call) permit() *reply {
	c.readBody()
	rp := &reply{status: http.StatusOK}
	c.facts.response = rp.fact()
	c.finish(ending{outcome: expectations.NotMatched, metric: metrics.NotMatched})
	return rp
}

// permitReading adds to the head of any answer what lets the page that sent
// the request read it, if the settings say so.
func (c *call) permitReading(h http.Header) {
	origin := c.r.Header.Get("Origin")
	if origin == "" || c.target.admin { // the admin API has rules of its own
		return
	}
	if cors := c.p.o.Settings.Get().CORS; cors.AllResponses && cors.Allows(origin) {
		cors.Permit(h, c.r)
	}
}
