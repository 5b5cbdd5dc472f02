package pact

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An xmlElement is an element of an XML document, as far as it is compared.
type xmlElement struct {
	// space is the URI of the namespace, "" if there is none.
	space, local string
	// attributes are by name with their namespace, in order.
	attributes []xmlAttribute
	children   []*xmlElement
	// groups are the children by name, in the order of the first of each.
	groups xmlGroups
	// text is the text directly inside, each piece trimmed.
	text string
	// nodes counts what is inside: elements, texts, comments, instructions.
	nodes int
}

type xmlAttribute struct{ key, value string }

// key is the name that elements are compared by: prefixes do not count.
func (e *xmlElement) key() string { return xmlKey(xml.Name{Space: e.space, Local: e.local}) }

func xmlKey(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func (e *xmlElement) attribute(key string) (string, bool) {
	for _, a := range e.attributes {
		if a.key == key {
			return a.value, true
		}
	}
	return "", false
}

// xmlGroups are elements by name.
type xmlGroups struct {
	list []xmlGroup
	// byName is nil for few, which are scanned.
	byName map[string]int
}

// An xmlGroup is the elements of one name.
type xmlGroup struct {
	name     string
	elements []*xmlElement
}

func groupXML(elements []*xmlElement) xmlGroups {
	var g xmlGroups
	for _, e := range elements {
		name := e.key()
		i, ok := g.find(name)
		if !ok {
			i = len(g.list)
			g.list = append(g.list, xmlGroup{name: name})
			if g.byName != nil {
				g.byName[name] = i
			}
		}
		g.list[i].elements = append(g.list[i].elements, e)
		if len(g.list) > scanned && g.byName == nil {
			g.byName = make(map[string]int, len(elements))
			for i := range g.list {
				g.byName[g.list[i].name] = i
			}
		}
	}
	return g
}

func (g *xmlGroups) find(name string) (i int, ok bool) {
	if g.byName != nil {
		i, ok = g.byName[name]
		return i, ok
	}
	i = slices.IndexFunc(g.list, func(group xmlGroup) bool { return group.name == name })
	return i, i >= 0
}

// of are the elements of a name.
func (g *xmlGroups) of(name string) []*xmlElement {
	if i, ok := g.find(name); ok {
		return g.list[i].elements
	}
	return nil
}

// maxXMLDepth bounds how deep elements may be nested.
const maxXMLDepth = 512

// parseXML reads a document. Entities other than XML's own are errors.
func parseXML(data []byte) (*xmlElement, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return input, nil
		}
		return nil, fmt.Errorf("the character set %s is not supported", charset)
	}
	var root *xmlElement
	var open []*xmlElement
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			e, err := startXML(t, open)
			if err != nil {
				return nil, err
			}
			if len(open) == 0 {
				if root != nil {
					return nil, errors.New("more than one element at the root")
				}
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			top := open[len(open)-1]
			top.groups = groupXML(top.children)
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				top := open[len(open)-1]
				top.text += strings.TrimSpace(string(t))
				top.nodes++
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, errors.New("text outside the root element")
			}
		case xml.Comment, xml.ProcInst:
			if len(open) > 0 {
				open[len(open)-1].nodes++
			}
		}
	}
	if root == nil {
		return nil, errors.New("no element")
	}
	return root, nil
}

func startXML(t xml.StartElement, open []*xmlElement) (*xmlElement, error) {
	if len(open) == maxXMLDepth {
		return nil, fmt.Errorf("elements are nested deeper than %d", maxXMLDepth)
	}
	e := &xmlElement{space: t.Name.Space, local: t.Name.Local}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		e.attributes = append(e.attributes, xmlAttribute{xmlKey(a.Name), a.Value})
	}
	if len(open) > 0 {
		parent := open[len(open)-1]
		parent.children = append(parent.children, e)
		parent.nodes++
	}
	return e, nil
}
