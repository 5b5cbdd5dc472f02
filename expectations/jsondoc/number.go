package jsondoc

import (
	"strconv"
	"strings"
)

// A decimal is a number in normal form: its digits without leading and
// trailing zeros, and the exponent of ten of the last of them. Zero has no
// digits.
type decimal struct {
	minus    bool
	digits   string
	exponent int64
	ok       bool // false: the exponent is beyond int64, compare texts
}

// EqualNumbers reports whether two JSON numbers are written as the same kind,
// integer or decimal, and have the same value.
func EqualNumbers(a, b string) bool {
	return a == b || IsInteger(a) == IsInteger(b) && SameNumber(a, b)
}

// SameNumber reports whether two JSON numbers have the same value, with
// whatever precision they are written.
func SameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, y := normalise(a), normalise(b)
	return x.ok && y.ok && x == y
}

// IsInteger reports whether a JSON number is written without fraction and
// exponent.
func IsInteger(text string) bool { return !strings.ContainsAny(text, ".eE") }

func normalise(text string) decimal {
	d := decimal{ok: true}
	text, d.minus = strings.CutPrefix(text, "-")
	mantissa := text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.ParseInt(strings.TrimPrefix(text[i+1:], "+"), 10, 64)
		// Leave room for the digits to be added to the exponent.
		d.ok = err == nil && n > -1<<62 && n < 1<<62
		d.exponent, mantissa = n, text[:i]
	}
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	d.exponent -= int64(len(fraction))
	d.digits = whole
	if dotted {
		d.digits = whole + fraction
	}
	d.digits = strings.TrimLeft(d.digits, "0")
	trimmed := strings.TrimRight(d.digits, "0")
	d.exponent += int64(len(d.digits) - len(trimmed))
	d.digits = trimmed
	if d.digits == "" {
		return decimal{ok: true} // zero has no sign, whatever its exponent
	}
	return d
}

// appendNumber appends a text that two numbers share if and only if they are
// equal by [EqualNumbers].
func appendNumber(dst []byte, text string) []byte {
	d := normalise(text)
	if !d.ok {
		return append(dst, text...)
	}
	if IsInteger(text) && (d.digits != "" || text == "0") {
		return append(dst, text...) // RFC 8259 allows one way to write it
	}
	if d.minus {
		dst = append(dst, '-')
	}
	if d.digits == "" {
		d.digits = "0"
	}
	dst = append(dst, d.digits...)
	if IsInteger(text) {
		return dst
	}
	return strconv.AppendInt(append(dst, 'e'), d.exponent, 10)
}
