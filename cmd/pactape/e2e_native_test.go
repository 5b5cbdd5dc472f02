package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// nativeRefusals has the official native verifier judge the contract in file
// against the provider at url, and returns the interactions that it refuses.
// Headers are NAME=VALUE. The verifier is found where npm installs it, beside
// the package pact's tests, or in the folder that PACTAPE_NATIVE_VERIFIER
// names.
func nativeRefusals(t *testing.T, file, url string, headers ...string) map[string]bool {
	t.Helper()
	node := program(t, "node")
	script, err := filepath.Abs(filepath.Join("..", "..", "pact", "testdata", "native", "verify.js"))
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("PACTAPE_NATIVE_VERIFIER")
	if dir == "" {
		dir = filepath.Dir(script)
	}
	modules := filepath.Join(dir, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@pact-foundation", "pact-core")); err != nil {
		missing(t, "the official native verifier (npm install in pact/testdata/native)")
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{script, file, url}, headers...)...)
	cmd.Env = cleanEnviron("PACT_DO_NOT_TRACK=true", "NODE_PATH="+modules)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	_, text, ok := bytes.Cut(out, []byte("--- report\n"))
	if err != nil || !ok {
		t.Fatalf("native verifier: %v\n%s%s", err, out, stderr.Bytes())
	}
	var report struct {
		Result             bool
		InteractionResults []struct{ Description, Result string }
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatalf("native verifier's report: %v\n%s", err, text)
	}
	if len(report.InteractionResults) == 0 {
		t.Fatalf("the native verifier judged nothing:\n%s", text)
	}
	refused := make(map[string]bool)
	for _, it := range report.InteractionResults {
		if it.Result != "OK" {
			refused[it.Description] = true
		}
	}
	if report.Result != (len(refused) == 0) {
		t.Errorf("native verifier: result %v, refused %v", report.Result, refused)
	}
	return refused
}
