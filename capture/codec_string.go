package capture

import (
	"encoding/base64"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// appendText appends a string that may hold any bytes: what is not UTF-8
// becomes {"base64":"…"}.
func appendText(dst []byte, v string) []byte {
	if isPlainASCII(v) {
		dst = append(append(dst, '"'), v...)
		return append(dst, '"')
	}
	if utf8.ValidString(v) {
		return appendString(dst, v)
	}
	dst = base64.StdEncoding.AppendEncode(append(dst, `{"base64":"`...), []byte(v))
	return append(dst, `"}`...)
}

// appendString appends UTF-8 as a JSON string. Only what must be escaped is.
func appendString[T string | []byte](dst []byte, v T) []byte {
	dst = append(dst, '"')
	for start := 0; ; {
		i := plainPrefix(v, start)
		dst = append(dst, v[start:i]...)
		if i == len(v) {
			return append(dst, '"')
		}
		switch c := v[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		start = i + 1
	}
}

// isPlainASCII reports whether v can stand in a JSON string as it is and needs
// no look at its encoding, as nearly every header, path and address.
func isPlainASCII(v string) bool {
	if len(v) < 8 {
		for i := range len(v) {
			if c := v[i]; c < 0x20 || c >= 0x80 || c == '"' || c == '\\' {
				return false
			}
		}
		return true
	}
	for i := 0; ; i += 8 {
		i = min(i, len(v)-8) // the last word may overlap the one before
		if w := word(v, i); special(w)|w&(ones*0x80) != 0 {
			return false
		}
		if i == len(v)-8 {
			return true
		}
	}
}

// plainPrefix returns where, from start on, v has its first byte that cannot
// stand in a JSON string as it is (RFC 8259 §7), or its length. Eight bytes
// are looked at in one go: most strings are short, but bodies are not.
func plainPrefix[T string | []byte](v T, start int) int {
	i := start
	for ; i+8 <= len(v); i += 8 {
		if marks := special(word(v, i)); marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for ; i < len(v); i++ {
		if c := v[i]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// word is the eight bytes of v at i, the first one lowest.
func word[T string | []byte](v T, i int) uint64 {
	return uint64(v[i]) | uint64(v[i+1])<<8 | uint64(v[i+2])<<16 | uint64(v[i+3])<<24 |
		uint64(v[i+4])<<32 | uint64(v[i+5])<<40 | uint64(v[i+6])<<48 | uint64(v[i+7])<<56
}

// special marks the bytes of w that must be escaped; see below.
func special(w uint64) uint64 {
	return below(w, 0x20) | below(w^ones*'"', 1) | below(w^ones*'\\', 1)
}

// ones has the value 1 in each byte.
const ones = 0x0101010101010101

// below marks by their highest bits the bytes of w that are less than n
// (n <= 128). A marked byte may be followed by falsely marked ones, so only
// the lowest mark counts.
func below(w, n uint64) uint64 { return (w - ones*n) &^ w & (ones * 0x80) }

// rawString reads a string and returns what is between its quotes, and
// whether that holds escapes.
func (s *scanner) rawString() (inner []byte, escaped bool) {
	if s.err != nil {
		return nil, false
	}
	if s.peek() != '"' {
		s.fail("expected a string")
		return nil, false
	}
	s.pos++
	start := s.pos
	data := s.data
	for i := start; ; {
		i = plainPrefix(data, i)
		switch {
		case i == len(data):
			s.pos = i
			s.fail("string without an end")
			return nil, false
		case data[i] == '"':
			s.pos = i + 1
			return data[start:i], escaped
		case data[i] < 0x20:
			s.pos = i
			s.fail("control character in a string")
			return nil, false
		}
		n := escapeLen(data[i:])
		if n == 0 {
			s.pos = i
			s.fail("bad escape in a string")
			return nil, false
		}
		escaped = true
		i += n
	}
}

// escapeLen is the length of the escape at the front of p, 0 if it is none.
func escapeLen(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	switch p[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(p[2:]); ok {
			return 6
		}
	}
	return 0
}

// hex4 reads four hexadecimal digits.
func hex4(p []byte) (rune, bool) {
	if len(p) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range p[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// stringBytes reads a string. Without escapes the result is a part of the
// line.
func (s *scanner) stringBytes() []byte {
	inner, escaped := s.rawString()
	if !escaped {
		return inner
	}
	return unescape(inner)
}

// string reads a string.
func (s *scanner) string() string {
	return string(s.stringBytes())
}

// unescape resolves the escapes of a string that rawString has checked. A
// surrogate without its other half becomes U+FFFD.
func unescape(p []byte) []byte {
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); {
		if p[i] != '\\' {
			out = append(out, p[i])
			i++
			continue
		}
		if p[i+1] != 'u' {
			out = append(out, unescapeByte(p[i+1]))
			i += 2
			continue
		}
		r, _ := hex4(p[i+2:])
		i += 6
		if utf16.IsSurrogate(r) {
			low, ok := lowSurrogate(p[i:])
			if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
				i += 6
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// lowSurrogate reads a \u escape that may be the second half of a pair.
func lowSurrogate(p []byte) (rune, bool) {
	if len(p) < 6 || p[0] != '\\' || p[1] != 'u' {
		return 0, false
	}
	return hex4(p[2:])
}

// unescapeByte resolves a two-character escape.
func unescapeByte(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}
