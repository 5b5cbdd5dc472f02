package expectations_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A stated contract accepts every request and was agreed for some states.
type stated []expectations.ProviderState

func (stated) Accepts(*expectations.Request, *expectations.Memo) bool { return true }

func (stated) Explain(*expectations.Request, *expectations.Memo) []expectations.Mismatch { return nil }

func (stated) NeedsBody() bool { return false }

func (s stated) States() []expectations.ProviderState { return s }

func (stated) Document() jsondoc.Value { return jsondoc.Object() }

// inState is a provider state with a parameter.
func inState(name string, id int64) expectations.ProviderState {
	return expectations.ProviderState{Name: name, Params: []jsondoc.Member{jsondoc.M("id", jsondoc.Int(id))}}
}

// TestProviderStatesAtOnce: provider states and the scenario that goes along
// change in one step. Requests on the way see all of the states that were told,
// never some of them, those without their parameters, or the scenario of
// others.
func TestProviderStatesAtOnce(t *testing.T) {
	t.Parallel()
	space := expectations.NewSpace(expectations.SpaceOptions{})
	for _, e := range []struct {
		id, scenario string
		states       stated
	}{
		{"first without its parameters", "", stated{inState("a", 9)}},
		{"second without its parameters", "", stated{inState("b", 9)}},
		{"states of b in the scenario of a", "a", stated{inState("b", 2)}},
		{"states of a in the scenario of b", "b", stated{inState("a", 1)}},
		{"a", "a", stated{inState("a", 1), inState("more", 1)}},
		{"b", "b", stated{inState("b", 2), inState("more", 2)}},
	} {
		expectation := with(e.id, "/", 0)
		expectation.Request.Contract = e.states
		if e.scenario != "" {
			expectation.Scenario = expectations.ScenarioGate{Name: expectations.ProviderScenario, State: e.scenario}
		}
		if _, err := space.Put(expectation); err != nil {
			t.Fatal(err)
		}
	}
	told := []*expectations.ProviderStates{
		{Active: []expectations.ProviderState{inState("a", 1), inState("more", 1)}},
		{Active: []expectations.ProviderState{inState("b", 2), inState("more", 2)}},
	}
	tell := func(n int) {
		if err := space.SetProviderStates(told[n%2]); err != nil {
			t.Error(err)
		}
	}
	tell(0)
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	for range 2 {
		writers.Go(func() {
			for n := range 3000 {
				tell(n)
			}
		})
	}
	var answers atomic.Int64
	for i := range 3 {
		readers.Go(func() {
			for n := i; !done.Load() || n < 1000; n++ {
				if now := space.ProviderStates(); now != told[0] && now != told[1] {
					t.Errorf("the states are %v", now)
					return
				}
				hit, ok, err := space.Match(t.Context(), &expectations.Request{Method: http.MethodGet, Path: "/"}, expectations.MatchOptions{Peek: n%2 == 0})
				if err != nil {
					t.Error(err)
					return
				}
				if !ok || hit.Expectation.ID != "a" && hit.Expectation.ID != "b" {
					t.Errorf("answered by %v", hit.Expectation)
					return
				}
				answers.Add(1)
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	t.Logf("%d answers", answers.Load())
}

// TestProviderStatesTold: what was told holds until the scenario is put into
// another state, or nothing is told any more.
func TestProviderStatesTold(t *testing.T) {
	t.Parallel()
	space := expectations.NewSpace(expectations.SpaceOptions{})
	told := &expectations.ProviderStates{Active: []expectations.ProviderState{inState("a", 1), inState("b", 2)}}
	scenario := func(want string) {
		t.Helper()
		if got := space.Scenarios.State(expectations.ProviderScenario); got != want {
			t.Errorf("the scenario is in %q, want %q", got, want)
		}
	}
	set := func(states *expectations.ProviderStates) {
		t.Helper()
		if err := space.SetProviderStates(states); err != nil {
			t.Fatal(err)
		}
	}
	put := func(state string) {
		t.Helper()
		if err := space.Scenarios.Put(expectations.Scenario{Name: expectations.ProviderScenario, State: state}); err != nil {
			t.Fatal(err)
		}
	}
	set(nil)
	if got := space.AllScenarios(); len(got) != 0 {
		t.Errorf("scenarios %v", got)
	}
	set(told)
	scenario("a")
	if got := space.ProviderStates(); got != told {
		t.Errorf("states %v", got)
	}
	put("c")
	if got := space.ProviderStates(); len(got.Active) != 1 || got.Active[0].Name != "c" {
		t.Errorf("states %v", got)
	}
	put(expectations.ScenarioStarted)
	if got := space.ProviderStates(); got != nil {
		t.Errorf("states %v", got)
	}
	none := &expectations.ProviderStates{}
	set(none)
	scenario(expectations.ScenarioStarted)
	if got := space.ProviderStates(); got != none {
		t.Errorf("states %v", got)
	}
	set(told)
	set(nil)
	scenario(expectations.ScenarioStarted)
	if got := space.ProviderStates(); got != nil {
		t.Errorf("states %v", got)
	}
	set(told)
	if err := space.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	scenario(expectations.ScenarioStarted)
	if got := space.ProviderStates(); got != nil {
		t.Errorf("states %v after a reset", got)
	}
	for i := range expectations.MaxScenarios {
		if err := space.Scenarios.Put(expectations.Scenario{Name: fmt.Sprint(i), State: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := space.SetProviderStates(told); !errors.Is(err, expectations.ErrTooManyScenarios) {
		t.Errorf("error %v", err)
	}
}
