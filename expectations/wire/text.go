package wire

import (
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeText reads a nottable string: "v", "!v", "?v", "?!v", "!?v" or an
// object {not, optional, value} or {not, optional, schema}.
func decodeText(d *decoder, v jsondoc.Value) expectations.Text {
	switch v.Kind {
	case jsondoc.KindNull:
		return expectations.Text{}
	case jsondoc.KindString:
		return parseText(v.Text)
	case jsondoc.KindObject:
		var t expectations.Text
		object(d, v, textFields, &t)
		t.Value = blankless(t.Value)
		if t.Schema != "" && t.Value != "" {
			d.problem("has a value and a schema: only one of them can be wanted")
		}
		return t
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindArray:
	}
	d.problem("%s found, string expected", kindOf(v))
	return expectations.Text{}
}

var textFields = []field[expectations.Text]{
	{"not", func(d *decoder, v jsondoc.Value, t *expectations.Text) { t.Not = d.boolean(v) }},
	{"optional", func(d *decoder, v jsondoc.Value, t *expectations.Text) { t.Optional = d.boolean(v) }},
	{"value", func(d *decoder, v jsondoc.Value, t *expectations.Text) { t.Value = d.text(v) }},
	{"schema", func(d *decoder, v jsondoc.Value, t *expectations.Text) { t.Schema = string(decodeSchema(d, v)) }},
	{parameterStyle, func(d *decoder, _ jsondoc.Value, _ *expectations.Text) {
		d.problem("belongs to all values of a name: write {\"parameterStyle\":…,\"values\":[…]}")
	}},
}

// parseText reads a nottable string with its prefixes (MockServer 7
// NottableString).
func parseText(s string) expectations.Text {
	var t expectations.Text
	for range 2 {
		switch {
		case !t.Not && strings.HasPrefix(s, "!"):
			t.Not = true
		case !t.Optional && strings.HasPrefix(s, "?"):
			t.Optional = true
		default:
			t.Value = blankless(s)
			return t
		}
		s = s[1:]
	}
	t.Value = blankless(s)
	return t
}

// blankless is s, or "" if s is nothing but white space: a blank condition
// matches anything.
func blankless(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// decodeName reads a nottable string that is a name.
func decodeName(d *decoder, v jsondoc.Value) expectations.Text {
	t := decodeText(d, v)
	if t.Schema != "" {
		d.problem("a schema is not supported by this version as a name: use a regular expression")
	}
	return t
}

// prefixed is t as a string with prefixes, which reads back as t only if ok.
func prefixed(t expectations.Text) (s string, ok bool) {
	s = t.Value
	if t.Not {
		s = "!" + s
	}
	if t.Optional {
		s = "?" + s
	}
	return s, parseText(s) == t
}

// printText prints t: with prefixes, or as an object where they would be
// ambiguous.
func printText(p *printer, t expectations.Text) {
	s, ok := prefixed(t)
	if ok {
		p.String(s)
		return
	}
	p.BeginObject()
	if t.Schema != "" {
		p.flag("not", t.Not)
		p.flag("optional", t.Optional)
		printSchema(p, "schema", []byte(t.Schema))
		p.EndObject()
		return
	}
	p.Bool("not", t.Not)
	p.flag("optional", t.Optional)
	p.Key("value")
	p.String(t.Value)
	p.EndObject()
}

// printCondition prints a member that is a nottable string, if it says
// something.
func printCondition(p *printer, name string, t expectations.Text) {
	if t != (expectations.Text{}) {
		p.Key(name)
		printText(p, t)
	}
}
