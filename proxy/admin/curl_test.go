package admin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A command that was retrieved sends the request again, run by a shell.
func TestCurlCommandsRun(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(name + " is not installed")
		}
	}
	got := make(chan string, 3)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body) // what could be read is compared
		got <- req.Method + " " + req.URL.RequestURI() + " " + req.Header.Get("X-Quote") + " " + req.Header.Get("Content-Type") + " " + string(body)
	}))
	t.Cleanup(server.Close)
	r := start(t)
	r.traffic("GET " + server.URL + "/a'b?q=$HOME\nX-Quote: it's `x`\n\n")
	r.traffic("PUT " + server.URL + "/text\n\n@file 'é'\n")
	r.traffic("POST " + server.URL + "/bytes\nContent-Type: a/b\n\n\xff\x01\x00'%\n")
	commands := r.call(http.MethodPut, "/mockserver/retrieve?format=curl", "").body
	lines := strings.Split(commands, "\n")
	want := []string{
		"GET /a'b?q=$HOME it's `x`  ",
		"PUT /text   @file 'é'",
		"POST /bytes  a/b \xff\x01\x00'%",
	}
	if len(lines) != len(want) {
		t.Fatalf("%d commands:\n%s", len(lines), commands)
	}
	for i, line := range lines {
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		if d := cmp.Diff(want[i], <-got); d != "" {
			t.Errorf("%s\n%s", line, d)
		}
	}
}
