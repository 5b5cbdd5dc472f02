package pact

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// integerRule wants a number without fraction and exponent.
type integerRule struct{ scalarOnly }

func compileInteger(jsondoc.Value) (rule, error) { return integerRule{scalarOnly{"integer"}}, nil }

// text takes unsigned digits only, as the reference does.
func (integerRule) text(_, got string) string {
	if _, err := strconv.ParseUint(strings.TrimPrefix(got, "+"), 10, 64); err == nil {
		return ""
	}
	return fmt.Sprintf("expected an integer but was '%s'", clip(got))
}

func (integerRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindNumber && isInteger(got.Text) {
		return ""
	}
	return fmt.Sprintf("expected an integer but was %s %s", got.Kind, describe(got))
}
