package infer

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// textMember is the text of an element in the tree of an XML document, see
// [pact.XMLTree].
const textMember = "#text"

// xmlTree is the document of an XML body; one that does not parse makes the
// body one that is not compared.
func (p *part) xmlTree() (jsondoc.Value, bool) {
	if p.kind != bodyXML {
		return jsondoc.Value{}, false
	}
	if !p.parsed {
		root, doc, err := pact.XMLTree(p.raw)
		if err != nil {
			p.kind = bodyBroken
			return jsondoc.Value{}, false
		}
		p.doc, p.root, p.parsed = doc, root, true
	}
	return p.doc, true
}

// xmlElement writes the element of a place: the attributes and the elements
// that all samples have. typed says that a type rule on it or around it holds:
// then an answer may have no further elements either, as the reference
// compares. ok is false if it cannot be said.
func (w *treeWriter) xmlElement(o *objectStat, s spot, typed bool) (example jsondoc.Value, ok bool) {
	out := jsondoc.Object()
	inside := slices.ContainsFunc(o.members, func(m *member) bool { return m.value.list != nil })
	if o.folded != nil {
		return out, false
	}
	for _, m := range o.members {
		at := s.member(m.name)
		element := m.value.list != nil
		whole := m.present == o.count && nameable(m.name)
		switch {
		case !whole && m.name == textMember && !w.request:
			// Text beside elements, in some: the example has none, and any
			// is taken.
			w.rule(at, "type", pact.TypeMatcher(), "a text in %d of %d samples", m.present, o.count)
		case !whole && (w.request || typed && element):
			return out, false
		case !whole:
			w.skip(&m.value, at, "in %d of %d samples", m.present, o.count)
		case element:
			list, ok := w.xmlList(m.value.list, at, typed)
			if !ok && (w.request || typed) {
				return out, false
			}
			if ok {
				out.Members = append(out.Members, jsondoc.M(m.name, list))
			}
		case m.name == textMember && inside && w.request:
			return out, false // where it stood between them is not known
		default:
			if w.xmlText(&m.value, at) {
				out.Members = append(out.Members, jsondoc.M(m.name, jsondoc.String(m.value.text.first)))
			}
		}
	}
	return out, true
}

// xmlList writes the elements of one name: as one, and with a type rule if
// there may be several.
func (w *treeWriter) xmlList(l *listStat, s spot, typed bool) (jsondoc.Value, bool) {
	several := l.most > 1
	before := w.mark()
	inner := s
	inner.at = append(slices.Clip(s.at), "")
	item, ok := w.xmlElement(l.item.object, inner, typed || several)
	if !ok {
		w.reset(before)
		w.total++
		w.draft.report.notAsserted(w.place(s), "elements that differ in what is inside")
		return jsondoc.Value{}, false
	}
	if several {
		w.rule(s, "elements", pact.TypeMatcher(), "up to %d of them, each like the first", l.most)
	}
	return jsondoc.Array(item), true
}

// xmlText writes the rule for a text or an attribute; false leaves it out.
func (w *treeWriter) xmlText(n *node, s spot) bool {
	place := w.place(s)
	attribute := strings.HasPrefix(s.name, "@")
	if o, forced := w.draft.overrides.at(w.draft.group, place); forced {
		switch {
		case o.Ignore && attribute && !w.request:
			w.skip(n, s, "ignored by an override")
			return false
		case o.Ignore:
			w.rule(s, "type", pact.TypeMatcher(), "any text, by an override")
		case o.Literal:
			w.rule(s, "literal", named("equality"), "forced by an override")
		default:
			m := pact.Matcher{Value: o.Rule}
			w.rule(s, decisionOf(m), m, "forced by an override")
		}
		w.leaf(s, n)
		return true
	}
	c := xmlChoice(&n.text, s, w.draft.options.Mode)
	w.rule(s, c.decision, c.matcher, "%s", c.reason)
	w.leaf(s, n)
	return true
}

// xmlChoice is the rule for a text or an attribute. Numbers are texts too, and
// are known by the name around them.
func xmlChoice(t *textStat, s spot, mode Mode) choice {
	name := strings.TrimPrefix(s.name, "@")
	for i := len(s.at) - 1; i >= 0 && name == textMember; i-- {
		if s.at[i] != "" && s.at[i] != textMember {
			name = s.at[i]
		}
	}
	whole := t.digits && t.empty == 0 && t.secret == 0 && (t.n >= 3 && !measureName(name) || idName(name) || countName(name))
	switch {
	case mode == Types:
		return choice{"type", pact.TypeMatcher(), "a text in " + plural(t.n, "value")}
	case whole:
		return choice{`^\d+$`, pact.RegexMatcher(`^\d+$`), "digits in all of " + plural(t.n, "value")}
	}
	return textChoice(t, mode)
}

// xmlBody writes an XML body; false says that it cannot be said.
func (w *treeWriter) xmlBody(side *side) (pact.Body, jsondoc.Value, bool) {
	if side.tree.object == nil || !nameable(side.root) {
		return pact.Body{}, jsondoc.Value{}, false
	}
	example, ok := w.xmlElement(side.tree.object, spot{path: "$" + step(side.root), name: side.root}, false)
	if !ok {
		return pact.Body{}, example, false
	}
	return pact.Body{Kind: pact.BodyText, Bytes: renderXML(side.root, example)}, example, true
}

// renderXML prints a tree as a document.
func renderXML(root string, tree jsondoc.Value) []byte {
	b := bytes.NewBufferString(`<?xml version="1.0" encoding="UTF-8"?>`)
	renderElement(b, root, tree, "")
	return b.Bytes()
}

func renderElement(b *bytes.Buffer, key string, tree jsondoc.Value, around string) {
	space, local := splitKey(key)
	b.WriteString("<" + local)
	if space != around {
		b.WriteString(` xmlns="` + escaped(space) + `"`)
	}
	for i, m := range tree.Members {
		name, ok := strings.CutPrefix(m.Name, "@")
		if !ok || m.Value.Kind != jsondoc.KindString {
			continue
		}
		uri, local := splitKey(name)
		if uri == xmlSpace {
			local = "xml:" + local
		} else if uri != "" {
			prefix := "ns" + strconv.Itoa(i)
			b.WriteString(" xmlns:" + prefix + `="` + escaped(uri) + `"`)
			local = prefix + ":" + local
		}
		b.WriteString(" " + local + `="` + escaped(m.Value.Text) + `"`)
	}
	b.WriteByte('>')
	for _, m := range tree.Members {
		switch {
		case m.Name == textMember:
			b.WriteString(escaped(m.Value.Text))
		case m.Value.Kind == jsondoc.KindArray:
			for _, item := range m.Value.Items {
				renderElement(b, m.Name, item, space)
			}
		}
	}
	b.WriteString("</" + local + ">")
}

// xmlSpace is the namespace of the prefix xml, which needs no declaration
// (Namespaces in XML 1.0 §3).
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// splitKey takes the namespace off a name.
func splitKey(key string) (space, local string) {
	i := strings.LastIndexByte(key, ':')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes it all
	return b.String()
}

// biteXML counts the leaves of an XML body whose loss is noticed: that of the
// attribute, or of the element around the text.
func (d *draft) biteXML(root string, leaves []leaf, example jsondoc.Value, noticed func(body []byte) bool) int {
	held := 0
	for _, l := range leaves {
		at := l.at
		if n := len(at); at[n-1] == textMember && n > 2 {
			at = at[:n-2] // its list of elements
		}
		lost := renderXML(root+"X", example)
		if at[len(at)-1] != textMember {
			without, ok := change(example, at, nil)
			if !ok {
				continue
			}
			lost = renderXML(root, without)
		}
		if noticed(lost) {
			held++
		} else {
			d.report.notAsserted(l.place, "the contract does not notice when it is gone")
		}
	}
	return held
}
