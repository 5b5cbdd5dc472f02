package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// parametersBody is {"type":"PARAMETERS","parameters":…}.
func parametersBody() bodyKind {
	name := kindName{name: "PARAMETERS", field: "parameters", typeNeeded: true}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.ParametersBody
			typed[expectations.BodyMatcher, expectations.ParametersBody]{name, bodyFields, parametersBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.ParametersBody)
			beginBody(p, m)
			p.text("type", "PARAMETERS")
			printMulti(p, "parameters", b.Parameters)
			p.EndObject()
		},
	}
}

var parametersBodyFields = []field[expectations.ParametersBody]{
	{"parameters", func(d *decoder, v jsondoc.Value, b *expectations.ParametersBody) { b.Parameters = decodeMulti(d, v) }},
}
