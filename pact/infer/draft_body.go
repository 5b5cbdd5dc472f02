package infer

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

const (
	requestBody  = "request body"
	responseBody = "response body"
)

// requestBody writes the example that is sent, and rules for those who answer
// it.
func (d *draft) requestBody() {
	r, s := d.it.Request, &d.group.in
	if d.group.literal || d.group.exact {
		r.Body = exactBody(s)
		return
	}
	switch {
	case s.kind == bodyJSON:
		w := &treeWriter{draft: d, side: requestBody, request: true}
		mark := w.mark()
		example, ok := w.value(&s.tree, spot{path: "$"})
		if !ok || d.widened[requestBody] >= widenDrop {
			// It cannot be said once for all samples.
			w.reset(mark)
			d.exact = true
			return
		}
		r.Body = pact.Body{Kind: pact.BodyJSON, JSON: example}
		r.Rules = append(r.Rules, w.rules...)
		d.request = w.leaves
		d.report.Total += w.total
	case s.kind == bodyXML:
		w := &treeWriter{draft: d, side: requestBody, request: true}
		mark := w.mark()
		body, example, ok := w.xmlBody(s)
		if !ok || d.widened[requestBody] >= widenDrop {
			w.reset(mark)
			d.exact = true
			return
		}
		r.Body, d.requestTree, d.request = body, example, w.leaves
		r.Rules = append(r.Rules, w.rules...)
		d.report.Total += w.total
	case s.kind == bodyForm:
		r.Body = d.form(s, &r.Rules, requestBody)
	case s.kind.whole():
		r.Body = exactBody(s)
		d.report.rule(requestBody, "equal", "%s is compared as a whole", s.kind)
	case s.kind == bodyBinary:
		r.Body = d.binary(s, &r.Rules, requestBody)
	case s.kind != bodyNone:
		d.report.notAsserted(requestBody, "a %s body (%s) is not written into a contract", s.kind, s.media)
	}
}

// responseBody writes what the provider is held to.
func (d *draft) responseBody() {
	r, s := d.it.Response, &d.group.out
	switch {
	case d.options.Mode == None:
		r.Body = exactBody(s)
	case d.widened[responseBody] >= widenDrop || d.ignored(responseBody):
		d.report.notAsserted(responseBody, "samples differ, or it is ignored by an override")
		d.report.Total += s.tree.leaves()
	case s.kind == bodyJSON:
		w := &treeWriter{draft: d, side: responseBody}
		example, ok := w.value(&s.tree, spot{path: "$"})
		d.report.Total += w.total
		if !ok {
			return
		}
		d.response = w.leaves
		r.Body = pact.Body{Kind: pact.BodyJSON, JSON: example}
		r.Rules = append(r.Rules, w.rules...)
	case s.kind == bodyXML:
		w := &treeWriter{draft: d, side: responseBody}
		mark := w.mark()
		body, example, ok := w.xmlBody(s)
		if !ok {
			w.reset(mark)
			d.report.Total += s.tree.leaves()
			d.report.notAsserted(responseBody, "documents that no XML rules of a Pact describe")
			return
		}
		r.Body, d.responseTree, d.response = body, example, w.leaves
		r.Rules = append(r.Rules, w.rules...)
		d.report.Total += w.total
	case s.kind == bodyForm:
		r.Body = d.form(s, &r.Rules, responseBody)
	case s.kind.whole() && !s.varied && d.group.samples > 1:
		r.Body = exactBody(s)
		d.report.Total++ // the whole counts as one leaf
		d.report.Asserted++
		d.report.rule(responseBody, "equal", "the same %s in all of %d samples", s.kind, d.group.samples)
	case s.kind.whole():
		d.report.Total++
		d.report.notAsserted(responseBody, "%s is compared as a whole, and varies in %d samples or was seen once",
			s.kind, d.group.samples)
	case s.kind == bodyBinary:
		r.Body = d.binary(s, &r.Rules, responseBody)
	case s.kind != bodyNone:
		d.report.Total++
		d.report.notAsserted(responseBody, "a %s body (%s) is not written into a contract", s.kind, s.media)
	}
}

func (d *draft) ignored(place string) bool {
	o, ok := d.overrides.at(d.group, place)
	return ok && o.Ignore
}

// form writes the fields of a form, each with a rule of its own.
func (d *draft) form(s *side, rules *pact.Rules, what string) pact.Body {
	var b strings.Builder
	for _, f := range s.form.fields {
		d.report.Total++
		place := what + " " + step(f.name)
		if what == responseBody && f.samples < d.group.samples {
			d.report.notAsserted(place, "in %d of %d samples", f.samples, d.group.samples)
			continue
		}
		for _, v := range f.first {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(f.name) + "=" + url.QueryEscape(v))
		}
		d.report.Asserted++
		m, why, ok := d.fieldRule(f, place, false)
		if !ok && what == responseBody {
			// What an answer says once, it need not say again.
			m, why, ok = pact.TypeMatcher(), fmt.Sprintf("a field in all of %d samples", f.samples), true
		}
		if ok && nameable(f.name) {
			*rules = append(*rules, pact.Rule{
				Category: pact.CategoryBody, Path: pact.NamePath(f.name), Matchers: []pact.Matcher{m},
			})
			d.report.rule(place, decisionOf(m), "%s", why)
		}
	}
	if b.Len() == 0 {
		return pact.Body{}
	}
	return pact.Body{Kind: pact.BodyText, Bytes: []byte(b.String())}
}

// exactBody is a side's first body as it is.
func exactBody(s *side) pact.Body {
	switch {
	case len(s.whole) == 0:
		return pact.Body{}
	case s.kind == bodyJSON:
		if doc, err := jsondoc.Parse(s.whole); err == nil {
			return pact.Body{Kind: pact.BodyJSON, JSON: doc}
		}
	}
	if binary(s.whole) {
		return pact.Body{Kind: pact.BodyBinary, Bytes: s.whole}
	}
	return pact.Body{Kind: pact.BodyText, Bytes: s.whole}
}
