package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// graphQLBody is {"type":"GRAPHQL","query":…,"operationName":…,
// "variablesSchema":…}, or {"graphQL":{"query":…}}.
func graphQLBody() bodyKind {
	name := kindName{name: "GRAPHQL", field: "graphQL", objectOnly: true}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.GraphQLBody
			kind := kindName{name: name.name, field: "query"}
			own := append([]field[expectations.GraphQLBody]{{name.field, decodeGraphQL}}, graphQLBodyFields...)
			if foldedMember(v, name.field) {
				kind.field = name.field
			}
			typed[expectations.BodyMatcher, expectations.GraphQLBody]{kind, bodyFields, own}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.GraphQLBody)
			beginBody(p, m)
			p.text("type", "GRAPHQL")
			p.Key("query")
			p.String(b.Query)
			p.text("operationName", b.OperationName)
			p.text("variablesSchema", string(b.VariablesSchema))
			p.EndObject()
		},
	}
}

// graphQLBodyFields are the members of a GRAPHQL body (MockServer 7
// GraphQLBodyDTO).
var graphQLBodyFields = []field[expectations.GraphQLBody]{
	{"query", func(d *decoder, v jsondoc.Value, b *expectations.GraphQLBody) { b.Query = d.text(v) }},
	{"operationName", func(d *decoder, v jsondoc.Value, b *expectations.GraphQLBody) { b.OperationName = d.text(v) }},
	{"variablesSchema", func(d *decoder, v jsondoc.Value, b *expectations.GraphQLBody) {
		if v.Kind != jsondoc.KindString || v.Text != "" {
			b.VariablesSchema = decodeSchema(d, v)
		}
	}},
	{"selectionSetMatchType", refuseSelection},
	{"fields", refuseSelection},
	{"schema", func(d *decoder, _ jsondoc.Value, _ *expectations.GraphQLBody) {
		d.unsupported("queries are not validated against a GraphQL schema")
	}},
}

func refuseSelection(d *decoder, v jsondoc.Value, _ *expectations.GraphQLBody) {
	if !v.IsZero() {
		d.unsupported("selection sets are not matched by themselves; give the whole query")
	}
}

// decodeGraphQL reads the member that holds all others.
func decodeGraphQL(d *decoder, v jsondoc.Value, b *expectations.GraphQLBody) {
	object(d, v, graphQLBodyFields, b)
	if _, ok := v.Get("query"); !ok && v.Kind == jsondoc.KindObject {
		d.push("query")
		d.problem("is missing but it is required in a body of type GRAPHQL")
		d.pop()
	}
}
