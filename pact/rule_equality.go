package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// equalityRule wants the example itself. 1 and 1.0 differ, 1.0 and 1.00 do
// not.
type equalityRule struct{}

func compileEquality(jsondoc.Value) (rule, error) { return equalityRule{}, nil }

func (equalityRule) text(want, got string) string {
	if want == got {
		return ""
	}
	return fmt.Sprintf("expected '%s' but was '%s'", clip(want), clip(got))
}

func (equalityRule) scalar(want, got jsondoc.Value) string {
	if jsondoc.Equal(want, got) {
		return ""
	}
	return fmt.Sprintf("expected %s but was %s", describe(want), describe(got))
}

func (equalityRule) container(c container) string {
	if c.equal() {
		return ""
	}
	return "expected a value equal to the example"
}

func (equalityRule) element(want, got *xmlElement, _ bool) string {
	if want.key() == got.key() {
		return ""
	}
	return fmt.Sprintf("expected the element <%s> but was <%s>", want.key(), got.key())
}
