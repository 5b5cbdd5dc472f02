package wire

import (
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

const (
	operationMember = "operationId"
	prefixMember    = "contextPathPrefix"
)

// definitionFields are the members of a request that is one of a description
// (MockServer 7 openAPIDefinition.json).
var definitionFields = []field[expectations.RequestMatcher]{
	{"not", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Not = d.boolean(v) }},
	{specMember, func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.Definition.Spec = decodeSpec(d, v)
		if v.Kind != jsondoc.KindString || !strings.HasPrefix(strings.TrimSpace(v.Text), "{") {
			return
		}
		// MockServer prints a description that came as a text as an object.
		if tree, err := jsondoc.ParseLenient([]byte(v.Text)); err == nil {
			m.Definition.Spec = tree
		}
	}},
	{operationMember, func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.Definition.OperationID = blankless(d.text(v))
	}},
	{prefixMember, func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.Definition.ContextPath = blankless(d.text(v))
	}},
}

// defined reports whether a request matcher is written as a definition.
func defined(v jsondoc.Value) bool {
	_, spec := v.Get(specMember)
	_, operation := v.Get(operationMember)
	return spec || operation
}

// decodeDefinition reads a request matcher that is written as a definition:
// any of the requests that the operations of it take.
func decodeDefinition(d *decoder, v jsondoc.Value) *expectations.RequestMatcher {
	m := &expectations.RequestMatcher{Definition: &expectations.Definition{}}
	known := len(d.problems)
	object(d, v, definitionFields, m)
	d.push(specMember)
	defer d.pop()
	if _, ok := v.Get(specMember); !ok {
		d.problem("is missing but it is required")
	}
	switch {
	case len(d.problems) > known:
		return m
	case d.load.Matchers == nil:
		d.unsupported("descriptions are not read here; name the method and path")
		return m
	}
	made, err := d.load.Matchers(*m.Definition)
	switch {
	case err != nil:
		d.fail(&OpenAPIError{Path: "$" + strings.Join(d.path, ""), Err: err})
	case len(made) == 0:
		d.problem("has no operations")
	case len(made) == 1:
		one := *made[0]
		one.Not, one.Definition = m.Not, m.Definition
		return &one
	default:
		m.Any = made
	}
	return m
}

// printDefinition prints a definition in the order of MockServer's
// OpenAPIDefinitionDTOSerializer.
func printDefinition(p *printer, m *expectations.RequestMatcher) {
	p.BeginObject()
	p.flag("not", m.Not)
	p.text(operationMember, m.Definition.OperationID)
	p.Key(specMember)
	p.Value(m.Definition.Spec)
	p.text(prefixMember, m.Definition.ContextPath)
	p.EndObject()
}

// An OpenAPIError is a description that a request names and that cannot be
// read.
type OpenAPIError struct {
	// Path is the JSON path of the member that has or names it, e.g.
	// "$.httpRequest.specUrlOrPayload".
	Path string
	// Err is the loader's.
	Err error
}

// loadTrouble begins what MockServer says of descriptions (MockServer 7
// OpenAPIParser).
const loadTrouble = "Unable to load API spec, "

// Error begins as MockServer's text does, and names the place.
func (e *OpenAPIError) Error() string {
	return loadTrouble + e.Path + ": " + strings.TrimPrefix(e.Err.Error(), loadTrouble)
}

// Unwrap is the loader's error.
func (e *OpenAPIError) Unwrap() error { return e.Err }
