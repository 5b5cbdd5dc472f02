package pact

import "strings"

// zone takes a time zone field.
func (s *dateScanner) zone(letter byte, count int) bool {
	switch letter {
	case 'X':
		if s.literal("Z") {
			return true
		}
		return s.offset(count)
	case 'x':
		return s.offset(count)
	case 'Z':
		switch {
		case count <= 3:
			return s.sign() && s.is(2, 0, 11) && s.is(2, 0, 59)
		case count == 4:
			return s.fold("GMT", "UTC") > 0 && (!s.atSign() || s.colonOffset())
		}
		return s.colonOffset()
	case 'O':
		return s.fold("GMT", "UTC") > 0 && s.gmtOffset(count)
	case 'z':
		return count < 4 && s.abbreviation()
	}
	return s.region()
}

func (s *dateScanner) atSign() bool {
	return s.rest != "" && strings.IndexByte("+-", s.rest[0]) >= 0
}

func (s *dateScanner) sign() bool {
	if !s.atSign() {
		return false
	}
	s.rest = strings.TrimLeft(s.rest, "+-")
	return true
}

// colonOffset takes ±hh:mm.
func (s *dateScanner) colonOffset() bool {
	return s.sign() && s.is(2, 0, 11) && s.literal(":") && s.is(2, 0, 59)
}

func (s *dateScanner) gmtOffset(count int) bool {
	if count >= 4 {
		return s.colonOffset()
	}
	if !s.sign() || !s.is(2, 0, 11) {
		return false
	}
	return !strings.HasPrefix(s.rest, ":") || s.literal(":") && s.is(2, 0, 59)
}

// offset takes an offset of the width that as many letters x stand for.
func (s *dateScanner) offset(count int) bool {
	if !s.sign() || !s.is(2, 0, 11) {
		return false
	}
	colon := count == 3 || count == 5
	if count == 1 {
		s.optional(false)
		return true
	}
	if colon && !s.literal(":") || !s.is(2, 0, 59) {
		return false
	}
	if count >= 4 {
		s.optional(colon)
	}
	return true
}

// optional takes two more digits if they are there.
func (s *dateScanner) optional(colon bool) {
	before := s.rest
	if colon && !s.literal(":") || !s.is(2, 0, 60) {
		s.rest = before
	}
}

// abbreviation takes the abbreviation of a zone, three or four capitals.
func (s *dateScanner) abbreviation() bool {
	n := 0
	for n < len(s.rest) && n < 4 && 'A' <= s.rest[n] && s.rest[n] <= 'Z' {
		n++
	}
	s.rest = s.rest[n:]
	return n >= 3
}

// region takes what has the form of a zone's name, such as Europe/Paris. It is
// not looked up: which zones there are depends on the machine.
func (s *dateScanner) region() bool {
	n := 0
	for n < len(s.rest) && (isAlnum(s.rest[n]) || s.rest[n] == '/' || s.rest[n] == '_') {
		n++
	}
	area, place, ok := strings.Cut(s.rest[:n], "/")
	s.rest = s.rest[n:]
	return ok && area != "" && place != ""
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
