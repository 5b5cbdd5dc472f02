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
		ActiveActions:      s.activeByAction,
		CallbackClients:    func() float64 { return float64(s.callbacks.Len()) },
		CallbackHandlers:   s.callbacks.Waiting,
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

// activeByAction counts active expectations over all spaces by the names that
// MockServer's metrics have for their actions. What was recorded is a response.
func (s *stack) activeByAction() map[string]int {
	byAction := map[string]int{}
	for _, space := range s.spaces.All() {
		for _, e := range space.Set.All() {
			byAction[metricOf(e.Action.Kind())]++
		}
		byAction["response"] += space.Captured.Len()
	}
	return byAction
}

// metricOf is the name that MockServer's metrics have for a kind of action.
func metricOf(kind string) string {
	switch kind {
	case "httpError":
		return "error"
	case "httpForward", "httpForwardWithFallback":
		return "forward"
	case "httpForwardObjectCallback":
		return "forward_object_callback"
	case "httpForwardTemplate":
		return "forward_template"
	case "httpOverrideForwardedRequest":
		return "forward_replace"
	case "httpResponseObjectCallback":
		return "response_object_callback"
	case "httpResponseTemplate":
		return "response_template"
	}
	return "response"
}

func (s *stack) logEvictions() uint64 {
	var n uint64
	for _, space := range s.spaces.All() {
		n += space.Log.Evicted()
	}
	return n
}
