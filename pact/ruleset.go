package pact

import "strings"

// A ruleSet is the compiled rules of one category of a message.
type ruleSet struct {
	entries []ruleEntry
	// index finds entries by their paths; nil for few, which are scanned.
	index *ruleIndex
}

type ruleEntry struct {
	path  Path
	any   bool
	rules []rule
}

// compileRules compiles the rules of a category. problems names every matcher
// that is unsupported or wrong, and its place.
func compileRules(rules Rules, category Category) (set ruleSet, problems []Mismatch) {
	fold := category == CategoryHeader
	for _, r := range rules.of(category) {
		entry := ruleEntry{path: r.Path.folded(fold), any: r.Any}
		if r.Invalid != "" {
			problems = append(problems, r.problem(r.Invalid))
			continue
		}
		for _, m := range r.Matchers {
			compiled, err := m.compile()
			if err != nil {
				problems = append(problems, r.problem(err.Error()))
				continue
			}
			entry.rules = append(entry.rules, compiled)
		}
		if len(entry.rules) > 0 {
			set.entries = append(set.entries, entry)
		}
	}
	return set.indexed(), problems
}

func (r Rule) problem(why string) Mismatch {
	place := string(r.Category)
	if r.Category.named() {
		place += " " + r.key()
	}
	return Mismatch{Kind: UnsupportedRule, In: r.Category, Path: r.key(), Message: why + " at " + place}
}

// folded is the path with its names in lower case if fold is set.
func (p Path) folded(fold bool) Path {
	if !fold {
		return p
	}
	tokens := make([]token, len(p.tokens))
	for i, t := range p.tokens {
		t.name = strings.ToLower(t.name)
		tokens[i] = t
	}
	return Path{tokens}
}

// direct is the rule of a category without names, as that of a path.
func (s ruleSet) direct() (*ruleEntry, bool) {
	if len(s.entries) == 0 {
		return nil, false
	}
	return &s.entries[0], true
}

// best is the rule that applies to a place: the one with the highest product
// of weight and number of tokens, where the root and each exact step weigh 2
// and a star 1 (Pact V3, matcher selection, as the reference computes it).
// Of equals, which the reference leaves to chance, the one that weighs more
// wins, as the specification has it, then the one with [*] in place of .*, then
// the first. cascaded says that it was written for a place above.
func (s ruleSet) best(steps []step) (entry *ruleEntry, cascaded bool) {
	best, bestExact := -1, 0
	consider := func(i, exact int) {
		if best >= 0 {
			mine, other := weight{exact, s.entries[i].path}, weight{bestExact, s.entries[best].path}
			if heavier(other, mine) || i > best && !heavier(mine, other) {
				return
			}
		}
		best, bestExact = i, exact
	}
	if s.index != nil {
		s.index.each(steps, 0, consider)
	} else {
		for i := range s.entries {
			if exact, ok := s.entries[i].path.match(steps); ok {
				consider(i, exact)
			}
		}
	}
	if best < 0 {
		return nil, false
	}
	entry = &s.entries[best]
	return entry, len(entry.path.tokens) != len(steps)+1
}

// A weight is what a matching path weighs: 2 to the power of exact steps, times
// its tokens.
type weight struct {
	exact int
	path  Path
}

// heavier reports whether a weighs more than b, without overflow: a's weight
// is 2^a.exact × len(a).
func heavier(a, b weight) bool {
	la, lb := uint64(len(a.path.tokens)), uint64(len(b.path.tokens))
	if shift := a.exact - b.exact; shift > 0 {
		la <<= min(shift, 48)
	} else {
		lb <<= min(-shift, 48)
	}
	switch {
	case la != lb:
		return la > lb
	case a.exact != b.exact:
		return a.exact > b.exact
	}
	return a.path.itemStars() > b.path.itemStars()
}

func (p Path) itemStars() int {
	n := 0
	for _, t := range p.tokens {
		if t.kind == tokenItems {
			n++
		}
	}
	return n
}

// text judges one text by the rules of an entry.
func (e *ruleEntry) text(want, got string) []string {
	return e.judge(func(r rule) string { return r.text(want, got) })
}

// judge applies each rule and combines the verdicts: nil if accepted, else the
// reasons.
func (e *ruleEntry) judge(apply func(rule) string) []string {
	var reasons []string
	for _, r := range e.rules {
		reason := apply(r)
		if reason == "" && e.any {
			return nil
		}
		if reason != "" {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}
