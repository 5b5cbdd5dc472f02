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
				visit(multiEntry{jsondoc.String(m.Name), multiValues(d, m.Value)})
			}
			d.pop()
		}
	case jsondoc.KindArray:
		for i, item := range v.Items {
			d.pushIndex(i)
			var e multiItem
			object(d, item, multiItemFields, &e)
			if style != nil && e.style != "" {
				*style = e.style
			}
			if e.named {
				visit(e.multiEntry)
			} else if e.style == "" && item.Kind == jsondoc.KindObject {
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
	named bool
	style expectations.MatchStyle
}

var multiItemFields = []field[multiItem]{
	{"name", func(_ *decoder, v jsondoc.Value, e *multiItem) { e.name, e.named = v, true }},
	{"values", func(d *decoder, v jsondoc.Value, e *multiItem) { e.values = multiValues(d, v) }},
	{"value", func(d *decoder, v jsondoc.Value, e *multiItem) { e.values = multiValues(d, v) }},
	{"parameterStyle", decodeParameterStyle[multiItem]},
	{keyMatchStyle, func(d *decoder, v jsondoc.Value, e *multiItem) { e.style = decodeStyle(d, v) }},
}

func decodeStyle(d *decoder, v jsondoc.Value) expectations.MatchStyle {
	return expectations.MatchStyle(d.oneOf(v, string(expectations.MatchSubset), string(expectations.MatchingKey)))
}

// multiValues is the list of values of one name: an array, one value, or
// {"values":[…]}.
func multiValues(d *decoder, v jsondoc.Value) []jsondoc.Value {
	switch v.Kind {
	case jsondoc.KindNull:
		return nil
	case jsondoc.KindArray:
		return v.Items
	case jsondoc.KindObject:
		if inner, ok := v.Get("values"); ok && inner.Kind == jsondoc.KindArray {
			var values []jsondoc.Value
			object(d, v, styledFields, &values)
			return values
		}
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return []jsondoc.Value{v}
}

// styledFields are the members of {"parameterStyle":…,"values":[…]}.
var styledFields = []field[[]jsondoc.Value]{
	{"values", func(_ *decoder, v jsondoc.Value, values *[]jsondoc.Value) { *values = v.Items }},
	{"parameterStyle", decodeParameterStyle[[]jsondoc.Value]},
}

// decodeMulti reads conditions on named values. Entries of one name are
// merged.
func decodeMulti(d *decoder, v jsondoc.Value) expectations.MultiMatcher {
	var m expectations.MultiMatcher
	index := map[expectations.Text]int{}
	multiEntries(d, v, func(e multiEntry) {
		name := decodeName(d, e.name)
		at, ok := index[name]
		if !ok {
			at = len(m.Entries)
			index[name] = at
			m.Entries = append(m.Entries, expectations.NamedTexts{Name: name})
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
		printTexts(p, e.Values)
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
		p.Key("values")
		printTexts(p, e.Values)
		p.EndObject()
	}
	p.EndArray()
}

func printTexts(p *printer, texts []expectations.Text) {
	p.BeginArray()
	for _, t := range texts {
		p.Item()
		printText(p, t)
	}
	p.EndArray()
}

// descending orders names as MockServer prints them.
func descending(a, b string) int { return cmp.Compare(b, a) }
