package expectations

import "slices"

// MatchExpectation reports whether the condition, as the filter of a clear or
// retrieve call, applies to an expectation (MockServer's control-plane
// matching): each of its texts must equal the expectation's, or match it, or
// be matched by it, as a regular expression either way; a condition on a body
// must be the same one, or one must be fulfilled by the literal body that the
// other wants; fields the filter leaves open are not compared. An expectation that
// leaves its method or path open agrees with any; another field that it leaves
// open, with no condition on that.
//
// A nil *Compiled applies to every expectation. The texts of captured
// expectations are literal.
func (c *Compiled) MatchExpectation(e *Expectation) bool {
	if c == nil {
		return true
	}
	compile := Compile
	if e.Origin == OriginCaptured {
		compile = compileLiteral
	}
	other, err := compile(e.Request)
	return err == nil && c.covers(other)
}

// covers is MatchExpectation over a compiled condition.
func (c *Compiled) covers(o *Compiled) bool { return c.coversUpright(o) != (c.not != o.not) }

// coversUpright is covers but for what inverts the two. Of alternatives one is
// enough.
func (c *Compiled) coversUpright(o *Compiled) bool {
	if len(c.any)+len(o.any) > 0 {
		return slices.ContainsFunc(c.alternatives(), func(mine *Compiled) bool {
			return slices.ContainsFunc(o.alternatives(), mine.coversUpright)
		})
	}
	return (o.method.value == "" || c.method.covers(&o.method)) && (o.path.text.value == "" || c.path.covers(&o.path)) &&
		coversValue(c.source.KeepAlive, o.source.KeepAlive) &&
		coversValue(c.source.Secure, o.source.Secure) &&
		(c.source.Protocol == "" || c.source.Protocol == o.source.Protocol) &&
		c.headers.covers(&o.headers) && c.cookies.covers(&o.cookies) &&
		c.query.covers(&o.query) && c.path.params.covers(&o.path.params) &&
		c.body.covers(o.body)
}

func coversValue(filter, stored *bool) bool {
	return filter == nil || stored != nil && *filter == *stored
}

// covers compares two texts: equal, or one a regular expression that matches
// the other.
func (t *textPattern) covers(o *textPattern) bool {
	if t.value == "" {
		return !t.not
	}
	if o.value == "" {
		return false
	}
	if t.schema != nil && o.schema != nil {
		return t.value == o.value && t.not == o.not
	}
	ok := t.pattern.match(o.value) || o.pattern.match(t.value)
	return ok != (t.not != o.not)
}

func (p *pathMatcher) covers(o *pathMatcher) bool {
	if p.text.covers(&o.text) {
		return true
	}
	// A template stands for the paths it matches.
	return p.text.not == o.text.not && p.text.value != "" &&
		(o.segments != nil && o.matchTemplate(p.text.value) ||
			p.segments != nil && p.matchTemplate(o.text.value))
}

// covers reports whether each pair of m is among those of o. Names and values
// may match either way.
func (m *multi) covers(o *multi) bool {
	if len(m.entries) == 0 {
		return true
	}
	stored := o.pairs()
	var hit hits
	required := 0
	for _, pair := range m.pairs() {
		found, named := false, false
		for j := range stored {
			if !pair.name.matchEither(&stored[j].name.pattern) {
				continue
			}
			named = true
			if pair.name.not == stored[j].name.not && pair.value.covers(&stored[j].value) {
				hit.add(j)
				found = true
			}
		}
		switch {
		case found && !pair.optional:
			required++
		case found:
		case pair.name.not && !named:
			// The filter wants the name absent, and it is.
		case pair.optional && !named:
		default:
			return false
		}
	}
	return required < 2 || hit.count() >= required
}

func (p *pattern) matchEither(o *pattern) bool {
	return p.match(o.value) || o.match(p.value)
}

// A textPair is one name and value of a multi.
type textPair struct {
	name, value textPattern
	optional    bool
}

func (m *multi) pairs() []textPair {
	var pairs []textPair
	for i := range m.entries {
		e := &m.entries[i]
		pair := textPair{name: textPattern{pattern: e.name, not: e.source.Name.Not}, optional: e.source.Name.Optional}
		if len(e.values) == 0 {
			pairs = append(pairs, pair)
		}
		for _, value := range e.values {
			pair.value = value
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// covers compares conditions on bodies.
func (m *bodyMatcher) covers(o *bodyMatcher) bool {
	if m == nil {
		return true
	}
	if o == nil {
		return m.source.Optional
	}
	if m.source.Kind.equal(o.source.Kind) {
		return m.source.Not == o.source.Not
	}
	return m.accepts(o) || m.source.Kind.Type() != o.source.Kind.Type() && o.accepts(m)
}

// accepts reports whether the content that o describes fulfils m.
func (m *bodyMatcher) accepts(o *bodyMatcher) bool {
	sample, ok := o.source.Kind.sample()
	if !ok || o.source.Not {
		return false
	}
	view := &bodyView{content: Body{Bytes: sample, Size: int64(len(sample))}}
	return m.test.test(view) != m.source.Not
}

// equalMulti reports whether two conditions say the same.
func equalMulti(a, b MultiMatcher) bool {
	return (a.Style == MatchingKey) == (b.Style == MatchingKey) &&
		slices.EqualFunc(a.Entries, b.Entries, func(x, y NamedTexts) bool {
			return equalText(x.Name, y.Name) && x.Style == y.Style && slices.EqualFunc(x.Values, y.Values, equalText)
		})
}

func equalText(a, b Text) bool {
	return a.Not == b.Not && a.Optional == b.Optional && equalFold(a.Value, b.Value) && a.Schema == b.Schema
}
