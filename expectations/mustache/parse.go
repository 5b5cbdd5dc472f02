package mustache

import (
	"fmt"
	"strings"
)

// maxNesting is how deep sections may be in one another.
const maxNesting = 64

// A Template is a template taken apart. It is immutable.
type Template struct{ nodes []node }

// A node is text, or a tag.
type node struct {
	kind nodeKind
	// text is the text, or the name.
	text string
	// inner is what is in a section.
	inner []node
}

type nodeKind uint8

const (
	textNode nodeKind = iota
	escapedNode
	rawNode
	sectionNode
	invertedNode
)

// Parse takes a template apart. The error says what is wrong and in which
// line.
func Parse(text string) (*Template, error) {
	p := parser{text: text, open: "{{", close: "}}"}
	nodes, err := p.section("", 0)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", 1+strings.Count(text[:p.at], "\n"), err)
	}
	return &Template{nodes}, nil
}

type parser struct {
	text        string
	pos         int
	open, close string
	// at is where the tag read last begins.
	at int
}

// section reads up to the end of the named section, or of the template for "".
func (p *parser) section(name string, depth int) ([]node, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("sections are nested more than %d deep", maxNesting)
	}
	var nodes []node
	for {
		i := strings.Index(p.text[p.pos:], p.open)
		if i < 0 {
			if name != "" {
				return nil, fmt.Errorf("section %q has no end: write %s/%s%s", name, p.open, name, p.close)
			}
			return appendText(nodes, p.text[p.pos:]), nil
		}
		start := p.pos
		p.at = p.pos + i
		tag, err := p.tag()
		if err != nil {
			return nil, err
		}
		nodes = appendText(nodes, p.before(start, tag.kind))
		switch tag.kind {
		case '/':
			if tag.name != name || name == "" {
				return nil, fmt.Errorf("%q ends no section that is open here", tag.name)
			}
			return nodes, nil
		case '#', '^':
			inner, err := p.section(tag.name, depth+1)
			if err != nil {
				return nil, err
			}
			kind := sectionNode
			if tag.kind == '^' {
				kind = invertedNode
			}
			nodes = append(nodes, node{kind: kind, text: tag.name, inner: inner})
		case '!':
		case '=':
			if err := p.delimiters(tag.name); err != nil {
				return nil, err
			}
		case '>':
			return nil, fmt.Errorf("has the partial %q: partials are not supported", tag.name)
		case '&':
			nodes = append(nodes, node{kind: rawNode, text: tag.name})
		default:
			nodes = append(nodes, node{kind: escapedNode, text: tag.name})
		}
	}
}

func appendText(nodes []node, text string) []node {
	if text == "" {
		return nodes
	}
	return append(nodes, node{text: text})
}

// A tag has its sigil as kind, 0 for none.
type tag struct {
	kind byte
	name string
}

// tag reads the tag at p.at.
func (p *parser) tag() (tag, error) {
	from := p.at + len(p.open)
	end := p.close
	triple := p.open == "{{" && strings.HasPrefix(p.text[from:], "{")
	if triple {
		from, end = from+1, "}"+p.close
	}
	i := strings.Index(p.text[from:], end)
	if i < 0 {
		return tag{}, fmt.Errorf("a tag has no end: write %s", end)
	}
	content := strings.TrimSpace(p.text[from : from+i])
	p.pos = from + i + len(end)
	var t tag
	switch {
	case triple:
		t = tag{'&', content}
	case content != "" && strings.IndexByte("#^/!=>&", content[0]) >= 0:
		t = tag{content[0], strings.TrimSpace(content[1:])}
	default:
		t = tag{0, content}
	}
	if t.name == "" && t.kind != '!' {
		return tag{}, fmt.Errorf("a tag has no name")
	}
	return t, nil
}

// before is the text between the last tag and this one. If a tag that prints
// nothing is alone on its line, the line goes with it.
func (p *parser) before(start int, kind byte) string {
	text := p.text[start:p.at]
	if kind == 0 || kind == '&' {
		return text
	}
	head := strings.TrimRight(text, " \t")
	lineStart := len(head) == 0 && (start == 0 || p.text[start-1] == '\n') || strings.HasSuffix(head, "\n")
	rest := strings.TrimLeft(p.text[p.pos:], " \t")
	lineEnd := rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n")
	if !lineStart || !lineEnd {
		return text
	}
	p.pos = len(p.text) - len(rest)
	if rest != "" {
		p.pos += strings.IndexByte(rest, '\n') + 1
	}
	return head
}

// delimiters takes new ones: "<% %>=" is what follows the first "=".
func (p *parser) delimiters(text string) error {
	fields := strings.Fields(strings.TrimSuffix(text, "="))
	if len(fields) != 2 || strings.Contains(text[:len(text)-1], "=") {
		return fmt.Errorf("new delimiters are written %s=<%% %%>=%s", p.open, p.close)
	}
	p.open, p.close = fields[0], fields[1]
	return nil
}
