package mustache

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxNesting is how deep sections may be in one another, and how many dots a
// name may have.
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
	// prepared is what [Options.Prepare] made of the text in a section.
	prepared any
}

type nodeKind uint8

const (
	textNode nodeKind = iota
	escapedNode
	rawNode
	sectionNode
	invertedNode
	blockNode
)

// Options are the options of [Parse].
type Options struct {
	// Prepare has for the name of a [Section] what makes of its text, once,
	// what it then is called with; its error is an error of the template. It is
	// called for sections without tags in them: what others say is known only
	// when they are rendered.
	Prepare map[string]func(text string) (any, error)
	// Check, if not nil, is called with each name that is looked up; its error
	// is one of the template.
	Check func(name string) error
}

// Parse takes a template apart. The error says what is wrong and in which
// line.
func Parse(text string, o Options) (*Template, error) {
	p := parser{text: text, open: "{{", close: "}}", options: o}
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
	at      int
	options Options
}

// section reads up to the end of the named section, or of the template for "".
func (p *parser) section(name string, depth int) ([]node, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("sections are nested more than %d deep", maxNesting)
	}
	var nodes []node
	start := p.pos
	for {
		tag, err := p.next()
		switch {
		case err != nil:
			return nil, err
		case tag.kind == noTag && name != "":
			return nil, fmt.Errorf("section %q has no end: write %s/%s%s", name, p.open, name, p.close)
		case tag.kind == noTag:
			return appendText(nodes, p.text[start:]), nil
		}
		nodes = appendText(nodes, p.before(start, tag.kind))
		if tag.kind == '/' {
			if tag.name != name || name == "" {
				return nil, fmt.Errorf("%q ends no section that is open here", tag.name)
			}
			return nodes, nil
		}
		if nodes, err = p.add(nodes, tag, depth); err != nil {
			return nil, err
		}
		start = p.pos
	}
}

// add appends what a tag stands for.
func (p *parser) add(nodes []node, t tag, depth int) ([]node, error) {
	switch t.kind {
	case '!':
		return nodes, nil
	case '=':
		return nodes, p.delimiters(t.name)
	case '>', '<':
		return nil, fmt.Errorf("has the partial %q: partials are not supported", t.name)
	}
	if p.options.Check != nil && t.kind != '$' {
		if err := p.options.Check(t.name); err != nil {
			return nil, err
		}
	}
	switch t.kind {
	case '&':
		return append(nodes, node{kind: rawNode, text: t.name}), nil
	case 0:
		return append(nodes, node{kind: escapedNode, text: t.name}), nil
	}
	begin := p.at
	inner, err := p.section(t.name, depth+1)
	if err != nil {
		return nil, err
	}
	n := node{kind: sectionNode, text: t.name, inner: inner}
	switch prepare := p.options.Prepare[t.name]; {
	case t.kind == '^':
		n.kind = invertedNode
	case t.kind == '$':
		n.kind = blockNode
	case prepare != nil && len(inner) == 1 && inner[0].kind == textNode:
		if n.prepared, err = prepare(inner[0].text); err != nil {
			p.at = begin
			return nil, fmt.Errorf("section %q: %w", t.name, err)
		}
	}
	return append(nodes, n), nil
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

// noTag is the kind where the template ends.
const noTag = 0xff

// next goes to the next tag, and past it. As in jmustache, what begins like
// one and has no end is text, and so is one in which another begins.
func (p *parser) next() (tag, error) {
	for {
		i := strings.Index(p.text[p.pos:], p.open)
		if i < 0 {
			return tag{kind: noTag}, nil
		}
		begin := p.pos + i
		rest := p.text[begin+len(p.open):]
		again, within := p.again(rest), rest
		if again >= 0 { // never look further: the tags could be many
			within = rest[:min(len(rest), again+len(p.close))]
		}
		end := strings.Index(within, p.close)
		if again >= 0 && (end < 0 || again < end) {
			p.pos = begin + len(p.open) + again
			continue
		}
		if end < 0 {
			return tag{kind: noTag}, nil
		}
		p.at, p.pos = begin, begin+len(p.open)+end+len(p.close)
		return p.tag(rest[:end])
	}
}

// again is where in a tag another one may begin, -1 for nowhere.
func (p *parser) again(rest string) int {
	if rest == "" || rest[0] == '!' {
		return -1
	}
	_, first := utf8.DecodeRuneInString(rest)
	_, size := utf8.DecodeRuneInString(p.open)
	if i := strings.Index(rest[first:], p.open[:size]); i >= 0 {
		return first + i
	}
	return -1
}

// tag reads what is between the delimiters.
func (p *parser) tag(content string) (tag, error) {
	if p.open == "{{" && strings.HasPrefix(content, "{") {
		if !strings.HasPrefix(p.text[p.pos:], "}") {
			return tag{}, fmt.Errorf("a tag has no end: write }}}")
		}
		p.pos++
		content = "&" + content[1:]
	}
	content = strings.TrimSpace(content)
	t := tag{0, content}
	if content != "" && strings.IndexByte("#^/!=><&$", content[0]) >= 0 {
		t = tag{content[0], strings.TrimSpace(content[1:])}
	}
	switch {
	case t.kind == '!' || t.kind == '=':
	case t.name == "":
		return tag{}, errors.New("a tag has no name")
	case strings.Count(t.name, ".") > maxNesting:
		return tag{}, fmt.Errorf("the name %q has more than %d parts", t.name[:maxNesting]+"…", maxNesting)
	case strings.ContainsAny(t.name, "\n\r"):
		return tag{}, fmt.Errorf("the tag %q has a line break in it", t.name)
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
	lineEnd := p.pos == len(p.text) || rest != "" && (rest[0] == '\n' || strings.HasPrefix(rest, "\r\n"))
	if !lineStart || !lineEnd {
		return text
	}
	p.pos = len(p.text) - len(rest)
	if rest != "" {
		p.pos += strings.IndexByte(rest, '\n') + 1
	}
	return head
}

// delimiters takes new ones: "<% %>=" is what follows the first "=". Each has
// one or two characters (jmustache).
func (p *parser) delimiters(text string) error {
	text, ended := strings.CutSuffix(text, "=")
	fields := strings.Fields(text)
	if !ended || len(fields) != 2 || !isDelimiter(fields[0]) || !isDelimiter(fields[1]) {
		return fmt.Errorf("new delimiters are written %s=<%% %%>=%s", p.open, p.close)
	}
	p.open, p.close = fields[0], fields[1]
	return nil
}

func isDelimiter(s string) bool {
	return utf8.RuneCountInString(s) <= 2 && !strings.Contains(s, "=")
}
