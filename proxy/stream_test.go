package proxy_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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
)

// eventServer sends an event each time it is told to.
func eventServer(contentType string, next <-chan string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Trailer", "X-End")
		_ = http.NewResponseController(w).Flush()
		for event := range next {
			_, _ = io.WriteString(w, event)
			_ = http.NewResponseController(w).Flush()
		}
		w.Header().Set("X-End", "done")
	}
}

func TestEventsArriveAsTheyCome(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"text/event-stream", "application/x-ndjson", "application/octet-stream"} {
		for _, kind := range []string{"plain", "h1", "h2"} {
			t.Run(contentType+" "+kind, func(t *testing.T) {
				t.Parallel()
				next := make(chan string)
				server := upstreamFunc(t, eventServer(contentType, next))
				r := start(t)
				client := r.client()
				if kind != "plain" {
					server = upstreamTLS(t, eventServer(contentType, next))
					r = start(t, trusting(server))
					client = r.client()
				}
				if kind == "h2" {
					client = r.client(h2Only)
				}
				// The head comes before the first event.
				resp, err := client.Do(newRequest(t, "GET", server.URL+"/events", nil))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				entries := r.space().Log.All()
				if len(entries) != 1 || entries[0].Outcome != expectations.Pending || entries[0].Response.Status != 200 {
					t.Errorf("log while running: %+v", entries)
				}
				lines := bufio.NewReader(resp.Body)
				for i := range 3 {
					event := fmt.Sprintf("data: %d\n", i)
					next <- event // the next one is not sent before this has arrived
					if line, err := lines.ReadString('\n'); err != nil || line != event {
						t.Fatalf("read %q, %v; want %q", line, err, event)
					}
				}
				close(next)
				if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
					t.Errorf("at the end: %q, %v", rest, err)
				}
				if got := resp.Trailer.Get("X-End"); got != "done" {
					t.Errorf("trailer is %q", got)
				}
				// Complete before we saw the end.
				ex := r.tape.only(t)
				if got := string(ex.Response.Body.Bytes); got != "data: 0\ndata: 1\ndata: 2\n" {
					t.Errorf("recorded %q", got)
				}
				if got := ex.Response.Trailer.Get("X-End"); got != "done" {
					t.Errorf("recorded trailer %q", got)
				}
				entries = r.space().Log.All()
				if len(entries) != 1 || entries[0].Outcome != expectations.Forwarded || len(entries[0].Response.Body.Bytes) == 0 {
					t.Errorf("log after the end: %+v", entries)
				}
			})
		}
	}
}

// TestKnownLengthIsNotHeldBack: bytes of an answer that announced its length
// leave as they come, too.
func TestKnownLengthIsNotHeldBack(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "6")
		_ = http.NewResponseController(w).Flush()
		<-next
		for _, part := range []string{"ab", "cd", "ef"} {
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
			<-next
		}
	})
	r := start(t)
	resp, err := r.client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	next <- struct{}{} // the head came before the body
	buf := make([]byte, 2)
	for _, want := range []string{"ab", "cd", "ef"} {
		if _, err := io.ReadFull(resp.Body, buf); err != nil || string(buf) != want {
			t.Fatalf("read %q, %v", buf, err)
		}
		if want == "ef" { // the last byte is here: all is recorded
			if got := string(r.tape.only(t).Response.Body.Bytes); got != "abcdef" {
				t.Errorf("recorded %q", got)
			}
		}
		next <- struct{}{}
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusExpectationFailed)
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "got %s", body)
	})
	plain := upstreamFunc(t, server.Config.Handler.ServeHTTP)
	r := start(t, trusting(server))
	for _, base := range []string{plain.URL, server.URL} {
		for _, tt := range []struct {
			path, want string
			status     int
		}{
			{"/yes", "got data", 200},
			{"/no", "", 417},
		} {
			t.Run(base[:5]+tt.path, func(t *testing.T) {
				began := time.Now()
				client := r.client(func(tr *http.Transport) { tr.ExpectContinueTimeout = patience })
				read := false
				req := newRequest(t, "POST", base+tt.path, readerFunc(func(p []byte) (int, error) {
					if read {
						return 0, io.EOF
					}
					read = true
					return copy(p, "data"), nil
				}))
				req.ContentLength = 4
				req.Header.Set("Expect", "100-continue")
				resp, body := send(t, client, req)
				if resp.StatusCode != tt.status || body != tt.want {
					t.Errorf("answer is %d %q", resp.StatusCode, body)
				}
				if took := time.Since(began); took > patience/2 {
					t.Errorf("took %v: somebody waited for a 100 in vain", took)
				}
				if tt.status == 417 && read {
					t.Error("the body was sent though the upstream did not want it")
				}
			})
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestAnswerBeforeTheRequestHasEnded: over HTTP/1.1 and 2, client and server
// talk at the same time.
func TestAnswerBeforeTheRequestHasEnded(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		_ = control.Flush()
		buf := make([]byte, 100)
		for {
			n, err := r.Body.Read(buf)
			_, _ = w.Write(bytes.ToUpper(buf[:n]))
			_ = control.Flush()
			if err != nil {
				return
			}
		}
	}
	plain, secure := upstreamFunc(t, echo), upstreamTLS(t, echo)
	r := start(t, trusting(secure))
	for name, tt := range map[string]struct {
		url    string
		client *http.Client
	}{
		"plain": {plain.URL, r.client()},
		"h1":    {secure.URL, r.client()},
		"h2":    {secure.URL, r.client(h2Only)},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(r.tape.all())
			pr, pw := io.Pipe()
			req := newRequest(t, "POST", tt.url, pr)
			resp, err := tt.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			buf := make([]byte, 4)
			for _, word := range []string{"ping", "pong"} {
				_, _ = io.WriteString(pw, word)
				if _, err := io.ReadFull(resp.Body, buf); err != nil || string(buf) != strings.ToUpper(word) {
					t.Fatalf("read %q, %v", buf, err)
				}
			}
			_ = pw.Close()
			if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
				t.Errorf("at the end: %q, %v", rest, err)
			}
			ex := r.tape.wait(t, before+1)
			if got := string(ex.Request.Body.Bytes) + " " + string(ex.Response.Body.Bytes); got != "pingpong PINGPONG" {
				t.Errorf("recorded %q", got)
			}
			if ex.Truncated() {
				t.Error("the exchange is marked truncated")
			}
		})
	}
}

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

// TestLargeDownloadInFlatMemory streams far more than may be held.
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

// TestLargeUpload: all of it arrives, over every protocol.
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

// TestClientThatDoesNotReadIsNotBuffered: what a client does not take is not
// read from the upstream.
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

// TestSpentBudgetLeavesTrafficAlone: without memory for copies bodies are
// marked truncated, and pass.
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
