package redact

import "strings"

// maxDepth bounds the frames kept; deeper values are searched all the same,
// as if they stood in the innermost frame.
const maxDepth = 10_000

// A frame is one container on the way to a JSON value.
type frame struct {
	object bool
	// verdict is on the value that comes next in this container.
	verdict verdict
	// name is the present member's name as written, without quotes; for an
	// array the name of the member that holds it, as the parent of what is
	// inside.
	name string
	// index is the present item of an array.
	index int
}

// json searches JSON text in e.src[lo:hi]: one document, or several, one
// after the other. It does not insist on syntax, so that a body cut short or
// malformed is searched as well.
func (s *scanner) json(e *edit, lo, hi int, p place) {
	root, deeper := s.root, 0
	s.root = len(s.frames)
	src := e.src
	for i := lo; i < hi; {
		switch c := src[i]; c {
		case '"':
			i = s.jsonString(e, i, hi, p)
		case '{', '[':
			if len(s.frames)-s.root < maxDepth {
				s.push(c == '{')
			} else {
				deeper++
			}
			i++
		case '}', ']':
			if deeper > 0 {
				deeper--
			} else {
				s.pop(c == '}')
			}
			i++
		case ',':
			s.next()
			i++
		case ' ', '\n', '\r', '\t', ':':
			i++
		default:
			i = s.jsonBare(e, i, hi, p)
		}
	}
	s.frames = s.frames[:s.root]
	s.root = root
}

// top is the frame of the value being read; nil at the top of a document.
func (s *scanner) top() *frame {
	if len(s.frames) == s.root {
		return nil
	}
	return &s.frames[len(s.frames)-1]
}

// verdict is on the value being read.
func (s *scanner) verdict() verdict {
	if f := s.top(); f != nil {
		return f.verdict
	}
	return open
}

func (s *scanner) push(object bool) {
	f := frame{object: object}
	if t := s.top(); t != nil {
		if object {
			f.verdict = t.verdict.inherited()
		} else { // what holds for an array holds for its items
			f.verdict, f.name = t.verdict, t.name
		}
	}
	s.frames = append(s.frames, f)
}

func (s *scanner) pop(object bool) {
	if t := s.top(); t != nil && t.object == object {
		s.frames = s.frames[:len(s.frames)-1]
	}
}

// next goes on to the next member or item.
func (s *scanner) next() {
	switch t := s.top(); {
	case t == nil:
	case t.object:
		t.name, t.verdict = "", s.container().verdict.inherited()
	default:
		t.index++
	}
}

// container is the frame around the present one.
func (s *scanner) container() frame {
	if n := len(s.frames) - 2; n >= s.root {
		return s.frames[n]
	}
	return frame{}
}

// member notes the name of the member that comes next.
func (s *scanner) member(t *frame, raw string, escaped bool) {
	t.name = raw
	name := raw
	if escaped {
		name = memberName(raw)
	}
	around := s.container()
	t.verdict = max(s.judgeMember(name, around.name), around.verdict.inherited())
}

// A judgement is what is known of a member's name.
type judgement struct {
	name    string
	verdict verdict
	// nested: the name has to be judged with that of the object around it.
	nested bool
}

// judgements remember names, of which documents repeat a few: one for each
// value of a cheap hash.
type judgements [256]judgement

func (j *judgements) of(name string) *judgement {
	n := len(name)
	h := uint32(n)
	if n > 0 {
		h = h*31 + uint32(name[0])
		h = h*31 + uint32(name[n/2])
		h = h*31 + uint32(name[n-1])
	}
	return &j[(h^h>>8)&255]
}

// judgeMember is rules.judge for a JSON member.
func (s *scanner) judgeMember(name, parent string) verdict {
	if len(name) > maxName { // not worth remembering
		return s.r.rules.judge(name, "", inJSON)
	}
	j := s.names.of(name)
	if j.name != name {
		v := s.r.rules.judge(name, "", inJSON)
		*j = judgement{name: strings.Clone(name), verdict: v, nested: v == open && nested(name)}
	}
	if j.nested && parent != "" {
		return s.r.rules.judge(name, parent, inJSON)
	}
	return j.verdict
}

// judgePath applies the user's paths to the value being read.
func (s *scanner) judgePath(v verdict) verdict {
	if s.nesting > 0 || len(s.r.rules.exempt)+len(s.r.rules.paths) == 0 {
		return v
	}
	for _, p := range s.r.rules.exempt {
		if p.matches(s.frames) {
			return allowed
		}
	}
	for _, p := range s.r.rules.paths {
		if p.matches(s.frames) {
			return secret
		}
	}
	return v
}

// jsonString reads the string whose quote is at i and returns where to go on.
func (s *scanner) jsonString(e *edit, i, hi int, p place) int {
	lo := i + 1
	end, has := closingQuote(e.src, lo, hi)
	after := min(end+1, hi)
	raw := e.src[lo:end]
	if colon := skipSpace(e.src, after, hi); colon < hi && e.src[colon] == ':' {
		t := s.top()
		if t == nil || !t.object { // the text begins within an object, or is malformed
			s.push(true)
			t = s.top()
		}
		s.member(t, raw, has&hasEscape != 0)
		s.jsonText(e, lo, end, has, p)
		return colon + 1
	}
	v := s.judgePath(s.verdict())
	switch {
	case raw == "" || v == allowed:
	case v == open || !v.covers(raw):
		s.jsonText(e, lo, end, has, p)
	default:
		if has&hasEscape != 0 {
			raw = string(appendUnescaped(nil, raw))
		}
		s.replaceSecret(e, lo, end, raw, p)
	}
	return after
}

// jsonText searches the inside of a string that is not secret as a whole.
func (s *scanner) jsonText(e *edit, lo, end int, has stringHas, p place) {
	if end-lo < minText && has&hasEqual == 0 {
		return
	}
	if has&hasEscape == 0 {
		s.plain(e, lo, end, p)
		return
	}
	before := string(appendUnescaped(nil, e.src[lo:end]))
	after := s.value(before, p)
	if after != before {
		e.replace(lo, end, appendEscaped(nil, after))
	}
}

// jsonBare reads what is neither a string nor punctuation and returns where
// to go on.
func (s *scanner) jsonBare(e *edit, i, hi int, p place) int {
	end := i + 1
	for end < hi && !isJSONBound(e.src[end]) {
		end++
	}
	raw := e.src[i:end]
	if c := raw[0]; c != '-' && !isDigit(c) || !isNumber(raw) {
		if len(raw) >= minText {
			s.plain(e, i, end, p)
		}
		return end
	}
	card := len(raw) >= minText && isDigits(raw) && isCard(raw)
	switch v := s.judgePath(s.verdict()); {
	case v == allowed, !card && (v < secret || len(raw) < 2):
	default:
		class := classNumber
		if card {
			class = classCard
		}
		token := s.number(s.scratch(), raw)
		s.report(p, class)
		e.replace(i, end, token)
	}
	return end
}

func isJSONBound(c byte) bool {
	switch c {
	case ' ', '\n', '\r', '\t', ',', ':', '"', '{', '}', '[', ']':
		return true
	}
	return false
}

// isNumber reports whether v is a number (RFC 8259 §6), leading zeros aside.
func isNumber(v string) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(v) && isDigit(v[i]) {
			i++
		}
		return i > start
	}
	if v[0] == '-' {
		i++
	}
	if !digits() {
		return false
	}
	if i < len(v) && v[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(v) && v[i]|0x20 == 'e' {
		if i++; i < len(v) && (v[i] == '+' || v[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(v)
}
