package pact_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// sequence is expectations as a space yields them.
func sequence(es ...*expectations.Expectation) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func export(t *testing.T, o pact.ExportOptions, es ...*expectations.Expectation) (*pact.Document, []pact.Skipped) {
	t.Helper()
	doc, skipped, err := pact.Export(t.Context(), sequence(es...), o)
	if err != nil {
		t.Fatal(err)
	}
	sameWriting(t, doc, skipped, o, es)
	return doc, skipped
}

func lines(skipped []pact.Skipped) string {
	var b strings.Builder
	for _, s := range skipped {
		b.WriteString(s.String() + "\n")
	}
	return b.String()
}

// golden compares a section of an archive, or rewrites it with -update.
func golden(t *testing.T, file string, archive *txtar.Archive, name, got string) {
	t.Helper()
	for i, f := range archive.Files {
		if f.Name != name {
			continue
		}
		if *update {
			archive.Files[i].Data = []byte(got)
			break
		}
		if diff := cmp.Diff(string(f.Data), got); diff != "" {
			t.Errorf("%s %s (-want +got; -update rewrites it):\n%s", file, name, diff)
		}
		return
	}
	if !*update {
		t.Errorf("%s has no section %s", file, name)
		return
	}
	if !hasSection(archive, name) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got)})
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func hasSection(archive *txtar.Archive, name string) bool {
	for _, f := range archive.Files {
		if f.Name == name {
			return true
		}
	}
	return false
}

func archives(t *testing.T) map[string]*txtar.Archive {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "export", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	out := make(map[string]*txtar.Archive)
	for _, file := range files {
		if out[file], err = txtar.ParseFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestExportUser exports hand-made expectations and compares the contract, and
// what was skipped, with golden files. Each contract must be read back as it
// was, and be verified by the expectations it was made from.
func TestExportUser(t *testing.T) {
	t.Parallel()
	for file, archive := range archives(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			es, err := wire.DecodeExpectations(archive.Files[0].Data)
			if err != nil {
				t.Fatal(err)
			}
			doc, skipped := export(t, pact.ExportOptions{Consumer: "web", Provider: "users", ToolVersion: "1.2.3"}, es...)
			text := doc.Append(nil)
			golden(t, file, archive, "pact.json", string(text))
			golden(t, file, archive, "skipped.txt", lines(skipped))

			back, err := pact.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(text), string(back.Append(nil))); diff != "" {
				t.Errorf("read and written again (-want +got):\n%s", diff)
			}
			if filepath.Base(file) != "user.txtar" {
				return // expectations that cannot be exported answer first
			}
			space := newSpace(t, es...)
			for _, semantics := range []pact.Semantics{pact.SemanticsMixed, pact.SemanticsPact} {
				result, err := pact.Verify(t.Context(), back, pact.NewSpaceTarget(space, pact.Filter{}), pact.VerifyOptions{Semantics: semantics})
				if err != nil {
					t.Fatal(err)
				}
				for _, it := range result.Interactions {
					// The first of two equal requests answers both.
					if want := it.Description != "GET /text (2)"; it.Verified != want {
						t.Errorf("%s: %s is verified: %v, want %v: %s", semantics, it.Description, it.Verified, want, it.Reason)
					}
				}
			}
		})
	}
}

func newSpace(t *testing.T, es ...*expectations.Expectation) *expectations.Space {
	t.Helper()
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(es...); err != nil {
		t.Fatal(err)
	}
	return space
}

func TestExportErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("journal: torn")
	_, skipped, err := pact.Export(t.Context(), func(yield func(*expectations.Expectation, error) bool) {
		yield(nil, broken)
	}, pact.ExportOptions{})
	if err != nil || len(skipped) != 1 || skipped[0].Reason != broken.Error() {
		t.Errorf("an unreadable expectation: skipped %v, error %v", skipped, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := pact.Export(ctx, sequence(), pact.ExportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled export: %v", err)
	}
}

func TestExportEmpty(t *testing.T) {
	t.Parallel()
	doc, _ := export(t, pact.ExportOptions{ToolVersion: "1"})
	want := `{
  "consumer": {
    "name": "consumer"
  },
  "provider": {
    "name": "provider"
  },
  "interactions": [],
  "metadata": {
    "pactSpecification": {
      "version": "3.0.0"
    },
    "pactape": {
      "version": "1"
    }
  }
}
`
	if diff := cmp.Diff(want, string(doc.Append(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
