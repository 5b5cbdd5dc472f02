package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// nullRule wants a JSON null. Only scalars can be null to the reference: an
// array or an object never matches, and neither does text.
type nullRule struct{}

func compileNull(jsondoc.Value) (rule, error) { return nullRule{}, nil }

func (nullRule) text(_, got string) string {
	return fmt.Sprintf("the text '%s' cannot match the rule \"null\"", clip(got))
}

func (nullRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindNull {
		return ""
	}
	return fmt.Sprintf("expected null but was %s %s", got.Kind, describe(got))
}

func (nullRule) container(c container) string {
	if c.object {
		return `an object cannot match the rule "null"`
	}
	return `an array cannot match the rule "null"`
}
