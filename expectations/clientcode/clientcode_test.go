package clientcode_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/clientcode"
	"github.com/pactape/pactape/expectations/wire"
)

// TestGolden prints the expectations of testdata/*.txtar. A file holds
// documents NAME.json, each followed by NAME.LANGUAGE, what is to be printed.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 3 {
		t.Fatalf("golden files are missing: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var input []*expectations.Expectation
		for _, f := range archive.Files {
			name, language, _ := strings.Cut(f.Name, ".")
			if language == "json" {
				input = decode(t, f.Data)
				continue
			}
			input := input
			t.Run(filepath.Base(file)+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				got := encode(t, clientcode.Language(language), input)
				if diff := cmp.Diff(string(f.Data), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			})
		}
	}
}

func decode(t *testing.T, data []byte) []*expectations.Expectation {
	t.Helper()
	if strings.TrimSpace(string(data)) == "[]" {
		return nil
	}
	es, err := wire.DecodeExpectations(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if e.ID == "" {
			e.ID = "generated"
		}
	}
	return es
}

func encode(t *testing.T, l clientcode.Language, es []*expectations.Expectation) string {
	t.Helper()
	var b bytes.Buffer
	if err := clientcode.Encode(&b, l, wire.All(es)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOrderedAnswers: answers that were recorded one after another are one
// statement each.
func TestOrderedAnswers(t *testing.T) {
	t.Parallel()
	e := &expectations.Expectation{ID: "a", Request: &expectations.RequestMatcher{}, Origin: expectations.OriginCaptured, Action: &expectations.Respond{
		Answers: []*expectations.Answer{{Status: 201}, {Status: 202}},
	}}
	got := encode(t, clientcode.Java, []*expectations.Expectation{e})
	if n := strings.Count(got, "new MockServerClient("); n != 2 {
		t.Errorf("%d statements:\n%s", n, got)
	}
	once, unlimited := strings.Index(got, "Times.once()"), strings.Index(got, "Times.unlimited()")
	if once < 0 || unlimited < once {
		t.Errorf("the first is not for once:\n%s", got)
	}
}

// TestErrors: what cannot be read is left out and named, and the program is
// whole.
func TestErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("a record is damaged")
	seq := func(yield func(*expectations.Expectation, error) bool) {
		_ = yield(nil, broken) && yield(&expectations.Expectation{ID: "a", Action: &expectations.Respond{Answers: []*expectations.Answer{{}}}}, nil)
	}
	var b bytes.Buffer
	if err := clientcode.Encode(&b, clientcode.Rust, seq); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got := b.String(); !strings.Contains(got, `"id" : "a"`) || !strings.HasSuffix(got, "    Ok(())\n}\n") {
		t.Errorf("got %s", got)
	}
	if err := clientcode.Encode(&b, "cobol", wire.All(nil)); err == nil {
		t.Error("there is COBOL")
	}
}
