package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestE2ESOCKS: clients that speak SOCKS are recorded like others, and so is
// what goes on to another pactape by SOCKS.
func TestE2ESOCKS(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("far"))
	last := newHome(t).serve(t, "--upstream-ca", u.ca, "--map", "far.example.test=https://"+u.host)
	s := newHome(t).serve(t, "--upstream-ca", last.path("home", "ca.pem"), "--upstream-proxy", "socks5://team:x@"+last.addr)
	client := through(t, &url.URL{Scheme: "socks5", Host: s.addr, User: url.UserPassword("checkout", "x")}, s.path("home", "ca.pem"))
	get(t, client, "https://far.example.test/a", 200, "far /a")
	for server, session := range map[*server]string{last: "team", s: "checkout"} {
		if got := fmt.Sprint(server.recordedPaths(t, session)); got != "[/a]" {
			t.Errorf("session %q recorded %s", session, got)
		}
	}
}

// TestE2EProxyPassword keeps out who does not know it, of the proxy and of
// servers that a Host field names, and is kept to itself.
func TestE2EProxyPassword(t *testing.T) {
	t.Parallel()
	const password = "only-between-us"
	u := startUpstream(t, "api", named("far"))
	s := newHome(t).serve(t, "--upstream-ca", u.ca, "--proxy-password", password, "--log-level", "debug")
	as := func(scheme, password string) *http.Client {
		return through(t, &url.URL{Scheme: scheme, Host: s.addr, User: url.UserPassword("checkout", password)}, s.path("home", "ca.pem"))
	}
	get(t, as("http", password), u.url+"/a", 200, "far /a")
	get(t, as("socks5", password), u.url+"/b", 200, "far /b")
	for _, client := range []*http.Client{as("http", "guess"), as("socks5", "guess"), s.through(t, "")} {
		if a, err := send(t.Context(), client, http.MethodGet, u.url+"/c", ""); err == nil {
			t.Errorf("let in: %d %q", a.status, a.body)
		}
	}
	get(t, s.through(t, "checkout"), "http://"+u.host+"/d", http.StatusProxyAuthRequired, "password")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addr+"/e", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = u.host
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a direct request is forwarded by its Host: %d", resp.StatusCode)
	}
	if got := fmt.Sprint(s.recordedPaths(t, "checkout")); got != "[/a /b]" {
		t.Errorf("recorded %s", got)
	}
	requests := s.put(t, http.StatusOK, "retrieve?type=requests&session=checkout", "").body
	line, err := os.ReadFile(s.path("home", "sessions", "checkout", "0001.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"log": s.stderr.String(), "requests": requests, "recording": string(line)} {
		if strings.Contains(text, password) || strings.Contains(text, "guess") || strings.Contains(text, "Proxy-Auth") {
			t.Errorf("credentials are in the %s: %s", what, text)
		}
	}
}
