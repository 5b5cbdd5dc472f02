package expectations

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// styledPairs divides the values among pairs that entries have a style for.
// The values are as they were sent; decode undoes their encoding, and is nil
// where they have none.
func (m *multi) styledPairs(pairs []Param, decode func(string) string) []Param {
	if decode == nil {
		decode = strings.Clone
	}
	out := make([]Param, 0, len(pairs))
	made := make([][]jsondoc.Member, len(m.entries))
	for _, pair := range pairs {
		if i, key := m.deepEntry(pair.Name); i >= 0 {
			made[i] = append(made[i], m.entries[i].member(key, decode(pair.Value)))
			continue
		}
		if i := m.explodedEntry(pair.Name); i >= 0 {
			made[i] = append(made[i], m.entries[i].member(pair.Name, decode(pair.Value)))
			continue
		}
		i := m.styledEntry(pair.Name)
		if i < 0 {
			out = append(out, Param{Name: pair.Name, Value: decode(pair.Value)})
			continue
		}
		for _, value := range m.entries[i].divide(pair, decode) {
			out = append(out, Param{Name: pair.Name, Value: value})
		}
	}
	for i, members := range made {
		if members != nil {
			object := string(jsondoc.Object(members...).AppendCompact(nil))
			out = append(out, Param{Name: m.entries[i].source.Name.Value, Value: object})
		}
	}
	return out
}

// divide is the value of a pair as the style of the entry has it: of a
// parameter that can be neither a list nor an object it is one.
func (e *multiEntry) divide(sent Param, decode func(string) string) []string {
	if e.single() {
		return []string{decode(sent.Value)}
	}
	if text, ok := undivided(decode(sent.Value)); ok {
		return []string{text}
	}
	values := e.source.Style.split(sent.Name, sent.Value, decode)
	if object, ok := e.object(sent, values, decode); ok {
		return []string{object}
	}
	return values
}

// inSegment are the values that a segment of a path has for the parameter
// called name.
func (e *multiEntry) inSegment(name, part string) []string {
	if !slices.ContainsFunc(e.values, func(t textPattern) bool { return t.schema != nil }) {
		return e.listed(name, part)
	}
	sent, ok := e.segment(name, part)
	if !ok {
		return nil
	}
	return e.divide(Param{name, sent}, DecodedPath)
}

// listed is inSegment for values that no schema is for: each list may be
// written as "1,2" too, and begin as any style does (MockServer
// PathParametersDecoder).
func (e *multiEntry) listed(name, part string) []string {
	part = strings.TrimLeft(part, ".;")
	part = strings.TrimPrefix(part, name+"=")
	text, whole := undivided(DecodedPath(part))
	switch {
	case e.source.Style == "", strings.Contains(part, ",") && !whole:
		pieces := strings.Split(part, ",")
		for i := range pieces {
			pieces[i] = DecodedPath(pieces[i])
		}
		return pieces
	case whole:
		return []string{text}
	}
	return e.source.Style.split(name, part, DecodedPath)
}

// segment is the value in a segment of a path, without what the style of the
// parameter called name begins with; ok is false where it begins otherwise.
func (e *multiEntry) segment(name, part string) (sent string, ok bool) {
	switch style := e.source.Style; style {
	case StyleLabel, StyleLabelExploded:
		sent, ok = strings.CutPrefix(part, ".")
		// OpenAPI 3.0 to 3.0.3 has dots between the items of any list.
		if style == StyleLabel && e.several() && !strings.Contains(sent, ",") {
			sent = strings.ReplaceAll(sent, ".", ",")
		}
		return sent, ok
	case StyleMatrix, StyleMatrixExploded:
		if part == ";"+name {
			return "", true
		}
		sent, ok = strings.CutPrefix(part, ";"+name+"=")
		if style == StyleMatrixExploded && e.wantsObject() && (!ok || e.hasMember(name)) {
			sent, ok = strings.CutPrefix(part, ";") // each member has its name
		}
		return sent, ok
	default:
		return part, true
	}
}

// several reports whether a condition is a schema of a list or an object.
func (e *multiEntry) several() bool {
	return slices.ContainsFunc(e.values, func(t textPattern) bool {
		return t.schema != nil && (t.schema.asList || t.schema.asObject)
	})
}

// single reports whether the conditions are schemas of a type that is neither
// array nor object.
func (e *multiEntry) single() bool {
	return len(e.values) > 0 && !slices.ContainsFunc(e.values, func(t textPattern) bool {
		return t.schema == nil || !t.schema.typed || t.schema.asList || t.schema.asObject
	})
}

// wantsObject reports whether a condition is a schema of an object.
func (e *multiEntry) wantsObject() bool {
	return slices.ContainsFunc(e.values, func(t textPattern) bool { return t.schema != nil && t.schema.asObject })
}

// deepEntry finds the entry of style DEEP_OBJECT whose member name[key] is.
func (m *multi) deepEntry(name string) (entry int, key string) {
	name, ok := strings.CutSuffix(name, "]")
	if !ok {
		return -1, ""
	}
	name, key, ok = strings.Cut(name, "[")
	if !ok {
		return -1, ""
	}
	return slices.IndexFunc(m.entries, func(e multiEntry) bool {
		return e.source.Style == StyleDeepObject && equalFold(e.source.Name.Value, name)
	}), key
}

// styledEntry finds the entry with a style that is about the name.
func (m *multi) styledEntry(name string) int {
	return slices.IndexFunc(m.entries, func(e multiEntry) bool { return e.source.Style != "" && e.name.match(name) })
}

// explodedEntry finds the entry that is an object whose members are
// parameters of their own, and has one of the name which no other entry is
// about.
func (m *multi) explodedEntry(name string) int {
	found := slices.IndexFunc(m.entries, func(e multiEntry) bool { return e.source.Style.exploded() && e.hasMember(name) })
	for i := range m.entries {
		if i != found && m.entries[i].name.match(name) {
			return -1
		}
	}
	return found
}

// hasMember reports whether a condition is a schema of an object with a
// property of the name. One that is free to have any has none of the
// parameter's own.
func (e *multiEntry) hasMember(name string) bool {
	return slices.ContainsFunc(e.values, func(t textPattern) bool {
		if t.schema == nil || !t.schema.asObject {
			return false
		}
		_, declared := t.schema.properties[name]
		return declared || t.schema.open && !e.name.match(name)
	})
}

// object makes a JSON object of the value of a parameter that is to fulfil
// the schema of one: of R=100 and G=200, or of R, 100, G and 200.
func (e *multiEntry) object(sent Param, values []string, decode func(string) string) (text string, ok bool) {
	if !e.wantsObject() {
		return "", false
	}
	var members []jsondoc.Member
	switch e.source.Style {
	case StyleSimpleExploded:
		members, ok = e.assigned(strings.Split(sent.Value, ","), decode)
	case StyleLabelExploded:
		members, ok = e.assigned(strings.Split(sent.Value, "."), decode)
	case StyleMatrixExploded:
		members, ok = e.assigned(strings.Split(sent.Value, ";"), decode)
	default:
		if len(values) < 2 || len(values)%2 != 0 {
			return "", false
		}
		ok = true
		for pair := range slices.Chunk(values, 2) {
			members = append(members, e.member(pair[0], pair[1]))
		}
	}
	return string(jsondoc.Object(members...).AppendCompact(nil)), ok
}

// assigned are the members that pieces such as R=100 make. A piece without a
// name goes on with the value before it, as that of ".R=1.5" does; commas and
// semicolons in a value are encoded.
func (e *multiEntry) assigned(pieces []string, decode func(string) string) ([]jsondoc.Member, bool) {
	var members []jsondoc.Member
	for i := 0; i < len(pieces); {
		name, value, ok := strings.Cut(pieces[i], "=")
		if !ok {
			return nil, false
		}
		for i++; i < len(pieces) && e.source.Style == StyleLabelExploded && !strings.Contains(pieces[i], "="); i++ {
			value += "." + pieces[i]
		}
		members = append(members, e.member(decode(name), decode(value)))
	}
	return members, len(members) > 0
}

// member is a member of the object that a parameter makes. Its text is read as
// the JSON it is where the schema of the member is about no string, as the
// value of a whole parameter is.
func (e *multiEntry) member(name, text string) jsondoc.Member {
	for _, t := range e.values {
		if t.schema == nil {
			continue
		}
		r, ok := t.schema.properties[name]
		if !ok {
			r = t.schema.others
		}
		if r.asString || !r.asJSON {
			continue
		}
		if v, err := jsondoc.Parse([]byte(text)); err == nil && v.Kind != jsondoc.KindString {
			return jsondoc.M(name, v)
		}
	}
	return jsondoc.M(name, jsondoc.String(text))
}

// fromQuery are the pairs of a query or form that m judges.
func (m *multi) fromQuery(raw string) []Param {
	if !m.styled {
		return ParseQuery(raw)
	}
	return m.styledPairs(sentQuery(raw), func(s string) string { return unescape(s, true) })
}

// ofQuery is fromQuery of a request.
func (m *multi) ofQuery(v *view) []Param {
	if !m.styled {
		return v.queryPairs()
	}
	return m.fromQuery(v.req.RawQuery)
}

// ofHeaders are the pairs of the fields of a request. White space around the
// items of a list is none of their own (RFC 9110 §5.6.1).
func (m *multi) ofHeaders(v *view) []Param {
	if !m.styled {
		return v.headerPairs()
	}
	return m.styledPairs(v.headerPairs(), strings.TrimSpace)
}

// ofCookies are the pairs of the cookies of a request.
func (m *multi) ofCookies(v *view) []Param {
	if !m.styled {
		return v.cookiePairs()
	}
	return m.styledPairs(v.cookiePairs(), nil)
}
