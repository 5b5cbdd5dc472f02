package pact_test

import (
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// TestExportLeavesActionsOut: only a response is a contract. What does
// something else is left out, with the reason.
func TestExportLeavesActionsOut(t *testing.T) {
	t.Parallel()
	es, err := wire.DecodeExpectations([]byte(`[
		{"id":"a","httpRequest":{"path":"/a"},"httpForward":{"host":"x.test"}},
		{"id":"b","httpRequest":{"path":"/b"},"httpError":{"dropConnection":true}},
		{"id":"c","httpRequest":{"path":"/c"},"httpOverrideForwardedRequest":{}},
		{"id":"d","httpRequest":{"path":"/d"},"httpForwardWithFallback":{"httpForward":{"host":"x.test"},"fallbackResponse":{}}},
		{"id":"e","httpRequest":{"path":"/e"},"httpResponseTemplate":{"templateType":"MUSTACHE","template":"{}"}},
		{"id":"f","httpRequest":{"path":"/f"},"httpForwardTemplate":{"templateType":"MUSTACHE","template":"{}"}},
		{"id":"g","httpRequest":{"path":"/g"},"httpForward":{"host":"x.test","primary":true},"httpResponse":{}},
		{"id":"h","httpRequest":{"path":"/h"},"httpForward":{"host":"x.test"},"httpResponse":{"statusCode":204,"primary":true}}]`))
	if err != nil {
		t.Fatal(err)
	}
	put, err := expectations.NewSet(expectations.SetOptions{}).Put(es...)
	if err != nil {
		t.Fatal(err)
	}
	doc, skipped := export(t, pact.ExportOptions{}, put...)
	if len(doc.Interactions) != 1 || doc.Interactions[0].Response.Status != 204 {
		t.Errorf("exported %+v", doc.Interactions)
	}
	said := lines(skipped)
	for id, kind := range map[string]string{
		"a": "httpForward", "b": "httpError", "c": "httpOverrideForwardedRequest", "d": "httpForwardWithFallback",
		"e": "httpResponseTemplate", "f": "httpForwardTemplate", "g": "httpForward",
	} {
		if want := "its action " + kind + " is not a response"; strings.Count(said, want) == 0 {
			t.Errorf("%s: nothing says %q:\n%s", id, want, said)
		}
	}
	if len(skipped) != 7 {
		t.Errorf("left out: %s", said)
	}
}
