package pact

import (
	"net/http"
	"slices"

	"github.com/pactape/pactape/expectations"
)

// neutral returns a captured expectation with a placeholder for every token:
// tokens depend on the key of the machine that recorded, and on the secret
// itself, which is another one at each login. A contract must not.
func neutral(e *expectations.Expectation) *expectations.Expectation {
	if e.Origin != expectations.OriginCaptured || len(e.Redactions) == 0 {
		return e
	}
	n := neutralizer{digits: slices.ContainsFunc(e.Redactions, func(r expectations.Redaction) bool {
		return r.Class == "number" || r.Class == "card"
	})}
	out := *e
	out.Request = n.matcher(e.Request)
	if respond, ok := e.Action.(*expectations.Respond); ok {
		answers := make([]*expectations.Answer, len(respond.Answers))
		for i, a := range respond.Answers {
			answers[i] = n.answer(a)
		}
		out.Action = &expectations.Respond{Answers: answers, Mode: respond.Mode, List: respond.List}
	}
	return &out
}

// A neutralizer copies what it changes; digits says that numbers were
// redacted too.
type neutralizer struct{ digits bool }

func (n neutralizer) bytes(b []byte) []byte  { return expectations.NeutralTokens(b, n.digits) }
func (n neutralizer) string(s string) string { return string(n.bytes([]byte(s))) }

func (n neutralizer) matcher(m *expectations.RequestMatcher) *expectations.RequestMatcher {
	if m == nil {
		return nil
	}
	out := *m
	out.Query, out.Headers = n.multi(m.Query), n.multi(m.Headers)
	out.Cookies = slices.Clone(m.Cookies)
	for i := range out.Cookies {
		out.Cookies[i].Value.Value = n.string(out.Cookies[i].Value.Value)
	}
	if m.Body != nil {
		body := *m.Body
		body.Kind = n.body(body.Kind)
		out.Body = &body
	}
	return &out
}

func (n neutralizer) multi(m expectations.MultiMatcher) expectations.MultiMatcher {
	entries := make([]expectations.NamedTexts, len(m.Entries))
	for i, entry := range m.Entries {
		values := slices.Clone(entry.Values)
		for j := range values {
			values[j].Value = n.string(values[j].Value)
		}
		entries[i] = expectations.NamedTexts{Name: entry.Name, Values: values}
	}
	m.Entries = entries
	return m
}

// body handles the kinds that a recording is rendered in.
func (n neutralizer) body(kind expectations.BodyKind) expectations.BodyKind {
	switch b := kind.(type) {
	case expectations.StringBody:
		b.Value = n.string(b.Value)
		return b
	case expectations.JSONBody:
		b.Raw = n.bytes(b.Raw)
		return b
	case expectations.BinaryBody:
		b.Bytes = n.bytes(b.Bytes)
		return b
	case expectations.ParametersBody:
		b.Parameters = n.multi(b.Parameters)
		return b
	}
	return kind
}

func (n neutralizer) answer(a *expectations.Answer) *expectations.Answer {
	out := *a
	out.Header, out.Trailer = n.header(a.Header), n.header(a.Trailer)
	out.Cookies = slices.Clone(a.Cookies)
	for i := range out.Cookies {
		out.Cookies[i].Value = n.string(out.Cookies[i].Value)
	}
	if a.Body != nil {
		body := *a.Body
		body.Bytes = n.bytes(body.Bytes)
		out.Body = &body
	}
	return &out
}

func (n neutralizer) header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	out := make(http.Header, len(h))
	for name, values := range h {
		values = slices.Clone(values)
		for i := range values {
			values[i] = n.string(values[i])
		}
		out[name] = values
	}
	return out
}
