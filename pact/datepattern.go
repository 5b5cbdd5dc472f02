package pact

import (
	"errors"
	"fmt"
	"strings"
)

// A datePattern is a compiled pattern of Java's DateTimeFormatter, read and
// matched as the reference does (pact_models, time_utils): digits are lenient
// ("2024-2-9" fits yyyy-MM-dd), and each field is checked by itself, save that
// a complete date must exist.
type datePattern struct{ fields []dateField }

// A dateField is a run of one pattern letter, or literal text.
type dateField struct {
	// letter is 0 for text.
	letter byte
	count  int
	text   string
}

// maxLetters is how often a letter may be repeated; letters that are not here
// may be repeated at will.
func maxLetters(letter byte) int {
	switch letter {
	case 'G', 'E', 'e', 'M', 'L', 'Q', 'x', 'X', 'Z':
		return 5
	case 'O', 'z':
		return 4
	case 'w', 'W', 'F', 'd', 'h', 'H', 'k', 'K', 'm', 's', 'V', 'q':
		return 2
	case 'a', 'c':
		return 1
	}
	return 1 << 10
}

const patternLetters = "GyYuMLDdQqwWFEecahHkKmsSnANxXZOzV"

func parseDatePattern(pattern string) (datePattern, error) {
	var p datePattern
	if pattern == "" {
		return p, errors.New("empty")
	}
	for rest := pattern; rest != ""; {
		var f dateField
		c := rest[0]
		switch {
		case c == '\'':
			text, n, ok := quotedText(rest)
			if !ok {
				return p, errors.New("unterminated quote")
			}
			f, rest = dateField{text: text}, rest[n:]
		case strings.IndexByte(patternLetters, c) >= 0:
			n := len(rest) - len(strings.TrimLeft(rest, string(c)))
			if n > maxLetters(c) {
				return p, fmt.Errorf("letter %q repeated %d times", c, n)
			}
			f, rest = dateField{letter: c, count: n}, rest[n:]
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("{}[]", c) >= 0:
			return p, fmt.Errorf("character %q is not supported", c)
		default:
			n := strings.IndexAny(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'{}[]")
			if n < 0 {
				n = len(rest)
			}
			f, rest = dateField{text: rest[:n]}, rest[n:]
		}
		p.fields = append(p.fields, f)
	}
	return p, nil
}

// quotedText reads 'text', in which a doubled quote is a quote; two quotes
// alone are one too. n is its length.
func quotedText(s string) (text string, n int, ok bool) {
	if strings.HasPrefix(s, "''") {
		return "'", 2, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

// match reports whether the whole text fits the pattern.
func (p datePattern) match(text string) bool {
	s := dateScanner{rest: text, year: commonYear}
	for _, f := range p.fields {
		if f.letter == 0 {
			if !s.literal(f.text) {
				return false
			}
			continue
		}
		if !s.field(f.letter, f.count) {
			return false
		}
	}
	return s.rest == "" && s.exists()
}

// A dateScanner takes fields off the front of a text. It keeps the calendar
// fields to see whether the date exists.
type dateScanner struct {
	rest             string
	year, month, day int
	hasMonth, hasDay bool
}

// exists reports whether the date read is in the calendar: 2023-02-29 is not.
// Without a year it is one of a common year.
func (s *dateScanner) exists() bool {
	if !s.hasMonth || !s.hasDay {
		return true
	}
	return s.day <= daysIn(s.year, s.month)
}

// commonYear stands for the year where a pattern has none.
const commonYear = 1970

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func (s *dateScanner) literal(text string) bool {
	rest, ok := strings.CutPrefix(s.rest, text)
	s.rest = rest
	return ok
}

// fold takes the first of the words that the text starts with, ignoring case,
// and returns its number from 1; 0 if none.
func (s *dateScanner) fold(words ...string) int {
	for i, w := range words {
		if len(s.rest) >= len(w) && strings.EqualFold(s.rest[:len(w)], w) {
			s.rest = s.rest[len(w):]
			return i + 1
		}
	}
	return 0
}

// number takes up to width digits, at least one, of a number between low and
// high.
func (s *dateScanner) number(width, low, high int) (n int, ok bool) {
	i := 0
	for i < len(s.rest) && i < width && '0' <= s.rest[i] && s.rest[i] <= '9' {
		if n < 1<<30 {
			n = n*10 + int(s.rest[i]-'0')
		}
		i++
	}
	s.rest = s.rest[i:]
	return n, i > 0 && low <= n && n <= high
}

func (s *dateScanner) is(width, low, high int) bool {
	_, ok := s.number(width, low, high)
	return ok
}

const unbounded = int(^uint(0) >> 1)

// field takes one field of a pattern.
func (s *dateScanner) field(letter byte, count int) (ok bool) {
	switch letter {
	case 'y', 'Y', 'u':
		s.year, ok = s.number(count, 0, unbounded)
	case 'M', 'L':
		ok = s.monthField(letter, count)
	case 'd':
		s.day, ok = s.number(2, 1, 31)
		s.hasDay = true
	case 'D':
		ok = s.is(3, 1, 366)
	case 'h':
		ok = s.is(2, 1, 12)
	case 'H':
		ok = s.is(2, 0, 23)
	case 'k':
		ok = s.is(2, 1, 24)
	case 'K':
		ok = s.is(2, 0, 11)
	case 'm':
		ok = s.is(2, 0, 59)
	case 's':
		ok = s.is(2, 0, 60)
	case 'S':
		ok = s.is(count, 0, unbounded)
	case 'n', 'A', 'N':
		ok = s.is(len(s.rest), 0, unbounded)
	case 'x', 'X', 'Z', 'O', 'z', 'V':
		ok = s.zone(letter, count)
	default:
		ok = s.textual(letter, count)
	}
	return ok
}

func (s *dateScanner) monthField(letter byte, count int) (ok bool) {
	s.hasMonth = true
	switch {
	case letter == 'L' || count <= 2:
		s.month, ok = s.number(2, 1, 12)
		return ok
	case count == 3:
		s.month = s.fold("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
	default:
		s.month = s.fold("january", "february", "march", "april", "may", "june", "july",
			"august", "september", "october", "november", "december")
	}
	return s.month > 0
}

// textual takes fields that are words, weeks, days of the week and quarters.
func (s *dateScanner) textual(letter byte, count int) bool {
	switch letter {
	case 'G':
		return s.fold("ad", "bc") > 0
	case 'a':
		return s.fold("am", "pm") > 0
	case 'w':
		return s.is(2, 1, 56)
	case 'W':
		return s.is(2, 1, 5)
	case 'F':
		return s.is(2, 0, 4)
	case 'e', 'c':
		if count <= 2 {
			return s.is(1, 1, 7)
		}
		return s.weekday(count)
	case 'E':
		return s.weekday(count)
	case 'q':
		return s.is(2, 1, 4)
	case 'Q':
		switch {
		case count < 3:
			return s.is(2, 1, 4)
		case count == 3:
			return s.fold("Q1", "Q2", "Q3", "Q4") > 0
		}
		return s.fold("1st", "2nd", "3rd", "4th") > 0 && s.fold(" quarter") > 0
	}
	return false
}

func (s *dateScanner) weekday(count int) bool {
	if count <= 3 {
		return s.fold("mon", "tue", "wed", "thu", "fri", "sat", "sun") > 0
	}
	return s.fold("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday") > 0
}
