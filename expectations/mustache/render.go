package mustache

import (
	"errors"
	"strconv"
	"strings"
)

const (
	// MaxOutput bounds what a template makes, in bytes.
	MaxOutput = 16 << 20
	// maxSteps bounds the tags and texts that a rendering goes through.
	maxSteps = 1 << 20
)

// ErrTooMuch is why a rendering was given up.
var ErrTooMuch = errors.New("the template makes too much: more than 16 MiB, or more than a million steps")

// A Value is what a name stands for: nil, a string, a bool, a number as
// [Number], a [List], a [Scope], a [Func] or a [Section].
type Value any

type (
	// A Number is a number as it is printed.
	Number string
	// A List is repeated by a section.
	List []Value
	// A Func is called where its value is wanted.
	Func func() Value
	// A Section is called with what the text of its section renders to, and
	// returns what to print instead.
	Section func(text string) string
)

// A Scope has names. Its methods are called by one goroutine at a time for
// each rendering.
type Scope interface {
	// Get returns the value of a name without dots; ok is false if there is
	// none.
	Get(name string) (v Value, ok bool)
	// String is how it is printed where its name stands alone.
	String() string
}

// A frame is a value with those around it.
type frame struct {
	value  Value
	parent *frame
	// index and count are where in a list the value is; count is 0 if in none.
	index, count int
}

type renderer struct {
	out   strings.Builder
	steps int
}

// Render renders the template with the names of the scope. The error is
// [ErrTooMuch].
func (t *Template) Render(s Scope) (string, error) {
	r := renderer{}
	if err := r.render(t.nodes, &frame{value: s}); err != nil {
		return "", err
	}
	return r.out.String(), nil
}

func (r *renderer) render(nodes []node, at *frame) error {
	for i := range nodes {
		n := &nodes[i]
		if r.steps++; r.steps > maxSteps || r.out.Len() > MaxOutput {
			return ErrTooMuch
		}
		switch n.kind {
		case textNode:
			r.out.WriteString(n.text)
		case escapedNode:
			r.write(escaper.Replace(text(at.find(n.text))))
		case rawNode:
			r.write(text(at.find(n.text)))
		case invertedNode:
			if isFalse(at.find(n.text)) {
				if err := r.render(n.inner, at); err != nil {
					return err
				}
			}
		case sectionNode:
			if err := r.section(n, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *renderer) write(s string) {
	if r.out.Len()+len(s) > MaxOutput {
		r.steps = maxSteps // the next step sees it
		return
	}
	r.out.WriteString(s)
}

func (r *renderer) section(n *node, at *frame) error {
	v := at.find(n.text)
	if isFalse(v) {
		return nil
	}
	switch v := v.(type) {
	case List:
		for i, item := range v {
			if r.steps++; r.steps > maxSteps {
				return ErrTooMuch
			}
			if err := r.render(n.inner, &frame{item, at, i, len(v)}); err != nil {
				return err
			}
		}
		return nil
	case Section:
		inner := renderer{steps: r.steps}
		if err := inner.render(n.inner, at); err != nil {
			return err
		}
		r.steps = inner.steps
		r.write(v(inner.out.String()))
		return nil
	case bool:
		return r.render(n.inner, at)
	}
	return r.render(n.inner, &frame{value: v, parent: at})
}

// escaper escapes for HTML as jmustache does.
var escaper = strings.NewReplacer(
	"&", "&amp;", "'", "&#39;", `"`, "&quot;", "<", "&lt;", ">", "&gt;", "`", "&#x60;", "=", "&#x3D;")

// find is the value of a name, nil if it has none.
func (f *frame) find(name string) Value {
	switch name {
	case ".", "this":
		return called(f.value)
	case "-first", "-last", "-index":
		return f.place(name)
	}
	if v, ok := f.lookup(name); ok {
		return v
	}
	first, rest, dotted := strings.Cut(name, ".")
	v, ok := f.lookup(first)
	for dotted && ok {
		first, rest, dotted = strings.Cut(rest, ".")
		v, ok = member(v, first)
	}
	if !ok {
		return nil
	}
	return v
}

func (f *frame) lookup(name string) (Value, bool) {
	for ; f != nil; f = f.parent {
		if v, ok := member(f.value, name); ok {
			return v, true
		}
	}
	return nil, false
}

// place says where in the innermost list one is.
func (f *frame) place(name string) Value {
	for f != nil && f.count == 0 {
		f = f.parent
	}
	switch {
	case f == nil:
		return nil
	case name == "-first":
		return f.index == 0
	case name == "-last":
		return f.index == f.count-1
	}
	return Number(strconv.Itoa(f.index + 1))
}

// member is what a value has under a name.
func member(v Value, name string) (Value, bool) {
	switch v := v.(type) {
	case Scope:
		found, ok := v.Get(name)
		return called(found), ok
	case List:
		switch i, err := strconv.Atoi(name); {
		case err == nil && i >= 0 && i < len(v):
			return called(v[i]), true
		case name == "size" || name == "length":
			return Number(strconv.Itoa(len(v))), true
		}
	}
	return nil, false
}

func called(v Value) Value {
	if f, ok := v.(Func); ok {
		return f()
	}
	return v
}

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
		return err == nil && f == 0
	case List:
		return len(v) == 0
	}
	return false
}

// text is how a value is printed.
func text(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case Number:
		return string(v)
	case List:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = text(called(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Scope:
		return v.String()
	}
	return ""
}
