package expectations

import (
	"fmt"
	"slices"
)

// DefaultMaxReturned is the number of received requests from which a
// [VerificationFailure] no longer lists them (MockServer
// maximumNumberOfRequestToReturnInVerificationFailure).
const DefaultMaxReturned = 10

// A Verification asks how often requests were received: those that match
// Request or, where ExpectationID is set, those that the expectation answered
// or forwarded.
type Verification struct {
	// Request is the condition; nil matches every request.
	Request *RequestMatcher
	// ExpectationID, if set, takes the place of Request.
	ExpectationID string
	// AtLeast and AtMost bound the number. A nil or negative one is no bound;
	// both nil is at least once.
	AtLeast, AtMost *int
	// MaxReturned is from how many requests on a failure does not list them;
	// nil is [DefaultMaxReturned].
	MaxReturned *int
}

// A VerificationSequence asks whether requests were received in an order;
// others may lie between them.
type VerificationSequence struct {
	// Requests are the conditions, in order.
	Requests []*RequestMatcher
	// ExpectationIDs, if not empty, take the place of Requests.
	ExpectationIDs []string
	// MaxReturned is as in [Verification].
	MaxReturned *int
}

// A VerificationFailure says that what a [Verification] or
// [VerificationSequence] asks for was not received.
type VerificationFailure struct {
	// Sequence says that an order was asked for.
	Sequence bool
	// Wanted are the conditions; one if no order was asked for.
	Wanted []*RequestMatcher
	// WantedIDs are the expectations asked for instead, if any.
	WantedIDs []string
	// Times is the number asked for in MockServer's words, e.g. "at least
	// once"; empty for a sequence.
	Times string
	// Found is how many of the requests match; for a sequence, how many of
	// its conditions were met in order.
	Found int
	// Total is how many requests were received in all.
	Total int
	// Requests are the requests received, in order; nil where they are as
	// many as MaxReturned or more.
	Requests []*Request
}

// Error is a summary; the admin API prints the requests in MockServer's
// words.
func (f *VerificationFailure) Error() string {
	if f.Sequence {
		return fmt.Sprintf("request sequence not found: %d of %d requests in order, %d received", f.Found,
			max(len(f.Wanted), len(f.WantedIDs)), f.Total)
	}
	return fmt.Sprintf("request not found %s: found %d among %d", f.Times, f.Found, f.Total)
}

// Verify returns nil if the log holds as many requests as asked for, else a
// [*VerificationFailure]; or a [*PatternError].
func Verify(log *Log, v Verification) error {
	filter, err := Compile(v.Request)
	if err != nil {
		return err
	}
	entries := log.All()
	byID := v.ExpectationID != ""
	if byID {
		entries = answeredEntries(entries)
	}
	found := 0
	for i := range entries {
		if byID && entries[i].ExpectationID == v.ExpectationID || !byID && filter.Match(entries[i].Request) {
			found++
		}
	}
	least, most := v.bounds()
	if found >= least && (most < 0 || found <= most) {
		return nil
	}
	f := &VerificationFailure{Times: timesText(least, most), Found: found}
	if byID {
		f.WantedIDs = []string{v.ExpectationID}
	} else {
		f.Wanted = []*RequestMatcher{v.Request}
	}
	return f.with(entries, v.MaxReturned)
}

// VerifySequence returns nil if the log holds the requests in the order asked
// for, else a [*VerificationFailure]; or a [*PatternError].
func VerifySequence(log *Log, v VerificationSequence) error {
	entries := log.All()
	var steps []func(*Entry) bool
	if len(v.ExpectationIDs) > 0 {
		entries = answeredEntries(entries)
		for _, id := range v.ExpectationIDs {
			steps = append(steps, func(e *Entry) bool { return e.ExpectationID == id })
		}
	} else {
		for _, request := range v.Requests {
			filter, err := Compile(request)
			if err != nil {
				return err
			}
			steps = append(steps, func(e *Entry) bool { return filter.Match(e.Request) })
		}
	}
	met := 0
	for i := range entries {
		if met < len(steps) && steps[met](&entries[i]) {
			met++
		}
	}
	if met == len(steps) {
		return nil
	}
	f := &VerificationFailure{Sequence: true, Found: met, WantedIDs: v.ExpectationIDs}
	if len(v.ExpectationIDs) == 0 {
		f.Wanted = v.Requests
	}
	return f.with(entries, v.MaxReturned)
}

// with adds the requests received.
func (f *VerificationFailure) with(entries []Entry, maxReturned *int) error {
	f.Total = len(entries)
	limit := DefaultMaxReturned
	if maxReturned != nil {
		limit = *maxReturned
	}
	if f.Total < limit {
		f.Requests = received(entries)
	}
	return f
}

// answeredEntries are those an expectation answered, answers or forwarded
// (MockServer EXPECTATION_RESPONSE and FORWARDED_REQUEST).
func answeredEntries(entries []Entry) []Entry {
	return slices.DeleteFunc(entries, func(e Entry) bool {
		return e.ExpectationID == "" || e.Outcome == NotMatched || e.Outcome == Failed
	})
}

// bounds returns the bounds asked for, negative for none.
func (v *Verification) bounds() (least, most int) {
	if v.AtLeast == nil && v.AtMost == nil {
		return 1, -1
	}
	least, most = -1, -1
	if v.AtLeast != nil {
		least = *v.AtLeast
	}
	if v.AtMost != nil {
		most = *v.AtMost
	}
	return least, most
}

// timesText is MockServer's text for bounds (VerificationTimes.toString).
func timesText(least, most int) string {
	switch {
	case least == most:
		return "exactly " + times(least)
	case most < 0:
		return "at least " + times(least)
	case least < 0:
		return "at most " + times(most)
	}
	return fmt.Sprintf("between %d and %d times", least, most)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
