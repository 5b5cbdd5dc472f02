package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An officialReport is what scripts read of the official verifier's report.
type officialReport struct {
	Result                bool
	Errors, PendingErrors []officialError
	InteractionResults    []struct{ Description, Result, InteractionKey string }
	Output                []string
	Notices               []any
}

type officialError struct {
	Interaction string
	Mismatch    struct {
		Type       string
		Mismatches []officialMismatch
	}
}

type officialMismatch struct{ Type string }

// TestOfficialReport: what reads the official verifier's report reads ours, and
// either tool runs again what failed by the report of the other. (The official
// one finds interactions by their key alone.)
func TestOfficialReport(t *testing.T) {
	t.Parallel()
	tool := officialTool(t, "pact-verifier")
	var mu sync.Mutex // guards asked
	var asked []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"a":1}`)
	}))
	t.Cleanup(api.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "pact.json")
	if err := os.WriteFile(file, []byte(`{"consumer":{"name":"web"},"provider":{"name":"shop"},"interactions":[
		{"type":"Synchronous/HTTP","description":"fine","key":"k1","request":{"method":"GET","path":"/fine"},"response":{"status":200}},
		{"type":"Synchronous/HTTP","description":"differs","key":"k2","providerStates":[{"name":"one"},{"name":"two"}],"request":{"method":"GET","path":"/differs"},
		 "response":{"status":201,"headers":{"X-A":["b"]},"body":{"contentType":"application/json","encoded":false,"content":{"a":2}}}},
		{"type":"Synchronous/HTTP","description":"late","key":"k3","pending":true,"request":{"method":"GET","path":"/late"},"response":{"status":201}}],
		"metadata":{"pactSpecification":{"version":"4.0"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	official := func(report string, more ...string) {
		args := append([]string{"-f", file, "-h", "127.0.0.1", "-p", portOf(t, api), "-j", report}, more...)
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 1 {
			t.Fatalf("official: %s\n%s", cmd.ProcessState, out)
		}
	}
	ours := func(report string, more ...string) {
		if code := runOurs(t, append([]string{"verify", "-f", file, "--provider-url", api.URL, "--json", report}, more...)...); code != 1 {
			t.Fatalf("ours: exit code %d", code)
		}
	}
	theirs, mine := filepath.Join(dir, "theirs.json"), filepath.Join(dir, "ours.json")
	official(theirs)
	ours(mine)
	want, got := readReport(t, theirs), readReport(t, mine)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-official +ours):\n%s", diff)
	}
	mu.Lock()
	asked = nil
	mu.Unlock()
	official(mine, "--last-failed")
	ours(theirs, "--last-failed")
	mu.Lock()
	defer mu.Unlock()
	if again := []string{"/differs", "/late", "/differs", "/late"}; !slices.Equal(asked, again) {
		t.Errorf("asked again: %v, want %v", asked, again)
	}
}

func readReport(t *testing.T, file string) officialReport {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report officialReport
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, data)
	}
	if len(report.Output) == 0 {
		t.Errorf("%s has no output", file)
	}
	report.Output = nil // in the words of each
	for _, list := range [...][]officialError{report.Errors, report.PendingErrors} {
		for i := range list {
			slices.SortFunc(list[i].Mismatch.Mismatches, func(a, b officialMismatch) int { return strings.Compare(a.Type, b.Type) })
		}
	}
	return report
}
