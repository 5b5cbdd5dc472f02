package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// xmlBody is {"type":"XML","xml":…}.
func xmlBody() bodyKind {
	name := kindName{name: "XML", field: "xml"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.XMLBody
			typed[expectations.BodyMatcher, expectations.XMLBody]{name, contentBodyFields, xmlBodyFields}.read(d, v, m, &b)
			if m.ContentType == xmlContentType {
				m.ContentType = ""
			}
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.XMLBody)
			beginBody(p, m)
			p.text("contentType", m.ContentType)
			p.text("type", "XML")
			p.Key("xml")
			p.String(b.Value)
			printRawBytes(p, []byte(b.Value), m.ContentType)
			p.EndObject()
		},
	}
}

var xmlBodyFields = []field[expectations.XMLBody]{
	{"xml", func(d *decoder, v jsondoc.Value, b *expectations.XMLBody) { b.Value = d.text(v) }},
}
