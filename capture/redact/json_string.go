package redact

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stringHas says what there is in a string.
type stringHas uint8

const (
	hasEscape stringHas = 1 << iota
	hasEqual            // only looked for in short strings
)

// closingQuote returns the place of the quote that ends the string beginning
// at i, hi if there is none, and what comes before it.
func closingQuote(src string, i, hi int) (end int, has stringHas) {
	const short = 24 // most strings end sooner than a vector search pays
	for n := min(i+short, hi); i < hi; i++ {
		if i >= n {
			q := strings.IndexByte(src[i:hi], '"')
			if q < 0 {
				q = hi - i
			}
			b := strings.IndexByte(src[i:i+q], '\\')
			if b < 0 {
				return i + q, has
			}
			i += b
		}
		switch src[i] {
		case '"':
			return i, has
		case '\\':
			has |= hasEscape
			i++
		case '=':
			has |= hasEqual
		}
	}
	return hi, has
}

// appendUnescaped appends v with the escapes of a JSON string undone. What is
// no escape stays; half a surrogate pair becomes U+FFFD.
func appendUnescaped(dst []byte, v string) []byte {
	for i := 0; i < len(v); {
		c := v[i]
		if c != '\\' || i+1 == len(v) {
			dst = append(dst, c)
			i++
			continue
		}
		i += 2
		switch c = v[i-1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, ok := hex4(v[i:])
			if !ok {
				dst = append(dst, '\\', 'u')
				continue
			}
			i += 4
			if utf16.IsSurrogate(r) {
				r, i = pair(r, v, i)
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// pair reads the second half of a surrogate pair at v[i:].
func pair(high rune, v string, i int) (r rune, next int) {
	if strings.HasPrefix(v[i:], `\u`) {
		if low, ok := hex4(v[i+2:]); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r, i + 6
			}
		}
	}
	return utf8.RuneError, i
}

func hex4(v string) (r rune, ok bool) {
	if len(v) < 4 {
		return 0, false
	}
	for i := range 4 {
		if !isHex(v[i]) {
			return 0, false
		}
		r = r<<4 | rune(unhex(v[i]))
	}
	return r, true
}

// appendEscaped appends v as the inside of a JSON string.
func appendEscaped(dst []byte, v string) []byte {
	const digits = "0123456789abcdef"
	for i := range len(v) {
		switch c := v[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
