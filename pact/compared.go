package pact

import (
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// comparedText is a JSON value as the text that rules on texts see. Numbers are
// printed as the reference prints them (serde_json): integers of up to 64 bits
// as they are, all others as the shortest decimal of their 64 bit floating point
// value, so that 1e2 is 100.0 and 1.50 is 1.5.
func comparedText(v jsondoc.Value) string {
	if v.Kind != jsondoc.KindNumber {
		return scalarText(v)
	}
	if _, err := strconv.ParseInt(v.Text, 10, 64); err == nil && v.Text != "-0" {
		return v.Text
	}
	if _, err := strconv.ParseUint(v.Text, 10, 64); err == nil {
		return v.Text
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	if err != nil {
		return v.Text
	}
	return floatText(f)
}

// floatText prints a floating point number plainly where its exponent is small,
// with at least one digit after the point.
func floatText(f float64) string {
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	n, err := strconv.Atoi(exponent)
	switch {
	case err == nil && n < 16 && n >= -5:
		text = strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	case err == nil:
		return mantissa + "e" + strconv.Itoa(n)
	}
	return text
}
