package capture_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// A tape is recordings whose writer runs until the test ends or stop is
// called.
type tape struct {
	*capture.Recordings
	stop func()
}

// openTape opens recordings without running them.
func openTape(t testing.TB, o capture.Options) *tape {
	t.Helper()
	r, err := capture.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	tp := &tape{Recordings: r, stop: func() {}}
	t.Cleanup(func() {
		tp.stop()
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return tp
}

// run starts the writer.
func (tp *tape) run(t testing.TB) *tape {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := tp.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	tp.stop = func() {
		cancel()
		wg.Wait()
	}
	return tp
}

// reopen closes tp and opens its directory again.
func (tp *tape) reopen(t testing.TB, o capture.Options) *tape {
	t.Helper()
	tp.stop()
	if err := tp.Close(); err != nil {
		t.Fatal(err)
	}
	return openTape(t, o).run(t)
}

func (tp *tape) session(t testing.TB, id expectations.SessionID) *capture.Session {
	t.Helper()
	s, err := tp.Session(id, capture.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (tp *tape) flush(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := tp.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// get is a forwarded GET of a path that was answered with a body.
func get(path, body string) *capture.Exchange {
	return &capture.Exchange{
		Mode:     expectations.Spy,
		Started:  time.Date(2026, 11, 23, 1, 40, 2, 0, time.UTC),
		Upstream: "127.0.0.1:80",
		Request: &expectations.Request{
			Method: "GET", Authority: "api.example", Host: "api.example", Path: path,
			Header: http.Header{"User-Agent": {"test"}}, Protocol: "HTTP/1.1", KeepAlive: true,
		},
		Response: &expectations.Response{
			Status: 200, Reason: "OK", Protocol: "HTTP/1.1",
			Header: http.Header{"Content-Type": {"text/plain"}},
			Body:   expectations.Body{Bytes: []byte(body), Size: int64(len(body))},
		},
	}
}

// in puts an exchange into a session.
func in(id expectations.SessionID, ex *capture.Exchange) *capture.Exchange {
	ex.Session = id
	return ex
}

// exchanges are those of a session; a bad one fails the test.
func exchanges(t testing.TB, s *capture.Session) []*capture.Exchange {
	t.Helper()
	var all []*capture.Exchange
	for ex, err := range s.Exchanges(t.Context()) {
		if err != nil {
			t.Errorf("exchanges: %v", err)
			continue
		}
		all = append(all, ex)
	}
	return all
}

// paths are those of a session's exchanges.
func paths(t testing.TB, s *capture.Session) []string {
	t.Helper()
	var all []string
	for _, ex := range exchanges(t, s) {
		all = append(all, ex.Request.Path)
	}
	return all
}

// A watcher is an Observer that counts.
type watcher struct {
	mu      sync.Mutex
	counted map[string]int
	bytes   int64
	delays  []time.Duration
}

func (w *watcher) count(what string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counted == nil {
		w.counted = map[string]int{}
	}
	w.counted[what] += n
}

func (w *watcher) counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counted
}

func (w *watcher) Recorded(n int64) {
	w.count("recorded", 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes += n
}

func (w *watcher) RecordDelay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delays = append(w.delays, d)
}
func (w *watcher) Dropped(reason string)      { w.count("dropped "+reason, 1) }
func (w *watcher) Truncated()                 { w.count("truncated", 1) }
func (w *watcher) Redacted(n int)             { w.count("redacted", n) }
func (w *watcher) NotLearned(reason string)   { w.count("not learned "+reason, 1) }
func (w *watcher) DedupeHit()                 { w.count("deduped", 1) }
func (w *watcher) Evicted(kind string, n int) { w.count("evicted "+kind, n) }

func TestRecordAndRead(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	budget := capture.NewBudget(1 << 20)
	tp := openTape(t, capture.Options{Dir: t.TempDir(), Observer: w, CommitDelay: time.Hour}).run(t)
	s := tp.session(t, "")

	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte("plain text")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	want := get("/zipped", "")
	want.ResponseBuffer = budget.NewBuffer(1 << 20)
	fill(t, want.ResponseBuffer, zipped.Bytes(), 10)
	want.Response.Body = want.ResponseBuffer.Body("gzip")
	want.Response.Header.Set("Content-Encoding", "gzip")
	raw := want.Response
	cut := get("/cut", "begin")
	cut.Response.Body.Truncated = true
	cut.Failure = &capture.Failure{Kind: capture.FailAborted, Message: "client went away"}
	large := get("/large", strings.Repeat("large ", 10_000))
	tp.Record(want)
	tp.Record(cut)
	tp.Record(large)
	tp.flush(t) // although the writer would wait for an hour

	got := exchanges(t, s)
	if len(got) != 3 {
		t.Fatalf("%d exchanges", len(got))
	}
	for i, ex := range got {
		if ex.ID.Version() != 7 || i > 0 && bytes.Compare(got[i-1].ID[:], ex.ID[:]) >= 0 {
			t.Errorf("ids are not UUIDs in the order of time: %v", ex.ID)
		}
		ex.ID = capture.ExchangeID{}
	}
	if !raw.Body.Encoded || !bytes.Equal(raw.Body.Bytes, zipped.Bytes()) {
		t.Error("the exchange that was handed over was changed")
	}
	decoded := *want.Response
	decoded.Body.Bytes, decoded.Body.Encoded = []byte("plain text"), false
	want.Response, want.ResponseBuffer = &decoded, nil
	if diff := cmp.Diff([]*capture.Exchange{want, cut, large}, got, cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error(diff)
	}
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes of the budget are still charged", used)
	}
	if c := w.counts(); c["recorded"] != 3 || c["truncated"] != 1 || len(w.delays) != 3 {
		t.Errorf("observed: %v, delays %v", c, w.delays)
	}
	stats := s.Stats()
	sessionRecord := stats.Journal.Bytes - w.bytes
	if stats.Exchanges != 3 || stats.Truncated != 1 || stats.Failed != 1 || stats.Loaded != 0 ||
		sessionRecord < 50 || sessionRecord > 200 {
		t.Errorf("stats: %+v, %d bytes observed", stats, w.bytes)
	}
}

func TestSessionsSideBySide(t *testing.T) {
	t.Parallel()
	tp := openTape(t, capture.Options{Dir: t.TempDir()}).run(t)
	ids := []expectations.SessionID{"", "a", "b.c_d-e"}
	want := map[expectations.SessionID][]string{}
	for _, id := range ids {
		tp.session(t, id)
	}
	for n := range 200 {
		id := ids[n%3]
		path := fmt.Sprintf("/%d", n)
		want[id] = append(want[id], path)
		tp.Record(in(id, get(path, "x")))
	}
	tp.flush(t)
	for _, id := range ids {
		if diff := cmp.Diff(want[id], paths(t, tp.session(t, id))); diff != "" {
			t.Errorf("session %q: %s", id, diff)
		}
	}
	for _, bad := range []expectations.SessionID{"..", "a/b", "A", expectations.SessionID(strings.Repeat("a", 65))} {
		if _, err := tp.Session(bad, capture.SessionOptions{}); err == nil {
			t.Errorf("session %q was opened", bad)
		}
	}
}

func TestQueueFull(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	var log bytes.Buffer
	budget := capture.NewBudget(1 << 20)
	o := capture.Options{Dir: t.TempDir(), Queue: 3, Observer: w, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	tp := openTape(t, o)
	s := tp.session(t, "")
	for n := range 5 {
		ex := get(fmt.Sprintf("/%d", n), "x")
		ex.RequestBuffer = budget.NewBuffer(100)
		fill(t, ex.RequestBuffer, []byte("body"), 10)
		ex.Request.Body = ex.RequestBuffer.Body("")
		tp.Record(ex)
	}
	if depth, used := tp.QueueDepth(), budget.Used(); depth != 3 || used != 12 {
		t.Errorf("queue depth %d, %d bytes charged; want 3 and 12", depth, used)
	}
	tp.run(t)
	tp.flush(t)
	if depth, used := tp.QueueDepth(), budget.Used(); depth != 0 || used != 0 {
		t.Errorf("queue depth %d, %d bytes charged in the end", depth, used)
	}
	if diff := cmp.Diff([]string{"/0", "/1", "/2"}, paths(t, s)); diff != "" {
		t.Error(diff)
	}
	want := map[string]int64{capture.DropQueueFull: 2}
	if diff := cmp.Diff(want, s.Stats().Dropped); diff != "" || w.counts()["dropped queue_full"] != 2 {
		t.Errorf("%s; observed %v", diff, w.counts())
	}
	if n := strings.Count(log.String(), "not recorded"); n != 1 {
		t.Errorf("logged %d times: %s", n, &log)
	}
	// The loss is in the recording.
	o.Logger = nil
	tp = tp.reopen(t, o)
	if got := tp.session(t, "").Stats(); got.DroppedTotal() != 2 || got.Loaded != 3 {
		t.Errorf("after reopening: %+v", got)
	}
}

func TestDropsWithoutASession(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	tp := openTape(t, capture.Options{Dir: t.TempDir(), Observer: w}).run(t)
	tp.Record(in("unheard-of", get("/", "x")))
	tp.flush(t)
	tp.session(t, "")
	tp.Record(&capture.Exchange{}) // has no request: a bug of the caller's
	tp.Record(get("/good", "x"))
	tp.flush(t)
	tp.stop()
	tp.Record(get("/late", "x"))
	tp.flush(t)
	want := map[string]int{"dropped no_session": 1, "dropped internal": 1, "dropped closed": 1, "recorded": 1}
	if diff := cmp.Diff(want, w.counts()); diff != "" {
		t.Error(diff)
	}
	if err := tp.Run(t.Context()); err == nil {
		t.Error("recordings ran twice")
	}
}
