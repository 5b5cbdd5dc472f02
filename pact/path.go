package pact

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Path is a path expression of a matching rule (Pact V2 and V3, "Path
// expressions"): $, .name, ['any text'], [0], [*] for items, .* for any name
// or item. The zero value is the empty expression, which rules on a path or a
// status have.
type Path struct {
	tokens []token
}

type tokenKind uint8

const (
	tokenRoot tokenKind = iota
	tokenName
	tokenIndex
	// tokenStar matches any name or item.
	tokenStar
	// tokenItems matches any item.
	tokenItems
)

// A token is one step; name is its text, for an index too.
type token struct {
	kind tokenKind
	name string
}

// ErrPath is wrapped by the errors of [ParsePath].
var ErrPath = errors.New("invalid path expression")

// ParsePath reads a path expression. Like the reference it lets the root be
// left out before a name ("a.b" is $.a.b).
func ParsePath(s string) (Path, error) {
	if s == "" {
		return Path{}, nil
	}
	p := pathParser{text: s, tokens: []token{{kind: tokenRoot}}}
	if first, _ := utf8.DecodeRuneInString(s); first == '$' {
		p.pos = 1
	} else if err := p.name(); err != nil {
		return Path{}, err
	}
	for p.pos < len(s) {
		if err := p.step(); err != nil {
			return Path{}, err
		}
	}
	return Path{tokens: p.tokens}, nil
}

// namePath is the path of a single name below the root, taken literally.
func namePath(name string) Path {
	return Path{tokens: []token{{kind: tokenRoot}, {kind: tokenName, name: name}}}
}

type pathParser struct {
	text   string
	pos    int
	tokens []token
}

func (p *pathParser) fail(what string) error {
	return fmt.Errorf("%w %q: %s at offset %d", ErrPath, p.text, what, p.pos)
}

func (p *pathParser) step() error {
	switch p.text[p.pos] {
	case '.':
		p.pos++
		if strings.HasPrefix(p.text[p.pos:], "*") {
			p.pos++
			p.tokens = append(p.tokens, token{kind: tokenStar, name: "*"})
			return nil
		}
		return p.name()
	case '[':
		p.pos++
		return p.bracket()
	}
	return p.fail(`"." or "[" expected`)
}

// name reads a bare identifier.
func (p *pathParser) name() error {
	start := p.pos
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if !bareRune(r) {
			break
		}
		p.pos += size
	}
	if p.pos == start {
		return p.fail("name expected")
	}
	if p.pos < len(p.text) && p.text[p.pos] != '.' && p.text[p.pos] != '[' {
		return p.fail("character not allowed in a bare name")
	}
	p.tokens = append(p.tokens, token{kind: tokenName, name: p.text[start:p.pos]})
	return nil
}

func bareRune(r rune) bool {
	if r == utf8.RuneError {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_-:#@", r)
}

// bracket reads what stands between brackets, and the closing one.
func (p *pathParser) bracket() error {
	rest := p.text[p.pos:]
	switch {
	case strings.HasPrefix(rest, "'"):
		if err := p.quoted(); err != nil {
			return err
		}
	case strings.HasPrefix(rest, "*"):
		p.pos++
		p.tokens = append(p.tokens, token{kind: tokenItems, name: "[*]"})
	default:
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 {
			return p.fail("index, * or quoted name expected")
		}
		n, err := strconv.ParseUint(rest[:digits], 10, 31)
		if err != nil {
			return p.fail("index out of range")
		}
		p.pos += digits
		p.tokens = append(p.tokens, token{kind: tokenIndex, name: strconv.FormatUint(n, 10)})
	}
	if !strings.HasPrefix(p.text[p.pos:], "]") {
		return p.fail(`"]" expected`)
	}
	p.pos++
	return nil
}

// quoted reads 'text'. As in the reference the text is taken as it is up to
// the next quote, except that \' is a quote where no bracket closes after it:
// names with a quote cannot be written otherwise.
func (p *pathParser) quoted() error {
	var name strings.Builder
	for i := p.pos + 1; i < len(p.text); i++ {
		switch {
		case strings.HasPrefix(p.text[i:], `\'`) && !strings.HasPrefix(p.text[i:], `\']`):
			i++
			name.WriteByte('\'')
		case p.text[i] == '\'':
			if name.Len() == 0 {
				return p.fail("empty name")
			}
			p.pos = i + 1
			p.tokens = append(p.tokens, token{kind: tokenName, name: name.String()})
			return nil
		default:
			name.WriteByte(p.text[i])
		}
	}
	return p.fail("unterminated quote")
}

// String prints the expression; [ParsePath] reads it back.
func (p Path) String() string {
	var b strings.Builder
	for _, t := range p.tokens {
		switch t.kind {
		case tokenRoot:
			b.WriteByte('$')
		case tokenName:
			writeName(&b, t.name)
		case tokenIndex:
			b.WriteString("[" + t.name + "]")
		case tokenStar:
			b.WriteString(".*")
		case tokenItems:
			b.WriteString("[*]")
		}
	}
	return b.String()
}

// writeName prints a name bare where every implementation reads it so.
func writeName(b *strings.Builder, name string) {
	bare := name != ""
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			bare = false
			break
		}
	}
	if bare {
		b.WriteString("." + name)
		return
	}
	b.WriteString("['" + strings.ReplaceAll(name, "'", `\'`) + "']")
}

// A step is one element of the path to an actual value.
type step struct {
	name  string
	index bool
}

// pathOf prints the path to an actual value.
func pathOf(steps []step) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, s := range steps {
		if s.index {
			b.WriteString("[" + s.name + "]")
		} else {
			writeName(&b, s.name)
		}
	}
	return b.String()
}

// match reports whether the expression is a prefix of the path, and how many
// of its tokens name their step exactly. As in the reference names and indexes
// are compared by their text.
func (p Path) match(steps []step) (exact int, ok bool) {
	if len(p.tokens) == 0 || len(p.tokens) > len(steps)+1 {
		return 0, false
	}
	for i, t := range p.tokens[1:] {
		switch t.kind {
		case tokenName, tokenIndex:
			if t.name != steps[i].name {
				return 0, false
			}
			exact++
		case tokenItems:
			if !steps[i].index && !allDigits(steps[i].name) {
				return 0, false
			}
		case tokenStar:
		case tokenRoot:
			return 0, false
		}
	}
	return exact, true
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func indexStep(i int) step { return step{name: strconv.Itoa(i), index: true} }
