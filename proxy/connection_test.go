package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// rawAnswer sends one request on a connection of its own, straight to the
// proxy, and returns what comes until the connection ends.
func rawAnswer(t *testing.T, r *rig, target string) string {
	t.Helper()
	c := r.dial()
	_, _ = io.WriteString(c, "GET "+target+" HTTP/1.1\r\nHost: api.test\r\n\r\n")
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// head returns the lines of a head but for the date, and the body.
func head(t *testing.T, raw string) ([]string, string) {
	t.Helper()
	top, body, ok := strings.Cut(raw, "\r\n\r\n")
	if !ok {
		t.Fatalf("no answer: %q", raw)
	}
	return slices.DeleteFunc(strings.Split(top, "\r\n"), func(line string) bool { return strings.HasPrefix(line, "Date:") }), body
}

// TestConnectionOptions: what is asked for is what is on the wire, for
// requests to us and for those to somebody else alike.
func TestConnectionOptions(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, tt := range map[string]struct {
		options expectations.ConnectionOptions
		head    []string
		body    string
	}{
		"no Content-Length": {
			expectations.ConnectionOptions{SuppressContentLength: true}, []string{"HTTP/1.1 200 OK", "X: 1"}, "stubbed",
		},
		"another Content-Length, and closed": {
			expectations.ConnectionOptions{ContentLength: new(int64(100)), CloseSocket: &yes},
			[]string{"HTTP/1.1 200 OK", "Connection: close", "Content-Length: 100", "X: 1"},
			"stubbed",
		},
		"a shorter Content-Length": {
			expectations.ConnectionOptions{ContentLength: new(int64(2)), CloseSocket: &no, SuppressConnection: true},
			[]string{"HTTP/1.1 200 OK", "Content-Length: 2", "X: 1"},
			"stubbed",
		},
		"closed, and not said so": {
			expectations.ConnectionOptions{CloseSocket: &yes, SuppressConnection: true},
			[]string{"HTTP/1.1 200 OK", "Content-Length: 7", "X: 1"},
			"stubbed",
		},
		"closed, and said otherwise": {
			expectations.ConnectionOptions{CloseSocket: &yes, KeepAlive: &yes},
			[]string{"HTTP/1.1 200 OK", "Connection: keep-alive", "Content-Length: 7", "X: 1"},
			"stubbed",
		},
		"said to be closed": {
			expectations.ConnectionOptions{KeepAlive: &no},
			[]string{"HTTP/1.1 200 OK", "Connection: close", "Content-Length: 7", "X: 1"},
			"stubbed",
		},
		"chunks": {
			expectations.ConnectionOptions{ChunkSize: 3, KeepAlive: &no},
			[]string{"HTTP/1.1 200 OK", "Connection: close", "Transfer-Encoding: chunked", "X: 1"},
			"3\r\nstu\r\n3\r\nbbe\r\n1\r\nd\r\n0\r\n\r\n",
		},
		"chunks, then closed": {
			expectations.ConnectionOptions{ChunkSize: 5, CloseSocket: &yes},
			[]string{"HTTP/1.1 200 OK", "Connection: close", "Transfer-Encoding: chunked", "X: 1"},
			"5\r\nstubb\r\n2\r\ned\r\n0\r\n\r\n",
		},
		"pieces of an announced length": {
			expectations.ConnectionOptions{ChunkSize: 3, ContentLength: new(int64(7))},
			[]string{"HTTP/1.1 200 OK", "Content-Length: 7", "X: 1"},
			"stubbed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, inMode(expectations.Simulate))
			a := text("stubbed")
			a.Header = http.Header{"X": {"1"}}
			a.Connection = &tt.options
			e := r.put("/stub", a)
			for i, target := range []string{"/stub", "http://api.test/stub"} {
				lines, body := head(t, rawAnswer(t, r, target))
				slices.Sort(lines[1:])
				if diff := cmp.Diff(tt.head, lines); diff != "" {
					t.Errorf("%s: %s", target, diff)
				}
				if body != tt.body {
					t.Errorf("%s: body %q", target, body)
				}
				if entry := r.space().Log.All()[i]; entry.ExpectationID != e.ID || string(entry.Response.Body.Bytes) != "stubbed" {
					t.Errorf("%s: log %+v", target, entry)
				}
			}
		})
	}
}

// TestConnectionStaysUsable: what net/http can do costs no connection.
func TestConnectionStaysUsable(t *testing.T) {
	t.Parallel()
	r := start(t)
	a := text("stubbed")
	a.Connection = &expectations.ConnectionOptions{ChunkSize: 2, KeepAlive: new(true), ChunkDelay: expectations.Delay{Value: 1, Unit: expectations.Milliseconds}}
	r.put("/stub", a)
	c := r.dial()
	br := bufio.NewReader(c)
	for _, target := range []string{"/stub", "http://api.test/stub", "/stub"} {
		_, _ = io.WriteString(c, "GET "+target+" HTTP/1.1\r\nHost: api.test\r\n\r\n")
		if resp, body := read(t, br, http.MethodGet); body != "stubbed" || resp.Header.Get("Connection") != "keep-alive" {
			t.Errorf("%s: %q %v", target, body, resp.Header)
		}
	}
}

// TestConnectionOptionsInTunnel: they hold inside TLS too, where HTTP/2 keeps
// its own framing.
func TestConnectionOptionsInTunnel(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	a := text("stubbed")
	a.Connection = &expectations.ConnectionOptions{SuppressContentLength: true, ChunkSize: 3, CloseSocket: new(true)}
	r.put("/stub", a)
	for name, change := range map[string]func(*http.Transport){"h1": func(*http.Transport) {}, "h2": h2Only} {
		resp, body := get(t, r.client(change), "https://api.test/stub")
		if body != "stubbed" || resp.StatusCode != http.StatusOK || resp.ContentLength >= 0 {
			t.Errorf("%s: %+v %q", name, resp, body)
		}
	}
}

// TestChunkDelay and the delay before the connection is closed are waited.
func TestChunkDelay(t *testing.T) {
	t.Parallel()
	const pause = 40 * time.Millisecond
	r := start(t)
	a := text("stubbed")
	a.Connection = &expectations.ConnectionOptions{
		ChunkSize: 3, CloseSocket: new(true),
		ChunkDelay:       expectations.Delay{Value: pause.Milliseconds(), Unit: expectations.Milliseconds},
		CloseSocketDelay: expectations.Delay{Value: pause.Milliseconds(), Unit: expectations.Milliseconds},
	}
	r.put("/stub", a)
	began := time.Now()
	if _, body := head(t, rawAnswer(t, r, "/stub")); !strings.HasSuffix(body, "0\r\n\r\n") {
		t.Errorf("body %q", body)
	}
	if took := time.Since(began); took < 3*pause {
		t.Errorf("took %v", took)
	}
}

// TestMissingContentIsWaitedFor: a client that was announced more than there
// is waits, as it would for a server that hangs.
func TestMissingContentIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := start(t)
	a := text("stubbed")
	a.Connection = &expectations.ConnectionOptions{ContentLength: new(int64(8))}
	r.put("/stub", a)
	c := r.dial()
	_, _ = io.WriteString(c, "GET /stub HTTP/1.1\r\nHost: api.test\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	body, err := io.ReadAll(resp.Body)
	if timeout, ok := errors.AsType[net.Error](err); string(body) != "stubbed" || !ok || !timeout.Timeout() {
		t.Errorf("%q, %v", body, err)
	}
}

// TestDribble: pieces leave one by one, over every protocol, with delays that
// are drawn.
func TestDribble(t *testing.T) {
	t.Parallel()
	r := start(t)
	a := text("abcdef")
	a.Delay = expectations.Delay{Unit: expectations.Milliseconds, Distribution: &expectations.Distribution{Kind: expectations.Uniform, Min: 1, Max: 3}}
	a.Connection = &expectations.ConnectionOptions{ChunkSize: 3, ChunkDelay: expectations.Delay{
		Unit: expectations.Days, Distribution: &expectations.Distribution{Kind: expectations.LogNormal, Median: 300, P99: 400},
	}}
	r.put("/", a)
	for name, client := range map[string]*http.Client{
		"h1": r.direct(), "h1 in a tunnel": r.client(), "h2": r.client(h2Only),
		"h2c": r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil }),
	} {
		base := "https://a.test"
		if !strings.Contains(name, "tunnel") && name != "h2" {
			base = "http://" + r.addr
		}
		resp, err := client.Get(base + "/")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		piece := make([]byte, 6)
		n, err := io.ReadAtLeast(resp.Body, piece, 3)
		if err != nil || string(piece[:n]) != "abc" { // the rest comes in months
			t.Errorf("%s: %q, %v", name, piece[:n], err)
		}
		_ = resp.Body.Close()
	}
}

// TestDelayEndsWithItsClient: nobody is waited for.
func TestDelayEndsWithItsClient(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) { t.Error("forwarded") })
	r := start(t)
	months := expectations.Delay{Value: 300, Unit: expectations.Days}
	answer := text("late")
	answer.Delay = months
	forward := forwardTo(t, server.URL)
	forward.Delay = months
	for path, a := range map[string]expectations.Action{
		"/answer": &expectations.Respond{Answers: []*expectations.Answer{answer}}, "/forward": forward,
		"/error": &expectations.Fail{Drop: true, Delay: months},
	} {
		e := r.putAny(&expectations.Expectation{
			Request: &expectations.RequestMatcher{Path: expectations.Text{Value: path}}, Action: a,
			Times: expectations.Times{Limited: true, Remaining: 10},
		})
		for i, client := range []*http.Client{r.direct(), r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil })} {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				eventually(t, path+" has matched", func() bool {
					now, _ := r.space().Set.Get(e.ID)
					return now.Times.Remaining == 9-i
				})
				cancel()
			}()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.addr+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := client.Do(req); err == nil {
				_ = resp.Body.Close()
				t.Errorf("%s: %s", path, resp.Status)
			}
		}
	}
	eventually(t, "all have ended", func() bool { return len(r.space().Log.All()) == 6 })
	for _, entry := range r.space().Log.All() {
		if entry.Outcome != expectations.Failed || entry.ExpectationID == "" {
			t.Errorf("%s: %s", entry.Request.Path, entry.Outcome)
		}
	}
}
