package pact_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pactape/pactape/pact"
)

// TestNativeSpecs has the official verifier judge a contract of V4 rules in
// every specification we write.
func TestNativeSpecs(t *testing.T) {
	t.Parallel()
	doc := parsed(t, document(4, `{"description":"d","pending":false,"providerStates":[{"name":"a","params":{"x":1}}],
		"request":{"method":"POST","path":"/x","query":{"q":["a b","c"]},"headers":{"Content-Type":["application/json"]},
			"body":{"contentType":"application/json","encoded":false,"content":{"n":1.0}}},
		"response":{"status":200,"headers":{"Content-Type":["application/json"]},
			"body":{"contentType":"application/json","encoded":false,"content":{"n":1,"m":{"k":"v"},"list":[{"id":1}],"ver":"1.0.0"}},
			"matchingRules":{"body":{"$.n":{"matchers":[{"match":"integer"}]},"$.ver":{"matchers":[{"match":"semver"}]},
				"$.m":{"matchers":[{"match":"eachValue","rules":[{"match":"type"}]}]},
				"$.list":{"matchers":[{"match":"type","min":1}]},"$.list[*].id":{"matchers":[{"match":"integer"}]}}}}}`))
	for _, tc := range []struct {
		body string
		want bool
	}{
		{`{"n":7,"m":{"k":"w"},"list":[{"id":2},{"id":3}],"ver":"2.0.0"}`, true},
		{`{"n":7,"m":{"k":"w"},"list":[{"id":2}],"ver":"x"}`, false},
	} {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Query().Encode() != "q=a+b&q=c" {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = w.Write([]byte(tc.body))
		}))
		t.Cleanup(provider.Close)
		for _, v := range []pact.Version{pact.V2, pact.V3, pact.V4} {
			data, _ := written(t, doc, v)
			if got := nativeVerify(t, data, provider.URL).verdicts()["d"]; got != tc.want {
				t.Errorf("%s, %s: verdict %v", v, tc.body, got)
			}
		}
	}
}
