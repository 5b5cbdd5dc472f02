package expectations

import (
	"math/bits"
	"slices"
)

// A multi is a compiled [MultiMatcher] or list of cookies.
type multi struct {
	// matchingKey is the style [MatchingKey].
	matchingKey bool
	entries     []multiEntry
	// styled says that an entry has a [ParameterStyle].
	styled bool
	// simple says that every entry has a literal name of its own, not
	// inverted, and at most one value: then no two can claim one pair, and
	// each can be looked up by itself.
	simple bool
}

type multiEntry struct {
	source NamedTexts
	name   pattern
	values []textPattern
}

// A textPattern is a pattern that may be inverted.
type textPattern struct {
	not bool
	pattern
}

func (t *textPattern) match(s string) bool { return t.pattern.match(s) != t.not }

func compileText(field string, t Text) (textPattern, error) {
	if t.Schema != "" {
		s, err := compileSchema(field, []byte(t.Schema))
		return textPattern{pattern: pattern{value: t.Schema, schema: s}, not: t.Not}, err
	}
	p, err := compilePattern(field, t.Value)
	return textPattern{pattern: p, not: t.Not}, err
}

// compileMulti compiles m; field is the prefix of names in errors.
func compileMulti(field string, m MultiMatcher, compile textCompiler) (multi, error) {
	c := multi{matchingKey: m.Style == MatchingKey, simple: true}
	for i, source := range merged(m) {
		at := field + "." + source.Name.Value
		name, err := compile(at, Text{Value: source.Name.Value})
		if err != nil {
			return multi{}, err
		}
		entry := multiEntry{source: source, name: name.pattern}
		for _, text := range source.Values {
			value, err := compile(at, text)
			if err != nil {
				return multi{}, err
			}
			entry.values = append(entry.values, value)
		}
		c.styled = c.styled || source.Style != ""
		c.simple = c.simple && source.Style == "" && !source.Name.Not && len(source.Values) < 2 &&
			entry.name.literal() && entry.name.exact == "" && !c.named(entry.name.value, i)
		c.entries = append(c.entries, entry)
	}
	return c, nil
}

// merged returns the entries of m; for [MatchingKey] those of one name made
// one.
func merged(m MultiMatcher) []NamedTexts {
	if m.Style != MatchingKey {
		return m.Entries
	}
	var out []NamedTexts
	for _, entry := range m.Entries {
		i := slices.IndexFunc(out, func(e NamedTexts) bool { return equalText(e.Name, entry.Name) })
		if i < 0 {
			out = append(out, NamedTexts{Name: entry.Name, Values: slices.Clone(entry.Values), Style: entry.Style})
			continue
		}
		out[i].Values = append(out[i].Values, entry.Values...)
	}
	return out
}

// A textCompiler is [compileText], or [literalText].
type textCompiler func(field string, t Text) (textPattern, error)

// literalText takes a text as it is, never as a regular expression.
func literalText(_ string, t Text) (textPattern, error) {
	return textPattern{pattern: pattern{value: t.Value}, not: t.Not}, nil
}

// named reports whether one of the first n entries has the name.
func (m *multi) named(name string, n int) bool {
	for i := range n {
		if equalFold(m.entries[i].name.value, name) {
			return true
		}
	}
	return false
}

// match reports whether the pairs of a request fulfil m, divided as its styles
// have it.
func (m *multi) match(pairs []Param) bool {
	if m.matchingKey {
		for i := range m.entries {
			if !m.entries[i].matchKey(pairs) {
				return false
			}
		}
		return true
	}
	var hit hits
	required := 0
	for i := range m.entries {
		ok, wanted := m.entries[i].matchSubset(pairs, &hit)
		if !ok {
			return false
		}
		required += wanted
	}
	return required < 2 || hit.count() >= required
}

// matchHeaders is match over the fields of a request, without taking them
// apart where that can be avoided.
func (m *multi) matchHeaders(v *view) bool {
	if !m.simple || m.matchingKey {
		return m.match(m.ofHeaders(v))
	}
	for i := range m.entries {
		entry := &m.entries[i]
		values := v.req.HeaderValues(entry.name.value)
		if len(values) == 0 && entry.source.Name.Optional {
			continue
		}
		if !entry.matchAny(values) {
			return false
		}
	}
	return true
}

// matchAny reports whether one of the values is wanted; no condition wants
// any value.
func (e *multiEntry) matchAny(values []string) bool {
	for _, value := range values {
		if len(e.values) == 0 || e.values[0].match(value) {
			return true
		}
	}
	return false
}

// matchSubset reports whether the entry is fulfilled by the pairs, marks the
// pairs it hits, and returns how many distinct ones it asks for.
func (e *multiEntry) matchSubset(pairs []Param, hit *hits) (ok bool, required int) {
	if e.source.Name.Not {
		return !e.present(pairs), 0
	}
	if e.source.Name.Optional && !e.present(pairs) {
		return true, 0
	}
	for i := range max(1, len(e.values)) {
		found := false
		list := e.source.Style != "" && len(e.values) > 0 && e.values[i].wantsList()
		together := list && e.values[i].matchList(e.valuesIn(pairs))
		for j := range pairs {
			if e.name.match(pairs[j].Name) && (together || !list && (len(e.values) == 0 || e.values[i].match(pairs[j].Value))) {
				hit.add(j)
				found = true
			}
		}
		if !found {
			return false, 0
		}
	}
	if e.source.Name.Optional {
		return true, 0
	}
	return true, max(1, len(e.values))
}

// matchKey reports whether all values the pairs have for the name are wanted.
func (e *multiEntry) matchKey(pairs []Param) bool {
	if e.source.Name.Not {
		return !e.present(pairs)
	}
	found, all := false, true
	for _, pair := range pairs {
		if e.name.match(pair.Name) {
			found = true
			all = all && e.wants(pair.Value)
		}
	}
	if !found {
		return e.source.Name.Optional
	}
	if i := slices.IndexFunc(e.values, textPattern.wantsList); i >= 0 {
		return e.values[i].matchList(e.valuesIn(pairs))
	}
	return all
}

// wantsList reports whether the condition is a schema of an array.
func (t textPattern) wantsList() bool { return t.schema != nil && t.schema.asList }

// matchList judges all values of a name at once.
func (t *textPattern) matchList(values []string) bool {
	ok := t.schema.acceptsList(values) || len(values) == 1 && t.schema.acceptsText(values[0])
	return ok != t.not
}

// valuesIn returns what the pairs have for the name.
func (e *multiEntry) valuesIn(pairs []Param) []string {
	var values []string
	for _, pair := range pairs {
		if e.name.match(pair.Name) {
			values = append(values, pair.Value)
		}
	}
	return values
}

// wants reports whether one of the conditions matches value.
func (e *multiEntry) wants(value string) bool {
	for i := range e.values {
		if e.values[i].match(value) {
			return true
		}
	}
	return len(e.values) == 0
}

// present reports whether a pair has the name.
func (e *multiEntry) present(pairs []Param) bool {
	for _, pair := range pairs {
		if e.name.match(pair.Name) {
			return true
		}
	}
	return false
}

// hits is a set of pair numbers.
type hits struct {
	low  uint64
	high map[int]struct{}
}

func (h *hits) add(i int) {
	if i < 64 {
		h.low |= 1 << i
		return
	}
	if h.high == nil {
		h.high = map[int]struct{}{}
	}
	h.high[i] = struct{}{}
}

func (h *hits) count() int { return bits.OnesCount64(h.low) + len(h.high) }
