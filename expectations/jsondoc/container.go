package jsondoc

import (
	"fmt"
)

// enter opens a container; leave closes it.
func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		e := p.fail(fmt.Sprintf("%v: more than %d levels", ErrDepth, MaxDepth))
		e.Err = ErrDepth
		return e
	}
	p.pos++
	return p.space()
}

func (p *parser) leave() {
	p.pos++
	p.depth--
}

func (p *parser) array() (Value, error) {
	base := len(p.items)
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	if p.peek() == ']' {
		p.leave()
		return Value{Kind: KindArray, Items: []Value{}}, nil
	}
	for {
		v, err := p.element()
		if err != nil {
			return Value{}, err
		}
		p.items = append(p.items, v)
		done, err := p.separator(']', "in an array")
		if err != nil {
			return Value{}, err
		}
		if done {
			v := Value{Kind: KindArray, Items: exact(p.items[base:])}
			clear(p.items[base:])
			p.items = p.items[:base]
			return v, nil
		}
	}
}

func (p *parser) object() (Value, error) {
	base := len(p.members)
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	if p.peek() == '}' {
		p.leave()
		return Value{Kind: KindObject, Members: []Member{}}, nil
	}
	for {
		m, err := p.member()
		if err != nil {
			return Value{}, err
		}
		p.members = append(p.members, m)
		done, err := p.separator('}', "in an object")
		if err != nil {
			return Value{}, err
		}
		if done {
			v := Value{Kind: KindObject, Members: exact(p.members[base:])}
			clear(p.members[base:])
			p.members = p.members[:base]
			return v, nil
		}
	}
}

// exact is a copy without room to spare.
func exact[T any](s []T) []T {
	out := make([]T, len(s))
	copy(out, s)
	return out
}

func (p *parser) member() (Member, error) {
	name, err := p.name()
	if err != nil {
		return Member{}, err
	}
	if err := p.colon(); err != nil {
		return Member{}, err
	}
	v, err := p.value()
	return Member{Name: name, Value: v}, err
}

// colon consumes what stands between a name and its value.
func (p *parser) colon() error {
	if err := p.space(); err != nil {
		return err
	}
	if p.peek() != ':' {
		return p.unexpected("where a colon should follow a name")
	}
	p.pos++
	return p.space()
}

func (p *parser) name() (string, error) {
	if p.peek() == '"' {
		return p.quoted('"')
	}
	if p.lenient {
		return p.lenientName()
	}
	return "", p.unexpected("where a name should begin")
}

// element is one item of an array; a lenient one may be missing.
func (p *parser) element() (Value, error) {
	if p.lenient && p.peek() == ',' {
		return Value{}, nil
	}
	return p.value()
}

// separator consumes what follows an element: a comma, or the end, which it
// reports.
func (p *parser) separator(end byte, where string) (done bool, err error) {
	if err := p.space(); err != nil {
		return false, err
	}
	switch p.peek() {
	case end:
		p.leave()
		return true, nil
	case ',':
		p.pos++
		if err := p.space(); err != nil {
			return false, err
		}
		if p.lenient && p.peek() == end {
			p.leave()
			return true, nil
		}
		return false, nil
	}
	return false, p.unexpected(where)
}
