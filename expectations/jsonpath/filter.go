package jsonpath

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// An expression is a condition within a filter.
type expression interface {
	holds(e *evaluation, at *jsondoc.Value) bool
}

type (
	both    struct{ a, b expression }
	either  struct{ a, b expression }
	inverse struct{ a expression }
	// exists asks whether an operand is there; one that is true or false is
	// taken at its word only where it is a literal.
	exists struct{ a operand }
	// comparison is a binary operator.
	comparison struct {
		a, b operand
		test func(a, b *jsondoc.Value) bool
	}
	// matches is "=~", match() or search().
	matches struct {
		a  operand
		re Matcher
	}
)

func (x both) holds(e *evaluation, at *jsondoc.Value) bool {
	return x.a.holds(e, at) && x.b.holds(e, at)
}

func (x either) holds(e *evaluation, at *jsondoc.Value) bool {
	return x.a.holds(e, at) || x.b.holds(e, at)
}

func (x inverse) holds(e *evaluation, at *jsondoc.Value) bool {
	return !x.a.holds(e, at)
}

func (x exists) holds(e *evaluation, at *jsondoc.Value) bool {
	if x.a.literal != nil {
		return x.a.literal.Kind != jsondoc.KindBool || x.a.literal.Bool
	}
	if x.a.call == nil && x.a.path != nil {
		return len(x.a.nodes(e, at)) > 0
	}
	return x.a.value(e, at) != nil
}

func (x comparison) holds(e *evaluation, at *jsondoc.Value) bool {
	a, b := x.a.value(e, at), x.b.value(e, at)
	return e.spend(comparing(a, b, e.left)) && x.test(a, b)
}

// comparing is what comparing two values may cost, in visits: for two arrays,
// each item with each.
func comparing(a, b *jsondoc.Value, limit int) int {
	if a == nil || b == nil {
		return 0
	}
	if len(a.Items)+len(a.Members) == 0 || len(b.Items)+len(b.Members) == 0 {
		return max(len(a.Items), len(b.Items))
	}
	return size(a, limit) + size(b, limit)*max(1, len(a.Items))
}

// size is the number of values within a value, counted up to a limit.
func size(v *jsondoc.Value, limit int) int {
	n := 1
	for child := range children(v) {
		if n > limit {
			break
		}
		n += size(child, limit-n)
	}
	return n
}

func (x matches) holds(e *evaluation, at *jsondoc.Value) bool {
	v := x.a.value(e, at)
	if v == nil {
		return false
	}
	// Jayway matches an array if one of its strings does.
	return v.Kind == jsondoc.KindString && x.re.MatchString(v.Text) ||
		slices.ContainsFunc(v.Items, func(item jsondoc.Value) bool {
			return item.Kind == jsondoc.KindString && x.re.MatchString(item.Text)
		})
}

// An operand is a literal, or a path from "@" or "$", with RFC 9535's function
// around it.
type operand struct {
	literal *jsondoc.Value
	path    *Path
	root    bool
	// call is applied to what the path finds; nil if there is none.
	call func(nodes []*jsondoc.Value) *jsondoc.Value
}

func (o *operand) nodes(e *evaluation, at *jsondoc.Value) []*jsondoc.Value {
	if o.root {
		at = e.root
	}
	return e.path(o.path, at)
}

// value is the one value of the operand, nil if it has none. Several that a
// path finds are an array (Jayway).
func (o *operand) value(e *evaluation, at *jsondoc.Value) *jsondoc.Value {
	if o.literal != nil {
		return o.literal
	}
	nodes := o.nodes(e, at)
	for _, node := range nodes {
		e.spend(len(node.Text) / textPerVisit)
	}
	switch {
	case o.call != nil:
		return o.call(nodes)
	case o.path.function != nil || o.path.definite():
		if len(nodes) == 0 {
			return nil
		}
		return nodes[0]
	case len(nodes) == 1:
		return nodes[0]
	}
	all := jsondoc.Value{Kind: jsondoc.KindArray, Items: make([]jsondoc.Value, len(nodes))}
	for i, node := range nodes {
		all.Items[i] = *node
	}
	return &all
}

// operators are the binary operators that are words or signs, longest first
// where one begins another. A nil value is one that is not there.
func operators() []operator {
	return []operator{
		{"===", sameKind(equal)},
		{"!==", not(sameKind(equal))},
		{"==", equal},
		{"!=", not(equal)},
		{"<=", ordered(func(c int) bool { return c <= 0 })},
		{">=", ordered(func(c int) bool { return c >= 0 })},
		{"<", ordered(func(c int) bool { return c < 0 })},
		{">", ordered(func(c int) bool { return c > 0 })},
		{"in", within},
		{"nin", not(within)},
		{"subsetof", func(a, b *jsondoc.Value) bool { return isArray(a) && all(a, b, true) }},
		{"anyof", func(a, b *jsondoc.Value) bool { return isArray(a) && !all(a, b, false) }},
		{"noneof", func(a, b *jsondoc.Value) bool { return isArray(a) && all(a, b, false) }},
		{"contains", contains},
		{"size", sized},
		{"empty", empty},
	}
}

type operator struct {
	name string
	test func(a, b *jsondoc.Value) bool
}

func not(test func(a, b *jsondoc.Value) bool) func(a, b *jsondoc.Value) bool {
	return func(a, b *jsondoc.Value) bool { return !test(a, b) }
}

func sameKind(test func(a, b *jsondoc.Value) bool) func(a, b *jsondoc.Value) bool {
	return func(a, b *jsondoc.Value) bool { return a != nil && b != nil && a.Kind == b.Kind && test(a, b) }
}

// equal compares values; a number equals a string that reads as it (Jayway
// NumberNode), and what is not there equals only the like.
func equal(a, b *jsondoc.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind {
		x, okX := numeric(a)
		y, okY := numeric(b)
		return okX && okY && x == y
	}
	return jsondoc.EqualNumeric(*a, *b)
}

// ordered compares two numbers or two strings.
func ordered(verdict func(c int) bool) func(a, b *jsondoc.Value) bool {
	return func(a, b *jsondoc.Value) bool {
		if a == nil || b == nil {
			return false
		}
		if a.Kind == jsondoc.KindString && b.Kind == jsondoc.KindString {
			return verdict(strings.Compare(a.Text, b.Text))
		}
		if a.Kind != jsondoc.KindNumber || b.Kind != jsondoc.KindNumber {
			return false
		}
		x, okX := numeric(a)
		y, okY := numeric(b)
		switch {
		case !okX || !okY:
			return false
		case x < y:
			return verdict(-1)
		case x > y:
			return verdict(1)
		}
		return verdict(0)
	}
}

func isArray(v *jsondoc.Value) bool { return v != nil && v.Kind == jsondoc.KindArray }

// within reports whether a is an item of b.
func within(a, b *jsondoc.Value) bool {
	return a != nil && isArray(b) && slices.ContainsFunc(b.Items, func(item jsondoc.Value) bool { return equal(a, &item) })
}

// all reports whether each item of a is one of b, or each is none.
func all(a, b *jsondoc.Value, wanted bool) bool {
	for i := range a.Items {
		if within(&a.Items[i], b) != wanted {
			return false
		}
	}
	return true
}

// contains is about the items of an array or a part of a string.
func contains(a, b *jsondoc.Value) bool {
	switch {
	case a == nil || b == nil:
		return false
	case a.Kind == jsondoc.KindString:
		return b.Kind == jsondoc.KindString && strings.Contains(a.Text, b.Text)
	}
	return within(b, a)
}

func sized(a, b *jsondoc.Value) bool {
	if a == nil || b == nil {
		return false
	}
	n, ok := lengthOf(a)
	want, isNumber := numeric(b)
	return ok && isNumber && a.Kind != jsondoc.KindObject && float64(n) == want
}

func empty(a, b *jsondoc.Value) bool {
	if a == nil || b == nil || b.Kind != jsondoc.KindBool {
		return false
	}
	n, ok := lengthOf(a)
	return ok && (n == 0) == b.Bool
}
