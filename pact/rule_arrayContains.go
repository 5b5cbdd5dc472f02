package pact

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// arrayContainsRule wants each of its variants somewhere in an array, in any
// order and among other items. A variant is an item of the example and rules
// of its own, which are rooted at the item.
type arrayContainsRule struct{ variants []variant }

type variant struct {
	index int
	rules ruleSet
}

func compileArrayContains(attributes jsondoc.Value) (rule, error) {
	variants, ok := attributes.Get("variants")
	if !ok || variants.Kind != jsondoc.KindArray {
		return nil, fmt.Errorf("matching rule \"arrayContains\" without a list of variants")
	}
	r := arrayContainsRule{}
	for i, v := range variants.Items {
		index, _ := v.Get("index")
		n, err := strconv.ParseUint(scalarText(index), 10, 31)
		if err != nil {
			return nil, fmt.Errorf("matching rule \"arrayContains\": variant %d: %s is not an index", i, describe(index))
		}
		written, _ := v.Get("rules")
		rules, err := readBodyRules(written)
		if err != nil {
			return nil, fmt.Errorf("matching rule \"arrayContains\": variant %d: %w", i, err)
		}
		set, problems := compileRules(rules, CategoryBody)
		if len(problems) > 0 {
			return nil, fmt.Errorf("matching rule \"arrayContains\": variant %d: %s", i, problems[0].Message)
		}
		r.variants = append(r.variants, variant{int(n), set})
	}
	return r, nil
}

func (arrayContainsRule) text(_, got string) string {
	return fmt.Sprintf("the text '%s' cannot match the rule \"arrayContains\"", clip(got))
}

func (arrayContainsRule) scalar(_, _ jsondoc.Value) string { return "" }

func (arrayContainsRule) container(container) string { return "" }

// names compares nothing: on an object the rule only keeps names from being
// compared, as in the reference.
func (arrayContainsRule) names(*walker, members) {}

// values looks for the variants among the values of a query parameter, a form
// field or a header.
func (r arrayContainsRule) values(want, got []string, _ bool) string {
	for _, v := range r.of(len(want)) {
		entry, _ := v.rules.best(nil)
		if entry == nil {
			entry = &ruleEntry{rules: []rule{equalityRule{}}}
		}
		if v.index >= len(want) || !slices.ContainsFunc(got, func(value string) bool {
			return entry.text(want[v.index], value) == nil
		}) {
			return fmt.Sprintf("expected a value like variant %d but there is none", v.index)
		}
	}
	return ""
}

func (r arrayContainsRule) items(w *walker, want, got jsondoc.Value, _ bool) (own bool) {
	for _, v := range r.of(len(want.Items)) {
		if v.index >= len(want.Items) {
			w.report(describe(want), describe(got), fmt.Sprintf(
				"the rule \"arrayContains\" is about item %d but the example has %d", v.index, len(want.Items)))
			continue
		}
		if !v.among(w, want.Items[v.index], got.Items) {
			w.report(describe(want.Items[v.index]), describe(got), fmt.Sprintf(
				"expected an item like %s but there is none", describe(want.Items[v.index])))
		}
	}
	return true
}

// of are the variants, by default each item of the example as it is.
func (r arrayContainsRule) of(examples int) []variant {
	if len(r.variants) > 0 {
		return r.variants
	}
	equal := ruleSet{entries: []ruleEntry{{path: rootPath(), rules: []rule{equalityRule{}}}}}
	var variants []variant
	for i := range examples {
		variants = append(variants, variant{i, equal})
	}
	return variants
}

func (v variant) among(w *walker, want jsondoc.Value, items []jsondoc.Value) bool {
	for _, item := range items {
		sub := &walker{rules: v.rules, strict: w.strict, brief: true}
		sub.compare(want, item)
		if len(sub.found) == 0 {
			return true
		}
	}
	return false
}
