package pact

import (
	"errors"
	"fmt"
	"strings"
)

// isPattern reports whether a string of a MockServer matcher is meant as a
// regular expression. MockServer tries every string as one, so that most of
// them match themselves either way; it counts as a pattern only if it has a
// character class, a group, an alternation, an anchor, a class escape, ".*" or
// ".+", or a quantifier on one of these. A bare ".", and "+" or "?" after a
// literal, are literal: application/vnd.api+json, /v1.0/x.
func isPattern(s string) bool {
	for i := 0; i < len(s); i++ {
		rest := s[i+1:]
		switch s[i] {
		case '\\':
			if rest == "" {
				return false
			}
			if strings.IndexByte("dDwWsSbBpPhHvVRAzZ", rest[0]) >= 0 {
				return true
			}
			i++
		case '[':
			if strings.IndexByte(rest, ']') > 0 {
				return true
			}
		case '(':
			if strings.IndexByte(rest, ')') >= 0 {
				return true
			}
		case '|':
			return true
		case '^':
			if i == 0 {
				return true
			}
		case '$':
			if rest == "" && i > 0 {
				return true
			}
		case '.':
			if rest != "" && (rest[0] == '*' || rest[0] == '+' || quantified(rest)) {
				return true
			}
		}
	}
	return false
}

// quantified reports whether s starts with {n}, {n,} or {n,m}.
func quantified(s string) bool {
	if !strings.HasPrefix(s, "{") {
		return false
	}
	bounds, _, ok := strings.Cut(s[1:], "}")
	return ok && bounds != "" && bounds[0] != ',' && strings.Trim(bounds, "0123456789,") == ""
}

// literalText is what a string that is no pattern stands for: escaped
// punctuation without its backslash, \Q…\E without the marks.
func literalText(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if quoted, ok := strings.CutPrefix(s[i:], `\Q`); ok {
			text, _, _ := strings.Cut(quoted, `\E`)
			b.WriteString(text)
			i += len(`\Q`) + len(text) + len(`\E`) - 1
			continue
		}
		if !isAlnum(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// A provedPattern is an expression fit for a Pact, and a value it accepts.
type provedPattern struct {
	// regex is anchored, and means the same to RE2, Java and Ruby.
	regex   string
	example string
}

var errNoExample = errors.New("no example could be generated for it")

// provePattern turns a MockServer expression into one for a Pact: anchored,
// within what every implementation reads alike, and proved against an example
// of its own. fit, unless nil, says whether a candidate will do as an example
// and may change it.
func provePattern(pattern string, fit func(string) (string, bool)) (provedPattern, error) {
	portable, err := portablePattern(pattern)
	if err != nil {
		return provedPattern{}, fmt.Errorf("the expression '%s' cannot be said in a Pact: %w", clip(pattern), err)
	}
	p := provedPattern{regex: anchored(portable)}
	re, err := compileOniguruma(p.regex)
	if err != nil {
		return provedPattern{}, err
	}
	rule := regexRule{p.regex, re}
	for candidate := range examples(p.regex) {
		if fit != nil {
			fitted, ok := fit(candidate)
			if !ok {
				continue
			}
			candidate = fitted
		}
		if rule.text("", candidate) == "" {
			p.example = candidate
			return p, nil
		}
	}
	return provedPattern{}, fmt.Errorf("the expression '%s' cannot be said in a Pact: %w", clip(pattern), errNoExample)
}

// portablePattern rewrites what dialects spell differently: \Q…\E becomes
// escaped text, (?P<name> a plain group.
func portablePattern(pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch {
		case strings.HasPrefix(rest, `\Q`):
			text, _, _ := strings.Cut(rest[2:], `\E`)
			b.WriteString(quotePattern(text))
			i += len(`\Q`) + len(text) + len(`\E`) - 1
		case strings.HasPrefix(rest, `\p`) && !strings.HasPrefix(rest, `\p{`),
			strings.HasPrefix(rest, `\P`) && !strings.HasPrefix(rest, `\P{`),
			strings.HasPrefix(rest, `\h`), strings.HasPrefix(rest, `\H`),
			strings.HasPrefix(rest, `\v`), strings.HasPrefix(rest, `\V`):
			return "", fmt.Errorf("implementations disagree on %s", rest[:2])
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(rest[:2])
			i++
		case strings.HasPrefix(rest, "(?P<"):
			b.WriteString("(?<")
			i += len("(?P<") - 1
		default:
			b.WriteByte(rest[0])
		}
	}
	return b.String(), nil
}

// quotePattern is an expression for a literal text.
func quotePattern(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`\.+*?()|[]{}^$/`, text[i]) >= 0 && text[i] != '/' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// anchored is the expression between ^ and $, grouped if it has alternatives
// at its top.
func anchored(pattern string) string {
	if alternatives(pattern) {
		return "^(?:" + pattern + ")$"
	}
	pattern = strings.TrimPrefix(pattern, "^")
	if strings.HasSuffix(pattern, "$") && !escapedEnd(pattern) {
		pattern = strings.TrimSuffix(pattern, "$")
	}
	return "^" + pattern + "$"
}

// escapedEnd reports whether the last character is escaped.
func escapedEnd(s string) bool {
	body := s[:len(s)-1]
	return (len(body)-len(strings.TrimRight(body, `\`)))%2 == 1
}

// alternatives reports whether an expression has a | outside of groups and
// classes, or may have.
func alternatives(pattern string) bool {
	depth, class := 0, false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth <= 0:
			return true
		}
	}
	return false
}
