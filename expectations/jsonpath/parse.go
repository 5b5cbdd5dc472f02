package jsonpath

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A SyntaxError says where an expression is wrong.
type SyntaxError struct {
	// Offset is the place, in bytes from the beginning.
	Offset int
	// Message is what is wrong.
	Message string
}

// Error is the message and the place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at character %d", e.Message, e.Offset+1)
}

const (
	// maxLength is the longest expression taken, in bytes.
	maxLength = 8192
	// maxNesting is how deeply filters and parentheses may be nested.
	maxNesting = 64
	// maxStep is more than any array has items.
	maxStep = 1 << 30
)

// Compile reads an expression. The error is a [*SyntaxError].
func Compile(text string, o Options) (*Path, error) {
	if o.Regexp == nil {
		o.Regexp = goRegexp
	}
	p := &parser{text: text, options: o}
	path, err := p.top()
	if err != nil {
		return nil, err
	}
	path.text = text
	return path, nil
}

func goRegexp(expr string, whole bool) (Matcher, error) {
	if whole {
		expr = `\A(?:` + expr + `)\z`
	}
	return regexp.Compile(expr)
}

type parser struct {
	text    string
	pos     int
	depth   int // of filters and parentheses
	options Options
}

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{Offset: p.pos, Message: fmt.Sprintf(format, args...)}
}

func (p *parser) rest() string { return p.text[p.pos:] }

// take skips a token if it is next.
func (p *parser) take(token string) bool {
	if !strings.HasPrefix(p.rest(), token) {
		return false
	}
	p.pos += len(token)
	return true
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// need skips a token that must be next, after space.
func (p *parser) need(token string) error {
	p.space()
	if !p.take(token) {
		return p.unexpected(fmt.Sprintf("%q is missing", token))
	}
	return nil
}

func (p *parser) unexpected(message string) error {
	if p.pos >= len(p.text) {
		return p.fail("%s: the path ends here", message)
	}
	r, _ := utf8.DecodeRuneInString(p.rest())
	return p.fail("%s: %q found", message, r)
}

// top reads the whole expression.
func (p *parser) top() (*Path, error) {
	p.text = strings.TrimSpace(p.text)
	switch {
	case p.text == "":
		return nil, p.fail("the path is empty")
	case len(p.text) > maxLength:
		return nil, p.fail("the path is longer than %d bytes", maxLength)
	case !utf8.ValidString(p.text):
		return nil, p.fail("the path is not UTF-8")
	}
	if !p.take("$") && !strings.HasPrefix(p.text, "[") && !strings.HasPrefix(p.text, ".") {
		// Jayway puts "$." before it.
		path := &Path{}
		if err := p.dotted(path, false, ""); err != nil {
			return nil, err
		}
		return p.finish(path)
	}
	return p.finish(&Path{})
}

func (p *parser) finish(path *Path) (*Path, error) {
	if err := p.segments(path, ""); err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.text) {
		return nil, p.unexpected("a path goes on with '.' or '['")
	}
	return path, nil
}

// segments reads steps as long as there are any. Names without brackets end
// before any of stop, too.
func (p *parser) segments(path *Path, stop string) error {
	for {
		switch {
		case path.function != nil && (strings.HasPrefix(p.rest(), ".") || strings.HasPrefix(p.rest(), "[")):
			return p.fail("nothing can follow the function %s()", path.function.name)
		case p.take(".."):
			if strings.HasPrefix(p.rest(), "[") {
				if err := p.bracket(path, true); err != nil {
					return err
				}
				continue
			}
			if err := p.dotted(path, true, stop); err != nil {
				return err
			}
		case p.take("."):
			if strings.HasPrefix(p.rest(), "[") { // "$.['a']", which Jayway allows
				continue
			}
			if err := p.dotted(path, false, stop); err != nil {
				return err
			}
		case strings.HasPrefix(p.rest(), "["):
			if err := p.bracket(path, false); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// dotted reads the name, wildcard or function behind a dot.
func (p *parser) dotted(path *Path, descend bool, stop string) error {
	if p.take("*") {
		path.segments = append(path.segments, segment{descend, []selector{{kind: selectAll}}})
		return nil
	}
	start := p.pos
	for p.pos < len(p.text) && strings.IndexByte(".[]()'\" \t\r\n", p.text[p.pos]) < 0 && strings.IndexByte(stop, p.text[p.pos]) < 0 {
		p.pos++
	}
	name := p.text[start:p.pos]
	if name == "" {
		return p.unexpected("a name is missing")
	}
	if strings.HasPrefix(p.rest(), "(") {
		return p.function(path, name, start, descend)
	}
	path.segments = append(path.segments, segment{descend, []selector{{kind: selectName, name: name}}})
	return nil
}

// function reads the parentheses behind a name.
func (p *parser) function(path *Path, name string, start int, descend bool) error {
	run, ok := functions()[name]
	if !ok || descend {
		p.pos = start
		return p.fail("the function %s() is not supported by this version", name)
	}
	p.pos++ // "("
	p.space()
	f := &function{name: name, run: run}
	if name == "index" {
		n, err := p.integer()
		if err != nil {
			return err
		}
		f.index = n
		p.space()
	}
	if !p.take(")") {
		return p.unexpected("the arguments of " + name + "() are not supported by this version")
	}
	path.function = f
	return nil
}

func (p *parser) integer() (int, error) {
	start := p.pos
	p.take("-")
	for p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '9' {
		p.pos++
	}
	n, err := strconv.ParseInt(p.text[start:p.pos], 10, 32)
	if err != nil {
		p.pos = start
		return 0, p.unexpected("a whole number is missing")
	}
	return int(n), nil
}

// bracket reads "[…]" with one or more selectors.
func (p *parser) bracket(path *Path, descend bool) error {
	p.pos++ // "["
	s := segment{descend: descend}
	for {
		p.space()
		one, err := p.selector()
		if err != nil {
			return err
		}
		one.below = descend
		s.selectors = append(s.selectors, one)
		if p.space(); p.take(",") {
			continue
		}
		if err := p.need("]"); err != nil {
			return err
		}
		path.segments = append(path.segments, s)
		return nil
	}
}

func (p *parser) selector() (selector, error) {
	switch rest := p.rest(); {
	case p.take("*"):
		return selector{kind: selectAll}, nil
	case p.take("?"):
		filter, err := p.filter()
		return selector{kind: selectFilter, filter: filter}, err
	case strings.HasPrefix(rest, "'"), strings.HasPrefix(rest, `"`):
		name, err := p.quoted()
		return selector{kind: selectName, name: name}, err
	case strings.HasPrefix(rest, "("):
		return selector{}, p.fail("a script expression is not supported by this version: an index from the end is [-1]")
	default:
		return p.indexOrSlice()
	}
}

func (p *parser) indexOrSlice() (selector, error) {
	s := selector{kind: selectIndex, step: 1}
	var err error
	if !strings.HasPrefix(p.rest(), ":") {
		if s.from, err = p.integer(); err != nil {
			return s, err
		}
		s.hasFrom = true
	}
	if p.space(); !p.take(":") {
		return s, nil
	}
	s.kind = selectSlice
	if p.space(); p.number() {
		if s.to, err = p.integer(); err != nil {
			return s, err
		}
		s.hasTo = true
	}
	if p.space(); p.take(":") {
		if p.space(); p.number() {
			s.step, err = p.integer()
			s.step = max(-maxStep, min(maxStep, s.step))
		}
	}
	return s, err
}

// number reports whether a whole number is next.
func (p *parser) number() bool {
	rest := strings.TrimPrefix(p.rest(), "-")
	return rest != "" && '0' <= rest[0] && rest[0] <= '9'
}
