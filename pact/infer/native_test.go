package infer_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// missing skips a test for want of a tool, and fails it where PACTAPE_E2E is
// "require".
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PACTAPE_E2E") == "require" {
		t.Fatalf("%s is missing: run npm install in pact/testdata/native", what)
	}
	t.Skipf("%s is missing: run npm install in pact/testdata/native", what)
}

// nativeFailures are the interactions that the official native verifier
// refuses, with its reasons. It asks the provider for its states itself.
func nativeFailures(t *testing.T, doc *pact.Document, url string) map[string]string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node")
	}
	dir := os.Getenv("PACTAPE_NATIVE_VERIFIER")
	if dir == "" {
		dir = filepath.Join("..", "testdata", "native")
	}
	modules, err := filepath.Abs(filepath.Join(dir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "@pact-foundation", "pact-core")); err != nil {
		missing(t, "the official native verifier @pact-foundation/pact-core")
	}
	file := filepath.Join(t.TempDir(), "pact.json")
	if err := os.WriteFile(file, doc.Append(nil), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "verify.js"), file, url, url+statePath,
		"Authorization=Bearer real")
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true", "NODE_PATH="+modules)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	_, text, ok := bytes.Cut(out, []byte("--- report\n"))
	if err != nil || !ok {
		t.Fatalf("native verifier: %v\n%s%s", err, out, stderr.Bytes())
	}
	var report struct {
		InteractionResults []struct{ Description, Result string }
		Errors             []struct {
			Interaction string
			Mismatch    json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatalf("native verifier's report: %v\n%s", err, text)
	}
	if len(report.InteractionResults) != len(doc.Interactions) {
		t.Fatalf("the native verifier judged %d of %d interactions:\n%s", len(report.InteractionResults), len(doc.Interactions), text)
	}
	failed := make(map[string]string)
	for _, it := range report.InteractionResults {
		if it.Result != "OK" {
			failed[it.Description] = "refused"
		}
	}
	for _, e := range report.Errors {
		for name := range failed {
			if strings.HasSuffix(e.Interaction, " - "+name) {
				failed[name] = string(e.Mismatch)
			}
		}
	}
	return failed
}

// TestNativeCorpora has the official native verifier judge what was inferred
// from one run against another, and against providers that break in 20 ways,
// one at a time.
func TestNativeCorpora(t *testing.T) {
	t.Parallel()
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := inferred(t, c.record(t, 1), infer.Options{Consumer: "web", Provider: c.name})
			p := c.start(300)
			server := httptest.NewServer(served(p, nil))
			for name, why := range nativeFailures(t, doc, server.URL) {
				t.Errorf("another run fails %s: %s", name, why)
			}
			server.Close()
			literal, _ := inferred(t, c.record(t, 1), infer.Options{Mode: infer.None})
			server = httptest.NewServer(served(c.start(300), nil))
			failed := nativeFailures(t, literal, server.URL)
			server.Close()
			t.Logf("without inference %d of %d interactions fail on another run", len(failed), len(literal.Interactions))
			if len(failed) == 0 {
				t.Error("without inference nothing fails: the corpus proves nothing")
			}
			tried, caught := 0, 0
			for _, b := range breakages() {
				where, ok := c.breakages[b.name]
				if !ok {
					continue
				}
				change, _ := b.change(t, where)
				server := httptest.NewServer(served(c.start(300), change))
				if tried++; len(nativeFailures(t, doc, server.URL)) > 0 {
					caught++
				} else {
					t.Logf("not caught: %s", b.name)
				}
				server.Close()
			}
			t.Logf("%d of %d breakages caught", caught, tried)
			if 20*caught < 18*tried || tried < 10 {
				t.Errorf("%d of %d breakages caught", caught, tried)
			}
		})
	}
}
