package proxy_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestErrorActionBytes are written as they are, on connections of HTTP/1.
func TestErrorActionBytes(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	e := r.act("/bytes", &expectations.Fail{Bytes: []byte("\x00\xff no HTTP"), Drop: true})
	conn := r.dial()
	_, _ = io.WriteString(conn, "POST /bytes HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc")
	if got, err := io.ReadAll(conn); err != nil || string(got) != "\x00\xff no HTTP" {
		t.Errorf("%q, %v", got, err)
	}
	entry := r.space().Log.All()[0]
	if entry.Outcome != expectations.Matched || entry.ExpectationID != e.ID || entry.Response != nil ||
		string(entry.Request.Body.Bytes) != "abc" {
		t.Errorf("log entry %+v", entry)
	}
	// Without dropConnection the client may still be told more: it ends.
	r.act("/more", &expectations.Fail{Bytes: []byte("HTTP/1.1 200 OK\r\n\r\nsome")})
	resp, err := r.direct().Get("http://" + r.addr + "/more")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got := make([]byte, 4)
	if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != "some" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestErrorActionDrops: the client gets no answer, over any protocol, and the
// next request works.
func TestErrorActionDrops(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Spy))
	r.act("/drop", &expectations.Fail{Drop: true})
	r.act("/reset", &expectations.Fail{Bytes: []byte("ignored")})
	r.put("/fine", text("fine"))
	for name, tt := range map[string]struct {
		client *http.Client
		base   string
		h2     bool
	}{
		"direct": {r.direct(), "http://" + r.addr, false},
		"proxy":  {r.client(), "http://nowhere.invalid", false},
		"tunnel": {r.client(), "https://nowhere.invalid", false},
		"h2":     {r.client(h2Only), "https://nowhere.invalid", true},
		"h2c":    {r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil }), "http://" + r.addr, true},
	} {
		get(t, tt.client, tt.base+"/fine")
		resp, err := tt.client.Get(tt.base + "/drop")
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s: answered %s", name, resp.Status)
		}
		if tt.h2 {
			resp, err := tt.client.Get(tt.base + "/reset")
			if err == nil {
				_ = resp.Body.Close()
			}
			if err == nil || !strings.Contains(err.Error(), "INTERNAL_ERROR") {
				t.Errorf("%s: reset is %v, %v", name, resp, err)
			}
		}
		if resp, body := get(t, tt.client, tt.base+"/fine"); resp.StatusCode != 200 || body != "fine" {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	for _, ex := range r.tape.all() {
		if ex.Request.Path != "/fine" {
			t.Errorf("recorded %s", ex.Request.Path)
		}
	}
}

// TestErrorActionSaysNothing leaves the client waiting until it gives up.
func TestErrorActionSaysNothing(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.act("/silent", &expectations.Fail{})
	for _, client := range []*http.Client{r.direct(), r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil })} {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.addr+"/silent", nil)
		if err != nil {
			t.Fatal(err)
		}
		before := len(r.space().Log.All())
		go func() {
			eventually(t, "the request is logged", func() bool { return len(r.space().Log.All()) > before })
			cancel()
		}()
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, %v", resp, err)
		}
	}
}
