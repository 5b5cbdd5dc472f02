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
	if wrapped, ok := doc.Get("httpRequest"); ok {
		doc = wrapped
	}
	f := filter{matcher: expectations.RequestMatcher{}}
	d := &decoder{}
	if _, ok := doc.Get("id"); ok {
		object(d, doc, idFields, &f.id)
	} else if doc.Kind != jsondoc.KindNull {
		object(d, doc, filterFields(), &f)
	}
	switch {
	case len(d.problems) > 0:
		return nil, "", invalid("request matcher", doc, d.problems)
	case f.id != "":
		return nil, f.id, nil
	case doc.IsZero():
		return nil, "", nil
	}
	return &f.matcher, "", nil
}

// A filter is what a clear or retrieve call is about, while it is read.
type filter struct {
	matcher expectations.RequestMatcher
	id      string
}

// filterFields are the members of a filter that is not an id.
func filterFields() []field[filter] {
	fields := make([]field[filter], 0, len(matcherFields)+1)
	for _, f := range matcherFields {
		fields = append(fields, field[filter]{f.name, func(d *decoder, v jsondoc.Value, into *filter) {
			f.decode(d, v, &into.matcher)
		}})
	}
	return append(fields, field[filter]{"openAPIDefinition", refuseOpenAPI[filter]})
}

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
