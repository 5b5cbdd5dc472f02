package expectations

import "strings"

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

// split divides the value of the parameter called name, as it was sent, and
// decodes what it makes: a delimiter that is percent-encoded is none (OpenAPI
// 3.0 §4.7.12.4, RFC 6570 §3.2.1). A value in quotes and one that is JSON are
// one. For a decode of nil nothing is encoded.
func (s ParameterStyle) split(name, sent string, decode func(string) string) []string {
	if decode == nil {
		decode = strings.Clone
	}
	value := decode(sent)
	if text, ok := undivided(value); ok {
		return []string{text}
	}
	pieces := s.pieces(name, sent)
	if len(pieces) == 1 {
		return s.encoded(value)
	}
	for i := range pieces {
		pieces[i] = decode(pieces[i])
	}
	return pieces
}

// pieces divides a value as it was sent.
func (s ParameterStyle) pieces(name, sent string) []string {
	switch s {
	case StyleSimple, StyleSimpleExploded, StyleLabel, StyleMatrix, StyleForm:
		return strings.Split(sent, ",")
	case StyleLabelExploded:
		return strings.Split(sent, ".")
	case StyleMatrixExploded:
		return strings.Split(sent, ";"+name+"=")
	case StyleSpaceDelimited:
		return strings.Split(strings.NewReplacer("%20", " ", "+", " ").Replace(sent), " ")
	case StylePipeDelimited:
		return strings.Split(strings.NewReplacer("%7C", "|", "%7c", "|").Replace(sent), "|")
	case StyleFormExploded, StyleSpaceDelimitedExploded, StylePipeDelimitedExploded, StyleDeepObject:
	}
	return []string{sent}
}

// encoded divides a decoded value of a query that was sent without a
// delimiter: many clients encode those too (MockServer
// ExpandedParameterDecoder).
func (s ParameterStyle) encoded(value string) []string {
	switch s {
	case StyleForm:
		return strings.Split(value, ",")
	case StyleSpaceDelimited:
		return strings.Split(strings.NewReplacer("%20", " ", "+", " ", "\t", " ").Replace(value), " ")
	case StyleSimple, StyleSimpleExploded, StyleLabel, StyleLabelExploded, StyleMatrix, StyleMatrixExploded,
		StyleFormExploded, StyleSpaceDelimitedExploded, StylePipeDelimited, StylePipeDelimitedExploded, StyleDeepObject:
	}
	return []string{value}
}

// exploded reports whether the members of an object are parameters of their
// own.
func (s ParameterStyle) exploded() bool {
	return s == StyleFormExploded || s == StyleSpaceDelimitedExploded || s == StylePipeDelimitedExploded
}
