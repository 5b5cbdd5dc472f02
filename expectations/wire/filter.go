package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// DecodeRequestMatcher reads the filter of the clear and retrieve calls: a
// request matcher, also wrapped as {"httpRequest":{…}}, or {"id":"…"}. What
// asks for nothing (no bytes, "", null, {}) is a nil matcher and an empty id.
// The error is a [*ValidationError].
func DecodeRequestMatcher(data []byte) (m *expectations.RequestMatcher, id string, err error) {
	return Reader{}.RequestMatcher(data)
}

// RequestMatcher is [DecodeRequestMatcher].
func (r Reader) RequestMatcher(data []byte) (m *expectations.RequestMatcher, id string, err error) {
	if isBlank(data) {
		return nil, "", nil
	}
	doc, err := jsondoc.ParseLenient(data)
	if err != nil {
		return nil, "", unparseable(err)
	}
	if doc.IsZero() && doc.Kind != jsondoc.KindArray {
		return nil, "", nil
	}
	for _, name := range []string{"httpRequest", "openAPIDefinition"} {
		if wrapped, ok := doc.Get(name); ok {
			doc = wrapped
			break
		}
	}
	d := &decoder{load: r.OpenAPI}
	if _, ok := doc.Get("id"); ok {
		object(d, doc, idFields, &id)
	} else if doc.Kind != jsondoc.KindNull {
		m = decodeMatcher(d, doc)
	}
	if err := d.result("request matcher", doc); err != nil {
		return nil, "", err
	}
	if doc.IsZero() {
		m = nil
	}
	return m, id, nil
}

// A Reader reads documents that may name OpenAPI descriptions. The zero value
// refuses those that do, as the functions of the package do.
type Reader struct{ OpenAPI OpenAPILoader }

// idFields are the members of {"id":"…"}.
var idFields = []field[string]{
	{"id", func(d *decoder, v jsondoc.Value, id *string) { *id = decodeID(d, v) }},
}

func decodeID(d *decoder, v jsondoc.Value) string {
	s := d.text(v)
	if v.Kind == jsondoc.KindString && s == "" {
		d.problem("must not be empty")
	}
	return s
}
