package admin_test

import (
	"net/http"
	"strings"
	"testing"
)

// A regular expression that cannot be run is refused wherever it may stand,
// with its place, and nothing changes.
func TestPatternsThatCannotBeRun(t *testing.T) {
	t.Parallel()
	const pattern = `/\\p{javaMirrored}` // as JSON and Go quote it; only Java has the class
	tests := []struct{ name, call, body, place string }{
		{"one expectation", "expectation", `{"id":"kept","httpRequest":{"path":"PATTERN"},"httpResponse":{}}`, "$.httpRequest.path"},
		{
			"the second of two", "expectation",
			`[{"id":"new","httpResponse":{}},{"id":"kept","httpRequest":{"headers":{"Accept":["PATTERN"]}},"httpResponse":{}}]`,
			"$[1].httpRequest.headers.Accept",
		},
		{"clear", "clear", `{"path":"PATTERN"}`, "$.path"},
		{"clear, wrapped", "clear?type=log", `{"httpRequest":{"path":"PATTERN"}}`, "$.path"},
		{"retrieve", "retrieve", `{"queryStringParameters":{"q":["PATTERN"]}}`, "$.queryStringParameters.q"},
		{"verify", "verify", `{"httpRequest":{"path":"PATTERN"},"times":{"atMost":0}}`, "$.httpRequest.path"},
		{"verify a sequence", "verifySequence", `{"httpRequests":[{"path":"/x"},{"path":"PATTERN"}]}`, "$.httpRequests[1].path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			r.call(http.MethodPut, "/mockserver/expectation", `{"id":"kept","httpRequest":{"path":"/x"},"httpResponse":{}}`)
			r.traffic("GET /x")
			before := r.call(http.MethodPut, "/mockserver/retrieve?type=active_expectations", "")

			got := r.call(http.MethodPut, "/mockserver/"+tt.call, strings.ReplaceAll(tt.body, "PATTERN", pattern))
			if want := tt.place + `: pattern "` + pattern + `": `; got.status != http.StatusBadRequest || !strings.HasPrefix(got.body, want) {
				t.Errorf("answered %d %q, want 400 %q…", got.status, got.body, want)
			}
			if after := r.call(http.MethodPut, "/mockserver/retrieve?type=active_expectations", ""); after.body != before.body {
				t.Errorf("the expectations have changed: %s", after.body)
			}
			if n := r.space("").Log.Len(); n != 1 {
				t.Errorf("%d requests are in the log, want 1", n)
			}
		})
	}
}
