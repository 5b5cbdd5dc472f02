package capture_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

func redactor(t testing.TB) *redact.Redactor {
	t.Helper()
	r, err := redact.New(redact.Options{Key: make([]byte, redact.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// captured are the paths in the active view.
func captured(t testing.TB, s *capture.Session) []string {
	t.Helper()
	var all []string
	for e, err := range s.All(t.Context()) {
		if err != nil {
			t.Errorf("captured: %v", err)
			continue
		}
		all = append(all, e.Request.Path.Value)
	}
	return all
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir(), Redactor: redactor(t), SegmentBytes: 2000}
	tp := openTape(t, o).run(t)
	s := tp.session(t, "checkout")
	const n = 20
	for i := range n {
		ex := in("checkout", get(fmt.Sprintf("/%d", i), strings.Repeat("x", i*2000)))
		ex.Request.Header.Set("Authorization", "Bearer secret-token")
		if i%5 == 4 {
			ex.Response.Body.Truncated = true
		}
		tp.Record(ex)
		tp.flush(t)
	}
	want, before := exchanges(t, s), s.Stats()
	if strings.Contains(want[0].Request.Header.Get("Authorization"), "secret-token") {
		t.Error("a secret was recorded")
	}
	if got := before.Redactions["header Authorization"]; got != n {
		t.Errorf("%d redactions of Authorization: %v", got, before.Redactions)
	}
	active := captured(t, s)
	if len(active) != n-n/5 {
		t.Errorf("active: %q", active)
	}

	tp = tp.reopen(t, o)
	s = tp.session(t, "checkout")
	if diff := cmp.Diff(want, exchanges(t, s), cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error(diff)
	}
	after := s.Stats()
	if after.Exchanges != n || after.Loaded != n || after.Journal.Segments < 3 {
		t.Errorf("stats: %+v", after)
	}
	if diff := cmp.Diff(before.Redactions, after.Redactions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before.Learned.Skipped, after.Learned.Skipped); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(active, captured(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestReadBackWithOtherRules: what was recorded under other significant
// headers is learned anew.
func TestReadBackWithOtherRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tp := openTape(t, capture.Options{Dir: dir}).run(t)
	s := tp.session(t, "")
	for _, tenant := range []string{"a", "b"} {
		ex := get("/x", tenant)
		ex.Request.Header.Set("X-Tenant", tenant)
		tp.Record(ex)
	}
	tp.flush(t)
	if n := s.Len(); n != 1 {
		t.Errorf("%d expectations while the tenant does not count", n)
	}
	o := capture.Options{Dir: dir, MatchHeaders: []string{"X-Tenant"}}
	for range 2 {
		tp = tp.reopen(t, o)
		s = tp.session(t, "")
		if n, loaded := s.Len(), s.Stats().Loaded; n != 2 || loaded != 2 {
			t.Errorf("%d expectations of %d exchanges while it does", n, loaded)
		}
	}
	tp.Record(get("/y", "x"))
	tp = tp.reopen(t, o)
	if n := tp.session(t, "").Len(); n != 3 {
		t.Errorf("%d expectations of old and new records", n)
	}
}

func TestViewRecords(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir()}
	tp := openTape(t, o).run(t)
	s := tp.session(t, "")
	if err := s.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := journal.Inspect(filepath.Join(o.Dir, "default")); err != nil || info.Segments != 0 {
		t.Errorf("a reset of nothing was written: %+v, %v", info, err)
	}
	ids := map[string]string{}
	record := func(paths ...string) {
		for _, p := range paths {
			tp.Record(get(p, "x"))
		}
		tp.flush(t)
		for e, err := range s.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			ids[e.Request.Path.Value] = e.ID
		}
	}
	check := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, captured(t, s)); diff != "" {
			t.Error(diff)
		}
		tp = tp.reopen(t, o)
		s = tp.session(t, "")
		if diff := cmp.Diff(want, captured(t, s)); diff != "" {
			t.Errorf("after reopening: %s", diff)
		}
	}
	record("/a", "/b", "/c")
	tp.Record(get("/d", "x")) // still queued when the record is made
	if err := s.Remove(t.Context(), []string{ids["/b"], "unknown"}); err != nil {
		t.Fatal(err)
	}
	check("/a", "/c", "/d")
	if !s.Claim(ids["/c"]) || s.Claim("unknown") {
		t.Error("claim of /c failed, or of nothing did not")
	}
	record("/c")
	check("/a", "/d")
	if err := s.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	record("/e")
	check("/e")
	want := []string{"/a", "/b", "/c", "/d", "/c", "/e"}
	if diff := cmp.Diff(want, paths(t, s)); diff != "" {
		t.Errorf("raw exchanges: %s", diff)
	}
}

func TestViewAfterTheEnd(t *testing.T) {
	t.Parallel()
	tp := openTape(t, capture.Options{Dir: t.TempDir()}).run(t)
	s := tp.session(t, "")
	tp.Record(get("/a", "x"))
	tp.stop()
	if n := s.Len(); n != 1 {
		t.Errorf("%d expectations after the end", n)
	}
	if err := s.RemoveAll(t.Context()); !errors.Is(err, capture.ErrClosed) {
		t.Errorf("remove after the end: %v", err)
	}
	if err := tp.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := tp.Session("x", capture.SessionOptions{}); !errors.Is(err, capture.ErrClosed) {
		t.Errorf("session after close: %v", err)
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir()}
	tp := openTape(t, o).run(t)
	tp.session(t, "x")
	tp.Record(in("x", get("/old", "x")))
	tp = tp.reopen(t, o)
	s, err := tp.Session("x", capture.SessionOptions{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Stats(); s.Len() != 0 || got.Exchanges != 0 || paths(t, s) != nil {
		t.Errorf("fresh session: %d captured, %+v", s.Len(), got)
	}
	// Nothing recorded since: still started over.
	for want := range 2 {
		tp = tp.reopen(t, o)
		s = tp.session(t, "x")
		if got := s.Stats(); got.Loaded != int64(want) || s.Len() != want {
			t.Errorf("%d loaded, %d captured, want %d", got.Loaded, s.Len(), want)
		}
		tp.Record(in("x", get("/new", "x")))
		tp.flush(t)
	}
	if diff := cmp.Diff([]string{"/new", "/new"}, paths(t, s)); diff != "" {
		t.Error(diff)
	}
	o.Fresh = true
	tp = tp.reopen(t, o)
	if s = tp.session(t, "x"); s.Len() != 0 || s.Stats().Loaded != 0 {
		t.Errorf("options say fresh: %d captured", s.Len())
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	o := capture.Options{Dir: t.TempDir(), SegmentBytes: 4000, RetainBytes: 10_000, Observer: w}
	tp := openTape(t, o).run(t)
	s := tp.session(t, "")
	for i := range 50 {
		tp.Record(get(fmt.Sprintf("/%d", i), strings.Repeat("x", 1000)))
		tp.flush(t)
	}
	got, kept := s.Stats(), paths(t, s)
	if len(kept) == 0 || len(kept) > 12 || kept[len(kept)-1] != "/49" || got.Exchanges != int64(len(kept)) {
		t.Errorf("kept %q, %+v", kept, got)
	}
	if diff := cmp.Diff(kept, captured(t, s)); diff != "" {
		t.Error(diff)
	}
	if n := w.counts()["evicted journal_segment"]; n < 5 {
		t.Errorf("%d segments evicted", n)
	}
	tp = tp.reopen(t, o)
	if diff := cmp.Diff(kept, captured(t, tp.session(t, ""))); diff != "" {
		t.Error(diff)
	}
}

func TestListAndDelete(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir()}
	tp := openTape(t, o).run(t)
	for _, id := range []expectations.SessionID{"", "b", "a"} {
		tp.session(t, id)
		tp.Record(in(id, get("/", "x")))
	}
	tp = tp.reopen(t, o)
	if err := os.Mkdir(filepath.Join(o.Dir, "Not A Session"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := tp.session(t, "a")
	list := func() (ids []string) {
		t.Helper()
		infos, err := tp.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range infos {
			if i.Segments != 1 || i.Bytes == 0 || i.Modified.IsZero() || i.Open != (i.ID == "a") {
				t.Errorf("info: %+v", i)
			}
			ids = append(ids, i.ID.String())
		}
		return ids
	}
	if diff := cmp.Diff([]string{"a", "b", "default"}, list()); diff != "" {
		t.Error(diff)
	}
	for _, id := range []expectations.SessionID{"a", "b"} {
		if err := tp.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := tp.Delete("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("delete of nothing: %v", err)
	}
	if diff := cmp.Diff([]string{"default"}, list()); diff != "" {
		t.Error(diff)
	}
	// What is still around of the deleted session does no harm.
	tp.Record(in("a", get("/late", "x")))
	tp.flush(t)
	if a.Len() != 0 || paths(t, a) != nil {
		t.Errorf("deleted session: %d captured, paths %q", a.Len(), paths(t, a))
	}
	if a = tp.session(t, "a"); a.Stats().Loaded != 0 {
		t.Error("a deleted session came back")
	}
}

func TestSessionInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openTape(t, capture.Options{Dir: dir}).run(t).session(t, "x")
	other := openTape(t, capture.Options{Dir: dir}).run(t)
	_, err := other.Session("x", capture.SessionOptions{})
	if !errors.Is(err, journal.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("session in use: %v", err)
	}
	if err := other.Delete("x"); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("delete of a session in use: %v", err)
	}
}

// TestDamagedRecording: one bad record does not take the rest with it.
func TestDamagedRecording(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir(), SegmentBytes: 1, InlineBody: 10}
	tp := openTape(t, o).run(t)
	tp.session(t, "")
	for i := range 4 {
		tp.Record(get(fmt.Sprintf("/%d", i), "a body to put aside"))
		tp.flush(t)
	}
	tp.stop()
	if err := tp.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(o.Dir, "default")
	for name, content := range map[string]string{"0002.jsonl": "{garbage}\n", "0003.bodies": "other bytes, as many"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := openTape(t, o).run(t).session(t, "")
	if got := s.Stats(); got.Loaded != 3 || got.Damaged != 1 {
		t.Errorf("stats: %+v", got)
	}
	var got []string
	for ex, err := range s.Exchanges(t.Context()) {
		if err != nil {
			got = append(got, "bad")
			continue
		}
		got = append(got, ex.Request.Path)
	}
	if diff := cmp.Diff([]string{"/0", "bad", "bad", "/3"}, got); diff != "" {
		t.Error(diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.Exchanges(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after cancelling: %v", err)
		}
	}
}

// TestEmptySessions: a name that was only mentioned leaves nothing behind.
func TestEmptySessions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tp := openTape(t, capture.Options{Dir: dir}).run(t)
	tp.session(t, "mentioned")
	tp.session(t, "used")
	tp.Record(in("used", get("/", "x")))
	tp.stop()
	if err := tp.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != "used" {
		t.Errorf("left behind: %v", entries)
	}
}
