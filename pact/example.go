package pact

import (
	"iter"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// maxExample bounds generated examples, in bytes.
const maxExample = 4096

// examples yields texts made to match an expression, the plainest first. They
// are candidates: a word boundary, say, is not looked at. The same expression
// gives the same texts. It yields nothing for an expression RE2 cannot read.
func examples(pattern string) iter.Seq[string] {
	return func(yield func(string) bool) {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return
		}
		seen := make(map[string]bool)
		for _, g := range [...]exampleMaker{
			{star: 1, quest: 0}, {star: 1, quest: 1}, {star: 0, quest: 0}, {star: 2, quest: 1},
		} {
			for g.branch = 0; g.branch < 3; g.branch++ {
				g.out.Reset()
				if !g.add(re) || seen[g.out.String()] {
					continue
				}
				seen[g.out.String()] = true
				if !yield(g.out.String()) {
					return
				}
			}
		}
	}
}

// An exampleMaker writes one text by fixed choices.
type exampleMaker struct {
	// star and quest are how often * and ? repeat; branch is the alternative
	// that is taken, or the last where there are fewer.
	star, quest, branch int
	out                 strings.Builder
}

// add writes a text for an expression. It reports false where there is none or
// it would be too long.
func (g *exampleMaker) add(re *syntax.Regexp) bool {
	if g.out.Len() > maxExample {
		return false
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			g.out.WriteRune(r)
		}
	case syntax.OpCharClass:
		r, ok := choose(re.Rune)
		if !ok {
			return false
		}
		g.out.WriteRune(r)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.out.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			if !g.add(sub) {
				return false
			}
		}
	case syntax.OpAlternate:
		return g.add(re.Sub[min(g.branch, len(re.Sub)-1)])
	case syntax.OpStar:
		return g.repeat(re.Sub[0], g.star)
	case syntax.OpPlus:
		return g.repeat(re.Sub[0], max(1, g.star))
	case syntax.OpQuest:
		return g.repeat(re.Sub[0], g.quest)
	case syntax.OpRepeat:
		n := max(re.Min, min(1, g.star))
		if re.Max >= 0 {
			n = min(n, re.Max)
		}
		return g.repeat(re.Sub[0], n)
	case syntax.OpNoMatch:
		return false
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText,
		syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
	}
	return true
}

func (g *exampleMaker) repeat(re *syntax.Regexp, n int) bool {
	for range n {
		if !g.add(re) {
			return false
		}
	}
	return true
}

// choose takes a character of a class, given as pairs of bounds: a plain one
// if there is any.
func choose(ranges []rune) (rune, bool) {
	in := func(r rune) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= r && r <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	for _, r := range "1aA0bBxX-_.~!$&'()*+,;=:@/ " {
		if in(r) {
			return r, true
		}
	}
	for r := rune('!'); r <= '~'; r++ {
		if in(r) {
			return r, true
		}
	}
	if len(ranges) < 2 || !utf8.ValidRune(ranges[0]) {
		return 0, false
	}
	return ranges[0], true
}
