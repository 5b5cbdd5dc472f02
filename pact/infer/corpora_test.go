package infer_test

import (
	"slices"
	"testing"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// TestCorpora records one run of each API, infers its contract, and holds it
// against another run with other ids, times and orders: all of it passes.
// Then the provider breaks in 20 ways, one at a time.
func TestCorpora(t *testing.T) {
	t.Parallel()
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, report := inferred(t, c.record(t, 1), infer.Options{Consumer: "web", Provider: c.name})
			if t.Failed() || testing.Verbose() {
				t.Logf("%s", report.AppendText(nil))
			}
			if len(report.LeftOut) > 0 {
				t.Errorf("left out: %v", report.LeftOut)
			}
			if report.Percent() < 90 || report.Total == 0 {
				t.Errorf("%d of %d leaves asserted:\n%s", report.Asserted, report.Total, report.AppendText(nil))
			}
			for _, it := range report.Interactions {
				whole := slices.ContainsFunc(it.NotAsserted, func(e infer.Evidence) bool { return e.Place == "response body" })
				if it.Total > 0 && it.Asserted == 0 && !whole {
					t.Errorf("%s asserts none of %d leaves", it.Description, it.Total)
				}
			}
			doc = reparsed(t, doc)
			for seed := range uint64(5) {
				for name, reason := range verify(t, doc, served(c.start(100+seed), nil)) {
					t.Errorf("another run fails %s: %s", name, reason)
				}
			}
			literal, _ := inferred(t, c.record(t, 1), infer.Options{Mode: infer.None})
			failed := verify(t, literal, served(c.start(100), nil))
			t.Logf("without inference %d of %d interactions fail on another run", len(failed), len(literal.Interactions))
			if len(failed) == 0 {
				t.Error("without inference nothing fails: the corpus proves nothing")
			}
		})
		t.Run(c.name+" broken", func(t *testing.T) {
			t.Parallel()
			doc, _ := inferred(t, c.record(t, 1), infer.Options{})
			tried, caught := 0, 0
			for _, b := range breakages() {
				where, ok := c.breakages[b.name]
				if !ok {
					continue
				}
				change, applied := b.change(t, where)
				failed := verify(t, doc, served(c.start(100), change))
				if tried++; len(failed) > 0 {
					caught++
				} else {
					t.Logf("not caught: %s", b.name)
				}
				if *applied == 0 {
					t.Errorf("%s: broke nothing", b.name)
				}
			}
			t.Logf("%d of %d breakages caught", caught, tried)
			if 20*caught < 18*tried || tried < 10 {
				t.Errorf("%d of %d breakages caught", caught, tried)
			}
		})
	}
}

// reparsed is the document as a reader of its bytes has it.
func reparsed(t testing.TB, doc *pact.Document) *pact.Document {
	t.Helper()
	out, err := pact.Parse(doc.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
