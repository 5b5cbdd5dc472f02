package pact

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// A textMatcher is a compiled expression; it wants the whole of a text. The
// error says that it took too long to tell.
type textMatcher interface {
	match(text string) (bool, error)
}

// linear is an expression on RE2.
type linear struct{ re *regexp.Regexp }

func (l linear) match(text string) (bool, error) { return l.re.MatchString(text), nil }

// maxExpression is how long an expression may be, in bytes: the engines take
// memory, and time, many times that.
const maxExpression = 64 << 10

func boundedExpression(pattern string) error {
	if len(pattern) > maxExpression {
		return fmt.Errorf("the expression '%s' has %d bytes: at most %d are compiled", clip(pattern), len(pattern), maxExpression)
	}
	return nil
}

// maxBacktracking bounds the time that an expression on the backtracking
// engine may take over one text.
const maxBacktracking = 250 * time.Millisecond

// backtracking is an expression with lookaround or backreferences, which RE2
// lacks.
type backtracking struct{ re *regexp2.Regexp }

func (b backtracking) match(text string) (bool, error) {
	ok, err := b.re.MatchString(text)
	if err != nil {
		return false, fmt.Errorf("the expression took longer than %s", maxBacktracking)
	}
	return ok, nil
}

// compileOniguruma compiles an expression of the reference's dialect
// (Oniguruma, Ruby syntax) to match a whole text: with RE2, which takes linear
// time, or else with an engine that backtracks and is bounded in time.
func compileOniguruma(pattern string) (textMatcher, error) {
	if err := boundedExpression(pattern); err != nil {
		return nil, err
	}
	translated, err := translateOniguruma(pattern)
	if err != nil {
		return nil, err
	}
	// In Ruby ^ and $ are the ends of lines: the flag m of both engines.
	whole := `\A(?m:` + translated + `)\z`
	if re, err := regexp.Compile(whole); err == nil {
		return linear{re}, nil
	}
	// The option is about \x{…} and POSIX classes; \d, \s and \w have been
	// spelt out.
	re, err := regexp2.Compile(whole, regexp2.RE2)
	if err != nil {
		return nil, fmt.Errorf("expression '%s' cannot be compiled: %w", clip(pattern), err)
	}
	re.MatchTimeout = maxBacktracking
	return backtracking{re}, nil
}

// Classes that are Unicode-aware in Oniguruma and ASCII in RE2.
const (
	onigWord  = `\p{L}\p{M}\p{N}\p{Pc}`
	onigDigit = `\p{Nd}`
	onigSpace = `\t-\r \x{85}\p{Z}`
	onigHex   = `0-9a-fA-F`
	// The complements, for use inside a class.
	onigNotAlnum = `\p{Pc}` + onigNotWord
	onigNotWord  = `\p{Z}\p{S}\p{Cc}\p{Cf}\p{Co}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}`
	onigNotDigit = `\P{Nd}`
	onigNotSpace = `\x00-\x08\x0e-\x1f!-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}` +
		`\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}`
	onigNotHex = `\x00-/:-@G-` + "`" + `g-\x{10ffff}`
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
	class, complement := "", ""
	switch c {
	case 'w', 'W':
		class, complement = onigWord, onigNotWord
	case 'd', 'D':
		class, complement = onigDigit, onigNotDigit
	case 's', 'S':
		class, complement = onigSpace, onigNotSpace
	case 'h', 'H':
		class, complement = onigHex, onigNotHex
	case 'Q', 'E':
		return fmt.Errorf(`\%c is not supported: implementations disagree on it`, c)
	case 'p', 'P':
		var size int
		if class, complement, size = onigProperty(t.in[t.pos+2:]); size == 0 {
			t.keep(2)
			return nil
		}
		t.pos += size
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
		t.out.WriteString(complement)
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

// onigProperty reads {name} of a property that is a class of ours, and the
// length of its text; 0 if it is another.
func onigProperty(text string) (class, complement string, size int) {
	name, _, ok := strings.Cut(strings.TrimPrefix(text, "{"), "}")
	if !ok || !strings.HasPrefix(text, "{") {
		return "", "", 0
	}
	size = len(name) + len("{}")
	switch strings.ToLower(name) {
	case "alpha":
		return `\p{L}\p{M}`, `\p{N}` + onigNotAlnum, size
	case "alnum":
		return `\p{L}\p{M}\p{N}`, onigNotAlnum, size
	case "word":
		return onigWord, onigNotWord, size
	case "digit":
		return onigDigit, onigNotDigit, size
	case "space":
		return onigSpace, onigNotSpace, size
	case "xdigit":
		return onigHex, onigNotHex, size
	case "upper":
		return `\p{Lu}`, `\P{Lu}`, size
	case "lower":
		return `\p{Ll}`, `\P{Ll}`, size
	}
	return "", "", 0
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
