package infer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A group is the samples that one interaction stands for, merged.
type group struct {
	number uint32
	// key tells it from others; groups are sorted by it.
	key string
	// endpoint is authority, template, method and status: the groups of one
	// are variants of each other.
	endpoint string
	template template
	method   string
	status   int
	host     string
	samples  int
	query    fieldSet
	in, out  side
	// redactions are the places of secrets, each once, up to a bound.
	redactions []expectations.Redaction
	// literal says that all of it is exported as it is, exact that the
	// request's body is.
	literal, exact bool
}

// A side is what is kept of a group's requests or responses.
type side struct {
	kind bodyKind
	// contentType is the first; untyped says that there was none.
	media   string
	headers fieldSet
	// root is the name of an XML body's root.
	root string
	// tree is the merged JSON or XML body, form the merged fields.
	tree node
	form fieldSet
	// whole is the first body that is compared as a whole, or by its type;
	// varied says that others differ.
	whole  []byte
	varied bool
	// alien says that a binary body is not of the type it is declared as, or
	// of none that is told by magic numbers.
	alien bool
}

// groupSet finds the group of each sample.
type groupSet struct {
	options   Options
	acceptors *acceptors
	byKey     map[string]*group
	list      []*group
	// variants counts the groups of each endpoint.
	variants map[string]int
	// exact are the keys of groups whose request bodies cannot be said once
	// for all: each body makes a group of its own.
	exact map[string]bool
	// refused counts the samples that came when there were too many groups.
	refused int
	buf     []byte
}

func newGroupSet(o Options) groupSet {
	return groupSet{options: o, acceptors: newAcceptors(), byKey: make(map[string]*group), variants: make(map[string]int)}
}

// add merges a sample into its group and returns the group's number, 0 if
// there are too many groups.
func (g *groupSet) add(m *message, t template) uint32 {
	if g.options.Mode == None {
		t = literalTemplate(m.request.Path)
	}
	endpoint := len(g.appendKey(m, t))
	exact := g.exact[string(g.buf)]
	if exact {
		g.buf = append(append(g.buf, 0), digest(m.in.raw)...)
	}
	have := g.byKey[string(g.buf)]
	if have == nil {
		if len(g.list) >= maxGroups || g.options.Mode != None && g.variants[string(g.buf[:endpoint])] >= 8*g.options.MaxVariants {
			g.refused++
			return 0
		}
		g.variants[string(g.buf[:endpoint])]++
		have = &group{
			number: uint32(len(g.list) + 1), key: string(g.buf), endpoint: string(g.buf[:endpoint]),
			template: t, method: m.request.Method, status: m.response.Status, host: m.request.Authority,
			in: side{kind: m.in.kind, media: m.in.media, root: m.in.root}, out: side{kind: m.out.kind, media: m.out.media, root: m.out.root},
			literal: g.options.Mode == None, exact: exact,
		}
		g.byKey[have.key] = have
		g.list = append(g.list, have)
	}
	have.merge(m, g.acceptors)
	return have.number
}

// literalTemplate is a path without parameters.
func literalTemplate(path string) template {
	segments := splitPath(path)
	t := template{make([]segment, len(segments))}
	for i, s := range segments {
		t.segments[i].text = s
	}
	return t
}

// appendKey builds the key of a sample's group in g.buf, and returns the part
// of it that all variants of an endpoint share.
func (g *groupSet) appendKey(m *message, t template) (endpoint []byte) {
	b := append(g.buf[:0], t.key()...)
	b = append(b, 0)
	b = append(b, m.request.Method...)
	b = append(b, 0)
	b = strconv.AppendInt(b, int64(m.response.Status), 10)
	b = append(b, 0)
	b = append(b, m.request.Authority...)
	end := len(b)
	for _, name := range names(m.query) {
		b = append(b, 1)
		b = append(b, name...)
	}
	b = m.in.appendKey(b)
	if doc, ok := m.in.json(); ok {
		b = append(b, 0)
		b = appendShape(b, doc)
	}
	if doc, ok := m.in.xmlTree(); ok {
		b = append(b, 0)
		b = appendShape(b, doc)
	}
	if m.in.kind == bodyForm {
		for _, name := range names(expectations.ParseQuery(string(m.in.raw))) {
			b = append(b, 1)
			b = append(b, name...)
		}
	}
	if m.in.kind.whole() || g.options.Mode == None {
		b = append(b, 0)
		b = append(b, digest(m.in.raw)...)
	}
	if g.options.Mode == None {
		b = append(b, 0)
		b = append(b, m.request.RawQuery...)
	}
	g.buf = m.out.appendKey(b)
	return g.buf[:end]
}

func (p *part) appendKey(b []byte) []byte {
	b = append(b, 0)
	b = append(b, p.kind.String()...)
	b = append(b, ' ')
	b = append(b, p.media...)
	b = append(b, ' ')
	return append(b, p.root...)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// merge adds a sample to a group.
func (g *group) merge(m *message, a *acceptors) {
	if g.samples++; g.literal && g.samples > 1 {
		return
	}
	if g.literal || g.exact && g.samples == 1 {
		g.in.whole, g.out.whole = slices.Clone(m.in.raw), slices.Clone(m.out.raw)
	}
	g.query.addParams(m.query, a)
	g.in.headers.addHeader(m.request.Header, a)
	g.out.headers.addHeader(m.response.Header, a)
	g.in.merge(&m.in, a)
	g.out.merge(&m.out, a)
	for _, r := range m.redaction {
		if len(g.redactions) < maxFields && !slices.Contains(g.redactions, r) {
			g.redactions = append(g.redactions, r)
		}
	}
}

// addHeader merges the headers of a message.
func (s *fieldSet) addHeader(h http.Header, a *acceptors) {
	for name, values := range h {
		s.add(http.CanonicalHeaderKey(name), values, a)
	}
}

func (s *side) merge(p *part, a *acceptors) {
	switch {
	case p.kind == bodyJSON:
		if doc, ok := p.json(); ok {
			s.tree.add(doc, a)
		}
	case p.kind == bodyXML:
		if doc, ok := p.xmlTree(); ok {
			s.tree.add(doc, a)
		}
	case p.kind == bodyForm:
		s.form.addParams(expectations.ParseQuery(string(p.raw)), a)
	case p.kind == bodyBinary:
		s.addBinary(p)
	case p.kind.whole():
		if s.whole == nil {
			s.whole = slices.Clone(p.raw)
		}
		s.varied = s.varied || string(s.whole) != string(p.raw)
	}
}

// sorted are the groups in the order of the contract: by path, method and
// status, then by shape. Of an endpoint's variants those with the most samples
// are taken, up to max; left counts the samples of the rest.
func (g *groupSet) sorted(limit int) (taken []*group, left int) {
	byEndpoint := make(map[string][]*group)
	for _, one := range g.list {
		byEndpoint[one.endpoint] = append(byEndpoint[one.endpoint], one)
	}
	for _, variants := range byEndpoint {
		slices.SortFunc(variants, func(a, b *group) int {
			return cmp.Or(cmp.Compare(b.samples, a.samples), cmp.Compare(a.key, b.key))
		})
		if g.options.Mode == None {
			limit = len(variants)
		}
		for _, v := range variants[min(limit, len(variants)):] {
			left += v.samples
		}
		taken = append(taken, variants[:min(limit, len(variants))]...)
	}
	slices.SortFunc(taken, func(a, b *group) int {
		return cmp.Or(strings.Compare(a.template.String(), b.template.String()), cmp.Compare(a.method, b.method),
			cmp.Compare(a.status, b.status), cmp.Compare(a.key, b.key))
	})
	return taken, left
}
