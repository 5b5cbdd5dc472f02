package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// sortedParameters are those of the path, then of the query, then headers,
// each by name.
func sortedParameters(parameters []Parameter) []Parameter {
	order := []string{"path", "query", "header"}
	return slices.SortedStableFunc(slices.Values(parameters), func(a, b Parameter) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.In), slices.Index(order, b.In)), strings.Compare(a.Name, b.Name))
	})
}

func parametersValue(parameters []Parameter) jsondoc.Value {
	out := jsondoc.Array()
	for _, p := range sortedParameters(parameters) {
		members := []jsondoc.Member{jsondoc.M("name", jsondoc.String(p.Name)), jsondoc.M("in", jsondoc.String(p.In))}
		out.Items = append(out.Items, jsondoc.Object(append(members, fieldMembers(p)...)...))
	}
	return out
}

// fieldMembers are what parameters and headers of answers share (OpenAPI 3.1
// §4.8.12, §4.8.21).
func fieldMembers(p Parameter) []jsondoc.Member {
	var members []jsondoc.Member
	if p.Required || p.In == "path" {
		members = append(members, jsondoc.M("required", jsondoc.Bool(true)))
	}
	members = append(members, jsondoc.M(extensionSamples, jsondoc.Int(int64(p.Samples))))
	schema := p.Schema.value()
	if p.Repeated {
		schema = jsondoc.Object(jsondoc.M("type", jsondoc.String("array")), jsondoc.M("items", schema))
	}
	return append(members, jsondoc.M("schema", schema))
}

// value is the schema in JSON Schema 2020-12, OpenAPI 3.1's dialect.
func (s *Schema) value() jsondoc.Value {
	out := jsondoc.Object()
	if s == nil {
		return out
	}
	add := func(name string, v jsondoc.Value) { out.Members = append(out.Members, jsondoc.M(name, v)) }
	switch len(s.Types) {
	case 0:
	case 1:
		add("type", jsondoc.String(s.Types[0]))
	default:
		add("type", texts(s.Types))
	}
	if s.Format != "" {
		add("format", jsondoc.String(s.Format))
	}
	if s.Pattern != "" {
		add("pattern", jsondoc.String(s.Pattern))
	}
	if len(s.Enum) > 0 {
		enum := texts(s.Enum)
		if slices.Contains(s.Types, "null") {
			enum.Items = append(enum.Items, jsondoc.Null())
		}
		add("enum", enum)
	}
	if s.Items != nil {
		add("items", s.Items.value())
	}
	s.object(add)
	if s.Example != nil {
		add("examples", jsondoc.Array(*s.Example))
	}
	return out
}

// object adds what is about objects.
func (s *Schema) object(add func(string, jsondoc.Value)) {
	properties := jsondoc.Object()
	var required []string
	for _, p := range s.Properties {
		value := p.Schema.value()
		if p.Seen < p.Of {
			value.Members = append(value.Members, jsondoc.M(extensionSeen, jsondoc.String(fmt.Sprintf("%d of %d", p.Seen, p.Of))))
		}
		properties.Members = append(properties.Members, jsondoc.M(p.Name, value))
		if p.Required {
			required = append(required, p.Name)
		}
	}
	if len(properties.Members) > 0 {
		add("properties", properties)
	}
	if len(required) > 0 {
		add("required", texts(required))
	}
	if s.Values != nil {
		add("additionalProperties", s.Values.value())
	}
}

func texts(list []string) jsondoc.Value {
	out := jsondoc.Array()
	for _, text := range list {
		out.Items = append(out.Items, jsondoc.String(text))
	}
	return out
}
