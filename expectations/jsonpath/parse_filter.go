package jsonpath

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// filterStop are the characters that end a name without brackets within a
// filter.
const filterStop = "<>=!&|,~)]"

// filter reads what follows "?", in parentheses (Jayway) or not (RFC 9535).
func (p *parser) filter() (expression, error) {
	p.space()
	if p.pos >= len(p.text) || strings.HasPrefix(p.rest(), "]") || strings.HasPrefix(p.rest(), ",") {
		return nil, p.fail("a filter [?] without a condition is not supported: write [?(@.name)]")
	}
	return p.disjunction()
}

func (p *parser) disjunction() (expression, error) {
	a, err := p.conjunction()
	for err == nil {
		if p.space(); !p.take("||") {
			return a, nil
		}
		var b expression
		b, err = p.conjunction()
		a = either{a, b}
	}
	return nil, err
}

func (p *parser) conjunction() (expression, error) {
	a, err := p.term()
	for err == nil {
		if p.space(); !p.take("&&") {
			return a, nil
		}
		var b expression
		b, err = p.term()
		a = both{a, b}
	}
	return nil, err
}

// term reads a condition, "!" before it or parentheses around it.
func (p *parser) term() (expression, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail("filters are nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	p.space()
	switch {
	case strings.HasPrefix(p.rest(), "!") && !strings.HasPrefix(p.rest(), "!="):
		p.pos++
		a, err := p.term()
		return inverse{a}, err
	case p.take("("):
		a, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		return a, p.need(")")
	}
	return p.condition()
}

// condition reads an operand, alone or compared with another.
func (p *parser) condition() (expression, error) {
	if strings.HasPrefix(p.rest(), "match(") || strings.HasPrefix(p.rest(), "search(") {
		return p.matchCall()
	}
	a, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.take("=~") {
		p.space()
		re, err := p.regex()
		return matches{a, re}, err
	}
	for _, op := range operators() {
		if !p.takeOperator(op.name) {
			continue
		}
		p.space()
		b, err := p.operand()
		return comparison{a, b, op.test}, err
	}
	if c := p.rest(); c != "" && strings.IndexByte("=~&|,)]", c[0]) < 0 {
		return nil, p.unexpected("an operator is missing or not supported by this version")
	}
	return exists{a}, nil
}

// takeOperator skips an operator if it is next; words, which may be in capitals
// too (Jayway), must end there.
func (p *parser) takeOperator(name string) bool {
	if name[0] < 'a' {
		return p.take(name)
	}
	rest := p.rest()
	if len(rest) <= len(name) || !strings.EqualFold(rest[:len(name)], name) {
		return false
	}
	if strings.IndexByte(" \t[('\"@$", rest[len(name)]) < 0 {
		return false
	}
	p.pos += len(name)
	return true
}

// operand reads a path, a literal or a function of RFC 9535.
func (p *parser) operand() (operand, error) {
	rest := p.rest()
	switch {
	case strings.HasPrefix(rest, "@"), strings.HasPrefix(rest, "$"):
		return p.subpath()
	case strings.HasPrefix(rest, "length("), strings.HasPrefix(rest, "count("), strings.HasPrefix(rest, "value("):
		return p.call()
	}
	v, err := p.literal()
	return operand{literal: &v}, err
}

func (p *parser) subpath() (operand, error) {
	o := operand{path: &Path{}, root: p.text[p.pos] == '$'}
	p.pos++
	return o, p.segments(o.path, filterStop)
}

// call reads length(…), count(…) or value(…) (RFC 9535 §2.4).
func (p *parser) call() (operand, error) {
	name, _, _ := strings.Cut(p.rest(), "(")
	p.pos += len(name) + 1
	p.space()
	if r := p.rest(); !strings.HasPrefix(r, "@") && !strings.HasPrefix(r, "$") {
		return operand{}, p.unexpected("the argument of " + name + "() must be a path")
	}
	o, err := p.subpath()
	if err != nil {
		return o, err
	}
	o.call = map[string]func([]*jsondoc.Value) *jsondoc.Value{
		"count": func(nodes []*jsondoc.Value) *jsondoc.Value { return number(float64(len(nodes))) },
		"value": only,
		"length": func(nodes []*jsondoc.Value) *jsondoc.Value {
			if v := only(nodes); v != nil {
				if n, ok := lengthOf(v); ok {
					return number(float64(n))
				}
			}
			return nil
		},
	}[name]
	return o, p.need(")")
}

// only is the one value there is, or nil.
func only(nodes []*jsondoc.Value) *jsondoc.Value {
	if len(nodes) != 1 {
		return nil
	}
	return nodes[0]
}

// matchCall reads match(path, 'regex') or search(path, 'regex').
func (p *parser) matchCall() (expression, error) {
	name, _, _ := strings.Cut(p.rest(), "(")
	p.pos += len(name) + 1
	p.space()
	a, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.need(","); err != nil {
		return nil, err
	}
	p.space()
	expr, err := p.quoted()
	if err != nil {
		return nil, err
	}
	re, err := p.options.Regexp(expr, name == "match")
	if err != nil {
		return nil, p.fail("%v", err)
	}
	return matches{a, re}, p.need(")")
}

// regex reads /…/flags, or a string, behind "=~".
func (p *parser) regex() (Matcher, error) {
	expr, flags := "", ""
	if !p.take("/") {
		var err error
		if expr, err = p.quoted(); err != nil {
			return nil, p.fail("a regular expression /…/ is missing behind =~")
		}
	} else {
		end := strings.IndexByte(p.rest(), '/')
		for end > 0 && p.rest()[end-1] == '\\' {
			next := strings.IndexByte(p.rest()[end+1:], '/')
			if next < 0 {
				end = -1
				break
			}
			end += 1 + next
		}
		if end < 0 {
			return nil, p.fail("a regular expression is not ended by /")
		}
		expr = strings.ReplaceAll(p.rest()[:end], `\/`, "/")
		p.pos += end + 1
		for p.pos < len(p.text) && strings.IndexByte("idmsuxU", p.text[p.pos]) >= 0 {
			// Case folds beyond ASCII, and lines end as in Unix, anyway.
			if c := p.text[p.pos]; strings.IndexByte("imsx", c) >= 0 {
				flags += string(c)
			}
			p.pos++
		}
	}
	if flags != "" {
		expr = "(?" + flags + ")" + expr
	}
	re, err := p.options.Regexp(expr, true)
	if err != nil {
		return nil, p.fail("the regular expression is wrong: %v", err)
	}
	return re, nil
}

// literal reads a string, number, true, false, null, array or object.
func (p *parser) literal() (jsondoc.Value, error) {
	rest := p.rest()
	if rest == "" {
		return jsondoc.Value{}, p.unexpected("a value is missing")
	}
	switch c := rest[0]; {
	case c == '\'' || c == '"':
		s, err := p.quoted()
		return jsondoc.String(s), err
	case c == '-' || '0' <= c && c <= '9':
		end := len(rest) - len(strings.TrimLeft(rest, "+-.0123456789eE"))
		if _, err := strconv.ParseFloat(rest[:end], 64); err != nil && !strings.Contains(err.Error(), "range") {
			return jsondoc.Value{}, p.fail("%s is not a number", rest[:end])
		}
		p.pos += end
		return jsondoc.Number(rest[:end]), nil
	case c == '[' || c == '{':
		return p.structure()
	}
	for _, word := range []string{"true", "false", "null"} {
		if p.take(word) {
			v, _ := jsondoc.Parse([]byte(word))
			return v, nil
		}
	}
	return jsondoc.Value{}, p.unexpected("a path from @ or $, or a value, is missing")
}

// structure reads an array or object, whose strings may be in single quotes.
func (p *parser) structure() (jsondoc.Value, error) {
	depth, quote := 0, byte(0)
	for i := p.pos; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth > 0 {
				continue
			}
			v, err := jsondoc.ParseLenient([]byte(p.text[p.pos : i+1]))
			if err != nil {
				return v, p.fail("is not JSON: %v", err)
			}
			p.pos = i + 1
			return v, nil
		}
	}
	return jsondoc.Value{}, p.fail("an array or object is not ended")
}

// quoted reads a string in single or double quotes (RFC 9535 §2.3.1.1).
func (p *parser) quoted() (string, error) {
	rest := p.rest()
	if rest == "" || rest[0] != '\'' && rest[0] != '"' {
		return "", p.unexpected("a string is missing")
	}
	var out strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; c {
		case rest[0]:
			p.pos += i + 1
			return out.String(), nil
		case '\\':
			n := unescape(&out, rest[i+1:])
			if n == 0 {
				p.pos += i
				return "", p.fail("a wrong escape")
			}
			i += n
		default:
			out.WriteByte(c)
		}
	}
	return "", p.fail("a string is not ended")
}

// unescape writes what the escape stands for whose backslash is before s, and
// returns its length; 0 if it is none. What needs no escape stands for itself.
func unescape(out *strings.Builder, s string) int {
	if s == "" {
		return 0
	}
	if i := strings.IndexByte("bfnrt", s[0]); i >= 0 {
		out.WriteByte("\b\f\n\r\t"[i])
		return 1
	}
	if s[0] != 'u' {
		_, size := utf8.DecodeRuneInString(s)
		out.WriteString(s[:size])
		return size
	}
	r, ok := hex4(s[1:])
	if !ok {
		return 0
	}
	if utf16.IsSurrogate(r) && strings.HasPrefix(s[5:], `\u`) {
		if low, ok := hex4(s[7:]); ok {
			out.WriteRune(utf16.DecodeRune(r, low))
			return 11
		}
	}
	out.WriteRune(r)
	return 5
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 32)
	return rune(n), err == nil
}
