package redact

import (
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

func (s *scanner) request(req *expectations.Request) *expectations.Request {
	path := s.requestPath(req.Path)
	query := s.query(req.RawQuery)
	header := s.headers(req.Header)
	trailer := s.headers(req.Trailer)
	body, changed := s.body(req.Body, req.Header)
	if !changed && path == req.Path && query == req.RawQuery && same(header, req.Header) && same(trailer, req.Trailer) {
		return req
	}
	out := *req
	out.Path, out.RawQuery, out.Header, out.Trailer, out.Body = path, query, header, trailer, body
	return &out
}

func (s *scanner) response(resp *expectations.Response) *expectations.Response {
	header := s.headers(resp.Header)
	trailer := s.headers(resp.Trailer)
	body, changed := s.body(resp.Body, resp.Header)
	if !changed && same(header, resp.Header) && same(trailer, resp.Trailer) {
		return resp
	}
	out := *resp
	out.Header, out.Trailer, out.Body = header, trailer, body
	return &out
}

// same reports whether headers returned what it was given: a copy always
// differs in a value.
func same(a, b http.Header) bool {
	for name, values := range a {
		other := b[name]
		if len(values) > 0 && len(other) > 0 && &values[0] != &other[0] {
			return false
		}
	}
	return true
}

func (s *scanner) requestPath(path string) string {
	e := edit{src: path}
	secretNext := false
	for lo := 0; lo < len(path); {
		hi := strings.IndexByte(path[lo:], '/')
		if hi < 0 {
			hi = len(path)
		} else {
			hi += lo
		}
		segment := path[lo:hi]
		switch p := (place{in: "path"}); {
		case secretNext && isOpaque(segment):
			s.replaceSecret(&e, lo, hi, unescaped(segment, false), p)
		case len(segment) >= minText || strings.IndexByte(segment, '=') >= 0:
			s.plain(&e, lo, hi, p)
		}
		switch segment {
		case "session", "sessions", "token", "tokens":
			secretNext = !s.r.rules.allows(segment)
		default:
			secretNext = false
		}
		lo = hi + 1
	}
	return e.string()
}

// isOpaque reports whether a path segment looks like a secret and not like a
// word or a number; a token does.
func isOpaque(segment string) bool {
	letters, digits := false, false
	for i := range len(segment) {
		c := segment[i]
		letters, digits = letters || isLetter(c), digits || isDigit(c)
	}
	return len(segment) >= 8 && letters && digits || shapeOf(segment).token()
}

func (s *scanner) query(query string) string {
	if query == "" {
		return query
	}
	e := edit{src: query}
	s.pairs(&e, 0, len(query), "query")
	return e.string()
}

// body returns b redacted, and whether it changed.
func (s *scanner) body(b expectations.Body, h http.Header) (expectations.Body, bool) {
	if len(b.Bytes) == 0 {
		return b, false
	}
	if b.Encoded && b.Coding != "" && content.Supported(b.Coding) {
		// Anyone could undo the coding of what is left of it, where it has
		// not been here.
		s.report(place{in: "body"}, classString)
		b.Bytes, b.Truncated = nil, true
		return b, true
	}
	e := edit{src: text(b.Bytes)}
	s.whole(&e, h.Get("Content-Type"))
	if !e.changed() {
		return b, false
	}
	b.Bytes = e.bytes()
	return b, true
}

// whole searches a body by its content type.
func (s *scanner) whole(e *edit, contentType string) {
	n := len(e.src)
	switch {
	case content.IsForm(contentType):
		s.pairs(e, 0, n, "form")
	case content.IsMultipart(contentType):
		s.multipart(e, content.Param(contentType, "boundary"))
	case content.IsEventStream(contentType):
		s.events(e)
	case content.IsJSON(contentType):
		s.json(e, 0, n, place{in: "json", json: true})
	case content.IsJSONLines(contentType):
		s.json(e, 0, n, place{in: "body", json: true})
	case isBinary(e.src):
	case looksJSON(e.src):
		s.json(e, 0, n, place{in: "json", json: true})
	case content.IsXML(contentType):
		s.xml(e, 0, n)
	case isBareForm(e.src):
		s.pairs(e, 0, n, "form")
	default:
		s.plain(e, 0, n, place{in: "body"})
	}
}

// content searches a part of a body by its content type.
func (s *scanner) content(e *edit, lo, hi int, contentType string, p place) {
	switch v := e.src[lo:hi]; {
	case isBinary(v):
	case content.IsXML(contentType):
		s.xml(e, lo, hi)
	case content.IsForm(contentType):
		s.pairs(e, lo, hi, p.in)
	case content.IsJSON(contentType) || looksJSON(v):
		s.json(e, lo, hi, p)
	default:
		s.plain(e, lo, hi, p)
	}
}

// isBinary reports whether v is no text, by its beginning: replacing a part
// of it would break what it is.
func isBinary(v string) bool {
	for i := range min(len(v), 1024) {
		if c := v[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
			return true
		}
	}
	return false
}

// isBareForm reports whether a body of no known type is written as a form.
func isBareForm(v string) bool {
	equal := strings.IndexByte(v, '=')
	if equal <= 0 {
		return false
	}
	for i := range equal {
		if !isNameByte(v[i]) {
			return false
		}
	}
	return !strings.ContainsAny(v, " \t\r\n\"<>{}")
}
