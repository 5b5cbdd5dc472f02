package expectations_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func inScenario(id string, g expectations.ScenarioGate) *expectations.Expectation {
	e := with(id, "/s", 0)
	e.Scenario = g
	return e
}

// TestScenario: states follow one another as requests match, and reset goes
// back to the beginning.
func TestScenario(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	put := func() {
		if _, err := s.Put(
			inScenario("paid", expectations.ScenarioGate{Name: "order", State: "Paid"}),
			inScenario("pay", expectations.ScenarioGate{Name: "order", State: "Open", Next: "Paid"}),
			inScenario("open", expectations.ScenarioGate{Name: "order", State: expectations.ScenarioStarted, Next: "Open"}),
		); err != nil {
			t.Fatal(err)
		}
	}
	put()
	run := func() (seen []string) {
		for range 4 {
			seen = append(seen, match(t, s, "/s", expectations.MatchOptions{Peek: true}), match(t, s, "/s", expectations.MatchOptions{}))
		}
		return seen
	}
	want := []string{"open", "open", "pay", "pay", "paid", "paid", "paid", "paid"}
	if diff := cmp.Diff(want, run()); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if got := s.Scenarios.State("order"); got != "Paid" {
		t.Errorf("state %q", got)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	put()
	if diff := cmp.Diff(want, run()); diff != "" {
		t.Errorf("answers after a reset (-want +got):\n%s", diff)
	}
}

// TestScenarioWithoutState: a new state alone is taken after every match.
func TestScenarioWithoutState(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := s.Put(inScenario("any", expectations.ScenarioGate{Name: "n", Next: "Done"})); err != nil {
		t.Fatal(err)
	}
	if got := s.AllScenarios(); len(got) != 1 || got[0].State != expectations.ScenarioStarted {
		t.Errorf("scenarios before: %v", got)
	}
	if got := match(t, s, "/s", expectations.MatchOptions{}); got != "any" {
		t.Errorf("matched %q", got)
	}
	if diff := cmp.Diff([]expectations.Scenario{{Name: "n", State: "Done"}}, s.AllScenarios()); diff != "" {
		t.Errorf("scenarios (-want +got):\n%s", diff)
	}
}

// TestOwnStates: states of one request decide for it, and touch nothing.
func TestOwnStates(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := s.Put(
		inScenario("a", expectations.ScenarioGate{Name: "n", State: "A", Next: "B"}),
		inScenario("b", expectations.ScenarioGate{Name: "n", State: "B"}),
	); err != nil {
		t.Fatal(err)
	}
	for state, want := range map[string]string{"A": "a", "B": "b", "C": ""} {
		for range 2 {
			if got := match(t, s, "/s", expectations.MatchOptions{States: map[string]string{"n": state}}); got != want {
				t.Errorf("in %s: %q, want %q", state, got, want)
			}
		}
	}
	if got := s.Scenarios.State("n"); got != expectations.ScenarioStarted {
		t.Errorf("the space is in %q", got)
	}
}

// TestScenarioRace: of many requests at once, one makes the transition.
func TestScenarioRace(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	first := inScenario("first", expectations.ScenarioGate{Name: "n", State: expectations.ScenarioStarted, Next: "Later"})
	if _, err := s.Put(first, inScenario("later", expectations.ScenarioGate{Name: "n", State: "Later"})); err != nil {
		t.Fatal(err)
	}
	var firsts, none atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				hit, ok, err := s.Match(t.Context(), get("/s"), expectations.MatchOptions{})
				switch {
				case err != nil || !ok:
					none.Add(1)
				case hit.Expectation.ID == "first":
					firsts.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if firsts.Load() != 1 || none.Load() != 0 {
		t.Errorf("%d first, %d unmatched", firsts.Load(), none.Load())
	}
}

// TestTimedTransition: a state gives way when its time has come, unless
// another was put meanwhile.
func TestTimedTransition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s expectations.Scenarios
		if err := s.Put(expectations.Scenario{Name: "n", State: "Wait", Next: "Done", After: time.Second}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second - 1) //nolint:forbidigo // the clock of the bubble
		if got := s.State("n"); got != "Wait" {
			t.Errorf("too early: %q", got)
		}
		time.Sleep(time.Nanosecond) //nolint:forbidigo // the clock of the bubble
		if got := s.State("n"); got != "Done" {
			t.Errorf("in time: %q", got)
		}
		_ = s.Put(expectations.Scenario{Name: "n", State: "Wait", Next: "Done", After: time.Second})
		_ = s.Put(expectations.Scenario{Name: "n", State: "Stay"})
		time.Sleep(time.Hour) //nolint:forbidigo // the clock of the bubble
		if got := s.State("n"); got != "Stay" {
			t.Errorf("replaced: %q", got)
		}
	})
}

func TestScenarioLimits(t *testing.T) {
	t.Parallel()
	var s expectations.Scenarios
	for i := range expectations.MaxScenarios {
		if err := s.Put(expectations.Scenario{Name: fmt.Sprint(i), State: "A"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(expectations.Scenario{Name: "more", State: "A"}); !errors.Is(err, expectations.ErrTooManyScenarios) {
		t.Errorf("one more: %v", err)
	}
	if err := s.Put(expectations.Scenario{Name: "7", State: "B"}); err != nil || s.State("7") != "B" {
		t.Errorf("one that is there: %v", err)
	}
	for _, bad := range []expectations.Scenario{{State: "A"}, {Name: "1"}, {Name: "1", State: "A", Next: "B", After: -1}} {
		if err := s.Put(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
