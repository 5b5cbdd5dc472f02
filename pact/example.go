package pact

import (
	"fmt"
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

// An exampleMaker writes one text, by fixed choices or random ones.
type exampleMaker struct {
	// star and quest are how often * and ? repeat; branch is the alternative
	// that is taken, or the last where there are fewer.
	star, quest, branch int
	// random, if set, is a number below n, and chooses in their place.
	random func(n int64) int64
	out    strings.Builder
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
		r, ok := g.character(re.Rune)
		if !ok {
			return false
		}
		g.out.WriteRune(r)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		r, _ := g.character([]rune{'a', 'z'})
		g.out.WriteRune(r)
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			if !g.add(sub) {
				return false
			}
		}
	case syntax.OpAlternate:
		return g.add(re.Sub[min(g.pick(g.branch, 0, len(re.Sub)-1), len(re.Sub)-1)])
	case syntax.OpStar:
		return g.repeat(re.Sub[0], g.pick(g.star, 0, maxRepeat))
	case syntax.OpPlus:
		return g.repeat(re.Sub[0], g.pick(max(1, g.star), 1, maxRepeat))
	case syntax.OpQuest:
		return g.repeat(re.Sub[0], g.pick(g.quest, 0, 1))
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + maxRepeat
		}
		return g.repeat(re.Sub[0], g.pick(min(max(re.Min, min(1, g.star)), most), re.Min, most))
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

// maxAttempts bounds how many random texts are tried.
const maxAttempts = 50

// withoutLookaround is an expression without the groups that look ahead or
// behind.
func withoutLookaround(pattern string) string {
	var b strings.Builder
	depth, class := 0, false
	for i := 0; i < len(pattern); i++ {
		c, rest := pattern[i], pattern[i:]
		size := 1
		switch {
		case c == '\\' && i+1 < len(pattern):
			size = 2
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case depth > 0 && c == '(', strings.HasPrefix(rest, "(?="), strings.HasPrefix(rest, "(?!"),
			strings.HasPrefix(rest, "(?<="), strings.HasPrefix(rest, "(?<!"):
			depth++
		case depth > 0 && c == ')':
			depth--
			continue
		}
		if depth == 0 {
			b.WriteString(rest[:size])
		}
		i += size - 1
	}
	return b.String()
}

// maxRepeat bounds how often random texts repeat what has no bound.
const maxRepeat = 8

// pick is the fixed choice, or a random one between two bounds.
func (g *exampleMaker) pick(fixed, low, high int) int {
	if g.random == nil {
		return fixed
	}
	return low + int(g.random(int64(high-low+1)))
}

// character takes a character of a class: a random one of those in ASCII that
// can be seen, if there are any, or a fixed one.
func (g *exampleMaker) character(ranges []rune) (rune, bool) {
	if g.random == nil {
		return choose(ranges)
	}
	var seen []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := max(ranges[i], '!'); r <= min(ranges[i+1], '~'); r++ {
			seen = append(seen, r)
		}
	}
	if len(seen) == 0 {
		return choose(ranges)
	}
	return seen[g.random(int64(len(seen)))], true
}

// randomText is a random text that an expression matches as a whole. Each is
// proved; where random ones do not match, as under a lookahead, the plainest
// is tried.
func randomText(pattern string, random func(n int64) int64) (string, error) {
	want, err := compileOniguruma(pattern)
	if err != nil {
		return "", err
	}
	translated, err := translateOniguruma(pattern)
	if err != nil {
		return "", err
	}
	matches := func(text string) bool {
		ok, err := want.match(text)
		return ok && err == nil
	}
	// What looks around says nothing that could be written down.
	bare := withoutLookaround(translated)
	if re, err := syntax.Parse(bare, syntax.Perl); err == nil {
		for range maxAttempts {
			g := exampleMaker{random: random}
			if g.add(re) && matches(g.out.String()) {
				return g.out.String(), nil
			}
		}
	}
	for text := range examples(bare) {
		if matches(text) {
			return text, nil
		}
	}
	return "", fmt.Errorf("no text was found that the expression '%s' matches", clip(pattern))
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
