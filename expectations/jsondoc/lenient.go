package jsondoc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The tolerances of MockServer's parser (MockServer 7 ObjectMapperFactory:
// Jackson's ALLOW_COMMENTS, ALLOW_YAML_COMMENTS, ALLOW_UNQUOTED_FIELD_NAMES,
// ALLOW_SINGLE_QUOTES, ALLOW_UNQUOTED_CONTROL_CHARS,
// ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER, ALLOW_NUMERIC_LEADING_ZEROS,
// ALLOW_NON_NUMERIC_NUMBERS, ALLOW_MISSING_VALUES, ALLOW_TRAILING_COMMA).

// comment consumes one comment, if one begins here.
func (p *parser) comment() (found bool, err error) {
	rest := p.text[p.pos:]
	switch {
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "#"):
		if end := strings.IndexAny(rest, "\r\n"); end >= 0 {
			p.pos += end
		} else {
			p.pos = len(p.text)
		}
		return true, nil
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			return false, p.fail("comment is not closed")
		}
		p.pos += 2 + end + 2
		return true, nil
	}
	return false, nil
}

// lenientValue consumes a value that strict JSON does not know.
func (p *parser) lenientValue() (Value, error) {
	switch p.text[p.pos] {
	case '\'':
		s, err := p.quoted('\'')
		return Value{Kind: KindString, Text: s}, err
	case '+', 'N', 'I':
		return p.notNumber()
	}
	return Value{}, p.unexpected("where a value should begin")
}

// lenientNumber consumes a number that may have leading zeros, which it drops.
func (p *parser) lenientNumber() (Value, error) {
	start := p.pos
	sign := ""
	if p.text[p.pos] == '-' {
		sign = "-"
		p.pos++
	}
	if p.peek() == 'I' {
		p.pos = start
		return p.notNumber()
	}
	zeros := p.pos
	for p.peek() == '0' && p.pos+1 < len(p.text) && isDigit(p.text[p.pos+1]) {
		p.pos++
	}
	if p.pos == zeros {
		p.pos = start
		return p.number()
	}
	v, err := p.number()
	v.Text = sign + v.Text
	return v, err
}

// notNumber consumes one of Jackson's names for what is not a number.
func (p *parser) notNumber() (Value, error) {
	for _, w := range nonNumeric {
		rest, ok := strings.CutPrefix(p.text[p.pos:], w.name)
		if !ok || rest != "" && nameByte(rest[0]) {
			continue
		}
		p.pos += len(w.name)
		return String(w.prints), nil
	}
	return Value{}, p.unexpected("where a value should begin")
}

var nonNumeric = [...]struct{ name, prints string }{
	{"NaN", "NaN"},
	{"Infinity", "Infinity"},
	{"INF", "Infinity"},
	{"+Infinity", "Infinity"},
	{"+INF", "Infinity"},
	{"-Infinity", "-Infinity"},
	{"-INF", "-Infinity"},
}

// lenientName consumes a member's name in single quotes or none.
func (p *parser) lenientName() (string, error) {
	if p.peek() == '\'' {
		return p.quoted('\'')
	}
	start := p.pos
	for p.pos < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if !nameRune(r) || r == utf8.RuneError && n == 1 {
			break
		}
		p.pos += n
	}
	if p.pos == start {
		return "", p.unexpected("where a name should begin")
	}
	return p.text[start:p.pos], nil
}

// nameRune reports whether Jackson takes r in a name without quotes. It
// allows digits and a few signs, also in front.
func nameRune(r rune) bool {
	if r < utf8.RuneSelf {
		return nameByte(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func nameByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c):
		return true
	}
	return strings.IndexByte("_$@#*-+", c) >= 0
}
