package redact

import (
	"net/url"
	"strings"
)

// pairs searches e.src[lo:hi], a query or a form
// (application/x-www-form-urlencoded).
func (s *scanner) pairs(e *edit, lo, hi int, in string) {
	for lo < hi {
		end := strings.IndexByte(e.src[lo:hi], '&')
		if end < 0 {
			end = hi
		} else {
			end += lo
		}
		s.pair(e, lo, end, in)
		lo = end + 1
	}
}

func (s *scanner) pair(e *edit, lo, hi int, in string) {
	equal := strings.IndexByte(e.src[lo:hi], '=')
	if equal < 0 {
		s.plain(e, lo, hi, place{in: in})
		return
	}
	p := place{in: in, name: unescaped(e.src[lo:lo+equal], true)}
	lo += equal + 1
	value := e.src[lo:hi]
	switch v := s.r.rules.judge(p.name, "", inQuery); {
	case value == "" || v == allowed:
		return
	case v.covers(value):
		s.parameterSecret(e, lo, hi, p)
		return
	}
	decoded := unescaped(value, true)
	if decoded == value && !looksJSON(value) {
		s.plain(e, lo, hi, p)
		return
	}
	if after := s.value(decoded, p); after != decoded {
		e.replace(lo, hi, []byte(url.QueryEscape(after)))
	}
}

// parameterSecret puts a token for the encoded value in e.src[lo:hi].
func (s *scanner) parameterSecret(e *edit, lo, hi int, p place) {
	token, class := s.credential(s.scratch(), unescaped(e.src[lo:hi], true))
	s.report(p, class)
	for _, c := range token {
		if !isBase64URL(c) && c != '.' && c != '*' {
			token = []byte(url.QueryEscape(string(token)))
			break
		}
	}
	e.replace(lo, hi, token)
}

// unescaped undoes the percent-encoding of v, and with plus "+" for a space.
// What is no escape stays. It is v itself if there is nothing to undo.
func unescaped(v string, plus bool) string {
	if strings.IndexByte(v, '%') < 0 && (!plus || strings.IndexByte(v, '+') < 0) {
		return v
	}
	b := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c == '%' && i+2 < len(v) && isHex(v[i+1]) && isHex(v[i+2]):
			c = unhex(v[i+1])<<4 | unhex(v[i+2])
			i += 2
		case c == '+' && plus:
			c = ' '
		}
		b = append(b, c)
	}
	return string(b)
}

func unhex(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	default:
		return c | 0x20 - 'a' + 10
	}
}
