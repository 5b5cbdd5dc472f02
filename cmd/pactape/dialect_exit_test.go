package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pactape/pactape/pact/broker/brokertest"
)

// TestOfficialExitCodes: the same command line, word for word, ends the official
// verifier and ours with the same verdict. Ours says 2 for what could not be
// judged, and for nothing to judge, where the official one has 1 and 0.
func TestOfficialExitCodes(t *testing.T) {
	t.Parallel()
	tool := officialTool(t, "pact-verifier")
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, `{"a":1}`)
	}))
	t.Cleanup(api.Close)
	port := portOf(t, api)
	kept, broken := writtenContract("/ok", "web"), writtenContract("/gone", "mobile")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"kept.json": kept, "broken.json": broken,
		"none.json": `{"consumer":{"name":"web"},"provider":{"name":"shop"},"interactions":[],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`,
		"pending.json": `{"consumer":{"name":"web"},"provider":{"name":"shop"},"interactions":[{"type":"Synchronous/HTTP","description":"d","pending":true,
			"request":{"method":"GET","path":"/gone"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"4.0"}}}`,
		"cut.json": kept[:20], "empty/sub/x.txt": "", "two/kept.json": kept, "two/broken.json": broken,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	b := new(brokertest.Broker)
	hub := httptest.NewServer(b)
	t.Cleanup(hub.Close)
	for _, file := range []string{"kept.json", "broken.json"} {
		if code := runOurs(t, "publish", filepath.Join(dir, file), "-b", hub.URL, "-a", "1", "--branch", "main"); code != 0 {
			t.Fatalf("publish %s: exit code %d", file, code)
		}
	}
	pacts := " -b " + hub.URL + " -n shop --consumer-version-selectors {\"branch\":\"main\"} --provider-version 1"
	for _, tc := range []struct {
		name, args     string
		official, ours int
	}{
		{"it holds", "-f kept.json", 0, 0},
		{"it does not", "-f broken.json", 1, 1},
		{"it does not, but it is pending", "-f pending.json", 0, 0},
		{"one of two", "-d two -n shop --filter-consumer web --filter-consumer mobile", 1, 1},
		{"the one that holds", "-f kept.json -f broken.json --filter-consumer web", 0, 0},
		{"first error", "-f broken.json -f kept.json --exit-on-first-error", 1, 1},
		{"nobody listens", "-f kept.json -p 1", 1, 1},
		{"states nobody brings about", "-f kept.json -s http://127.0.0.1:1/states", 1, 1},
		{"no JSON", "-f cut.json", 1, 2},
		{"no such file", "-f missing.json", 1, 2},
		{"no interactions", "-f none.json", 0, 2},
		{"no interactions, allowed", "-f none.json --ignore-no-pacts-error", 0, 0},
		{"no contracts", "-d empty", 0, 2},
		{"no contracts, allowed", "-d empty --ignore-no-pacts-error", 0, 0},
		{"the filter takes nothing", "-f kept.json --filter-description nowhere", 0, 2},
		{"nothing named", "", 2, 2},
		{"no such option", "-f kept.json --bogus", 2, 2},
		{"bad value", "-f kept.json --request-timeout soon", 2, 2},
		{"of a broker", pacts, 1, 1},
		{"pending, published", pacts + " --enable-pending --provider-branch main --publish", 0, 0},
		{"of a broker, one", pacts + " --filter-consumer web", 0, 0},
		{"no broker", "-b http://127.0.0.1:1 -n shop --retries 0", 1, 2},
		{"nobody's contracts", strings.Replace(pacts, "shop", "nobody", 1), 1, 2},
		{"nobody's contracts, allowed", strings.Replace(pacts, "shop", "nobody", 1) + " --ignore-no-pacts-error", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			args := append([]string{"-h", "127.0.0.1", "-p", port}, strings.Fields(tc.args)...)
			if strings.Contains(tc.args, "-p 1") {
				args = append(args[:2:2], args[4:]...)
			}
			cmd := exec.CommandContext(t.Context(), tool, args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
			out, err := cmd.CombinedOutput()
			if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
				t.Fatalf("%v %v", err, exit)
			}
			if code := cmd.ProcessState.ExitCode(); code != tc.official {
				t.Errorf("official exit code %d, want %d\n%s", code, tc.official, out)
			}
			ours := []string{"verify"}
			for i, arg := range args {
				if i > 0 && (args[i-1] == "-f" || args[i-1] == "-d") {
					arg = filepath.Join(dir, arg)
				}
				ours = append(ours, arg)
			}
			if code := runOurs(t, ours...); code != tc.ours {
				t.Errorf("our exit code %d, want %d", code, tc.ours)
			}
		})
	}
}

// writtenContract is a contract with a shop that is kept if what is at a path is
// there.
func writtenContract(path, consumer string) string {
	return `{"consumer":{"name":"` + consumer + `"},"provider":{"name":"shop"},"interactions":[{"description":"d","request":{"method":"GET","path":"` + path +
		`"},"response":{"status":200,"body":{"a":1}}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
}

func portOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// runOurs runs a command line and returns its exit code.
func runOurs(t *testing.T, args ...string) int {
	t.Helper()
	root := newRoot()
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	root.SetArgs(respell(root, append(args, "--home", t.TempDir())))
	return exitCode(root.ExecuteContext(t.Context()))
}
