package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// binaryBody is {"type":"BINARY","base64Bytes":…}.
func binaryBody() bodyKind {
	name := kindName{name: "BINARY", field: "base64Bytes"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.BinaryBody
			typed[expectations.BodyMatcher, expectations.BinaryBody]{name, contentBodyFields, binaryBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.BinaryBody)
			beginBody(p, m)
			p.text("type", "BINARY")
			p.Base64("base64Bytes", b.Bytes)
			p.text("contentType", m.ContentType)
			p.EndObject()
		},
	}
}

var binaryBodyFields = []field[expectations.BinaryBody]{
	{"base64Bytes", func(d *decoder, v jsondoc.Value, b *expectations.BinaryBody) { b.Bytes = d.base64(v) }},
}
