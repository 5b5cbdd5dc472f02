package expectations

import (
	"regexp"

	"github.com/dlclark/regexp2/v2"

	"github.com/pactape/pactape/expectations/mustache"
)

// pathGroups are what the groups of a regular expression found in a path.
type pathGroups struct {
	// all are the whole path and the groups; nil is a group that found nothing.
	all   mustache.List
	named names
}

// A groupPattern is the path of a matcher, compiled to find its groups.
type groupPattern struct {
	text string
	re   *regexp.Regexp  // nil if RE2 cannot run it
	back *regexp2.Regexp // then this is not, unless there are no groups
}

// newGroupPattern compiles the path of a matcher, which has compiled before.
func newGroupPattern(text string) *groupPattern {
	g := &groupPattern{text: text}
	if len(text) > maxRegex {
		return g
	}
	if javaOnly(text) == "" {
		if re, err := regexp.Compile(`(?is)\A(?:` + text + `)\z`); err == nil && re.NumSubexp() > 0 {
			g.re = re
		}
		return g
	}
	if back, err := compileBacktracking(text, textOptions); err == nil && len(back.re.GetGroupNumbers()) > 1 {
		g.back = back.re
	}
	return g
}

// find returns the groups of a path that the pattern matches, and ok.
func (g *groupPattern) find(path string) (found pathGroups, ok bool) {
	found = pathGroups{all: mustache.List{}, named: names{}}
	switch {
	case g.re != nil:
		at := g.re.FindStringSubmatchIndex(path)
		for i, name := range g.re.SubexpNames() {
			if at != nil {
				found.add(name, at[2*i] >= 0, func() string { return path[at[2*i]:at[2*i+1]] })
			}
		}
	case g.back != nil:
		m, err := g.back.FindStringMatch(path)
		if err != nil || m == nil {
			break
		}
		for i, group := range m.Groups() {
			name := group.Name
			if name == g.back.GroupNameFromNumber(i) && name != "" && name[0] <= '9' {
				name = "" // a number, for want of a name
			}
			found.add(name, len(group.Captures) > 0, group.String)
		}
	}
	return found, len(found.all) > 0
}

func (p *pathGroups) add(name string, found bool, text func() string) {
	var v mustache.Value
	if found {
		v = text()
	}
	if p.all = append(p.all, v); name != "" {
		p.named[name] = v
	}
}

// pathGroups are those of the path that the expectation matched by a regular
// expression with groups; there are none if it is the text itself (MockServer
// HttpRequest.pathGroups).
func (s *templateScope) pathGroups() pathGroups {
	if s.groupsDone {
		return s.groups
	}
	s.groups, s.groupsDone = pathGroups{all: mustache.List{}, named: names{}}, true
	m := s.in.Expectation.Request
	if m == nil || m.Path.Not || m.Path.Schema != "" || m.Path.Value == "" || len(m.PathParameters.Entries) > 0 {
		return s.groups
	}
	path := s.in.Request.Path
	if equalFold(m.Path.Value, path) {
		return s.groups
	}
	pattern := s.compiled.groupPattern(m.Path.Value)
	if found, ok := pattern.find(path); ok {
		s.groups = found
	} else if found, ok := pattern.find(DecodedPath(path)); ok {
		s.groups = found
	}
	return s.groups
}

// groupPattern is the path of the template's expectation, compiled once.
func (t *Template) groupPattern(text string) *groupPattern {
	if known := t.groups.Load(); known != nil && known.text == text {
		return known
	}
	made := newGroupPattern(text)
	t.groups.Store(made)
	return made
}
