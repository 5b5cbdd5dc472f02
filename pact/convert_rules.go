package pact

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A lowering says the rules of a message in an older specification.
type lowering struct {
	c        *converter
	part     string // "request" or "response"
	response bool
	message
	out Rules
}

func (l *lowering) run() message {
	rules := l.rules
	for _, r := range rules {
		l.rule(r)
	}
	m := l.message
	m.rules = l.out
	return m
}

// place names a rule in a report.
func (l *lowering) place(r Rule) string {
	place := l.part + " " + string(r.Category)
	if r.Category.named() {
		place += " " + r.key()
	}
	return place
}

func (l *lowering) rule(r Rule) {
	switch {
	case r.Invalid != "":
		// It fails by name in any specification; V2 has no place for some.
		if l.c.to == V2 && !r.Category.named() && r.Category != CategoryPath {
			l.unsaid(r, r.Invalid)
			return
		}
		l.out = append(l.out, r)
		return
	case r.Category == CategoryStatus || r.Category == CategoryMethod && l.c.to == V2:
		l.unsaid(r, "no rule of Pact "+l.c.to.String()+" is about it")
		return
	}
	if l.c.to == V2 && len(r.Matchers) > 1 {
		if r.Any {
			l.unsaid(r, "alternatives cannot be said in Pact "+l.c.to.String())
			return
		}
		r.Matchers = []Matcher{l.strictest(r)}
	}
	if l.each(r) {
		return
	}
	kind, text := l.exampleKind(r), l.text(r)
	if l.element(r) {
		kind, text = jsondoc.KindNull, false
	}
	var matchers []Matcher
	for _, m := range r.Matchers {
		lowered, weaker, ok := m.lower(l.c.to, kind, text)
		if !ok {
			l.unsaid(r, fmt.Sprintf("the rule %q cannot be said in Pact %s", m.Name(), l.c.to))
			return
		}
		if weaker {
			l.c.lose(l.place(r), "the rule %q became %q", m.Name(), lowered.Name())
		}
		matchers = append(matchers, lowered)
	}
	r.Matchers = matchers
	l.out = append(l.out, r)
}

// strictest is the one of several matchers that says most.
func (l *lowering) strictest(r Rule) Matcher {
	best := r.Matchers[0]
	for _, m := range r.Matchers {
		if m.Name() == "regex" {
			best = m
			break
		}
	}
	l.c.lose(l.place(r), "of several rules only %q is kept", best.Name())
	return best
}

// each says eachKey and eachValue by the rules of Pact V3: values on an
// object, and rules on the items of either. ok is false if the rule is neither.
func (l *lowering) each(r Rule) (ok bool) {
	var below []Matcher
	keys, values := false, false
	for _, m := range r.Matchers {
		switch m.Name() {
		case "eachKey", "each-key":
			keys = true
		case "eachValue", "each-value":
			values = true
			rules, _ := m.Value.Get("rules")
			for _, item := range rules.Items {
				below = append(below, Matcher{item})
			}
		}
	}
	kind := l.exampleKind(r)
	switch {
	case !keys && !values:
		return false
	case l.text(r), l.c.to == V2, len(below) == 0, kind == jsondoc.KindArray && keys,
		kind != jsondoc.KindArray && kind != jsondoc.KindObject, l.ruledBelow(r):
		l.unsaid(r, "a rule on each element cannot be said in Pact "+l.c.to.String())
		return true
	case keys:
		l.c.lose(l.place(r), "the rule \"eachKey\" cannot be said in Pact %s: any name is accepted", l.c.to)
	}
	whole, items := "values", token{kind: tokenStar, name: "*"}
	if kind == jsondoc.KindArray {
		whole, items = "type", token{kind: tokenItems, name: "[*]"}
	}
	top := r
	top.Any = false
	top.Matchers = []Matcher{{jsondoc.Object(jsondoc.M("match", jsondoc.String(whole)))}}
	l.out = append(l.out, top)
	inner := top
	inner.Path = Path{append(slices.Clone(r.Path.tokens), items)}
	inner.Matchers = below
	l.rule(inner)
	return true
}

// unsaid reports a rule that is left out. What it was about in a response is
// not asserted any more; in a request the example is compared as it is.
func (l *lowering) unsaid(r Rule, why string) {
	if l.response {
		switch r.Category {
		case CategoryHeader:
			l.headers = slices.DeleteFunc(slices.Clone(l.headers), func(f Field) bool {
				return strings.EqualFold(f.Name, r.key())
			})
			why += ": the header is not asserted"
		case CategoryBody:
			l.forget(r.Path)
			why += ": the value is not asserted"
		case CategoryStatus, CategoryMethod, CategoryPath, CategoryQuery:
			why += ": the example is wanted as it is"
		}
	} else {
		why += ": the example is wanted as it is"
	}
	l.c.lose(l.place(r), "%s", why)
}

// forget takes the value at a path out of the example; what is no member of
// an object goes with the member that holds it.
func (l *lowering) forget(p Path) {
	tokens := p.tokens
	for len(tokens) > 0 && tokens[len(tokens)-1].kind != tokenName {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) < 2 || l.body.Kind != BodyJSON {
		l.body = Body{ContentType: l.body.ContentType}
		return
	}
	l.body = Body{Kind: BodyJSON, JSON: without(l.body.JSON, tokens[1:]), ContentType: l.body.ContentType}
}

// without is a document without the members at a path.
func without(v jsondoc.Value, tokens []token) jsondoc.Value {
	t := tokens[0]
	if t.kind == tokenName && len(tokens) == 1 {
		v.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m jsondoc.Member) bool { return m.Name == t.name })
		return v
	}
	v.Members, v.Items = slices.Clone(v.Members), slices.Clone(v.Items)
	for i, m := range v.Members {
		if t.kind == tokenStar || m.Name == t.name {
			v.Members[i].Value = without(m.Value, tokens[1:])
		}
	}
	for i := range v.Items {
		if t.kind == tokenStar || t.kind == tokenItems || t.name == strconv.Itoa(i) {
			v.Items[i] = without(v.Items[i], tokens[1:])
		}
	}
	return v
}

// exampleKind is the kind of the first value that a rule is about.
func (l *lowering) exampleKind(r Rule) jsondoc.Kind {
	if l.text(r) {
		// Texts have no kinds: a type rule accepts any.
		return jsondoc.KindArray
	}
	v := l.body.JSON
	for _, t := range r.Path.tokens[1:] {
		switch found, ok := v.Get(t.name); {
		case ok:
			v = found
		case len(v.Items) > 0:
			v = v.Items[0]
		case len(v.Members) > 0:
			v = v.Members[0].Value
		default:
			return jsondoc.KindNull
		}
	}
	return v.Kind
}

// text says that a rule is about text rather than a value of JSON.
func (l *lowering) text(r Rule) bool {
	return r.Category != CategoryBody || l.body.Kind != BodyJSON || len(r.Path.tokens) == 0
}

// element says that a rule is about an XML element rather than a text in it.
func (l *lowering) element(r Rule) bool {
	if r.Category != CategoryBody || !parseMedia(expectedType(l.body, l.headers)).isXML() {
		return false
	}
	last := r.Path.tokens[len(r.Path.tokens)-1]
	return last.kind != tokenName || last.name != "#text" && !strings.HasPrefix(last.name, "@")
}

// ruledBelow reports whether another rule is about what is below a rule's
// place. Beside eachValue it does not count, but would if that were said by
// rules on the elements.
func (l *lowering) ruledBelow(r Rule) bool {
	return slices.ContainsFunc(l.rules, func(other Rule) bool {
		if other.Category != r.Category || len(other.Path.tokens) <= len(r.Path.tokens) {
			return false
		}
		for i, t := range r.Path.tokens {
			if o := other.Path.tokens[i]; o.name != t.name && !o.many() && !t.many() {
				return false
			}
		}
		return true
	})
}

// many says that a token matches more than one name.
func (t token) many() bool { return t.kind == tokenStar || t.kind == tokenItems }

// lower is a matcher in an older specification; weaker says that it accepts
// more there, and ok is false if it cannot be said.
func (m Matcher) lower(to Version, example jsondoc.Kind, text bool) (lowered Matcher, weaker, ok bool) {
	switch m.Name() {
	case "regex", "type", "min", "max":
		return m, false, true
	case "semver":
		return RegexMatcher(semverPattern.String()), false, example != jsondoc.KindObject
	case "notEmpty", "not-empty":
		return RegexMatcher(`^[\s\S]+$`), !text, text || example == jsondoc.KindString
	case "arrayContains", "array-contains", "eachKey", "each-key", "eachValue", "each-value", "statusCode", "status-code":
		return m, false, false
	}
	if to != V2 {
		return m, false, true
	}
	switch m.Name() {
	case "equality":
		return m, false, true
	case "include":
		if example == jsondoc.KindObject {
			return m, false, false
		}
		value, _ := m.Value.Get("value")
		return RegexMatcher("^.*" + regexp.QuoteMeta(scalarText(value)) + ".*$"), false, true
	case "integer", "decimal", "real", "number":
		return TypeMatcher(), true, example == jsondoc.KindNumber || example == jsondoc.KindArray
	case "boolean":
		return TypeMatcher(), true, example == jsondoc.KindBool || example == jsondoc.KindArray
	case "date", "time", "datetime", "timestamp":
		return TypeMatcher(), true, example == jsondoc.KindString || example == jsondoc.KindArray
	}
	return m, false, false
}
