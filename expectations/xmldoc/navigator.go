package xmldoc

import (
	"strings"

	"github.com/antchfx/xpath"
)

// A navigator is a place in a document, for the XPath engine.
type navigator struct {
	at   *node
	attr int // among the attributes of at; -1 for at itself
	// local says that prefixes do not count.
	local bool
	// left counts the steps down, over all navigators of an evaluation. It
	// panics when there were too many, which is the only way out of the
	// engine; [XPath.Holds] recovers.
	left *int
}

func (n *navigator) step() {
	if *n.left--; *n.left < 0 {
		panic(ErrTooMuch)
	}
}

// NodeType implements [xpath.NodeNavigator], as do the others.
func (n *navigator) NodeType() xpath.NodeType {
	switch {
	case n.attr >= 0:
		return xpath.AttributeNode
	case n.at.parent == nil:
		return xpath.RootNode
	case n.at.isText():
		return xpath.TextNode
	}
	return xpath.ElementNode
}

func (n *navigator) LocalName() string {
	if n.attr >= 0 {
		return n.at.attrs[n.attr].name.Local
	}
	return n.at.name.Local
}

func (n *navigator) Prefix() string {
	if n.local {
		return ""
	}
	if n.attr >= 0 {
		return n.at.attrs[n.attr].prefix
	}
	return n.at.prefix
}

// NamespaceURL is asked for where an expression has namespaces.
func (n *navigator) NamespaceURL() string {
	if n.attr >= 0 {
		return n.at.attrs[n.attr].name.Space
	}
	return n.at.name.Space
}

func (n *navigator) Value() string {
	if n.attr >= 0 {
		return n.at.attrs[n.attr].value
	}
	var out strings.Builder
	n.collect(n.at, &out)
	return out.String()
}

func (n *navigator) collect(at *node, out *strings.Builder) {
	n.step()
	*n.left -= len(at.text) / textPerMove
	out.WriteString(at.text)
	for _, child := range at.children {
		n.collect(child, out)
	}
}

func (n *navigator) Copy() xpath.NodeNavigator {
	n.step()
	c := *n
	return &c
}

func (n *navigator) MoveToRoot() {
	n.attr = -1
	for n.at.parent != nil {
		n.at = n.at.parent
	}
}

func (n *navigator) MoveToParent() bool {
	n.step()
	if n.attr >= 0 {
		n.attr = -1
		return true
	}
	if n.at.parent == nil {
		return false
	}
	n.at = n.at.parent
	return true
}

func (n *navigator) MoveToNextAttribute() bool {
	n.step()
	if n.attr+1 >= len(n.at.attrs) {
		return false
	}
	n.attr++
	return true
}

func (n *navigator) MoveToChild() bool {
	n.step()
	if n.attr >= 0 || len(n.at.children) == 0 {
		return false
	}
	n.at = n.at.children[0]
	return true
}

func (n *navigator) MoveToFirst() bool { return n.sibling(-n.at.index) }

func (n *navigator) MoveToNext() bool { return n.sibling(1) }

func (n *navigator) MoveToPrevious() bool { return n.sibling(-1) }

// sibling moves among the children of the parent.
func (n *navigator) sibling(by int) bool {
	n.step()
	if n.attr >= 0 || n.at.parent == nil {
		return false
	}
	to := n.at.index + by
	if to < 0 || to >= len(n.at.parent.children) {
		return false
	}
	n.at = n.at.parent.children[to]
	return true
}

func (n *navigator) MoveTo(other xpath.NodeNavigator) bool {
	o, ok := other.(*navigator)
	if ok {
		n.at, n.attr = o.at, o.attr
	}
	return ok
}
