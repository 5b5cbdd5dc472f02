package admin

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// verificationText is MockServer's account of a verification that failed
// (MockServer 7 MockServerEventLog.verify). Its clients cut the text at
// ", expected:<".
func (c *call) verificationText(f *expectations.VerificationFailure) string {
	var b strings.Builder
	if f.Sequence {
		b.WriteString("Request sequence not found")
	} else {
		b.WriteString("Request not found " + f.Times)
	}
	b.WriteString(", expected:<" + c.wanted(f) + ">")
	switch {
	case f.Requests != nil || f.Total == 0:
		b.WriteString(" but was:<" + received(f.Requests) + ">")
	case f.Sequence:
		fmt.Fprintf(&b, " but was not found, found %d other requests", f.Total)
	case f.Found == 1:
		fmt.Fprintf(&b, " but was found 1 time among %d total requests", f.Total)
	default:
		fmt.Fprintf(&b, " but was found %d times among %d total requests", f.Found, f.Total)
	}
	if c.Settings.Get().DetailedVerificationFailures {
		c.appendClosest(&b, f)
	}
	return b.String()
}

// wanted is the request asked for, or the array of a sequence. For the id of
// an expectation it is what that is for, or where it is used up, the id.
func (c *call) wanted(f *expectations.VerificationFailure) string {
	var wanted []jsondoc.Value
	for _, id := range f.WantedIDs {
		if e, ok, err := c.space.Get(c.r.Context(), id); ok && err == nil {
			wanted = append(wanted, wire.MatcherJSON(e.Request))
		} else {
			wanted = append(wanted, jsondoc.Object(jsondoc.M("id", jsondoc.String(id))))
		}
	}
	for _, m := range f.Wanted {
		wanted = append(wanted, wire.MatcherJSON(m))
	}
	if !f.Sequence && len(wanted) == 1 {
		return string(wanted[0].AppendJackson(nil))
	}
	return string(jsondoc.Array(wanted...).AppendJackson(nil))
}

// received is the request received, or the array of several or none.
func received(requests []*expectations.Request) string {
	switch len(requests) {
	case 0:
		return "[]" // printed by hand in MockServer, without the blank
	case 1:
		return string(wire.RequestJSON(requests[0]).AppendJackson(nil))
	}
	all := make([]jsondoc.Value, 0, len(requests))
	for _, r := range requests {
		all = append(all, wire.RequestJSON(r))
	}
	return string(jsondoc.Array(all...).AppendJackson(nil))
}

const (
	// maxCompared bounds the requests looked at for the closest: the last.
	maxCompared = 1000
	// maxDifference bounds the text on one field, in bytes (MockServer 7
	// MatchDifferenceFormatter).
	maxDifference = 500
)

// appendClosest names the fields in which the closest of the requests
// received differs from the one that was not found.
func (c *call) appendClosest(b *strings.Builder, f *expectations.VerificationFailure) {
	if f.Found >= len(f.Wanted) {
		return // by id, or received too often
	}
	filter, err := expectations.Compile(f.Wanted[f.Found])
	if err != nil {
		return // it was compiled before
	}
	entries := c.space.Log.All()
	var closest []expectations.Mismatch
	for _, e := range entries[max(0, len(entries)-maxCompared):] {
		found := filter.Explain(e.Request)
		if len(found) == 0 {
			return // there is one, but not where a sequence wants it
		}
		if closest == nil || fields(found) < fields(closest) {
			closest = found
		}
	}
	if closest == nil {
		return
	}
	b.WriteString("\n\nclosest match diff:\n")
	field := ""
	for _, m := range closest {
		if m.Field != field {
			field = m.Field
			b.WriteString("  " + field + ":\n")
		}
		b.WriteString("    " + cut("expected "+m.Want+" but was "+m.Got, maxDifference) + "\n")
	}
}

// fields counts the fields that mismatches are about; those of one field
// follow one another.
func fields(mismatches []expectations.Mismatch) int {
	n := 0
	for i := range mismatches {
		if i == 0 || mismatches[i].Field != mismatches[i-1].Field {
			n++
		}
	}
	return n
}

// cut shortens a text to n bytes and three dots.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
