package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// jsonPathBody is {"type":"JSON_PATH","jsonPath":…}.
func jsonPathBody() bodyKind {
	name := kindName{name: "JSON_PATH", field: "jsonPath"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.JSONPathBody
			typed[expectations.BodyMatcher, expectations.JSONPathBody]{name, bodyFields, jsonPathBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.JSONPathBody)
			beginBody(p, m)
			p.text("type", "JSON_PATH")
			p.Key("jsonPath")
			p.String(b.Path)
			p.EndObject()
		},
	}
}

var jsonPathBodyFields = []field[expectations.JSONPathBody]{
	{"jsonPath", func(d *decoder, v jsondoc.Value, b *expectations.JSONPathBody) { b.Path = d.text(v) }},
}
