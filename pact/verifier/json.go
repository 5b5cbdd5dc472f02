package verifier

import (
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// JSON is the report of a run with the members that the official verifier's
// report has (result, errors, pendingErrors, interactionResults, notices,
// output), and contracts, which is ours: what came of each in full. output is
// what was printed.
func JSON(suites []Suite, output string, contracts jsondoc.Value) jsondoc.Value {
	r := jsonReport{errors: jsondoc.Array(), pending: jsondoc.Array(), results: jsondoc.Array(), lines: jsondoc.Array(), holds: true}
	for _, s := range suites {
		r.add(s)
	}
	for line := range strings.Lines(output) {
		r.lines.Items = append(r.lines.Items, jsondoc.String(strings.TrimSuffix(line, "\n")))
	}
	return jsondoc.Object(
		jsondoc.M("result", jsondoc.Bool(r.holds)),
		jsondoc.M("errors", r.errors),
		jsondoc.M("pendingErrors", r.pending),
		jsondoc.M("interactionResults", r.results),
		jsondoc.M("notices", jsondoc.Array()), // they are printed
		jsondoc.M("output", r.lines),
		jsondoc.M("contracts", contracts),
	)
}

type jsonReport struct {
	errors, pending, results, lines jsondoc.Value
	holds                           bool
}

func (r *jsonReport) add(s Suite) {
	if s.Err != nil {
		r.holds = false
		r.errors.Items = append(r.errors.Items, failure("Failed to load pact", errorOf("", s.Name+": "+s.Err.Error())))
		return
	}
	for _, it := range s.Result.Interactions {
		result := "OK"
		if !it.Verified {
			result = "Error"
		}
		members := []jsondoc.Member{
			jsondoc.M("description", jsondoc.String(it.Description)),
			jsondoc.M("duration", jsondoc.String(strconv.FormatInt(it.Duration.Milliseconds(), 10)+"ms")),
			jsondoc.M("result", jsondoc.String(result)),
		}
		if it.Key != "" {
			members = append(members, jsondoc.M("interactionKey", jsondoc.String(it.Key)))
		}
		r.results.Items = append(r.results.Items, jsondoc.Object(members...))
		if it.Verified {
			continue
		}
		list := &r.errors
		if s.lets(it) {
			list = &r.pending
		} else {
			r.holds = false
		}
		list.Items = append(list.Items, failure(s.title(it), mismatchOf(it)))
	}
}

// title names an interaction as the official verifier does.
func (s Suite) title(it pact.InteractionResult) string {
	text := "Verifying a pact"
	if s.Parties != "" {
		text += " between " + s.Parties
	}
	if len(it.States) > 0 {
		text += " Given " + strings.Join(it.States, " And ")
	}
	return text + " - " + it.Description
}

func failure(interaction string, mismatch jsondoc.Value) jsondoc.Value {
	return jsondoc.Object(jsondoc.M("interaction", jsondoc.String(interaction)), jsondoc.M("mismatch", mismatch))
}

// errorOf is what kept an interaction from being judged.
func errorOf(id, message string) jsondoc.Value {
	return jsondoc.Object(
		jsondoc.M("type", jsondoc.String("error")),
		jsondoc.M("message", jsondoc.String(message)),
		jsondoc.M("interactionId", jsondoc.String(id)))
}

// mismatchOf is why an interaction failed.
func mismatchOf(it pact.InteractionResult) jsondoc.Value {
	if len(it.Mismatches) == 0 {
		return errorOf(it.ID, it.Reason)
	}
	list := jsondoc.Array()
	for _, m := range it.Mismatches {
		members := []jsondoc.Member{jsondoc.M("type", jsondoc.String(string(m.Kind)))}
		place := map[pact.MismatchKind]string{pact.BodyMismatch: "path", pact.HeaderMismatch: "key", pact.QueryMismatch: "parameter"}[m.Kind]
		if place != "" {
			members = append(members, jsondoc.M(place, jsondoc.String(m.Path)))
		}
		list.Items = append(list.Items, jsondoc.Object(append(members,
			jsondoc.M("expected", valueOf(m.Kind, m.Want)), jsondoc.M("actual", valueOf(m.Kind, m.Got)), jsondoc.M("mismatch", jsondoc.String(m.Message)))...))
	}
	return jsondoc.Object(
		jsondoc.M("type", jsondoc.String("mismatches")), jsondoc.M("mismatches", list), jsondoc.M("interactionId", jsondoc.String(it.ID)))
}

// valueOf is one side of a mismatch: a status is a number.
func valueOf(kind pact.MismatchKind, text string) jsondoc.Value {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && kind == pact.StatusMismatch {
		return jsondoc.Int(n)
	}
	return jsondoc.String(text)
}
