package jsonpath

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A function is one at the end of a path, as in "$.items.length()".
type function struct {
	name string
	// index is the argument of index(n).
	index int
	run   func(f *function, v *jsondoc.Value) (*jsondoc.Value, bool)
}

// functions are those that a path may end in (Jayway PathFunctionFactory).
// Their ok is false where the value is of a type they are not for.
func functions() map[string]func(f *function, v *jsondoc.Value) (*jsondoc.Value, bool) {
	return map[string]func(f *function, v *jsondoc.Value) (*jsondoc.Value, bool){
		"length": length,
		"size":   length,
		"count":  length,
		"keys":   keys,
		"first":  func(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) { return item(v, 0) },
		"last":   func(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) { return item(v, -1) },
		"index":  func(f *function, v *jsondoc.Value) (*jsondoc.Value, bool) { return item(v, f.index) },
		"min":    fold(func(a, b float64) float64 { return min(a, b) }),
		"max":    fold(func(a, b float64) float64 { return max(a, b) }),
		"sum":    fold(func(a, b float64) float64 { return a + b }),
		"avg":    average,
	}
}

// apply applies the function to the value that a path leads to, or to the
// array of those that an indefinite one finds.
func (f *function) apply(nodes []*jsondoc.Value, definite bool) (*jsondoc.Value, bool) {
	if definite {
		if len(nodes) == 0 {
			return nil, false
		}
		return f.run(f, nodes[0])
	}
	all := &jsondoc.Value{Kind: jsondoc.KindArray, Items: make([]jsondoc.Value, len(nodes))}
	for i, node := range nodes {
		all.Items[i] = *node
	}
	return f.run(f, all)
}

// length is not for texts (Jayway Length).
func length(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) {
	n, ok := lengthOf(v)
	return number(float64(n)), ok && v.Kind != jsondoc.KindString
}

// lengthOf counts items, members or characters (RFC 9535 §2.4.4).
func lengthOf(v *jsondoc.Value) (n int, ok bool) {
	switch v.Kind {
	case jsondoc.KindArray:
		return len(v.Items), true
	case jsondoc.KindObject:
		return len(v.Members), true
	case jsondoc.KindString:
		return utf8.RuneCountInString(v.Text), true
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
	}
	return 0, false
}

func keys(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) {
	names := make([]jsondoc.Value, len(v.Members))
	for i := range v.Members {
		names[i] = jsondoc.String(v.Members[i].Name)
	}
	return new(jsondoc.Array(names...)), v.Kind == jsondoc.KindObject
}

// item is an item of an array, counted from the end if i is negative.
func item(v *jsondoc.Value, i int) (*jsondoc.Value, bool) {
	if i < 0 {
		i += len(v.Items)
	}
	if i < 0 || i >= len(v.Items) {
		return nil, false
	}
	return &v.Items[i], true
}

// fold is a function over the numbers of an array; there must be some.
func fold(join func(a, b float64) float64) func(*function, *jsondoc.Value) (*jsondoc.Value, bool) {
	return func(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) {
		numbers := numbersIn(v)
		if len(numbers) == 0 {
			return nil, false
		}
		result := numbers[0]
		for _, n := range numbers[1:] {
			result = join(result, n)
		}
		return double(result), true
	}
}

func average(_ *function, v *jsondoc.Value) (*jsondoc.Value, bool) {
	numbers := numbersIn(v)
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	return double(sum / float64(len(numbers))), len(numbers) > 0
}

func numbersIn(v *jsondoc.Value) []float64 {
	var numbers []float64
	for i := range v.Items {
		if n, ok := numeric(&v.Items[i]); ok && v.Items[i].Kind == jsondoc.KindNumber {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func number(f float64) *jsondoc.Value {
	return new(jsondoc.Number(strconv.FormatFloat(f, 'g', -1, 64)))
}

// double is a number that is never written as a whole one (Jayway).
func double(f float64) *jsondoc.Value {
	if math.IsInf(f, 0) { // JSON has no word for it
		return new(jsondoc.Number(strconv.FormatFloat(math.Copysign(1, f), 'f', 0, 64) + "e999"))
	}
	v := number(f)
	if jsondoc.IsInteger(v.Text) {
		v.Text += ".0"
	}
	return v
}

// numeric is a number, or a string that reads as one (Jayway).
func numeric(v *jsondoc.Value) (float64, bool) {
	if v.Kind != jsondoc.KindNumber && v.Kind != jsondoc.KindString {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	return f, err == nil
}
