package redact

import "strings"

// Byte classes of the text scan.
const (
	byteJWT   = 1 << iota // may begin a JWT
	byteDigit             // may begin a card number
	byteEqual             // may end the name of a URL parameter
	byteColon             // may stand in front of a URL's authority
)

var byteClass = [256]uint8{
	'e': byteJWT,
	'0': byteDigit, '1': byteDigit, '2': byteDigit, '3': byteDigit, '4': byteDigit,
	'5': byteDigit, '6': byteDigit, '7': byteDigit, '8': byteDigit, '9': byteDigit,
	'=': byteEqual,
	':': byteColon,
}

// minText is the length of the shortest text that can hold a card number or a
// JWT; a secret parameter of a URL is found in shorter ones.
const minText = 13

// plain searches e.src[lo:hi] for what is secret by its own shape: JWTs, card
// numbers, and the secret parameters of URLs.
func (s *scanner) plain(e *edit, lo, hi int, p place) {
	src := e.src[:hi]
	for i := lo; i < hi; {
		switch byteClass[src[i]] {
		case 0:
			i++
		case byteJWT:
			i = s.jwt(e, lo, i, hi, p)
		case byteDigit:
			i = s.card(e, lo, i, hi, p)
		case byteColon:
			i = s.userinfo(e, i, hi, p)
		default:
			i = s.parameter(e, lo, i, hi, p)
		}
	}
}

// jwt replaces a JWT that begins at i and returns where to go on.
func (s *scanner) jwt(e *edit, lo, i, hi int, p place) int {
	if i > lo && isBase64URL(e.src[i-1]) && !escapeBefore(e.src[lo:i]) {
		return i + 1
	}
	end := jwtEnd(e.src[:hi], i)
	if end == i {
		return i + 1
	}
	s.replaceSecret(e, i, end, e.src[i:end], p)
	return end
}

// escapeBefore reports whether v ends with an escape that stands for another
// character: "%20", "\n".
func escapeBefore(v string) bool {
	n := len(v)
	return n >= 3 && v[n-3] == '%' && isHex(v[n-2]) && isHex(v[n-1]) ||
		n >= 2 && v[n-2] == '\\' && (v[n-1] == 'n' || v[n-1] == 't' || v[n-1] == 'r')
}

// card replaces a card number that begins with the digit at i, with or
// without separators, and returns where to go on.
func (s *scanner) card(e *edit, lo, i, hi int, p place) int {
	first := i + 1
	for first < hi && isDigit(e.src[first]) {
		first++
	}
	// A card number has its digits in one group, or at first four of them.
	if n := first - i; n < minText && (n != 4 || first == hi || e.src[first] != ' ' && e.src[first] != '-') {
		return first
	}
	var c cardRun
	c.read(e.src, i, hi)
	for k := c.groups - 1; k >= 0; k-- {
		end, n := c.end[k], c.count[k]
		if n < minText || n > len(c.digits) || !cardBounds(e.src, lo, i, end, hi) || !isCard(string(c.digits[:n])) {
			continue
		}
		token, _ := s.secret(s.scratch(), string(c.digits[:n]))
		if c.separator != 0 && k > 0 && !s.mask {
			token = grouped(token, c.separator)
		}
		s.report(p, classCard)
		e.replace(i, end, token)
		return end
	}
	return c.end[0]
}

// A cardRun is a run of digits in groups as cards have them.
type cardRun struct {
	digits    [19]byte
	separator byte
	// end and count are, for each group, its end in the text and the number
	// of digits up to there.
	end, count [5]int
	groups     int
}

func (c *cardRun) read(src string, i, hi int) {
	n := 0
	for ; i < hi; i++ {
		if isDigit(src[i]) {
			if n < len(c.digits) {
				c.digits[n] = src[i]
			}
			n++
			continue
		}
		c.end[c.groups], c.count[c.groups] = i, n
		c.groups++
		b := src[i]
		if b != ' ' && b != '-' || c.separator != 0 && b != c.separator || c.groups == len(c.end) ||
			i+1 == hi || !isDigit(src[i+1]) || !cardGroup(n, c.groups) {
			return
		}
		c.separator = b
	}
	c.end[c.groups], c.count[c.groups] = i, n
	c.groups++
}

// cardGroup reports whether a separator may follow n digits, of which it
// would end the given group: 4-4-4-4-3, or 4-6-4 and 4-6-5.
func cardGroup(n, group int) bool {
	return n == 4*group || group == 2 && n == 10
}

// cardBounds reports whether the digits between i and end stand alone.
func cardBounds(src string, lo, i, end, hi int) bool {
	if i > lo {
		if c := src[i-1]; isBase64URL(c) || c == '.' || c == '+' || c == '%' {
			return false
		}
	}
	if end < hi {
		c := src[end]
		if isBase64URL(c) || c == '%' {
			return false
		}
		return c != '.' || end+1 == hi || !isDigit(src[end+1])
	}
	return true
}

func grouped(digits []byte, separator byte) []byte {
	out := make([]byte, 0, len(digits)+4)
	for i, c := range digits {
		if i > 0 && i%4 == 0 {
			out = append(out, separator)
		}
		out = append(out, c)
	}
	return out
}

// parameter replaces the value of a secret URL parameter whose "=" is at i
// and returns where to go on.
func (s *scanner) parameter(e *edit, lo, i, hi int, p place) int {
	src := e.src
	start := i
	for start > lo && i-start < maxName && isNameByte(src[start-1]) {
		start--
	}
	if start == i || start == lo || !startsParameter(src[start-1]) {
		return i + 1
	}
	end := i + 1
	for end < hi && !endsParameter(src[end]) {
		end++
	}
	for end > i+1 && isTrailing(src[end-1]) {
		end--
	}
	v := s.r.rules.judge(unescaped(src[start:i], true), "", inQuery)
	if end == i+1 || !v.covers(src[i+1:end]) {
		return i + 1
	}
	s.parameterSecret(e, i+1, end, p)
	return end
}

func isNameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == '%' || c == '[' || c == ']'
}

// startsParameter: "&amp;" ends with a semicolon.
func startsParameter(c byte) bool { return c == '?' || c == '&' || c == '#' || c == ';' }

func endsParameter(c byte) bool {
	return c <= ' ' || c == '&' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '\\' || c == 0x7f
}

// isTrailing: punctuation behind a URL is not part of it.
func isTrailing(c byte) bool {
	return c == '.' || c == ',' || c == ';' || c == ')' || c == ']' || c == '}'
}

// userinfo replaces the user information of the URL (RFC 3986 §3.2.1) whose
// scheme ends with the colon at i, and returns where to go on.
func (s *scanner) userinfo(e *edit, i, hi int, p place) int {
	if !strings.HasPrefix(e.src[i:hi], "://") {
		return i + 1
	}
	start := i + len("://")
	end := start
	for end < hi && e.src[end] != '@' && e.src[end] != '/' && e.src[end] != '?' && !endsParameter(e.src[end]) {
		end++
	}
	if end == hi || e.src[end] != '@' {
		return start
	}
	lo := start
	for _, part := range strings.SplitN(e.src[start:end], ":", 2) {
		if part != "" {
			token, _ := s.secret(s.scratch(), unescaped(part, false))
			s.report(p, classBasic)
			e.replace(lo, lo+len(part), token)
		}
		lo += len(part) + 1
	}
	return end
}

// replaceSecret puts what stands for v in place of e.src[lo:hi].
func (s *scanner) replaceSecret(e *edit, lo, hi int, v string, p place) {
	token, class := s.credential(s.scratch(), v)
	s.report(p, class)
	e.replace(lo, hi, token)
}

// scratch is a buffer for one token; it is not the one that computes it.
func (s *scanner) scratch() []byte { return s.token[:0] }

// value returns a text that stands by itself, searched: a JSON document, or
// plain text.
func (s *scanner) value(v string, p place) string {
	if s.nesting < maxNesting && looksJSON(v) {
		e := edit{src: v}
		s.nesting++
		s.json(&e, 0, len(v), place{in: p.in, name: p.name})
		s.nesting--
		return e.string()
	}
	if len(v) < minText && strings.IndexByte(v, '=') < 0 {
		return v
	}
	e := edit{src: v}
	s.plain(&e, 0, len(v), p)
	return e.string()
}

// looksJSON reports whether v begins like a JSON object or array.
func looksJSON(v string) bool {
	i := skipSpace(v, 0, len(v))
	if i == len(v) || v[i] != '{' && v[i] != '[' {
		return false
	}
	next := skipSpace(v, i+1, len(v))
	if next == len(v) {
		return true
	}
	c := v[next]
	if v[i] == '{' {
		return c == '"' || c == '}'
	}
	return c == '"' || c == '{' || c == '[' || c == ']' || c == '-' || isDigit(c) || c == 't' || c == 'f' || c == 'n'
}

func skipSpace(v string, i, hi int) int {
	for i < hi && (v[i] == ' ' || v[i] == '\n' || v[i] == '\r' || v[i] == '\t') {
		i++
	}
	return i
}
