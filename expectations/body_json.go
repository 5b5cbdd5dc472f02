package expectations

import (
	"github.com/pactape/pactape/expectations/jsondoc"
)

// JSONBody wants the body to be JSON that agrees with Raw.
//
// Strings of Raw may be placeholders of JSON-Unit, as in MockServer:
// "${json-unit.ignore}" and "${json-unit.ignore-element}" agree with anything,
// the latter with a missing member too, "${json-unit.any-string}",
// "${json-unit.any-number}" and "${json-unit.any-boolean}" with any value of
// the type, and "${json-unit.regex}[A-Z]+" with a string that the regular
// expression behind it matches as a whole, in its case.
type JSONBody struct {
	// Raw is the JSON text as written.
	Raw []byte
	// Strict wants the same members and the same items in the same order
	// (MockServer STRICT). Otherwise members and array items the body has
	// beyond Raw's are ignored, and so is the order of array items
	// (ONLY_MATCHING_FIELDS).
	Strict bool
	// NumbersAsStrings lets 1 and 1.0 agree; otherwise an integer and a decimal
	// number differ. A number and a string differ in any case: MockServer's
	// matchNumbersAsStrings says more than it does.
	NumbersAsStrings bool
}

// Type is "JSON".
func (JSONBody) Type() string { return "JSON" }

func (j JSONBody) compile() (bodyTest, error) {
	value, err := jsondoc.Parse(j.Raw)
	if err != nil {
		// It came as a string or lenient JSON over the admin API.
		if value, err = jsondoc.ParseLenient(j.Raw); err != nil {
			return nil, &PatternError{Field: "body", Pattern: string(j.Raw), Err: err, What: "JSON"}
		}
	}
	t := &jsonTest{source: j}
	if err := t.root.compile(value); err != nil {
		return nil, err
	}
	return t, nil
}

func (j JSONBody) equal(other BodyKind) bool {
	o, ok := other.(JSONBody)
	if !ok || j.Strict != o.Strict || j.NumbersAsStrings != o.NumbersAsStrings {
		return false
	}
	return sameJSON(j.Raw, o.Raw)
}

func (j JSONBody) sample() ([]byte, bool) { return j.Raw, true }

type jsonTest struct {
	source JSONBody
	root   jsonWant
}

func (t *jsonTest) test(b *bodyView) bool {
	doc, ok := b.document()
	if !ok {
		return false
	}
	c := jsonComparison{strict: t.source.Strict, loose: t.source.NumbersAsStrings}
	return c.agree(&t.root, &doc)
}

func (t *jsonTest) want() string {
	if t.source.Strict {
		return "JSON equal to " + string(t.source.Raw)
	}
	return "JSON with at least " + string(t.source.Raw)
}
