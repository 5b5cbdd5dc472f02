package jsondoc

import "unicode/utf8"

// AppendJackson appends v byte for byte as Jackson's DefaultPrettyPrinter
// prints it: objects one member a line with two spaces of indent and
// `"key" : value`, arrays inline with spaces (`[ 1, 2 ]`, `[ {` … `}, {` …
// `} ]`), `{ }` and `[ ]` where empty, lines ended by "\n".
func (v Value) AppendJackson(dst []byte) []byte { return appendJackson(dst, &v, 0) }

// AppendJacksonAt appends v as [Value.AppendJackson] prints it within level
// objects: all lines but the first are indented by 2·level spaces more. It
// lets a streaming writer print documents part by part.
func (v Value) AppendJacksonAt(dst []byte, level int) []byte { return appendJackson(dst, &v, level) }

func appendJackson(dst []byte, v *Value, level int) []byte {
	switch v.Kind {
	case KindArray:
		dst = append(dst, '[', ' ')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',', ' ')
			}
			dst = appendJackson(dst, &v.Items[i], level)
		}
		if len(v.Items) > 0 {
			dst = append(dst, ' ')
		}
		return append(dst, ']')
	case KindObject:
		dst = append(dst, '{')
		if len(v.Members) == 0 {
			return append(dst, ' ', '}')
		}
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJacksonLine(dst, level+1)
			dst = AppendJacksonString(dst, v.Members[i].Name)
			dst = append(dst, " : "...)
			dst = appendJackson(dst, &v.Members[i].Value, level+1)
		}
		return append(AppendJacksonLine(dst, level), '}')
	case KindString:
		return AppendJacksonString(dst, v.Text)
	case KindNull, KindBool, KindNumber:
	}
	return v.appendScalar(dst, AppendJacksonString)
}

// AppendJacksonLine appends a line break and the indent of level objects.
func AppendJacksonLine(dst []byte, level int) []byte {
	const indent = "\n                                                                "
	if n := 1 + 2*level; n <= len(indent) {
		return append(dst, indent[:n]...)
	}
	return appendLine(dst, "  ", level)
}

// AppendJacksonString appends s as Jackson writes a string: only quotes,
// backslashes and control characters are escaped, with upper-case digits.
// Invalid UTF-8 becomes U+FFFD.
func AppendJacksonString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' {
				dst = append(dst, s[done:i]...)
				dst = appendEscape(dst, c, "0123456789ABCDEF")
				done = i + 1
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			dst = utf8.AppendRune(append(dst, s[done:i]...), utf8.RuneError)
			done = i + n
		}
		i += n
	}
	return append(append(dst, s[done:]...), '"')
}
