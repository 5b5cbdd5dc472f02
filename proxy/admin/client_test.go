package admin_test

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// MockServer's official Node client drives the real program. It is in
// testdata/node once it was installed there:
//
//	npm ci --ignore-scripts --prefix proxy/admin/testdata/node
//
// Where node or the client is missing the test is skipped, or fails if
// PACTAPE_E2E is "require".
func TestNodeClient(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node")
	}
	if _, err := os.Stat("testdata/node/node_modules/mockserver-client"); err != nil {
		missing(t, "npm's mockserver-client (npm ci --ignore-scripts --prefix proxy/admin/testdata/node)")
	}
	_, port, err := net.SplitHostPort(serve(t))
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/node/drive.js")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, script, port)
	cmd.Dir = t.TempDir() // the client looks for a certificate there
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the client: %v", err)
	}
	if n := strings.Count(string(out), "ok "); n < 47 {
		t.Errorf("only %d steps were run", n)
	}
}

// missing skips or fails a test for want of a tool.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PACTAPE_E2E") == "require" {
		t.Fatalf("PACTAPE_E2E=require, but %s is missing", what)
	}
	t.Skipf("%s is missing", what)
}

// serve builds the program, runs it until the end of the test, and returns
// the address it listens on.
func serve(t *testing.T) string {
	t.Helper()
	noteSources(t)
	binary := filepath.Join(t.TempDir(), "pactape.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../cmd/pactape").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0", "--home", t.TempDir())
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("pactape: %s", stderr.Bytes())
		}
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if _, rest, ok := strings.Cut(lines.Text(), "pactape: listening on "); ok {
			addr, _, _ := strings.Cut(rest, " ")
			return addr
		}
	}
	t.Fatalf("pactape does not listen: %s", stderr.Bytes())
	return ""
}

// noteSources looks at the sources of the program, so that a result cached by
// go test does not outlive a change of them.
func noteSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(_ string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // someone is at work
		case err == nil && d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
