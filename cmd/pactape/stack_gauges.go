package main

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
)

// mockServerVersion is what MockServer's clients are told: they refuse another
// major and minor version than their own, and take a blank one.
const mockServerVersion = ""

// gauges are what a scrape reads.
func (s *stack) gauges() metrics.GaugeFuncs {
	return metrics.GaugeFuncs{
		QueueDepth:         func() float64 { return float64(s.recordings.QueueDepth()) },
		BytesInFlight:      func() float64 { return float64(s.budget.Used()) },
		ActiveExpectations: s.activeByOrigin,
		ActiveActions:      func() map[string]int { return map[string]int{"response": s.activeTotal()} },
		LogEvictions:       s.logEvictions,
		Sessions:           func() float64 { return float64(len(s.spaces.All())) },
	}
}

// activeByOrigin counts active expectations over all spaces.
func (s *stack) activeByOrigin() map[string]int {
	byOrigin := map[string]int{
		string(expectations.OriginUser): 0, string(expectations.OriginImported): 0, string(expectations.OriginCaptured): 0,
	}
	for _, space := range s.spaces.All() {
		for _, e := range space.Set.All() {
			byOrigin[string(e.Origin)]++
		}
		byOrigin[string(expectations.OriginCaptured)] += space.Captured.Len()
	}
	return byOrigin
}

func (s *stack) activeTotal() int {
	total := 0
	for _, n := range s.activeByOrigin() {
		total += n
	}
	return total
}

func (s *stack) logEvictions() uint64 {
	var n uint64
	for _, space := range s.spaces.All() {
		n += space.Log.Evicted()
	}
	return n
}
