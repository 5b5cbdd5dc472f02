package wire

import (
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A singleEntry is one name and value, in either of its forms.
type singleEntry struct {
	name, value jsondoc.Value
	named       bool
}

var singleFields = []field[singleEntry]{
	{"name", func(_ *decoder, v jsondoc.Value, e *singleEntry) { e.name, e.named = v, true }},
	{"value", func(_ *decoder, v jsondoc.Value, e *singleEntry) { e.value = v }},
}

// singleEntries reads the object form {"n":"v"} and the array form
// [{"name":"n","value":"v"}] of a map of cookies.
func singleEntries(d *decoder, v jsondoc.Value, visit func(singleEntry)) {
	switch v.Kind {
	case jsondoc.KindObject:
		for _, m := range v.Members {
			d.push(m.Name)
			visit(singleEntry{name: jsondoc.String(m.Name), value: m.Value})
			d.pop()
		}
	case jsondoc.KindArray:
		for i, item := range v.Items {
			d.pushIndex(i)
			var e singleEntry
			object(d, item, singleFields, &e)
			if e.named {
				visit(e)
			} else if item.Kind == jsondoc.KindObject {
				d.problem("name: is missing but it is required")
			}
			d.pop()
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
		d.problem("%s found, object expected", kindOf(v))
	}
}

// decodeNamedTexts reads conditions on cookies; of equal names the last
// counts.
func decodeNamedTexts(d *decoder, v jsondoc.Value) []expectations.NamedText {
	var cookies []expectations.NamedText
	index := map[expectations.Text]int{}
	singleEntries(d, v, func(e singleEntry) {
		c := expectations.NamedText{Name: decodeName(d, e.name)}
		c.Value, c.Style = decodeStyledText(d, e.value)
		if at, ok := index[c.Name]; ok {
			cookies[at] = c
			return
		}
		index[c.Name] = len(cookies)
		cookies = append(cookies, c)
	})
	return cookies
}

// decodeStyledText reads a nottable string that is the only one of its name:
// its object may have a parameterStyle (MockServer 7
// NottableStringDeserializer).
func decodeStyledText(d *decoder, v jsondoc.Value) (expectations.Text, expectations.ParameterStyle) {
	written, ok := v.Get(parameterStyle)
	if !ok {
		return decodeText(d, v), ""
	}
	d.push(parameterStyle)
	style := decodeParameterStyle(d, written)
	d.pop()
	rest := slices.DeleteFunc(slices.Clone(v.Members), func(m jsondoc.Member) bool { return m.Name == parameterStyle })
	return decodeText(d, jsondoc.Object(rest...)), style
}

// printStyledText prints t, as an object if it has a style.
func printStyledText(p *printer, t expectations.Text, style expectations.ParameterStyle) {
	if style == "" {
		printText(p, t)
		return
	}
	p.BeginObject()
	p.flag("not", t.Not)
	p.flag("optional", t.Optional)
	p.text(parameterStyle, string(style))
	if t.Schema != "" {
		printSchema(p, "schema", []byte(t.Schema))
	} else {
		p.Key("value")
		p.String(t.Value)
	}
	p.EndObject()
}

// printNamedTexts prints conditions on cookies as an object in their order, or
// as an array if a name needs an object.
func printNamedTexts(p *printer, cookies []expectations.NamedText) {
	if slices.ContainsFunc(cookies, func(c expectations.NamedText) bool {
		_, ok := prefixed(c.Name)
		return !ok
	}) {
		p.BeginArray()
		for _, c := range cookies {
			p.Item()
			p.BeginObject()
			p.Key("name")
			printText(p, c.Name)
			p.Key("value")
			printStyledText(p, c.Value, c.Style)
			p.EndObject()
		}
		p.EndArray()
		return
	}
	p.BeginObject()
	for _, c := range cookies {
		name, _ := prefixed(c.Name)
		p.Key(name)
		printStyledText(p, c.Value, c.Style)
	}
	p.EndObject()
}

// decodeCookies reads the cookies of an answer, which are literal.
func decodeCookies(d *decoder, v jsondoc.Value) []expectations.Cookie {
	var cookies []expectations.Cookie
	singleEntries(d, v, func(e singleEntry) {
		name := decodeLiteral(d, e.name)
		if !isToken(name) {
			d.problem("%q is not a cookie name", name)
		}
		cookies = append(cookies, expectations.Cookie{Name: name, Value: decodeFieldValue(d, e.value)})
	})
	return cookies
}

// printCookies prints a member that is cookies, if there are any: as an
// object in their order, or as an array if a name occurs twice.
func printCookies(p *printer, cookies []expectations.Cookie) {
	if len(cookies) == 0 {
		return
	}
	p.Key("cookies")
	if namedTwice(cookies) {
		p.BeginArray()
		for _, c := range cookies {
			p.Item()
			p.BeginObject()
			p.Key("name")
			p.String(c.Name)
			p.Key("value")
			p.String(c.Value)
			p.EndObject()
		}
		p.EndArray()
		return
	}
	p.BeginObject()
	for _, c := range cookies {
		p.Key(c.Name)
		p.String(c.Value)
	}
	p.EndObject()
}

func namedTwice(cookies []expectations.Cookie) bool {
	seen := make(map[string]bool, len(cookies))
	for _, c := range cookies {
		if seen[c.Name] {
			return true
		}
		seen[c.Name] = true
	}
	return false
}
