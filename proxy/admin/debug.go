package admin

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// maxDebugged bounds the expectations that debugMismatch looks at.
const maxDebugged = 1000

// debugMismatch compares a request with every active expectation, field by
// field, and says which is closest (MockServer 7 HttpState.debugMismatch).
func (c *call) debugMismatch() error {
	correlation, at := uuid.NewString(), time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	req, err := wire.DecodeRequest(c.body)
	if err != nil {
		return &failure{status: http.StatusBadRequest, json: true, text: string(jsondoc.Object(
			jsondoc.M("error", jsondoc.String(err.Error())),
			jsondoc.M("correlationId", jsondoc.String(correlation)),
			jsondoc.M("timestamp", jsondoc.String(at)),
		).AppendJackson(nil))}
	}
	results, closest, evaluated, total := jsondoc.Array(), jsondoc.Value{}, 0, 0
	best := expectations.MatcherFields + 1
	for e, err := range c.active(filter{}) {
		if err != nil {
			return err
		}
		if total++; evaluated == maxDebugged {
			continue
		}
		evaluated++
		mismatches := e.Explain(req)
		n := fields(mismatches)
		if n < best {
			best, closest = n, closestJSON(e, n)
		}
		results.Items = append(results.Items, comparisonJSON(e, mismatches, n))
	}
	report := jsondoc.Object(
		jsondoc.M("correlationId", jsondoc.String(correlation)),
		jsondoc.M("timestamp", jsondoc.String(at)),
		jsondoc.M("totalExpectations", jsondoc.Int(int64(total))),
		jsondoc.M("evaluatedExpectations", jsondoc.Int(int64(evaluated))),
	)
	if evaluated < total {
		report.Members = append(report.Members, jsondoc.M("truncated", jsondoc.Bool(true)))
	}
	if evaluated > 0 {
		report.Members = append(report.Members, jsondoc.M("closestMatch", closest))
	}
	report.Members = append(report.Members, jsondoc.M("results", results))
	return c.json(http.StatusOK, report.AppendJackson(nil))
}

func closestJSON(e *expectations.Expectation, mismatched int) jsondoc.Value {
	return jsondoc.Object(
		jsondoc.M("expectationId", jsondoc.String(e.ID)),
		jsondoc.M("matchedFields", jsondoc.Int(int64(expectations.MatcherFields-mismatched))),
		jsondoc.M("totalFields", jsondoc.Int(expectations.MatcherFields)),
	)
}

func comparisonJSON(e *expectations.Expectation, mismatches []expectations.Mismatch, mismatched int) jsondoc.Value {
	result := jsondoc.Object(jsondoc.M("expectationId", jsondoc.String(e.ID)))
	if e.Request != nil {
		for _, field := range [...]struct {
			name string
			text expectations.Text
		}{{"expectationPath", e.Request.Path}, {"expectationMethod", e.Request.Method}} {
			if field.text.Value != "" {
				result.Members = append(result.Members, jsondoc.M(field.name, jsondoc.String(field.text.Value)))
			}
		}
	}
	result.Members = append(result.Members,
		jsondoc.M("matches", jsondoc.Bool(mismatched == 0)),
		jsondoc.M("matchedFieldCount", jsondoc.Int(int64(expectations.MatcherFields-mismatched))),
		jsondoc.M("totalFieldCount", jsondoc.Int(expectations.MatcherFields)),
	)
	if mismatched > 0 {
		result.Members = append(result.Members, jsondoc.M("differences", differencesJSON(mismatches)))
	}
	return result
}

// differencesJSON are the texts on each field that differs.
func differencesJSON(mismatches []expectations.Mismatch) jsondoc.Value {
	all := jsondoc.Object()
	for i, m := range mismatches {
		if i == 0 || mismatches[i-1].Field != m.Field {
			all.Members = append(all.Members, jsondoc.M(m.Field, jsondoc.Array()))
		}
		texts := &all.Members[len(all.Members)-1].Value
		texts.Items = append(texts.Items, jsondoc.String(cut("expected "+m.Want+" but was "+m.Got, maxDifference)))
	}
	return all
}
