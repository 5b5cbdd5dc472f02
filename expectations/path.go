package expectations

import (
	"fmt"
	"strings"
)

// A pathMatcher is a compiled condition on the path. The path of a request
// fulfils it as sent or percent-decoded.
type pathMatcher struct {
	// segments is not nil for a template, which "/a/{id}" is only beside
	// path parameters (MockServer PathParametersDecoder).
	segments []pathSegment
	text     textPattern
	// slash says that the template ends with one.
	slash  bool
	params multi
}

// A pathSegment is one part of a template: a parameter, or a text.
type pathSegment struct {
	param string
	text  pattern
}

func compilePath(m *RequestMatcher, compile textCompiler) (p pathMatcher, err error) {
	if p.params, err = compileMulti("pathParameters", m.PathParameters, compile); err != nil {
		return p, err
	}
	if len(m.PathParameters.Entries) == 0 || !strings.Contains(m.Path.Value, "{") {
		p.text, err = compile("path", m.Path)
		return p, err
	}
	p.text = textPattern{pattern: pattern{value: m.Path.Value}, not: m.Path.Not}
	p.slash = strings.HasSuffix(m.Path.Value, "/")
	for part := range strings.SplitSeq(trimSlash(m.Path.Value), "/") {
		segment := pathSegment{param: paramName(part)}
		if segment.param == "" {
			text, err := compile("path", Text{Value: part})
			if err != nil {
				return p, err
			}
			segment.text = text.pattern
		}
		p.segments = append(p.segments, segment)
	}
	return p, nil
}

// paramName returns the name in a segment "{name}", or "". The marks of
// OpenAPI's styles ("{.name*}", "{;name}") are not part of it.
func paramName(segment string) string {
	if len(segment) < 3 || segment[0] != '{' || segment[len(segment)-1] != '}' {
		return ""
	}
	return strings.TrimSuffix(strings.TrimLeft(segment[1:len(segment)-1], ".;"), "*")
}

// trimSlash drops the leading slash and one at the end.
func trimSlash(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
}

// any reports whether every path matches.
func (p *pathMatcher) any() bool { return p.text.value == "" && !p.text.not }

// match leaves the path parameters aside.
func (p *pathMatcher) match(v *view) bool {
	if p.any() {
		return true
	}
	if p.segments != nil {
		return p.matchTemplate(v.req.Path) != p.text.not
	}
	ok := p.text.pattern.match(v.req.Path) ||
		len(v.decoded) != len(v.req.Path) && p.text.pattern.match(v.decoded)
	return ok != p.text.not
}

func (p *pathMatcher) matchTemplate(path string) bool {
	if path == "" || path[0] != '/' || p.slash && !strings.HasSuffix(path, "/") {
		return false
	}
	rest := trimSlash(path)
	for i := range p.segments {
		part, after, more := strings.Cut(rest, "/")
		if more == (i == len(p.segments)-1) || !p.segments[i].match(part) {
			return false
		}
		rest = after
	}
	return true
}

func (s *pathSegment) match(part string) bool {
	if s.param != "" {
		return part != ""
	}
	// An empty text matches anything elsewhere; here it is "//".
	if s.text.value == "" {
		return part == ""
	}
	return s.text.match(part) || strings.Contains(part, "%") && s.text.match(DecodedPath(part))
}

// matchParams checks the path parameters.
func (p *pathMatcher) matchParams(v *view) bool {
	return len(p.params.entries) == 0 || p.params.match(p.paramPairs(v.req.Path))
}

// paramPairs reads the parameters off a path, each as its style has it. Of one
// without, a value in OpenAPI's list notation ("1,2") is several, whatever the
// style of its beginning (MockServer PathParametersDecoder).
func (p *pathMatcher) paramPairs(path string) []Param {
	if !p.matchTemplate(path) {
		return nil
	}
	var pairs []Param
	rest := trimSlash(path)
	for i := range p.segments {
		part, after, _ := strings.Cut(rest, "/")
		rest = after
		name := p.segments[i].param
		if name == "" {
			continue
		}
		entry := &multiEntry{}
		if i := p.params.styledEntry(name); i >= 0 {
			entry = &p.params.entries[i]
		}
		for _, value := range entry.inSegment(name, part) {
			pairs = append(pairs, Param{Name: name, Value: value})
		}
	}
	return pairs
}

// String is the text as written, "!" in front where it is inverted.
func (p *pathMatcher) String() string {
	return notText(p.text.value, p.text.not)
}

func notText(value string, not bool) string {
	if not {
		return fmt.Sprintf("not %s", value)
	}
	return value
}
