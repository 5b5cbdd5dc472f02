package wire

import (
	"maps"
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// jsonSchemaBody is {"type":"JSON_SCHEMA","jsonSchema":…}, the schema as JSON
// or as JSON text.
func jsonSchemaBody() bodyKind {
	name := kindName{name: "JSON_SCHEMA", field: "jsonSchema"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.JSONSchemaBody
			typed[expectations.BodyMatcher, expectations.JSONSchemaBody]{name, bodyFields, jsonSchemaBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.JSONSchemaBody)
			beginBody(p, m)
			p.text("type", "JSON_SCHEMA")
			printSchema(p, "jsonSchema", b.Schema)
			if len(b.Styles) > 0 {
				p.Key(parameterStyles)
				p.BeginObject()
				for _, name := range slices.Sorted(maps.Keys(b.Styles)) {
					p.Key(name)
					p.String(string(b.Styles[name]))
				}
				p.EndObject()
			}
			p.EndObject()
		},
	}
}

var jsonSchemaBodyFields = []field[expectations.JSONSchemaBody]{
	{"jsonSchema", func(d *decoder, v jsondoc.Value, b *expectations.JSONSchemaBody) { b.Schema = decodeSchema(d, v) }},
	{parameterStyles, func(d *decoder, v jsondoc.Value, b *expectations.JSONSchemaBody) {
		if !d.is(v, jsondoc.KindObject) {
			return
		}
		for _, member := range v.Members {
			d.push(member.Name)
			if b.Styles == nil {
				b.Styles = map[string]expectations.ParameterStyle{}
			}
			b.Styles[member.Name] = decodeParameterStyle(d, member.Value)
			d.pop()
		}
	}},
}

// parameterStyles is the member with the styles of fields of a form.
const parameterStyles = "parameterStyles"

// decodeSchema reads a JSON schema: JSON, or JSON text as a string.
func decodeSchema(d *decoder, v jsondoc.Value) []byte {
	tree := v
	if v.Kind == jsondoc.KindString {
		var err error
		if tree, err = jsondoc.ParseLenient([]byte(v.Text)); err != nil {
			d.problem("is not JSON: %v", err)
			return nil
		}
	}
	if tree.Kind != jsondoc.KindObject && tree.Kind != jsondoc.KindBool {
		d.is(tree, jsondoc.KindObject)
		return nil
	}
	return tree.AppendCompact(nil)
}

// printSchema prints a member that is a schema.
func printSchema(p *printer, name string, schema []byte) {
	p.Key(name)
	if !printJSON(p, schema) {
		p.String(string(schema))
	}
}
