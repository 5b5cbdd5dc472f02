package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A hugePact is a contract that is made as it is read, and never ends.
type hugePact struct {
	pending string
	made    int64 // bytes that were read
	n       int
}

func (h *hugePact) Read(p []byte) (int, error) {
	if h.pending == "" {
		if h.n == 0 {
			h.pending = `{"consumer":{"name":"web"},"provider":{"name":"huge"},"interactions":[`
		}
		var b strings.Builder
		for range 100 {
			fmt.Fprintf(&b, `{"description":"order %d","request":{"method":"POST","path":"/orders/%[1]d","body":{"of":%[1]d}},"response":{"status":200}},`, h.n)
			h.n++
		}
		h.pending += b.String()
	}
	n := copy(p, h.pending)
	h.pending = h.pending[n:]
	h.made += int64(n)
	return n, nil
}

// TestReadBounded: of what is too large no more is read than shows it, and of
// what says so beforehand nothing.
func TestReadBounded(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	for _, tc := range []struct {
		name       string
		size, read int64
	}{
		{"a pipe", 0, limit + 1},
		{"a file that grows", limit, limit + 1},
		{"a large file", limit + 1, 0},
	} {
		source := new(hugePact)
		data, err := readBounded(source, tc.name, tc.size, limit)
		if tooLarge, ok := errors.AsType[*tooLargeError](err); !ok || tooLarge.limit != limit || data != nil {
			t.Errorf("%s: %d bytes, error %v", tc.name, len(data), err)
		}
		if source.made != tc.read {
			t.Errorf("%s: %d bytes were read, want %d", tc.name, source.made, tc.read)
		}
	}
	data, err := readBounded(io.LimitReader(new(hugePact), limit), "what fits", 7, limit)
	if err != nil || len(data) != limit {
		t.Errorf("%d bytes, error %v", len(data), err)
	}
	source := new(hugePact)
	_, err = readImported(source, "-")
	const want = "read what is to be imported: the standard input is larger than 64 MiB, the most that is read of one file: " +
		"divide what it holds among several; a directory of them can be named in its place"
	if err == nil || err.Error() != want || source.made > 64<<20+1 {
		t.Errorf("error %v after %d bytes", err, source.made)
	}
}

// hugeKey finds where a script's server tells what it has sent.
type hugeKey struct{}

// huge is the scripts' source of contracts that are too large:
//
//	huge file NAME
//	huge serve
//	huge bounded
//
// file writes one of 100 MiB. serve sets $HUGE to a server with one without
// end, at /pact.json, which is a broker's too. bounded fails where much more of
// that was sent than is ever read.
func huge(ts *testscript.TestScript, neg bool, args []string) {
	sent, ok := ts.Value(hugeKey{}).(chan int64)
	if neg || !ok || len(args) == 0 {
		ts.Fatalf("usage: huge file|serve|bounded")
	}
	switch args[0] {
	case "file":
		name := ts.MkAbs(args[1])
		ts.Check(os.WriteFile(name, []byte(`{"consumer":{"name":"web"},"provider":{"name":"huge"},"interactions":[`), 0o600))
		ts.Check(os.Truncate(name, 100<<20))
	case "serve":
		server := httptest.NewServer(serveHuge(sent))
		ts.Defer(server.Close)
		ts.Setenv("HUGE", server.URL)
	case "bounded":
		// What was sent and not read is in the buffers of sockets.
		select {
		case n := <-sent:
			if n > 64<<20+32<<20 {
				ts.Fatalf("%d bytes were sent", n)
			}
		case <-time.After(30 * time.Second):
			ts.Fatalf("it is still being sent")
		}
	default:
		ts.Fatalf("unknown: huge %s", args[0])
	}
}

// serveHuge is a broker with one contract, and tells what it sent of it.
func serveHuge(sent chan<- int64) http.Handler {
	mux := http.NewServeMux()
	hal := func(format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/hal+json")
			_, _ = fmt.Fprintf(w, format, "http://"+r.Host)
		}
	}
	mux.Handle("GET /{$}", hal(`{"_links":{"pb:provider-pacts-for-verification":{"href":"%s/wanted"}}}`))
	mux.Handle("/wanted", hal(`{"_embedded":{"pacts":[{"_links":{"self":{"href":"%s/pact.json","name":"huge"}}}]}}`))
	mux.HandleFunc("GET /pact.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		source := new(hugePact)
		_, _ = io.Copy(w, source) // until the client has enough
		sent <- source.made
	})
	return mux
}
