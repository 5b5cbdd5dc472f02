//go:build unix

package main_test

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signal sends a signal to the process.
func (p *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// terminate ends a server as a service manager does, and wants it to end well.
func (s *server) terminate(t *testing.T) result {
	t.Helper()
	s.signal(t, syscall.SIGTERM)
	return s.end(t).want(t, 0)
}

// TestE2EShutdown tells pactape serve to stop while an exchange is running:
// it takes no more connections, lets the exchange finish, records it, and ends
// with 0.
func TestE2EShutdown(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			more := make(chan struct{})
			u := startUpstream(t, "api", testAPI(more))
			h := newHome(t)
			s := h.serve(t, "--mode", "CAPTURE", "--upstream-ca", u.ca, "--shutdown-timeout", "1m")
			resp, err := s.through(t, "").Get(u.url + "/events")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			s.signal(t, sig)
			until(t, "it takes no more connections", func() bool {
				conn, err := net.Dial("tcp", s.addr)
				if err == nil {
					_ = conn.Close()
				}
				return err != nil
			})
			close(more)
			body, err := io.ReadAll(resp.Body)
			if err != nil || string(body) != "data: one\n\ndata: two\n\n" {
				t.Errorf("the exchange that was running ended with %q, %v", body, err)
			}
			s.end(t).want(t, 0)
			r := h.pactape(t, "session", "show", "default").want(t, 0)
			if !regexp.MustCompile(`(?m)GET +\S+/events +200 `).MatchString(r.stdout) {
				t.Errorf("recorded:\n%s", r.stdout)
			}
		})
	}
}

// TestE2EShutdownTimeout pins that an exchange that never ends does not keep
// pactape serve from ending, and is recorded as far as it came.
func TestE2EShutdownTimeout(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", testAPI(nil))
	h := newHome(t)
	s := h.serve(t, "--mode", "CAPTURE", "--upstream-ca", u.ca, "--shutdown-timeout", "100ms")
	resp, err := s.through(t, "").Get(u.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.terminate(t)
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the client takes %q for the whole answer", body)
	}
	if r := h.pactape(t, "session", "show", "default").want(t, 0); !strings.Contains(r.stdout, "/events") {
		t.Errorf("recorded:\n%s", r.stdout)
	}
}

// TestE2ESecondSignal does not wait for an exchange that never ends.
func TestE2ESecondSignal(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", testAPI(nil))
	s := newHome(t).serve(t, "--mode", "CAPTURE", "--upstream-ca", u.ca, "--shutdown-timeout", "1h")
	resp, err := s.through(t, "").Get(u.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.signal(t, syscall.SIGINT)
	until(t, "it takes no more connections", func() bool {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	s.signal(t, syscall.SIGINT)
	s.end(t)
	if state, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || state.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", s.cmd.ProcessState)
	}
}

// TestE2ERestart records, stops and starts again: what was captured is there,
// unless --fresh ignores it; what clear and reset removed stays away.
func TestE2ERestart(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	h := newHome(t)
	flags := []string{"--mode", "CAPTURE", "--upstream-ca", u.ca}
	record := func(s *server, paths ...string) {
		t.Helper()
		client := s.through(t, "")
		for _, path := range paths {
			if a, err := send(t.Context(), client, http.MethodGet, u.url+path, ""); err != nil || a.status != http.StatusOK {
				t.Fatal(a.status, err)
			}
		}
	}
	want := func(s *server, said string, paths ...string) {
		t.Helper()
		if diff := cmp.Diff(paths, s.recordedPaths(t, "")); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
		if loaded := strings.Contains(s.stderr.String(), "loaded"); said != "" && !strings.Contains(s.stderr.String(), said) || loaded != (said != "") {
			t.Errorf("want %q, got:\n%s", said, s.stderr)
		}
	}

	s := h.serve(t, flags...)
	record(s, "/a", "/b", "/c")
	want(s, "", "/a", "/b", "/c")
	s.terminate(t)

	s = h.serve(t, flags...)
	want(s, "loaded 3 captured expectations", "/a", "/b", "/c")
	s.put(t, http.StatusOK, "clear", `{"path":"/b"}`)
	record(s, "/d")
	s.terminate(t)

	s = h.serve(t, flags...)
	want(s, "loaded 3 captured expectations", "/a", "/c", "/d")
	s.put(t, http.StatusOK, "reset", "")
	record(s, "/e")
	want(s, "loaded 3", "/e")
	s.kill()

	s = h.serve(t, flags...)
	want(s, "loaded 1 captured expectation", "/e")
	s.terminate(t)

	s = h.serve(t, append(flags, "--fresh")...) // starts over
	want(s, "")
	record(s, "/f")
	s.terminate(t)

	s = h.serve(t, flags...)
	want(s, "loaded 1 captured expectation", "/f")
	s.terminate(t)
}
