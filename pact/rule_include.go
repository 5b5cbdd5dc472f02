package pact

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// includeRule wants a value whose text contains another.
type includeRule struct {
	scalarOnly
	value string
}

func compileInclude(attributes jsondoc.Value) (rule, error) {
	v, ok := attributes.Get("value")
	if !ok {
		return nil, fmt.Errorf("matching rule \"include\" without a value")
	}
	return includeRule{scalarOnly{"include"}, scalarText(v)}, nil
}

func (r includeRule) text(_, got string) string {
	if strings.Contains(got, r.value) {
		return ""
	}
	return fmt.Sprintf("expected '%s' to include '%s'", clip(got), clip(r.value))
}

func (r includeRule) scalar(_, got jsondoc.Value) string { return r.text("", comparedText(got)) }

// scalarOnly is the part of rules on scalars that meets arrays and objects:
// an array passes, and its items are compared by the rule in turn; an object
// cannot match.
type scalarOnly struct{ name string }

func (s scalarOnly) container(c container) string {
	if c.object {
		return fmt.Sprintf("an object cannot match the rule %q", s.name)
	}
	return ""
}
