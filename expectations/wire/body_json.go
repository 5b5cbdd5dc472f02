package wire

import (
	"bytes"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// jsonContentType is the type of a JSON body that names none (MockServer 7
// JsonBody.DEFAULT_JSON_CONTENT_TYPE).
const jsonContentType = "application/json; charset=utf-8"

const (
	strictMatch = "STRICT"
	fieldsMatch = "ONLY_MATCHING_FIELDS"
)

// jsonBody is {"type":"JSON","json":…,"matchType":…}, or bare JSON.
func jsonBody() bodyKind {
	name := kindName{name: "JSON", field: "json"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.JSONBody
			typed[expectations.BodyMatcher, expectations.JSONBody]{name, contentBodyFields, jsonBodyFields}.read(d, v, m, &b)
			if m.ContentType == jsonContentType {
				m.ContentType = ""
			}
			m.Kind = b
		},
		print: printJSONBody,
	}
}

var jsonBodyFields = []field[expectations.JSONBody]{
	{"json", func(d *decoder, v jsondoc.Value, b *expectations.JSONBody) {
		tree, _ := jsonText(d, v)
		b.Raw = tree.AppendCompact(nil)
	}},
	{"matchType", func(d *decoder, v jsondoc.Value, b *expectations.JSONBody) {
		b.Strict = d.oneOf(v, strictMatch, fieldsMatch) == strictMatch
	}},
	{"matchNumbersAsStrings", func(d *decoder, v jsondoc.Value, b *expectations.JSONBody) {
		b.NumbersAsStrings = d.boolean(v)
	}},
}

// jsonText reads a member that holds JSON, or JSON text as a string. It
// returns the text only if it was written as one.
func jsonText(d *decoder, v jsondoc.Value) (tree jsondoc.Value, text string) {
	if v.Kind != jsondoc.KindString {
		return v, ""
	}
	tree, err := jsondoc.ParseLenient([]byte(v.Text))
	if err != nil {
		d.problem("is not JSON: %v; for plain text write {\"type\":\"STRING\",\"string\":…}", err)
	}
	return tree, v.Text
}

func printJSONBody(p *printer, m *expectations.BodyMatcher) {
	b, _ := m.Kind.(expectations.JSONBody)
	if !p.defaults && !m.Not && !m.Optional && m.ContentType == "" && !b.Strict && !b.NumbersAsStrings {
		if tree, err := jsondoc.Parse(b.Raw); err == nil && bare(tree, bodyNames) && p.Raw(b.Raw) == nil {
			return
		}
	}
	beginBody(p, m)
	p.text("contentType", m.ContentType)
	p.text("type", "JSON")
	p.Key("json")
	if !printJSON(p, b.Raw) {
		p.String(string(b.Raw))
	}
	if p.defaults && !p.made {
		p.Base64("rawBytes", b.Raw)
	}
	if b.Strict {
		p.text("matchType", strictMatch)
	}
	p.flag("matchNumbersAsStrings", b.NumbersAsStrings)
	p.EndObject()
}

// printJSON prints JSON text as the value of a member called json, where a
// string is read as JSON text; it is printed so if it is a string or null
// itself, is JSON only by the tolerances of the parser, or would be nested too
// deeply here. It returns false, and prints nothing, if text is not JSON.
func printJSON(p *printer, text []byte) bool {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] != '"' && trimmed[0] != 'n' &&
		p.Raw(text) == nil {
		return true
	}
	if _, err := jsondoc.ParseLenient(text); err != nil {
		return false
	}
	p.String(string(text))
	return true
}
