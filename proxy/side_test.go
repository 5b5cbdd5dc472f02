package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
	mockserver "github.com/pactape/pactape/expectations/wire"
)

// A hooked is a server that notes what it is sent.
type hooked struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

// hook starts a hooked. Requests for "/hang" are answered when their client
// has left, or hold ends.
func hook(t *testing.T, secure bool, hold <-chan struct{}) *hooked {
	t.Helper()
	h := &hooked{}
	serve := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.seen = append(h.seen, fmt.Sprintf("%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Token"), body))
		h.mu.Unlock()
		if r.URL.Path == "/hang" {
			select {
			case <-hold:
			case <-r.Context().Done():
			}
		}
		w.WriteHeader(http.StatusInternalServerError) // it does not matter
	}
	if secure {
		h.Server = upstreamTLS(t, serve)
	} else {
		h.Server = upstreamFunc(t, serve)
	}
	return h
}

func (h *hooked) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(slices.Values(h.seen))
}

func (h *hooked) wait(t *testing.T, want ...string) {
	t.Helper()
	eventually(t, strings.Join(want, ", "), func() bool { return len(h.all()) >= len(want) })
	if got := h.all(); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// putText adds an expectation as it is written.
func (r *rig) putText(text string) *expectations.Expectation {
	r.t.Helper()
	es, err := mockserver.DecodeExpectations([]byte(text))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.putAny(es[0])
}

const hookAt = `"socketAddress":{"host":"{{host}}","port":{{port}},"scheme":"{{scheme}}"}`

// TestAfterActions are sent once the request has been answered, whatever the
// answer, and do not hold it up.
func TestAfterActions(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	plain, secure := hook(t, false, hold), hook(t, true, hold)
	r := start(t, trusting(secure.Server), inMode(expectations.Simulate))
	after := place(plain.Server, `"afterActions":[{"httpRequest":{"method":"POST","path":"/a b","queryStringParameters":{"q":["1"]},"headers":{"X-Token":["secret"]},"body":"told",`+hookAt+`}},
		{"httpRequest":{"path":"/hang",`+hookAt+`}},`) + place(secure.Server, `{"httpRequest":{"path":"/tls",`+hookAt+`},"delay":{"value":1}}]`)
	r.putText(`{"httpRequest":{"path":"/answer"},"httpResponse":{"body":"answered"},` + after + "}")
	r.putText(`{"httpRequest":{"path":"/drop"},"httpError":{"dropConnection":true},` +
		place(plain.Server, `"afterActions":{"httpRequest":{"path":"/dropped",`+hookAt+`}}`) + "}")
	if resp, body := get(t, r.direct(), "http://"+r.addr+"/answer"); resp.StatusCode != 200 || body != "answered" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	plain.wait(t, "GET /hang  ", "POST /a%20b?q=1 secret told")
	secure.wait(t, "GET /tls  ")
	if resp, err := r.direct().Get("http://" + r.addr + "/drop"); err == nil {
		_ = resp.Body.Close()
		t.Error("answered")
	}
	plain.wait(t, "GET /dropped  ", "GET /hang  ", "POST /a%20b?q=1 secret told")
	close(hold)
	eventually(t, "all are counted", func() bool {
		return strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="sent"} 4`)
	})
	if n := len(r.space().Log.All()); n != 2 {
		t.Errorf("%d requests in the log", n)
	}
}

// TestAfterActionsFail: that is logged, without secrets, and counted.
func TestAfterActionsFail(t *testing.T) {
	t.Parallel()
	closed := hook(t, false, nil)
	closed.Close()
	r := start(t)
	e := r.putText(`{"httpRequest":{"path":"/"},"httpResponse":{},` +
		place(closed.Server, `"afterActions":{"httpRequest":{"path":"/s3cret","headers":{"X-Token":["s3cret"]},"body":"s3cret",`+hookAt+`}}`) + "}")
	get(t, r.direct(), "http://"+r.addr+"/")
	eventually(t, "it is counted", func() bool {
		return strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="failed"} 1`)
	})
	eventually(t, "it is logged", func() bool { return len(r.logs.with("a request besides an answer was not sent")) == 1 })
	said := r.logs.with("a request besides an answer was not sent")[0]
	if said.attrs["expectation"] != e.ID || !strings.Contains(said.attrs["reason"], "refused") || strings.Contains(fmt.Sprint(said), "s3cret") {
		t.Errorf("logged %+v", said)
	}
}

// TestAfterActionsAreBounded: those that are too many are dropped and counted,
// and the answers go on.
func TestAfterActionsAreBounded(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	server := hook(t, false, hold)
	r := start(t)
	one := place(server.Server, `{"httpRequest":{"path":"/hang",`+hookAt+`}}`)
	r.putText(`{"httpRequest":{"path":"/"},"httpResponse":{},"afterActions":[` + strings.Repeat(one+",", 599) + one + "]}")
	for range 2 {
		get(t, r.direct(), "http://"+r.addr+"/")
	}
	eventually(t, "some are dropped", func() bool {
		return strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="dropped"} 176`)
	})
	eventually(t, "some run", func() bool { return len(server.all()) == 16 })
	close(hold)
	eventually(t, "the rest is sent", func() bool {
		return strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="sent"} 1024`)
	})
}

// TestBeforeActions hold the answer up, unless told otherwise, and may fail
// it.
func TestBeforeActions(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	server, closed := hook(t, false, hold), hook(t, false, nil)
	closed.Close()
	target := hook(t, false, nil)
	r := start(t, inMode(expectations.Spy))
	before := func(path, rest string, s *hooked) string {
		return place(s.Server, `"beforeActions":{"httpRequest":{"path":"`+path+`",`+hookAt+`}`+rest+"}")
	}
	r.putText(`{"httpRequest":{"path":"/waits"},"httpResponse":{"body":"fine"},` + before("/first", "", server) + "}")
	r.putText(`{"httpRequest":{"path":"/goes"},"httpResponse":{"body":"fine"},` + before("/hang", `,"blocking":false`, server) + "}")
	r.putText(`{"httpRequest":{"path":"/late"},"httpResponse":{"body":"fine"},` + before("/hang", `,"timeout":{"value":20}`, server) + "}")
	r.putText(`{"httpRequest":{"path":"/best"},"httpResponse":{"body":"fine"},` + before("/x", "", closed) + "}")
	r.putText(`{"httpRequest":{"path":"/fails"},` + place(target.Server, `"httpForward":{"host":"{{host}}","port":{{port}}},`) +
		before("/x", `,"failurePolicy":"FAIL_FAST"`, closed) + "}")
	for _, tt := range []struct {
		path   string
		status int
		sent   []string
	}{
		{"/waits", 200, []string{"GET /first  "}},
		{"/best", 200, []string{"GET /first  "}},
		{"/fails", 502, []string{"GET /first  "}},
		{"/late", 200, []string{"GET /first  ", "GET /hang  "}},
	} {
		resp, body := get(t, r.direct(), "http://"+r.addr+tt.path)
		if resp.StatusCode != tt.status || tt.status == 200 && body != "fine" || tt.status == 502 && !strings.Contains(body, "before-action failed: ") {
			t.Errorf("%s: %d %s", tt.path, resp.StatusCode, body)
		}
		if got := server.all(); !slices.Equal(got, tt.sent) { // before the answer
			t.Errorf("%s: sent %q", tt.path, got)
		}
	}
	if n := len(target.all()); n > 0 {
		t.Errorf("forwarded %d in spite of the failure", n)
	}
	get(t, r.direct(), "http://"+r.addr+"/goes")
	server.wait(t, "GET /first  ", "GET /hang  ", "GET /hang  ")
	close(hold)
}

// TestSideActionLoops end.
func TestSideActionLoops(t *testing.T) {
	t.Parallel()
	r := start(t)
	host, port, _ := strings.Cut(r.addr, ":")
	r.putText(`{"httpRequest":{"path":"/"},"httpResponse":{},"afterActions":{"httpRequest":{"socketAddress":{"host":"` + host + `","port":` + port + `}}}}`)
	get(t, r.direct(), "http://"+r.addr+"/")
	eventually(t, "the loop ends", func() bool {
		return strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="failed"} 1`)
	})
	if n := len(r.space().Log.All()); n != 9 {
		t.Errorf("%d requests", n)
	}
}

// TestSideActionsEndWithTheProxy: what runs may end, what waits is dropped.
func TestSideActionsEndWithTheProxy(t *testing.T) {
	t.Parallel()
	server := hook(t, false, nil)
	r := start(t, func(c *config) { c.ShutdownTimeout = time.Minute })
	r.putText(`{"httpRequest":{"path":"/"},"httpResponse":{},` + place(server.Server, `"afterActions":[{"httpRequest":{"path":"/now",`+hookAt+`}},
		{"httpRequest":{"path":"/later",`+hookAt+`},"delay":{"timeUnit":"HOURS","value":1}}]`) + "}")
	get(t, r.direct(), "http://"+r.addr+"/")
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if got := server.all(); !slices.Equal(got, []string{"GET /now  "}) {
		t.Errorf("sent %q", got)
	}
	if !strings.Contains(r.scrape(), `pactape_side_requests_total{outcome="dropped"} 1`) {
		t.Error("what was dropped is not counted")
	}
}

// TestSeveralActions: the primary one answers, those that forward send the
// request too.
func TestSeveralActions(t *testing.T) {
	t.Parallel()
	server := hook(t, false, nil)
	r := start(t, inMode(expectations.Simulate))
	const rest = `"httpForward":{"host":"{{host}}","port":{{port}}},
		"httpOverrideForwardedRequest":{"requestOverride":{"method":"PUT","path":"/override",` + hookAt + `}},
		"httpForwardTemplate":{"templateType":"MUSTACHE","template":"{'path':'/template','headers':{'Host':['{{host}}:{{port}}']}}"}`
	r.putText(`{"httpRequest":{"path":"/in"},"httpResponse":{"body":"primary","primary":true},"httpError":{"dropConnection":true},` + place(server.Server, rest) + "}")
	resp, body := send(t, r.direct(), newRequest(t, http.MethodPost, "http://"+r.addr+"/in?q=1", strings.NewReader("content")))
	if resp.StatusCode != 200 || body != "primary" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	server.wait(t, "GET /template  ", "POST /in?q=1  content", "PUT /override?q=1  content")
	r.putText(`{"httpRequest":{"path":"/list"},"httpResponses":[{"body":"list"}],` + place(server.Server, `"httpForward":{"host":"{{host}}","port":{{port}}}`) + "}")
	if _, body := get(t, r.direct(), "http://"+r.addr+"/list"); body != "list" {
		t.Error(body)
	}
	server.wait(t, "GET /list  ", "GET /template  ", "POST /in?q=1  content", "PUT /override?q=1  content")
}
