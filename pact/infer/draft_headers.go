package infer

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

const placeholderText = pact.Placeholder

// basicPlaceholder is a Basic credential of placeholders (RFC 7617).
var basicPlaceholder = base64.StdEncoding.EncodeToString([]byte(pact.Placeholder + ":" + pact.Placeholder))

// headers writes the headers of one side that belong to the contract.
func (d *draft) headers(s *side, prefix string, request bool) {
	policy := newHeaderPolicy(request, d.options)
	fields := slices.Clone(s.headers.fields)
	slices.SortFunc(fields, func(a, b *fieldStat) int { return strings.Compare(a.name, b.name) })
	for _, f := range fields {
		place := prefix + f.name
		verdict := policy.judge(f.name)
		o, forced := d.overrides.at(d.group, place)
		if secret := request && f.text.secret > 0 && (verdict != dropped || f.name == "Cookie"); secret {
			verdict = credential
		}
		switch {
		case forced && o.Ignore, verdict == dropped && !forced:
			d.report.DroppedHeaders = append(d.report.DroppedHeaders, strings.TrimSuffix(prefix, "header ")+f.name)
		case f.samples < d.group.samples:
			d.report.notAsserted(place, "in %d of %d samples", f.samples, d.group.samples)
		case verdict == credential && !forced:
			d.credential(f, place)
		default:
			d.header(f, place, request)
		}
	}
}

// credential writes a placeholder: the real value is for a verifier to give.
func (d *draft) credential(f *fieldStat, place string) {
	value := f.first[0]
	example, pattern := placeholder(f.name, value)
	scheme, _, _ := strings.Cut(example, " ")
	if strings.HasPrefix(pattern, "^"+scheme+" ") && f.varied && d.widened[place] >= widenType {
		example, pattern = placeholderText, "^.+$"
	}
	d.addHeader(true, f.name, []string{example}, pact.RegexMatcher(pattern))
	d.report.rule(place, pattern, "a credential: its value is left to who verifies")
}

// header writes a header that all samples have.
func (d *draft) header(f *fieldStat, place string, request bool) {
	values := f.elements()
	if request && f.name == "Accept" && len(values) == 1 && values[0] == "*/*" {
		d.report.DroppedHeaders = append(d.report.DroppedHeaders, "request Accept")
		return
	}
	m, why, ok := d.headerRule(f, place, request)
	if !ok && request && f.name == "Accept" && f.varied {
		// A recording answers nothing without one.
		m, why, ok = pact.TypeMatcher(), fmt.Sprintf("it varies in %d samples", f.samples), true
	}
	switch {
	case !ok && (f.varied || d.widened[place] >= widenDrop):
		d.report.notAsserted(place, "it varies in %d samples", f.samples)
	case !ok:
		d.addHeader(request, f.name, values, pact.Matcher{})
		d.report.rule(place, "equal", "the same in all of %d samples", f.samples)
	default:
		if len(values) != 1 {
			values = []string{strings.Join(f.first, ", ")}
		}
		d.addHeader(request, f.name, values, m)
		d.report.rule(place, decisionOf(m), "%s", why)
	}
}

// elements are the values as they are compared.
func (f *fieldStat) elements() []string {
	var out []string
	for _, line := range f.first {
		out = append(out, pact.HeaderElements(f.name, line)...)
	}
	return out
}

func (d *draft) headerRule(f *fieldStat, place string, request bool) (m pact.Matcher, why string, ok bool) {
	switch {
	case d.widened[place] >= widenDrop:
		return m, "", false
	case f.name == "Content-Type" && !d.group.literal && !d.overridden(place):
		return contentTypeRule(f), "parameters may be added", true
	case f.name == "Accept":
		return m, "", false
	case f.name == "Location" && !d.group.literal && !d.overridden(place):
		if d.widened[place] >= widenType {
			return pact.TypeMatcher(), "it is there in all samples", true
		}
		return pact.RegexMatcher(d.locationPattern(f.first[0])), "its ids vary, and so may the origin", true
	case f.name == "Www-Authenticate" && f.varied:
		scheme, _, _ := strings.Cut(f.first[0], " ")
		return pact.RegexMatcher("^" + quote(scheme) + ".*$"), "its parameters vary", true
	case !request && f.varied && len(f.elements()) > 1:
		return m, "", false
	}
	return d.fieldRule(f, place, false)
}

func (d *draft) overridden(place string) bool {
	_, ok := d.overrides.at(d.group, place)
	return ok
}

// contentTypeRule holds to the media type.
func contentTypeRule(f *fieldStat) pact.Matcher {
	media := content.MediaType(f.first[0])
	if media == "" {
		return pact.TypeMatcher()
	}
	if typed, _, _ := strings.Cut(f.first[0], ";"); strings.TrimSpace(typed) != media {
		media = strings.TrimSpace(typed) // as it is written: values keep their case
	}
	return pact.RegexMatcher("^" + quote(media) + `(\s*;.*)?$`)
}

// locationPattern is an expression for a Location: its path as a template,
// with or without an origin.
func (d *draft) locationPattern(value string) string {
	u, err := url.Parse(value)
	if err != nil {
		return `^\S+$`
	}
	var b strings.Builder
	b.WriteString(`^(?:https?://[^/]+)?`)
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	kinds := segmentClasses(segments)
	for i, s := range segments {
		if i > 0 || strings.HasPrefix(u.EscapedPath(), "/") {
			b.WriteByte('/')
		}
		if kinds[i] == classLiteral {
			b.WriteString(quote(s))
		} else {
			b.WriteString(classes[kinds[i]].pattern)
		}
	}
	b.WriteString(`(?:[?#].*)?$`)
	return b.String()
}

// addHeader adds a header, and a rule if there is one.
func (d *draft) addHeader(request bool, name string, values []string, m pact.Matcher) {
	headers, rules := &d.it.Response.Headers, &d.it.Response.Rules
	if request {
		headers, rules = &d.it.Request.Headers, &d.it.Request.Rules
	}
	*headers = append(*headers, pact.Field{Name: name, Values: values})
	if m.Value.Kind != jsondoc.KindNull {
		*rules = append(*rules, pact.Rule{
			Category: pact.CategoryHeader, Path: pact.NamePath(name), Matchers: []pact.Matcher{m},
		})
	}
}
