package mustache

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxOutput bounds what a template makes, in bytes, together with what the
	// sections in it make for functions.
	MaxOutput = 16 << 20
	// MaxTime bounds how long a rendering takes. It is looked at between steps.
	MaxTime = 5 * time.Second
	// maxSteps bounds the tags and texts that a rendering goes through.
	maxSteps = 1 << 20
)

// ErrTooMuch is why a rendering was given up.
var ErrTooMuch = errors.New("the template makes too much: more than 16 MiB, more than a million steps, or for more than 5 seconds")

// A frame is a value with those around it.
type frame struct {
	value  Value
	parent *frame
	// index and count are where in a list the value is; count is 0 if in none.
	index, count int
}

// A budget is what is left for a rendering.
type budget struct {
	steps, bytes int
	deadline     time.Time
}

// step takes one.
func (b *budget) step() error {
	b.steps--
	if b.steps < 0 || b.bytes < 0 || time.Now().After(b.deadline) {
		return ErrTooMuch
	}
	return nil
}

type renderer struct {
	out  strings.Builder
	left *budget
}

// Render renders the template with the names of the scope. The error is
// [ErrTooMuch].
func (t *Template) Render(s Scope) (string, error) {
	r := renderer{left: &budget{steps: maxSteps, bytes: MaxOutput, deadline: time.Now().Add(MaxTime)}}
	if err := r.render(t.nodes, &frame{value: s}); err != nil {
		return "", err
	}
	return r.out.String(), r.left.step()
}

func (r *renderer) render(nodes []node, at *frame) error {
	for i := range nodes {
		n := &nodes[i]
		if err := r.left.step(); err != nil {
			return err
		}
		var err error
		switch n.kind {
		case textNode:
			r.write(n.text)
		case escapedNode:
			r.write(escaper.Replace(Text(at.find(n.text))))
		case rawNode:
			r.write(Text(at.find(n.text)))
		case invertedNode:
			if isFalse(at.find(n.text)) {
				err = r.render(n.inner, at)
			}
		case sectionNode:
			err = r.section(n, at)
		case blockNode:
			err = r.render(n.inner, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *renderer) write(s string) {
	if r.left.bytes -= len(s); r.left.bytes >= 0 { // else the next step sees it
		r.out.WriteString(s)
	}
}

func (r *renderer) section(n *node, at *frame) error {
	v := at.find(n.text)
	if isFalse(v) {
		return nil
	}
	switch v := v.(type) {
	case List:
		return r.repeat(n, at, v)
	case Listing:
		return r.repeat(n, at, v.Items())
	case Section:
		inner := renderer{left: r.left}
		if err := inner.render(n.inner, at); err != nil {
			return err
		}
		r.write(v(Argument{Text: inner.out.String(), Prepared: n.prepared}))
		return r.left.step()
	case bool:
		return r.render(n.inner, at)
	}
	return r.render(n.inner, &frame{value: v, parent: at})
}

func (r *renderer) repeat(n *node, at *frame, items List) error {
	for i, item := range items {
		if err := r.left.step(); err != nil {
			return err
		}
		if err := r.render(n.inner, &frame{item, at, i, len(items)}); err != nil {
			return err
		}
	}
	return nil
}

// escaper escapes for HTML as jmustache does.
var escaper = strings.NewReplacer(
	"&", "&amp;", "'", "&#39;", `"`, "&quot;", "<", "&lt;", ">", "&gt;", "`", "&#x60;", "=", "&#x3D;")

// find is the value of a name, nil if it has none.
func (f *frame) find(name string) Value {
	if v, ok := f.lookup(name); ok {
		return v
	}
	first, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil
	}
	v, ok := f.lookup(first)
	rest = strings.TrimRight(rest, ".") // java.lang.String.split
	for dotted = rest != ""; dotted && ok; {
		first, rest, dotted = strings.Cut(rest, ".")
		v, ok = member(v, first)
	}
	if !ok {
		return nil
	}
	return v
}

// lookup is the value of a name, dots and all, in the frame or in one around it.
func (f *frame) lookup(name string) (Value, bool) {
	switch name {
	case ".", "this":
		return f.value, true
	case "-first", "-last", "-index":
		return f.place(name), true
	}
	for ; f != nil; f = f.parent {
		if v, ok := member(f.value, name); ok {
			return v, true
		}
	}
	return nil, false
}

// place says where in the innermost list one is: in none, at 0, and neither
// first nor last.
func (f *frame) place(name string) Value {
	for f != nil && f.count == 0 {
		f = f.parent
	}
	at, in := 0, f != nil
	if in {
		at = f.index + 1
	}
	switch name {
	case "-first":
		return in && at == 1
	case "-last":
		return in && at == f.count
	}
	return Number(strconv.Itoa(at))
}
