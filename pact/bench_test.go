package pact_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

const benchmarked = 10_000

// recordings are as many different recorded exchanges, with bodies of about
// 1 KB and a redacted value each.
func recordings(n int) []*expectations.Expectation {
	es := make([]*expectations.Expectation, 0, n)
	for i := range n {
		body := fmt.Sprintf(`{"id":%d,"token":"tok-%d","items":[`, i, i)
		for j := range 10 {
			if j > 0 {
				body += ","
			}
			body += fmt.Sprintf(`{"sku":"article-%d-%d","count":%d,"price":%d.50,"tags":["new","sale","summer"],"nested":{"a":true,"b":null}}`, i, j, j, j)
		}
		body += `]}`
		r := recorded{
			id: fmt.Sprintf("6f0de5a5-9e5e-4e06-8a8f-%012x", i), method: "GET", target: fmt.Sprintf("/orders/%d?expand=items", i),
			answers:    []*expectations.Answer{answer(200, body, "Content-Type: application/json")},
			redactions: []expectations.Redaction{{Message: "response", In: "json", Name: "$.token", Class: "string"}, {Message: "request", In: "header", Name: "Authorization", Class: "bearer"}},
		}
		es = append(es, r.expectation())
	}
	return es
}

func BenchmarkExport10k(b *testing.B) {
	es := recordings(benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		doc, _, err := pact.Export(b.Context(), sequence(es...), pact.ExportOptions{})
		if err != nil || len(doc.Interactions) != benchmarked {
			b.Fatal(err)
		}
		if _, err := doc.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse10k(b *testing.B) {
	doc, _, err := pact.Export(b.Context(), sequence(recordings(benchmarked)...), pact.ExportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	data := doc.Append(nil)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pact.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify10k(b *testing.B) {
	es := recordings(benchmarked)
	space := expectations.NewSpace(expectations.SpaceOptions{})
	for _, e := range es {
		// By hand, so that the set's index answers and not a fake.
		e.Origin, e.Request.Headers = expectations.OriginUser, expectations.MultiMatcher{}
	}
	doc, _, err := pact.Export(b.Context(), sequence(es...), pact.ExportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := space.Put(es...); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		result, err := pact.Verify(b.Context(), doc, pact.NewSpaceTarget(space, pact.Filter{}), pact.VerifyOptions{})
		if err != nil || !result.Verified {
			b.Fatal(err, result.Failed())
		}
	}
}

func BenchmarkWriting10k(b *testing.B) {
	es := recordings(benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		writing, _, err := pact.ExportWriting(b.Context(), sequence(es...), pact.ExportOptions{})
		if err != nil || writing.Len() != benchmarked {
			b.Fatal(err)
		}
		if _, err := writing.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
