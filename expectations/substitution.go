package expectations

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2/v2"
)

// A Substitution replaces every part of a path that a regular expression
// matches (MockServer PathModifier). Make it with [NewSubstitution].
type Substitution struct {
	// Regex is in Java's notation and keeps case. Replacement may name groups
	// as $1 or ${name}; "\" takes the meaning of the next character away.
	Regex, Replacement string

	re    *regexp.Regexp  // nil if RE2 cannot run it
	back  *regexp2.Regexp // then this is not
	parts []replacementPart
}

// A replacementPart is text, or a group if group is not negative.
type replacementPart struct {
	text  string
	group int
}

// NewSubstitution compiles a substitution. The error says what is wrong with
// the expression, a [*PatternError], or with the replacement.
func NewSubstitution(regex, replacement string) (*Substitution, error) {
	s := &Substitution{Regex: regex, Replacement: replacement}
	var groups groupNames
	re, err := regexp.Compile(regex)
	java := scanJava(regex)
	if err == nil && (java.broken || java.clear == "" && java.likely == "") {
		s.re, groups = re, groupNames{count: re.NumSubexp(), byName: re.SubexpIndex}
	} else {
		text, failed := translateJava(regex)
		if failed == nil {
			s.back, failed = regexp2.Compile(text, regexp2.RE2, regexp2.OptionMaintainCaptureOrder())
		}
		if failed != nil {
			return nil, &PatternError{Field: "path", Pattern: regex, Err: failed}
		}
		s.back.MatchTimeout = maxBacktracking
		groups = groupNames{count: len(s.back.GetGroupNumbers()) - 1, byName: s.back.GroupNumberFromName}
	}
	if s.parts, err = replacementParts(replacement, groups); err != nil {
		return nil, err
	}
	return s, nil
}

// Equal reports whether the two are written the same.
func (s *Substitution) Equal(other *Substitution) bool {
	if s == nil || other == nil {
		return s == other
	}
	return s.Regex == other.Regex && s.Replacement == other.Replacement
}

// Apply returns path with the replacements. An expression that takes too long
// over it replaces nothing.
func (s *Substitution) Apply(path string) string {
	if s.re != nil {
		var out strings.Builder
		end := 0
		for _, m := range s.re.FindAllStringSubmatchIndex(path, -1) {
			out.WriteString(path[end:m[0]])
			s.replace(&out, func(group int) string {
				if m[2*group] < 0 {
					return ""
				}
				return path[m[2*group]:m[2*group+1]]
			})
			end = m[1]
		}
		out.WriteString(path[end:])
		return out.String()
	}
	replaced, err := s.back.ReplaceFunc(path, func(m regexp2.Match) string {
		var out strings.Builder
		s.replace(&out, func(group int) string {
			if g := m.GroupByNumber(group); g != nil {
				return g.String()
			}
			return ""
		})
		return out.String()
	}, -1, -1)
	if err != nil {
		return path
	}
	return replaced
}

func (s *Substitution) replace(out *strings.Builder, group func(int) string) {
	for _, part := range s.parts {
		if part.group < 0 {
			out.WriteString(part.text)
		} else {
			out.WriteString(group(part.group))
		}
	}
}

// groupNames are the groups of an expression; byName is negative for a name
// that none has.
type groupNames struct {
	count  int
	byName func(string) int
}

// replacementParts takes a replacement apart as java.util.regex.Matcher does.
func replacementParts(text string, groups groupNames) ([]replacementPart, error) {
	var parts []replacementPart
	var literal strings.Builder
	add := func(group int) {
		parts = append(parts, replacementPart{text: literal.String(), group: -1}, replacementPart{group: group})
		literal.Reset()
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			literal.WriteByte(text[i])
		case text[i] == '\\':
			return nil, errors.New(`ends with "\": write "\\" for the character`)
		case text[i] == '$':
			group, length, err := groups.reference(text[i+1:])
			if err != nil {
				return nil, err
			}
			add(group)
			i += length
		default:
			literal.WriteByte(text[i])
		}
	}
	return append(parts, replacementPart{text: literal.String(), group: -1}), nil
}

// reference reads what follows a "$" and returns how long it is. Of digits it
// takes as many as make the number of a group there is.
func (g groupNames) reference(text string) (group, length int, err error) {
	if name, _, ok := strings.Cut(strings.TrimPrefix(text, "{"), "}"); ok && strings.HasPrefix(text, "{") {
		if group = g.byName(name); group < 0 {
			return 0, 0, fmt.Errorf("names a group %q that the regex has not", name)
		}
		return group, len(name) + 2, nil
	}
	group = -1
	for length < len(text) && '0' <= text[length] && text[length] <= '9' {
		n, err := strconv.Atoi(text[:length+1])
		if err != nil || n > g.count {
			break
		}
		group = n
		length++
	}
	if group < 0 {
		return 0, 0, fmt.Errorf(`has a "$" that names none of the regex's %d groups: write "\$" for the character`, g.count)
	}
	return group, length, nil
}
