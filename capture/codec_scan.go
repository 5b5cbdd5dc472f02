package capture

import (
	"fmt"
	"iter"
	"strconv"
)

// maxDepth bounds the nesting of a line's values.
const maxDepth = 1000

// A scanner reads one JSON text (RFC 8259) from front to back without
// building a tree. The first error sticks: later calls return zero values.
type scanner struct {
	data  []byte
	pos   int
	depth int
	limit int // on depth
	err   error
}

// fail notes what is wrong at the present position.
func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("byte %d: %s", s.pos, what)
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// take consumes the next byte if it is c.
func (s *scanner) take(c byte) bool {
	if s.err != nil || s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// end reports an error unless only white space is left.
func (s *scanner) end() {
	if s.err == nil && (s.peek() != 0 || s.pos < len(s.data)) {
		s.fail("text after the end of the value")
	}
}

// enter begins a container.
func (s *scanner) enter(open byte) bool {
	if s.err != nil {
		return false
	}
	if !s.take(open) {
		s.fail("expected '" + string(rune(open)) + "'")
		return false
	}
	if s.depth++; s.depth > s.limit {
		s.fail("nested too deeply")
		return false
	}
	return true
}

// object yields the names of an object's members; the loop's body must read
// the value. A name is valid until the next call on s.
func (s *scanner) object() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !s.enter('{') {
			return
		}
		for more := !s.take('}'); more && s.err == nil; {
			name := s.stringBytes()
			if !s.take(':') {
				s.fail("expected ':'")
				return
			}
			if !yield(name) {
				return
			}
			if more = s.take(','); !more && !s.take('}') {
				s.fail("expected ',' or '}'")
			}
		}
		s.depth--
	}
}

// array yields once for each element, which the loop's body must read.
func (s *scanner) array() iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		if !s.enter('[') {
			return
		}
		for more := !s.take(']'); more && s.err == nil; {
			if !yield(struct{}{}) {
				return
			}
			if more = s.take(','); !more && !s.take(']') {
				s.fail("expected ',' or ']'")
			}
		}
		s.depth--
	}
}

// raw skips a value and returns its bytes as written.
func (s *scanner) raw() []byte {
	s.peek()
	start := s.pos
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.pos]
}

// skip reads over a value, checking its syntax.
func (s *scanner) skip() {
	if s.err != nil {
		return
	}
	switch c := s.peek(); c {
	case '{':
		s.skipObject()
	case '[':
		for range s.array() {
			s.skip()
		}
	case '"':
		s.rawString()
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
	}
}

// skipObject reads over an object without unescaping its names.
func (s *scanner) skipObject() {
	if !s.enter('{') {
		return
	}
	for more := !s.take('}'); more && s.err == nil; {
		s.rawString()
		if !s.take(':') {
			s.fail("expected ':'")
			return
		}
		s.skip()
		if more = s.take(','); !more && !s.take('}') {
			s.fail("expected ',' or '}'")
		}
	}
	s.depth--
}

// word reads a literal name.
func (s *scanner) word(w string) bool {
	if len(s.data)-s.pos < len(w) || string(s.data[s.pos:s.pos+len(w)]) != w {
		s.fail("expected a value")
		return false
	}
	s.pos += len(w)
	return true
}

// null consumes a null if one is next.
func (s *scanner) null() bool {
	return s.err == nil && s.peek() == 'n' && s.word("null")
}

// bool reads a boolean.
func (s *scanner) bool() bool {
	if s.err != nil {
		return false
	}
	if s.peek() == 't' {
		return s.word("true")
	}
	s.word("false")
	return false
}

// number reads a number and returns it as written (RFC 8259 §6).
func (s *scanner) number() []byte {
	if s.err != nil {
		return nil
	}
	s.peek()
	start := s.pos
	s.one('-')
	if !s.one('0') && s.digits() == 0 {
		s.fail("expected a value")
		return nil
	}
	if s.one('.') && s.digits() == 0 {
		s.fail("expected a digit")
		return nil
	}
	if s.one('e') || s.one('E') {
		if !s.one('+') {
			s.one('-')
		}
		if s.digits() == 0 {
			s.fail("expected a digit")
			return nil
		}
	}
	return s.data[start:s.pos]
}

// one consumes the byte c if it is next, without skipping white space.
func (s *scanner) one(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// digits consumes decimal digits and returns how many.
func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos - start
}

// int reads an integer.
func (s *scanner) int() int64 {
	text := s.number()
	if s.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		s.fail("not an integer in range")
	}
	return n
}
