package pact

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// Placeholder is the text that stands for a secret in the example of a request
// header. A verifier must be given the real header.
const Placeholder = "pactape-redacted"

// basicPlaceholder is a Basic credential of placeholders (RFC 7617).
func basicPlaceholder() string {
	return base64.StdEncoding.EncodeToString([]byte(Placeholder + ":" + Placeholder))
}

// HasPlaceholder reports whether a header value is a placeholder.
func HasPlaceholder(value string) bool {
	return strings.Contains(value, Placeholder) || strings.Contains(value, basicPlaceholder())
}

// NeededHeaders are the names of the request headers that hold a placeholder
// in any interaction, and must therefore be supplied to a verifier. Names are
// as written, once each, in order.
func (d *Document) NeededHeaders() []string {
	var names []string
	for _, it := range d.Interactions {
		for _, name := range it.NeededHeaders() {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				names = append(names, name)
			}
		}
	}
	return names
}

// NeededHeaders are the names of the request headers that hold a placeholder.
func (i *Interaction) NeededHeaders() []string {
	if i.Request == nil {
		return nil
	}
	var names []string
	for _, field := range i.Request.Headers {
		if slices.ContainsFunc(field.Values, HasPlaceholder) {
			names = append(names, field.Name)
		}
	}
	return names
}

// redact makes rules of the places where recorded values were replaced by
// tokens: the token stands for a value that cannot be known.
func (x *exporter) redact(d *draft) error {
	places := slices.Clone(d.source.Redactions)
	slices.SortFunc(places, func(a, b expectations.Redaction) int {
		return cmp.Or(cmp.Compare(a.Message, b.Message), cmp.Compare(a.In, b.In),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Class, b.Class))
	})
	for _, p := range slices.CompactFunc(places, samePlace) {
		var err error
		if p.Message == "request" {
			err = d.redactRequest(p)
		} else {
			err = d.redactResponse(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func samePlace(a, b expectations.Redaction) bool {
	return a.Message == b.Message && a.In == b.In && a.Name == b.Name
}

func (d *draft) redactRequest(p expectations.Redaction) error {
	r := d.it.Request
	switch p.In {
	case "header":
		d.placeholderHeader(p.Name, p.Class)
	case "cookie":
		d.placeholderHeader("Cookie", p.Class)
	case "path":
		return errors.New("its path holds a redacted value")
	case "query":
		if _, ok := r.Query.Get(p.Name, false); ok {
			r.Rules = r.Rules.with(CategoryQuery, namePath(p.Name))
		}
	default:
		rules, err := redactBody(r.Rules, r.Body, r.Headers, p)
		if errors.Is(err, errNoRules) {
			d.leaveOut("rule for the request body", err.Error())
			return nil
		}
		r.Rules = rules
		return err
	}
	return nil
}

// errNoRules is the reason why a body of some types cannot have rules.
var errNoRules = errors.New("a redacted value in it cannot be said in this version")

// noise reports whether a request header is none of a contract's even where a
// secret was found in it: credentials for a proxy, and what browsers, proxies
// and tracers add.
func noise(name string) bool {
	name = strings.ToLower(name)
	for _, prefix := range [...]string{"proxy-", "sec-", "x-forwarded-", "x-b3-", "x-amzn-trace", "cf-", "if-", "trace"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "referer", "origin", "user-agent", "forwarded", "via", "x-real-ip", "x-request-id",
		"x-correlation-id", "b3", "host", "connection", "upgrade", "te", "date", "range":
		return true
	}
	return false
}

// placeholderHeader puts a placeholder for a credential into the request,
// under an expression that says its kind.
func (d *draft) placeholderHeader(name, class string) {
	if noise(name) {
		return
	}
	value, pattern := Placeholder, "^.+$"
	switch {
	case class == "bearer" || class == "jwt" && strings.EqualFold(name, "Authorization"):
		value, pattern = "Bearer "+Placeholder, "^Bearer .+$"
	case class == "basic":
		value, pattern = "Basic "+basicPlaceholder(), "^Basic .+$"
	case strings.EqualFold(name, "Cookie"):
		value, pattern = "session="+Placeholder, "^.+$"
	}
	r := d.it.Request
	r.Headers = slices.DeleteFunc(r.Headers, func(f Field) bool { return strings.EqualFold(f.Name, name) })
	r.Headers = append(r.Headers, Field{Name: name, Values: []string{value}})
	r.Rules = slices.DeleteFunc(r.Rules, func(rule Rule) bool {
		return rule.Category == CategoryHeader && strings.EqualFold(rule.key(), name)
	})
	d.rule(CategoryHeader, namePath(name), RegexMatcher(pattern))
}

func (d *draft) redactResponse(p expectations.Redaction) error {
	r := d.it.Response
	name := p.Name
	switch p.In {
	case "cookie":
		name = "Set-Cookie"
		fallthrough
	case "header":
		if _, ok := r.Headers.Get(name, true); ok {
			r.Rules = r.Rules.with(CategoryHeader, namePath(name))
		}
		return nil
	}
	rules, err := redactBody(r.Rules, r.Body, r.Headers, p)
	if errors.Is(err, errNoRules) {
		d.leaveOut("response body", err.Error())
		r.Body = Body{}
		return nil
	}
	r.Rules = rules
	return err
}

// redactBody adds the rule for a place in a body, if the example has it.
func redactBody(rules Rules, b Body, headers Fields, p expectations.Redaction) (Rules, error) {
	if !b.present() {
		return rules, nil
	}
	if b.Kind != BodyJSON {
		t := parseMedia(expectedType(b, headers))
		switch {
		case p.In == "form" && t.isForm():
			return rules.with(CategoryBody, namePath(p.Name)), nil
		case t.isXML(), t.isMultipart():
			return rules, fmt.Errorf("of type %s: %w", t, errNoRules)
		}
		return rules.with(CategoryBody, rootPath()), nil
	}
	path, err := ParsePath(p.Name)
	if p.In != "json" || err != nil || len(path.tokens) == 0 {
		path = rootPath()
	}
	for _, found := range resolve(b.JSON, path.tokens, nil) {
		place, err := pathTo(found)
		if err != nil {
			return rules, err
		}
		rules = rules.with(CategoryBody, place)
	}
	return rules, nil
}

// with adds a type rule for a place that has no rule yet.
func (r Rules) with(c Category, p Path) Rules {
	add := Rule{Category: c, Path: p, Matchers: []Matcher{TypeMatcher()}}
	if slices.ContainsFunc(r, func(have Rule) bool { return have.Category == c && have.key() == add.key() }) {
		return r
	}
	return append(r, add)
}

// resolve finds the places of a document that an expression names.
func resolve(v jsondoc.Value, tokens []token, at []step) [][]step {
	if len(tokens) == 0 {
		return [][]step{slices.Clone(at)}
	}
	var found [][]step
	t := tokens[0]
	if t.kind == tokenRoot {
		return resolve(v, tokens[1:], at)
	}
	switch v.Kind {
	case jsondoc.KindObject:
		newMembers(v).each(func(name string, value jsondoc.Value) {
			if t.kind == tokenStar || t.kind != tokenItems && t.name == name {
				found = append(found, resolve(value, tokens[1:], append(at, step{name: name}))...)
			}
		})
	case jsondoc.KindArray:
		for i, item := range v.Items {
			s := indexStep(i)
			if t.kind == tokenStar || t.kind == tokenItems || t.name == s.name {
				found = append(found, resolve(item, tokens[1:], append(at, s))...)
			}
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return found
}

// pathTo is the expression for a place. Names that hold a quote have none that
// every implementation reads.
func pathTo(at []step) (Path, error) {
	tokens := []token{{kind: tokenRoot}}
	for _, s := range at {
		kind := tokenName
		if s.index {
			kind = tokenIndex
		}
		if s.name == "" || strings.Contains(s.name, "'") {
			return Path{}, fmt.Errorf("the member %q cannot be named in a Pact", s.name)
		}
		tokens = append(tokens, token{kind: kind, name: s.name})
	}
	return Path{tokens}, nil
}
