package capture_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// A reel is a recording in memory, fed as the writer feeds one.
type reel struct {
	*capture.Learned
	t         testing.TB
	redactor  *redact.Redactor
	exchanges map[journal.Position]*capture.Exchange
	end       journal.Position
	reads     int
}

func (r *reel) ReadExchange(_ context.Context, pos journal.Position) (*capture.Exchange, error) {
	r.reads++
	ex := r.exchanges[pos]
	if ex == nil {
		return nil, errors.New("not in the recording")
	}
	return ex, nil
}

// keyed is a redactor with a key of its own.
func keyed(t testing.TB, key byte) *redact.Redactor {
	t.Helper()
	r, err := redact.New(redact.Options{Key: bytes.Repeat([]byte{key}, redact.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newReel(t testing.TB, o capture.LearnedOptions) *reel {
	r := &reel{t: t, redactor: o.Redactor, exchanges: map[journal.Position]*capture.Exchange{}, end: journal.Position{Segment: 1}}
	o.Reader = r
	r.Learned = capture.NewLearned(o)
	return r
}

// replayed is a reel that has learned what another holds, as on a new start.
func (r *reel) replayed(o capture.LearnedOptions) *reel {
	again := newReel(r.t, o)
	for pos := range r.positions() {
		again.exchanges[pos] = r.exchanges[pos]
		again.Learn(again.Relearn(r.exchanges[pos]), pos)
	}
	again.end = r.end
	return again
}

func (r *reel) positions() func(func(journal.Position) bool) {
	return func(yield func(journal.Position) bool) {
		for n := range r.end.Offset {
			for segment := uint32(1); segment <= r.end.Segment; segment++ {
				pos := journal.Position{Segment: segment, Offset: n + 1}
				if r.exchanges[pos] != nil && !yield(pos) {
					return
				}
			}
		}
	}
}

// record records what was asked and answered.
func (r *reel) record(req *expectations.Request, resp *expectations.Response) capture.LearnResult {
	r.t.Helper()
	ex := &capture.Exchange{
		Mode: expectations.Capture, Upstream: "192.0.2.1:443", Request: req, Response: resp,
		Started: time.Unix(1_800_000_000+r.end.Offset, 0).UTC(),
	}
	return r.exchange(ex)
}

func (r *reel) exchange(ex *capture.Exchange) capture.LearnResult {
	stored := *ex
	if r.redactor != nil {
		stored.Request, stored.Redactions = r.redactor.Request(ex.Request)
		if ex.Response != nil {
			resp, list := r.redactor.Response(ex.Response)
			stored.Response, stored.Redactions = resp, append(stored.Redactions, list...)
		}
	}
	r.end.Offset++
	r.exchanges[r.end] = &stored
	return r.Learn(r.Lesson(&stored), r.end)
}

// replay asks for an answer and returns "status body", "" for none.
func (r *reel) replay(req *expectations.Request) string {
	r.t.Helper()
	peeked, _, err := r.Find(r.t.Context(), req, true)
	if err != nil {
		r.t.Error(err)
	}
	hit, ok, err := r.Find(r.t.Context(), req, false)
	if err != nil {
		r.t.Error(err)
	}
	if peeked.Answer != hit.Answer && cmp.Diff(peeked.Answer, hit.Answer) != "" {
		r.t.Error("peek showed another answer")
	}
	if !ok {
		return ""
	}
	return shown(hit.Answer)
}

func shown(a *expectations.Answer) string {
	if a.Body == nil {
		return fmt.Sprint(a.Status)
	}
	return fmt.Sprint(a.Status, " ", string(a.Body.Bytes))
}

func (r *reel) replays(req *expectations.Request, want ...string) {
	r.t.Helper()
	var got []string
	for range want {
		got = append(got, r.replay(req))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("%s %s%s: %s", req.Method, req.Authority, req.Path, diff)
	}
}

// all lists the view: "METHOD path: answer, answer".
func (r *reel) all() []string {
	r.t.Helper()
	var list []string
	for e, err := range r.All(r.t.Context()) {
		if err != nil {
			r.t.Error(err)
			continue
		}
		respond, _ := e.Action.(*expectations.Respond)
		var answers []string
		for _, a := range respond.Answers {
			answers = append(answers, shown(a))
		}
		list = append(list, e.Request.Method.Value+" "+e.Request.Path.Value+": "+strings.Join(answers, ", "))
	}
	return list
}

func (r *reel) ids() []string {
	var ids []string
	for e, err := range r.All(r.t.Context()) {
		if err != nil {
			r.t.Error(err)
			continue
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func answered(status int, body string, headers ...string) *expectations.Response {
	resp := &expectations.Response{
		Status: status, Reason: http.StatusText(status), Protocol: "HTTP/1.1",
		Header: http.Header{}, Body: expectations.Body{Size: int64(len(body))},
	}
	if body != "" {
		resp.Body.Bytes = []byte(body)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		resp.Header.Add(name, value)
	}
	return resp
}

func TestNotLearned(t *testing.T) {
	t.Parallel()
	ok := func(change func(*capture.Exchange)) *capture.Exchange {
		ex := &capture.Exchange{Mode: expectations.Spy, Request: asked("GET h/", ""), Response: answered(200, "x")}
		change(ex)
		return ex
	}
	status := func(code int) *capture.Exchange {
		return ok(func(ex *capture.Exchange) { ex.Response.Status = code })
	}
	tests := []struct {
		want string
		ex   *capture.Exchange
	}{
		{"", ok(func(*capture.Exchange) {})},
		{"", status(204)},
		{"", status(500)},
		{"", status(404)},
		{"", status(301)},
		{"aborted", ok(func(ex *capture.Exchange) { ex.Failure = &capture.Failure{Kind: capture.FailAborted} })},
		{"failed", ok(func(ex *capture.Exchange) { ex.Failure = &capture.Failure{Kind: capture.FailUpstream} })},
		{"no response", ok(func(ex *capture.Exchange) { ex.Response = nil })},
		{"answered by an expectation", ok(func(ex *capture.Exchange) { ex.AnsweredBy = "x" })},
		{"answered by pactape", ok(func(ex *capture.Exchange) { ex.Mode = expectations.Simulate })},
		{"truncated", ok(func(ex *capture.Exchange) { ex.Request.Body.Truncated = true })},
		{"truncated", ok(func(ex *capture.Exchange) { ex.Response.Body.Truncated = true })},
		{"content coding not understood", ok(func(ex *capture.Exchange) { ex.Response.Body.Encoded = true })},
		{"status 101", status(101)},
		{"status 1xx", status(103)},
		{"status 304", status(304)},
		{"status 206", status(206)},
		{"status 416", status(416)},
		{"tunnel", ok(func(ex *capture.Exchange) { ex.Request.Method = "CONNECT" })},
		{"CORS preflight", ok(func(ex *capture.Exchange) {
			ex.Request = asked("OPTIONS h/", "", "Origin: https://x", "Access-Control-Request-Method: PUT")
		})},
		{"", ok(func(ex *capture.Exchange) { ex.Request = asked("OPTIONS h/", "") })},
	}
	r := newReel(t, capture.LearnedOptions{})
	for _, tt := range tests {
		if learn, reason := capture.Learnable(tt.ex); learn != (tt.want == "") || reason != tt.want {
			t.Errorf("Learnable = %v, %q, want %q", learn, reason, tt.want)
		}
		if got := r.exchange(tt.ex); got.Skip != tt.want {
			t.Errorf("Learn skipped %q, want %q", got.Skip, tt.want)
		}
	}
	if got := r.Stats(); got.Skipped["truncated"] != 2 || got.Learned != 6 || got.Active != 2 {
		t.Errorf("stats = %+v", got)
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{MaxCaptured: 3})
	for _, path := range []string{"a", "b", "c"} {
		r.record(asked("GET h/"+path, ""), answered(200, path))
	}
	ids := r.ids()
	if len(ids) != 3 || ids[0] == ids[1] {
		t.Fatalf("ids = %q", ids)
	}
	if got := r.record(asked("GET h/d", ""), answered(200, "d")); !got.Evicted {
		t.Error("nothing was evicted")
	}
	if diff := cmp.Diff([]string{"GET /b: 200 b", "GET /c: 200 c", "GET /d: 200 d"}, r.all()); diff != "" {
		t.Error(diff)
	}
	stats := r.Stats()
	if stats.Evicted != 1 || len(stats.EvictedIDs) != 1 || stats.EvictedIDs[0] != ids[0] {
		t.Errorf("evicted: %+v", stats)
	}

	// Recording an evicted one again gives it its id again.
	r.record(asked("GET h/a", ""), answered(200, "a"))
	if got := r.ids(); got[2] != ids[0] || len(got) != 3 {
		t.Errorf("ids = %q, want %q last", got, ids[0])
	}
	if err := r.Remove(t.Context(), []string{ids[2], "nonsense", "5d8ef4a1-90d6-4d3c-9a6e-0d6a2f3f3b6e"}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"GET /d: 200 d", "GET /a: 200 a"}, r.all()); diff != "" {
		t.Error(diff)
	}
	if !r.Claim(ids[0]) || r.Claim(ids[0]) || r.Claim("x") {
		t.Error("a claim must succeed once")
	}
	if got := r.record(asked("GET h/a", ""), answered(200, "a2")); got.Skip != "claimed by the user" {
		t.Errorf("a claimed expectation was touched: %+v", got)
	}
	r.replays(asked("GET h/a", ""), "")
	if err := r.RemoveAll(t.Context()); err != nil || r.Len() != 0 || len(r.all()) != 0 {
		t.Errorf("after a reset: %v, %q", err, r.all())
	}
	r.record(asked("GET h/a", ""), answered(200, "a3"))
	r.replays(asked("GET h/a", ""), "200 a3")
}

func TestRetire(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	r.record(asked("GET h/old", ""), answered(200, "old"))
	r.record(asked("GET h/both", ""), answered(200, "1"))
	r.record(asked("GET h/poll", ""), answered(200, "same"))
	r.end.Segment++
	r.record(asked("GET h/both", ""), answered(200, "2"))
	r.record(asked("GET h/poll", ""), answered(200, "same"))
	r.replays(asked("GET h/both", ""), "200 1")
	for pos := range r.exchanges {
		if pos.Segment == 1 {
			delete(r.exchanges, pos)
		}
	}
	r.Retire(2)
	if diff := cmp.Diff([]string{"GET /both: 200 2", "GET /poll: 200 same"}, r.all()); diff != "" {
		t.Error(diff)
	}
	r.replays(asked("GET h/both", ""), "200 2", "200 2")
	r.replays(asked("GET h/old", ""), "")
}

func TestMissingExchange(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	r.record(asked("GET h/a", ""), answered(200, "a"))
	r.record(asked("GET h/b", ""), answered(200, "b"))
	delete(r.exchanges, journal.Position{Segment: 1, Offset: 1})
	if _, ok, err := r.Find(t.Context(), asked("GET h/a", ""), false); ok || err == nil {
		t.Errorf("found %v, %v", ok, err)
	}
	errs, found := 0, 0
	for _, err := range r.All(t.Context()) {
		if err != nil {
			errs++
		} else {
			found++
		}
	}
	if errs != 1 || found != 1 {
		t.Errorf("%d errors, %d expectations", errs, found)
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	cache := capture.NewAnswerCache(100 << 10)
	r := newReel(t, capture.LearnedOptions{Cache: cache})
	for i := range 100 {
		r.record(asked(fmt.Sprintf("GET h/%d", i), ""), answered(200, strings.Repeat("x", 5000)))
	}
	r.record(asked("GET h/huge", ""), answered(200, strings.Repeat("x", 200<<10)))
	r.all()
	if used := cache.Bytes(); used > 100<<10 || used < 50<<10 {
		t.Errorf("%d bytes in a cache of 100 KiB", used)
	}
	reads := r.reads
	r.replays(asked("GET h/99", ""), "200 "+strings.Repeat("x", 5000))
	if r.reads != reads {
		t.Error("the last answer was not in the cache")
	}
	if err := r.RemoveAll(t.Context()); err != nil || cache.Bytes() != 0 {
		t.Errorf("%d bytes left after a reset, %v", cache.Bytes(), err)
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Cache: capture.NewAnswerCache(1 << 20), MaxCaptured: 20, Redactor: keyed(t, 1)})
	exchanges := make([]*capture.Exchange, 50)
	for i := range exchanges {
		r.record(asked(fmt.Sprintf("GET h/%d", i), ""), answered(200, "x"))
		exchanges[i] = r.exchanges[r.end]
	}
	reader := capture.NewLearned(capture.LearnedOptions{Reader: fixed{exchanges[0]}, MaxCaptured: 20, Cache: capture.NewAnswerCache(1 << 20)})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				if _, _, err := reader.Find(t.Context(), exchanges[i%50].Request, i%3 == 0); err != nil {
					t.Error(err)
				}
				if i%20 == 0 {
					reader.Rewind()
					for _, err := range reader.All(t.Context()) {
						if err != nil {
							t.Error(err)
						}
					}
					reader.Stats()
				}
			}
		})
	}
	for i := range 1000 {
		ex := exchanges[i%50]
		reader.Learn(reader.Lesson(ex), journal.Position{Segment: 1, Offset: int64(i)})
		if i%100 == 99 {
			reader.Apply(capture.ViewRecord{Kind: capture.ViewReset})
		}
	}
	wg.Wait()
}

// fixed reads the same exchange wherever it is asked for.
type fixed struct{ ex *capture.Exchange }

func (f fixed) ReadExchange(context.Context, journal.Position) (*capture.Exchange, error) {
	return f.ex, nil
}
