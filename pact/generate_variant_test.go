package pact_test

import (
	"regexp"
	"testing"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// Generators of the variants of arrayContains are applied to the items that
// the variants are about.
func TestGenerateInVariants(t *testing.T) {
	t.Parallel()
	doc := parsed(t, document(4, `{"description":"d","request":{"method":"POST","path":"/",
		"body":{"contentType":"application/json","encoded":false,"content":{"list":[{"id":0},{"id":0,"name":"x"}]}},
		"matchingRules":{"body":{"$.list":{"matchers":[{"match":"arrayContains","variants":[
			{"index":0,"rules":{}},
			{"index":1,"rules":{"$.id":{"matchers":[{"match":"integer"}]}},
				"generators":{"$.id":{"type":"RandomInt","min":7,"max":9},"$.name":{"type":"Regex","regex":"[ab]"}}}]}]}}}},
		"response":{"status":200}}`))
	made, err := doc.Interactions[0].Request.Generate(pact.GenerateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := string(made.Body.Content())
	if !regexp.MustCompile(`^\{"list":\[\{"id":0\},\{"id":[789],"name":"[ab]"\}\]\}$`).MatchString(got) {
		t.Errorf("got %s", got)
	}
}

// A stub keeps what provider states would give, and says its own address.
func TestGenerateResponse(t *testing.T) {
	t.Parallel()
	doc := parsed(t, document(4, `{"description":"d","request":{"method":"GET","path":"/"},
		"response":{"status":201,"headers":{"Location":["http://example.test/orders/5"],"X-Day":["x"]},
			"body":{"contentType":"application/json","encoded":false,"content":{"id":1,"n":2}},
			"generators":{"header":{"X-Day":{"type":"Date","expression":"tomorrow"},
					"Location":{"type":"MockServerURL","regex":".*(/orders/\\d+)$","example":"http://example.test/orders/5"}},
				"status":{"type":"RandomInt","min":204,"max":204},
				"body":{"$.id":{"type":"ProviderState","expression":"${id}"},"$.n":{"type":"RandomInt","min":5,"max":5}}}}}`))
	response := doc.Interactions[0].Response
	state := func(string) (jsondoc.Value, bool) { return jsondoc.Int(99), true }
	for _, tc := range []struct {
		name             string
		o                pact.GenerateOptions
		status           int
		location, bodies string
	}{
		{"stub", pact.GenerateOptions{Stub: true, StubURL: "http://127.0.0.1:99/", State: state}, 204, "http://127.0.0.1:99/orders/5", `{"id":1,"n":5}`},
		{"stub without an address", pact.GenerateOptions{Stub: true}, 204, "http://example.test/orders/5", `{"id":1,"n":5}`},
		{"no stub", pact.GenerateOptions{StubURL: "http://127.0.0.1:99", State: state}, 204, "http://example.test/orders/5", `{"id":99,"n":5}`},
	} {
		got, err := response.Generate(tc.o)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		location, _ := got.Headers.Get("Location", true)
		if got.Status != tc.status || location[0] != tc.location || string(got.Body.Content()) != tc.bodies {
			t.Errorf("%s: got %d, %s, %s", tc.name, got.Status, location, got.Body.Content())
		}
	}
	if location, _ := response.Headers.Get("Location", true); location[0] != "http://example.test/orders/5" || response.Status != 201 {
		t.Error("the example was changed")
	}
}
