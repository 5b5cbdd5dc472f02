package pact_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// roundTripped are the contracts of the cases of a specification that can be
// read, and what they are called.
func roundTripped(t *testing.T, version int, each func(t *testing.T, name string, doc *pact.Document)) {
	t.Helper()
	seen := 0
	for i, c := range refCases() {
		if c.version != version {
			continue
		}
		doc, err := pact.Parse(document(c.version, c.interaction(i)))
		if err != nil {
			continue
		}
		seen++
		each(t, c.name, doc)
		if t.Failed() {
			t.Logf("contract: %s", c.want)
			return
		}
	}
	if seen < 100 {
		t.Errorf("%d contracts", seen)
	}
}

func reread(t *testing.T, name string, text []byte) *pact.Document {
	t.Helper()
	doc, err := pact.Parse(text)
	if err != nil {
		t.Fatalf("%s: what was written cannot be read: %v\n%s", name, err, text)
	}
	return doc
}

// TestWrittenIsStable: what is written reads back as the same, in every
// specification.
func TestWrittenIsStable(t *testing.T) {
	t.Parallel()
	for _, version := range []int{2, 3, 4} {
		to := map[int]pact.Version{2: pact.V2, 3: pact.V3, 4: pact.V4}[version]
		roundTripped(t, version, func(t *testing.T, name string, doc *pact.Document) {
			converted, _ := doc.Convert(to)
			first := converted.Append(nil)
			back, lost := reread(t, name, first).Convert(to)
			if len(lost) > 0 {
				t.Errorf("%s: lost %v", name, lost)
			}
			if diff := cmp.Diff(string(first), string(back.Append(nil))); diff != "" {
				t.Errorf("%s (-written +again):\n%s", name, diff)
			}
		})
	}
}

// TestV3V4V3: a contract of Pact 3 comes back from Pact 4 as it was.
func TestV3V4V3(t *testing.T) {
	t.Parallel()
	roundTripped(t, 3, func(t *testing.T, name string, doc *pact.Document) {
		three, _ := doc.Convert(pact.V3)
		want := three.Append(nil)
		four, lost := reread(t, name, want).Convert(pact.V4)
		if len(lost) > 0 {
			t.Errorf("%s: lost on the way up: %v", name, lost)
		}
		back, lost := reread(t, name, four.Append(nil)).Convert(pact.V3)
		if len(lost) > 0 {
			t.Errorf("%s: lost on the way down: %v", name, lost)
		}
		if diff := cmp.Diff(string(want), string(back.Append(nil))); diff != "" {
			t.Errorf("%s (-V3 +V3 by way of V4):\n%s", name, diff)
		}
	})
}

// TestImportExport: what is imported is exported as it was agreed, in every
// specification.
func TestImportExport(t *testing.T) {
	t.Parallel()
	for _, version := range []int{2, 3, 4} {
		to := map[int]pact.Version{2: pact.V2, 3: pact.V3, 4: pact.V4}[version]
		roundTripped(t, version, func(t *testing.T, name string, doc *pact.Document) {
			es, _, err := pact.Import(doc, pact.ImportOptions{})
			if err != nil {
				return // it says that it can never match
			}
			converted, _ := doc.Convert(to)
			exported, skipped, err := pact.Export(t.Context(), wire.All(es), pact.ExportOptions{Consumer: "c", Provider: "p", Spec: to})
			if err != nil || len(exported.Interactions) != 1 {
				t.Fatalf("%s: %v, %v", name, skipped, err)
			}
			if diff := cmp.Diff(interactionsOf(converted), interactionsOf(exported)); diff != "" {
				t.Errorf("%s (-contract +exported):\n%s", name, diff)
			}
		})
	}
}

// interactionsOf is the text of the document without its metadata.
func interactionsOf(d *pact.Document) string {
	text, _, _ := strings.Cut(string(d.Append(nil)), `"metadata"`)
	return text
}
