package expectations

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A segment is an immutable part of a [Set]: items in rank order and an index
// over them. Which items may match a request follows from its path and
// method:
//
//   - a literal path is looked up in one table;
//   - a regular expression or template begins with some literal text, which
//     is looked up in another table, once for each length such texts have;
//   - the rest (no condition on the path, an inverted one, an expression that
//     begins with a wildcard) may match any path.
//
// Keys are hashes of the folded path, since texts match ignoring case, and of
// the method. The text itself is not kept: what is found is only what may
// match, and is matched then.
type segment struct {
	items   []*item
	seed    maphash.Seed
	literal table
	prefix  table
	rest    table // by method alone
	lengths []int // of the keys of prefix, ascending
	// bodies and mortals count the items with a condition on the body, and
	// those that expire.
	bodies, mortals int
}

// newSegment indexes items, which are in rank order.
func newSegment(seed maphash.Seed, items []*item) *segment {
	s := &segment{items: items, seed: seed}
	for _, it := range items {
		s.add(it)
		if it.compiled.NeedsBody() {
			s.bodies++
		}
		if it.expires != 0 {
			s.mortals++
		}
	}
	slices.Sort(s.lengths)
	return s
}

// methodKeys are the parts of keys that stand for any method, and for this
// one.
func methodKeys(seed maphash.Seed, method string) [2]uint64 {
	var buf [16]byte
	return [2]uint64{0, maphash.Bytes(seed, appendFold(buf[:0], method))}
}

// add puts an item where requests it may match will look.
func (s *segment) add(it *item) {
	c := it.compiled
	method := uint64(0)
	if !c.not && !c.method.not && c.method.literal() && c.method.exact == "" {
		method = methodKeys(s.seed, c.method.value)[1]
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
			s.literal.add(maphash.String(s.seed, key)^method, it)
		}
		if text.exact != "" {
			s.literal.add(maphash.String(s.seed, text.exact)^method, it)
		}
		if text.re != nil {
			s.addPrefix(text.prefix, method, it)
		}
	}
}

func (s *segment) addPrefix(prefix string, method uint64, it *item) {
	if prefix == "" {
		s.rest.add(method, it)
		return
	}
	if !slices.Contains(s.lengths, len(prefix)) {
		s.lengths = append(s.lengths, len(prefix))
	}
	s.prefix.add(maphash.String(s.seed, prefix)^method, it)
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
