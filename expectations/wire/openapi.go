package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// An OpenAPIExpectation asks for expectations made of a description (MockServer
// 7 openAPIExpectation.json).
type OpenAPIExpectation struct {
	// Spec is the description itself, as an object or as a string, or where it
	// is: the path of a file or a URL.
	Spec jsondoc.Value
	// Operations are those wanted, in the order written; nil: all.
	Operations []OpenAPIOperation
	// ContextPath is put before every path.
	ContextPath string
}

// An OpenAPIOperation is an operation and the answer it is to give.
type OpenAPIOperation struct {
	// ID is the operationId.
	ID string
	// Status is the key of the answer, Example the name of the example; "" is
	// the first.
	Status, Example string
}

// An OpenAPILoader makes what is asked for of descriptions. Its errors are
// those of package openapi, or say what MockServer says: "Unable to load API
// spec, …".
type OpenAPILoader struct {
	// Expectations makes expectations.
	Expectations func(OpenAPIExpectation) ([]*expectations.Expectation, error)
	// Matchers makes the conditions of a request that is one of a description.
	Matchers func(expectations.Definition) ([]*expectations.RequestMatcher, error)
}

// openAPIFields are the members of a request for expectations.
var openAPIFields = []field[OpenAPIExpectation]{
	{specMember, func(d *decoder, v jsondoc.Value, e *OpenAPIExpectation) { e.Spec = decodeSpec(d, v) }},
	{"operationsAndResponses", decodeOperations},
	{"contextPathPrefix", func(d *decoder, v jsondoc.Value, e *OpenAPIExpectation) { e.ContextPath = d.text(v) }},
}

const specMember = "specUrlOrPayload"

func decodeSpec(d *decoder, v jsondoc.Value) jsondoc.Value {
	if v.Kind != jsondoc.KindString && v.Kind != jsondoc.KindObject {
		d.problem("%s found, string or object expected", kindOf(v))
	} else if v.IsZero() {
		d.problem("must not be empty")
	}
	return v
}

func decodeOperations(d *decoder, v jsondoc.Value, e *OpenAPIExpectation) {
	if !d.is(v, jsondoc.KindObject) {
		return
	}
	e.Operations = []OpenAPIOperation{}
	for _, m := range v.Members {
		d.push(m.Name)
		op := OpenAPIOperation{ID: m.Name}
		switch m.Value.Kind {
		case jsondoc.KindString, jsondoc.KindNumber: // YAML's 200 is a number
			op.Status = m.Value.Text
		case jsondoc.KindObject:
			object(d, m.Value, operationFields, &op)
		default:
			d.problem("%s found, string or object expected", kindOf(m.Value))
		}
		e.Operations = append(e.Operations, op)
		d.pop()
	}
}

var operationFields = []field[OpenAPIOperation]{
	{"statusCode", func(d *decoder, v jsondoc.Value, o *OpenAPIOperation) {
		if v.Kind == jsondoc.KindNumber {
			v.Kind = jsondoc.KindString
		}
		o.Status = d.text(v)
	}},
	{"exampleName", func(d *decoder, v jsondoc.Value, o *OpenAPIOperation) { o.Example = d.text(v) }},
}

// DecodeOpenAPI reads one request for expectations or an array of them, and
// makes them all with load. The error is a [*ValidationError], or load's.
func DecodeOpenAPI(doc jsondoc.Value, load OpenAPILoader) ([]*expectations.Expectation, error) {
	items := []jsondoc.Value{doc}
	if doc.Kind == jsondoc.KindArray {
		items = doc.Items
	}
	if len(items) == 0 {
		return nil, missing("an OpenAPI expectation or array of OpenAPI expectations is required", false)
	}
	var wanted []OpenAPIExpectation
	var errs []*ValidationError
	for _, item := range items {
		e, err := decodeOpenAPI(item)
		if err != nil {
			errs = append(errs, err)
		}
		wanted = append(wanted, e)
	}
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	var all []*expectations.Expectation
	for _, e := range wanted {
		made, err := load.Expectations(e)
		if err != nil {
			return nil, err
		}
		all = append(all, made...)
	}
	return all, nil
}

func decodeOpenAPI(v jsondoc.Value) (OpenAPIExpectation, *ValidationError) {
	d := &decoder{}
	var e OpenAPIExpectation
	object(d, v, openAPIFields, &e)
	if v.Kind == jsondoc.KindObject && e.Spec.Kind == jsondoc.KindNull {
		d.push(specMember)
		d.problem("is missing but it is required")
		d.pop()
	}
	if len(d.problems) > 0 {
		return e, invalid("OpenAPI expectation", v, d.problems)
	}
	return e, nil
}

// ofSpec reports whether an item of a list of expectations is a request for
// expectations made of a description.
func ofSpec(item jsondoc.Value) bool {
	_, ok := item.Get(specMember)
	return ok
}
