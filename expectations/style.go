package expectations

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A ParameterStyle says how one parameter holds several values (OpenAPI 3.0
// Parameter Object, MockServer ParameterStyle). The value of a request is
// divided accordingly before it is compared. The zero value divides nothing.
type ParameterStyle string

// The styles there are. Those that repeat the parameter's name divide nothing.
const (
	StyleSimple                 ParameterStyle = "SIMPLE"
	StyleSimpleExploded         ParameterStyle = "SIMPLE_EXPLODED"
	StyleLabel                  ParameterStyle = "LABEL"
	StyleLabelExploded          ParameterStyle = "LABEL_EXPLODED"
	StyleMatrix                 ParameterStyle = "MATRIX"
	StyleMatrixExploded         ParameterStyle = "MATRIX_EXPLODED"
	StyleForm                   ParameterStyle = "FORM"
	StyleFormExploded           ParameterStyle = "FORM_EXPLODED"
	StyleSpaceDelimited         ParameterStyle = "SPACE_DELIMITED"
	StyleSpaceDelimitedExploded ParameterStyle = "SPACE_DELIMITED_EXPLODED"
	StylePipeDelimited          ParameterStyle = "PIPE_DELIMITED"
	StylePipeDelimitedExploded  ParameterStyle = "PIPE_DELIMITED_EXPLODED"
	// StyleDeepObject makes one JSON object of the parameters name[a],
	// name[b] and so on.
	StyleDeepObject ParameterStyle = "DEEP_OBJECT"
)

// ParameterStyles lists all styles.
func ParameterStyles() []ParameterStyle {
	return []ParameterStyle{
		StyleSimple, StyleSimpleExploded, StyleLabel, StyleLabelExploded, StyleMatrix, StyleMatrixExploded,
		StyleForm, StyleFormExploded, StyleSpaceDelimited, StyleSpaceDelimitedExploded,
		StylePipeDelimited, StylePipeDelimitedExploded, StyleDeepObject,
	}
}

// undivided reports whether a value is one in any style: it is in quotes,
// which are not part of it, or JSON.
func undivided(value string) (text string, ok bool) {
	trimmed := strings.TrimSpace(value)
	if len(trimmed) < 2 {
		return "", false
	}
	switch first, last := trimmed[0], trimmed[len(trimmed)-1]; {
	case first == '"' && last == '"', first == '\'' && last == '\'':
		return trimmed[1 : len(trimmed)-1], true
	case first == '{' && last == '}', first == '[' && last == ']':
		return value, true
	}
	return "", false
}

// split divides the value of the parameter called name.
func (s ParameterStyle) split(name, value string) []string {
	if text, ok := undivided(value); ok {
		return []string{text}
	}
	switch s {
	case StyleSimple, StyleSimpleExploded, StyleLabel, StyleMatrix, StyleForm:
		return strings.Split(value, ",")
	case StyleLabelExploded:
		return strings.Split(value, ".")
	case StyleMatrixExploded:
		return strings.Split(value, ";"+name+"=")
	case StyleSpaceDelimited:
		return strings.Split(strings.NewReplacer("%20", " ", "+", " ", "\t", " ").Replace(value), " ")
	case StylePipeDelimited:
		return strings.Split(value, "|")
	case StyleFormExploded, StyleSpaceDelimitedExploded, StylePipeDelimitedExploded, StyleDeepObject:
	}
	return []string{value}
}

// pathValues are the values that a segment of a path has for the parameter
// called name. Like MockServer it takes each list also as "1,2", and values
// with or without what their style puts in front.
func (m *multi) pathValues(name, segment string) []string {
	e := &multiEntry{}
	if i := m.styledEntry(name); i >= 0 {
		e = &m.entries[i]
	}
	values := e.divideSegment(name, segment)
	if object, ok := e.object(values); ok {
		return []string{object}
	}
	return values
}

// divideSegment divides a segment as it was sent, and decodes the parts: what
// percent-encoding hides divides nothing (RFC 6570 section 3.2.1).
func (e *multiEntry) divideSegment(name, segment string) []string {
	style, separator := e.source.Style, ","
	value := strings.TrimLeft(segment, ".;")
	front := name + "="
	if style.exploded() && e.schemaOf(func(s *schema) bool { return s.asObject }) {
		front = "" // members have names of their own
	}
	if text, ok := undivided(DecodedPath(strings.TrimPrefix(value, front))); ok && style != "" {
		return []string{text}
	}
	switch {
	case style == StyleMatrixExploded && strings.Contains(value, ";"):
		separator = ";"
	case strings.Contains(value, ","):
	case style == StyleLabelExploded, style == StyleLabel && e.schemaOf(func(s *schema) bool { return s.asObject || s.asList }):
		// OpenAPI 3.0 has dots between the members of a label, exploded or
		// not; RFC 6570 commas if not. A number with a fraction is no list.
		separator = "."
	}
	parts := strings.Split(value, separator)
	for i, part := range parts {
		if i == 0 || separator == ";" {
			part = strings.TrimPrefix(part, front)
		}
		parts[i] = DecodedPath(part)
	}
	return parts
}

// exploded reports whether the members of an object have their names.
func (s ParameterStyle) exploded() bool { return strings.HasSuffix(string(s), "_EXPLODED") }

// schemaOf reports whether one of the conditions is a schema that is so.
func (e *multiEntry) schemaOf(is func(*schema) bool) bool {
	return slices.ContainsFunc(e.values, func(t textPattern) bool { return t.schema != nil && is(t.schema) })
}

// styledEntry finds the entry with a style for a parameter.
func (m *multi) styledEntry(name string) int {
	return slices.IndexFunc(m.entries, func(e multiEntry) bool { return e.source.Style != "" && e.name.match(name) })
}

// styledPairs divides the values among pairs that entries have a style for.
func (m *multi) styledPairs(pairs []Param) []Param {
	if !m.styled {
		return pairs
	}
	out := make([]Param, 0, len(pairs))
	deep := make([][]jsondoc.Member, len(m.entries))
	for _, pair := range pairs {
		if i, key := m.deepEntry(pair.Name); i >= 0 {
			deep[i] = append(deep[i], m.entries[i].member(key, pair.Value))
			continue
		}
		i := m.styledEntry(pair.Name)
		if i < 0 {
			out = append(out, pair)
			continue
		}
		values := m.entries[i].source.Style.split(pair.Name, pair.Value)
		if object, ok := m.entries[i].object(values); ok {
			values = []string{object}
		}
		for _, value := range values {
			out = append(out, Param{Name: pair.Name, Value: value})
		}
	}
	for i, members := range deep {
		if members != nil {
			object := string(jsondoc.Object(members...).AppendCompact(nil))
			out = append(out, Param{Name: m.entries[i].source.Name.Value, Value: object})
		}
	}
	return out
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

// object makes a JSON object of the divided value of a parameter that is to
// fulfil the schema of one: of R=100 and G=200, or of R, 100, G and 200.
func (e *multiEntry) object(values []string) (text string, ok bool) {
	if !e.schemaOf(func(s *schema) bool { return s.asObject }) {
		return "", false
	}
	var members []jsondoc.Member
	switch e.source.Style {
	case StyleSimpleExploded, StyleLabelExploded, StyleMatrixExploded:
		for _, value := range values {
			name, rest, found := strings.Cut(value, "=")
			if !found {
				return "", false
			}
			members = append(members, e.member(name, rest))
		}
	default:
		if len(values) < 2 || len(values)%2 != 0 {
			return "", false
		}
		for pair := range slices.Chunk(values, 2) {
			members = append(members, e.member(pair[0], pair[1]))
		}
	}
	return string(jsondoc.Object(members...).AppendCompact(nil)), true
}

// member is a member of the object that a parameter makes. Its text is read as
// the JSON it is where the schema has a property of the name that is to be no
// string, as the value of a whole parameter is.
func (e *multiEntry) member(name, text string) jsondoc.Member {
	for _, t := range e.values {
		if t.schema == nil {
			continue
		}
		if r, ok := t.schema.properties[name]; !ok || r.asString || !r.asJSON {
			continue
		}
		if v, err := jsondoc.Parse([]byte(text)); err == nil && v.Kind != jsondoc.KindString {
			return jsondoc.M(name, v)
		}
	}
	return jsondoc.M(name, jsondoc.String(text))
}
