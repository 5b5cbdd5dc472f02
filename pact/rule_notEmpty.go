package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// notEmptyRule wants something in a string, an array or an object, and no
// null. Numbers and booleans are never empty.
type notEmptyRule struct{}

func compileNotEmpty(jsondoc.Value) (rule, error) { return notEmptyRule{}, nil }

func (notEmptyRule) text(_, got string) string {
	if got != "" {
		return ""
	}
	return "expected a value that is not empty"
}

func (r notEmptyRule) scalar(_, got jsondoc.Value) string {
	switch got.Kind {
	case jsondoc.KindNull:
		return "expected a value that is not empty but was null"
	case jsondoc.KindString:
		return r.text("", got.Text)
	case jsondoc.KindArray:
		return r.container(container{got: len(got.Items)})
	case jsondoc.KindObject:
		return r.container(container{object: true, got: len(got.Members)})
	case jsondoc.KindBool, jsondoc.KindNumber:
	}
	return ""
}

func (notEmptyRule) container(c container) string {
	switch {
	case c.got > 0:
		return ""
	case c.object:
		return "expected an object that is not empty"
	}
	return "expected an array that is not empty"
}

func (notEmptyRule) element(_, got *xmlElement, _ bool) string {
	if got.nodes > 0 {
		return ""
	}
	return fmt.Sprintf("expected the element <%s> not to be empty", got.local)
}
