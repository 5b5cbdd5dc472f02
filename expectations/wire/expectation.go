package wire

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A draft is an expectation while it is read.
type draft struct {
	expectation  expectations.Expectation
	actions      []draftAction
	responseMode expectations.ResponseMode
	contract     expectations.Contract
	// acts says that an action was given, be it one that is refused.
	acts bool
}

// DecodeExpectations reads one expectation or an array of them. All are read
// or none: the error is a [*ValidationError] about every bad item. The
// expectations have [expectations.OriginUser] and no Created; ID is empty
// where none was written.
func DecodeExpectations(data []byte) ([]*expectations.Expectation, error) {
	return Reader{}.Expectations(data)
}

// Expectations is [DecodeExpectations] for what may also ask for expectations
// made of a description. An error of the loader is an [*OpenAPIError], or for
// such expectations as it is.
func (r Reader) Expectations(data []byte) ([]*expectations.Expectation, error) {
	if isBlank(data) {
		return nil, missing(`an expectation or expectation array is required but value was ""`, false)
	}
	doc, err := jsondoc.ParseLenient(data)
	if err != nil {
		return nil, unparseable(err)
	}
	items := []jsondoc.Value{doc}
	if doc.Kind == jsondoc.KindArray {
		items = doc.Items
	}
	if len(items) == 0 {
		return nil, missing("an expectation or array of expectations is required", false)
	}
	es := make([]*expectations.Expectation, 0, len(items))
	var errs []*ValidationError
	for i, item := range items {
		if r.OpenAPI.Expectations != nil && ofSpec(item) {
			made, err := DecodeOpenAPI(item, r.OpenAPI)
			if invalid, ok := errors.AsType[*ValidationError](err); ok {
				errs = append(errs, invalid)
			} else if err != nil {
				return nil, err
			}
			es = append(es, made...)
			continue
		}
		e, err := r.decodeExpectation(item)
		if invalid, ok := errors.AsType[*ValidationError](err); ok {
			errs = append(errs, invalid)
		} else if spec, ok := errors.AsType[*OpenAPIError](err); ok && doc.Kind == jsondoc.KindArray {
			return nil, &OpenAPIError{Path: "$[" + strconv.Itoa(i) + "]" + strings.TrimPrefix(spec.Path, "$"), Err: spec.Err}
		} else if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	return es, nil
}

// isBlank reports whether data holds nothing, or an empty JSON string, which
// MockServer's Node client sends for nothing.
func isBlank(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) == 0 || string(data) == `""`
}

func (r Reader) decodeExpectation(v jsondoc.Value) (*expectations.Expectation, error) {
	d := &decoder{load: r.OpenAPI}
	f := draft{expectation: expectations.Expectation{Origin: expectations.OriginUser}}
	object(d, v, expectationFields, &f)
	if v.Kind == jsondoc.KindObject {
		f.setActions(d)
		checkScenario(d, f.expectation.Scenario)
		f.agree()
	}
	if err := d.result("expectation", v); err != nil {
		return nil, err
	}
	return &f.expectation, nil
}

// expectationFields are the members of an expectation (MockServer 7
// expectation.json).
var expectationFields = slices.Concat(
	[]field[draft]{
		{"id", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.ID = d.text(v) }},
		{"priority", func(d *decoder, v jsondoc.Value, f *draft) {
			f.expectation.Priority = int(d.integer(v, math.MinInt32, math.MaxInt32))
		}},
		{"httpRequest", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Request = decodeMatcher(d, v) }},
		{"times", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Times = decodeTimes(d, v) }},
		{"timeToLive", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.TimeToLive = decodeTimeToLive(d, v) }},
		{"responseMode", decodeResponseMode},
		{contractMember, decodeContract},
		{"percentage", func(d *decoder, v jsondoc.Value, f *draft) {
			f.expectation.Percentage = new(int(d.integer(v, 0, 100)))
		}},
		{"scenarioName", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Scenario.Name = d.text(v) }},
		{"scenarioState", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Scenario.State = d.text(v) }},
		{"newScenarioState", func(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Scenario.Next = d.text(v) }},
		{"beforeActions", decodeBefore},
		{"afterActions", decodeAfter},
		// Printed with recorded pairs, which may be posted back.
		{"timestamp", ignore[draft]},
		{"specUrlOrPayload", refuseOpenAPI[draft]},
	},
	actionFields(), unsupportedFields())

// checkScenario notes states of a scenario that has no name: they would count
// for nothing.
func checkScenario(d *decoder, g expectations.ScenarioGate) {
	if g.Name == "" && (g.State != "" || g.Next != "") {
		d.push("scenarioName")
		d.problem("is missing, but is required beside scenarioState and newScenarioState")
		d.pop()
	}
}

// unsupportedFields are members MockServer knows and this version does not.
func unsupportedFields() []field[draft] {
	var fields []field[draft]
	for _, name := range []string{
		"chaos", "operationsAndResponses", "steps",
	} {
		fields = append(fields, field[draft]{name, func(d *decoder, v jsondoc.Value, _ *draft) {
			if !v.IsZero() {
				d.unsupported("leave " + name + " out")
			}
		}})
	}
	return fields
}

// actionFields are the members that hold an action.
func actionFields() []field[draft] {
	var fields []field[draft]
	for _, a := range actions() {
		fields = append(fields, field[draft]{a.name, a.decodeAction})
	}
	for _, name := range otherActions {
		fields = append(fields, field[draft]{name, func(d *decoder, _ jsondoc.Value, f *draft) {
			f.acts = true
			d.unsupported("use another action, such as httpResponse")
		}})
	}
	return fields
}

func decodeResponseMode(d *decoder, v jsondoc.Value, f *draft) {
	switch s := d.text(v); strings.ToUpper(s) {
	case string(expectations.Sequential):
		f.responseMode = expectations.Sequential
	case string(expectations.Random):
		f.responseMode = expectations.Random
	case "WEIGHTED", "SWITCH":
		d.problem("%s is not supported by this version: use SEQUENTIAL or RANDOM", s)
	default:
		if v.Kind == jsondoc.KindString {
			d.problem("does not have a value in the enumeration [\"SEQUENTIAL\", \"RANDOM\"]")
		}
	}
}

// printExpectation prints e with its keys in alphabetical order.
func printExpectation(p *printer, e *expectations.Expectation) {
	const request = "httpRequest"
	p.BeginObject()
	printSides(p, "afterActions", e.After)
	printSides(p, "beforeActions", e.Before)
	printActions(p, e, func(name string) bool { return name < request })
	if e.Request != nil {
		p.Key(request)
		printMatcher(p, e.Request)
	}
	printActions(p, e, func(name string) bool { return name > request })
	p.Key("id")
	p.String(e.ID)
	p.text("newScenarioState", e.Scenario.Next)
	printContract(p, e)
	if e.Percentage != nil {
		p.Number("percentage", int64(*e.Percentage))
	}
	p.Number("priority", int64(e.Priority))
	if r, ok := e.Action.(*expectations.Respond); ok && r.List {
		p.text("responseMode", string(r.Mode))
	}
	p.text("scenarioName", e.Scenario.Name)
	p.text("scenarioState", e.Scenario.State)
	printTimeToLive(p, e.TimeToLive)
	printTimes(p, e.Times)
	p.EndObject()
}
