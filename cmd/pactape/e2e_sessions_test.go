package main_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestE2ESessions records and replays in two sessions side by side, which are
// user names of the proxy: neither sees the other's traffic, expectations or
// mode.
func TestE2ESessions(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, "live for ", r.URL.Query().Get("for"))
	}))
	s := newHome(t).serve(t, "--upstream-ca", u.ca)
	get := func(session, target string) string {
		t.Helper()
		a, err := send(t.Context(), s.through(t, session), http.MethodGet, target, "")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(a.status, " ", a.body)
	}
	stub := func(session string) {
		t.Helper()
		s.put(t, http.StatusCreated, "expectation?session="+session,
			fmt.Sprintf(`{"httpRequest":{"path":"/stub"},"httpResponse":{"body":"stub of %s"}}`, session))
	}
	stub("red")
	stub("blue")
	for session, want := range map[string][]string{
		"red":  {"200 live for red", "200 stub of red"},
		"blue": {"200 live for blue", "200 stub of blue"},
		"":     {"200 live for ", "200 live for "},
	} {
		got := []string{get(session, u.url+"/"+session+"?for="+session), get(session, u.url+"/stub")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("session %q (-want +got):\n%s", session, diff)
		}
	}
	for session, want := range map[string]struct{ recorded, requests []string }{
		"red":  {[]string{"/red"}, []string{"/red", "/stub"}},
		"blue": {[]string{"/blue"}, []string{"/blue", "/stub"}},
		"":     {[]string{"/", "/stub"}, []string{"/", "/stub"}},
	} {
		if diff := cmp.Diff(want.recorded, s.recordedPaths(t, session)); diff != "" {
			t.Errorf("session %q recorded (-want +got):\n%s", session, diff)
		}
		requests := s.put(t, http.StatusOK, "retrieve?type=requests&session="+session, "").body
		if diff := cmp.Diff(want.requests, paths(t, requests)); diff != "" {
			t.Errorf("session %q requests (-want +got):\n%s", session, diff)
		}
	}
	s.put(t, http.StatusOK, "mode?mode=SIMULATE&session=red", "")
	u.stop()
	for target, want := range map[string]string{"/red?for=red": "200 live for red", "/stub": "200 stub of red"} {
		if got := get("red", u.url+target); got != want {
			t.Errorf("replay of %s: %q", target, got)
		}
	}
	if got := get("red", u.url+"/blue?for=blue"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("what another session recorded: %q", got)
	}
	if got := get("blue", u.url+"/blue?for=blue"); !strings.HasPrefix(got, "502 ") {
		t.Errorf("another session's mode: %q", got)
	}
	s.put(t, http.StatusOK, "reset?session=red", "")
	if got := s.recordedPaths(t, "blue"); !cmp.Equal(got, []string{"/blue"}) {
		t.Errorf("after the reset of another session: %q", got)
	}
}

// TestE2EStub is what a user of MockServer does with curl: make an
// expectation, have it answer, verify that it was called, and look at the
// requests.
func TestE2EStub(t *testing.T) {
	t.Parallel()
	path := program(t, "curl")
	s := newHome(t).serve(t)
	curl := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), path, append([]string{"-sS", "-w", "\n%{http_code}"}, args...)...)
		cmd.Env = cleanEnviron()
		return finish(t, cmd).want(t, 0).stdout
	}
	base := "http://" + s.addr
	put := func(call, body string) string {
		t.Helper()
		return curl("-X", "PUT", base+"/mockserver/"+call, "-d", body)
	}
	const expectation = `{"httpRequest":{"method":"POST","path":"/users/[0-9]+","body":{"type":"JSON","json":{"a":1}}},
		"httpResponse":{"statusCode":202,"headers":{"X-A":["1"]},"body":{"ok":true}},"times":{"remainingTimes":2}}`
	if got := put("expectation", expectation); !strings.HasSuffix(got, "\n201") {
		t.Fatalf("expectation: %s", got)
	}
	const matching = `{"b":2,"a":1}`
	for i := range 3 {
		got, want := curl(base+"/users/12", "-d", matching), "{\n  \"ok\" : true\n}\n202"
		if i == 2 {
			want = "\n404" // used up
		}
		if got != want {
			t.Errorf("call %d: %q, want %q", i, got, want)
		}
	}
	if got := curl(base+"/users/x", "-d", matching); got != "\n404" {
		t.Errorf("another path: %q", got)
	}
	for body, want := range map[string]string{
		`{"httpRequest":{"path":"/users/12"},"times":{"atLeast":3,"atMost":3}}`: "\n202",
		`{"httpRequest":{"path":"/users/12"},"times":{"atMost":2}}`:             "\n406",
		`{"httpRequest":{"path":"/nobody"},"times":{"atLeast":1}}`:              "\n406",
		`{"httpRequest":{"paths":"/users/12"}}`:                                 "\n400",
	} {
		if got := put("verify", body); !strings.HasSuffix(got, want) {
			t.Errorf("verify %s: %s", body, got)
		}
	}
	got, _ := strings.CutSuffix(put("retrieve?type=requests", `{"method":"POST"}`), "\n200")
	if diff := cmp.Diff([]string{"/users/12", "/users/x"}, paths(t, got)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if got := curl("-X", "PUT", base+"/mockserver/reset"); !strings.HasSuffix(got, "\n200") {
		t.Errorf("reset: %s", got)
	}
	if got := put("retrieve?type=requests", ""); !strings.HasPrefix(got, "[]") {
		t.Errorf("requests after a reset: %s", got)
	}
}
