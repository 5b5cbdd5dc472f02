package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// regexBody is {"type":"REGEX","regex":…}.
func regexBody() bodyKind {
	name := kindName{name: "REGEX", field: "regex"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.RegexBody
			typed[expectations.BodyMatcher, expectations.RegexBody]{name, bodyFields, regexBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.RegexBody)
			beginBody(p, m)
			p.text("type", "REGEX")
			p.Key("regex")
			p.String(b.Pattern)
			p.EndObject()
		},
	}
}

var regexBodyFields = []field[expectations.RegexBody]{
	{"regex", func(d *decoder, v jsondoc.Value, b *expectations.RegexBody) { b.Pattern = d.text(v) }},
}
