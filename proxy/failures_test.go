package proxy_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

func TestUpstreamFailures(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	reset := upstreamFunc(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	slow := upstreamFunc(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	untrusted := upstreamTLS(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, func(c *config) { c.upstream.ResponseHeaderTimeout = 50 * time.Millisecond })

	for _, tt := range []struct {
		name, url string
		status    int
		kind      capture.FailureKind
	}{
		{"refused", "http://" + closed.Addr().String(), 502, capture.FailUpstream},
		{"reset", reset.URL, 502, capture.FailUpstream},
		{"timeout", slow.URL, 504, capture.FailTimeout},
		{"untrusted", untrusted.URL, 502, capture.FailUpstream},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(r.tape.all())
			resp, body := get(t, r.client(), tt.url+"/x")
			if resp.StatusCode != tt.status || !strings.HasPrefix(body, "pactape: 127.0.0.1:") || len(body) > 200 ||
				resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("answer is %d %q %v", resp.StatusCode, body, resp.Header)
			}
			ex := r.tape.all()[before]
			if ex.Failure == nil || ex.Failure.Kind != tt.kind || ex.Response != nil {
				t.Errorf("exchange has failure %+v, response %+v", ex.Failure, ex.Response)
			}
			entries := r.space().Log.All()
			if e := entries[len(entries)-1]; e.Outcome != expectations.Failed || e.Reason == "" {
				t.Errorf("log entry %+v", e)
			}
		})
	}
}

func TestAnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/length" {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(w, "beginning")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	r := start(t)
	for i, path := range []string{"/length", "/chunked"} {
		resp, err := r.client().Do(newRequest(t, "GET", server.URL+path, nil))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil || string(body) != "beginning" {
			t.Errorf("%s: read %q, error %v; want what came, and an error", path, body, err)
		}
		ex := r.tape.wait(t, i+1)
		if ex.Failure == nil || ex.Failure.Kind != capture.FailUpstream || ex.Response == nil || !ex.Response.Body.Truncated {
			t.Errorf("%s: exchange %+v", path, ex)
		}
	}
}

func TestClientThatLeavesCancelsUpstream(t *testing.T) {
	t.Parallel()
	began, canceled := make(chan struct{}, 4), make(chan struct{}, 4)
	wait := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stream" {
			_, _ = io.WriteString(w, "first")
			_ = http.NewResponseController(w).Flush()
		}
		began <- struct{}{}
		<-r.Context().Done()
		canceled <- struct{}{}
	}
	plain, secure := upstreamFunc(t, wait), upstreamTLS(t, wait)
	r := start(t, trusting(secure))
	for name, tt := range map[string]struct {
		url    string
		client *http.Client
	}{
		"plain":     {plain.URL + "/wait", r.client()},
		"stream":    {plain.URL + "/stream", r.client()},
		"h1":        {secure.URL + "/wait", r.client()},
		"h2":        {secure.URL + "/wait", r.client(h2Only)},
		"h2 stream": {secure.URL + "/stream", r.client(h2Only)},
	} {
		before := len(r.tape.all())
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan struct{})
		go func() {
			defer close(left)
			resp, err := tt.client.Do(newRequest(t, "GET", tt.url, nil).WithContext(ctx))
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}()
		await(t, began)
		leave()
		await(t, canceled)
		<-left
		if ex := r.tape.wait(t, before+1); ex.Failure == nil || ex.Failure.Kind != capture.FailAborted {
			t.Errorf("%s: exchange has failure %+v", name, ex.Failure)
		}
	}
}

func await[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came in time")
		panic("unreachable")
	}
}
