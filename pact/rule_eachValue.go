package pact

import (
	"errors"
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// eachValueRule compares each value of an object or item of an array by rules
// of its own, which take the place of all others below. The names of an
// object's members are ignored.
type eachValueRule struct {
	valuesRule
	rules []rule
}

func compileEachValue(attributes jsondoc.Value) (rule, error) {
	rules, err := compileEach("eachValue", attributes)
	if err == nil && len(rules) == 0 {
		err = errors.New("matching rule \"eachValue\" with an empty list of rules")
	}
	return eachValueRule{rules: rules}, err
}

// compileEach compiles the rules of eachKey and eachValue.
func compileEach(name string, attributes jsondoc.Value) ([]rule, error) {
	list, ok := attributes.Get("rules")
	if !ok || list.Kind != jsondoc.KindArray {
		return nil, fmt.Errorf("matching rule %q without a list of rules", name)
	}
	var rules []rule
	for _, item := range list.Items {
		compiled, err := Matcher{item}.compile()
		if err != nil {
			return nil, fmt.Errorf("matching rule %q: %w", name, err)
		}
		rules = append(rules, compiled)
	}
	return rules, nil
}

// below is the rules that apply under a path.
func (r eachValueRule) below(steps []step) ruleSet {
	path := Path{append(make([]token, 0, len(steps)+2), token{kind: tokenRoot})}
	for _, s := range steps {
		path.tokens = append(path.tokens, token{kind: tokenName, name: s.name})
	}
	path.tokens = append(path.tokens, token{kind: tokenStar, name: "*"})
	return ruleSet{entries: []ruleEntry{{path: path, rules: r.rules}}}
}

func (eachValueRule) text(_, got string) string {
	return fmt.Sprintf("the text '%s' cannot match the rule \"eachValue\"", clip(got))
}

func (eachValueRule) scalar(_, _ jsondoc.Value) string { return "" }

func (r eachValueRule) members(w *walker, want, got jsondoc.Value) {
	outer := w.rules
	w.rules = r.below(w.steps)
	r.valuesRule.members(w, want, got)
	w.rules = outer
}

func (r eachValueRule) items(w *walker, want, got jsondoc.Value, cascaded bool) (own bool) {
	if cascaded {
		return true
	}
	outer := w.rules
	w.rules = r.below(w.steps)
	w.items(want, got, true)
	w.rules = outer
	return true
}

// values compares the values of a query parameter, a form field or a header.
// What is written for a place above says nothing about them.
func (r eachValueRule) values(want, got []string, cascaded bool) string {
	if cascaded {
		return ""
	}
	for i, v := range got {
		for _, rule := range r.rules {
			if reason := rule.text(exampleAt(want, i), v); reason != "" {
				return reason
			}
		}
	}
	return ""
}
