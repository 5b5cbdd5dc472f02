package pact

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// request fills in the request from the matcher.
func (x *exporter) request(d *draft) error {
	m := d.source.Request
	if err := concrete(m); err != nil {
		return err
	}
	d.it.Request = &Request{Method: strings.ToUpper(literalText(m.Method.Value))}
	if m.Method.Value == "" {
		d.it.Request.Method = http.MethodGet
	}
	if err := d.path(m); err != nil {
		return err
	}
	for _, entry := range m.Query.Entries {
		field, err := d.field("query parameter", CategoryQuery, entry)
		if err != nil {
			return err
		}
		if field != nil {
			for _, v := range field.Values {
				d.it.Request.Query = d.it.Request.Query.add(field.Name, v, false)
			}
		}
	}
	if err := x.headers(d); err != nil {
		return err
	}
	return d.body(m.Body)
}

// concrete says why a matcher is none that a contract can state.
func concrete(m *expectations.RequestMatcher) error {
	switch {
	case m != nil && len(m.Any) > 0:
		return errors.New("it is for several operations of an OpenAPI description: name one by its operationId")
	case m == nil, m.Method == expectations.Text{} && m.Path == expectations.Text{} && m.Body == nil &&
		len(m.Query.Entries) == 0 && len(m.Headers.Entries) == 0 && len(m.Cookies) == 0:
		return errors.New("it matches every request")
	case m.Not:
		return errors.New("it matches what a request is not")
	case m.Method.Not:
		return errors.New("its method is negated")
	case m.Path.Not:
		return errors.New("its path is negated")
	case m.Method.Schema != "":
		return errors.New("its method is a JSON schema")
	case m.Path.Schema != "":
		return errors.New("its path is a JSON schema")
	case isPattern(m.Method.Value):
		return fmt.Errorf("its method '%s' is a pattern", clip(m.Method.Value))
	}
	return nil
}

// rule adds a matching rule to the request.
func (d *draft) rule(c Category, p Path, m ...Matcher) {
	d.it.Request.Rules = append(d.it.Request.Rules, Rule{Category: c, Path: p, Matchers: m})
}

// path fills in the path: as it is, or an example and the expression.
func (d *draft) path(m *expectations.RequestMatcher) error {
	r := d.it.Request
	pattern, ruled := m.Path.Value, false
	switch {
	case d.captured():
		// As it was sent.
		r.Path = cmp.Or(pattern, "/")
		d.name = r.Path
		return nil
	case pattern == "":
		pattern, ruled = "/.*", true
	case len(m.PathParameters.Entries) > 0 && strings.Contains(pattern, "{"):
		pattern, ruled = templatePattern(pattern, m.PathParameters), true
	default:
		ruled = isPattern(pattern)
	}
	if !ruled {
		r.Path = escapePath(literalText(pattern))
		d.name = r.Path
		return nil
	}
	p, err := provePattern(pattern, fitPath)
	if err != nil {
		return err
	}
	r.Path, d.generated = p.example, true
	d.name = cmp.Or(m.Path.Value, "/")
	d.rule(CategoryPath, Path{}, RegexMatcher(p.regex))
	return nil
}

// fitPath makes a candidate a path: it starts with a slash and needs no
// escaping.
func fitPath(candidate string) (string, bool) {
	if !strings.HasPrefix(candidate, "/") {
		candidate = "/" + candidate
	}
	return candidate, escapePath(candidate) == candidate && !strings.ContainsAny(candidate, "?#")
}

// templatePattern is the expression of a path with {name} segments: each
// stands for one segment, held to its first condition if it has one.
func templatePattern(template string, params expectations.MultiMatcher) string {
	segments := strings.Split(template, "/")
	for i, s := range segments {
		if len(s) < len("{x}") || s[0] != '{' || s[len(s)-1] != '}' {
			segments[i] = quotePattern(s)
			continue
		}
		name := s[1 : len(s)-1]
		segments[i] = "[^/]+"
		for _, entry := range params.Entries {
			if entry.Name.Value != name || entry.Name.Not || len(entry.Values) == 0 {
				continue
			}
			switch v := entry.Values[0]; {
			case v.Not || v.Value == "":
			case isPattern(v.Value):
				segments[i] = "(?:" + strings.TrimSuffix(strings.TrimPrefix(v.Value, "^"), "$") + ")"
			default:
				segments[i] = quotePattern(literalText(v.Value))
			}
		}
	}
	return strings.Join(segments, "/")
}

// escapePath percent-encodes what must not stand in a path (RFC 3986 §3.3) and
// leaves what is encoded.
func escapePath(p string) string {
	if p == "" {
		return "/"
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		switch {
		case isAlnum(c), strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0,
			c == '%' && i+2 < len(p) && isHexDigit(p[i+1]) && isHexDigit(p[i+2]):
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
