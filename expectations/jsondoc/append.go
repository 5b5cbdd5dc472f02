package jsondoc

import (
	"unicode/utf8"
)

// AppendCompact appends v without white space, with the escapes of
// encoding/json less those for HTML.
func (v Value) AppendCompact(dst []byte) []byte { return appendCompact(dst, &v) }

func appendCompact(dst []byte, v *Value) []byte {
	switch v.Kind {
	case KindArray:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCompact(dst, &v.Items[i])
		}
		return append(dst, ']')
	case KindObject:
		dst = append(dst, '{')
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendString(dst, v.Members[i].Name)
			dst = append(dst, ':')
			dst = appendCompact(dst, &v.Members[i].Value)
		}
		return append(dst, '}')
	case KindNull, KindBool, KindNumber, KindString:
	}
	return v.appendScalar(dst, AppendString)
}

// AppendIndent appends v laid out as json.MarshalIndent does with an empty
// prefix: every element on its own line, "key": value, and {} and [] where
// empty.
func (v Value) AppendIndent(dst []byte, indent string) []byte {
	return appendIndent(dst, &v, indent, 0)
}

// AppendIndentAt is AppendIndent for a value that stands level levels deep: its
// lines after the first are indented so much more.
func (v Value) AppendIndentAt(dst []byte, indent string, level int) []byte {
	return appendIndent(dst, &v, indent, level)
}

func appendIndent(dst []byte, v *Value, indent string, level int) []byte {
	switch v.Kind {
	case KindArray:
		if len(v.Items) == 0 {
			return append(dst, "[]"...)
		}
		for i := range v.Items {
			dst = appendOpen(dst, '[', i)
			dst = appendLine(dst, indent, level+1)
			dst = appendIndent(dst, &v.Items[i], indent, level+1)
		}
		return append(appendLine(dst, indent, level), ']')
	case KindObject:
		if len(v.Members) == 0 {
			return append(dst, "{}"...)
		}
		for i := range v.Members {
			dst = appendOpen(dst, '{', i)
			dst = appendLine(dst, indent, level+1)
			dst = AppendString(dst, v.Members[i].Name)
			dst = append(dst, ": "...)
			dst = appendIndent(dst, &v.Members[i].Value, indent, level+1)
		}
		return append(appendLine(dst, indent, level), '}')
	case KindNull, KindBool, KindNumber, KindString:
	}
	return v.appendScalar(dst, AppendString)
}

// appendOpen appends what stands before the i-th element.
func appendOpen(dst []byte, open byte, i int) []byte {
	if i == 0 {
		return append(dst, open)
	}
	return append(dst, ',')
}

func appendLine(dst []byte, indent string, level int) []byte {
	dst = append(dst, '\n')
	for range level {
		dst = append(dst, indent...)
	}
	return dst
}

func (v *Value) appendScalar(dst []byte, quote func([]byte, string) []byte) []byte {
	switch v.Kind {
	case KindBool:
		if v.Bool {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case KindNumber:
		return append(dst, v.Text...)
	case KindString:
		return quote(dst, v.Text)
	case KindNull, KindArray, KindObject:
	}
	return append(dst, "null"...)
}

// AppendString appends s as a JSON string with the escapes of encoding/json
// less those for HTML.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[done:i]...)
			dst = appendEscape(dst, c, "0123456789abcdef")
			i++
			done = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(append(dst, s[done:i]...), `\ufffd`...)
			done = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[done:i]...), `\u202`...)
			dst = append(dst, "89"[r-'\u2028'])
			done = i + n
		}
		i += n
	}
	return append(append(dst, s[done:]...), '"')
}

// appendEscape appends the escape of a quote, backslash or control character.
func appendEscape(dst []byte, c byte, hex string) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
