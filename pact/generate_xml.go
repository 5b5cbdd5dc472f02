package pact

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// generateXML replaces texts and attributes of a document, all else of which
// stays as it is written. Paths go by the names of elements to #text or @name.
// As in the reference every element of a name is meant, names have the prefix
// that the document gives them, and each piece of text is replaced that is
// between elements, comments and instructions. Beyond that, names may have the
// URI of their namespace, as in matching rules, an index counts the elements
// of one name, and an element without any inside stands for its text.
func generateXML(data []byte, list []bodyGenerator, o GenerateOptions) ([]byte, error) {
	if _, err := parseXML(data); err != nil {
		return data, fmt.Errorf("%s: the body is not valid XML: %w", list[0].path, err)
	}
	g := &xmlGeneration{data: data, options: o, open: []xmlOpen{{counts: make(map[string]int)}}}
	for _, generator := range list {
		g.top().live = append(g.top().live, liveGenerator{generator, generator.below()})
	}
	if err := g.run(); err != nil {
		return data, err
	}
	return g.edited(), nil
}

// An xmlGeneration is the pass of generators over a document.
type xmlGeneration struct {
	data    []byte
	options GenerateOptions
	// open are the elements around the place, the document first.
	open  []xmlOpen
	edits []xmlEdit
}

// A liveGenerator is one whose path led to an element, with what is left of it.
type liveGenerator struct {
	bodyGenerator
	rest []token
}

// An xmlOpen is an element whose end was not read yet.
type xmlOpen struct {
	live []liveGenerator
	// counts are the elements inside by their name.
	counts map[string]int
	// texts are where the pieces of text are, inText whether the last goes on.
	texts  []xmlText
	inText bool
	// name is as it is written.
	name string
}

// An xmlText is a piece of text, at data[from:to].
type xmlText struct {
	from, to int
	text     string
}

// An xmlEdit puts text at data[from:to].
type xmlEdit struct {
	from, to int
	text     string
}

func (g *xmlGeneration) top() *xmlOpen { return &g.open[len(g.open)-1] }

func (g *xmlGeneration) run() error {
	d := xml.NewDecoder(bytes.NewReader(g.data))
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for {
		from := int(d.InputOffset())
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		to := int(d.InputOffset())
		if data, ok := t.(xml.CharData); ok {
			g.text(from, to, string(data))
			continue
		}
		g.top().inText = false
		switch t := t.(type) {
		case xml.StartElement:
			err = g.start(t, from, to)
		case xml.EndElement:
			err = g.end(from, to)
		}
		if err != nil {
			return err
		}
	}
}

func (g *xmlGeneration) text(from, to int, text string) {
	e := g.top()
	if !e.inText {
		e.texts, e.inText = append(e.texts, xmlText{from: from, to: from}), true
	}
	last := &e.texts[len(e.texts)-1]
	last.to, last.text = to, last.text+text
}

// start follows the paths into an element, and replaces its attributes.
func (g *xmlGeneration) start(t xml.StartElement, from, to int) error {
	name, places := startTag(g.data[from:to])
	outer, key := g.top(), xmlKey(t.Name)
	e := xmlOpen{name: name, counts: make(map[string]int)}
	for _, l := range outer.live {
		if rest, ok := intoElement(l.rest, name, key, outer.counts[name]); ok {
			e.live = append(e.live, liveGenerator{l.bodyGenerator, rest})
		}
	}
	outer.counts[name]++
	g.open = append(g.open, e)
	for i, a := range t.Attr {
		if i == len(places) {
			break
		}
		if p := places[i]; p.text != "xmlns" && !strings.HasPrefix(p.text, "xmlns:") {
			is := func(rest []token) bool {
				return len(rest) == 1 && rest[0].isName() && (rest[0].name == "@"+p.text || rest[0].name == "@"+xmlKey(a.Name))
			}
			if err := g.value(a.Value, xmlEdit{from: from + p.from, to: from + p.to}, is); err != nil {
				return err
			}
		}
	}
	return nil
}

// intoElement is what is left of a path inside an element, the n-th of its
// name.
func intoElement(path []token, name, key string, n int) (rest []token, ok bool) {
	if len(path) == 0 || path[0].kind != tokenStar && (!path[0].isName() || path[0].name != name && path[0].name != key) {
		return nil, false
	}
	rest = path[1:]
	if len(rest) > 0 && (rest[0].kind == tokenIndex || rest[0].kind == tokenItems) {
		return rest[1:], rest[0].kind == tokenItems || rest[0].name == strconv.Itoa(n)
	}
	return rest, true
}

// end replaces the text of an element; where there is none it comes last.
func (g *xmlGeneration) end(from, to int) error {
	e := g.top()
	leaf := len(e.counts) == 0
	is := func(rest []token) bool {
		switch len(rest) {
		case 0:
			return leaf
		case 1:
			return rest[0].kind == tokenStar || rest[0].isName() && rest[0].name == "#text"
		}
		return false
	}
	for _, l := range e.live {
		if len(l.rest) == 0 && !leaf {
			return fmt.Errorf("%s: <%s> has elements inside: end the path in ['#text'] or ['@name'] for its text or an attribute", l.path, e.name)
		}
	}
	texts := e.texts
	if len(texts) == 0 {
		texts = []xmlText{{from: from, to: from}}
	}
	before := len(g.edits)
	for _, t := range texts {
		if err := g.value(t.text, xmlEdit{from: t.from, to: t.to}, is); err != nil {
			return err
		}
	}
	if from == to && len(g.edits) > before { // it is written <a/>
		g.edits[before] = xmlEdit{from - len("/>"), to, ">" + g.edits[before].text + "</" + e.name + ">"}
	}
	g.open = g.open[:len(g.open)-1]
	return nil
}

// value has the generators work on a value whose path is left to be is.
func (g *xmlGeneration) value(example string, at xmlEdit, is func(rest []token) bool) error {
	made, changed := jsondoc.String(example), false
	for _, l := range g.top().live {
		if !is(l.rest) {
			continue
		}
		changed = true
		var err error
		if made, err = generate(l.with, made, g.options); err != nil {
			return fmt.Errorf("%s: %w", l.path, err)
		}
	}
	if !changed || scalarText(made) == example {
		return nil
	}
	var text strings.Builder
	if err := xml.EscapeText(&text, []byte(scalarText(made))); err != nil {
		return err
	}
	at.text = text.String()
	g.edits = append(g.edits, at)
	return nil
}

// edited is the document with its edits, no two of which overlap.
func (g *xmlGeneration) edited() []byte {
	slices.SortStableFunc(g.edits, func(a, b xmlEdit) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	at := 0
	for _, e := range g.edits {
		out = append(append(out, g.data[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, g.data[at:]...)
}

// startTag finds the name in a start tag that was read, and its attributes: the
// name of each and where its value is, between the quotes.
func startTag(tag []byte) (name string, attributes []xmlEdit) {
	const space = " \t\r\n"
	end := 1 + bytes.IndexAny(tag[1:], space+"/>")
	name = string(tag[1:end])
	for at := end; ; {
		at += len(tag[at:]) - len(bytes.TrimLeft(tag[at:], space))
		equals := bytes.IndexByte(tag[at:], '=')
		if equals < 0 || tag[at] == '/' || tag[at] == '>' {
			return name, attributes
		}
		a := xmlEdit{text: string(bytes.TrimRight(tag[at:at+equals], space))}
		at += equals + 1
		at += len(tag[at:]) - len(bytes.TrimLeft(tag[at:], space))
		quote := tag[at]
		a.from = at + 1
		a.to = a.from + bytes.IndexByte(tag[a.from:], quote)
		attributes = append(attributes, a)
		at = a.to + 1
	}
}
