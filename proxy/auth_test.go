package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	netproxy "golang.org/x/net/proxy"

	"github.com/pactape/pactape/expectations"
)

const password = "open sesame" // of locked

func locked(c *config) {
	c.ProxyPassword = password
	c.Admin = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "admin") })
}

// as names a user to the proxy.
func as(r *rig, user, password string) func(*http.Transport) {
	return func(tr *http.Transport) {
		tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr, User: url.UserPassword(user, password)})
	}
}

func TestPasswordOpensTheProxy(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.Header["Proxy-Authorization"]) }
	secure, plain := upstreamTLS(t, handler), upstreamFunc(t, handler)
	for _, tt := range []struct {
		name, url string
		change    func(*rig) func(*http.Transport)
		want      expectations.SessionID
	}{
		{"absolute URI", plain.URL, func(r *rig) func(*http.Transport) { return as(r, "checkout", password) }, "checkout"},
		{"CONNECT", secure.URL, func(r *rig) func(*http.Transport) { return as(r, "checkout", password) }, "checkout"},
		{"no user", secure.URL, func(r *rig) func(*http.Transport) { return as(r, "", password) }, ""},
		{"SOCKS", secure.URL, func(r *rig) func(*http.Transport) {
			return r.viaSOCKS(&netproxy.Auth{User: "checkout", Password: password})
		}, "checkout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, trusting(secure), locked)
			client := r.client(tt.change(r))
			for range 2 { // the second time inside the tunnel
				if resp, body := get(t, client, tt.url); resp.StatusCode != 200 || body != "[]" {
					t.Errorf("answer is %d %q", resp.StatusCode, body)
				}
			}
			for _, ex := range r.tape.all() {
				if ex.Session != tt.want || ex.Request.Header.Get("Proxy-Authorization") != "" {
					t.Errorf("recorded %q, %v", ex.Session, ex.Request.Header)
				}
			}
		})
	}
}

func TestPasswordLocksOthersOut(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") })
	r := start(t, locked)
	const basic = "Proxy-Authorization: Basic "
	for name, field := range map[string]string{
		"none":         "X-None: 1",
		"wrong":        basic + "Y2hlY2tvdXQ6d3Jvbmc=",     // checkout:wrong
		"longer":       basic + "YTpvcGVuIHNlc2FtZSE=",     // a:open sesame!
		"as user":      basic + "b3BlbiBzZXNhbWU6",         // open sesame:
		"bad session":  basic + "Tm8gU2Vzc2lvbjp3cm9uZw==", // No Session:wrong
		"no Basic":     "Proxy-Authorization: Bearer open sesame",
		"for a server": "Authorization: Basic YTpvcGVuIHNlc2FtZQ==",
	} {
		for _, line := range []string{"GET " + server.URL + "/ HTTP/1.1", "CONNECT " + hostOf(server.URL) + " HTTP/1.1"} {
			c := r.dial()
			_, _ = fmt.Fprintf(c, "%s\r\nHost: h\r\n%s\r\n\r\n", line, field)
			resp, body := read(t, bufio.NewReader(c), "GET")
			if resp.StatusCode != http.StatusProxyAuthRequired || !strings.HasPrefix(resp.Header.Get("Proxy-Authenticate"), "Basic realm=") {
				t.Errorf("%s: %s is answered %d, %v", name, line, resp.StatusCode, resp.Header)
			}
			if strings.Contains(body, "wrong") || strings.Contains(body, password) {
				t.Errorf("%s: the answer tells a password: %q", name, body)
			}
		}
	}
	for name, says := range map[string]string{
		"SOCKS4": "\x04\x01\x00\x50\x7f\x00\x00\x01checkout\x00", "no login": greetOpen, "empty": greetBoth + "\x01\x01a\x00",
		"wrong": greetBoth + "\x01\x08checkout\x05guess",
	} {
		c := r.dial()
		_, _ = io.WriteString(c, says)
		answer, _ := io.ReadAll(c) // up to the end
		if last := answer[len(answer)-1]; name != "SOCKS4" && last == 0 {
			t.Errorf("SOCKS, %s: answered %q", name, answer)
		}
	}
	eventually(t, "refusals of SOCKS are logged", func() bool { return len(r.logs.with("SOCKS client refused")) == 4 })
	for _, l := range r.logs.with("SOCKS client refused") {
		if s := fmt.Sprint(l.attrs); strings.Contains(s, "checkout") || strings.Contains(s, "guess") || strings.Contains(s, password) {
			t.Errorf("credentials are logged: %s", s)
		}
	}
	if n := len(r.tape.all()); n != 0 {
		t.Errorf("%d exchanges recorded", n)
	}
}

// TestPasswordIsNotAskedFor where nobody uses us as a proxy.
func TestPasswordIsNotAskedFor(t *testing.T) {
	t.Parallel()
	r := start(t, locked)
	r.put("/stub", &expectations.Answer{Body: &expectations.AnswerBody{Bytes: []byte("stub")}})
	base := "http://" + r.addr
	for name, tt := range map[string]struct {
		client *http.Client
		path   string
		want   string
	}{
		"direct":             {r.direct(), "/stub", "stub"},
		"admin":              {r.direct(), "/mockserver/status", "admin"},
		"admin as a proxy":   {r.client(), "/mockserver/status", "admin"},
		"metrics as a proxy": {r.client(), "/metrics", "admin"},
	} {
		if resp, body := get(t, tt.client, base+tt.path); resp.StatusCode != 200 || body != tt.want {
			t.Errorf("%s: %d %q", name, resp.StatusCode, body)
		}
	}
	if resp, _ := get(t, r.client(), base+"/stub"); resp.StatusCode != http.StatusProxyAuthRequired {
		t.Errorf("another request to a proxy is answered %d", resp.StatusCode)
	}
}

// TestCurlAnswersTheChallenge sends credentials once it is asked to.
func TestCurlAnswersTheChallenge(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") })
	r := start(t, trusting(server), locked)
	for _, args := range [][]string{
		{"--proxy-anyauth", "--proxy", "http://" + r.addr}, {"--socks5-hostname", r.addr},
	} {
		if out, err := curl(t, append(args, "--proxy-user", "team:"+password, server.URL)...); err != nil || out != "in" {
			t.Errorf("%v: %v: %s", args, err, out)
		}
		if out, err := curl(t, append(args, "--proxy-user", "team:wrong", server.URL)...); err == nil {
			t.Errorf("%v: let in: %s", args, out)
		}
	}
}
