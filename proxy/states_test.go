package proxy_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
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

// TestImportedInSpy: an imported interaction answers by its rules on the body,
// compressed or not, and with its generators applied; all else is forwarded.
func TestImportedInSpy(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Spy))
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(up.Close)
	doc, err := pact.Parse([]byte(`{"consumer": {"name": "web"}, "provider": {"name": "users"}, "interactions": [{"description": "made",
		"request": {"method": "POST", "path": "/u", "headers": {"Content-Type": "application/json"}, "body": {"n": 1},
			"matchingRules": {"body": {"$.n": {"matchers": [{"match": "integer"}]}}}},
		"response": {"status": 201, "headers": {"Location": "http://localhost/u/1"},
			"generators": {"header": {"Location": {"type": "MockServerURL", "regex": ".*(/u/1)$", "example": "http://localhost/u/1"}}}}}]}`))
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
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write([]byte(`{"n": 7}`))
	_ = zip.Close()
	for _, tt := range []struct {
		body, coding string
		want         int
	}{
		{`{"n": 22}`, "", 201},
		{zipped.String(), "gzip", 201},
		{`{"n": "x"}`, "", http.StatusTeapot},
		{`{"n": 1, "m": 1}`, "", http.StatusTeapot},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, up.URL+"/u", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if tt.coding != "" {
			req.Header.Set("Content-Encoding", tt.coding)
		}
		resp, err := r.client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%q: status %d, want %d", tt.body, resp.StatusCode, tt.want)
		}
		if got := resp.Header.Get("Location"); tt.want == 201 && got != up.URL+"/u/1" {
			t.Errorf("%q: Location %q", tt.body, got)
		}
	}
}
