package wire_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/model.txt")

// TestModel reads the expectations of testdata/model.txt and compares what is
// made of them. Each block has a title, an input, and below "=>" the canonical
// form or what is wrong. What was read is printed, read and printed again: it
// must not change any more.
func TestModel(t *testing.T) {
	t.Parallel()
	const file = "testdata/model.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "\n# ")
	got := head
	blocks := strings.Split(rest, "\n# ")
	if len(blocks) < 90 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		asked, _, ok := strings.Cut(block, "\n=>\n")
		title, input, _ := strings.Cut(strings.TrimSuffix(asked, "\n=>"), "\n")
		if !ok && !strings.HasSuffix(block, "\n=>") {
			t.Fatalf("%s has no =>", title)
		}
		got += "\n# " + title + "\n" + input + "\n=>\n" + made(t, title, input) + "\n"
	}
	if *update && got != string(data) {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(data), got); d != "" {
		t.Errorf("(-want +got; -update accepts it)\n%s", d)
	}
}

// made is what becomes of an input, without generated ids.
func made(t *testing.T, title, input string) string {
	t.Helper()
	es, err := wire.DecodeExpectations([]byte(input))
	if err != nil {
		return refusal(err)
	}
	once := printed(t, es)
	again, err := wire.DecodeExpectations(once)
	if err != nil {
		t.Errorf("%s: what is printed cannot be read: %v\n%s", title, err, once)
		return string(once)
	}
	if d := cmp.Diff(string(once), string(printed(t, again))); d != "" {
		t.Errorf("%s: read and printed again:\n%s", title, d)
	}
	for _, e := range es {
		if _, err := e.Compile(); err != nil {
			return string(once) + "\nwhich matches nothing: " + err.Error()
		}
	}
	return string(once)
}

func printed(t *testing.T, es []*expectations.Expectation) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := wire.EncodeExpectations(&out, wire.All(es)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// refusal is the list of problems, which is what differs between errors.
func refusal(err error) string {
	invalid, ok := errors.AsType[*wire.ValidationError](err)
	if !ok {
		return "error: " + err.Error()
	}
	var problems []string
	for line := range strings.Lines(invalid.Error()) {
		if problem, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok && !strings.Contains(problem, "OneOf") {
			problems = append(problems, "error: "+problem)
		}
	}
	if len(problems) == 0 {
		return "error: " + invalid.Error()
	}
	return strings.Join(problems, "\n")
}
