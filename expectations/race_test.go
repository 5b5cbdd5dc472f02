package expectations_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestSetTimesUnderRace: of many goroutines exactly as many get an answer as
// there are times.
func TestSetTimesUnderRace(t *testing.T) {
	t.Parallel()
	const goroutines, each, keys = 8, 400, 40
	set := newSet(t)
	for i := range keys {
		put(t, set, limited(fmt.Sprint(i), fmt.Sprintf("/%d", i), 50))
	}
	var found atomic.Int64
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				if find(set, fmt.Sprintf("/%d", (i+g)%keys)) != "" {
					found.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if got := found.Load(); got != keys*50 || set.Len() != 0 || len(set.All()) != 0 {
		t.Errorf("%d found of %d, %d left", got, keys*50, set.Len())
	}
}

// TestSetChangesShowAtOnce: a call of Put is seen whole or not at all, by
// readers that never wait, while others come and go.
func TestSetChangesShowAtOnce(t *testing.T) {
	t.Parallel()
	set := newSet(t, many(100, "/other/%d")...)
	generation := func(n int) []*expectations.Expectation {
		a, b := with("a", "/pair", 1), with("b", "/pair", 1)
		a.Action, b.Action = respond(n), respond(n)
		return []*expectations.Expectation{a, b}
	}
	put(t, set, generation(0)...)
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	writers.Go(func() {
		for n := range 1500 {
			if _, err := set.Put(generation(n + 1)...); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Go(func() {
		for n := range 1500 {
			id := fmt.Sprint("noise", n%50)
			if _, err := set.Put(limited(id, "/noise", 1)); err != nil {
				t.Error(err)
			}
			find(set, "/noise")
			set.Remove(id)
		}
	})
	for range 3 {
		readers.Go(func() {
			for !done.Load() {
				pair := set.All()[:2]
				a, _ := pair[0].Action.(*expectations.Respond)
				b, _ := pair[1].Action.(*expectations.Respond)
				if pair[0].ID != "a" || pair[1].ID != "b" || a.Answers[0].Status != b.Answers[0].Status {
					t.Errorf("seen together: %s of %d, %s of %d", pair[0].ID, a.Answers[0].Status, pair[1].ID, b.Answers[0].Status)
					return
				}
				if got := find(set, "/pair"); got != "a" {
					t.Errorf("/pair finds %q", got)
					return
				}
				set.NeedsBody(get("/pair"))
				if set.Len() < 102 {
					t.Errorf("%d there", set.Len())
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	if set.Len() != 102 {
		t.Errorf("%d left", set.Len())
	}
}

// TestSpaceSequenceUnderRace: each answer of a sequence is given as often as
// the others.
func TestSpaceSequenceUnderRace(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	sequence := with("seq", "/s", 0)
	sequence.Action = respond(0, 1, 2, 3)
	if _, err := s.Put(sequence); err != nil {
		t.Fatal(err)
	}
	var given [4]atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				hit, _, err := s.Match(t.Context(), get("/s"), expectations.MatchOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				given[hit.Answer.Status].Add(1)
			}
		})
	}
	wg.Wait()
	for i := range given {
		if got := given[i].Load(); got != 200 {
			t.Errorf("answer %d was given %d times", i, got)
		}
	}
}

func TestLogUnderRace(t *testing.T) {
	t.Parallel()
	const bound = 200_000
	log := expectations.NewLog(bound)
	filter := compilePath(t, "/clear/.*")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 500 {
				e := entry(fmt.Sprintf("/%d/%d", g, i))
				if i%10 == 0 {
					e.Request.Path = "/clear/x"
				}
				e.Outcome = expectations.Pending
				seq := log.Add(e)
				e.Outcome = expectations.Matched
				log.Finish(seq, e)
			}
		})
	}
	wg.Go(func() {
		for range 50 {
			log.Clear(filter)
			last := uint64(0)
			for _, e := range log.All() {
				if e.Seq <= last {
					t.Errorf("entry %d behind %d", e.Seq, last)
				}
				last = e.Seq
			}
		}
	})
	wg.Wait()
	log.Clear(filter)
	if n := len(log.Select(filter)); n != 0 || log.Bytes() > bound || log.Len() == 0 {
		t.Errorf("%d to clear, %d bytes, %d entries", n, log.Bytes(), log.Len())
	}
	for _, e := range log.All() {
		if e.Outcome != expectations.Matched {
			t.Errorf("%s is %s", e.Request.Path, e.Outcome)
		}
	}
}

func TestSpacesUnderRace(t *testing.T) {
	t.Parallel()
	spaces := expectations.NewSpaces(expectations.SpacesOptions{Max: 10})
	var wg sync.WaitGroup
	var refused atomic.Int64
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				id := expectations.SessionID(fmt.Sprint((i * (g + 1)) % 13))
				s, err := spaces.Get(id)
				if err != nil {
					refused.Add(1)
					spaces.Remove(id)
					continue
				}
				if s.ID != id {
					t.Errorf("%s for %s", s.ID, id)
				}
				if i%7 == 0 {
					spaces.Remove(id)
				}
				if n := len(spaces.All()); n > 10 {
					t.Errorf("%d spaces", n)
				}
			}
		})
	}
	wg.Wait()
}
