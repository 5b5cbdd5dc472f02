package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// booleanRule wants a boolean or one of the strings "true" and "false".
type booleanRule struct{ scalarOnly }

func compileBoolean(jsondoc.Value) (rule, error) { return booleanRule{scalarOnly{"boolean"}}, nil }

func (booleanRule) text(_, got string) string {
	if got == "true" || got == "false" {
		return ""
	}
	return fmt.Sprintf("expected a boolean but was '%s'", clip(got))
}

func (r booleanRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindBool || got.Kind == jsondoc.KindString && r.text("", got.Text) == "" {
		return ""
	}
	return fmt.Sprintf("expected a boolean but was %s %s", got.Kind, describe(got))
}
