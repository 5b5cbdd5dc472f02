package expectations

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ScenarioStarted is the state of a scenario that was never put into another
// (MockServer 7 ScenarioManager).
const ScenarioStarted = "Started"

// MaxScenarios is how many scenarios of a space can be in a state of their
// own.
const MaxScenarios = 10_000

// ErrTooManyScenarios is wrapped by the error of [Scenarios.Put].
var ErrTooManyScenarios = errors.New("too many scenarios")

// A ScenarioGate lets an expectation answer in one state of a scenario, and
// moves the scenario on when it has answered. The zero value is no gate.
type ScenarioGate struct {
	// Name is the scenario; "" for none, the other fields are empty then.
	Name string
	// State is the state it must be in; "" for any.
	State string
	// Next is the state it is in after a match; "" for the same.
	Next string
}

// A Scenario is the state of one scenario.
type Scenario struct {
	// Name and State are never empty.
	Name, State string
	// Next is the state it goes into After from when it was put into State;
	// "" if it stays.
	Next string
	// After is 0 where Next is empty.
	After time.Duration
}

// Scenarios holds the states of a space's scenarios by name. It is safe for
// concurrent use. A timed transition is seen when its time has come; nothing
// runs until then.
type Scenarios struct {
	mu     sync.RWMutex // guards states
	states map[string]scenarioState
	// moved says that states was ever written, for readers without the lock.
	moved atomic.Bool
}

type scenarioState struct {
	state, next string
	due         time.Time // when state becomes next; zero for never
	// told are the provider states that state is the first of, of
	// [ProviderScenario] where somebody told them.
	told *ProviderStates
}

func (s scenarioState) at(now time.Time) string {
	if !s.due.IsZero() && !now.Before(s.due) {
		return s.next
	}
	return s.state
}

// State is the state of a scenario, [ScenarioStarted] of one that was never
// put into another.
func (s *Scenarios) State(name string) string {
	if !s.moved.Load() {
		return ScenarioStarted
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.stateLocked(name)
}

// stateLocked is State with s.mu held.
func (s *Scenarios) stateLocked(name string) string {
	if state, ok := s.states[name]; ok {
		return state.at(time.Now())
	}
	return ScenarioStarted
}

// Put puts a scenario into a state, and ends a transition that is due later.
// The error is about an empty name or state, or wraps [ErrTooManyScenarios].
func (s *Scenarios) Put(c Scenario) error {
	if c.Name == "" || c.State == "" {
		return errors.New("a scenario needs a name and a state")
	}
	if c.After < 0 {
		return fmt.Errorf("scenario %q: a transition cannot be due in the past", c.Name)
	}
	state := scenarioState{state: c.State}
	if c.Next != "" {
		state.next, state.due = c.Next, time.Now().Add(c.After)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.putLocked(c.Name, state) {
		return fmt.Errorf("scenario %q: %w (%d)", c.Name, ErrTooManyScenarios, MaxScenarios)
	}
	return nil
}

// putLocked reports whether there was room. s.mu is held.
func (s *Scenarios) putLocked(name string, state scenarioState) bool {
	if _, ok := s.states[name]; !ok && len(s.states) >= MaxScenarios {
		return false
	}
	if s.states == nil {
		s.states = map[string]scenarioState{}
	}
	s.states[name] = state
	s.moved.Store(true)
	return true
}

// provider is the state of [ProviderScenario], and the provider states that go
// with it: those that were told while the scenario is in the first of them.
func (s *Scenarios) provider() (state string, states *ProviderStates) {
	if !s.moved.Load() {
		return ScenarioStarted, nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	entry, ok := s.states[ProviderScenario]
	if !ok {
		return ScenarioStarted, nil
	}
	state = entry.at(time.Now())
	switch {
	case entry.told != nil && entry.told.first() == state:
		return state, entry.told
	case state == ScenarioStarted:
		return state, nil
	}
	return state, &ProviderStates{Active: []ProviderState{{Name: state}}}
}

// tell makes provider states the active ones and puts the scenario along; nil
// forgets what was told. It reports whether there was room.
func (s *Scenarios) tell(states *ProviderStates) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.states[ProviderScenario]; !ok && states == nil {
		return true
	}
	return s.putLocked(ProviderScenario, scenarioState{state: states.first(), told: states})
}

// all returns the scenarios that were put into a state.
func (s *Scenarios) all() map[string]string {
	now := time.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make(map[string]string, len(s.states))
	for name, state := range s.states {
		all[name] = state.at(now)
	}
	return all
}

// Reset puts every scenario back to [ScenarioStarted].
func (s *Scenarios) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = nil
}

// A gatekeeper decides about scenarios for one search: by the states that
// hold for its request alone, then by those of the space.
type gatekeeper struct {
	scenarios *Scenarios
	own       map[string]string
}

// open reports whether the gate is open now.
func (k gatekeeper) open(g ScenarioGate) bool {
	if g.State == "" {
		return true
	}
	if state, ok := k.own[g.Name]; ok {
		return state == g.State
	}
	return k.scenarios.State(g.Name) == g.State
}

// pass calls use with the gate open, and moves the scenario on if it was
// used: no other request comes between. It reports what use did, or false if
// the gate was shut meanwhile. A state that holds for the request alone stays.
func (k gatekeeper) pass(g ScenarioGate, use func() bool) bool {
	if g.Name == "" {
		return use()
	}
	if _, ok := k.own[g.Name]; ok {
		return use()
	}
	k.scenarios.mu.Lock()
	defer k.scenarios.mu.Unlock()
	if g.State != "" && k.scenarios.stateLocked(g.Name) != g.State || !use() {
		return false
	}
	if g.Next != "" {
		k.scenarios.putLocked(g.Name, scenarioState{state: g.Next})
	}
	return true
}

// AllScenarios returns the state of every scenario that was put into one or
// that an active expectation is bound to, by name.
func (s *Space) AllScenarios() []Scenario {
	states := s.Scenarios.all()
	for _, e := range s.Set.All() {
		if name := e.Scenario.Name; name != "" && states[name] == "" {
			states[name] = ScenarioStarted
		}
	}
	all := make([]Scenario, 0, len(states))
	for _, name := range slices.Sorted(maps.Keys(states)) {
		all = append(all, Scenario{Name: name, State: states[name]})
	}
	return all
}
