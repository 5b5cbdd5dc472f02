package wire

import (
	"cmp"
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// keyMatchStyle is the member that sets how a [expectations.MultiMatcher]
// compares values.
const keyMatchStyle = "keyMatchStyle"

// A multiEntry is one name of a multi-value map, in either of its forms.
type multiEntry struct {
	name   jsondoc.Value
	values []jsondoc.Value
	style  expectations.ParameterStyle
}

// multiEntries reads the object form {"name":["v"]} and the array form
// [{"name":"n","values":["v"]}] of a multi-value map.
func multiEntries(d *decoder, v jsondoc.Value, visit func(multiEntry), style *expectations.MatchStyle) {
	switch v.Kind {
	case jsondoc.KindObject:
		for _, m := range v.Members {
			d.push(m.Name)
			if m.Name == keyMatchStyle && m.Value.Kind == jsondoc.KindString && style != nil {
				*style = decodeStyle(d, m.Value)
			} else {
				e := multiEntry{name: jsondoc.String(m.Name)}
				e.values = multiValues(d, m.Value, &e.style)
				visit(e)
			}
			d.pop()
		}
	case jsondoc.KindArray:
		for i, item := range v.Items {
			d.pushIndex(i)
			var e multiItem
			object(d, item, multiItemFields, &e)
			if style != nil && e.matchStyle != "" {
				*style = e.matchStyle
			}
			if e.named {
				visit(e.multiEntry)
			} else if e.matchStyle == "" && item.Kind == jsondoc.KindObject {
				d.problem("name: is missing but it is required")
			}
			d.pop()
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
		d.problem("%s found, object expected", kindOf(v))
	}
}

// A multiItem is one element of the array form.
type multiItem struct {
	multiEntry
	named      bool
	matchStyle expectations.MatchStyle
}

var multiItemFields = []field[multiItem]{
	{"name", func(_ *decoder, v jsondoc.Value, e *multiItem) { e.name, e.named = v, true }},
	{"values", func(d *decoder, v jsondoc.Value, e *multiItem) { e.values = multiValues(d, v, &e.style) }},
	{"value", func(d *decoder, v jsondoc.Value, e *multiItem) { e.values = multiValues(d, v, &e.style) }},
	{parameterStyle, func(d *decoder, v jsondoc.Value, e *multiItem) { e.style = decodeParameterStyle(d, v) }},
	{keyMatchStyle, func(d *decoder, v jsondoc.Value, e *multiItem) { e.matchStyle = decodeStyle(d, v) }},
}

func decodeStyle(d *decoder, v jsondoc.Value) expectations.MatchStyle {
	return expectations.MatchStyle(d.oneOf(v, string(expectations.MatchSubset), string(expectations.MatchingKey)))
}

// multiValues is the list of values of one name: an array, one value, or
// {"parameterStyle":…,"values":[…]}, whose style it sets.
func multiValues(d *decoder, v jsondoc.Value, style *expectations.ParameterStyle) []jsondoc.Value {
	switch v.Kind {
	case jsondoc.KindNull:
		return nil
	case jsondoc.KindArray:
		return v.Items
	case jsondoc.KindObject:
		if inner, ok := v.Get("values"); ok && inner.Kind == jsondoc.KindArray {
			var e multiEntry
			object(d, v, styledFields, &e)
			if e.style != "" {
				*style = e.style
			}
			return e.values
		}
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return []jsondoc.Value{v}
}

// styledFields are the members of {"parameterStyle":…,"values":[…]}.
var styledFields = []field[multiEntry]{
	{"values", func(_ *decoder, v jsondoc.Value, e *multiEntry) { e.values = v.Items }},
	{parameterStyle, func(d *decoder, v jsondoc.Value, e *multiEntry) { e.style = decodeParameterStyle(d, v) }},
}

// parameterStyle is the member that says how one value holds several.
const parameterStyle = "parameterStyle"

func decodeParameterStyle(d *decoder, v jsondoc.Value) expectations.ParameterStyle {
	styles := expectations.ParameterStyles()
	names := make([]string, len(styles))
	for i, style := range styles {
		names[i] = string(style)
	}
	return expectations.ParameterStyle(d.oneOf(v, names...))
}

// decodeMulti reads conditions on named values. Entries of one name are
// merged. A name without values asks for nothing, as in MockServer.
func decodeMulti(d *decoder, v jsondoc.Value) expectations.MultiMatcher {
	var m expectations.MultiMatcher
	index := map[expectations.Text]int{}
	multiEntries(d, v, func(e multiEntry) {
		name := decodeName(d, e.name)
		if len(e.values) == 0 {
			return
		}
		at, ok := index[name]
		if !ok {
			at = len(m.Entries)
			index[name] = at
			m.Entries = append(m.Entries, expectations.NamedTexts{Name: name})
		}
		if e.style != "" {
			m.Entries[at].Style = e.style
		}
		for i, value := range e.values {
			d.pushIndex(i)
			m.Entries[at].Values = append(m.Entries[at].Values, decodeText(d, value))
			d.pop()
		}
	}, &m.Style)
	if m.Style == expectations.MatchSubset {
		m.Style = ""
	}
	if len(m.Entries) == 0 {
		return expectations.MultiMatcher{}
	}
	return m
}

// printMulti prints a member that is m, if m says something: as an object,
// names descending (MockServer 7 NottableString.compareTo), or as an array if
// a name needs an object.
func printMulti(p *printer, name string, m expectations.MultiMatcher) {
	if len(m.Entries) == 0 {
		return
	}
	p.Key(name)
	entries := slices.Clone(m.Entries)
	slices.SortStableFunc(entries, func(a, b expectations.NamedTexts) int {
		return descending(a.Name.Value, b.Name.Value)
	})
	for _, e := range entries {
		if _, ok := prefixed(e.Name); !ok {
			printMultiArray(p, m.Style, entries)
			return
		}
	}
	p.BeginObject()
	if m.Style == expectations.MatchingKey {
		p.text(keyMatchStyle, string(m.Style))
	}
	for _, e := range entries {
		name, _ := prefixed(e.Name)
		p.Key(name)
		if e.Style == "" {
			printTexts(p, e.Values)
			continue
		}
		p.BeginObject()
		p.text(parameterStyle, string(e.Style))
		p.Key("values")
		printTexts(p, e.Values)
		p.EndObject()
	}
	p.EndObject()
}

func printMultiArray(p *printer, style expectations.MatchStyle, entries []expectations.NamedTexts) {
	p.BeginArray()
	if style == expectations.MatchingKey {
		p.Item()
		p.BeginObject()
		p.text(keyMatchStyle, string(style))
		p.EndObject()
	}
	for _, e := range entries {
		p.Item()
		p.BeginObject()
		p.Key("name")
		printText(p, e.Name)
		p.text(parameterStyle, string(e.Style))
		p.Key("values")
		printTexts(p, e.Values)
		p.EndObject()
	}
	p.EndArray()
}

func printTexts(p *printer, texts []expectations.Text) {
	p.BeginArray()
	if len(texts) == 0 { // any value, which no values would not say
		p.Item()
		p.String(".*")
	}
	for _, t := range texts {
		p.Item()
		printText(p, t)
	}
	p.EndArray()
}

// descending orders names as MockServer prints them.
func descending(a, b string) int { return cmp.Compare(b, a) }
