package expectations

import "math/rand/v2"

// open reports whether an item that matches the request may be used: the
// state of its scenario and then its percentage decide (MockServer 7). Who
// only peeks sees what has any chance.
func (s *search) open(it *item) bool {
	p := it.expectation.Percentage
	switch {
	case s.scenarios != nil && !s.lets(it.expectation.Scenario):
		return false
	case p == nil:
		return true
	case s.peek:
		return *p > 0
	}
	return s.dice.roll(it.place) < *p
}

// lets reports whether a scenario is in the state that a gate wants.
func (s *search) lets(g ScenarioGate) bool {
	if s.provider != "" && g.Name == ProviderScenario {
		return g.State == "" || g.State == s.provider
	}
	return s.scenarios(g)
}

// stands reports whether the provider states that an item's contract was
// agreed for are active.
func (s *search) stands(it *item) bool {
	if s.states == nil {
		return true
	}
	c := it.compiled.source.Contract
	return c == nil || s.states.HoldsAll(c.States())
}

// dice are thrown once in a search for each item, however often the search
// comes by it. The zero value is ready.
type dice struct{ seed uint64 }

// roll is a number from 0 to 99, always the same for the same place.
func (d *dice) roll(place uint64) int {
	if d.seed == 0 {
		d.seed = rand.Uint64() | 1
	}
	// SplitMix64: as good as drawn anew for each place.
	z := d.seed + place*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % 100)
}
