package jsonpath

import (
	"errors"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// ErrTooMuch says that a path visits more values of a document than is
// allowed.
var ErrTooMuch = errors.New("the path visits too many values")

// maxVisits is how many values one evaluation may visit.
const maxVisits = 2_000_000

// Looking through this many names, or bytes of text, costs as much as a visit.
const (
	membersPerVisit = 8
	textPerVisit    = 64
)

// A Matcher is a compiled regular expression.
type Matcher interface{ MatchString(s string) bool }

// Options are the options of [Compile].
type Options struct {
	// Regexp compiles the regular expressions of filters: to match a string
	// as a whole, or any part of it. Nil is package regexp.
	Regexp func(expr string, whole bool) (Matcher, error)
}

// A Path is a compiled expression. It is immutable and safe for concurrent
// use.
type Path struct {
	text     string
	segments []segment
	// function is applied to what the segments find; nil if there is none.
	function *function
}

// String is the expression as written.
func (p *Path) String() string { return p.text }

// A segment is one step of a path.
type segment struct {
	// descend says that the step is taken from each value below, too ("..").
	descend   bool
	selectors []selector
}

// A selector chooses among the children of a value; a filter, whether the
// value itself is chosen if that is an object.
type selector struct {
	kind selectorKind
	name string
	// from, to, step are those of a slice; from is that of an index.
	from, to, step int
	hasFrom, hasTo bool
	filter         expression
	// below says that the filter is taken from each value below, too.
	below bool
}

type selectorKind uint8

const (
	selectName selectorKind = iota
	selectAll
	selectIndex
	selectSlice
	selectFilter
)

// definite reports whether the path leads to at most one value, wherever it is
// used.
func (p *Path) definite() bool {
	for i := range p.segments {
		s := &p.segments[i]
		if s.descend || len(s.selectors) != 1 ||
			s.selectors[0].kind != selectName && s.selectors[0].kind != selectIndex {
			return false
		}
	}
	return true
}

// Single reports whether the path leads to at most one value: [Path.Select]
// then returns that, and else a list.
func (p *Path) Single() bool { return p.function != nil || p.definite() }

// Matches reports whether the document has something at the path, as
// MockServer judges it: a path that leads to one place wants a value there
// that is neither null nor an empty array, any other at least one value.
// The error is [ErrTooMuch].
func (p *Path) Matches(doc *jsondoc.Value) (bool, error) {
	found, err := p.Select(doc)
	if err != nil || len(found) == 0 {
		return false, err
	}
	if p.function == nil && !p.definite() {
		return true, nil
	}
	v := found[0]
	return v.Kind != jsondoc.KindNull && (v.Kind != jsondoc.KindArray || len(v.Items) > 0), nil
}

// Select returns the values at the path, or the value of its function. They
// are shared with the document. The error is [ErrTooMuch].
func (p *Path) Select(doc *jsondoc.Value) ([]*jsondoc.Value, error) {
	e := &evaluation{root: doc, left: maxVisits}
	found := e.path(p, doc)
	if e.left < 0 {
		return nil, ErrTooMuch
	}
	return found, nil
}

// An evaluation is a look at one document.
type evaluation struct {
	root *jsondoc.Value
	left int // visits; negative when there were too many
}

// visit counts a value; it returns false when there were too many.
func (e *evaluation) visit() bool { return e.spend(1) }

// spend is visit for what costs as much as n values.
func (e *evaluation) spend(n int) bool {
	e.left -= n
	return e.left >= 0
}

// path evaluates p from the value at, which is "$" or "@".
func (e *evaluation) path(p *Path, at *jsondoc.Value) []*jsondoc.Value {
	nodes := []*jsondoc.Value{at}
	for i := range p.segments {
		var next []*jsondoc.Value
		for _, node := range nodes {
			next = e.step(&p.segments[i], node, next)
		}
		if nodes = next; len(nodes) == 0 || e.left < 0 {
			break
		}
	}
	if p.function == nil || e.left < 0 {
		return nodes
	}
	for _, node := range nodes {
		e.spend(1 + len(node.Items) + len(node.Text)/textPerVisit)
	}
	if v, ok := p.function.apply(nodes, p.definite()); ok {
		return []*jsondoc.Value{v}
	}
	return nil
}

// step appends what a segment finds from a value.
func (e *evaluation) step(s *segment, at *jsondoc.Value, found []*jsondoc.Value) []*jsondoc.Value {
	if !e.spend(len(s.selectors)) {
		return found
	}
	for i := range s.selectors {
		e.spend(len(at.Members) / membersPerVisit)
		found = e.choose(&s.selectors[i], at, found)
	}
	if s.descend {
		for child := range children(at) {
			found = e.step(s, child, found)
		}
	}
	return found
}

// children yields the members or items of a value.
func children(v *jsondoc.Value) func(yield func(*jsondoc.Value) bool) {
	return func(yield func(*jsondoc.Value) bool) {
		for i := range v.Items {
			if !yield(&v.Items[i]) {
				return
			}
		}
		for i := range v.Members {
			if !yield(&v.Members[i].Value) {
				return
			}
		}
	}
}

// choose appends the children that a selector chooses.
func (e *evaluation) choose(s *selector, at *jsondoc.Value, found []*jsondoc.Value) []*jsondoc.Value {
	switch s.kind {
	case selectName:
		for i := len(at.Members) - 1; i >= 0; i-- {
			if at.Members[i].Name == s.name {
				return append(found, &at.Members[i].Value) // the last of equal names
			}
		}
	case selectIndex:
		i := s.from
		if i < 0 {
			i += len(at.Items)
		}
		if i >= 0 && i < len(at.Items) {
			return append(found, &at.Items[i])
		}
	case selectSlice:
		return e.slice(s, at.Items, found)
	case selectAll:
		for child := range children(at) {
			if !e.visit() {
				return found
			}
			found = append(found, child)
		}
	case selectFilter:
		return e.filter(s, at, found)
	}
	return found
}

// filter appends the items of an array that a filter holds for, or an object
// itself (Jayway PredicatePathToken; RFC 9535 §2.3.5 asks its members).
func (e *evaluation) filter(s *selector, at *jsondoc.Value, found []*jsondoc.Value) []*jsondoc.Value {
	if at.Kind == jsondoc.KindObject {
		if e.visit() && s.filter.holds(e, at) {
			found = append(found, at)
		}
		return found
	}
	for i := range at.Items {
		if !e.visit() {
			break
		}
		// Below "..", objects speak for themselves.
		if item := &at.Items[i]; (!s.below || item.Kind != jsondoc.KindObject) && s.filter.holds(e, item) {
			found = append(found, item)
		}
	}
	return found
}

// slice appends items from:to:step (RFC 9535 §2.3.4.2.2).
func (e *evaluation) slice(s *selector, items []jsondoc.Value, found []*jsondoc.Value) []*jsondoc.Value {
	n := len(items)
	bound := func(i int, given bool, otherwise, low, high int) int {
		if !given {
			return otherwise
		}
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	if s.step > 0 {
		for i, end := bound(s.from, s.hasFrom, 0, 0, n), bound(s.to, s.hasTo, n, 0, n); i < end && e.visit(); i += s.step {
			found = append(found, &items[i])
		}
	}
	if s.step < 0 {
		for i, end := bound(s.from, s.hasFrom, n-1, -1, n-1), bound(s.to, s.hasTo, -1, -1, n-1); i > end && e.visit(); i += s.step {
			found = append(found, &items[i])
		}
	}
	return found
}
