package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

// act adds an expectation that acts on requests for a path.
func (r *rig) act(path string, a expectations.Action) *expectations.Expectation {
	r.t.Helper()
	return r.putAny(&expectations.Expectation{
		Origin:  expectations.OriginUser,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: path}},
		Action:  a,
	})
}

// forwardTo is the action that forwards to a server.
func forwardTo(t testing.TB, rawURL string) *expectations.Forward {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return &expectations.Forward{Host: u.Hostname(), Port: port, Secure: u.Scheme == "https"}
}

// reflect answers with what it was sent.
func reflect(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header()["X-Twice"] = []string{"1", "2"}
	w.Header().Set("Trailer", "X-End")
	w.WriteHeader(http.StatusAccepted)
	_, _ = fmt.Fprintf(w, "%s %s host=%s conn=%q x=%q body=%s", r.Method, r.URL.RequestURI(), r.Host,
		r.Header.Get("Proxy-Connection"), r.Header.Values("X-In"), body)
	_ = http.NewResponseController(w).Flush() // makes room for trailers
	w.Header().Set("X-End", "end")
}

// TestForwardAction: the request goes to the server that the expectation
// names, in every mode, whoever it was meant for, over every protocol.
func TestForwardAction(t *testing.T) {
	t.Parallel()
	plain, secure := upstreamFunc(t, reflect), upstreamTLS(t, reflect)
	for _, mode := range []expectations.Mode{expectations.Simulate, expectations.Spy, expectations.Capture} {
		for _, server := range []*httptest.Server{plain, secure} {
			t.Run(string(mode)+server.URL[:5], func(t *testing.T) {
				t.Parallel()
				r := start(t, trusting(secure), inMode(mode))
				e := r.act("/a.*", forwardTo(t, server.URL))
				for i, tt := range []struct {
					client *http.Client
					base   string
				}{
					{r.direct(), "http://" + r.addr},
					{r.client(), "http://nowhere.invalid"},
					{r.client(), "https://nowhere.invalid"},
					{r.client(h2Only), "https://nowhere.invalid"},
					{r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil }), "http://" + r.addr},
				} {
					req := newRequest(t, http.MethodPut, tt.base+"/a%2Fb?q=1&q=2", strings.NewReader("content"))
					req.Header["X-In"] = []string{"1", "2"}
					req.Header.Set("Proxy-Connection", "keep-alive")
					resp, body := send(t, tt.client, req)
					want := fmt.Sprintf(`PUT /a%%2Fb?q=1&q=2 host=%s conn="" x=["1" "2"] body=content`, hostOf(server.URL))
					if body != want || resp.StatusCode != 202 || len(resp.Header["X-Twice"]) != 2 || resp.Trailer.Get("X-End") != "end" {
						t.Errorf("%s: %+v\n%s\nwant\n%s", tt.base, resp, body, want)
					}
					entry := r.space().Log.All()[i]
					if entry.Outcome != expectations.Forwarded || entry.ExpectationID != e.ID || entry.Response.Status != 202 ||
						string(entry.Request.Body.Bytes) != "content" || entry.Request.Host == hostOf(server.URL) {
						t.Errorf("log entry %+v of %+v", entry, entry.Request)
					}
				}
				if err := expectations.Verify(r.space().Log, expectations.Verification{ExpectationID: e.ID, AtLeast: new(5), AtMost: new(5)}); err != nil {
					t.Error(err)
				}
				if mode == expectations.Simulate {
					if n := len(r.tape.all()); n > 0 {
						t.Errorf("%d exchanges recorded in SIMULATE", n)
					}
					return
				}
				// Recorded is what the server was asked.
				ex := r.tape.wait(t, 5)
				if ex.AnsweredBy != "" || ex.Request.Authority != hostOf(server.URL) || ex.Request.Host != hostOf(server.URL) ||
					ex.Request.Secure != (server == secure) || ex.Response.Status != 202 {
					t.Errorf("recorded %+v", ex.Request)
				}
			})
		}
	}
}

// TestForwardActionFails: what keeps the server from answering is told as of
// any other, and counts as forwarded by the expectation.
func TestForwardActionFails(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent := upstreamFunc(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	r := start(t, inMode(expectations.Simulate), func(c *config) {
		c.upstream = upstream.Options{ResponseHeaderTimeout: 50 * time.Millisecond}
	})
	dead := r.act("/dead", forwardTo(t, "http://"+closed.Addr().String()))
	r.act("/silent", forwardTo(t, silent.URL))
	for path, status := range map[string]int{"/dead": 502, "/silent": 504, "/none": 404} {
		resp, body := get(t, r.direct(), "http://"+r.addr+path)
		if resp.StatusCode != status || (body == "") != (status == 404) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	for _, entry := range r.space().Log.All() {
		if entry.Request.Path == "/dead" && (entry.Outcome != expectations.Failed || entry.ExpectationID != dead.ID) {
			t.Errorf("log entry %+v", entry)
		}
	}
}

// TestForwardActionToOurselves may meet another expectation, but no loop.
func TestForwardActionToOurselves(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.act("/loop", forwardTo(t, "http://"+r.addr))
	r.putAny(&expectations.Expectation{
		Request: &expectations.RequestMatcher{
			Path:    expectations.Text{Value: "/once"},
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{{Name: expectations.Text{Value: "Via"}, Values: []expectations.Text{{Value: ".+"}}}}},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{text("second")}},
	})
	r.act("/once", forwardTo(t, "http://"+r.addr))
	if resp, body := get(t, r.direct(), "http://"+r.addr+"/once"); resp.StatusCode != 200 || body != "second" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if resp, body := get(t, r.direct(), "http://"+r.addr+"/loop"); resp.StatusCode != 508 && resp.StatusCode != 404 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// TestForwardActionStreams: nothing waits for the end of a body.
func TestForwardActionStreams(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		buf := make([]byte, 1)
		for range 3 {
			if _, err := io.ReadFull(r.Body, buf); err != nil {
				return
			}
			_, _ = w.Write(buf)
			_ = http.NewResponseController(w).Flush()
		}
	})
	r := start(t, inMode(expectations.Simulate))
	r.act("/", forwardTo(t, server.URL))
	body, client := io.Pipe()
	req := newRequest(t, http.MethodPost, "http://"+r.addr+"/", body)
	go func() { _, _ = client.Write([]byte("a")) }()
	resp, err := r.direct().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, want := range []string{"a", "b", "c"} {
		if want != "a" {
			_, _ = client.Write([]byte(want))
		}
		buf := make([]byte, 1)
		if _, err := io.ReadFull(resp.Body, buf); err != nil || string(buf) != want {
			t.Fatalf("%q, %v, want %q", buf, err, want)
		}
	}
	_ = client.Close()
}

// TestForwardActionUpgrades: a WebSocket goes along a route too, and so does
// what only HTTP/2 carries.
func TestForwardActionUpgrades(t *testing.T) {
	t.Parallel()
	plain, secure := upstreamFunc(t, wsEcho(t)), upstreamTLS(t, wsEcho(t))
	r := start(t, trusting(secure), inMode(expectations.Simulate))
	r.act("/plain", forwardTo(t, plain.URL))
	r.act("/secure", forwardTo(t, secure.URL))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, path := range []string{"/plain", "/secure"} {
		for base, client := range map[string]*http.Client{"ws://" + r.addr: r.direct(), "wss://a.test": r.client()} {
			c, resp, err := dialWebSocket(ctx, client, base+path)
			if err != nil {
				t.Fatalf("%s%s: %v", base, path, err)
			}
			if err := c.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
				t.Fatal(err)
			}
			if _, data, err := c.Read(ctx); err != nil || string(data) != "hello" || resp.StatusCode != 101 {
				t.Errorf("%s%s: %q, %v", base, path, data, err)
			}
			_ = c.CloseNow()
		}
	}
}
