package main_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testAPI is spoken to by real clients. events sends an event, waits until
// more is closed, and sends another.
func testAPI(more <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"protocol":%q,"q":%q}`, r.Proto, r.URL.Query().Get("q"))
	})
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
		_, _ = io.Copy(w, r.Body)
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: one\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-more:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "data: two\n\n")
	})
	mux.HandleFunc("PUT /upload", func(w http.ResponseWriter, r *http.Request) {
		hash := sha256.New()
		n, err := io.Copy(hash, r.Body)
		_, _ = fmt.Fprintf(w, "%d %x %v", n, hash.Sum(nil), err)
	})
	mux.HandleFunc("PUT /refused", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	})
	return mux
}

// A foreign client is a program that is not ours, with the arguments that
// make it call the API.
type foreign struct {
	program string
	call    func(base string) []string
	stream  func(base string) []string
}

func foreigners(t *testing.T) map[string]foreign {
	t.Helper()
	script := func(name string) string {
		path, err := filepath.Abs(filepath.Join("testdata", "e2e", name))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	with := func(args ...string) func(string) []string {
		return func(base string) []string { return append(args, base) }
	}
	mjs, py := script("client.mjs"), script("client.py")
	return map[string]foreign{
		"curl": {"curl", func(base string) []string {
			line := `%{http_code} `
			return []string{
				"-sS", "-o", "-", "-w", "\\n" + line, base + "/hello?q=1", "--next",
				"-sS", "-o", "-", "-w", "\\n", "--json", `{"name":"ada","tags":["a","b"]}`, base + "/echo",
			}
		}, func(base string) []string { return []string{"-sSN", base + "/events"} }},
		"node fetch": {"node", with(mjs, "fetch"), with(mjs, "stream")},
		"node https": {"node", with(mjs, "https"), nil},
		"python":     {"python3", with(py, "urllib"), with(py, "stream")},
	}
}

// TestE2EClients runs real clients, unchanged, as children of pactape run
// against an HTTP/2 server with an authority of its own. What they print is
// what they print without pactape, and their calls are in the contract.
func TestE2EClients(t *testing.T) {
	t.Parallel()
	for name, client := range foreigners(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := program(t, client.program)
			h := newHome(t)
			u := startUpstream(t, "api", testAPI(nil))
			r := h.pactape(t, append([]string{
				"run", "--consumer", "web", "--out", h.path("out"), "--provider", "api.localhost=api", "--upstream-ca", u.ca, "--", path,
			}, client.call(u.url)...)...).want(t, 0).says(t, "2 exchanges with 1 host", "web-api.json: 2 interactions")
			for _, want := range []string{`{"protocol":"HTTP/2.0","q":"1"}`, `{"name":"ada","tags":["a","b"]}`} {
				if !strings.Contains(r.stdout, want) {
					t.Errorf("the client printed:\n%s\nwant %s", r.stdout, want)
				}
			}
			want := []string{"POST /echo 201", "GET /hello 200"} // by path
			if diff := cmp.Diff(want, interactions(t, h.path("out", "web-api.json"))); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
		})
	}
}

// interactions are method, path and status of each interaction in a contract.
func interactions(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var contract struct {
		Interactions []struct {
			Request  struct{ Method, Path string }
			Response struct{ Status int }
		}
	}
	if err := json.Unmarshal(data, &contract); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, it := range contract.Interactions {
		list = append(list, fmt.Sprintf("%s %s %d", it.Request.Method, it.Request.Path, it.Response.Status))
	}
	return list
}

// TestE2EEvents has real clients read server-sent events: the first arrives
// while the stream is still open.
func TestE2EEvents(t *testing.T) {
	t.Parallel()
	for name, client := range foreigners(t) {
		if client.stream == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := program(t, client.program)
			h := newHome(t)
			more := make(chan struct{})
			u := startUpstream(t, "api", testAPI(more))
			flags := []string{"run", "--session", "events", "--out", h.path("out"), "--upstream-ca", u.ca}
			command := append([]string{"--", path}, client.stream(u.url)...)
			p := start(t, h.command(t, append(flags, command...)...))
			p.stdout.wait(t, regexp.MustCompile(`data: one\n\n`), p.ended)
			close(more)
			const whole = "data: one\n\ndata: two\n\n"
			if r := p.end(t).want(t, 0); r.stdout != whole {
				t.Errorf("the client printed %q", r.stdout)
			}
			u.stop()
			r := h.pactape(t, append(append(flags, "--mode", "SIMULATE"), command...)...).want(t, 0)
			if r.stdout != whole {
				t.Errorf("replayed, the client printed %q", r.stdout)
			}
		})
	}
}

// TestE2EContinue uploads 1 MB with Expect: 100-continue. curl waits for the
// interim answer for as long as the test does, so that a proxy that swallows
// it fails.
func TestE2EContinue(t *testing.T) {
	t.Parallel()
	curl := program(t, "curl")
	h := newHome(t)
	u := startUpstream(t, "api", testAPI(nil))
	payload := strings.Repeat("0123456789abcdef", 1<<16)
	file := h.path("payload")
	if err := os.WriteFile(file, []byte(payload), 0o600); err != nil {
		t.Fatal(err)
	}
	upload := func(path string, flags ...string) result {
		args := append([]string{
			"run", "--out", h.path("out"), "--upstream-ca", u.ca, "--", curl, "-sSv", "-T", file, "-H", "Expect: 100-continue",
			"--expect100-timeout", "60", "-w", " %{http_code} %{size_upload}", u.url + path,
		}, flags...)
		return h.pactape(t, args...).want(t, 0)
	}
	want := fmt.Sprintf("%d %x <nil> 200 %d", len(payload), sha256.Sum256([]byte(payload)), len(payload))
	for _, version := range []string{"--http1.1", "--http2"} {
		r := upload("/upload", version).says(t, " 100 ", "1 exchange with 1 host")
		if r.stdout != want {
			t.Errorf("%s: curl printed %q, want %q", version, r.stdout, want)
		}
	}
	r := upload("/refused", "--http1.1")
	if want := "too large\n 413 0"; r.stdout != want {
		t.Errorf("refused upload: curl printed %q, want %q", r.stdout, want)
	}
	if strings.Contains(r.stderr, "100 Continue") {
		t.Errorf("the client was told to go on with an upload that was refused:\n%s", r.stderr)
	}
}

// TestE2EOnlyTheChild pins that clients outside pactape run are left alone:
// curl without its variables neither trusts its certificates nor is recorded.
func TestE2EOnlyTheChild(t *testing.T) {
	t.Parallel()
	curl := program(t, "curl")
	h := newHome(t)
	u := startUpstream(t, "api", testAPI(nil))
	cmd := exec.CommandContext(t.Context(), curl, "-sS", "https://"+u.addr+"/hello")
	cmd.Env = cleanEnviron()
	if r := finish(t, cmd); r.code != 60 {
		t.Fatalf("want curl to refuse the certificate, got %s", r)
	}
	r := h.pactape(t, "run", "--out", h.path("out"), "--", curl, "-sS", "--fail", u.url+"/hello")
	r.want(t, 22).says(t, "1 exchange with 1 host", "1 failed", "unknown authority")
}
