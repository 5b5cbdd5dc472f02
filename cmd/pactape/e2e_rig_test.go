package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests in files e2e_…_test.go drive the real binary, as a user has it:
// built with go build, run as a process of its own, spoken to over loopback.

// patience is how long an expected event may take on a busy machine.
const patience = 60 * time.Second

// buildBinary builds the command once for all tests. It lies beside the
// programs that TestMain makes for the scripts, and is removed with them.
var buildBinary = sync.OnceValues(func() (string, error) {
	scripts, err := exec.LookPath("pactape")
	if err != nil {
		return "", fmt.Errorf("TestMain made no programs: %w", err)
	}
	binary := filepath.Join(filepath.Dir(scripts), "built", "pactape")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", binary, "github.com/pactape/pactape/cmd/pactape").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

// pactapeBinary is the path of the binary under test.
func pactapeBinary(t *testing.T) string {
	t.Helper()
	binary, err := buildBinary()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// program finds a foreign program. A test is skipped by its name where it is
// missing, and fails where PACTAPE_E2E is "require".
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

func missing(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("PACTAPE_E2E") == "require" {
		t.Fatalf("%s is missing, and PACTAPE_E2E=require", name)
	}
	t.Skipf("%s is missing", name)
}

// cleanEnviron is our environment without what changes how pactape or a client
// behaves, plus extra entries.
func cleanEnviron(extra ...string) []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		upper := strings.ToUpper(name)
		if strings.HasPrefix(upper, "PACTAPE_") || strings.HasSuffix(upper, "_PROXY") ||
			strings.HasPrefix(upper, "SSL_CERT_") || upper == "NODE_OPTIONS" {
			continue
		}
		env = append(env, entry)
	}
	return append(env, extra...)
}

// A result is how a process ended.
type result struct {
	code           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d\nstdout:\n%s\nstderr:\n%s", r.code, r.stdout, r.stderr)
}

// want fails the test unless the process ended with the code.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("want exit code %d, got %s", code, r)
	}
	return r
}

// says fails the test unless stderr has each text.
func (r result) says(t *testing.T, texts ...string) result {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("stderr does not say %q:\n%s", text, r.stderr)
		}
	}
	return r
}

// A home is a fresh home directory of pactape, and a place for what it writes.
type home struct{ dir string }

func newHome(t *testing.T) home {
	t.Helper()
	return home{t.TempDir()}
}

// path is a path below the home's work directory, not below its home.
func (h home) path(elem ...string) string {
	return filepath.Join(append([]string{h.dir}, elem...)...)
}

// command is the binary with this home, ready to start.
func (h home) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), pactapeBinary(t), args...)
	cmd.Dir = h.dir
	cmd.Env = cleanEnviron("PACTAPE_HOME=" + h.path("home"))
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// pactape runs the binary to its end.
func (h home) pactape(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, h.command(t, args...))
}

// finish runs a command to its end.
func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	cmd.Stderr = &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", cmd, err, &stderr)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// A process is one that runs while the test goes on.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *tail
	ended          chan struct{} // closed when it has ended
}

// start starts a command; the end of the test ends it.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, stdout: newTail(), stderr: newTail(), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process, for which the cleanup waits
		defer close(p.ended)
		_ = cmd.Wait() // the result is in ProcessState
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s%s", cmd, p.stdout, p.stderr)
		}
	})
	return p
}

// kill ends the process at once, as SIGKILL does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// end waits until the process has ended by itself.
func (p *process) end(t *testing.T) result {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("%s does not end", p.cmd)
	}
	return result{p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()}
}

// A server is a running pactape serve.
type server struct {
	home
	*process
	addr   string
	client *http.Client // speaks to it directly
}

// serve starts pactape serve on a free port and waits until it is ready.
func (h home) serve(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{home: h, client: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(s.client.CloseIdleConnections)
	s.process = start(t, h.command(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...))
	ready := regexp.MustCompile(`pactape: listening on (\S+) \(mode [A-Z]+\)`)
	s.addr = s.stdout.wait(t, ready, s.ended)
	return s
}

// proxy is the URL of the server as a proxy; a session is its user name.
func (s *server) proxy(session string) *url.URL {
	u := &url.URL{Scheme: "http", Host: s.addr}
	if session != "" {
		u.User = url.UserPassword(session, "x")
	}
	return u
}

// An answer is a whole HTTP answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request straight to the server.
func (s *server) call(t *testing.T, method, path, body string) answer {
	t.Helper()
	a, err := send(t.Context(), s.client, method, "http://"+s.addr+path, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// put is a call of the admin API that must be answered with status.
func (s *server) put(t *testing.T, status int, path, body string) answer {
	t.Helper()
	a := s.call(t, http.MethodPut, "/mockserver/"+path, body)
	if a.status != status {
		t.Fatalf("PUT %s: got %d, want %d: %s", path, a.status, status, a.body)
	}
	return a
}

// send sends a request and reads the whole answer; header is name, value, …
func send(ctx context.Context, client *http.Client, method, target, body string, header ...string) (answer, error) {
	var payload io.Reader
	if body != "" {
		payload = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, payload)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(data)}, err
}

// A tail collects what a process prints and lets others wait for a part of it.
type tail struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed and replaced by each write
}

func newTail() *tail { return &tail{changed: make(chan struct{})} }

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.text.Write(p)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait returns the first group of the pattern as soon as it has been printed.
// It fails if the process, whose end is ended, prints no such thing.
func (l *tail) wait(t *testing.T, pattern *regexp.Regexp, ended <-chan struct{}) string {
	t.Helper()
	deadline := time.After(patience)
	for over := false; ; {
		l.mu.Lock()
		found, changed := pattern.FindStringSubmatch(l.text.String()), l.changed
		l.mu.Unlock()
		if found != nil {
			return found[len(found)-1]
		}
		if over {
			t.Fatalf("nothing like %s in:\n%s", pattern, l)
		}
		select {
		case <-changed:
		case <-ended:
			over = true // what it printed last has been written by now
		case <-deadline:
			over = true
		}
	}
}

// until asks again and again until the answer is yes.
func until(t *testing.T, what string, yes func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !yes() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		case <-tick.C:
		}
	}
}

// interrupt stops a server as a user does at a terminal, and wants it to end
// well.
func (s *server) interrupt(t *testing.T) result {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted from outside on Windows")
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	return s.end(t).want(t, 0)
}
