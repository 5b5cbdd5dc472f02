package pact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// BenchmarkVerifyActive holds a contract of 10 000 interactions, with rules and
// states, against as many active expectations.
func BenchmarkVerifyActive(b *testing.B) {
	doc, err := pact.Parse([]byte(manyInteractions(10_000)))
	if err != nil {
		b.Fatal(err)
	}
	es, _, err := pact.Import(doc, pact.ImportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(es...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		result, err := pact.Verify(b.Context(), doc, pact.NewSpaceTarget(space, pact.Filter{}), pact.VerifyOptions{})
		if err != nil || !result.Verified {
			b.Fatalf("%d failed, %v", result.Failed(), err)
		}
	}
}

// BenchmarkImport reads a contract of 10 000 interactions and makes
// expectations of it.
func BenchmarkImport(b *testing.B) {
	text := []byte(manyInteractions(10_000))
	for b.Loop() {
		doc, err := pact.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		es, _, err := pact.Import(doc, pact.ImportOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := expectations.NewSet(expectations.SetOptions{}).Put(es...); err != nil {
			b.Fatal(err)
		}
	}
}

func manyInteractions(n int) string {
	var text strings.Builder
	text.WriteString(`{"consumer": {"name": "web"}, "provider": {"name": "users"}, "interactions": [`)
	for i := range n {
		if i > 0 {
			text.WriteString(",")
		}
		fmt.Fprintf(&text, `{"description": "order %d", "providerStates": [{"name": "order", "params": {"id": %d}}],
			"request": {"method": "POST", "path": "/orders/%d/lines", "query": {"expand": ["all"]}, "headers": {"Content-Type": "application/json"},
				"body": {"sku": "a-%d", "count": 2}, "matchingRules": {"body": {"$.count": {"matchers": [{"match": "integer"}]}}}},
			"response": {"status": 201, "headers": {"Content-Type": "application/json"}, "body": {"id": %d, "lines": [{"sku": "a"}]},
				"matchingRules": {"body": {"$.lines": {"matchers": [{"match": "type", "min": 1}]}}}}}`, i, i, i, i, i)
	}
	text.WriteString(`], "metadata": {"pactSpecification": {"version": "3.0.0"}}}`)
	return text.String()
}
