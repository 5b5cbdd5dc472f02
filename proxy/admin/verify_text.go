package admin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// verificationText is MockServer's account of a verification that failed
// (MockServer 7 MockServerEventLog.verify). Its clients cut the text at
// ", expected:<".
func (c *call) verificationText(f *expectations.VerificationFailure) string {
	about, others := "Request", "requests"
	if len(f.WantedResponses) > 0 {
		about, others = "Response", "responses"
	}
	var b strings.Builder
	if f.Sequence {
		b.WriteString(about + " sequence not found")
	} else {
		b.WriteString(about + " not found " + f.Times)
	}
	b.WriteString(", expected:<" + c.wanted(f) + ">")
	switch {
	case f.Requests != nil || f.Responses != nil || f.Total == 0:
		b.WriteString(" but was:<" + found(f) + ">")
	case f.Sequence:
		fmt.Fprintf(&b, " but was not found, found %d other %s", f.Total, others)
	default:
		kind, n := "total", "times"
		if about == "Response" {
			kind = "recorded"
		}
		if f.Found == 1 {
			n = "time"
		}
		fmt.Fprintf(&b, " but was found %d %s among %d %s %s", f.Found, n, f.Total, kind, others)
	}
	if c.Settings.Get().DetailedVerificationFailures {
		c.appendClosest(&b, f)
	}
	return b.String()
}

// wanted is the request or response asked for, or the array of a sequence. For
// the id of an expectation it is what that is for, or where it is used up, the
// id.
func (c *call) wanted(f *expectations.VerificationFailure) string {
	var wanted []jsondoc.Value
	for _, m := range f.WantedResponses {
		wanted = append(wanted, wire.ResponseMatcherJSON(m))
	}
	if len(wanted) == 0 {
		wanted = c.wantedRequests(f)
	}
	if !f.Sequence && len(wanted) == 1 {
		return string(wanted[0].AppendJackson(nil))
	}
	return string(jsondoc.Array(wanted...).AppendJackson(nil))
}

func (c *call) wantedRequests(f *expectations.VerificationFailure) []jsondoc.Value {
	var wanted []jsondoc.Value
	for _, id := range f.WantedIDs {
		if e, ok, err := c.space.Get(c.r.Context(), id); ok && err == nil {
			wanted = append(wanted, inShort(wire.MatcherJSON(e.Request)))
		} else {
			wanted = append(wanted, jsondoc.Object(jsondoc.M("id", jsondoc.String(id))))
		}
	}
	for _, m := range f.Wanted {
		wanted = append(wanted, inShort(wire.MatcherJSON(m)))
	}
	return wanted
}

// inShort is a request as these texts have it: without addresses, its members
// in alphabetical order, and JSON without its bytes (MockServer 7
// HttpRequestPrettyPrintedDTO).
func inShort(request jsondoc.Value) jsondoc.Value {
	members := slices.DeleteFunc(slices.Clone(request.Members), func(m jsondoc.Member) bool {
		return m.Name == "socketAddress" || m.Name == "localAddress" || m.Name == "remoteAddress"
	})
	for i := range members {
		body := &members[i].Value
		if kind, ok := body.Get("type"); members[i].Name == "body" && ok && kind.Text == string(expectations.AnswerJSON) {
			body.Members = slices.DeleteFunc(slices.Clone(body.Members), func(m jsondoc.Member) bool { return m.Name == "rawBytes" })
		}
	}
	slices.SortStableFunc(members, func(a, b jsondoc.Member) int { return strings.Compare(a.Name, b.Name) })
	return jsondoc.Object(members...)
}

// found is the request received, or the response given; or the array of several
// or none.
func found(f *expectations.VerificationFailure) string {
	var all []jsondoc.Value
	for _, r := range f.Requests {
		all = append(all, inShort(wire.RequestInShort(r)))
	}
	for _, r := range f.Responses {
		all = append(all, wire.AnsweredJSON(r))
	}
	switch len(all) {
	case 0:
		return "[]" // printed by hand in MockServer, without the blank
	case 1:
		return string(all[0].AppendJackson(nil))
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

// appendClosest names the fields in which the closest of what was received, or
// answered, differs from what was not found.
func (c *call) appendClosest(b *strings.Builder, f *expectations.VerificationFailure) {
	closest := c.closest(f)
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

// closest is what the closest is short of; nil for nothing.
func (c *call) closest(f *expectations.VerificationFailure) []expectations.Mismatch {
	switch {
	case len(f.WantedResponses) > f.Found:
		filter, err := expectations.CompileResponse(f.WantedResponses[f.Found])
		if err != nil {
			return nil // it was compiled before
		}
		return closestOf(c.answersTo(f), func(e *expectations.Entry) []expectations.Mismatch { return filter.Explain(e.Response) })
	case len(f.WantedResponses) == 0 && len(f.Wanted) > f.Found:
		filter, err := expectations.Compile(f.Wanted[f.Found])
		if err != nil {
			return nil
		}
		return closestOf(c.space.Log.All(), func(e *expectations.Entry) []expectations.Mismatch { return filter.Explain(e.Request) })
	}
	return nil // by id, or received too often
}

// answersTo are the requests that were answered; unless an order was asked for,
// those asked for.
func (c *call) answersTo(f *expectations.VerificationFailure) []expectations.Entry {
	asked := func(*expectations.Entry) bool { return true }
	switch {
	case f.Sequence:
	case len(f.WantedIDs) > 0:
		asked = func(e *expectations.Entry) bool { return e.ExpectationID == f.WantedIDs[0] }
	case len(f.Wanted) > 0:
		if filter, err := expectations.Compile(f.Wanted[0]); err == nil {
			asked = func(e *expectations.Entry) bool { return filter.Match(e.Request) }
		}
	}
	return slices.DeleteFunc(c.space.Log.All(), func(e expectations.Entry) bool {
		return e.Outcome != expectations.Matched && e.Outcome != expectations.Forwarded || !asked(&e)
	})
}

// closestOf is what explain says of the entry of which it has least to say.
func closestOf(entries []expectations.Entry, explain func(*expectations.Entry) []expectations.Mismatch) []expectations.Mismatch {
	var closest []expectations.Mismatch
	for _, e := range entries[max(0, len(entries)-maxCompared):] {
		found := explain(&e)
		if len(found) == 0 {
			return nil // there is one, but not where a sequence wants it
		}
		if closest == nil || fields(found) < fields(closest) {
			closest = found
		}
	}
	return closest
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
