package capture

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A canonMember is a member of an object whose canonical text is in buf: its
// name ends at name, all of it at end.
type canonMember struct{ start, name, end int }

// json appends the canonical text of a JSON document and reports whether data
// is one. Two documents have the same text if and only if they are equal by
// jsondoc.Equal: the order of members does not count, of equal names the last
// counts, numbers have their value, and 1 is not 1.0. On failure buf holds
// something of no use behind what it held.
func (c *canon) json(data []byte) bool {
	c.members = c.members[:0]
	r := jsonReader{c: c, data: data}
	r.space()
	r.value(0)
	r.space()
	return !r.failed && r.pos == len(data)
}

// A jsonReader reads one document.
type jsonReader struct {
	c      *canon
	data   []byte
	pos    int
	failed bool
}

func (r *jsonReader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

// take consumes the byte b, if it is next.
func (r *jsonReader) take(b byte) bool {
	if r.pos < len(r.data) && r.data[r.pos] == b {
		r.pos++
		return true
	}
	return false
}

// want consumes the byte b or fails.
func (r *jsonReader) want(b byte) {
	if !r.take(b) {
		r.failed = true
	}
}

func (r *jsonReader) value(depth int) {
	if r.pos >= len(r.data) || depth > jsondoc.MaxDepth {
		r.failed = true
		return
	}
	switch b := r.data[r.pos]; {
	case b == '{':
		r.object(depth + 1)
	case b == '[':
		r.array(depth + 1)
	case b == '"':
		r.text()
	case b == '-' || '0' <= b && b <= '9':
		r.number()
	case b == 't':
		r.word("true")
	case b == 'f':
		r.word("false")
	default:
		r.word("null")
	}
}

func (r *jsonReader) word(w string) {
	if !bytes.HasPrefix(r.data[r.pos:], []byte(w)) {
		r.failed = true
		return
	}
	r.pos += len(w)
	r.c.buf = append(r.c.buf, w...)
}

func (r *jsonReader) array(depth int) {
	r.pos++
	r.c.buf = append(r.c.buf, '[')
	r.space()
	for more := !r.take(']'); more && !r.failed; {
		r.value(depth)
		r.c.buf = append(r.c.buf, ',')
		r.space()
		if r.take(']') {
			break
		}
		r.want(',')
		r.space()
	}
	r.c.buf = append(r.c.buf, ']')
}

func (r *jsonReader) object(depth int) {
	c := r.c
	r.pos++
	c.buf = append(c.buf, '{')
	start, first := len(c.buf), len(c.members)
	r.space()
	for more := !r.take('}'); more && !r.failed; {
		m := canonMember{start: len(c.buf)}
		r.text()
		m.name = len(c.buf)
		r.space()
		r.want(':')
		r.space()
		r.value(depth)
		c.buf = append(c.buf, ',')
		m.end = len(c.buf)
		c.members = append(c.members, m)
		r.space()
		if r.take('}') {
			break
		}
		r.want(',')
		r.space()
	}
	if !r.failed {
		c.sortMembers(start, c.members[first:])
	}
	c.members = c.members[:first]
	c.buf = append(c.buf, '}')
}

// sortMembers puts the members whose texts are buf[start:] in order, and
// leaves of equal names the last.
func (c *canon) sortMembers(start int, members []canonMember) {
	name := func(m canonMember) []byte { return c.buf[m.start:m.name] }
	ascending := true
	for i := 1; i < len(members) && ascending; i++ {
		ascending = bytes.Compare(name(members[i-1]), name(members[i])) < 0
	}
	if ascending {
		return
	}
	slices.SortStableFunc(members, func(a, b canonMember) int { return bytes.Compare(name(a), name(b)) })
	low := len(c.scratch)
	for i, m := range members {
		if i+1 == len(members) || !bytes.Equal(name(m), name(members[i+1])) {
			c.scratch = append(c.scratch, c.buf[m.start:m.end]...)
		}
	}
	c.buf = append(c.buf[:start], c.scratch[low:]...)
	c.scratch = c.scratch[:low]
}

// number appends an integer as it is written and a decimal in normal form.
func (r *jsonReader) number() {
	start := r.pos
	r.take('-')
	if !r.take('0') {
		r.digits()
	}
	fraction, exponent := -1, -1 // where they begin
	if r.take('.') {
		fraction = r.pos
		r.digits()
	}
	mantissa := r.pos
	if r.take('e') || r.take('E') {
		exponent = r.pos
		if !r.take('+') {
			r.take('-')
		}
		r.digits()
	}
	written := r.data[start:r.pos]
	switch {
	case r.failed:
	case fraction < 0 && exponent < 0 && string(written) == "-0":
		r.c.buf = append(r.c.buf, '0')
	case fraction < 0 && exponent < 0:
		r.c.buf = append(r.c.buf, written...)
	default:
		power := int64(0)
		if exponent >= 0 {
			n, err := strconv.ParseInt(string(bytes.TrimPrefix(r.data[exponent:r.pos], []byte("+"))), 10, 64)
			zero := !bytes.ContainsAny(r.data[start:mantissa], "123456789")
			if !zero && (err != nil || n <= -1<<62 || n >= 1<<62) {
				r.c.buf = append(r.c.buf, written...)
				return
			}
			power = n
		}
		if fraction >= 0 {
			power -= int64(mantissa - fraction)
		}
		r.decimal(r.data[start:mantissa], power)
	}
}

// decimal appends a decimal number, whose value is the digits of mantissa
// times ten to the power, without leading and trailing zeros. The exponent it
// always has tells it from an integer.
func (r *jsonReader) decimal(mantissa []byte, power int64) {
	c := r.c
	start := len(c.buf)
	if mantissa[0] == '-' {
		c.buf = append(c.buf, '-')
	}
	first := len(c.buf)
	for _, b := range mantissa {
		if b != '-' && b != '.' && (b != '0' || len(c.buf) > first) {
			c.buf = append(c.buf, b)
		}
	}
	for len(c.buf) > first && c.buf[len(c.buf)-1] == '0' {
		c.buf = c.buf[:len(c.buf)-1]
		power++
	}
	if len(c.buf) == first { // zero has no sign, whatever its exponent
		c.buf = append(c.buf[:start], '0')
		power = 0
	}
	c.buf = strconv.AppendInt(append(c.buf, 'e'), power, 10)
}

func (r *jsonReader) digits() {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	if r.pos == start {
		r.failed = true
	}
}

// text appends a string: its escapes undone, then only quotes and backslashes
// escaped. As in encoding/json, what is not UTF-8 becomes U+FFFD.
func (r *jsonReader) text() {
	r.want('"')
	if r.failed {
		return
	}
	c := r.c
	c.buf = append(c.buf, '"')
	start := r.pos
	for r.pos < len(r.data) {
		switch b := r.data[r.pos]; {
		case b == '"':
			c.buf = append(c.buf, r.data[start:r.pos]...)
			c.buf = append(c.buf, '"')
			r.pos++
			return
		case b < ' ':
			r.failed = true
			return
		case b == '\\':
			c.buf = append(c.buf, r.data[start:r.pos]...)
			r.pos++
			r.escape()
			start = r.pos
		case b >= utf8.RuneSelf:
			if _, size := utf8.DecodeRune(r.data[r.pos:]); size > 1 {
				r.pos += size
				continue
			}
			c.buf = append(c.buf, r.data[start:r.pos]...)
			c.buf = utf8.AppendRune(c.buf, utf8.RuneError)
			r.pos++
			start = r.pos
		default:
			r.pos++
		}
		if r.failed {
			return
		}
	}
	r.failed = true
}

// escape appends what the escape behind a backslash stands for.
func (r *jsonReader) escape() {
	if r.pos >= len(r.data) {
		r.failed = true
		return
	}
	c, b := r.c, r.data[r.pos]
	r.pos++
	switch b {
	case '"', '\\':
		c.buf = append(c.buf, '\\', b)
	case '/':
		c.buf = append(c.buf, '/')
	case 'u':
		r.unicode()
	default:
		i := strings.IndexByte("bfnrt", b)
		if i < 0 {
			r.failed = true
			return
		}
		c.buf = append(c.buf, "\b\f\n\r\t"[i])
	}
}

// unicode appends the character of a \u escape or of a pair of them. Half a
// pair becomes U+FFFD.
func (r *jsonReader) unicode() {
	char, ok := r.hex4(r.pos)
	if !ok {
		r.failed = true
		return
	}
	r.pos += 4
	if utf16.IsSurrogate(char) {
		pair := utf8.RuneError
		if bytes.HasPrefix(r.data[r.pos:], []byte(`\u`)) {
			if low, ok := r.hex4(r.pos + 2); ok {
				pair = utf16.DecodeRune(char, low)
			}
		}
		if char = pair; pair != utf8.RuneError {
			r.pos += 6
		}
	}
	if char == '"' || char == '\\' {
		r.c.buf = append(r.c.buf, '\\')
	}
	r.c.buf = utf8.AppendRune(r.c.buf, char)
}

// hex4 reads four hexadecimal digits at a place.
func (r *jsonReader) hex4(at int) (char rune, ok bool) {
	if at+4 > len(r.data) {
		return 0, false
	}
	for _, c := range r.data[at : at+4] {
		v, ok := hexValue(c)
		if !ok {
			return 0, false
		}
		char = char<<4 | rune(v)
	}
	return char, true
}
