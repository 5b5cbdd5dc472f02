package wire

import (
	"maps"
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// xpathBody is {"type":"XPATH","xpath":…,"namespacePrefixes":{"p":"url"}}.
func xpathBody() bodyKind {
	name := kindName{name: "XPATH", field: "xpath"}
	return bodyKind{
		kindName: name,
		decode: func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
			var b expectations.XPathBody
			typed[expectations.BodyMatcher, expectations.XPathBody]{name, bodyFields, xpathBodyFields}.read(d, v, m, &b)
			m.Kind = b
		},
		print: func(p *printer, m *expectations.BodyMatcher) {
			b, _ := m.Kind.(expectations.XPathBody)
			beginBody(p, m)
			p.text("type", "XPATH")
			p.Key("xpath")
			p.String(b.Path)
			if len(b.Namespaces) > 0 {
				p.Key("namespacePrefixes")
				p.BeginObject()
				for _, prefix := range slices.Sorted(maps.Keys(b.Namespaces)) {
					p.Key(prefix)
					p.String(b.Namespaces[prefix])
				}
				p.EndObject()
			}
			p.EndObject()
		},
	}
}

var xpathBodyFields = []field[expectations.XPathBody]{
	{"xpath", func(d *decoder, v jsondoc.Value, b *expectations.XPathBody) { b.Path = d.text(v) }},
	{"namespacePrefixes", func(d *decoder, v jsondoc.Value, b *expectations.XPathBody) {
		if !d.is(v, jsondoc.KindObject) {
			return
		}
		for _, member := range v.Members {
			d.push(member.Name)
			if b.Namespaces == nil {
				b.Namespaces = map[string]string{}
			}
			b.Namespaces[member.Name] = d.text(member.Value)
			d.pop()
		}
	}},
}
