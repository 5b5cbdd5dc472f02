package expectations

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A PatternError says that a condition cannot be made executable: a regular
// expression that no engine here can run, or a body matcher that is not of its
// kind: no JSON, no JSON Schema, no XPath. [Compile] and [Set.Put] return it.
type PatternError struct {
	// Field is where it stands, e.g. "path" or "headers.Accept".
	Field string
	// Pattern is the text as written.
	Pattern string
	// Err is what is wrong with it.
	Err error
	// What the text was meant to be, e.g. "JSON schema"; "" is a pattern.
	What string
}

// Error names the field, the text, cut to a readable length, and the reason.
func (e *PatternError) Error() string {
	return fmt.Sprintf("%s: %s %q: %v", e.Field, cmp.Or(e.What, "pattern"), excerpt([]byte(e.Pattern)), e.Err)
}

// Unwrap returns Err.
func (e *PatternError) Unwrap() error { return e.Err }

const (
	// regexMeta are the characters that make a text more than a literal.
	regexMeta = `\.+*?()|[]{}^$`
	// maxRegex is the longest text taken for a regular expression, in bytes
	// (MockServer RegexStringMatcher); a longer one is literal only.
	maxRegex = 8192
)

// A pattern is a compiled [Text] less its Not and Optional: it matches a
// string that equals the text ignoring case, or that as a whole is matched by
// the text as a regular expression, case-insensitively, with "." matching
// line breaks too (MockServer RegexStringMatcher).
//
// A text that no engine can compile ("/a(b") is literal only, as it is for
// MockServer. One that uses what Java's engine has and RE2 has not runs on a
// backtracking engine; if that has it not either it is an error: read as a
// literal it would silently match nothing.
type pattern struct {
	// value is the text as written; "" matches anything.
	value string
	// re and back are nil where the text is literal only; at most one is not.
	re   *regexp.Regexp
	back *backtracker
	// schema, if not nil, is all that counts; value is its text.
	schema *schema
	// all says that the regular expression matches every string.
	all bool
	// exact is the one text, folded, that the regular expression matches,
	// where it is no more than an escaped literal; re is nil then.
	exact string
	// prefix and suffix begin and end, folded, whatever re matches.
	prefix, suffix string
}

func compilePattern(field, value string) (pattern, error) {
	p := pattern{value: value}
	if len(value) > maxRegex || !strings.ContainsAny(value, regexMeta) {
		return p, nil
	}
	if construct := javaOnly(value); construct != "" {
		back, err := compileBacktracking(value, textOptions)
		if err != nil {
			return p, &PatternError{Field: field, Pattern: value, Err: fmt.Errorf("%w (it has %s)", err, construct)}
		}
		p.back = back
		return p, nil
	}
	tree, err := syntax.Parse(value, syntax.Perl|syntax.FoldCase|syntax.DotNL)
	if err != nil {
		if !tooLarge(err) {
			return p, nil
		}
		if p.back, err = compileBacktracking(value, textOptions); err != nil {
			return p, &PatternError{Field: field, Pattern: value, Err: err}
		}
		return p, nil
	}
	tree = withoutCaptures(tree)
	if tree.Op == syntax.OpStar && tree.Sub[0].Op == syntax.OpAnyChar {
		p.all = true
		return p, nil
	}
	prefix, whole := literalEnd(tree, false)
	if whole && prefix != "" {
		if prefix != foldString(value) {
			p.exact = prefix
		}
		return p, nil
	}
	anchored := &syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{
		{Op: syntax.OpBeginText}, tree, {Op: syntax.OpEndText},
	}}
	if p.re, err = regexp.Compile(anchored.String()); err != nil {
		return p, &PatternError{Field: field, Pattern: value, Err: err}
	}
	p.prefix = prefix
	p.suffix, _ = literalEnd(tree, true)
	return p, nil
}

// tooLarge reports whether a pattern is well-formed, but beyond what RE2
// takes.
func tooLarge(err error) bool {
	e, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return false
	}
	if e.Code == syntax.ErrInvalidRepeatSize {
		length, _ := repetition(e.Expr)
		return length > 0
	}
	return e.Code == syntax.ErrLarge || e.Code == syntax.ErrNestingDepth
}

func (p *pattern) match(s string) bool {
	if p.schema != nil {
		return p.schema.acceptsText(s)
	}
	if p.value == "" || p.all || equalFold(p.value, s) {
		return true
	}
	if p.re != nil {
		return endsFold(s, p.suffix) && p.re.MatchString(s)
	}
	if p.back != nil {
		return p.back.MatchString(s)
	}
	return p.exact != "" && equalFold(p.exact, s)
}

// literal reports whether only value and exact, ignoring case, can match.
func (p *pattern) literal() bool {
	return p.re == nil && p.back == nil && p.schema == nil && !p.anything()
}

// anything reports whether every string matches.
func (p *pattern) anything() bool { return p.all || p.value == "" }

// endsFold reports whether s may end with the folded ASCII text. Where s has
// other letters at its end it says yes, for the regular expression to decide.
func endsFold(s, suffix string) bool {
	for i, j := len(s)-1, len(suffix)-1; j >= 0; i, j = i-1, j-1 {
		if i < 0 {
			return false
		}
		if s[i] >= utf8.RuneSelf {
			return true
		}
		if lower(s[i]) != suffix[j] {
			return false
		}
	}
	return true
}

// withoutCaptures replaces capturing groups by their content: nobody asks
// what they captured.
func withoutCaptures(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = withoutCaptures(sub)
	}
	if re.Op == syntax.OpCapture {
		return re.Sub[0]
	}
	return re
}

// literalEnd returns the folded text with which every string matched by re
// begins, or ends where atEnd says so (then ASCII only), and whether re
// matches that text alone.
func literalEnd(re *syntax.Regexp, atEnd bool) (text string, whole bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return "", true
	case syntax.OpLiteral:
		return literalRunes(re, atEnd)
	case syntax.OpCapture:
		return literalEnd(re.Sub[0], atEnd)
	case syntax.OpPlus:
		text, _ = literalEnd(re.Sub[0], atEnd)
		return text, false
	case syntax.OpConcat:
		return literalConcat(re.Sub, atEnd)
	default:
		return "", false
	}
}

func literalConcat(subs []*syntax.Regexp, atEnd bool) (text string, whole bool) {
	for i := range subs {
		sub := subs[i]
		if atEnd {
			sub = subs[len(subs)-1-i]
		}
		// Anchors take no text; here every match is anchored anyway.
		switch sub.Op {
		case syntax.OpBeginText, syntax.OpBeginLine:
			if atEnd || i > 0 {
				return text, false
			}
			continue
		case syntax.OpEndText, syntax.OpEndLine:
			if !atEnd || i > 0 {
				return text, false
			}
			continue
		default:
		}
		part, all := literalEnd(sub, atEnd)
		if atEnd {
			text = part + text
		} else {
			text += part
		}
		if !all {
			return text, false
		}
	}
	return text, true
}

// literalRunes folds a literal up to the first rune that has no certain bytes
// (U+FFFD also matches bytes that are not UTF-8 and, at the end, letters may
// have equals of another length). It is not the whole where case matters.
func literalRunes(re *syntax.Regexp, atEnd bool) (text string, whole bool) {
	whole = re.Flags&syntax.FoldCase != 0 || !slices.ContainsFunc(re.Rune, func(r rune) bool {
		return unicode.SimpleFold(r) != r
	})
	if atEnd {
		for i, r := range slices.Backward(re.Rune) {
			if r >= utf8.RuneSelf {
				return foldString(string(re.Rune[i+1:])), false
			}
		}
		return foldString(string(re.Rune)), whole
	}
	if i := slices.Index(re.Rune, utf8.RuneError); i >= 0 {
		return foldString(string(re.Rune[:i])), false
	}
	return foldString(string(re.Rune)), whole
}

func foldString(s string) string {
	return string(appendFold(make([]byte, 0, len(s)), s))
}
