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
	// Response, if not nil, is a condition on the answer too. Only requests
	// that an expectation or an upstream answered count then.
	Response *ResponseMatcher
	// Decode, if not nil, takes the content coding off the body of a response
	// on which there is a condition; else one that has it equals nothing.
	Decode func(Body) Body
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
	// Responses, if not empty, are conditions on the answers, one for each
	// request asked for, or on their own. As in [Verification], only answered
	// requests count then.
	Responses []*ResponseMatcher
	// Decode is as in [Verification].
	Decode func(Body) Body
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
	// WantedResponses are the conditions on responses; where there are any,
	// Total and Found count responses, and Responses takes the place of
	// Requests.
	WantedResponses []*ResponseMatcher
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
	// Responses are those given to the requests asked for, or for a sequence
	// all; nil as Requests is.
	Responses []*Response
}

// Error is a summary; the admin API prints the requests in MockServer's
// words.
func (f *VerificationFailure) Error() string {
	what := "request"
	if len(f.WantedResponses) > 0 {
		what = "response"
	}
	if f.Sequence {
		return fmt.Sprintf("%s sequence not found: %d of %d %ss in order, %d received", what, f.Found,
			max(len(f.Wanted), len(f.WantedIDs), len(f.WantedResponses)), what, f.Total)
	}
	return fmt.Sprintf("%s not found %s: found %d among %d", what, f.Times, f.Found, f.Total)
}

// Verify returns nil if the log holds as many requests as asked for, else a
// [*VerificationFailure]; or a [*PatternError].
func Verify(log *Log, v Verification) error {
	wanted, err := newVerifier(v.ExpectationID, v.Request, v.Response, v.Decode)
	if err != nil {
		return err
	}
	entries := log.All()
	switch {
	case v.Response != nil:
		entries = slices.DeleteFunc(withResponse(entries), func(e Entry) bool { return !wanted.asked(&e) })
	case v.ExpectationID != "":
		entries = answeredEntries(entries)
	}
	found := 0
	for i := range entries {
		if wanted.match(&entries[i]) {
			found++
		}
	}
	least, most := v.bounds()
	if found >= least && (most < 0 || found <= most) {
		return nil
	}
	f := &VerificationFailure{Times: timesText(least, most), Found: found}
	if v.ExpectationID != "" {
		f.WantedIDs = []string{v.ExpectationID}
	} else {
		f.Wanted = []*RequestMatcher{v.Request}
	}
	if v.Response != nil {
		f.WantedResponses = []*ResponseMatcher{v.Response}
	}
	return f.with(entries, v.MaxReturned)
}

// VerifySequence returns nil if the log holds the requests in the order asked
// for, else a [*VerificationFailure]; or a [*PatternError]. There have to be
// as many responses as requests, where there are both.
func VerifySequence(log *Log, v VerificationSequence) error {
	steps, err := v.steps()
	if err != nil {
		return err
	}
	entries := log.All()
	switch {
	case len(v.Responses) > 0:
		entries = withResponse(entries)
	case len(v.ExpectationIDs) > 0:
		entries = answeredEntries(entries)
	}
	met := 0
	for i := range entries {
		if met < len(steps) && steps[met].match(&entries[i]) {
			met++
		}
	}
	if met == len(steps) {
		return nil
	}
	f := &VerificationFailure{Sequence: true, Found: met, WantedIDs: v.ExpectationIDs, WantedResponses: v.Responses}
	if len(v.ExpectationIDs) == 0 {
		f.Wanted = v.Requests
	}
	return f.with(entries, v.MaxReturned)
}

func (v *VerificationSequence) steps() ([]*verifier, error) {
	steps := make([]*verifier, max(len(v.ExpectationIDs), len(v.Requests), len(v.Responses)))
	for i := range steps {
		id, request, response := "", (*RequestMatcher)(nil), (*ResponseMatcher)(nil)
		if i < len(v.ExpectationIDs) {
			id = v.ExpectationIDs[i]
		} else if i < len(v.Requests) {
			request = v.Requests[i]
		}
		if i < len(v.Responses) {
			response = v.Responses[i]
		}
		var err error
		if steps[i], err = newVerifier(id, request, response, v.Decode); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// with adds what was received, or answered.
func (f *VerificationFailure) with(entries []Entry, maxReturned *int) error {
	f.Total = len(entries)
	limit := DefaultMaxReturned
	if maxReturned != nil {
		limit = *maxReturned
	}
	switch {
	case f.Total >= limit:
	case len(f.WantedResponses) > 0:
		f.Responses = answers(entries)
	default:
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
