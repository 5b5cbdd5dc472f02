package admin

import (
	"net/http"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// status is MockServer's PUT /mockserver/status; the artifact is MockServer's,
// since its clients look for it.
func (c *call) status() error {
	if c.Ports == nil {
		return c.statusOf(nil)
	}
	return c.statusOf(c.Ports())
}

func (c *call) statusOf(bound []int) error {
	ports := jsondoc.Array()
	for _, port := range bound {
		ports.Items = append(ports.Items, jsondoc.Int(int64(port)))
	}
	return c.json(http.StatusOK, jsondoc.Object(
		jsondoc.M("artifactId", jsondoc.String("mockserver-core")),
		jsondoc.M("groupId", jsondoc.String("org.mock-server")),
		jsondoc.M("ports", ports),
		jsondoc.M("version", jsondoc.String(c.Version)),
	).AppendJackson(nil))
}

func (c *call) getMode() error { return c.mode(c.space.Mode()) }

// putMode switches the space's mode. What was recorded until now is made
// visible first, so that SIMULATE can answer from it.
func (c *call) putMode() error {
	name := c.query.Get("mode")
	if name == "" {
		return badRequest("mode is required (one of SIMULATE, SPY, CAPTURE)")
	}
	mode, err := expectations.ParseMode(name)
	if err != nil {
		return badRequest(err.Error())
	}
	if err := c.switchMode(mode); err != nil {
		return err
	}
	return c.mode(mode)
}

func (c *call) switchMode(mode expectations.Mode) error {
	if err := c.space.Captured.Sync(c.r.Context()); err != nil {
		return err
	}
	c.space.SetMode(mode)
	return nil
}

// mode answers in MockServer's compact form.
func (c *call) mode(mode expectations.Mode) error {
	return c.json(http.StatusOK, jsondoc.Object(
		jsondoc.M("mode", jsondoc.String(string(mode))),
		jsondoc.M("proxyUnmatchedRequests", jsondoc.Bool(mode != expectations.Simulate)),
	).AppendCompact(nil))
}

func (c *call) ca() error {
	if len(c.CA) == 0 {
		return &failure{status: http.StatusNotFound, text: "this server has no certificate authority"}
	}
	c.w.Header().Set("Content-Disposition", `attachment; filename="pactape-ca.pem"`)
	write(c.w, http.StatusOK, "application/x-pem-file", c.CA)
	return nil
}

func (c *call) metrics() error {
	if c.Metrics == nil || !c.Settings.Get().MetricsEnabled {
		return &failure{status: http.StatusNotFound, text: "this server has no metrics"}
	}
	c.Metrics.ServeHTTP(c.w, c.r)
	return nil
}

// livez says that the process serves.
func (c *call) livez() error { return c.healthy() }

// readyz says whether it can take traffic.
func (c *call) readyz() error {
	if c.Ready != nil {
		if err := c.Ready(c.r.Context()); err != nil {
			return &failure{status: http.StatusServiceUnavailable, text: err.Error()}
		}
	}
	return c.healthy()
}

func (c *call) healthy() error {
	write(c.w, http.StatusOK, contentText, []byte("ok"))
	return nil
}
