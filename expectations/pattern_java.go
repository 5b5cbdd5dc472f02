package expectations

import (
	"regexp/syntax"
	"strconv"
	"strings"
)

// javaOnly returns a name for the first construct in a text that Java's
// regular expressions (which MockServer's are) have and RE2 lacks or reads
// otherwise, such as "a look-ahead (?=". It returns "" for a text without one,
// and for a text that is no regular expression for Java either.
//
// Some such constructs also occur in plain text: "c++" has a possessive
// quantifier, `C:\home` the class \h. They count only beside something that
// text hardly contains: a class escape (\d), ".*" or ".+", a quantified group
// or class, or an anchor.
func javaOnly(text string) string {
	s := scanJava(text)
	switch {
	case s.broken:
		return ""
	case s.clear != "":
		return s.clear
	case s.regex:
		return s.likely
	}
	return ""
}

// scanJava looks through a text.
func scanJava(text string) javaScan {
	s := javaScan{text: text}
	for s.pos < len(text) && !s.broken {
		s.next()
	}
	s.broken = s.broken || s.depth != 0
	return s
}

// A javaAtom is what a quantifier would apply to.
type javaAtom uint8

const (
	noAtom javaAtom = iota
	plainAtom
	dotAtom
	complexAtom // a group, a class or a class escape
)

type javaScan struct {
	text   string
	pos    int
	depth  int      // open groups
	groups int      // capturing groups opened so far
	atom   javaAtom // the last one
	broken bool     // not a regular expression
	regex  bool     // surely meant as one
	clear  string   // found, whatever the rest
	likely string   // found, if regex
}

func (s *javaScan) found(where *string, construct string) {
	if *where == "" {
		*where = construct
	}
}

// next reads one element.
func (s *javaScan) next() {
	c := s.text[s.pos]
	switch c {
	case '\\':
		s.escape()
	case '[':
		s.class()
	case '(':
		s.group()
	case ')':
		s.depth--
		s.broken = s.depth < 0
		s.pos++
		s.atom = complexAtom
	case '*', '+', '?', '{':
		s.quantifier()
	case '|':
		s.pos++
		s.atom = noAtom
	case '^', '$':
		s.regex = s.regex || s.pos == 0 || s.pos == len(s.text)-1
		s.pos++
		s.atom = noAtom
	case '.':
		s.pos++
		s.atom = dotAtom
	default:
		s.pos++
		s.atom = plainAtom
	}
}

// escape reads a backslash and what belongs to it.
func (s *javaScan) escape() {
	rest := s.text[s.pos+1:]
	if rest == "" {
		s.broken = true
		return
	}
	s.pos += 2
	s.atom = plainAtom
	switch c := rest[0]; {
	case c == 'Q':
		end := strings.Index(rest, `\E`)
		if end < 0 {
			s.pos = len(s.text)
			return
		}
		s.pos += end + 1
	case strings.IndexByte("dDsSwW", c) >= 0:
		s.atom, s.regex = complexAtom, true
	case c == 'b', c == 'B', c == 'A', c == 'z':
		s.atom, s.regex = noAtom, true
	case '1' <= c && c <= '9':
		s.atom = complexAtom
		if int(c-'0') <= s.groups {
			s.found(&s.clear, `a back-reference \`+rest[:1])
		}
	case c == 'k' && strings.HasPrefix(rest, "k<") && s.groups > 0:
		s.atom = complexAtom
		s.found(&s.clear, `a back-reference \k<`)
	case c == 'p', c == 'P':
		s.property(rest)
	case strings.IndexByte("hHRXZGVNecu", c) >= 0:
		s.atom = complexAtom
		s.found(&s.likely, `the escape \`+rest[:1])
	}
}

// property reads the rest of \p{Name}; s stands behind the "p".
func (s *javaScan) property(rest string) {
	s.atom, s.regex = complexAtom, true
	if !strings.HasPrefix(rest[1:], "{") {
		return
	}
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		s.broken = true
		return
	}
	s.pos += end
	// Go knows some of Java's names too, as aliases of other classes.
	_, java := javaClasses[rest[2:end]]
	if _, err := syntax.Parse(`\`+rest[:end+1], syntax.Perl); err != nil || java {
		s.found(&s.clear, `the class \`+rest[:end+1])
	}
}

// class reads a bracketed class.
func (s *javaScan) class() {
	s.pos++
	if strings.HasPrefix(s.text[s.pos:], "^") {
		s.pos++
	}
	for first := true; s.pos < len(s.text); first = false {
		rest := s.text[s.pos:]
		switch {
		case rest[0] == ']' && !first:
			s.pos++
			s.atom = complexAtom
			return
		case strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]"):
			s.pos += strings.Index(rest, ":]") + 2
		case rest[0] == '[':
			s.found(&s.clear, "a class within a class")
			s.class()
		case strings.HasPrefix(rest, "&&"):
			s.found(&s.clear, "a class intersection &&")
			s.pos += 2
		case rest[0] == '\\':
			s.escape()
			if s.broken {
				return
			}
		default:
			s.pos++
		}
	}
	s.broken = true
}

// group reads "(" and what follows a "?" behind it.
func (s *javaScan) group() {
	s.pos++
	s.depth++
	s.atom = noAtom
	rest := s.text[s.pos:]
	if !strings.HasPrefix(rest, "?") {
		s.groups++
		return
	}
	s.pos++
	switch {
	case strings.HasPrefix(rest, "?:"):
		s.regex = true
	case strings.HasPrefix(rest, "?="), strings.HasPrefix(rest, "?!"):
		s.found(&s.clear, "a look-ahead ("+rest[:2])
	case strings.HasPrefix(rest, "?<="), strings.HasPrefix(rest, "?<!"):
		s.found(&s.clear, "a look-behind ("+rest[:3])
	case strings.HasPrefix(rest, "?>"):
		s.found(&s.clear, "an atomic group (?>")
	case strings.HasPrefix(rest, "?<"), strings.HasPrefix(rest, "?P<"):
		s.groups++
		s.regex = true
	default:
		s.flags(rest[1:])
	}
}

// flags reads the "ix-s" of "(?ix-s:" or "(?ix-s)"; s stands before it.
func (s *javaScan) flags(rest string) {
	end := strings.IndexAny(rest, ":)")
	if end < 0 || strings.Trim(rest[:end], "idmsuxU-") != "" {
		s.broken = true
		return
	}
	s.pos += end
	if rest[end] == ':' {
		s.pos++
	}
	s.regex = true
	if i := strings.IndexAny(rest[:end], "dux"); i >= 0 {
		s.found(&s.clear, "the flag (?"+rest[i:i+1]+")")
	}
}

// quantifier reads "*", "+", "?" or "{n,m}" with the "?" or "+" behind it.
func (s *javaScan) quantifier() {
	atom := s.atom
	s.atom = noAtom
	c := s.text[s.pos]
	if c == '{' {
		length, tooMany := repetition(s.text[s.pos:])
		if length == 0 { // a brace
			s.pos++
			s.atom = plainAtom
			return
		}
		if tooMany {
			s.found(&s.clear, "a repetition of more than 1000")
		}
		s.pos += length
	} else {
		s.pos++
	}
	if atom == noAtom {
		s.broken = true
		return
	}
	if atom == complexAtom || atom == dotAtom && c != '?' {
		s.regex = true
	}
	switch rest := s.text[s.pos:]; {
	case strings.HasPrefix(rest, "?"):
		s.pos++
	case strings.HasPrefix(rest, "+"):
		s.pos++
		s.found(&s.likely, "a possessive quantifier "+string(c)+"+")
	}
}

// repetition returns the length of the {n}, {n,} or {n,m} that text begins
// with, 0 if it does not, and whether RE2 finds it too much.
func repetition(text string) (length int, tooMany bool) {
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return 0, false
	}
	from, to, ranged := strings.Cut(text[1:end], ",")
	least, err := strconv.ParseUint(from, 10, 31)
	if err != nil {
		return 0, false
	}
	most := least
	if ranged && to != "" {
		if most, err = strconv.ParseUint(to, 10, 31); err != nil || most < least {
			return 0, false
		}
	}
	return end + 1, most > 1000
}
