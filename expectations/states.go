package expectations

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A ProviderState is a condition that a provider is said to be in, as
// contracts have it (Pact V3 providerStates).
type ProviderState struct {
	// Name is the text of the state.
	Name string
	// Params are its parameters. Of an active state, those that are not given
	// may have any value.
	Params []jsondoc.Member
}

// ProviderStates are the states that a provider is in. A nil *ProviderStates
// says that nobody has told: then no state keeps an expectation from
// answering, as none does in the mock servers of Pact. It is immutable.
type ProviderStates struct {
	// Active are the states.
	Active []ProviderState
}

// Holds reports whether a state that a contract asks for is among the active
// ones: one of the same name, whose parameters agree.
func (s *ProviderStates) Holds(wanted ProviderState) bool {
	return s == nil || slices.ContainsFunc(s.Active, func(active ProviderState) bool {
		return active.Name == wanted.Name && !slices.ContainsFunc(active.Params, func(p jsondoc.Member) bool {
			return !slices.ContainsFunc(wanted.Params, func(w jsondoc.Member) bool {
				return w.Name == p.Name && jsondoc.EqualNumeric(w.Value, p.Value)
			})
		})
	})
}

// HoldsAll reports whether all states that a contract asks for are active.
func (s *ProviderStates) HoldsAll(wanted []ProviderState) bool {
	return !slices.ContainsFunc(wanted, func(w ProviderState) bool { return !s.Holds(w) })
}

// ProviderScenario is the scenario whose state is a provider's (MockServer 7
// PactImporter).
const ProviderScenario = "pact-provider-state"

// first is the state that the scenario of provider states is in.
func (s *ProviderStates) first() string {
	if s == nil || len(s.Active) == 0 {
		return ScenarioStarted
	}
	return s.Active[0].Name
}

// ProviderStates are the active ones, nil if nobody has told. Whoever puts the
// scenario [ProviderScenario] into a state makes that the one active.
func (s *Space) ProviderStates() *ProviderStates {
	_, states := s.Scenarios.provider()
	return states
}

// SetProviderStates makes states the active ones, in place of those before;
// nil forgets what was told. The scenario [ProviderScenario] goes along, into
// the first of them, in one step: a request sees both as they were before, or
// both as they are now. The error wraps [ErrTooManyScenarios].
func (s *Space) SetProviderStates(states *ProviderStates) error {
	if !s.Scenarios.tell(states) {
		return fmt.Errorf("provider states: %w (%d)", ErrTooManyScenarios, MaxScenarios)
	}
	return nil
}

// scenarioStates are the states of scenarios for a request whose provider
// states are its own.
func (o MatchOptions) scenarioStates() map[string]string {
	if o.Provider == nil {
		return o.States
	}
	own := map[string]string{ProviderScenario: o.Provider.first()}
	maps.Copy(own, o.States)
	return own
}

// stated reports whether the states decide if the expectation answers.
func (e *Expectation) stated() bool {
	return e.Request != nil && e.Request.Contract != nil && len(e.Request.Contract.States()) > 0
}

// pick is the first item that matches. Where states are active, what was
// agreed for them goes before what was agreed for any: of equal priority, one
// that names its states answers.
func (s *Space) pick(v *view, o MatchOptions, open func(ScenarioGate) bool) *item {
	find := FindOptions{Peek: o.Peek, Where: o.Where, States: o.Provider, open: open}
	if find.States == nil && !o.AnyState {
		find.provider, find.States = s.Scenarios.provider()
		if _, own := o.States[ProviderScenario]; own {
			find.provider = ""
		}
	}
	first := s.Set.first(v, find)
	if first == nil || find.States == nil || len(find.States.Active) == 0 || first.expectation.stated() {
		return first
	}
	find.Where = func(e *Expectation) bool {
		return e.stated() && e.Priority >= first.expectation.Priority && (o.Where == nil || o.Where(e))
	}
	if better := s.Set.first(v, find); better != nil {
		return better
	}
	return first
}

// ReadProviderStates reads states as they are told: {"states": […]}, a list, or
// one state, which is a text or an object of a name (or state, as MockServer's
// scenarios and Pact's state handlers have it) and params. null is nobody's
// word: nil.
func ReadProviderStates(v jsondoc.Value) (*ProviderStates, error) {
	if list, ok := v.Get("states"); ok {
		v = list
	}
	items := []jsondoc.Value{v}
	switch v.Kind {
	case jsondoc.KindNull:
		return nil, nil
	case jsondoc.KindArray:
		items = v.Items
	case jsondoc.KindString, jsondoc.KindObject, jsondoc.KindBool, jsondoc.KindNumber:
	}
	s := &ProviderStates{Active: make([]ProviderState, 0, len(items))}
	for i, item := range items {
		state, err := readProviderState(item)
		if err != nil {
			return nil, fmt.Errorf("provider state %d: %w", i+1, err)
		}
		s.Active = append(s.Active, state)
	}
	return s, nil
}

func readProviderState(v jsondoc.Value) (ProviderState, error) {
	if v.Kind == jsondoc.KindString && v.Text != "" {
		return ProviderState{Name: v.Text}, nil
	}
	if v.Kind != jsondoc.KindObject {
		return ProviderState{}, errors.New(`a name, or {"name": …, "params": {…}}, is wanted`)
	}
	var s ProviderState
	for _, m := range v.Members {
		switch {
		case (m.Name == "name" || m.Name == "state") && m.Value.Kind == jsondoc.KindString:
			s.Name = m.Value.Text
		case m.Name == "params" && m.Value.Kind == jsondoc.KindObject:
			s.Params = m.Value.Members
		case m.Name == "params" && m.Value.Kind == jsondoc.KindNull:
		default:
			return s, fmt.Errorf(`%q is not "name" with a text, nor "params" with an object`, m.Name)
		}
	}
	if s.Name == "" {
		return s, errors.New("it has no name")
	}
	return s, nil
}
