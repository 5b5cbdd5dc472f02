package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// decimalRule wants a number with a fraction or an exponent.
type decimalRule struct{ scalarOnly }

func compileDecimal(jsondoc.Value) (rule, error) { return decimalRule{scalarOnly{"decimal"}}, nil }

// text takes any number, as the reference does.
func (decimalRule) text(_, got string) string {
	if isFloat(got) {
		return ""
	}
	return fmt.Sprintf("expected a decimal number but was '%s'", clip(got))
}

func (decimalRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindNumber && !isInteger(got.Text) {
		return ""
	}
	return fmt.Sprintf("expected a decimal number but was %s %s", got.Kind, describe(got))
}
