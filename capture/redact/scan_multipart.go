package redact

import (
	"strings"

	"github.com/pactape/pactape/expectations/content"
)

// multipart searches a multipart body (RFC 2046 §5.1): a form field with a
// secret name is replaced whole (RFC 7578 §4.2), other parts by their type.
func (s *scanner) multipart(e *edit, boundary string) {
	if boundary == "" {
		s.plain(e, 0, len(e.src), place{in: "body"})
		return
	}
	delimiter := "--" + boundary
	lo := strings.Index(e.src, delimiter)
	for lo >= 0 {
		lo += len(delimiter)
		if strings.HasPrefix(e.src[lo:], "--") {
			return
		}
		_, lo = lineEnd(e.src, lo)
		hi, next := len(e.src), -1
		if n := strings.Index(e.src[lo:], "\n"+delimiter); n >= 0 {
			hi, next = lo+n, lo+n+1
			if hi > lo && e.src[hi-1] == '\r' {
				hi--
			}
		}
		s.part(e, lo, hi)
		lo = next
	}
}

// part searches one part: its header in front of an empty line, its content
// behind.
func (s *scanner) part(e *edit, lo, hi int) {
	var disposition, contentType string
	for lo < hi {
		end, next := lineEnd(e.src[:hi], lo)
		line := e.src[lo:end]
		lo = next
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		switch {
		case strings.EqualFold(name, "Content-Disposition"):
			disposition = value
		case strings.EqualFold(name, "Content-Type"):
			contentType = value
		}
	}
	if lo >= hi {
		return
	}
	name := content.Param(disposition, "name")
	file := content.Param(disposition, "filename") != ""
	switch v := s.r.rules.judge(name, "", inQuery); {
	case v == allowed:
	case !file && v.covers(e.src[lo:hi]):
		s.replaceSecret(e, lo, hi, e.src[lo:hi], place{in: "form", name: name})
	default:
		s.content(e, lo, hi, contentType, place{in: "form", name: name})
	}
}
