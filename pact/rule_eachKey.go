package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// eachKeyRule compares the name of each member of an object, as a text. Which
// names the example has does not matter then.
type eachKeyRule struct{ rules []rule }

func compileEachKey(attributes jsondoc.Value) (rule, error) {
	rules, err := compileEach("eachKey", attributes)
	return eachKeyRule{rules}, err
}

func (eachKeyRule) text(_, got string) string {
	return fmt.Sprintf("the text '%s' cannot match the rule \"eachKey\"", clip(got))
}

func (eachKeyRule) scalar(_, _ jsondoc.Value) string { return "" }

func (eachKeyRule) container(container) string { return "" }

// names reports the names that do not match.
func (r eachKeyRule) names(w *walker, got members) {
	got.each(func(name string, _ jsondoc.Value) {
		for _, rule := range r.rules {
			if reason := rule.text("", name); reason != "" {
				w.steps = append(w.steps, step{name: name})
				w.report("", name, "name of a member: "+reason)
				w.steps = w.steps[:len(w.steps)-1]
			}
		}
	})
}
