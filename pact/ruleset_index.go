package pact

// A ruleIndex finds the rules of a place without looking at all of them: a
// tree of the steps of their paths.
type ruleIndex struct {
	// named are the steps to one name or index, items and star those of [*]
	// and .*.
	named       map[string]*ruleIndex
	items, star *ruleIndex
	// ends are the entries whose paths end here, in order.
	ends []int
}

// Up to so many rules are scanned rather than indexed.
const scannedRules = 8

// indexed is the set with an index, if it is worth one.
func (s ruleSet) indexed() ruleSet {
	s.index = nil
	if len(s.entries) <= scannedRules {
		return s
	}
	s.index = new(ruleIndex)
	for i, e := range s.entries {
		s.index.add(e.path.tokens, i)
	}
	return s
}

// add adds a path. One that is empty, or has a root within it, matches nothing.
func (x *ruleIndex) add(tokens []token, entry int) {
	if len(tokens) == 0 {
		return
	}
	for _, t := range tokens[1:] {
		var next **ruleIndex
		switch t.kind {
		case tokenItems:
			next = &x.items
		case tokenStar:
			next = &x.star
		case tokenName, tokenIndex:
			if x.named == nil {
				x.named = make(map[string]*ruleIndex)
			}
			if x.named[t.name] == nil {
				x.named[t.name] = new(ruleIndex)
			}
			x = x.named[t.name]
			continue
		case tokenRoot:
			return
		}
		if *next == nil {
			*next = new(ruleIndex)
		}
		x = *next
	}
	x.ends = append(x.ends, entry)
}

// each calls f with the entries that match a prefix of the steps, and how many
// of their tokens name their step.
func (x *ruleIndex) each(steps []step, exact int, f func(entry, exact int)) {
	for _, entry := range x.ends {
		f(entry, exact)
	}
	if len(steps) == 0 {
		return
	}
	s := steps[0]
	if next := x.named[s.name]; next != nil {
		next.each(steps[1:], exact+1, f)
	}
	if x.items != nil && (s.index || allDigits(s.name)) {
		x.items.each(steps[1:], exact, f)
	}
	if x.star != nil {
		x.star.each(steps[1:], exact, f)
	}
}
