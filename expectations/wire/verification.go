package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// maximumReturned is MockServer's name for the bound on requests in a
// failure's text.
const maximumReturned = "maximumNumberOfRequestToReturnInVerificationFailure"

// DecodeVerification reads {"httpRequest" or "expectationId", "httpResponse",
// "times"}, of which one of the first three has to be there. Times default to
// exactly once, as they do in MockServer, whose clients name them; a bound of
// -1 is none, and one that is absent beside the other is none too, so AtLeast
// or AtMost is always set. The error is a [*ValidationError].
func DecodeVerification(data []byte) (expectations.Verification, error) {
	return Reader{}.Verification(data)
}

// Verification is [DecodeVerification].
func (r Reader) Verification(data []byte) (expectations.Verification, error) {
	var f verification
	err := r.decodeVerify(data, "verification", func(d *decoder, doc jsondoc.Value) {
		object(d, doc, verificationFields, &f)
		notBoth(d, choice{"httpRequest", f.result.Request != nil}, choice{"expectationId", f.result.ExpectationID != ""},
			choice{"httpResponse", f.result.Response != nil})
		f.times.bound(&f.result)
	})
	if err != nil {
		return expectations.Verification{}, err
	}
	return f.result, nil
}

// DecodeVerificationSequence reads {"httpRequests":[…]} or
// {"expectationIds":[{"id":…}]}, and {"httpResponses":[…]} beside them or on
// their own. The error is a [*ValidationError].
func DecodeVerificationSequence(data []byte) (expectations.VerificationSequence, error) {
	return Reader{}.VerificationSequence(data)
}

// VerificationSequence is [DecodeVerificationSequence].
func (r Reader) VerificationSequence(data []byte) (expectations.VerificationSequence, error) {
	var f expectations.VerificationSequence
	err := r.decodeVerify(data, "verification sequence", func(d *decoder, doc jsondoc.Value) {
		object(d, doc, sequenceFields, &f)
		notBoth(d, choice{"httpRequests", f.Requests != nil}, choice{"expectationIds", f.ExpectationIDs != nil},
			choice{"httpResponses", f.Responses != nil})
	})
	if err != nil {
		return expectations.VerificationSequence{}, err
	}
	return f, nil
}

func (r Reader) decodeVerify(data []byte, what string, read func(*decoder, jsondoc.Value)) error {
	if isBlank(data) {
		return missing("a "+what+` is required but value was ""`, true)
	}
	doc, err := jsondoc.ParseLenient(data)
	if err != nil {
		return unparseable(err)
	}
	d := &decoder{load: r.OpenAPI}
	read(d, doc)
	return d.result(what, doc)
}

// A choice is a member, and whether it was given.
type choice struct {
	name  string
	given bool
}

// notBoth notes a problem if both of two members are given, or none and not the
// third either, which may stand beside them. Other problems may be why it is
// not, so it speaks only if there are none.
func notBoth(d *decoder, a, b, third choice) {
	switch {
	case len(d.problems) > 0:
	case a.given && b.given:
		d.problem("only one of [%s, %s] is allowed", a.name, b.name)
	case !a.given && !b.given && !third.given:
		d.problem("oneOf of the following must be specified [%s, %s, %s]", a.name, b.name, third.name)
	}
}

// A verification is an [expectations.Verification] while it is read.
type verification struct {
	result expectations.Verification
	times  verificationTimes
}

// verificationTimes is the member times as written.
type verificationTimes struct {
	atLeast, atMost, count *int
	exact                  bool
}

// bound sets the bounds of v (MockServer 7 VerificationTimesDTODeserializer).
func (t verificationTimes) bound(v *expectations.Verification) {
	switch {
	case t.atLeast != nil || t.atMost != nil:
		v.AtLeast, v.AtMost = limit(t.atLeast), limit(t.atMost)
		if v.AtLeast == nil && v.AtMost == nil {
			v.AtLeast = new(int) // both given as -1: any number will do
		}
	case t.count != nil && t.exact:
		v.AtLeast, v.AtMost = t.count, t.count
	case t.count != nil:
		v.AtLeast = t.count
	default:
		v.AtLeast, v.AtMost = new(1), new(1) // MockServer 7 VerificationDTO
	}
}

// limit is n, or nil for -1.
func limit(n *int) *int {
	if n == nil || *n < 0 {
		return nil
	}
	return n
}

var verificationFields = []field[verification]{
	{"httpRequest", func(d *decoder, v jsondoc.Value, f *verification) { f.result.Request = decodeMatcher(d, v) }},
	{"expectationId", func(d *decoder, v jsondoc.Value, f *verification) {
		object(d, v, idFields, &f.result.ExpectationID)
		if f.result.ExpectationID == "" && v.IsZero() {
			d.problem("id: is missing but it is required")
		}
	}},
	{"times", func(d *decoder, v jsondoc.Value, f *verification) { object(d, v, verificationTimesFields, &f.times) }},
	{maximumReturned, func(d *decoder, v jsondoc.Value, f *verification) { f.result.MaxReturned = decodeMaximum(d, v) }},
	{"httpResponse", func(d *decoder, v jsondoc.Value, f *verification) { f.result.Response = decodeResponseMatcher(d, v) }},
}

var verificationTimesFields = []field[verificationTimes]{
	{"atLeast", func(d *decoder, v jsondoc.Value, t *verificationTimes) { t.atLeast = decodeCount(d, v) }},
	{"atMost", func(d *decoder, v jsondoc.Value, t *verificationTimes) { t.atMost = decodeCount(d, v) }},
	{"count", func(d *decoder, v jsondoc.Value, t *verificationTimes) { t.count = decodeCount(d, v) }},
	{"exact", func(d *decoder, v jsondoc.Value, t *verificationTimes) { t.exact = d.boolean(v) }},
}

func decodeCount(d *decoder, v jsondoc.Value) *int {
	return new(int(d.integer(v, -1, math.MaxInt32)))
}

func decodeMaximum(d *decoder, v jsondoc.Value) *int {
	return new(int(d.integer(v, 0, math.MaxInt32)))
}

var sequenceFields = []field[expectations.VerificationSequence]{
	{"httpRequests", func(d *decoder, v jsondoc.Value, f *expectations.VerificationSequence) {
		f.Requests = []*expectations.RequestMatcher{}
		eachItem(d, v, func(item jsondoc.Value) { f.Requests = append(f.Requests, decodeMatcher(d, item)) })
	}},
	{"expectationIds", func(d *decoder, v jsondoc.Value, f *expectations.VerificationSequence) {
		f.ExpectationIDs = []string{}
		eachItem(d, v, func(item jsondoc.Value) {
			var id string
			object(d, item, idFields, &id)
			if item.IsZero() {
				d.problem("id: is missing but it is required")
			}
			f.ExpectationIDs = append(f.ExpectationIDs, id)
		})
	}},
	{maximumReturned, func(d *decoder, v jsondoc.Value, f *expectations.VerificationSequence) {
		f.MaxReturned = decodeMaximum(d, v)
	}},
	{"httpResponses", func(d *decoder, v jsondoc.Value, f *expectations.VerificationSequence) {
		f.Responses = []*expectations.ResponseMatcher{}
		eachItem(d, v, func(item jsondoc.Value) { f.Responses = append(f.Responses, decodeResponseMatcher(d, item)) })
	}},
}

// eachItem visits the items of v, which must be an array.
func eachItem(d *decoder, v jsondoc.Value, visit func(jsondoc.Value)) {
	if !d.is(v, jsondoc.KindArray) {
		return
	}
	for i, item := range v.Items {
		d.pushIndex(i)
		visit(item)
		d.pop()
	}
}
