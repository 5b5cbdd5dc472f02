package wire

import (
	"strconv"

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

// An OpenAPILoader makes the expectations that are asked for.
type OpenAPILoader func(OpenAPIExpectation) ([]*expectations.Expectation, error)

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
		made, err := load(e)
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
// expectations made of a description, or has a request out of one.
func ofSpec(item jsondoc.Value) bool {
	if _, ok := item.Get(specMember); ok {
		return true
	}
	request, _ := item.Get("httpRequest")
	_, ok := request.Get(specMember)
	return ok
}

// specRequestFields are the members of a request out of a description
// (MockServer 7 openAPIDefinition.json).
var specRequestFields = []field[OpenAPIExpectation]{
	openAPIFields[0],
	{"operationId", func(d *decoder, v jsondoc.Value, e *OpenAPIExpectation) {
		if id := d.text(v); id != "" {
			e.Operations = []OpenAPIOperation{{ID: id}}
		}
	}},
	openAPIFields[2],
}

// decodeOfSpec reads an item that [ofSpec] is true of. One whose request is
// out of a description becomes an expectation for each request that this
// stands for, all with the item's action; the first has the item's id, the
// others have a number behind it.
func decodeOfSpec(item jsondoc.Value, load OpenAPILoader) ([]*expectations.Expectation, error) {
	if _, ok := item.Get(specMember); ok {
		return DecodeOpenAPI(item, load)
	}
	request, _ := item.Get("httpRequest")
	d := &decoder{path: []string{".httpRequest"}}
	var wanted OpenAPIExpectation
	object(d, request, specRequestFields, &wanted)
	if len(d.problems) > 0 {
		return nil, invalid("expectation", item, d.problems)
	}
	rest := jsondoc.Object()
	for _, m := range item.Members {
		if m.Name != "httpRequest" {
			rest.Members = append(rest.Members, m)
		}
	}
	e, invalidRest := decodeExpectation(rest)
	if invalidRest != nil {
		return nil, invalidRest
	}
	requests, err := load(wanted)
	if err != nil {
		return nil, err
	}
	for i, made := range requests {
		one := *e
		one.Request = made.Request
		if i > 0 && one.ID != "" {
			one.ID += "-" + strconv.Itoa(i+1)
		}
		requests[i] = &one
	}
	return requests, nil
}
