//go:build unix

package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestE2EExitCodes pins that run ends as its command does.
func TestE2EExitCodes(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for script, code := range map[string]int{
		"exit 0":          0,
		"exit 7":          7,
		"exit 255":        255,
		"kill -TERM $$":   128 + 15,
		"kill -KILL $$":   128 + 9,
		"exec nowhere-at": 127,
	} {
		r := h.pactape(t, "run", "--out", h.path("out"), "--", "sh", "-c", script)
		if r.code != code {
			t.Errorf("%s: want %d, got %s", script, code, r)
		}
	}
	h.pactape(t, "run", "--", "nowhere-at").want(t, 2).says(t, "nowhere-at")
	r := h.pactape(t, "run", "--out", h.path("out"), "--", "sh", "-c", "echo out; echo err >&2; cat").want(t, 0)
	if r.stdout != "out\n" || !strings.Contains(r.stderr, "err\n") {
		t.Errorf("the command's output: %s", r)
	}
}

// TestE2ESignals pins that what a user sends to run reaches the command, and
// that the command decides what comes of it.
func TestE2ESignals(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			script := fmt.Sprintf(`trap 'kill $p; echo told; exit 5' %d; tail -f /dev/null & p=$!; echo ready; wait`, int(sig))
			p := start(t, h.command(t, "run", "--out", h.path("out"), "--", "sh", "-c", script))
			p.stdout.wait(t, regexp.MustCompile(`ready\n`), p.ended)
			p.signal(t, sig)
			if r := p.end(t).want(t, 5); r.stdout != "ready\ntold\n" {
				t.Error(r)
			}
		})
	}
}

// A contractRun runs curl against one API again and again, with one contract.
type contractRun struct {
	t    *testing.T
	h    home
	u    *upstream
	curl string
	file string
	// version is part of every answer.
	version atomic.Int64
}

func newContractRun(t *testing.T) *contractRun {
	t.Helper()
	c := &contractRun{t: t, h: newHome(t), curl: program(t, "curl")}
	c.u = startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"path":%q,"version":%d}`, r.URL.Path, c.version.Load())
	}))
	c.file = c.h.path("out", "web-api.json")
	return c
}

// run gets the paths, then ends with the code.
func (c *contractRun) run(code int, paths string, flags ...string) result {
	c.t.Helper()
	script := fmt.Sprintf(`for path in %s; do %q -sS --fail "$0$path" >/dev/null || exit 99; done; exit %d`, paths, c.curl, code)
	args := append([]string{
		"run", "--consumer", "web", "--provider", "api.localhost=api", "--out", c.h.path("out"), "--upstream-ca", c.u.ca,
	}, flags...)
	return c.h.pactape(c.t, append(args, "--", "sh", "-c", script, c.u.url)...)
}

// holds wants the contract to have these paths, with answers of the version.
func (c *contractRun) holds(version int, paths ...string) {
	c.t.Helper()
	data, err := os.ReadFile(c.file)
	if err != nil {
		c.t.Fatal(err)
	}
	var contract struct {
		Interactions []struct {
			Request  struct{ Path string }
			Response struct{ Body struct{ Version int } }
		}
	}
	if err := json.Unmarshal(data, &contract); err != nil {
		c.t.Fatal(err)
	}
	var want, got []string
	for _, it := range contract.Interactions {
		got = append(got, fmt.Sprint(it.Request.Path, " ", it.Response.Body.Version))
	}
	for _, path := range paths {
		want = append(want, fmt.Sprint(path, " ", version))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("contract (-want +got):\n%s", diff)
	}
}

// TestE2EContractPolicy pins when run replaces a contract that exists.
func TestE2EContractPolicy(t *testing.T) {
	t.Parallel()
	c := newContractRun(t)
	c.run(7, "/a").want(t, 7).says(t, "wrote ") // there was none
	c.holds(0, "/a")
	c.version.Store(1)
	c.run(7, "/a").want(t, 7).says(t, "kept ", "as it was", "--write=always")
	c.holds(0, "/a")
	c.run(7, "/a", "--write=always").want(t, 7).says(t, "wrote ")
	c.holds(1, "/a")
	c.run(0, "/a").want(t, 0).says(t, "unchanged, 1 interaction")
	c.version.Store(2)
	c.run(0, "/b").want(t, 0).says(t, "wrote ")
	c.holds(2, "/b")

	c.run(0, "/a /b", "--merge").want(t, 0).says(t, "2 interactions")
	c.holds(2, "/b", "/a")
	c.version.Store(3)
	c.run(0, "/b /c", "--merge").want(t, 2).says(t, "it conflicts with the recording", "GET /b")
	c.holds(2, "/b", "/a")
	c.run(7, "/c", "--merge").want(t, 7).says(t, "kept ")
	c.holds(2, "/b", "/a")
}

// TestE2EAppend pins that a run starts its session over unless told otherwise.
func TestE2EAppend(t *testing.T) {
	t.Parallel()
	c := newContractRun(t)
	c.run(0, "/a", "--session", "s").want(t, 0)
	c.run(0, "/b", "--session", "s").want(t, 0)
	c.holds(0, "/b")
	c.run(0, "/c", "--session", "s", "--append").want(t, 0)
	c.holds(0, "/b", "/c")
	c.run(0, "/d").want(t, 0)
	c.holds(0, "/d")
}

// TestE2EFullDisk records onto a disk that fills up, for which a limit on the
// size of files stands. The client does not notice, the summary says what was
// lost, and the contract that exists stays.
func TestE2EFullDisk(t *testing.T) {
	t.Parallel()
	curl := program(t, "curl")
	h := newHome(t)
	const size, calls = 4000, 60
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat(r.URL.Path[1:2], size))
	}))
	run := func(limit, urls string) result {
		cmd := h.command(t)
		cmd.Args = append([]string{
			"sh", "-c", limit + ` exec "$0" "$@"`, cmd.Path, "run", "--consumer", "web", "--provider", "api.localhost=api",
			"--out", h.path("out"), "--upstream-ca", u.ca, "--summary", h.path("summary.json"), "--session", "s", "--",
		}, curl, "-sS", "--fail", "-o", "/dev/null", "-w", `%{http_code} %{size_download}\n`, urls)
		cmd.Path = "/bin/sh"
		return finish(t, cmd)
	}
	run("", u.url+"/x").want(t, 0).says(t, "wrote ") // makes the authority and a contract
	before, err := os.ReadFile(h.path("out", "web-api.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := run("ulimit -f 200;", u.url+fmt.Sprintf("/y/[1-%d]", calls)).want(t, 0)
	if want := strings.Repeat(fmt.Sprintf("200 %d\n", size), calls); r.stdout != want {
		t.Errorf("the client had:\n%s", r.stdout)
	}
	if n := strings.Count(r.stderr, "level=ERROR"); n != 1 {
		t.Errorf("%d errors logged, want 1", n)
	}
	r.says(t, "60 exchanges with 1 host", "dropped", "kept ", "as it was", "traffic is not affected")
	var summary struct {
		Exchanges, Dropped int
		Contracts          []struct{ Kept string }
	}
	data, err := os.ReadFile(h.path("summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &summary); err != nil {
		t.Fatal(err)
	}
	if summary.Exchanges != calls || summary.Dropped < 5 || summary.Dropped > calls-5 ||
		len(summary.Contracts) != 1 || summary.Contracts[0].Kept == "" {
		t.Errorf("summary:\n%s", data)
	}
	if after, err := os.ReadFile(h.path("out", "web-api.json")); err != nil || string(after) != string(before) {
		t.Errorf("the contract changed: %v\n%s", err, after)
	}
	shown := h.pactape(t, "session", "show", "s").want(t, 0)
	if n := strings.Count(shown.stdout, "/y/"); n != calls-summary.Dropped {
		t.Errorf("%d of %d exchanges can be read, and %d were dropped", n, calls, summary.Dropped)
	}
}
