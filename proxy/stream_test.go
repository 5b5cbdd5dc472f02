package proxy_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestLargeDownloadInFlatMemory streams far more than may be held.
// TestLargeUpload: all of it arrives, over every protocol.
// TestClientThatDoesNotReadIsNotBuffered: what a client does not take is not
// read from the upstream.
// TestSpentBudgetLeavesTrafficAlone: without memory for copies bodies are
// marked truncated, and pass.
// again sends each request twice, as a transport does that finds a connection
// closed.
// TestShortBodiesCanBeSentAgain: a connection that the upstream has closed
// meanwhile costs the client nothing.
