package proxy

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// closestHeader names the fields in which the closest expectation differs
// (MockServer 7, attachMismatchDiagnosticToResponse).
const closestHeader = "X-Mockserver-Closest-Match"

// diagnose adds to the answer of a request that nothing matched what the
// closest of the expectations made by hand wanted.
func (c *call) diagnose(rp *reply) {
	e, mismatches := c.space.Set.Closest(&c.facts.request)
	switch {
	case e != nil:
	case c.mode == expectations.Simulate && c.space.Captured.Len() > 0:
		rp.setHeader(closestHeader, "no recorded request is equal")
		return
	default:
		rp.setHeader(closestHeader, "no expectations configured")
		return
	}
	differences := jsondoc.Object()
	var fields []string
	for _, m := range mismatches {
		text := jsondoc.String("expected " + m.Want + " but was " + m.Got)
		if i := slices.Index(fields, m.Field); i >= 0 {
			texts := &differences.Members[i].Value
			texts.Items = append(texts.Items, text)
			continue
		}
		fields = append(fields, m.Field)
		differences.Members = append(differences.Members, jsondoc.M(m.Field, jsondoc.Array(text)))
	}
	if len(fields) == 0 {
		// It matches, but was left to chance or is used up.
		rp.setHeader(closestHeader, "all fields agree")
	} else {
		rp.setHeader(closestHeader, "fields differ: "+strings.Join(fields, ", "))
	}
	rp.contentType = "application/json; charset=utf-8"
	rp.body = jsondoc.Object(
		jsondoc.M("matchedFieldCount", jsondoc.Int(int64(expectations.MatcherFields-len(fields)))),
		jsondoc.M("totalFieldCount", jsondoc.Int(expectations.MatcherFields)),
		jsondoc.M("differences", differences),
	).AppendJackson(nil)
}
