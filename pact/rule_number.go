package pact

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// numberRule wants any number.
type numberRule struct{ scalarOnly }

func compileNumber(jsondoc.Value) (rule, error) { return numberRule{scalarOnly{"number"}}, nil }

func (numberRule) text(_, got string) string {
	if isFloat(got) {
		return ""
	}
	return fmt.Sprintf("expected a number but was '%s'", clip(got))
}

func (numberRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindNumber {
		return ""
	}
	return fmt.Sprintf("expected a number but was %s %s", got.Kind, describe(got))
}

// isFloat reports whether the text parses as a floating point number, which
// is what the reference asks of headers and parameters.
func isFloat(s string) bool {
	if s == "" || strings.ContainsAny(s, "xX_pP") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// isInteger reports whether JSON number text is an integer to the reference:
// without fraction and exponent, and within 64 bits (serde_json).
func isInteger(text string) bool {
	if !jsondoc.IsInteger(text) || text == "-0" {
		return false
	}
	n, ok := new(big.Int).SetString(text, 10)
	return ok && (n.IsInt64() || n.IsUint64())
}
