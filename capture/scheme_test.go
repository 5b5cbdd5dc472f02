package capture_test

import (
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// TestScheme: http and https of one name are two origins, as when the one
// redirects to the other.
func TestScheme(t *testing.T) {
	t.Parallel()
	secure := func(req *expectations.Request) *expectations.Request {
		req.Secure = true
		return req
	}
	direct := func(host string) *expectations.Request {
		req := asked("GET h/", "")
		req.Authority, req.Host = "", host
		return req
	}
	r := newReel(t, capture.LearnedOptions{})
	r.record(asked("GET h/", ""), answered(301, "moved"))
	r.record(secure(asked("GET h/", "")), answered(200, "here"))
	r.record(secure(asked("GET [::1]/", "")), answered(200, "six"))
	r.record(secure(asked("GET other:8443/", "")), answered(200, "port"))

	r.replays(asked("GET h/", ""), "301 moved", "301 moved")
	r.replays(secure(asked("GET h/", "")), "200 here", "200 here")
	r.replays(secure(asked("GET [::1]/", "")), "200 six")
	r.replays(asked("GET [::1]/", ""), "")
	r.replays(secure(asked("GET other:8443/", "")), "200 port")
	r.replays(direct("[::1]"), "200 six")
	r.replays(direct("other:8443"), "200 port")
	for e, err := range r.All(t.Context()) {
		if err != nil || e.Authority == "h:443" {
			t.Errorf("shown as %q, %v", e.Authority, err)
		}
	}
}
