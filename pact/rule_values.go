package pact

import "github.com/pactape/pactape/expectations/jsondoc"

// valuesRule ignores the names of an object's members: each value is compared
// with the example of its name or else with the first example by name. It does
// not cascade; below its own place it is equality.
type valuesRule struct{ equalityRule }

func compileValues(jsondoc.Value) (rule, error) { return valuesRule{}, nil }

func (valuesRule) container(container) string { return "" }

func (valuesRule) members(w *walker, want, got jsondoc.Value) {
	examples := newMembers(want)
	first, any := examples.first()
	newMembers(got).each(func(name string, v jsondoc.Value) {
		example, ok := examples.get(name)
		if !ok {
			example, ok = first, any
		}
		if ok {
			w.below(step{name: name}, example, v)
		}
	})
}
