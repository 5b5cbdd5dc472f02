package pact

import (
	"fmt"
	"strconv"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// typeRule wants a value of the example's kind, and bounds the length of
// arrays and objects at its own place.
type typeRule struct {
	// min and max are -1 where there is no bound.
	min, max int
}

func compileType(attributes jsondoc.Value) (rule, error) {
	r := typeRule{min: -1, max: -1}
	for _, bound := range [...]struct {
		name string
		to   *int
	}{{"min", &r.min}, {"max", &r.max}} {
		v, ok := attributes.Get(bound.name)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(scalarText(v))
		if err != nil || n < 0 {
			return nil, fmt.Errorf("matching rule \"type\": %s is not a length: %s", bound.name, describe(v))
		}
		*bound.to = n
	}
	return r, nil
}

func (typeRule) text(string, string) string { return "" }

func (typeRule) scalar(want, got jsondoc.Value) string {
	if want.Kind == got.Kind {
		return ""
	}
	return fmt.Sprintf("expected a value of type %s like %s but was %s %s",
		want.Kind, describe(want), got.Kind, describe(got))
}

func (r typeRule) container(c container) string {
	switch {
	case c.cascaded:
	case r.min >= 0 && c.got < r.min:
		return fmt.Sprintf("expected at least %d element(s) but was %d", r.min, c.got)
	case r.max >= 0 && c.got > r.max:
		return fmt.Sprintf("expected at most %d element(s) but was %d", r.max, c.got)
	}
	return ""
}

// element bounds the number of child nodes; without a bound the names have to
// be equal.
func (r typeRule) element(want, got *xmlElement, cascaded bool) string {
	if r.min < 0 && r.max < 0 {
		return equalityRule{}.element(want, got, cascaded)
	}
	return r.container(container{got: got.nodes, cascaded: cascaded})
}
