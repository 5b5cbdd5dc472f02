package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// stringBody is {"type":"STRING","string":…,"subString":…}, or a bare string.
func stringBody() bodyKind {
	name := kindName{name: "STRING", field: "string"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.StringBody
			typed[expectations.BodyMatcher, expectations.StringBody]{name, contentBodyFields, stringBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: printStringBody,
	}
}

var stringBodyFields = []field[expectations.StringBody]{
	{"string", func(d *decoder, v jsondoc.Value, b *expectations.StringBody) { b.Value = d.text(v) }},
	{"subString", func(d *decoder, v jsondoc.Value, b *expectations.StringBody) { b.SubString = d.boolean(v) }},
}

func printStringBody(p *printer, m *expectations.BodyMatcher) {
	b, _ := m.Kind.(expectations.StringBody)
	if !p.defaults && !m.Not && !m.Optional && !b.SubString && m.ContentType == "" {
		p.String(b.Value)
		return
	}
	beginBody(p, m)
	p.text("type", "STRING")
	p.Key("string")
	p.String(b.Value)
	printRawBytes(p, []byte(b.Value), m.ContentType)
	p.flag("subString", b.SubString)
	p.text("contentType", m.ContentType)
	p.EndObject()
}
