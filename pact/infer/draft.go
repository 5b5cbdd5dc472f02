package infer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// How far a place is widened.
const (
	// widenType gives up the format: the kind alone is asserted.
	widenType = 1
	// widenDrop gives up the place.
	widenDrop = 2
)

// A draft is an interaction in the making. It is written anew each time one of
// its places is widened.
type draft struct {
	options   Options
	overrides overrides
	router    *router
	group     *group
	// widened says how far each place is.
	widened map[string]int
	it      *pact.Interaction
	report  *InteractionReport
	// request and response are the scalars asserted of the bodies.
	request, response []leaf
	// requestTree and responseTree are the examples of XML bodies.
	requestTree, responseTree jsondoc.Value
	// overruled counts the samples that differ from what overrides force, by
	// place.
	overruled map[string]int
	// exact says that the request's body cannot be said once for all samples.
	exact bool
	// broken says that no interaction was found that all samples satisfy.
	broken bool
	// wants and offers are the interaction, compiled.
	wants  *pact.RequestMatcher
	offers *pact.ResponseMatcher
}

// build makes a draft of each group.
func (p *pipeline) build() {
	var taken []*group
	taken, p.left = p.groups.sorted(p.options.MaxVariants)
	p.drafts = nil
	for _, g := range taken {
		d := &draft{
			options: p.options, overrides: p.overrides, router: p.router, group: g,
			widened: make(map[string]int),
		}
		d.write()
		p.drafts = append(p.drafts, d)
	}
}

// describe numbers the variants of an endpoint in the order of the contract.
func describe(drafts []*draft) {
	count, next := make(map[string]int), make(map[string]int)
	for _, d := range drafts {
		count[d.name()]++
	}
	for _, d := range drafts {
		name := d.name()
		if next[name]++; count[name] > 1 {
			name += " (" + strconv.Itoa(next[name]) + ")"
		}
		d.it.Description, d.report.Description = name, name
	}
}

// name is what the interaction is about.
func (d *draft) name() string {
	return fmt.Sprintf("%s -> %d", d.endpoint(), d.group.status)
}

func (d *draft) endpoint() string { return d.group.method + " " + d.group.template.String() }

// write writes the interaction from what was merged.
func (d *draft) write() {
	g := d.group
	old := d.report
	d.report = &InteractionReport{Endpoint: d.endpoint(), Status: g.status, Samples: g.samples}
	d.request, d.response = nil, nil
	d.it = &pact.Interaction{
		Request:  &pact.Request{Method: g.method, Path: g.template.path()},
		Response: &pact.Response{Status: g.status},
	}
	if old != nil {
		d.it.Description, d.report.Description = old.Description, old.Description
	}
	d.path()
	d.query()
	d.headers(&g.in, "request header ", true)
	d.headers(&g.out, "response header ", false)
	d.requestBody()
	d.responseBody()
	d.states()
	for _, r := range g.redactions {
		d.report.Redactions = append(d.report.Redactions, strings.TrimSpace(r.Message+" "+r.In+" "+r.Name))
	}
	slices.Sort(d.report.Redactions)
	d.report.Redactions = slices.Compact(d.report.Redactions)
	sortRules(d.it.Request.Rules)
	sortRules(d.it.Response.Rules)
	slices.SortStableFunc(d.report.Rules, func(a, b Evidence) int { return strings.Compare(a.Place, b.Place) })
	d.wants, d.offers = pact.CompileRequest(d.it.Request), pact.CompileResponse(d.it.Response)
}

// sortRules puts the rules of each category in the order of their paths.
func sortRules(rules pact.Rules) {
	slices.SortStableFunc(rules, func(a, b pact.Rule) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(ruleKey(a), ruleKey(b)))
	})
}

// ruleKey is the name of a header or a parameter, or a path into a body.
func ruleKey(r pact.Rule) string {
	if r.Category == pact.CategoryBody {
		return r.Path.String()
	}
	return strings.Trim(r.Path.String(), "$.[']")
}

// path gives the path a rule if it has parameters.
func (d *draft) path() {
	t, r := d.group.template, d.it.Request
	if d.group.literal || len(t.params()) == 0 {
		return
	}
	for _, s := range t.params() {
		d.report.Parameters = append(d.report.Parameters, Evidence{
			"request path", "{" + s.name + "}",
			fmt.Sprintf("%s is %s", clip(s.text), classes[s.class].what),
		})
	}
	pattern := t.pattern()
	if o, ok := d.overrides.at(d.group, "request path"); ok {
		if o.Rule.Kind != jsondoc.KindNull {
			r.Rules = append(r.Rules, pact.Rule{Category: pact.CategoryPath, Matchers: []pact.Matcher{{Value: o.Rule}}})
			d.report.rule("request path", "rule", "forced by an override")
		}
		return
	}
	r.Rules = append(r.Rules, pact.Rule{Category: pact.CategoryPath, Matchers: []pact.Matcher{pact.RegexMatcher(pattern)}})
	d.report.rule("request path", pattern, "the template %s", t)
}

// query writes the parameters.
func (d *draft) query() {
	r := d.it.Request
	for _, f := range d.group.query.fields {
		r.Query = append(r.Query, pact.Field{Name: f.name, Values: f.first})
		place := "request query " + f.name
		m, why, ok := d.fieldRule(f, place, paging(f.name))
		if !ok {
			continue
		}
		r.Rules = append(r.Rules, pact.Rule{
			Category: pact.CategoryQuery, Path: pact.NamePath(f.name), Matchers: []pact.Matcher{m},
		})
		d.report.rule(place, decisionOf(m), "%s", why)
		d.report.Parameters = append(d.report.Parameters, Evidence{place, decisionOf(m), why})
	}
}

// fieldRule is the rule for the values of a name; ok is false where the values
// themselves are asserted. data says that it is known to vary.
func (d *draft) fieldRule(f *fieldStat, place string, data bool) (m pact.Matcher, why string, ok bool) {
	t := &f.text
	if o, forced := d.overrides.at(d.group, place); forced {
		switch {
		case o.Rule.Kind != jsondoc.KindNull:
			return pact.Matcher{Value: o.Rule}, "forced by an override", true
		case o.Literal:
			return m, "", false
		}
		return pact.TypeMatcher(), "any value, by an override", true
	}
	id := classify(t.first)
	switch {
	case d.group.literal:
		return m, "", false
	case t.secret > 0:
		return pact.TypeMatcher(), "redacted: its content is unknown", true
	case f.uneven:
		return minimum(1), fmt.Sprintf("different numbers of values in %d samples", f.samples), true
	case !f.varied && id == classLiteral && !data:
		return m, "", false
	case d.options.Mode == Types || d.widened[place] >= widenType:
		return pact.TypeMatcher(), fmt.Sprintf("it varies in %d samples", f.samples), true
	case t.digits && t.empty == 0:
		return pact.RegexMatcher(`^\d+$`), fmt.Sprintf("digits in all of %d samples", f.samples), true
	}
	if format, found := t.format(); found {
		return format.matcher(), fmt.Sprintf("%s in all of %d samples", format.what, f.samples), true
	}
	return pact.TypeMatcher(), fmt.Sprintf("it varies in %d samples", f.samples), true
}

// decisionOf names a matcher in reports.
func decisionOf(m pact.Matcher) string {
	for _, attribute := range [...]string{"regex", "format"} {
		if v, ok := m.Value.Get(attribute); ok {
			return v.Text
		}
	}
	return m.Name()
}

// clip cuts a value for a report.
func clip(s string) string {
	const limit = 60
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
