package redact

import (
	"html"
	"strings"
)

const (
	cdataStart = "<![CDATA["
	cdataEnd   = "]]>"
)

// xml searches XML text in e.src[lo:hi]: the text of an element and the value
// of an attribute whose names are secret, and all other text for what is
// secret by its shape. Like json it does not insist on syntax.
func (s *scanner) xml(e *edit, lo, hi int) {
	name := ""
	for i := lo; i < hi; {
		if e.src[i] != '<' {
			end := strings.IndexByte(e.src[i:hi], '<')
			if end < 0 {
				end = hi - i
			}
			s.xmlText(e, i, i+end, name)
			i += end
			continue
		}
		if strings.HasPrefix(e.src[i:hi], cdataStart) {
			start := i + len(cdataStart)
			end := strings.Index(e.src[start:hi], cdataEnd)
			if end < 0 {
				end = hi - start
			}
			s.xmlCDATA(e, start, start+end, name)
			i = min(start+end+len(cdataEnd), hi)
			continue
		}
		name, i = s.tag(e, i, hi)
	}
}

// xmlText searches the text of the named element.
func (s *scanner) xmlText(e *edit, lo, hi int, name string) {
	raw := strings.TrimSpace(e.src[lo:hi])
	if raw == "" {
		return
	}
	start := lo + strings.Index(e.src[lo:hi], raw)
	s.named(e, span{start, start + len(raw)}, name, html.UnescapeString(raw))
}

// xmlCDATA searches a CDATA section of the named element.
func (s *scanner) xmlCDATA(e *edit, lo, hi int, name string) {
	if lo < hi {
		s.named(e, span{lo, hi}, name, e.src[lo:hi])
	}
}

// named replaces the value at a span if its name is secret, and searches it
// otherwise.
func (s *scanner) named(e *edit, at span, name, value string) {
	p := place{in: "body", name: name}
	v := open
	if name != "" {
		v = s.r.rules.judge(name, "", inJSON)
	}
	switch {
	case v == allowed:
	case v.covers(value):
		s.replaceSecret(e, at.lo, at.hi, value, p)
	default:
		s.plain(e, at.lo, at.hi, p)
	}
}

// tag reads the tag at i. It returns the name of the element whose text comes
// next, "" for none, and where to go on.
func (s *scanner) tag(e *edit, i, hi int) (name string, next int) {
	i++
	start := i
	for i < hi && isXMLName(e.src[i]) {
		i++
	}
	name = e.src[start:i]
	for i < hi && e.src[i] != '>' && e.src[i] != '<' {
		if c := e.src[i]; c == '"' || c == '\'' {
			i = s.attribute(e, start, i, hi)
			continue
		}
		i++
	}
	if i < hi && e.src[i] == '<' {
		return "", i
	}
	if i > start && i <= hi && e.src[i-1] == '/' {
		name = ""
	}
	return name, min(i+1, hi)
}

// attribute searches the attribute value whose quote is at i, in the tag that
// begins at lo, and returns where to go on.
func (s *scanner) attribute(e *edit, lo, i, hi int) int {
	end := strings.IndexByte(e.src[i+1:hi], e.src[i])
	if end < 0 {
		return hi
	}
	end += i + 1
	equal := strings.TrimRight(e.src[lo:i], " \t\r\n")
	if before, ok := strings.CutSuffix(equal, "="); ok && end > i+1 {
		before = strings.TrimRight(before, " \t\r\n")
		start := len(before)
		for start > 0 && isXMLName(before[start-1]) {
			start--
		}
		s.named(e, span{i + 1, end}, before[start:], html.UnescapeString(e.src[i+1:end]))
	}
	return end + 1
}

func isXMLName(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80
}
