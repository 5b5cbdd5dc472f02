package expectations

import (
	"errors"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A jsonAny is a placeholder for values of a kind.
type jsonAny uint8

const (
	anyNone    jsonAny = iota // no placeholder
	anyValue                  // ${json-unit.ignore}
	anyElement                // ${json-unit.ignore-element}
	anyString
	anyNumber
	anyBoolean
	anyRegex
)

// A jsonWant is a JSON value to agree with, its placeholders compiled.
type jsonWant struct {
	value jsondoc.Value // scalars; only the kind of others
	any   jsonAny
	re    regexMatcher // of anyRegex

	items   []jsonWant
	members []jsonMemberWant
	// names holds the names of members, for objects compared strictly.
	names map[string]struct{}
}

type jsonMemberWant struct {
	name string
	want jsonWant
}

func (w *jsonWant) compile(v jsondoc.Value) error {
	w.value = jsondoc.Value{Kind: v.Kind, Bool: v.Bool, Text: v.Text}
	switch v.Kind {
	case jsondoc.KindString:
		return w.placeholder(v.Text)
	case jsondoc.KindArray:
		w.items = make([]jsonWant, len(v.Items))
		for i := range v.Items {
			if err := w.items[i].compile(v.Items[i]); err != nil {
				return err
			}
		}
	case jsondoc.KindObject:
		w.names = make(map[string]struct{}, len(v.Members))
		// Of a name that occurs twice the last counts.
		for i := len(v.Members) - 1; i >= 0; i-- {
			member := &v.Members[i]
			if _, later := w.names[member.Name]; later {
				continue
			}
			w.names[member.Name] = struct{}{}
			w.members = append(w.members, jsonMemberWant{name: member.Name})
			if err := w.members[len(w.members)-1].want.compile(member.Value); err != nil {
				return err
			}
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
	}
	return nil
}

// placeholder recognises JSON-Unit's placeholders, "${json-unit.x}" and the
// older "#{json-unit.x}".
func (w *jsonWant) placeholder(text string) error {
	if len(text) < 2 || text[0] != '$' && text[0] != '#' {
		return nil
	}
	name, ok := strings.CutPrefix(text[1:], "{json-unit.")
	if !ok {
		return nil
	}
	name, rest, ok := strings.Cut(name, "}")
	switch {
	case !ok:
	case name == "regex":
		return w.regex(rest)
	case strings.HasPrefix(name, "matches:"):
		return &PatternError{Field: "body", Pattern: text, Err: errors.New("custom JSON matchers are not supported by this version")}
	case rest != "":
	case name == "ignore":
		w.any = anyValue
	case name == "ignore-element":
		w.any = anyElement
	case name == "any-string":
		w.any = anyString
	case name == "any-number":
		w.any = anyNumber
	case name == "any-boolean":
		w.any = anyBoolean
	}
	return nil
}

func (w *jsonWant) regex(expr string) error {
	re, err := javaRegexp(expr, true)
	if err != nil {
		return &PatternError{Field: "body", Pattern: expr, Err: err}
	}
	w.any, w.re = anyRegex, re
	return nil
}

// agreesWithAny judges a value by the placeholder w.any.
func (w *jsonWant) agreesWithAny(v *jsondoc.Value) bool {
	switch w.any {
	case anyString:
		return v.Kind == jsondoc.KindString
	case anyNumber:
		return v.Kind == jsondoc.KindNumber
	case anyBoolean:
		return v.Kind == jsondoc.KindBool
	case anyRegex:
		return v.Kind == jsondoc.KindString && w.re.MatchString(v.Text)
	case anyNone, anyValue, anyElement:
	}
	return true
}
