package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeResponseMatcher reads the httpResponse of a verification.
func decodeResponseMatcher(d *decoder, v jsondoc.Value) *expectations.ResponseMatcher {
	m := &expectations.ResponseMatcher{}
	object(d, v, responseMatcherFields, m)
	return m
}

// responseMatcherFields are the members of httpResponse where it is a
// condition. How an answer is sent is none.
var responseMatcherFields = []field[expectations.ResponseMatcher]{
	{"statusCode", func(d *decoder, v jsondoc.Value, m *expectations.ResponseMatcher) {
		m.Status = int(d.integer(v, math.MinInt32, math.MaxInt32))
	}},
	{"reasonPhrase", func(d *decoder, v jsondoc.Value, m *expectations.ResponseMatcher) { m.Reason = decodeText(d, v) }},
	{"headers", func(d *decoder, v jsondoc.Value, m *expectations.ResponseMatcher) { m.Headers = decodeMulti(d, v) }},
	{"cookies", func(d *decoder, v jsondoc.Value, m *expectations.ResponseMatcher) { m.Cookies = decodeNamedTexts(d, v) }},
	{"body", func(d *decoder, v jsondoc.Value, m *expectations.ResponseMatcher) { m.Body = decodeBody(d, v) }},
	{"delay", ignore[expectations.ResponseMatcher]},
	{"connectionOptions", ignore[expectations.ResponseMatcher]},
	{"primary", ignore[expectations.ResponseMatcher]},
	{"trailers", refuseResponseCondition},
	{"statusCodeRange", refuseResponseCondition},
	{"generateFromSchema", refuseResponseCondition},
	{"recoverAfter", refuseResponseCondition},
}

func refuseResponseCondition(d *decoder, _ jsondoc.Value, _ *expectations.ResponseMatcher) {
	d.unsupported("verify statusCode, reasonPhrase, headers, cookies or body")
}

// ResponseMatcherJSON is m in the order of MockServer's
// HttpResponseDTOSerializer.
func ResponseMatcherJSON(m *expectations.ResponseMatcher) jsondoc.Value {
	return document(func(p *printer) {
		p.BeginObject()
		if m.Status != 0 {
			p.Number("statusCode", int64(m.Status))
		}
		printCondition(p, "reasonPhrase", m.Reason)
		printMulti(p, "headers", m.Headers)
		if len(m.Cookies) > 0 {
			p.Key("cookies")
			printNamedTexts(p, m.Cookies)
		}
		if m.Body != nil {
			printBody(p, m.Body)
		}
		p.EndObject()
	})
}
