package pact

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A said is one condition on a value as a Pact says it: an example and, unless
// it is literal, an expression.
type said struct {
	example, regex string
	// any says that any value will do.
	any bool
	err error
}

// pattern is an expression for the value, not anchored.
func (s said) pattern() string {
	if s.regex == "" {
		return quotePattern(s.example)
	}
	return "(?:" + strings.TrimSuffix(strings.TrimPrefix(s.regex, "^"), "$") + ")"
}

// anyValue is the example for a name that may have any value.
const anyValue = "any"

// value says one condition. ok is false if it was left out, which is noted.
func (d *draft) value(part string, entry expectations.NamedTexts, v expectations.Text) (s said, ok bool) {
	switch {
	case entry.Name.Not || v.Not:
		d.leaveOut(part, "a negated condition cannot be said in a Pact")
		return s, false
	case v.Schema != "":
		d.leaveOut(part, "a JSON schema cannot be said in a Pact")
		return s, false
	case entry.Name.Optional:
		d.leaveOut(part, "an optional condition cannot be said in a Pact")
		return s, false
	case d.captured():
		return said{example: v.Value}, true
	case namePattern(entry.Name.Value):
		d.leaveOut(part, "a pattern for a name cannot be said in a Pact")
		return s, false
	case v.Value == "":
		d.generated = true
		return said{example: anyValue, any: true}, true
	case !isPattern(v.Value):
		return said{example: literalText(v.Value)}, true
	}
	p, err := provePattern(v.Value, nil)
	if err != nil {
		return said{err: fmt.Errorf("%s: %w", part, err)}, true
	}
	d.generated = true
	return said{example: p.example, regex: p.regex}, true
}

// namePattern reports whether a name is meant as an expression. Brackets are
// part of many names (filter[age]) and do not count.
func namePattern(name string) bool {
	return isPattern(strings.NewReplacer("[", "", "]", "").Replace(name))
}

// field says the conditions on one name; nil if nothing is left of them. All
// values of a name share one rule, which is how Pact applies it.
func (d *draft) field(what string, c Category, entry expectations.NamedTexts) (*Field, error) {
	part := what + " " + entry.Name.Value
	values := entry.Values
	if len(values) == 0 {
		values = []expectations.Text{{}}
	}
	field := &Field{Name: entry.Name.Value}
	var all []said
	for _, v := range values {
		s, ok := d.value(part, entry, v)
		if s.err != nil {
			return nil, s.err
		}
		if ok {
			all = append(all, s)
			field.Values = append(field.Values, s.example)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	if m, ok := sharedRule(all); ok {
		d.rule(c, namePath(field.Name), m)
	}
	return field, nil
}

// sharedRule is the one rule for all values of a name: none if they are all
// literal, any value if one of them may be anything, else the expressions as
// alternatives.
func sharedRule(all []said) (m Matcher, ok bool) {
	ruled := false
	patterns := make([]string, 0, len(all))
	for _, s := range all {
		if s.any {
			return TypeMatcher(), true
		}
		ruled = ruled || s.regex != ""
		patterns = append(patterns, s.pattern())
	}
	switch {
	case !ruled:
		return Matcher{}, false
	case len(all) == 1:
		return RegexMatcher(all[0].regex), true
	}
	return RegexMatcher("^(?:" + strings.Join(patterns, "|") + ")$"), true
}
