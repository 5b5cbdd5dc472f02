package redact

import (
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
)

// rules are what the user adds. Names are kept as [words.joined].
type rules struct {
	headers map[string]struct{} // canonical names
	query   map[string]struct{}
	fields  map[string]struct{}
	allow   map[string]struct{}
	paths   []jsonPath
	exempt  []jsonPath
}

func compileRules(o Options) (rules, error) {
	r := rules{
		headers: make(map[string]struct{}, len(o.Headers)),
		query:   names(o.Query),
		fields:  names(o.Fields),
		allow:   make(map[string]struct{}),
	}
	for _, name := range o.Headers {
		r.headers[textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))] = struct{}{}
	}
	for _, path := range o.JSONPaths {
		p, err := parseJSONPath(path)
		if err != nil {
			return rules{}, err
		}
		r.paths = append(r.paths, p)
	}
	for _, entry := range o.Allow {
		if !strings.HasPrefix(entry, "$") {
			r.allow[joinedName(entry)] = struct{}{}
			continue
		}
		p, err := parseJSONPath(entry)
		if err != nil {
			return rules{}, err
		}
		r.exempt = append(r.exempt, p)
	}
	return r, nil
}

func names(list []string) map[string]struct{} {
	m := make(map[string]struct{}, len(list))
	for _, name := range list {
		m[joinedName(name)] = struct{}{}
	}
	return m
}

func joinedName(name string) string {
	var w words
	w.split(name)
	return string(w.joined())
}

// judge says whether the value of a name is secret. parent is the name of the
// object that holds a JSON member, "" for none.
func (r *rules) judge(name, parent string, place namePlace) verdict {
	var w words
	w.split(name)
	if w.n == 0 {
		return open
	}
	switch joined := w.joined(); {
	case has(r.allow, joined):
		return allowed
	case place != inHeader && has(r.fields, joined):
		return secretDeep
	case place == inQuery && has(r.query, joined):
		return secret
	}
	v := w.classify(place)
	if v == open && parent != "" && nested(name) {
		var both words
		both.split(parent)
		both.split(name)
		v = both.classify(place)
	}
	return v
}

func has(set map[string]struct{}, name []byte) bool {
	if len(set) == 0 {
		return false
	}
	_, ok := set[string(name)]
	return ok
}

// header says whether the value of a header is secret.
func (r *rules) header(name string) verdict {
	if _, ok := r.headers[name]; ok {
		return secret
	}
	return r.judge(name, "", inHeader)
}

func (r *rules) allows(name string) bool {
	if len(r.allow) == 0 {
		return false
	}
	var w words
	w.split(name)
	_, ok := r.allow[string(w.joined())]
	return ok
}

// A jsonPath is a compiled path; see Options.JSONPaths.
type jsonPath []pathStep

// A pathStep is one step: a member, an array item, or any of either.
type pathStep struct {
	name  string
	index int
	kind  stepKind
}

type stepKind uint8

const (
	stepMember stepKind = iota
	stepIndex
	stepAnyMember
	stepAnyIndex
)

// parseJSONPath reads the part of RFC 9535 that names places, not searches.
func parseJSONPath(path string) (jsonPath, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok || rest == "" {
		return nil, fmt.Errorf("JSON path %q: want $ and at least one step", path)
	}
	var steps jsonPath
	for rest != "" {
		step, after, err := parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("JSON path %q: %w", path, err)
		}
		steps, rest = append(steps, step), after
	}
	return steps, nil
}

func parseStep(rest string) (step pathStep, after string, err error) {
	if name, ok := strings.CutPrefix(rest, "."); ok {
		end := strings.IndexAny(name, ".[")
		if end < 0 {
			end = len(name)
		}
		switch name[:end] {
		case "":
			return step, "", fmt.Errorf("no name at %q", rest)
		case "*":
			return pathStep{kind: stepAnyMember}, name[end:], nil
		}
		return pathStep{name: name[:end]}, name[end:], nil
	}
	inner, ok := strings.CutPrefix(rest, "[")
	if !ok {
		return step, "", fmt.Errorf("want . or [ at %q", rest)
	}
	if inner != "" && (inner[0] == '\'' || inner[0] == '"') {
		name, after, ok := strings.Cut(inner[1:], inner[:1]+"]")
		if !ok {
			return step, "", fmt.Errorf("unclosed name at %q", rest)
		}
		return pathStep{name: name}, after, nil
	}
	text, after, ok := strings.Cut(inner, "]")
	if !ok {
		return step, "", fmt.Errorf("unclosed bracket at %q", rest)
	}
	if text == "*" {
		return pathStep{kind: stepAnyIndex}, after, nil
	}
	index, err := strconv.Atoi(text)
	if err != nil || index < 0 {
		return step, "", fmt.Errorf("bad index at %q", rest)
	}
	return pathStep{kind: stepIndex, index: index}, after, nil
}

// matches reports whether the path names the value the frames lead to, or one
// that it is in.
func (p jsonPath) matches(frames []frame) bool {
	if len(p) > len(frames) {
		return false
	}
	for i := range p {
		f := &frames[i]
		switch p[i].kind {
		case stepMember:
			if !f.object || memberName(f.name) != p[i].name {
				return false
			}
		case stepAnyMember:
			if !f.object {
				return false
			}
		case stepIndex:
			if f.object || f.index != p[i].index {
				return false
			}
		case stepAnyIndex:
			if f.object {
				return false
			}
		}
	}
	return true
}

// SecretHeader reports whether the value of a header is secret by the rules
// that always apply. The name is canonical.
func SecretHeader(name string) bool {
	switch name {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie":
		return true
	}
	return (&rules{}).judge(name, "", inHeader) != open
}
