package expectations

import (
	"slices"
	"strings"
)

// A segment is an immutable part of a [Set]: items in rank order and an index
// over them. Which items may match a request follows from its path and
// method:
//
//   - a literal path is looked up in a map;
//   - a regular expression or template begins with some literal text, which
//     is looked up in another map, once for each length such texts have;
//   - the rest (no condition on the path, an inverted one, an expression that
//     begins with a wildcard) may match any path.
//
// Each of these is divided by method. Keys are folded, since texts match
// ignoring case.
type segment struct {
	items   []*item
	literal map[string]*bucket
	prefix  map[string]*bucket
	lengths []int // of the keys of prefix, ascending
	rest    bucket
	// bodies and mortals count the items with a condition on the body, and
	// those that expire.
	bodies, mortals int
}

// A bucket holds the items of one key in rank order.
type bucket struct {
	any    []*item // no literal method
	method []methodItems
}

type methodItems struct {
	method string
	items  []*item
}

// newSegment indexes items, which are in rank order.
func newSegment(items []*item) *segment {
	s := &segment{
		items:   items,
		literal: make(map[string]*bucket, len(items)),
		prefix:  map[string]*bucket{},
	}
	for _, it := range items {
		s.add(it)
		if it.compiled.NeedsBody() {
			s.bodies++
		}
		if it.expires != 0 {
			s.mortals++
		}
	}
	for key := range s.prefix {
		if !slices.Contains(s.lengths, len(key)) {
			s.lengths = append(s.lengths, len(key))
		}
	}
	slices.Sort(s.lengths)
	return s
}

// add puts an item where requests it may match will look.
func (s *segment) add(it *item) {
	c := it.compiled
	method := ""
	if !c.not && !c.method.not && c.method.literal() && c.method.exact == "" {
		method = c.method.value
	}
	path := &c.path
	text := &path.text.pattern
	switch {
	case c.not || path.text.not:
		s.rest.add(method, it)
	case path.segments != nil:
		s.addPrefix(path.templatePrefix(), method, it)
	case text.anything():
		s.rest.add(method, it)
	case text.back != nil, text.schema != nil, text.re != nil && text.prefix == "":
		s.rest.add(method, it)
	default:
		key := foldString(text.value)
		if text.re == nil || !strings.HasPrefix(key, text.prefix) {
			keyed(s.literal, key).add(method, it)
		}
		if text.exact != "" {
			keyed(s.literal, text.exact).add(method, it)
		}
		if text.re != nil {
			keyed(s.prefix, text.prefix).add(method, it)
		}
	}
}

func (s *segment) addPrefix(prefix, method string, it *item) {
	if prefix == "" {
		s.rest.add(method, it)
		return
	}
	keyed(s.prefix, prefix).add(method, it)
}

// templatePrefix is the folded literal text with which all paths of a
// template begin.
func (p *pathMatcher) templatePrefix() string {
	if !strings.HasPrefix(p.text.value, "/") {
		return "" // matched without its leading slash
	}
	prefix := []byte{'/'}
	for i := range p.segments {
		if i > 0 {
			prefix = append(prefix, '/')
		}
		// Each segment may match as sent or decoded, by itself.
		text := &p.segments[i].text
		if p.segments[i].param != "" || !text.literal() || strings.ContainsAny(text.value, regexMeta+"%") {
			break
		}
		prefix = appendFold(prefix, text.value)
	}
	return string(prefix)
}

func keyed(m map[string]*bucket, key string) *bucket {
	b := m[key]
	if b == nil {
		b = &bucket{}
		m[key] = b
	}
	return b
}

func (b *bucket) add(method string, it *item) {
	if method == "" {
		b.any = append(b.any, it)
		return
	}
	for i := range b.method {
		if equalFold(b.method[i].method, method) {
			b.method[i].items = append(b.method[i].items, it)
			return
		}
	}
	b.method = append(b.method, methodItems{method, []*item{it}})
}
