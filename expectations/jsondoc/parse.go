package jsondoc

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// Parse reads one JSON text (RFC 8259). It accepts what encoding/json.Valid
// accepts, up to [MaxDepth] levels. Its error is a [*SyntaxError].
func Parse(data []byte) (Value, error) { return parse(data, false) }

// ParseLenient reads one JSON text and tolerates what MockServer's parser
// does: a byte order mark, comments (/* */, //, #), single quotes, names
// without quotes, trailing commas, missing values ([1,,2] reads a null),
// leading zeros, NaN and infinities (as strings), raw control characters and
// any escaped character in strings. Its error is a [*SyntaxError].
func ParseLenient(data []byte) (Value, error) { return parse(data, true) }

// A parser holds the text and stacks of finished elements of containers that
// are still open, so that each container is allocated once at its final size.
type parser struct {
	text    string
	pos     int
	depth   int
	lenient bool
	items   []Value
	members []Member
}

// parsers keeps stacks for the next document.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// maxKept bounds the stacks that are kept, in elements.
const maxKept = 1 << 10

func parse(data []byte, lenient bool) (Value, error) {
	p, _ := parsers.Get().(*parser)
	p.text, p.lenient = string(data), lenient
	if lenient {
		p.text = strings.TrimPrefix(p.text, "\ufeff")
	}
	v, err := p.document()
	if err != nil {
		return Value{}, err // its stacks still hold values
	}
	if cap(p.items) <= maxKept && cap(p.members) <= maxKept {
		*p = parser{items: p.items[:0], members: p.members[:0]}
		parsers.Put(p)
	}
	return v, nil
}

func (p *parser) document() (Value, error) {
	if err := p.space(); err != nil {
		return Value{}, err
	}
	v, err := p.value()
	if err != nil {
		return Value{}, err
	}
	if err := p.space(); err != nil {
		return Value{}, err
	}
	if p.pos < len(p.text) {
		return Value{}, p.unexpected("after the document")
	}
	return v, nil
}

func (p *parser) value() (Value, error) {
	if p.pos >= len(p.text) {
		return Value{}, p.unexpected("where a value should begin")
	}
	switch c := p.text[p.pos]; {
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '"':
		s, err := p.quoted('"')
		return Value{Kind: KindString, Text: s}, err
	case c == '-' || '0' <= c && c <= '9':
		if p.lenient {
			return p.lenientNumber()
		}
		return p.number()
	case c == 't':
		return Value{Kind: KindBool, Bool: true}, p.word("true")
	case c == 'f':
		return Value{Kind: KindBool}, p.word("false")
	case c == 'n':
		return Value{}, p.word("null")
	case p.lenient:
		return p.lenientValue()
	}
	return Value{}, p.unexpected("where a value should begin")
}

// word consumes a literal name (RFC 8259 §3).
func (p *parser) word(w string) error {
	if !strings.HasPrefix(p.text[p.pos:], w) {
		return p.unexpected("where a value should begin")
	}
	p.pos += len(w)
	if p.lenient && p.pos < len(p.text) && nameByte(p.text[p.pos]) {
		return p.unexpected("after " + w)
	}
	return nil
}

// number consumes a number (RFC 8259 §6) and keeps its text.
func (p *parser) number() (Value, error) {
	start := p.pos
	if p.text[p.pos] == '-' {
		p.pos++
	}
	if p.peek() == '0' {
		p.pos++
	} else if err := p.digits(); err != nil {
		return Value{}, err
	}
	if p.peek() == '.' {
		p.pos++
		if err := p.digits(); err != nil {
			return Value{}, err
		}
	}
	if err := p.exponent(); err != nil {
		return Value{}, err
	}
	return Value{Kind: KindNumber, Text: p.text[start:p.pos]}, nil
}

// exponent consumes the exponent of a number, if there is one.
func (p *parser) exponent() error {
	if c := p.peek(); c != 'e' && c != 'E' {
		return nil
	}
	p.pos++
	if c := p.peek(); c == '+' || c == '-' {
		p.pos++
	}
	return p.digits()
}

// digits consumes one or more digits.
func (p *parser) digits() error {
	start := p.pos
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
	if p.pos == start {
		return p.unexpected("in a number")
	}
	return nil
}

// quoted consumes a string that begins and ends with quote.
func (p *parser) quoted(quote byte) (string, error) {
	p.pos++
	start := p.pos
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		switch {
		case c == quote:
			s := p.text[start:p.pos]
			p.pos++
			return s, nil
		case c == '\\' || c >= utf8.RuneSelf:
			return p.unescape(start, quote)
		case c < ' ' && !p.lenient:
			return "", p.unexpected("in a string")
		}
		p.pos++
	}
	return "", p.fail("string is not closed")
}

// unescape goes on where quoted met the first escape or byte beyond ASCII.
// It copies only if it must.
func (p *parser) unescape(start int, quote byte) (string, error) {
	var b []byte
	copied := start // p.text[start:copied] is in b, once b is in use
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		switch {
		case c == quote:
			s := p.text[copied:p.pos]
			p.pos++
			if b == nil {
				return s, nil
			}
			return string(append(b, s...)), nil
		case c == '\\':
			b = append(b, p.text[copied:p.pos]...)
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
			copied = p.pos
		case c < ' ' && !p.lenient:
			return "", p.unexpected("in a string")
		case c < utf8.RuneSelf:
			p.pos++
		default:
			r, n := utf8.DecodeRuneInString(p.text[p.pos:])
			if r == utf8.RuneError && n == 1 {
				b = append(b, p.text[copied:p.pos]...)
				b = utf8.AppendRune(b, utf8.RuneError)
				copied = p.pos + 1
			}
			p.pos += n
		}
	}
	return "", p.fail("string is not closed")
}

// escape consumes one escape sequence (RFC 8259 §7), a surrogate pair
// included.
func (p *parser) escape() (rune, error) {
	p.pos++
	if p.pos >= len(p.text) {
		return 0, p.fail("string is not closed")
	}
	c := p.text[p.pos]
	if c == 'u' {
		p.pos++
		return p.unicodeEscape()
	}
	if r, ok := simpleEscape(c); ok {
		p.pos++
		return r, nil
	}
	if !p.lenient {
		return 0, p.unexpected("in an escape sequence")
	}
	r, n := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += n
	return r, nil
}

func simpleEscape(c byte) (rune, bool) {
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

func (p *parser) unicodeEscape() (rune, error) {
	r, err := p.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if !strings.HasPrefix(p.text[p.pos:], `\u`) {
		return utf8.RuneError, nil
	}
	back := p.pos
	p.pos += 2
	low, err := p.hex4()
	if err != nil {
		return 0, err
	}
	pair := utf16.DecodeRune(r, low)
	if pair == utf8.RuneError {
		p.pos = back // the second escape stands for itself
	}
	return pair, nil
}

// hex4 consumes four hexadecimal digits.
func (p *parser) hex4() (rune, error) {
	var r rune
	for range 4 {
		c := p.peek()
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, p.unexpected("in a \\u escape")
		}
		p.pos++
	}
	return r, nil
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// space consumes white space, and comments if lenient.
func (p *parser) space() error {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			if !p.lenient {
				return nil
			}
			if more, err := p.comment(); !more || err != nil {
				return err
			}
		}
	}
	return nil
}

// unexpected is the error for the byte at the current position.
func (p *parser) unexpected(where string) error {
	if p.pos >= len(p.text) {
		return p.fail("unexpected end of input " + where)
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return p.fail(fmt.Sprintf("unexpected character %q %s", r, where))
}

func (p *parser) fail(message string) *SyntaxError {
	pos := min(p.pos, len(p.text))
	before := p.text[:pos]
	return &SyntaxError{
		Offset:  pos,
		Line:    strings.Count(before, "\n") + 1,
		Column:  pos - strings.LastIndexByte(before, '\n'),
		Message: message,
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
