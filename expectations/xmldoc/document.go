package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

const (
	// MaxDepth is how deeply elements may be nested.
	MaxDepth = 512
	// MaxNodes is how many elements, texts and attributes a document may have.
	MaxNodes = 250_000
)

// A Document is a parsed document. It is immutable and safe for concurrent
// use.
type Document struct {
	// top has the root element as its only child.
	top *node
}

// A node is an element, or a text, which has no name.
type node struct {
	name     xml.Name // Space is the namespace's URL
	prefix   string
	text     string
	attrs    []attr
	parent   *node
	children []*node
	index    int // among the parent's children
	scope    *scope
}

// An attr is an attribute; declarations of namespaces are none.
type attr struct {
	name   xml.Name
	prefix string
	value  string
}

func (n *node) isText() bool { return n.name.Local == "" && n.parent != nil }

// A scope is one declaration of a namespace, on top of those around it.
type scope struct {
	prefix, url string
	outer       *scope
}

func (s *scope) lookup(prefix string) (url string, ok bool) {
	switch prefix {
	case "xml":
		return "http://www.w3.org/XML/1998/namespace", true
	case "xmlns":
		return "http://www.w3.org/2000/xmlns/", true
	}
	for ; s != nil; s = s.outer {
		if s.prefix == prefix {
			return s.url, true
		}
	}
	return "", prefix == ""
}

// Parse reads a document in UTF-8, UTF-16 with a byte order mark, US-ASCII or
// ISO-8859-1, as its declaration says (XML 1.0 §4.3.3).
func Parse(data []byte) (*Document, error) {
	if text, ok := decodeUTF16(data); ok {
		return parse([]byte(text), false)
	}
	return parse(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), true)
}

// ParseText reads a document that has been decoded already; what its
// declaration says of an encoding does not count (RFC 7303 §3).
func ParseText(text string) (*Document, error) { return parse([]byte(text), false) }

func decodeUTF16(data []byte) (text string, ok bool) {
	big := bytes.HasPrefix(data, []byte{0xfe, 0xff})
	if !big && !bytes.HasPrefix(data, []byte{0xff, 0xfe}) {
		return "", false
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		a, b := uint16(data[i]), uint16(data[i+1])
		if !big {
			a, b = b, a
		}
		units = append(units, a<<8|b)
	}
	return string(utf16.Decode(units)), true
}

func parse(data []byte, declared bool) (*Document, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "utf-8", "utf8", "us-ascii", "ascii":
			return input, nil
		case "iso-8859-1", "latin1":
			if declared {
				return latin1Reader{input}, nil
			}
			return input, nil
		}
		if declared {
			return nil, fmt.Errorf("the encoding %q is not supported", label)
		}
		return input, nil
	}
	p := &parser{at: &node{}}
	p.top = p.at
	for {
		// RawToken keeps prefixes; what Token would check is checked here.
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		if err != nil {
			return nil, err
		}
		if err := p.token(token); err != nil {
			return nil, err
		}
	}
}

// latin1Reader turns ISO-8859-1 into UTF-8.
type latin1Reader struct{ in io.Reader }

func (r latin1Reader) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return 0, io.ErrShortBuffer
	}
	raw := make([]byte, len(p)/2)
	n, err := r.in.Read(raw)
	out := p[:0]
	for _, c := range raw[:n] {
		out = append(out, string(rune(c))...)
	}
	return len(out), err
}

type parser struct {
	top, at *node
	depth   int
	nodes   int
	text    []byte // before the next tag
}

func (p *parser) end() (*Document, error) {
	if p.at != p.top {
		return nil, fmt.Errorf("the element %s is not closed", p.at.qualified())
	}
	if len(p.top.children) == 0 {
		return nil, errors.New("no element")
	}
	return &Document{p.top}, nil
}

func (p *parser) count() error {
	if p.nodes++; p.nodes > MaxNodes {
		return fmt.Errorf("more than %d elements, texts and attributes", MaxNodes)
	}
	return nil
}

func (p *parser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if err := p.flush(); err != nil {
			return err
		}
		return p.open(t)
	case xml.EndElement:
		if err := p.flush(); err != nil {
			return err
		}
		if p.at == p.top || p.at.prefix != t.Name.Space || p.at.name.Local != t.Name.Local {
			return fmt.Errorf("the end tag %s closes nothing", joined(t.Name.Space, t.Name.Local))
		}
		p.at = p.at.parent
		p.depth--
	case xml.CharData:
		return p.characters(t)
	default: // comments, instructions and declarations
	}
	return nil
}

// characters keeps text until an element begins or ends: comments and CDATA
// sections do not divide it.
func (p *parser) characters(text []byte) error {
	if p.at == p.top && len(bytes.TrimSpace(text)) > 0 {
		return errors.New("text outside of the root element")
	}
	if p.at != p.top {
		p.text = append(p.text, text...)
	}
	return nil
}

// flush adds the text kept.
func (p *parser) flush() error {
	if len(p.text) == 0 {
		return nil
	}
	p.add(&node{text: string(p.text)})
	p.text = p.text[:0]
	return p.count()
}

func (p *parser) add(n *node) {
	n.parent, n.index = p.at, len(p.at.children)
	p.at.children = append(p.at.children, n)
}

func (p *parser) open(t xml.StartElement) error {
	if p.at == p.top && len(p.top.children) > 0 {
		return errors.New("more than one root element")
	}
	if p.depth++; p.depth > MaxDepth {
		return fmt.Errorf("elements are nested more than %d deep", MaxDepth)
	}
	if err := p.count(); err != nil {
		return err
	}
	n := &node{prefix: t.Name.Space, scope: p.at.scope}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns":
			n.scope = &scope{a.Name.Local, a.Value, n.scope}
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			n.scope = &scope{"", a.Value, n.scope}
		}
	}
	n.name = n.resolve(t.Name.Space, t.Name.Local, true)
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		if err := p.count(); err != nil {
			return err
		}
		n.attrs = append(n.attrs, attr{n.resolve(a.Name.Space, a.Name.Local, false), a.Name.Space, a.Value})
	}
	if name, twice := n.attrTwice(); twice {
		return fmt.Errorf("the attribute %s occurs twice in %s", name, n.qualified())
	}
	p.add(n)
	p.at = n
	return nil
}

// resolve puts a namespace's URL for its prefix; one that is not declared
// stands for itself. Attributes without a prefix are in no namespace.
func (n *node) resolve(prefix, local string, element bool) xml.Name {
	if prefix == "" && !element {
		return xml.Name{Local: local}
	}
	url, ok := n.scope.lookup(prefix)
	if !ok {
		url = prefix
	}
	return xml.Name{Space: url, Local: local}
}

func (n *node) attrTwice() (name string, twice bool) {
	if len(n.attrs) < 2 {
		return "", false
	}
	seen := make(map[xml.Name]bool, len(n.attrs))
	for _, a := range n.attrs {
		if seen[a.name] {
			return joined(a.prefix, a.name.Local), true
		}
		seen[a.name] = true
	}
	return "", false
}

// qualified is the name as written.
func (n *node) qualified() string { return joined(n.prefix, n.name.Local) }

func joined(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}
