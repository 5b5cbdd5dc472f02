package pact

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// matchQuery compares query parameters, or the fields of a form: each wanted
// name must be there and no other. Without a rule the values are equal in
// number and order; with one, further values are compared with the first
// example.
func matchQuery(want, got Fields, rules ruleSet) []Mismatch {
	f := fieldMatch{kind: QueryMismatch, in: CategoryQuery, what: "query parameter", rules: rules}
	return f.fields(want, got)
}

// fieldMatch compares named lists of values.
type fieldMatch struct {
	kind  MismatchKind
	in    Category
	what  string
	rules ruleSet
	// brief asks for the verdict alone: the first mismatch ends it.
	brief bool
	// place prints where a name is; nil prints the name.
	place func(name string) string
}

func (f fieldMatch) at(name, want, got string) Mismatch {
	path := name
	if f.place != nil {
		path = f.place(name)
	}
	return Mismatch{Kind: f.kind, In: f.in, Path: path, Want: clip(want), Got: clip(got)}
}

func (f fieldMatch) fields(want, got Fields) []Mismatch {
	var found []Mismatch
	for _, field := range want {
		if f.brief && len(found) > 0 {
			return found
		}
		values, ok := got.Get(field.Name, false)
		if !ok {
			m := f.at(field.Name, strings.Join(field.Values, ", "), "")
			m.Message = fmt.Sprintf("expected %s '%s' but it was missing", f.what, field.Name)
			found = append(found, m)
			continue
		}
		found = append(found, f.values(field.Name, field.Values, values)...)
	}
	for _, field := range got {
		if _, ok := want.Get(field.Name, false); !ok {
			m := f.at(field.Name, "", strings.Join(field.Values, ", "))
			m.Message = fmt.Sprintf("unexpected %s '%s'", f.what, field.Name)
			found = append(found, m)
		}
	}
	return found
}

// values compares the values of one name.
func (f fieldMatch) values(name string, want, got []string) []Mismatch {
	steps := []step{{name: name}}
	entry, cascaded := f.rules.best(steps)
	if entry != nil {
		return f.ruledValues(entry, cascaded, Field{name, want}, got)
	}
	if len(want) != len(got) {
		m := f.at(name, strings.Join(want, ", "), strings.Join(got, ", "))
		m.Message = fmt.Sprintf("expected %s '%s' with %d value(s) but was %d", f.what, name, len(want), len(got))
		return []Mismatch{m}
	}
	var found []Mismatch
	for i := range want {
		var entry *ruleEntry
		if len(f.rules.entries) > 0 {
			entry, _ = f.rules.best(append(steps, indexStep(i)))
		}
		if entry == nil {
			if want[i] == got[i] {
				continue
			}
			entry = &ruleEntry{rules: []rule{equalityRule{}}}
		}
		found = append(found, mismatches(f.at(name, want[i], got[i]), entry.text(want[i], got[i]))...)
	}
	return found
}

// ruledValues compares the values of a name that has a rule: by each matcher in
// turn, whose verdicts are then combined. An empty example accepts anything.
func (f fieldMatch) ruledValues(entry *ruleEntry, cascaded bool, want Field, got []string) []Mismatch {
	if len(want.Values) == 0 {
		return nil
	}
	whole := f.at(want.Name, strings.Join(want.Values, ", "), strings.Join(got, ", "))
	items := sync.OnceValue(func() []Mismatch { return f.singleValues(entry, want, got) })
	var all, ofItems []Mismatch
	for _, r := range entry.rules {
		reason, below := "", []Mismatch(nil)
		if vr, ok := r.(valueRule); ok {
			reason = vr.values(want.Values, got, cascaded)
		} else {
			reason, below = r.container(valueList(want.Values, got, cascaded)), items()
		}
		if reason == "" && len(below) == 0 && entry.any {
			return nil
		}
		if reason != "" {
			all = append(all, mismatches(whole, []string{reason})...)
		}
		if below != nil {
			ofItems = below
		}
	}
	return append(all, ofItems...)
}

// singleValues compares each value with its example. The rules of a name are
// those of its values; in a form, whose fields have paths, they cascade to
// them.
func (f fieldMatch) singleValues(entry *ruleEntry, want Field, got []string) []Mismatch {
	var found []Mismatch
	for i, value := range got {
		own, cascaded := entry, false
		if f.in == CategoryBody {
			own, cascaded = f.rules.best([]step{{name: want.Name}, indexStep(i)})
		}
		example := exampleAt(want.Values, i)
		found = append(found, mismatches(f.at(want.Name, example, value), own.judge(func(r rule) string {
			switch r.(type) {
			case eachKeyRule, eachValueRule:
				if cascaded {
					return ""
				}
			}
			return r.text(example, value)
		}))...)
	}
	return found
}

// exampleAt is the example that value i is compared with: further ones with
// the first.
func exampleAt(want []string, i int) string {
	switch {
	case i < len(want):
		return want[i]
	case len(want) > 0:
		return want[0]
	}
	return ""
}

func valueList(want, got []string, cascaded bool) container {
	return container{
		want: len(want), got: len(got), cascaded: cascaded,
		equal: func() bool { return slices.Equal(want, got) },
	}
}

// matchHeaders compares headers: each wanted name must be there, names ignore
// case, further headers are allowed. got is the values of a header as
// [headerElements] has them.
func matchHeaders(want Fields, got func(name string) []string, rules ruleSet) []Mismatch {
	f := fieldMatch{kind: HeaderMismatch, in: CategoryHeader, what: "header", rules: rules}
	var found []Mismatch
	for _, field := range want {
		values := got(field.Name)
		if values == nil {
			m := f.at(field.Name, strings.Join(field.Values, ", "), "")
			m.Message = fmt.Sprintf("expected header '%s' but it was missing", field.Name)
			found = append(found, m)
			continue
		}
		if len(rules.entries) == 0 && len(values) > 0 && slices.Equal(field.Values, values) {
			continue
		}
		found = append(found, f.header(field, values)...)
	}
	return found
}

// headerElements are the lines of a header as a list of values; nil where there
// are none.
func headerElements(name string, lines []string) []string {
	if lines == nil {
		return nil
	}
	values := make([]string, 0, len(lines))
	for _, line := range lines {
		values = append(values, splitHeader(name, line)...)
	}
	return values
}

// header compares the values of one header. Elements are compared in order;
// surplus ones are mismatches unless a rule applies.
func (f fieldMatch) header(want Field, got []string) []Mismatch {
	steps := []step{{name: strings.ToLower(want.Name)}}
	entry, cascaded := f.rules.best(steps)
	single := len(want.Values) == 1 && len(got) == 1
	switch {
	case len(want.Values) == 0 && len(got) > 0:
		m := f.at(want.Name, "", strings.Join(got, ", "))
		m.Message = fmt.Sprintf("expected an empty header '%s'", want.Name)
		return []Mismatch{m}
	case entry != nil && !single:
		return f.ruledValues(entry, cascaded, want, got)
	}
	var found []Mismatch
	for i := range max(len(want.Values), len(got)) {
		example, value := "", ""
		if i < len(want.Values) {
			example = strings.TrimSpace(want.Values[i])
		}
		if i >= len(got) {
			m := f.at(want.Name, example, "")
			m.Message = fmt.Sprintf("expected value '%s' of header '%s' but it was missing", clip(example), want.Name)
			found = append(found, m)
			continue
		}
		value = strings.TrimSpace(got[i])
		found = append(found, mismatches(f.at(want.Name, example, value), f.headerValue(entry, i, Field{want.Name, []string{example}}, value))...)
	}
	return found
}

// headerValue compares one element of a header with the one example in want.
func (f fieldMatch) headerValue(entry *ruleEntry, index int, want Field, got string) []string {
	example := want.Values[0]
	name := strings.ToLower(want.Name)
	if entry == nil {
		entry, _ = f.rules.best([]step{{name: name}, {name: strconv.Itoa(index), index: true}})
	}
	switch {
	case entry != nil:
		return entry.text(example, got)
	case name == "accept" || name == "content-type":
		return parameterised(example, got)
	case tightCommas(example) == tightCommas(got):
		return nil
	}
	return []string{fmt.Sprintf("expected '%s' but was '%s'", clip(example), clip(got))}
}

// tightCommas drops white space around commas (RFC 9110 §5.6.1).
func tightCommas(s string) string {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, ",")
}

// parameterised compares header values with parameters: the value itself is
// compared exactly, every wanted parameter must be there with a value equal
// but for case, and further parameters are allowed.
func parameterised(want, got string) []string {
	wantValue, wantParams := headerParameters(want)
	gotValue, gotParams := headerParameters(got)
	ok := wantValue == gotValue
	for name, value := range wantParams {
		other, found := gotParams[name]
		ok = ok && found && strings.EqualFold(value, other)
	}
	if ok {
		return nil
	}
	return []string{fmt.Sprintf("expected '%s' but was '%s'", clip(want), clip(got))}
}

func headerParameters(s string) (value string, params map[string]string) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ';' })
	params = make(map[string]string)
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if i == 0 {
			value = part
			continue
		}
		if name, v, ok := strings.Cut(part, "="); ok {
			params[strings.TrimSpace(name)] = strings.TrimSpace(v)
		}
	}
	return value, params
}
