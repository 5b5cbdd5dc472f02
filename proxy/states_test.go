package proxy_test

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// TestProviderStatesHeader: the states of one request are its own, and the
// header goes no further.
func TestProviderStatesHeader(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	doc, err := pact.Parse([]byte(`{"consumer": {"name": "web"}, "provider": {"name": "users"}, "interactions": [
		{"description": "any", "request": {"path": "/u"}, "response": {"status": 200}},
		{"description": "gone", "providerStates": [{"name": "gone"}], "request": {"path": "/u"}, "response": {"status": 410}},
		{"description": "two", "providerStates": [{"name": "user", "params": {"id": 2}}, {"name": "admin"}], "request": {"path": "/u"}, "response": {"status": 202}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	es, _, err := pact.Import(doc, pact.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.space().Put(es...); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lines []string
		want  int
	}{
		{nil, 200},
		{[]string{""}, 200},
		{[]string{"gone"}, 410},
		{[]string{"unknown"}, 200},
		{[]string{"user", "admin"}, 202},
		{[]string{`[{"name": "user", "params": {"id": 2}}, "admin"]`}, 202},
		{[]string{`{"name": "user", "params": {"id": 3}}`, "admin"}, 200},
		{[]string{`{"name": 1}`}, 400},
		{[]string{`{`}, 400},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://users.test/u", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["X-Pactape-Provider-State"] = tt.lines
		resp, err := r.client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%q: status %d, want %d", tt.lines, resp.StatusCode, tt.want)
		}
	}
	if got := r.space().ProviderStates(); got != nil {
		t.Errorf("the space is in %v", got)
	}
	for _, e := range r.space().Log.All() {
		if e.Request.HeaderValues("X-Pactape-Provider-State") != nil {
			t.Error("the header went on")
		}
	}
}
