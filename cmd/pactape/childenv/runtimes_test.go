package childenv_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/childenv"
)

// goClient makes the test binary a client: it prints what each of its
// arguments answers. Go programs read the proxy variables once, so the test
// itself cannot be the client.
const goClient = "CHILDENV_TEST_GO_CLIENT"

func TestMain(m *testing.M) {
	if os.Getenv(goClient) != "" {
		if err := getAll(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func getAll(urls []string) error {
	for _, u := range urls {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, u, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return err
		}
		fmt.Println(string(body))
	}
	return nil
}

// program finds a runtime, or skips the test by its name; where
// PACTAPE_E2E=require, one that is required must be there.
func program(t *testing.T, required bool, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if required && os.Getenv("PACTAPE_E2E") == "require" {
		t.Fatalf("PACTAPE_E2E=require, but %s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// base is what a child needs of our environment; nothing about proxies or
// certificates.
func base() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
}

// run runs a child and returns its standard output.
func run(t *testing.T, env []string, path string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", filepath.Base(path), err, out, &stderr)
	}
	return string(out)
}

// A client says how to get URLs with one program: it prints the bodies.
type client struct {
	program  string
	required bool
	args     func(urls []string) []string
	env      []string
	// probe must succeed, or the test is skipped: a library that is optional.
	probe []string
}

const urllib = `
import sys, urllib.request
for u in sys.argv[1:]:
    print(urllib.request.urlopen(u).read().decode())
`

const requests = `
import sys, requests
for u in sys.argv[1:]:
    print(requests.get(u).text)
`

// javaSource is run by Java's source launcher, which a JRE does not have.
const javaSource = `
import java.net.URL;
public class Client {
    public static void main(String[] urls) throws Exception {
        for (String u : urls) {
            System.out.println(new String(new URL(u).openStream().readAllBytes()));
        }
    }
}
`

func clients(t *testing.T) map[string]client {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), "Client.java")
	if err := os.WriteFile(source, []byte(javaSource), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(args ...string) func([]string) []string {
		return func(urls []string) []string { return append(slices.Clone(args), urls...) }
	}
	return map[string]client{
		"curl":     {program: "curl", required: true, args: with("-sS", "--fail", "-w", `\n`)},
		"urllib":   {program: "python3", required: true, args: with("-c", urllib)},
		"requests": {program: "python3", args: with("-c", requests), probe: []string{"-c", "import requests"}},
		"go":       {program: self, required: true, args: with(), env: []string{goClient + "=1"}},
		"java":     {program: "java", args: with(source), probe: []string{"--describe-module", "jdk.compiler"}},
		"node": {program: "node", required: true, args: with("-e",
			`(async () => { for (const u of process.argv.slice(1)) console.log(await (await fetch(u)).text()) })()`)},
	}
}

// TestClients: real programs, told nothing but by their environment, ask for
// hosts that do not exist, over http and https, and reach those directly that
// they should.
func TestClients(t *testing.T) {
	t.Parallel()
	for name, c := range clients(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "go" && runtime.GOOS != "linux" {
				t.Skip("Go reads the system's trust store alone on this platform")
			}
			path := program(t, c.required, c.program)
			if c.probe != nil && exec.CommandContext(t.Context(), path, c.probe...).Run() != nil {
				t.Skipf("%s without what %s needs", c.program, name)
			}
			direct := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "direct")
			}))
			t.Cleanup(direct.Close)
			p := startProxy(t)
			env := p.environment(t, childenv.Options{Base: append(base(), c.env...), NoProxy: []string{"127.0.0.1"}})
			got := run(t, env.Environ(), path, c.args([]string{
				"http://api.example.test/plain?a=1", "https://api.example.test/secure", "https://sub.localhost/x", direct.URL,
			})...)
			want := "seen GET http://api.example.test/plain?a=1 \nseen GET https://api.example.test/secure \n" +
				"seen GET https://sub.localhost/x \ndirect\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answers differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJavaCapturesLocalhost: an empty list of hosts to spare is the only way.
func TestJavaCapturesLocalhost(t *testing.T) {
	t.Parallel()
	c := clients(t)["java"]
	path := program(t, false, c.program)
	if exec.CommandContext(t.Context(), path, c.probe...).Run() != nil {
		t.Skip("java without a compiler")
	}
	p := startProxy(t)
	env := p.environment(t, childenv.Options{Base: base(), CaptureLocalhost: true})
	got := run(t, env.Environ(), path, c.args([]string{"http://localhost:9/x", "https://127.0.0.1:9/y"})...)
	if want := "seen GET http://localhost:9/x \nseen GET https://127.0.0.1:9/y \n"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

// TestGit: it talks to its remote through the proxy and trusts what it finds
// there (a line that it takes for an empty list).
func TestGit(t *testing.T) {
	t.Parallel()
	path := program(t, false, "git")
	p := startProxy(t)
	cmd := exec.CommandContext(t.Context(), path, "ls-remote", "https://git.example.test/repo")
	cmd.Env = append(p.environment(t, childenv.Options{Base: base()}).Environ(), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("git ls-remote: %v\n%s", err, out)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.connects, "git.example.test:443") {
		t.Errorf("git connected to %q", p.connects)
	}
}

// node runs testdata/client.cjs, which prints one JSON line a case.
func node(t *testing.T, env *childenv.Environment, args ...string) map[string]string {
	t.Helper()
	out := run(t, env.Environ(), program(t, true, "node"), args...)
	answers := make(map[string]string)
	for line := range strings.Lines(out) {
		var one [2]string
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		answers[one[0]] = one[1]
	}
	return answers
}

// TestNode goes through every way in which Node's own modules make requests.
func TestNode(t *testing.T) {
	t.Parallel()
	p := startProxy(t)
	proxyURL := *p.url
	proxyURL.User = url.UserPassword("check out", "x@")
	env := p.environment(t, childenv.Options{
		Base: base(), ProxyURL: &proxyURL,
		NoProxy: []string{"spared.localhost", "*.wild.localhost", "127.0.0.0/30", "port.localhost:8"},
	})
	got := node(t, env, filepath.Join("testdata", "client.cjs"))
	const direct = "direct: ECONNREFUSED"
	want := map[string]string{
		"fetch http":            "seen GET http://api.example.test/1 ",
		"fetch https":           "seen GET https://api.example.test/2?q=%20 ",
		"fetch POST":            "seen POST https://api.example.test/3 body",
		"fetch stream":          "seen POST https://api.example.test/4 streamed",
		"fetch port":            "seen GET https://api.example.test:8443/5 ",
		"fetch in parallel":     "8 of 8",
		"fetch address":         "seen GET https://192.0.2.1/6 ",
		"fetch IPv6":            "seen GET https://[2001:db8::1]/7 ",
		"fetch refused":         "ERR_PROXY_TUNNEL",
		"fetch aborted":         "AbortError",
		"http.get":              "seen GET http://api.example.test/10 ",
		"https.get":             "seen GET https://api.example.test/11 ",
		"https.request POST":    "seen POST https://api.example.test/12 body",
		"https kept alive":      "seen GET https://api.example.test/13 seen GET https://api.example.test/14 ",
		"http own agent":        "seen GET http://api.example.test/15 ",
		"https own agent":       "seen GET https://api.example.test/16 ",
		"https agent false":     "seen GET https://api.example.test/17 ",
		"https IPv6":            "seen GET https://[2001:db8::1]/18 ",
		"https refused":         "ERR_PROXY_TUNNEL",
		"http own connection":   "own connection",
		"worker":                "seen GET https://api.example.test/19 ",
		"child process":         "seen GET https://api.example.test/20 ",
		"fetch spared":          direct,
		"https spared":          direct,
		"https below spared":    direct,
		"https spared wildcard": direct,
		"http spared range":     direct,
		"https spared port":     direct,
		"https other port":      "seen GET https://port.localhost:9/21 ",
	}
	// Newer versions do this themselves, with errors of their own, no ranges in
	// NO_PROXY, and (22.23) no match for a certificate of an IPv6 address.
	if modern(t) {
		for _, name := range []string{
			"fetch refused", "https refused", "fetch spared", "http spared range", "fetch IPv6", "https IPv6",
		} {
			delete(want, name)
			delete(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers differ (-want +got):\n%s", diff)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, user := range p.users {
		if user != "check out" {
			t.Errorf("CONNECT %s came with user %q", p.connects[i], user)
		}
	}
}

// modern reports whether Node reads the proxy variables itself.
func modern(t *testing.T) bool {
	t.Helper()
	return strings.TrimSpace(run(t, base(), program(t, true, "node"), "-p",
		`process.allowedNodeEnvironmentFlags.has('--use-env-proxy')`)) == "true"
}

// TestNodeKeepsUserOptions: a script of the user's is preloaded too, and a
// module that is an ES module sees the same fetch.
func TestNodeKeepsUserOptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	theirs := filepath.Join(dir, "theirs.cjs")
	if err := os.WriteFile(theirs, []byte(`globalThis.theirs = 'kept'`), 0o600); err != nil {
		t.Fatal(err)
	}
	module := filepath.Join(dir, "main.mjs")
	const source = `import https from 'node:https';
const text = await (await fetch('https://api.example.test/m')).text();
console.log(JSON.stringify([globalThis.theirs, text]));`
	if err := os.WriteFile(module, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProxy(t)
	env := p.environment(t, childenv.Options{
		Base: append(base(), "NODE_OPTIONS=--require "+theirs), Dir: filepath.Join(dir, `a "quoted" dir\`),
	})
	got := node(t, env, module)
	if diff := cmp.Diff(map[string]string{"kept": "seen GET https://api.example.test/m "}, got); diff != "" {
		t.Errorf("answers differ (-want +got):\n%s", diff)
	}
}

// TestNodeDeadProxy: requests fail, they do not hang or go elsewhere.
func TestNodeDeadProxy(t *testing.T) {
	t.Parallel()
	p := startProxy(t)
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := &url.URL{Scheme: "http", Host: ln.Addr().String()}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	env := p.environment(t, childenv.Options{Base: base(), ProxyURL: dead})
	const script = `const https = require('https');
https.get('https://api.example.test/').on('error', (e) => console.log(JSON.stringify(['https', e.code])));
fetch('https://api.example.test/').catch((e) => console.log(JSON.stringify(['fetch', e.cause.code])));`
	got := node(t, env, "-e", script)
	if diff := cmp.Diff(map[string]string{"https": "ECONNREFUSED", "fetch": "ECONNREFUSED"}, got); diff != "" {
		t.Errorf("answers differ (-want +got):\n%s", diff)
	}
}
