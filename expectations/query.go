package expectations

import "strings"

// A Param is one name and value of a query string or a form body.
type Param struct{ Name, Value string }

// ParseQuery splits an encoded query (application/x-www-form-urlencoded) into
// its parameters in the order sent. It is tolerant: an escape that is none
// ("%zz") stays as it is, "a" is a name with an empty value, and empty pieces
// ("a=1&&b=2") are dropped. "+" is a space. Only "&" separates.
func ParseQuery(raw string) []Param {
	params := sentQuery(raw)
	for i := range params {
		params[i].Value = unescape(params[i].Value, true)
	}
	return params
}

// sentQuery is ParseQuery, but for the values, which are as they were sent.
func sentQuery(raw string) []Param {
	if raw == "" {
		return nil
	}
	params := make([]Param, 0, strings.Count(raw, "&")+1)
	for piece := range strings.SplitSeq(raw, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		params = append(params, Param{Name: unescape(name, true), Value: value})
	}
	return params
}

// DecodedPath undoes the percent-encoding of a path (RFC 3986 §2.1). Escapes
// that are none stay as they are.
func DecodedPath(escaped string) string {
	return unescape(escaped, false)
}

// unescape decodes valid percent escapes, and "+" as a space where plus says
// so. It returns s itself where there is nothing to decode.
func unescape(s string, plus bool) string {
	i := strings.IndexByte(s, '%')
	if plus && i < 0 {
		i = strings.IndexByte(s, '+')
	}
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+' && plus:
			b.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
