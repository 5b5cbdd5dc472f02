package infer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/openapi"
)

func (s *fieldSet) addForm(p *part, a *acceptors) {
	s.addParams(expectations.ParseQuery(string(p.raw)), a)
}

// endpoint describes one endpoint.
func (s *endpointSet) endpoint(e *endpoint) openapi.Endpoint {
	in := &e.accepted
	if in.samples == 0 {
		in = &e.refused
	}
	out := openapi.Endpoint{
		Method: e.method, Path: e.template.String(), Samples: e.samples,
		Servers: slices.Sorted(maps.Keys(e.servers)), Schemes: slices.Sorted(maps.Keys(in.schemes)),
		Anonymous: in.anonymous > 0, BodyRequired: in.samples >= minRequired && in.bare == 0,
		Request: s.contents(in.bodies),
	}
	for i, param := range e.template.params() {
		out.Parameters = append(out.Parameters, openapi.Parameter{
			In: "path", Name: param.name, Required: true, Samples: e.samples, Schema: s.fieldSchema(&e.params[i]),
		})
	}
	for _, f := range in.query.fields {
		out.Parameters = append(out.Parameters, s.parameter(f, "query", in.samples))
	}
	out.Parameters = append(out.Parameters, s.headers(&in.headers, true, in.samples)...)
	for _, status := range slices.Sorted(maps.Keys(e.answers)) {
		a := e.answers[status]
		out.Answers = append(out.Answers, openapi.Answer{
			Status: status, Samples: a.samples, Headers: s.headers(&a.headers, false, a.samples), Content: s.contents(a.bodies),
		})
	}
	return out
}

// headers are those that belong to a contract; OpenAPI has other places for
// Accept, Content-Type and Authorization (3.1 §4.8.12.1).
func (s *endpointSet) headers(set *fieldSet, request bool, samples int) []openapi.Parameter {
	policy := newHeaderPolicy(request, s.options)
	var out []openapi.Parameter
	for _, f := range set.fields {
		if f.name == "Content-Type" || f.name == "Accept" || f.name == "Authorization" || policy.judge(f.name) != kept {
			continue
		}
		p := s.parameter(f, "header", samples)
		p.Repeated = false // one field line and several are the same (RFC 9110 §5.3)
		out = append(out, p)
	}
	return out
}

func (s *endpointSet) parameter(f *fieldStat, in string, samples int) openapi.Parameter {
	return openapi.Parameter{
		In: in, Name: f.name, Required: f.samples == samples && samples >= minRequired,
		Repeated: f.uneven || len(f.first) > 1, Samples: f.samples, Schema: s.fieldSchema(&f.text),
	}
}

// fieldSchema is of a text that stands for a value: digits are a number.
func (s *endpointSet) fieldSchema(t *textStat) *openapi.Schema {
	if s.options.Mode != Types && t.digits && t.empty == 0 && t.secret == 0 && !t.padded() {
		return &openapi.Schema{Types: []string{"integer"}, Example: example(jsondoc.Number(t.first))}
	}
	out := &openapi.Schema{Types: []string{"string"}}
	s.textSchema(out, t)
	return out
}

// padded reports whether the text cannot be a JSON number.
func (t *textStat) padded() bool {
	return len(t.first) > 1 && t.first[0] == '0' ||
		slices.ContainsFunc(t.values, func(c counted) bool { return len(c.text) > 1 && c.text[0] == '0' })
}

// textSchema says what strings have in common.
func (s *endpointSet) textSchema(out *openapi.Schema, t *textStat) {
	if t.secret > 0 {
		return
	}
	out.Example = example(jsondoc.String(t.first))
	if s.options.Mode == Types {
		return
	}
	if f, ok := t.format(); ok {
		out.Format, out.Pattern = f.openAPI()
		return
	}
	if values, ok := t.enumeration(); ok && s.options.Mode == Strict {
		for _, v := range values {
			out.Enum = append(out.Enum, v.text)
		}
		slices.Sort(out.Enum)
	}
}

// openAPI is the format as JSON Schema names it (2020-12 validation §7.3), or
// an expression where it has no name there.
func (f format) openAPI() (name, pattern string) {
	switch {
	case f.what == "UUID":
		return "uuid", ""
	case f.match == "datetime" && strings.HasSuffix(f.attribute, "XXX"):
		return "date-time", ""
	case f.match == "datetime" && strings.HasPrefix(f.attribute, isoTime):
		return "", isoAny + "$"
	case f.match == "datetime":
		return "", `^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$`
	case f.match == "date":
		return "date", ""
	case f.match == "time":
		return "", `^\d{2}:\d{2}:\d{2}$`
	case f.what == "e-mail address":
		return "email", ""
	case f.what == "URL":
		return "uri", ""
	case f.what == "IPv4 address":
		return "ipv4", ""
	}
	return "", f.attribute
}

// maxExample bounds the examples of texts, in bytes.
const maxExample = 200

func example(v jsondoc.Value) *jsondoc.Value {
	if len(v.Text) > maxExample {
		return nil
	}
	return &v
}

func (s *endpointSet) contents(all bodies) []openapi.Content {
	var out []openapi.Content
	for _, media := range slices.Sorted(maps.Keys(all)) {
		one := all[media]
		c := openapi.Content{Media: media, Samples: one.samples}
		switch one.kind {
		case bodyJSON:
			c.Schema = s.schema(&one.tree, "")
		case bodyForm:
			c.Schema = s.formSchema(one)
		case bodyText:
			c.Schema = &openapi.Schema{Types: []string{"string"}}
		case bodyMultipart:
			c.Schema = &openapi.Schema{Types: []string{"object"}}
		case bodyNone, bodyXML, bodyBinary, bodyLarge, bodyBroken:
		}
		out = append(out, c)
	}
	return out
}

func (s *endpointSet) formSchema(m *merged) *openapi.Schema {
	out := &openapi.Schema{Types: []string{"object"}}
	for _, f := range m.form.fields {
		p := s.parameter(f, "", m.samples)
		if p.Repeated {
			p.Schema = &openapi.Schema{Types: []string{"array"}, Items: p.Schema}
		}
		out.Properties = append(out.Properties, openapi.Property{
			Name: f.name, Required: p.Required, Seen: f.samples, Of: m.samples, Schema: p.Schema,
		})
	}
	return out
}

// schema describes a place of the merged tree; name is the member's.
func (s *endpointSet) schema(n *node, name string) *openapi.Schema {
	out := new(openapi.Schema)
	if n.object != nil {
		out.Types = append(out.Types, "object")
		s.objectSchema(out, n.object)
	}
	if n.list != nil {
		out.Types = append(out.Types, "array")
		if n.list.item.seen > 0 {
			out.Items = s.schema(&n.list.item, name)
		}
	}
	if n.kinds[jsondoc.KindString] > 0 {
		out.Types = append(out.Types, "string")
		s.textSchema(out, &n.text)
	}
	if n.kinds[jsondoc.KindNumber] > 0 {
		out.Types = append(out.Types, s.numberType(&n.numbers, name))
		if !n.numbers.secret {
			out.Example = cmp.Or(out.Example, example(jsondoc.Number(n.numbers.first)))
		}
	}
	if n.kinds[jsondoc.KindBool] > 0 {
		out.Types = append(out.Types, "boolean")
		out.Example = cmp.Or(out.Example, example(jsondoc.Bool(n.boolean)))
	}
	if n.kinds[jsondoc.KindNull] > 0 {
		out.Types = append(out.Types, "null")
	}
	if len(out.Types) > 2 || len(out.Types) == 2 && n.kinds[jsondoc.KindNull] == 0 {
		// An expression or a list of values is of strings alone.
		out.Enum = nil
	}
	return out
}

// numberType is what the contract would say of the numbers.
func (s *endpointSet) numberType(n *numberStat, name string) string {
	if s.options.Mode != Types && n.decimals == 0 && (n.large || n.choose(name).decision == "integer") {
		return "integer"
	}
	return "number"
}

func (s *endpointSet) objectSchema(out *openapi.Schema, o *objectStat) {
	if values, _, ok := o.dynamic(); ok {
		out.Values = s.schema(values, "")
		return
	}
	for _, m := range o.members {
		out.Properties = append(out.Properties, openapi.Property{
			Name: m.name, Required: m.present == o.count && o.count >= minRequired, Seen: m.present, Of: o.count,
			Schema: s.schema(&m.value, m.name),
		})
	}
}
