package wire

import (
	"errors"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

type (
	requestModifier  = expectations.RequestModifier
	responseModifier = expectations.ResponseModifier
	valuesModifier   = expectations.ValuesModifier
)

var requestModifierFields = []field[requestModifier]{
	{"path", func(d *decoder, v jsondoc.Value, m *requestModifier) { m.Path = decodeSubstitution(d, v) }},
	{"queryStringParameters", func(d *decoder, v jsondoc.Value, m *requestModifier) { m.Query = decodeModifier(d, v, queryModifier) }},
	{"headers", func(d *decoder, v jsondoc.Value, m *requestModifier) { m.Header = decodeModifier(d, v, headerModifier) }},
	{"cookies", func(d *decoder, v jsondoc.Value, m *requestModifier) {
		m.Cookies = decodeModifier(d, v, cookieModifier)
	}},
}

// responseModifierFields are the members of responseModifier that change the
// head of an answer.
var responseModifierFields = []field[responseModifier]{
	{"headers", func(d *decoder, v jsondoc.Value, m *responseModifier) {
		m.Header = decodeModifier(d, v, headerModifier)
	}},
	{"cookies", func(d *decoder, v jsondoc.Value, m *responseModifier) {
		m.Cookies = decodeModifier(d, v, cookieModifier)
	}},
	{"condition", refuseModifier},
	{"modifiers", refuseModifier},
	{"jsonPatch", refuseModifier},
	{"jsonMergePatch", refuseModifier},
}

func refuseModifier(d *decoder, _ jsondoc.Value, _ *responseModifier) {
	d.unsupported("use headers, cookies, and responseOverride for the body")
}

func decodeRequestModifier(d *decoder, v jsondoc.Value) *requestModifier {
	m := &requestModifier{}
	object(d, v, requestModifierFields, m)
	return m
}

func decodeResponseModifier(d *decoder, v jsondoc.Value) *responseModifier {
	m := &responseModifier{}
	object(d, v, responseModifierFields, m)
	return m
}

var substitutionFields = []field[expectations.Substitution]{
	{"regex", func(d *decoder, v jsondoc.Value, s *expectations.Substitution) { s.Regex = d.text(v) }},
	{"substitution", func(d *decoder, v jsondoc.Value, s *expectations.Substitution) { s.Replacement = d.text(v) }},
}

func decodeSubstitution(d *decoder, v jsondoc.Value) *expectations.Substitution {
	var s expectations.Substitution
	if object(d, v, substitutionFields, &s); v.Kind != jsondoc.KindObject {
		return nil
	}
	if s.Regex == "" {
		d.require(v, "regex")
	}
	made, err := expectations.NewSubstitution(s.Regex, s.Replacement)
	if err == nil {
		return made
	}
	name := "substitution"
	if pattern, ok := errors.AsType[*expectations.PatternError](err); ok {
		name, err = "regex", pattern.Err
	}
	d.push(name)
	d.problem("%v", err)
	d.pop()
	return nil
}

// A modifierKind is how the values of a [valuesModifier] are written.
type modifierKind struct {
	decode func(d *decoder, v jsondoc.Value) []expectations.NamedValues
	print  func(p *printer, name string, all []expectations.NamedValues)
}

var (
	queryModifier  = modifierKind{decodeParameters, printNamedValues}
	headerModifier = modifierKind{decodeFields, printNamedValues}
	cookieModifier = modifierKind{decodeNamedCookies, printNamedCookies}
)

func decodeModifier(d *decoder, v jsondoc.Value, kind modifierKind) *valuesModifier {
	m := &valuesModifier{}
	object(d, v, []field[valuesModifier]{
		{"add", func(d *decoder, v jsondoc.Value, m *valuesModifier) { m.Add = kind.decode(d, v) }},
		{"replace", func(d *decoder, v jsondoc.Value, m *valuesModifier) { m.Replace = kind.decode(d, v) }},
		{"remove", func(d *decoder, v jsondoc.Value, m *valuesModifier) { m.Remove = decodeNames(d, v) }},
	}, m)
	return m
}

func decodeNames(d *decoder, v jsondoc.Value) []string {
	if !d.is(v, jsondoc.KindArray) {
		return nil
	}
	var names []string
	for i, item := range v.Items {
		d.pushIndex(i)
		names = append(names, d.text(item))
		d.pop()
	}
	return names
}

// decodeNamedCookies reads cookies; of equal names the last counts.
func decodeNamedCookies(d *decoder, v jsondoc.Value) []expectations.NamedValues {
	var all []expectations.NamedValues
	index := map[string]int{}
	for _, c := range decodeCookies(d, v) {
		at, ok := index[c.Name]
		if !ok {
			at = len(all)
			index[c.Name] = at
			all = append(all, expectations.NamedValues{Name: c.Name})
		}
		all[at].Values = []string{c.Value}
	}
	return all
}

func printNamedCookies(p *printer, name string, all []expectations.NamedValues) {
	if len(all) == 0 {
		return
	}
	p.Key(name)
	p.BeginObject()
	for _, c := range all {
		p.Key(c.Name)
		p.String(c.Values[0])
	}
	p.EndObject()
}

func printRequestModifier(p *printer, m *requestModifier) {
	p.BeginObject()
	printModifier(p, "cookies", m.Cookies, cookieModifier)
	printModifier(p, "headers", m.Header, headerModifier)
	if m.Path != nil {
		p.Key("path")
		p.BeginObject()
		p.Text("regex", m.Path.Regex)
		p.text("substitution", m.Path.Replacement)
		p.EndObject()
	}
	printModifier(p, "queryStringParameters", m.Query, queryModifier)
	p.EndObject()
}

func printResponseModifier(p *printer, m *responseModifier) {
	p.BeginObject()
	printModifier(p, "cookies", m.Cookies, cookieModifier)
	printModifier(p, "headers", m.Header, headerModifier)
	p.EndObject()
}

func printModifier(p *printer, name string, m *valuesModifier, kind modifierKind) {
	if m == nil {
		return
	}
	p.Key(name)
	p.BeginObject()
	kind.print(p, "add", m.Add)
	if len(m.Remove) > 0 {
		p.Key("remove")
		p.Strings(m.Remove)
	}
	kind.print(p, "replace", m.Replace)
	p.EndObject()
}
