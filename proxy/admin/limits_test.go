package admin_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/admin"
)

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 1000
	r := start(t, func(o *admin.Options) { o.MaxBody = limit })
	fits := `{"id":"fits","httpRequest":{"path":"/` + strings.Repeat("a", limit-58) + `"},"httpResponse":{}}`
	if len(fits) != limit {
		t.Fatalf("the body has %d bytes", len(fits))
	}
	tests := []struct {
		name string
		body io.Reader
		want int
	}{
		{"just fits", strings.NewReader(fits), http.StatusCreated},
		{"just fits, length unknown", io.MultiReader(strings.NewReader(fits)), http.StatusCreated},
		{"too large", strings.NewReader(fits + " "), http.StatusRequestEntityTooLarge},
		{"too large, length unknown", io.MultiReader(strings.NewReader(fits + " ")), http.StatusRequestEntityTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.try(http.MethodPut, "/mockserver/expectation", tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if got.status != tt.want {
				t.Errorf("status %d, want %d: %s", got.status, tt.want, got.body)
			}
			if want := "the body is larger than 1000 bytes, the most that one call takes: divide what it holds among several calls"; tt.want != http.StatusCreated && got.body != want {
				t.Errorf("text %q, want %q", got.body, want)
			}
		})
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	r := start(t)
	for i := range 10 {
		if got := r.call(http.MethodGet, fmt.Sprintf("/mockserver/mode?session=s%d", i), ""); got.status != http.StatusOK {
			t.Fatalf("session %d: %d %s", i, got.status, got.body)
		}
	}
	got := r.call(http.MethodGet, "/mockserver/mode?session=one-more", "")
	if got.status != http.StatusTooManyRequests || got.body != `session "one-more": too many sessions (10)` {
		t.Errorf("answered %d %q", got.status, got.body)
	}
	// Calls about the server are about no session.
	if got := r.call(http.MethodPut, "/mockserver/status?session=one-more", ""); got.status != http.StatusOK {
		t.Errorf("status answered %d %q", got.status, got.body)
	}
}

// What a Pact cannot say is all in the log, and in the header as far as that
// goes; which is one that every client and server in between takes.
func TestSkippedHeaderIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200
	r := start(t)
	var batch []*expectations.Expectation
	for i := range n {
		batch = append(batch, &expectations.Expectation{
			ID:      fmt.Sprintf("skipped-%03d \r\nX-Injected: 1 ü %s", i, strings.Repeat("long ", 100)),
			Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/x", Not: true}},
			Action:  &expectations.Respond{Answers: []*expectations.Answer{{}}},
		})
	}
	if _, err := r.space("").Put(batch...); err != nil {
		t.Fatal(err)
	}
	got := r.call(http.MethodPut, "/mockserver/pact", "")
	if got.status != http.StatusOK {
		t.Fatalf("answered %d %s", got.status, got.body)
	}
	lines := got.header.Values("X-Pactape-Skipped")
	if len(lines) != 1 || len(lines[0]) > 4096 || got.header.Get("X-Injected") != "" {
		t.Fatalf("headers %q", got.header)
	}
	named := strings.Count(lines[0], "skipped-")
	if want := fmt.Sprintf("; and %d more", n-named); named < 5 || !strings.HasSuffix(lines[0], want) {
		t.Errorf("%d are named, but the header ends %q", named, lines[0][len(lines[0])-40:])
	}
	if want := `skipped-000 \r\nX-Injected: 1 \u00fc long long`; !strings.HasPrefix(lines[0], want) {
		t.Errorf("the header begins %q, want %q", lines[0][:60], want)
	}
	if got := strings.Count(r.logs.String(), "left out of the pact"); got != n {
		t.Errorf("%d are in the log, want %d", got, n)
	}
}

// No answer permits a page of another origin to read it, not even to one of
// our own.
func TestNoCORS(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, method := range []string{http.MethodOptions, http.MethodGet, http.MethodPut} {
		for _, path := range []string{"/mockserver/mode?mode=SPY", "/mockserver/nothing", "/metrics", "/livez"} {
			got := r.call(method, path, "", "Origin", "http://localhost:3000",
				"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type")
			for name := range got.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s answers %s: %s", method, path, name, got.header.Get(name))
				}
			}
		}
	}
}

func TestAlias(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method, path string
		want         bool
	}{
		{http.MethodPut, "/reset", true},
		{http.MethodPut, "/pact/verify", true},
		{http.MethodGet, "/mode", true},
		{http.MethodPut, "/mockserver/reset", false},
		{http.MethodPost, "/reset", false},
		{http.MethodPut, "/reset/", false},
		{http.MethodPut, "/Reset", false},
		{http.MethodGet, "/ca.pem", false},
		{http.MethodGet, "/metrics", true},
		{http.MethodGet, "/_mockserver_callback_websocket", true},
	}
	for _, tt := range tests {
		if got := admin.Alias(tt.method, tt.path); got != tt.want {
			t.Errorf("Alias(%s, %s) = %v, want %v", tt.method, tt.path, got, tt.want)
		}
	}
}

// A server that was given the least answers all the same.
func TestLeastOptions(t *testing.T) {
	t.Parallel()
	r := start(t, func(o *admin.Options) { *o = admin.Options{Spaces: o.Spaces, OwnHost: o.OwnHost} })
	got := map[string]int{}
	for _, path := range []string{"/metrics", "/mockserver/ca.pem", "/readyz", "/mockserver/mode"} {
		got[path] = r.call(http.MethodGet, path, "").status
	}
	want := map[string]int{"/metrics": 404, "/mockserver/ca.pem": 404, "/readyz": 200, "/mockserver/mode": 200}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if got := r.call(http.MethodPut, "/mockserver/status", ""); !strings.Contains(got.body, `"ports" : [ ]`) {
		t.Errorf("status is %s", got.body)
	}
}

// A hugePact is a contract that is made as it is read, and never ends.
type hugePact struct{ made atomic.Int64 }

func (h *hugePact) Read(p []byte) (int, error) {
	const head = `{"consumer":{"name":"web"},"provider":{"name":"huge"},"interactions":[`
	const each = `{"description":"order","request":{"method":"POST","path":"/orders"},"response":{"status":200}},`
	n := 0
	if h.made.Load() == 0 {
		n = copy(p, head)
	}
	for n+len(each) <= len(p) {
		n += copy(p[n:], each)
	}
	h.made.Add(int64(n))
	return n, nil
}

// A contract that is too large is refused with the limit and how to mend it,
// before it is read if it says how large it is, else where the limit is. It
// changes nothing.
func TestHugeContract(t *testing.T) {
	t.Parallel()
	const want = "the body is larger than 67108864 bytes, the most that one call takes: " +
		"divide the interactions of the contract among several, of the same consumer and provider"
	for _, path := range []string{"/mockserver/pact/import", "/mockserver/pact/verify"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(o *admin.Options) { o.MaxBody = admin.DefaultMaxBody })
			for _, tt := range []struct {
				name        string
				size, bound int64
			}{
				{"100 MiB", 100 << 20, 32 << 20},
				{"without end", -1, admin.DefaultMaxBody + 32<<20},
			} {
				source := new(hugePact)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.server.URL+path, io.NopCloser(source))
				if err != nil {
					t.Fatal(err)
				}
				if req.ContentLength = tt.size; tt.size > 0 {
					req.Body = io.NopCloser(io.LimitReader(source, tt.size))
				}
				resp, err := r.server.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || string(text) != want {
					t.Errorf("%s: %d %s, %v", tt.name, resp.StatusCode, text, err)
				}
				if made := source.made.Load(); made > tt.bound { // what was sent and not read is in the buffers of sockets
					t.Errorf("%s: %d bytes were sent", tt.name, made)
				}
			}
			if n := r.space("").Set.Len(); n != 0 {
				t.Errorf("%d expectations", n)
			}
		})
	}
}
