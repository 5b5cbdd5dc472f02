package expectations_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// newSet returns a set with expectations in it.
func newSet(t *testing.T, es ...*expectations.Expectation) *expectations.Set {
	t.Helper()
	set := expectations.NewSet(expectations.SetOptions{})
	put(t, set, es...)
	return set
}

func put(t *testing.T, set *expectations.Set, es ...*expectations.Expectation) []*expectations.Expectation {
	t.Helper()
	got, err := set.Put(es...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// with is onPath with an id and a priority.
func with(id, path string, priority int) *expectations.Expectation {
	e := onPath(path)
	e.ID, e.Priority = id, priority
	return e
}

// limited is with a number of times.
func limited(id, path string, times int) *expectations.Expectation {
	e := with(id, path, 0)
	e.Times = expectations.Times{Limited: true, Remaining: times}
	return e
}

func ids(es []*expectations.Expectation) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.ID)
	}
	return out
}

// find returns the id of the expectation found, "" for none.
func find(set *expectations.Set, path string) string {
	if e, ok := set.Find(get(path), expectations.FindOptions{}); ok {
		return e.ID
	}
	return ""
}

func TestSetOrder(t *testing.T) {
	t.Parallel()
	set := newSet(t, with("first", "/a", 0), with("low", "/a", -1), with("high", "/.*", 5), with("second", "/a", 0))
	if diff := cmp.Diff([]string{"high", "first", "second", "low"}, ids(set.All())); diff != "" {
		t.Errorf("All: -want +got\n%s", diff)
	}
	for _, id := range []string{"high", "first", "second", "low", ""} {
		if got := find(set, "/a"); got != id {
			t.Fatalf("found %q, want %q", got, id)
		}
		set.Remove(id)
	}
}

func TestSetPutFillsIn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	set := expectations.NewSet(expectations.SetOptions{Now: func() time.Time { return now }})
	given := onPath("/a")
	got := put(t, set, given)[0]
	if len(got.ID) != 36 || got.ID[14] != '4' {
		t.Errorf("id %q is no UUID of version 4", got.ID)
	}
	if !got.Created.Equal(now) || got.Origin != expectations.OriginUser {
		t.Errorf("created %v by %q", got.Created, got.Origin)
	}
	if given.ID != "" || !given.Created.IsZero() {
		t.Errorf("the caller's expectation changed: %+v", given)
	}
	found, ok := set.Get(got.ID)
	if !ok || found != got {
		t.Errorf("Get: %v, %v", found, ok)
	}
	if es, err := set.Put(); es != nil || err != nil {
		t.Errorf("Put of nothing: %v, %v", es, err)
	}
}

func TestSetUpdateKeepsPlace(t *testing.T) {
	t.Parallel()
	set := newSet(t, with("a", "/x", 0), with("b", "/x", 0), with("c", "/x", 0))
	put(t, set, with("b", "/y", 0), with("d", "/x", 0), with("d", "/z", 0))
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, ids(set.All())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := find(set, "/y"); got != "b" {
		t.Errorf("/y finds %q", got)
	}
	if got := find(set, "/z"); got != "d" || set.Len() != 4 {
		t.Errorf("/z finds %q among %d", got, set.Len())
	}
	set.Remove("a")
	if got := find(set, "/x"); got != "c" {
		t.Errorf("/x finds %q: the old b or d is still there", got)
	}
}

func TestSetPutIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]*expectations.Expectation{
		"pattern":    with("bad", `/a\d\X`, 0),
		"no action":  {ID: "bad"},
		"no answers": {ID: "bad", Action: &expectations.Respond{}},
		"nil answer": {ID: "bad", Action: &expectations.Respond{Answers: []*expectations.Answer{nil}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := newSet(t, with("a", "/a", 0))
			_, err := set.Put(with("a", "/changed", 0), with("b", "/b", 0), bad)
			if _, pattern := errors.AsType[*expectations.PatternError](err); !pattern && !errors.Is(err, expectations.ErrNoAction) {
				t.Errorf("error %v", err)
			}
			if got := find(set, "/a"); got != "a" || set.Len() != 1 {
				t.Errorf("/a finds %q among %d", got, set.Len())
			}
		})
	}
}

func TestSetTimes(t *testing.T) {
	t.Parallel()
	set := newSet(t, limited("twice", "/a", 2), limited("never", "/a", 0), with("always", "/a", 0))
	if diff := cmp.Diff([]string{"twice", "always"}, ids(set.All())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if e, ok := set.Find(get("/a"), expectations.FindOptions{Peek: true}); !ok || e.ID != "twice" {
		t.Errorf("peeked %v", e)
	}
	if got := find(set, "/a"); got != "twice" {
		t.Errorf("first: %q", got)
	}
	if got := set.All()[0].Times; got != (expectations.Times{Limited: true, Remaining: 1}) {
		t.Errorf("left: %+v", got)
	}
	if e, _ := set.Get("twice"); e.Times.Remaining != 1 {
		t.Errorf("left by Get: %+v", e.Times)
	}
	for i, want := range []string{"twice", "always", "always"} {
		if got := find(set, "/a"); got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
	if _, ok := set.Get("twice"); ok || set.Len() != 1 {
		t.Errorf("used up, and still there: %v, %d", ok, set.Len())
	}
	// Put again it starts over, at the end.
	put(t, set, limited("twice", "/a", 1))
	if diff := cmp.Diff([]string{"always", "twice"}, ids(set.All())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSetTimeToLive(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	set := expectations.NewSet(expectations.SetOptions{Now: func() time.Time { return now }})
	mortal := func(id string, value int64, unit expectations.TimeUnit) *expectations.Expectation {
		e := with(id, "/a", 0)
		e.TimeToLive = expectations.TimeToLive{Limited: true, Value: value, Unit: unit}
		return e
	}
	put(t, set,
		mortal("second", 1, expectations.Seconds),
		mortal("minute", 1, expectations.Minutes),
		mortal("day", 1, expectations.Days),
		mortal("none", 0, expectations.Seconds),
		mortal("unknown", 5, "FORTNIGHTS"),
		mortal("for ever", 1<<62, expectations.Hours),
	)
	for _, step := range []struct {
		after time.Duration
		want  []string
	}{
		{0, []string{"second", "minute", "day", "for ever"}},
		{999 * time.Millisecond, []string{"second", "minute", "day", "for ever"}},
		{time.Millisecond, []string{"minute", "day", "for ever"}},
		{time.Minute, []string{"day", "for ever"}},
		{48 * time.Hour, []string{"for ever"}},
	} {
		now = now.Add(step.after)
		if diff := cmp.Diff(step.want, ids(set.All())); diff != "" {
			t.Errorf("after %v: -want +got\n%s", step.after, diff)
		}
		if set.Len() != len(step.want) || find(set, "/a") != step.want[0] {
			t.Errorf("after %v: %d, first %q", step.after, set.Len(), find(set, "/a"))
		}
	}
	if _, ok := set.Get("day"); ok {
		t.Error("Get returns an expired one")
	}
	// What comes later takes its memory, and putting it again revives it.
	put(t, set, with("day", "/b", 0))
	if got := find(set, "/b"); got != "day" || set.Len() != 2 {
		t.Errorf("found %q among %d", got, set.Len())
	}
}

func TestSetEvictsTheOldest(t *testing.T) {
	t.Parallel()
	set := expectations.NewSet(expectations.SetOptions{MaxExpectations: 3})
	put(t, set, with("a", "/a", 9), with("b", "/b", 0))
	put(t, set, with("c", "/c", 0), with("d", "/d", 0))
	put(t, set, with("b", "/b2", 0), with("e", "/e", 0))
	if diff := cmp.Diff([]string{"c", "d", "e"}, ids(set.All())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if set.Evicted() != 2 || set.Len() != 3 {
		t.Errorf("evicted %d of %d", set.Evicted(), set.Len())
	}
	put(t, set, many(10, "/m/%d")...)
	if find(set, "/m/6") != "" || find(set, "/m/7") == "" || set.Len() != 3 || set.Evicted() != 12 {
		t.Errorf("a batch beyond the bound: %d left, %d evicted", set.Len(), set.Evicted())
	}
}

func TestSetFindWhere(t *testing.T) {
	t.Parallel()
	set := newSet(t, limited("a", "/x", 1), limited("b", "/x", 1))
	where := func(e *expectations.Expectation) bool { return e.ID == "b" }
	e, ok := set.Find(get("/x"), expectations.FindOptions{Where: where})
	if !ok || e.ID != "b" {
		t.Errorf("found %v", e)
	}
	if _, ok := set.Find(get("/x"), expectations.FindOptions{Where: where}); ok {
		t.Error("found again")
	}
	if got := find(set, "/x"); got != "a" {
		t.Errorf("the other was used: %q", got)
	}
}

func TestSetRemoveAndReset(t *testing.T) {
	t.Parallel()
	set := newSet(t, with("a", "/a", 0), with("b", "/b", 0), with("c", "/c", 0))
	if n := set.Remove("b", "x", "b"); n != 1 || find(set, "/b") != "" {
		t.Errorf("removed %d", n)
	}
	if n := set.Remove("x"); n != 0 {
		t.Errorf("removed %d unknown", n)
	}
	set.Reset()
	if set.Len() != 0 || len(set.All()) != 0 || find(set, "/a") != "" {
		t.Errorf("%d left", set.Len())
	}
	put(t, set, with("d", "/a", 0))
	if got := find(set, "/a"); got != "d" {
		t.Errorf("after reset /a finds %q", got)
	}
	set.Reset()
	put(t, set, with("a", "/a", 1), with("b", "/a", 2))
	if diff := cmp.Diff([]string{"b", "a"}, set.Clear(nil)); diff != "" {
		t.Errorf("Clear: -want +got\n%s", diff)
	}
}

func TestSetNeedsBody(t *testing.T) {
	t.Parallel()
	withBody := func(id, path string) *expectations.Expectation {
		e := with(id, path, 0)
		e.Request.Body = &expectations.BodyMatcher{Kind: expectations.StringBody{Value: "x"}}
		return e
	}
	set := newSet(t, with("a", "/a", 0))
	if set.NeedsBody(get("/a")) {
		t.Error("needs a body with no condition on one")
	}
	inverted := withBody("i", "/inverted")
	inverted.Request.Not, inverted.Priority = true, -1
	put(t, set, withBody("b", "/b"), withBody("c", "/c/.*"), inverted)
	once := withBody("once", "/once")
	once.Times = expectations.Times{Limited: true, Remaining: 1}
	put(t, set, once)
	for path, want := range map[string]bool{"/a": false, "/b": true, "/c/d": true, "/d": false, "/once": true, "/inverted": true} {
		if got := set.NeedsBody(get(path)); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	req := get("/once")
	req.Body.Bytes = []byte("x")
	if e, ok := set.Find(req, expectations.FindOptions{}); !ok || e.ID != "once" {
		t.Errorf("found %v", e)
	}
	set.Remove("b", "i")
	if set.NeedsBody(get("/b")) || set.NeedsBody(get("/once")) {
		t.Error("removed and used up ones still need a body")
	}
}

func TestSetClosest(t *testing.T) {
	t.Parallel()
	if e, why := newSet(t).Closest(get("/a")); e != nil || why != nil {
		t.Errorf("closest of none: %v, %v", e, why)
	}
	post := with("post", "/orders/1", 0)
	post.Request.Method = text("POST")
	far := with("far", "/users", 0)
	far.Request.Headers = oneOf("X", "1")
	set := newSet(t, far, with("other", "/customers", 3), with("near", "/orders/9", 0), post)
	for _, test := range []struct {
		path, want string
		why        []expectations.Mismatch
	}{
		{"/orders/9", "near", nil},
		{"/orders/8", "near", []expectations.Mismatch{{Field: "path", Want: "/orders/9", Got: "/orders/8"}}},
		{"/orders/1", "post", []expectations.Mismatch{{Field: "method", Want: "POST", Got: "GET"}}},
		{"/x", "other", []expectations.Mismatch{{Field: "path", Want: "/customers", Got: "/x"}}},
	} {
		e, why := set.Closest(get(test.path))
		if e == nil || e.ID != test.want {
			t.Errorf("%s: closest %v, want %s", test.path, e, test.want)
		}
		if diff := cmp.Diff(test.why, why); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.path, diff)
		}
	}
}

// TestSetLoads guards against work that grows with the square: each of these
// takes well under a second, and would take minutes.
func TestSetLoads(t *testing.T) {
	t.Parallel()
	const n = 10_000
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		set := newSet(t, many(n, "/i/%d")...)
		if set.Len() != n || find(set, "/i/123") == "" {
			t.Errorf("%d loaded", set.Len())
		}
	})
	t.Run("one by one, used up, and again", func(t *testing.T) {
		t.Parallel()
		set := newSet(t)
		for round := range 2 {
			for i := range n {
				put(t, set, limited(fmt.Sprint(i), fmt.Sprintf("/i/%d", i), 1))
			}
			for i := range n {
				if got := find(set, fmt.Sprintf("/i/%d", i)); got != fmt.Sprint(i) {
					t.Fatalf("round %d: /i/%d finds %q", round, i, got)
				}
			}
			if set.Len() != 0 || len(set.All()) != 0 {
				t.Fatalf("round %d: %d left", round, set.Len())
			}
		}
	})
	t.Run("updated and removed", func(t *testing.T) {
		t.Parallel()
		set := newSet(t, many(n, "/i/%d")...)
		for i := range n {
			put(t, set, with("same", fmt.Sprintf("/s/%d", i), 0))
		}
		if set.Len() != n+1 || find(set, "/s/1") != "" || find(set, fmt.Sprintf("/s/%d", n-1)) != "same" {
			t.Errorf("%d after updates", set.Len())
		}
		for i, e := range set.All() {
			if set.Remove(e.ID) != 1 {
				t.Fatalf("%d is not there", i)
			}
		}
		if set.Len() != 0 {
			t.Errorf("%d left", set.Len())
		}
	})
}

// TestFindAllocatesNothing pins the cost of the path every request takes.
func TestFindAllocatesNothing(t *testing.T) {
	set := newSet(t, append(many(100, "/items/%d"), many(100, "/r/%d/[a-z]+")...)...)
	for _, req := range []*expectations.Request{get("/items/7"), get("/ITEMS/7"), get("/r/7/abc"), get("/none")} {
		allocs := testing.AllocsPerRun(100, func() {
			set.Find(req, expectations.FindOptions{})
			set.NeedsBody(req)
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", req.Path, allocs)
		}
	}
}
