package admin_test

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/proxy/admin"
)

// Every answer has the version header; MockServer's Java client refuses one
// that is not its own, and takes a blank one.
func TestVersionHeader(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "7.2.0"} {
		r := start(t, func(o *admin.Options) { o.Version = version })
		for _, call := range [][2]string{
			{http.MethodPut, "/mockserver/status"},
			{http.MethodPut, "/reset"},
			{http.MethodPut, "/mockserver/expectation"}, // 400
			{http.MethodGet, "/mockserver/nothing"},     // 404
			{http.MethodPut, "/mockserver/clock"},       // 501
			{http.MethodGet, "/livez"},
		} {
			got := r.call(call[0], call[1], "")
			if values, ok := got.header["Version"]; !ok || len(values) != 1 || values[0] != version {
				t.Errorf("%s %s: version %q, want %q", call[0], call[1], values, version)
			}
		}
	}
}
