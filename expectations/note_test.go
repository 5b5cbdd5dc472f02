package expectations_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// noted is what the notes of a space say.
func noted(space *expectations.Space, f *expectations.Compiled) []string {
	var got []string
	for _, n := range space.Log.Notes(f) {
		text := string(n.Kind)
		if n.Expectation != nil {
			text += " " + n.Expectation.ID
		}
		if n.Text != "" {
			text += ": " + n.Text
		}
		got = append(got, text)
	}
	return got
}

func TestNotes(t *testing.T) {
	t.Parallel()
	space := expectations.NewSpace(expectations.SpaceOptions{})
	put := func(id, path string) {
		t.Helper()
		_, err := space.Put(&expectations.Expectation{
			ID: id, Request: &expectations.RequestMatcher{Path: expectations.Text{Value: path}},
			Action: &expectations.Respond{Answers: []*expectations.Answer{{}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := space.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	put("a", "/a")
	put("b", "/b")
	put("a", "/a")
	if err := space.Remove(t.Context(), "b", "unknown"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"CLEARED: resetting all expectations and request logs",
		"CREATED_EXPECTATION a", "CREATED_EXPECTATION b", "UPDATED_EXPECTATION a", "REMOVED_EXPECTATION b",
	}
	if d := cmp.Diff(want, noted(space, nil)); d != "" {
		t.Error(d)
	}
	onlyB, err := expectations.Compile(&expectations.RequestMatcher{Path: expectations.Text{Value: "/b"}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{want[0], want[2], want[4]}, noted(space, onlyB)); d != "" {
		t.Errorf("about /b: %s", d)
	}
	// What is cleared takes its notes along; those on everything stay.
	if err := space.Clear(t.Context(), expectations.ClearLog, onlyB); err != nil {
		t.Fatal(err)
	}
	want = []string{want[0], want[1], want[3], "CLEARED: clearing request logs"}
	if d := cmp.Diff(want, noted(space, nil)); d != "" {
		t.Errorf("after clear: %s", d)
	}
	if err := space.Clear(t.Context(), expectations.ClearAll, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"CLEARED: clearing expectations and request logs"}, noted(space, nil)); d != "" {
		t.Errorf("after clear of all: %s", d)
	}
}

// Notes and requests share one bound, and the oldest of either leaves first.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	const bound = 100_000
	log := expectations.NewLog(bound)
	for i := range 10_000 {
		log.Note(expectations.Note{Kind: expectations.NoteCleared})
		if i%10 == 0 {
			log.Add(expectations.Entry{Request: &expectations.Request{Path: "/"}})
		}
		if log.Bytes() > bound {
			t.Fatalf("%d bytes after %d", log.Bytes(), i)
		}
	}
	entries, notes := log.All(), log.Notes(nil)
	if len(entries) == 0 || len(notes) < 5*len(entries) || log.Evicted() != uint64(1000-len(entries)) {
		t.Errorf("%d entries, %d notes, %d evicted", len(entries), len(notes), log.Evicted())
	}
	oldest := min(entries[0].Seq, notes[0].Seq)
	if newest := max(entries[len(entries)-1].Seq, notes[len(notes)-1].Seq); int(newest-oldest)+1 != len(entries)+len(notes) {
		t.Errorf("of %d to %d there are %d", oldest, newest, len(entries)+len(notes))
	}
	log.Limit(3)
	if len(log.All()) != 3 || len(log.Notes(nil)) != 3 {
		t.Errorf("%d entries and %d notes, want 3", len(log.All()), len(log.Notes(nil)))
	}
	log.Limit(0)
	for range 10 {
		log.Add(expectations.Entry{Request: &expectations.Request{Path: "/"}})
	}
	if log.Len() != 13 {
		t.Errorf("%d entries without a limit, want 13", log.Len())
	}
}

func TestSetLimit(t *testing.T) {
	t.Parallel()
	set := expectations.NewSet(expectations.SetOptions{})
	for _, id := range []string{"a", "b", "c"} {
		if _, err := set.Put(&expectations.Expectation{ID: id, Action: &expectations.Respond{Answers: []*expectations.Answer{{}}}}); err != nil {
			t.Fatal(err)
		}
	}
	set.Limit(2)
	var ids []string
	for _, e := range set.All() {
		ids = append(ids, e.ID)
	}
	if d := cmp.Diff([]string{"b", "c"}, ids); d != "" {
		t.Error(d)
	}
}

// The last time of an expectation is told with the answer.
func TestHitLast(t *testing.T) {
	t.Parallel()
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(&expectations.Expectation{
		Times: expectations.Times{Limited: true, Remaining: 2}, Action: &expectations.Respond{Answers: []*expectations.Answer{{}}},
	}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{false, true} {
		hit, ok, err := space.Match(t.Context(), &expectations.Request{Method: "GET", Path: "/"}, expectations.MatchOptions{})
		if err != nil || !ok || hit.Last != want {
			t.Errorf("last %t, want %t (%t, %v)", hit.Last, want, ok, err)
		}
	}
}
