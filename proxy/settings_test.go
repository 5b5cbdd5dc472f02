package proxy_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy"
	"github.com/pactape/pactape/proxy/settings"
)

// live are settings that a test changes while the proxy runs.
func live(t *testing.T, change func(*settings.Values)) *settings.Live {
	t.Helper()
	v := settings.Default()
	change(&v)
	l, err := settings.New(v)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A miss tells what the closest expectation wanted, once that is asked for.
func TestMismatchDiagnostic(t *testing.T) {
	t.Parallel()
	l := live(t, func(*settings.Values) {})
	r := start(t, inMode(expectations.Simulate), func(c *config) { c.Settings = l })
	miss := func() (answer, string) { return get(t, r.direct(), "http://"+r.addr+"/orders/2?a=1") }

	if got, body := miss(); got.StatusCode != http.StatusNotFound || body != "" || got.Header.Get("X-Mockserver-Closest-Match") != "" {
		t.Errorf("by default: %d %q %q", got.StatusCode, got.Header, body)
	}
	if _, err := l.Change(func(v *settings.Values) error { v.AttachMismatchDiagnostic = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if got, _ := miss(); got.Header.Get("X-Mockserver-Closest-Match") != "no expectations configured" {
		t.Errorf("without expectations: %q", got.Header)
	}
	r.putAny(&expectations.Expectation{
		Request: &expectations.RequestMatcher{Method: expectations.Text{Value: "POST"}, Path: expectations.Text{Value: "/orders/1"}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{{}}},
	})
	got, body := miss()
	if got.StatusCode != http.StatusNotFound || got.Header.Get("X-Mockserver-Closest-Match") != "fields differ: method, path" {
		t.Errorf("%d %q", got.StatusCode, got.Header)
	}
	for _, want := range []string{
		`"matchedFieldCount" : 8`, `"totalFieldCount" : 10`,
		`"method" : [ "expected POST but was GET" ]`, `"path" : [ "expected /orders/1 but was /orders/2" ]`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the body lacks %s:\n%s", want, body)
		}
	}
	if got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("content type %q", got.Header.Get("Content-Type"))
	}
}

// Pages of other origins may read answers where the settings let them: those
// of expectations and of upstreams; a preflight is answered unless an
// expectation does.
func TestCORSForAllResponses(t *testing.T) {
	t.Parallel()
	l := live(t, func(v *settings.Values) { v.CORS.Origin = "https://app.test" })
	u := upstreamFunc(t, func(w http.ResponseWriter, req *http.Request) { _, _ = w.Write([]byte(req.Method)) })
	r := start(t, func(c *config) { c.Settings = l })
	r.put("/mine", &expectations.Answer{Status: http.StatusTeapot})
	ask := func(method, url, origin string) (answer, string) {
		req := newRequest(t, method, url, nil)
		req.Header.Set("Origin", origin)
		if method == http.MethodOptions {
			req.Header.Set("Access-Control-Request-Method", "PUT")
		}
		return send(t, r.client(), req)
	}
	const allowed = "Access-Control-Allow-Origin"
	if got, body := ask(http.MethodOptions, u.URL+"/x", "https://app.test"); body != "OPTIONS" || got.Header.Get(allowed) != "" {
		t.Errorf("off, a preflight is the upstream's: %q %q", body, got.Header)
	}
	if _, err := l.Change(func(v *settings.Values) error { v.CORS.AllResponses = true; return nil }); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		method, path, origin string
		status               int
		body, allowed        string
	}{
		{http.MethodOptions, "/x", "https://app.test", 200, "", "https://app.test"},
		{http.MethodGet, "/x", "https://app.test", 200, "GET", "https://app.test"},
		{http.MethodGet, "/mine", "https://app.test", 418, "", "https://app.test"},
		{http.MethodOptions, "/mine", "https://app.test", 418, "", "https://app.test"},
		{http.MethodGet, "/x", "https://evil.test", 200, "GET", ""},
		{http.MethodOptions, "/x", "https://evil.test", 200, "OPTIONS", ""},
	}
	for _, tt := range tests {
		got, body := ask(tt.method, u.URL+tt.path, tt.origin)
		if got.StatusCode != tt.status || body != tt.body && tt.method != http.MethodHead || got.Header.Get(allowed) != tt.allowed {
			t.Errorf("%s %s from %s: %d %q, allowed %q; want %d %q %q",
				tt.method, tt.path, tt.origin, got.StatusCode, body, got.Header.Get(allowed), tt.status, tt.body, tt.allowed)
		}
	}
}

// A listener that is added is served like the first, knows itself, and ends
// with the proxy.
func TestListen(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.put("/mine", &expectations.Answer{Status: http.StatusTeapot})
	get(t, r.direct(), "http://"+r.addr+"/mine") // it serves
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.proxy.Listen(proxy.Listener{Listener: ln}); err != nil {
		t.Fatal(err)
	}
	if got, _ := get(t, r.direct(), "http://"+ln.Addr().String()+"/mine"); got.StatusCode != http.StatusTeapot {
		t.Errorf("answered %d", got.StatusCode)
	}
	if !r.proxy.IsSelf(ln.Addr().String()) || !r.proxy.IsSelf(r.addr) {
		t.Error("the proxy does not know its own listeners")
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("the listener outlives the proxy")
	}
	if err := r.proxy.Listen(proxy.Listener{Listener: ln}); err == nil {
		t.Error("a stopped proxy takes a listener")
	}
}
