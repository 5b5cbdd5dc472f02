package expectations_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// recording is a Captured that holds expectations by path, in memory.
type recording struct {
	expectations.NoCaptured
	mu      sync.Mutex
	list    []*expectations.Expectation
	pending []*expectations.Expectation // in list after Sync
	err     error
	peeks   int
	rewinds int
}

func (r *recording) Find(_ context.Context, req *expectations.Request, peek bool) (expectations.Hit, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if peek {
		r.peeks++
	}
	if r.err != nil {
		return expectations.Hit{}, false, r.err
	}
	for _, e := range r.list {
		if e.Request.Path.Value == req.Path {
			respond, _ := e.Action.(*expectations.Respond)
			return expectations.Hit{Expectation: e, Answer: respond.Answers[0]}, true, nil
		}
	}
	return expectations.Hit{}, false, nil
}

func (r *recording) All(context.Context) iter.Seq2[*expectations.Expectation, error] {
	r.mu.Lock()
	list := slices.Clone(r.list)
	r.mu.Unlock()
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (r *recording) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list)
}

func (r *recording) Remove(_ context.Context, ids []string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.DeleteFunc(r.list, func(e *expectations.Expectation) bool { return slices.Contains(ids, e.ID) })
	return nil
}

func (r *recording) RemoveAll(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = nil
	return nil
}

func (r *recording) Claim(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.list)
	r.list = slices.DeleteFunc(r.list, func(e *expectations.Expectation) bool { return e.ID == id })
	return len(r.list) < n
}

func (r *recording) Sync(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.pending = append(r.list, r.pending...), nil
	return ctx.Err()
}

func (r *recording) Rewind() { r.rewinds++ }

// captured is a recorded expectation.
func captured(id, path string) *expectations.Expectation {
	e := with(id, path, 0)
	e.Origin = expectations.OriginCaptured
	return e
}

// newSpace is a space with some of each origin and priority on /x.
func newSpace(t *testing.T) (*expectations.Space, *recording) {
	t.Helper()
	r := &recording{list: []*expectations.Expectation{captured("rec", "/x"), captured("rec2", "/y")}}
	s := expectations.NewSpace(expectations.SpaceOptions{ID: "s", Captured: r})
	if _, err := s.Put(limited("user", "/x", 1), with("low", "/x", -1), with("high", "/h", 3)); err != nil {
		t.Fatal(err)
	}
	return s, r
}

// match returns the id of the expectation that answers, "" for none.
func match(t *testing.T, s *expectations.Space, path string, o expectations.MatchOptions) string {
	t.Helper()
	hit, ok, err := s.Match(t.Context(), get(path), o)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	if hit.Answer == nil {
		t.Errorf("%s has no answer", hit.Expectation.ID)
	}
	return hit.Expectation.ID
}

func TestNewSpaceDefaults(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	if s.Mode() != expectations.Spy || s.Set == nil || s.Log == nil || s.Captured == nil {
		t.Errorf("%+v in mode %s", s, s.Mode())
	}
	if got := match(t, s, "/", expectations.MatchOptions{Captured: true}); got != "" {
		t.Errorf("an empty space answers with %s", got)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	for e, err := range s.Active(t.Context()) {
		t.Errorf("active: %v, %v", e, err)
	}
}

func TestSpaceMatchOrder(t *testing.T) {
	t.Parallel()
	all := expectations.MatchOptions{Captured: true}
	s, _ := newSpace(t)
	for i, want := range []string{"user", "rec", "rec"} {
		if got := match(t, s, "/x", all); got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
	if got := match(t, s, "/x", expectations.MatchOptions{}); got != "low" {
		t.Errorf("without captured: %q", got)
	}
	if got := match(t, s, "/y", expectations.MatchOptions{}); got != "" {
		t.Errorf("only captured, and not asked for: %q", got)
	}
	if got := match(t, s, "/y", all); got != "rec2" {
		t.Errorf("only captured: %q", got)
	}
	if got := match(t, s, "/h", all); got != "high" {
		t.Errorf("only of the user: %q", got)
	}
}

func TestSpaceMatchPeekAndWhere(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	peek := expectations.MatchOptions{Captured: true, Peek: true}
	for range 3 {
		if got := match(t, s, "/x", peek); got != "user" {
			t.Errorf("peeking uses up: %q", got)
		}
	}
	byOrigin := func(o expectations.Origin) expectations.MatchOptions {
		return expectations.MatchOptions{Captured: true, Where: func(e *expectations.Expectation) bool { return e.Origin == o }}
	}
	if got := match(t, s, "/x", byOrigin(expectations.OriginCaptured)); got != "rec" {
		t.Errorf("captured: %q", got)
	}
	peeks := r.peeks
	if got := match(t, s, "/y", byOrigin(expectations.OriginUser)); got != "" || r.peeks != peeks+1 {
		t.Errorf("the user has none: %q, %d peeks", got, r.peeks-peeks)
	}
	if got := match(t, s, "/x", byOrigin(expectations.OriginUser)); got != "user" {
		t.Errorf("user: %q", got)
	}
	if got := match(t, s, "/x", byOrigin(expectations.OriginUser)); got != "low" {
		t.Errorf("user, used up: %q", got)
	}
	r.err = errors.New("disk")
	if _, ok, err := s.Match(t.Context(), get("/y"), peek); ok || !errors.Is(err, r.err) {
		t.Errorf("ok %v, error %v", ok, err)
	}
}

func TestSpaceSequence(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{Captured: &recording{}})
	sequence := with("seq", "/s", 0)
	sequence.Action = respond(200, 201, 202)
	if _, err := s.Put(sequence); err != nil {
		t.Fatal(err)
	}
	status := func(peek bool) int {
		hit, ok, err := s.Match(t.Context(), get("/s"), expectations.MatchOptions{Peek: peek})
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		return hit.Answer.Status
	}
	for i, want := range []int{200, 201, 202, 200} {
		if peeked := status(true); peeked != want {
			t.Errorf("%d: peeked %d, want %d", i, peeked, want)
		}
		if got := status(false); got != want {
			t.Errorf("%d: got %d, want %d", i, got, want)
		}
	}
	s.SetMode(expectations.Simulate)
	if got := status(false); got != 200 || s.Mode() != expectations.Simulate {
		t.Errorf("after a change to %s: %d", s.Mode(), got)
	}
	if _, err := s.Put(sequence); err != nil {
		t.Fatal(err)
	}
	if got := status(false); got != 200 {
		t.Errorf("after an update: %d", got)
	}
}

func TestSpaceNeedsBody(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	if s.NeedsBody(get("/x"), false) || !s.NeedsBody(get("/x"), true) {
		t.Error("captured expectations compare bodies, the user's here do not")
	}
	r.list = nil
	if s.NeedsBody(get("/x"), true) {
		t.Error("nothing is captured")
	}
	e := with("b", "/b", 0)
	e.Request.Body = &expectations.BodyMatcher{Kind: expectations.StringBody{Value: "x"}}
	if _, err := s.Put(e); err != nil {
		t.Fatal(err)
	}
	if !s.NeedsBody(get("/b"), false) || s.NeedsBody(get("/x"), false) {
		t.Error("the user's body on /b counts, and only there")
	}
}

// active lists the ids of all active expectations.
func active(t *testing.T, s *expectations.Space) []string {
	t.Helper()
	var out []string
	for e, err := range s.Active(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e.ID)
	}
	return out
}

func TestSpaceActive(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	r.pending = []*expectations.Expectation{captured("late", "/late")}
	want := []string{"high", "user", "rec", "rec2", "late", "low"}
	if diff := cmp.Diff(want, active(t, s)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	// Breaking off works everywhere.
	for n := range want {
		count := 0
		for _, err := range s.Active(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			if count++; count > n {
				break
			}
		}
		if count != n+1 {
			t.Errorf("broke off after %d, got %d", n+1, count)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for e, err := range s.Active(ctx) {
		if e != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v", e, err)
		}
	}
}

func TestSpacePutClaims(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	if _, err := s.Put(with("bad", `\d\X`, 0), with("rec", "/x", 0)); err == nil || r.Len() != 2 {
		t.Errorf("a rejected call claimed: %v", err)
	}
	if _, err := s.Put(with("rec", "/x", 0)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"high", "user", "rec", "rec2", "low"}, active(t, s)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if e, _ := s.Set.Get("rec"); e == nil || e.Origin != expectations.OriginUser {
		t.Errorf("it is %+v", e)
	}
}

func TestSpaceGetAndRemove(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	r.pending = []*expectations.Expectation{captured("late", "/late")}
	for id, want := range map[string]bool{"user": true, "rec": true, "late": true, "x": false} {
		e, ok, err := s.Get(t.Context(), id)
		if err != nil || ok != want || ok && e.ID != id {
			t.Errorf("%s: %v, %v, %v", id, e, ok, err)
		}
	}
	if err := s.Remove(t.Context(), "high", "rec", "x"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"user", "rec2", "late", "low"}, active(t, s)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSpaceClear(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what   expectations.ClearKind
		filter string // a path; "" for no filter
		active []string
		logged []string
	}{
		{expectations.ClearAll, "", nil, nil},
		{expectations.ClearLog, "", []string{"high", "user", "rec", "rec2", "low"}, nil},
		{expectations.ClearExpectations, "", nil, []string{"/x", "/y"}},
		{expectations.ClearAll, "/x", []string{"high", "rec2"}, []string{"/y"}},
		{expectations.ClearLog, "/x", []string{"high", "user", "rec", "rec2", "low"}, []string{"/y"}},
		{expectations.ClearExpectations, "/[xh]", []string{"rec2"}, []string{"/x", "/y"}},
		{expectations.ClearExpectations, "/none", []string{"high", "user", "rec", "rec2", "low"}, []string{"/x", "/y"}},
	} {
		t.Run(string(test.what)+test.filter, func(t *testing.T) {
			t.Parallel()
			s, _ := newSpace(t)
			s.Log.Add(entry("/x"))
			s.Log.Add(entry("/y"))
			var filter *expectations.Compiled
			if test.filter != "" {
				filter = compilePath(t, test.filter)
			}
			if err := s.Clear(t.Context(), test.what, filter); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.active, active(t, s)); diff != "" {
				t.Errorf("active: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.logged, paths(s.Log.All())); diff != "" {
				t.Errorf("logged: -want +got\n%s", diff)
			}
		})
	}
}

func TestSpaceReset(t *testing.T) {
	t.Parallel()
	s, r := newSpace(t)
	s.SetMode(expectations.Capture)
	s.Log.Add(entry("/x"))
	r.pending = []*expectations.Expectation{captured("late", "/late")}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := active(t, s); got != nil || s.Log.Len() != 0 {
		t.Errorf("left: %v, %d logged", got, s.Log.Len())
	}
	if s.Mode() != expectations.Capture || r.rewinds != 2 {
		t.Errorf("mode %s, %d rewinds", s.Mode(), r.rewinds)
	}
}
