package proxy_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
)

// TestFallback: a server that answers well is passed on; else the expectation
// answers, and what the server did is recorded.
func TestFallback(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Query().Get("s"))
		if status == 0 { // no answer at all
			if strings.HasPrefix(r.URL.Path, "/late") {
				<-r.Context().Done()
			}
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "server")
	})
	r := start(t, trusting(server), func(c *config) { c.upstream.ResponseHeaderTimeout = 50 * time.Millisecond })
	const to = `"httpForward":{"host":"{{host}}","port":{{port}},"scheme":"{{scheme}}"},"fallbackResponse":{"statusCode":203,"body":"fallback"}`
	for path, text := range map[string]string{
		"/usual": to, "/late": to, "/listed": to + `,"fallbackOnStatusCodes":[404]`, "/strict": to + `,"fallbackOnTimeout":false`,
	} {
		r.act(path, action(t, place(server, `"httpForwardWithFallback":{`+text+"}")))
	}
	n := 0
	for _, tt := range []struct {
		url    string
		status int
		body   string
		failed bool
	}{
		{"/usual?s=200", 200, "server", false},
		{"/usual?s=404", 404, "server", false},
		{"/usual?s=500", 203, "fallback", false},
		{"/usual?s=599", 203, "fallback", false},
		{"/usual", 203, "fallback", true},
		{"/late", 203, "fallback", true},
		{"/listed?s=404", 203, "fallback", false},
		{"/listed?s=500", 500, "server", false},
		{"/strict?s=503", 203, "fallback", false},
		{"/strict", 502, "", true},
	} {
		for _, client := range []*http.Client{r.client(), r.client(h2Only)} {
			resp, body := get(t, client, "https://a.test"+tt.url)
			if resp.StatusCode != tt.status || tt.body != "" && body != tt.body {
				t.Errorf("%s: %d %s", tt.url, resp.StatusCode, body)
			}
			entry := r.space().Log.All()[n]
			if n++; tt.status != 502 && entry.Outcome != expectations.Forwarded || entry.ExpectationID == "" ||
				entry.Response.Status != tt.status || string(entry.Response.Body.Bytes) != body {
				t.Errorf("%s: log has %s %+v", tt.url, entry.Outcome, entry.Response)
			}
			ex := r.tape.wait(t, n)
			if tt.failed != (ex.Failure != nil) || tt.failed != (ex.Response == nil) || ex.AnsweredBy != "" {
				t.Errorf("%s: recorded %+v", tt.url, ex)
			} else if !tt.failed && (bodyText(ex.Response) != "server" || ex.Response.Status == 203) {
				t.Errorf("%s: recorded %+v", tt.url, ex.Response)
			}
		}
	}
}
