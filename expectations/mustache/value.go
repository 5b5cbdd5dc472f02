package mustache

import (
	"math"
	"strconv"
	"strings"
)

// A Value is what a name stands for: nil, a string, a bool, a number as
// [Number], a [List], a [Listing], a [Scope], a [Func] or a [Section].
type Value any

type (
	// A Number is a number as it is printed.
	Number string
	// A List is repeated by a section. It prints as Java's do.
	List []Value
	// A Func is called each time its value is printed, and is never false.
	// ("get" is what it returns, as a value of its own: Java's Supplier.)
	Func func() Value
	// A Section is called with what is in its section, and returns what to
	// print instead.
	Section func(a Argument) string
)

// An Argument is what a [Section] is called with.
type Argument struct {
	// Text is what the text of the section renders to.
	Text string
	// Prepared is what [Options].Prepare made of it; nil where there are tags
	// in it.
	Prepared any
}

// A Scope has names. Its methods are called by one goroutine at a time for
// each rendering.
type Scope interface {
	// Get returns the value of a name without dots; ok is false if there is
	// none.
	Get(name string) (v Value, ok bool)
	// String is how it is printed where its name stands alone.
	String() string
}

// A Listing is a list that prints in a way of its own.
type Listing interface {
	// Items are what a section is repeated for.
	Items() List
	// String is how it is printed.
	String() string
}

// Text is how a value is printed: nothing for nil and for a [Section].
func Text(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case Number:
		return string(v)
	case Func:
		return Text(v())
	case List:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = Element(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Scope:
		return v.String()
	case Listing:
		return v.String()
	}
	return ""
}

// Element is [Text] within a list or a map, where nil prints as "null".
func Element(v Value) string {
	if v == nil {
		return "null"
	}
	return Text(v)
}

// isFalse says what an inverted section is printed for: as in jmustache, set
// up as MockServer does, what prints as nothing, and numbers whose whole part
// is zero.
func isFalse(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case Number:
		f, err := strconv.ParseFloat(string(v), 64)
		return err == nil && f > -1 && f < 1
	case List:
		return len(v) == 0
	case Listing:
		return len(v.Items()) == 0
	}
	return false
}

// member is what a value has under a name.
func member(v Value, name string) (Value, bool) {
	if name == "" {
		return nil, false
	}
	switch v := v.(type) {
	case Scope:
		return v.Get(name)
	case List:
		return listMember(v, name)
	case Listing:
		return listMember(v.Items(), name)
	case string:
		return stringMember(v, name)
	case Number:
		return numberMember(v, name)
	case Func:
		if name == "get" || name == "toString" {
			return v(), true
		}
	case bool:
		if name == "booleanValue" || name == "toString" {
			return v, true
		}
	}
	return nil, false
}

// listMember is an item, or what java.util.List has.
func listMember(l List, name string) (Value, bool) {
	if i, err := strconv.Atoi(name); err == nil && name[0] >= '0' && name[0] <= '9' {
		if i < len(l) {
			return l[i], true
		}
		return nil, false
	}
	switch name {
	case "size":
		return Number(strconv.Itoa(len(l))), true
	case "isEmpty", "empty":
		return len(l) == 0, true
	case "toString":
		return Text(l), true
	case "toArray", "iterator", "clone":
		return l, true
	}
	return nil, false
}

// stringMember is what java.lang.String has.
func stringMember(s, name string) (Value, bool) {
	switch name {
	case "length":
		return Number(strconv.Itoa(utf16Length(s))), true
	case "isEmpty", "empty":
		return s == "", true
	case "isBlank", "blank":
		return strings.TrimSpace(s) == "", true
	case "toLowerCase":
		return strings.ToLower(s), true
	case "toUpperCase":
		return strings.ToUpper(s), true
	case "trim":
		return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }), true
	case "strip":
		return strings.TrimSpace(s), true
	case "stripLeading":
		return strings.TrimLeft(s, whitespace), true
	case "stripTrailing":
		return strings.TrimRight(s, whitespace), true
	case "toString", "intern":
		return s, true
	}
	return nil, false
}

// whitespace is what ASCII has of it.
const whitespace = "\t\n\v\f\r\x1c\x1d\x1e\x1f "

// utf16Length is the length that Java knows.
func utf16Length(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// numberMember is what java.lang.Number has.
func numberMember(n Number, name string) (Value, bool) {
	switch name {
	case "toString":
		return string(n), true
	case "intValue", "longValue":
		if _, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return n, true
		}
		f, err := strconv.ParseFloat(string(n), 64)
		if err != nil || math.Abs(f) >= 1<<63 {
			return n, true
		}
		return Number(strconv.FormatInt(int64(f), 10)), true
	case "doubleValue", "floatValue":
		f, err := strconv.ParseFloat(string(n), 64)
		if err != nil {
			return n, true
		}
		return Double(f), true
	}
	return nil, false
}

// Double is a floating-point number, printed as Java does (java.lang.Double).
func Double(f float64) Number {
	text := strconv.FormatFloat(f, 'E', -1, 64)
	mantissa, exponent, ok := strings.Cut(text, "E")
	if !ok { // NaN, +Inf, -Inf
		return Number(strings.Replace(strings.TrimPrefix(text, "+"), "Inf", "Infinity", 1))
	}
	n, err := strconv.Atoi(exponent)
	if err != nil || f != 0 && (n < -3 || n >= 7) {
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		return Number(mantissa + "E" + strconv.Itoa(n))
	}
	text = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return Number(text)
}
