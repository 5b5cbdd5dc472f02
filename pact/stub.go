package pact

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Stub is an interaction that is answered as a Pact mock server answers it:
// the condition on requests, with all its rules, and the producer of answers,
// with all generators, of an imported expectation. It is immutable and safe
// for concurrent use.
type Stub struct {
	// document is a contract of the one interaction.
	document    *Document
	interaction *Interaction
	request     *RequestMatcher
	states      []expectations.ProviderState
	// now is the clock of generated dates.
	now func() time.Time
}

var (
	_ expectations.Contract = (*Stub)(nil)
	_ expectations.Producer = (*Stub)(nil)
)

// newStub makes a stub of an interaction that has a request and can be judged.
func newStub(d *Document, it *Interaction, now func() time.Time) *Stub {
	copied := *it
	copied.raw = jsondoc.Value{} // all of it is in the fields
	it = &copied
	of := &Document{
		Consumer: d.Consumer, Provider: d.Provider, Version: d.Version,
		Interactions: []*Interaction{it}, written: V3,
	}
	if d.Version == V4 {
		of.written = V4
	}
	if now == nil {
		now = time.Now
	}
	s := &Stub{document: of, interaction: it, request: CompileRequest(it.Request), now: now}
	for _, state := range it.States {
		s.states = append(s.states, expectations.ProviderState(state))
	}
	return s
}

// Interaction is what the stub was made of; it must not be changed.
func (s *Stub) Interaction() *Interaction { return s.interaction }

// Document implements [expectations.Contract]: a Pact of one interaction, in
// the specification it was read in, V3 for older ones.
func (s *Stub) Document() jsondoc.Value { return s.document.JSON() }

// States implements [expectations.Contract].
func (s *Stub) States() []expectations.ProviderState { return s.states }

// NeedsBody implements [expectations.Contract].
func (s *Stub) NeedsBody() bool { return s.request.want.Body.Kind != BodyAbsent }

// Accepts implements [expectations.Contract].
func (s *Stub) Accepts(req *expectations.Request, memo *expectations.Memo) bool {
	if s.unreadable(req) {
		return false
	}
	return s.request.accepts(read(req, memo))
}

// unreadable reports whether the body of a request counts, and cannot be
// compared.
func (s *Stub) unreadable(req *expectations.Request) bool {
	return s.NeedsBody() && (req.Body.Encoded || req.Body.Truncated)
}

// Explain implements [expectations.Contract].
func (s *Stub) Explain(req *expectations.Request, memo *expectations.Memo) []expectations.Mismatch {
	var out []expectations.Mismatch
	for _, m := range s.request.match(read(req, memo)) {
		want := m.Message
		if m.Path != "" {
			want = m.Path + ": " + want
		}
		out = append(out, expectations.Mismatch{Field: m.In.field(), Want: want, Got: cmp.Or(m.Got, "(none)")})
	}
	if len(out) == 0 && s.unreadable(req) {
		out = append(out, expectations.Mismatch{Field: "body", Want: "a body that can be read", Got: "one that is encoded or cut"})
	}
	return out
}

// field is the category by its name on MockServer's wire.
func (c Category) field() string {
	switch c {
	case CategoryMethod, CategoryPath, CategoryBody:
		return string(c)
	case CategoryQuery:
		return "queryStringParameters"
	case CategoryHeader:
		return "headers"
	case CategoryStatus:
	}
	return "pact"
}

// Produce implements [expectations.Producer]: the answer with its generators
// applied. What the interaction does not have is a's.
func (s *Stub) Produce(req *expectations.Request, a *expectations.Answer) *expectations.Answer {
	made, err := s.interaction.response().Generate(GenerateOptions{Now: s.now(), Stub: true, StubURL: baseURL(req)})
	if err != nil {
		return a // tried when it was imported: what is left depends on chance
	}
	out := *a
	from := answerOf(made)
	out.Status, out.Header, out.Body = from.Status, from.Header, from.Body
	return &out
}

// baseURL is how a client reached us, for generated URLs.
func baseURL(req *expectations.Request) string {
	scheme := "http://"
	if req.Secure {
		scheme = "https://"
	}
	host := cmp.Or(req.Host, req.Authority)
	if host == "" {
		return ""
	}
	return scheme + host
}

// response is the response of the interaction; where it has none, that is
// status 200 alone.
func (i *Interaction) response() *Response {
	if i.Response == nil {
		return &Response{Status: http.StatusOK}
	}
	return i.Response
}

// generates reports whether the answer differs from the example.
func (i *Interaction) generates() bool {
	if i.Response == nil {
		return false
	}
	made, err := i.Response.Generate(trial)
	return err == nil && made != i.Response
}

// trial generates to see whether it can be done.
var trial = GenerateOptions{Now: time.Unix(0, 0).UTC(), Stub: true, StubURL: "http://localhost"}

// answerOf is a response as an answer: the example.
func answerOf(r *Response) *expectations.Answer {
	a := &expectations.Answer{Status: r.StatusCode()}
	if len(r.Headers) > 0 {
		a.Header = make(http.Header, len(r.Headers))
	}
	for _, f := range r.Headers {
		a.Header[f.Name] = append(a.Header[f.Name], f.Values...)
	}
	content := r.Body.Content()
	if len(content) == 0 {
		return a
	}
	a.Body = &expectations.AnswerBody{Bytes: content, Kind: expectations.AnswerString}
	if r.Headers.contentType() == "" {
		a.Body.ContentType = r.Body.ContentType
	}
	switch r.Body.Kind {
	case BodyJSON:
		a.Body.Kind = expectations.AnswerJSON
	case BodyBinary:
		a.Body.Kind = expectations.AnswerBinary
	case BodyText, BodyAbsent, BodyEmpty, BodyNull:
	}
	return a
}

// sameAnswer reports whether two answers have the same status, headers and
// content.
func sameAnswer(a, b *expectations.Answer) bool {
	if cmp.Or(a.Status, http.StatusOK) != cmp.Or(b.Status, http.StatusOK) || len(a.Header) != len(b.Header) {
		return false
	}
	for name, values := range a.Header {
		if !slices.Equal(values, headerValues(b.Header, name)) {
			return false
		}
	}
	x, y := contentOf(a), contentOf(b)
	return x.Kind == y.Kind && bytes.Equal(x.Bytes, y.Bytes) && jsondoc.Equal(x.JSON, y.JSON)
}

func contentOf(a *expectations.Answer) Body {
	if a.Body == nil || len(a.Body.Bytes) == 0 {
		return Body{Kind: BodyEmpty}
	}
	if doc, err := jsondoc.Parse(a.Body.Bytes); err == nil {
		return Body{Kind: BodyJSON, JSON: doc}
	}
	return Body{Kind: BodyBinary, Bytes: a.Body.Bytes}
}

// matcherOf is the part of a request's condition that MockServer has words
// for: it holds for every request that the interaction accepts, and finds it
// among many.
func matcherOf(r *Request) *expectations.RequestMatcher {
	m := &expectations.RequestMatcher{}
	if r.Method != "" && strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		m.Method.Value = r.Method
	} else if r.Method == "" {
		m.Method.Value = http.MethodGet
	}
	m.Path.Value = pathCondition(r)
	if _, err := expectations.Compile(m); err != nil {
		m.Path.Value = "" // it looks like an expression that no engine runs
	}
	return m
}

func pathCondition(r *Request) string {
	rules := r.Rules.of(CategoryPath)
	if len(rules) == 0 {
		if strings.HasPrefix(r.Path, "/") {
			return r.Path
		}
		return ""
	}
	if len(rules[0].Matchers) != 1 || rules[0].Matchers[0].Name() != "regex" {
		return ""
	}
	pattern, _ := rules[0].Matchers[0].Value.Get("regex")
	if prefix := literalPrefix(pattern.Text); prefix != "" {
		return prefix + ".*"
	}
	return ""
}

// literalPrefix is text that all that a whole-value expression matches begins
// with; "" if that is not plain to see.
func literalPrefix(pattern string) string {
	pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "^"), `\A`)
	if !strings.HasPrefix(pattern, "/") || strings.Contains(pattern, "|") {
		return ""
	}
	end := 0
	for end < len(pattern) && (isAlnum(pattern[end]) || strings.IndexByte("/-_~%:@,;=&", pattern[end]) >= 0) {
		end++
	}
	if end < len(pattern) && strings.IndexByte("*?{", pattern[end]) >= 0 {
		end-- // the last character is optional
	}
	return pattern[:end]
}
