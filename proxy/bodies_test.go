package proxy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy"
)

func TestRequestTrailers(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, r.Trailer.Get("X-Sum"))
	})
	r := start(t, trusting(server))
	for name, client := range map[string]*http.Client{"h1": r.client(), "h2": r.client(h2Only)} {
		before := len(r.tape.all())
		req := newRequest(t, "POST", server.URL, io.MultiReader(strings.NewReader("x")))
		req.Trailer = http.Header{"X-Sum": {"42"}}
		if _, body := send(t, client, req); body != "42" {
			t.Errorf("%s: upstream saw trailer %q", name, body)
		}
		if got := r.tape.all()[before].Request.Trailer.Get("X-Sum"); got != "42" {
			t.Errorf("%s: recorded trailer %q", name, got)
		}
	}
}

func TestBodiesAreCappedInTheRecording(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	r := start(t, func(c *config) { c.MaxBody = 10 })
	body := strings.Repeat("0123456789", 1000)
	if _, got := send(t, r.client(), newRequest(t, "POST", server.URL, strings.NewReader(body))); got != body {
		t.Errorf("%d bytes came back, want %d", len(got), len(body))
	}
	ex := r.tape.only(t)
	for name, b := range map[string]expectations.Body{"request": ex.Request.Body, "response": ex.Response.Body} {
		if string(b.Bytes) != "0123456789" || !b.Truncated || b.Size != int64(len(body)) {
			t.Errorf("%s body: %q, truncated %v, size %d", name, b.Bytes, b.Truncated, b.Size)
		}
	}
}

func TestLargeDownloadInFlatMemory(t *testing.T) {
	const size, most = 400 << 20, 48 << 20
	if testing.Short() {
		t.Skip("moves 400 MB")
	}
	block := bytes.Repeat([]byte("0123456789abcdef"), 64<<10/16)
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(size))
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	r := start(t)
	resp, err := r.client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var highest uint64
	var total int64
	buf := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(resp.Body, buf)
		if total += int64(n); total%(50<<20) < int64(n) {
			runtime.ReadMemStats(&now)
			highest = max(highest, now.HeapInuse)
		}
		if err != nil {
			break
		}
	}
	if total != size {
		t.Errorf("read %d bytes, want %d", total, size)
	}
	if highest > before.HeapInuse+most {
		t.Errorf("heap grew from %d MB to %d MB", before.HeapInuse>>20, highest>>20)
	}
	if b := r.tape.wait(t, 1).Response.Body; b.Size != size || !b.Truncated || int64(len(b.Bytes)) != 10<<20 {
		t.Errorf("recorded %d of %d bytes, truncated %v", len(b.Bytes), b.Size, b.Truncated)
	}
}

func TestLargeUpload(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		_, _ = io.Copy(sum, r.Body)
		_, _ = io.WriteString(w, hex.EncodeToString(sum.Sum(nil)))
	})
	r := start(t, trusting(server))
	body := bytes.Repeat([]byte("pactape "), 1<<20)
	sum := sha256.Sum256(body)
	for name, client := range map[string]*http.Client{"h1": r.client(), "h2": r.client(h2Only)} {
		if _, got := send(t, client, newRequest(t, "PUT", server.URL, bytes.NewReader(body))); got != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: the upstream got other bytes", name)
		}
	}
}

func TestClientThatDoesNotReadIsNotBuffered(t *testing.T) {
	t.Parallel()
	written := make(chan int, 1)
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		total, block := 0, make([]byte, 64<<10)
		for {
			n, err := w.Write(block)
			if total += n; err != nil || total > 200<<20 {
				written <- total
				return
			}
		}
	})
	r := start(t)
	c := r.dial()
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(64 << 10)
	}
	_, _ = fmt.Fprintf(c, "GET %s/ HTTP/1.1\r\nHost: x\r\n\r\n", server.URL)
	if n := await(t, written); n > 100<<20 {
		t.Errorf("the upstream could write %d MB to a client that reads nothing", n>>20)
	}
}

func TestSpentBudgetLeavesTrafficAlone(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 100_000)
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body)
		_, _ = w.Write(all)
	})
	for name, budget := range map[string]*capture.Budget{"spent": capture.NewBudget(0), "none": nil} {
		r := start(t, func(c *config) { c.Budget = budget })
		if _, got := send(t, r.client(), newRequest(t, "POST", server.URL, strings.NewReader(body))); got != body {
			t.Errorf("%s: %d bytes came back", name, len(got))
		}
		ex := r.tape.only(t)
		if n := len(ex.Request.Body.Bytes) + len(ex.Response.Body.Bytes); n > 0 {
			t.Errorf("%s: %d bytes recorded", name, n)
		}
		if budget != nil && (!ex.Request.Body.Truncated || !ex.Response.Body.Truncated) {
			t.Errorf("%s: not marked truncated", name)
		}
	}
}

func TestNothingIsRecordedWithoutRecorder(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	r := start(t, func(c *config) { c.Recorder, c.Metrics, c.Logger = nil, nil, nil })
	if _, body := get(t, r.client(), server.URL); body != "ok" {
		t.Errorf("answer is %q", body)
	}
	if e := r.space().Log.All(); len(e) != 1 || string(e[0].Response.Body.Bytes) != "ok" {
		t.Errorf("log %+v", e)
	}
}

type again struct{ proxy.Transport }

func (a again) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody == nil {
		return nil, errors.New("the body cannot be had again")
	}
	if _, err := r.GetBody(); err == nil && r.Header.Get("Expect") != "" {
		return nil, errors.New("the body can be had again before it was read")
	}
	_, _ = io.Copy(io.Discard, r.Body)
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	second := r.Clone(r.Context())
	second.Body = body
	return a.Transport.RoundTrip(second)
}

func TestShortBodiesCanBeSentAgain(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	r := start(t, wrapTransport(func(tr proxy.Transport) proxy.Transport { return again{tr} }))
	for i, early := range []string{"100-continue", ""} { // the second time read before
		req := newRequest(t, "POST", server.URL, strings.NewReader("once more"))
		req.Header.Set("Expect", early)
		if resp, body := send(t, r.client(), req); body != "once more" {
			t.Errorf("answer is %d %q", resp.StatusCode, body)
		}
		if b := r.tape.all()[i].Request.Body; string(b.Bytes) != "once more" || b.Truncated {
			t.Errorf("recorded %+v", b)
		}
	}
}

// hasty answers without reading what it was sent.
type hasty struct{ proxy.Transport }

func (hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	_ = r.Body.Close()
	return &http.Response{
		StatusCode: http.StatusForbidden, Status: "403 Forbidden", Proto: "HTTP/2.0", ProtoMajor: 2, Request: r,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader("no")), ContentLength: 2,
	}, nil
}

func TestShortBodiesAreRecordedWhole(t *testing.T) {
	t.Parallel()
	r := start(t, wrapTransport(func(tr proxy.Transport) proxy.Transport { return hasty{tr} }))
	for i, size := range []int{1, 1000, 64 << 10} {
		want := strings.Repeat("x", size)
		if resp, body := send(t, r.client(), newRequest(t, "POST", "http://api.test/", strings.NewReader(want))); body != "no" {
			t.Errorf("answer is %d %q", resp.StatusCode, body)
		}
		if b := r.tape.all()[i].Request.Body; string(b.Bytes) != want || b.Truncated {
			t.Errorf("%d bytes recorded of %d, truncated: %v", len(b.Bytes), size, b.Truncated)
		}
	}
}
