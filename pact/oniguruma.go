package pact

import (
	"fmt"
	"regexp"
	"strings"
)

// compileOniguruma compiles an expression of the reference's dialect
// (Oniguruma, Ruby syntax) with RE2, to match a whole text. Lookaround,
// backreferences, possessive quantifiers and the like have no counterpart in
// RE2 and are errors.
func compileOniguruma(pattern string) (*regexp.Regexp, error) {
	translated, err := translateOniguruma(pattern)
	if err != nil {
		return nil, err
	}
	// In Ruby ^ and $ are the ends of lines: RE2's flag m.
	re, err := regexp.Compile(`\A(?m:` + translated + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("expression '%s' cannot be compiled with RE2: %w", clip(pattern), err)
	}
	return re, nil
}

// Classes that are Unicode-aware in Oniguruma and ASCII in RE2.
const (
	onigWord  = `\p{L}\p{M}\p{N}\p{Pc}`
	onigDigit = `\p{Nd}`
	onigSpace = `\t-\r \x{85}\p{Z}`
	onigHex   = `0-9a-fA-F`
)

// translateOniguruma rewrites what the two dialects spell differently.
func translateOniguruma(pattern string) (string, error) {
	t := onigTranslator{in: pattern}
	for t.pos < len(pattern) {
		if err := t.next(); err != nil {
			return "", fmt.Errorf("expression '%s': %w", clip(pattern), err)
		}
	}
	return t.out.String(), nil
}

type onigTranslator struct {
	in  string
	pos int
	out strings.Builder
	// class is how many brackets are open.
	class int
}

// next translates one token.
func (t *onigTranslator) next() error {
	rest := t.in[t.pos:]
	switch c := rest[0]; {
	case c == '\\' && len(rest) > 1:
		return t.escape(rest[1])
	case c == '[' && t.class > 0 && !strings.HasPrefix(rest, "[:"):
		return fmt.Errorf("nested character classes are not supported")
	case c == '[' && t.class > 0:
		end := strings.Index(rest, ":]")
		if end < 0 {
			return fmt.Errorf("unterminated character class")
		}
		t.keep(end + 2)
	case c == '[':
		t.class++
		t.keep(1)
		t.classStart()
	case c == ']' && t.class > 0:
		t.class--
		t.keep(1)
	case t.class > 0 && strings.HasPrefix(rest, "&&"):
		return fmt.Errorf("intersections of character classes are not supported")
	case t.class == 0 && strings.ContainsAny(groupFlags(rest), "msU"):
		return fmt.Errorf("the flags m, s and U are not supported: implementations disagree on them")
	case t.class == 0 && strings.HasPrefix(rest, "{,"):
		t.out.WriteString("{0,")
		t.pos += 2
	default:
		t.keep(1)
	}
	return nil
}

// groupFlags are the flags of a group (?flags) or (?flags:…) that the text
// starts with, "" if it starts with none.
func groupFlags(text string) string {
	flags, ok := strings.CutPrefix(text, "(?")
	if !ok {
		return ""
	}
	end := strings.IndexAny(flags, ":)")
	if end < 0 || strings.Trim(flags[:end], "imsxUuadn-") != "" {
		return ""
	}
	return flags[:end]
}

// classStart keeps a negation and a bracket that directly follows it, which
// stands for itself.
func (t *onigTranslator) classStart() {
	if strings.HasPrefix(t.in[t.pos:], "^") {
		t.keep(1)
	}
	if strings.HasPrefix(t.in[t.pos:], "]") {
		t.out.WriteString(`\]`)
		t.pos++
	}
}

// keep copies n bytes.
func (t *onigTranslator) keep(n int) {
	t.out.WriteString(t.in[t.pos : t.pos+n])
	t.pos += n
}

// escape translates a backslash and the letter c after it.
func (t *onigTranslator) escape(c byte) error {
	class := ""
	switch c {
	case 'w', 'W':
		class = onigWord
	case 'd', 'D':
		class = onigDigit
	case 's', 'S':
		class = onigSpace
	case 'h', 'H':
		class = onigHex
	case 'Q', 'E':
		return fmt.Errorf(`\%c is not supported: implementations disagree on it`, c)
	case 'u':
		return t.unicodeEscape()
	case 'e':
		t.out.WriteString(`\x1b`)
		t.pos += 2
		return nil
	case 'Z':
		// Before a final newline or at the end; a match must reach the end.
		t.out.WriteString(`\z`)
		t.pos += 2
		return nil
	default:
		t.keep(2)
		return nil
	}
	negated := c < 'a'
	switch {
	case t.class > 0 && negated:
		return fmt.Errorf(`\%c inside a character class is not supported`, c)
	case t.class > 0:
		t.out.WriteString(class)
	case negated:
		t.out.WriteString("[^" + class + "]")
	default:
		t.out.WriteString("[" + class + "]")
	}
	t.pos += 2
	return nil
}

// unicodeEscape translates \uHHHH.
func (t *onigTranslator) unicodeEscape() error {
	rest := t.in[t.pos+2:]
	if len(rest) < 4 || strings.Trim(rest[:4], "0123456789abcdefABCDEF") != "" {
		return fmt.Errorf(`\u without four hexadecimal digits`)
	}
	t.out.WriteString(`\x{` + rest[:4] + `}`)
	t.pos += 6
	return nil
}
