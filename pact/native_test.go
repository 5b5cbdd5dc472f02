package pact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// The official tools are found in the folder PACTAPE_NATIVE_VERIFIER names,
// or in testdata/native, where npm installs them (see its package.json). A
// test that needs them is skipped where they are missing, and fails where
// PACTAPE_E2E is "require".

func nativeDir() string {
	if dir := os.Getenv("PACTAPE_NATIVE_VERIFIER"); dir != "" {
		return dir
	}
	return filepath.Join("testdata", "native")
}

// missing skips or fails a test for want of a tool.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PACTAPE_E2E") == "require" {
		t.Fatalf("%s is missing: run npm install in pact/testdata/native", what)
	}
	t.Skipf("%s is missing: run npm install in pact/testdata/native", what)
}

// nativeReport is what the official verifiers report.
type nativeReport struct {
	Result             bool `json:"result"`
	InteractionResults []struct {
		Description string `json:"description"`
		Result      string `json:"result"`
	} `json:"interactionResults"`
	Errors []struct {
		Interaction string          `json:"interaction"`
		Mismatch    json.RawMessage `json:"mismatch"`
	} `json:"errors"`
}

// verdicts are the results by description.
func (r nativeReport) verdicts() map[string]bool {
	out := make(map[string]bool)
	for _, it := range r.InteractionResults {
		out[it.Description] = it.Result == "OK"
	}
	return out
}

// nativeVerify runs the official native verifier (pact-core) on a document
// against a provider. Headers are NAME=VALUE.
func nativeVerify(t *testing.T, document []byte, url string, headers ...string) nativeReport {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node")
	}
	modules, err := filepath.Abs(filepath.Join(nativeDir(), "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "@pact-foundation", "pact-core")); err != nil {
		missing(t, "the official native verifier @pact-foundation/pact-core")
	}
	file := filepath.Join(t.TempDir(), "pact.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{filepath.Join("testdata", "native", "verify.js"), file, url}, headers...)
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true", "NODE_PATH="+modules)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	_, report, ok := bytes.Cut(out, []byte("--- report\n"))
	if err != nil || !ok {
		t.Fatalf("native verifier: %v\n%s%s", err, out, stderr.Bytes())
	}
	var r nativeReport
	if err := json.Unmarshal(report, &r); err != nil {
		t.Fatalf("native verifier's report: %v\n%s", err, report)
	}
	return r
}

// pactBinary is the official command line tool.
func pactBinary(t *testing.T) string {
	t.Helper()
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	name := filepath.Join(nativeDir(), "node_modules", "@pact-foundation",
		"pact-cli-"+runtime.GOOS+"-"+arch, "standalone", "pact")
	name, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err != nil {
		missing(t, "the official command line tool @pact-foundation/pact-cli")
	}
	return name
}

// startMockServers runs the official mock server's master and returns its
// address.
func startMockServers(t *testing.T) string {
	t.Helper()
	master := freeAddr(t)
	host, port, err := net.SplitHostPort(master)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), pactBinary(t),
		"mock", "start", "-h", host, "-p", port, "--no-file-log", "--loglevel", "none")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// It has no state worth an orderly end, and the error says it was
		// killed.
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if err := waitDial(t.Context(), master); err != nil {
		t.Fatal(err)
	}
	return master
}

// mockServer has the master serve a document and returns the address.
func mockServer(t *testing.T, master string, document []byte) string {
	t.Helper()
	resp, err := http.Post("http://"+master+"/", "application/json", bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var created struct {
		MockServer struct {
			Port int `json:"port"`
		} `json:"mockServer"`
	}
	if err := json.Unmarshal(body, &created); err != nil || created.MockServer.Port == 0 {
		t.Fatalf("mock server: %s %s\n%s", resp.Status, body, document)
	}
	return fmt.Sprintf("127.0.0.1:%d", created.MockServer.Port)
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

// waitDial waits until something listens.
func waitDial(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("nothing listens on %s", addr), err)
		case <-tick.C:
		}
	}
}
