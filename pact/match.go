package pact

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A RequestMatcher is the compiled request of an interaction: the condition
// that a Pact mock server answers it for. It may be used by any number of
// goroutines.
type RequestMatcher struct {
	want     *Request
	body     *example
	rules    compiledRules
	problems []Mismatch
}

// A ResponseMatcher is the compiled response of an interaction: what a
// provider is held to. It may be used by any number of goroutines.
type ResponseMatcher struct {
	want     *Response
	body     *example
	rules    compiledRules
	problems []Mismatch
}

// compiledRules are the rules of a message by category.
type compiledRules struct {
	method, path, query, header, body, status ruleSet
}

func compileAll(rules Rules) (c compiledRules, problems []Mismatch) {
	for _, part := range [...]struct {
		category Category
		set      *ruleSet
	}{
		{CategoryMethod, &c.method},
		{CategoryPath, &c.path},
		{CategoryQuery, &c.query},
		{CategoryHeader, &c.header},
		{CategoryBody, &c.body},
		{CategoryStatus, &c.status},
	} {
		set, bad := compileRules(rules, part.category)
		*part.set = set
		problems = append(problems, bad...)
	}
	return c, append(problems, unknownCategories(rules)...)
}

// unknownCategories reports the rules that belong to no part of a message we
// know.
func unknownCategories(rules Rules) []Mismatch {
	var problems []Mismatch
	for _, r := range rules {
		if _, ok := readCategory(string(r.Category)); !ok {
			problems = append(problems, Mismatch{Kind: UnsupportedRule, In: r.Category, Message: r.Invalid})
		}
	}
	return problems
}

// CompileRequest makes a request executable as a condition. Rules that cannot
// be judged make every match fail, by name.
func CompileRequest(want *Request) *RequestMatcher {
	m := &RequestMatcher{want: want, body: &example{Body: want.Body, headers: want.Headers}}
	m.rules, m.problems = compileAll(want.Rules)
	return m
}

// CompileResponse makes a response executable as a condition. Rules that
// cannot be judged make every match fail, by name.
func CompileResponse(want *Response) *ResponseMatcher {
	m := &ResponseMatcher{want: want, body: &example{Body: want.Body, headers: want.Headers}}
	m.rules, m.problems = compileAll(want.Rules)
	return m
}

// Match compares a request with the contract as a Pact mock server does: no
// unexpected parameters and members. It returns nil if the request matches.
// Content codings of got's body must have been undone.
func (m *RequestMatcher) Match(got *expectations.Request) []Mismatch {
	return m.match(read(got, nil))
}

func (m *RequestMatcher) match(got *reading) []Mismatch {
	if len(m.problems) > 0 {
		return m.problems
	}
	var found []Mismatch
	for _, part := range requestHead {
		found = append(found, part(m, got)...)
	}
	return append(found, m.matchBody(got, false)...)
}

// accepts reports whether match finds nothing, and stops at the first it does.
func (m *RequestMatcher) accepts(got *reading) bool {
	if len(m.problems) > 0 {
		return false
	}
	for _, part := range requestHead {
		if len(part(m, got)) > 0 {
			return false
		}
	}
	return len(m.matchBody(got, true)) == 0
}

// requestHead compares the parts of a request before its body, the cheap ones
// first.
var requestHead = [...]func(*RequestMatcher, *reading) []Mismatch{
	(*RequestMatcher).matchMethod,
	func(m *RequestMatcher, got *reading) []Mismatch {
		return matchPath(m.want.Path, got.request.Path, m.rules.path)
	},
	func(m *RequestMatcher, got *reading) []Mismatch {
		return matchQuery(m.want.Query, got.parameters(), m.rules.query)
	},
	func(m *RequestMatcher, got *reading) []Mismatch {
		return matchHeaders(m.want.Headers, got.header, m.rules.header)
	},
}

func (m *RequestMatcher) matchMethod(r *reading) []Mismatch {
	got := r.request
	method := cmp.Or(m.want.Method, http.MethodGet)
	if strings.EqualFold(method, got.Method) {
		return nil
	}
	return []Mismatch{{
		Kind: MethodMismatch, In: CategoryMethod, Want: method, Got: got.Method,
		Message: fmt.Sprintf("expected %s but was %s", method, got.Method),
	}}
}

func (m *RequestMatcher) matchBody(got *reading, brief bool) []Mismatch {
	return bodyMatch{
		want: m.body, got: got.body,
		rules: m.rules.body, headerRules: m.rules.header, strict: true, brief: brief,
	}.run()
}

// Match compares a response with the contract as a Pact verifier does: further
// headers and members are allowed. It returns nil if the response matches.
// Content codings of got's body must have been undone.
func (m *ResponseMatcher) Match(got *expectations.Response) []Mismatch {
	if len(m.problems) > 0 {
		return m.problems
	}
	found := matchStatus(m.want.StatusCode(), got.Status, m.rules.status)
	values := func(name string) []string { return headerValues(got.Header, name) }
	elements := func(name string) []string { return headerElements(name, values(name)) }
	found = append(found, matchHeaders(m.want.Headers, elements, m.rules.header)...)
	return append(found, bodyMatch{
		want: m.body, got: newContent(got.Body.Bytes, firstValue(values("Content-Type"))),
		rules: m.rules.body, headerRules: m.rules.header,
	}.run()...)
}

// Judge is Match with the reason for the first mismatch in MockServer's words;
// "" if the response matches.
func (m *ResponseMatcher) Judge(got *expectations.Response) (reason string, found []Mismatch) {
	found = m.Match(got)
	return reasonFor(m.want, got, found), found
}

// headerValues collects the values of a header whatever the case of its name.
func headerValues(h http.Header, name string) []string {
	if values, ok := h[http.CanonicalHeaderKey(name)]; ok {
		return values
	}
	for field, values := range h {
		if strings.EqualFold(field, name) {
			return values
		}
	}
	return nil
}

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func matchStatus(want, got int, rules ruleSet) []Mismatch {
	m := Mismatch{Kind: StatusMismatch, In: CategoryStatus, Want: strconv.Itoa(want), Got: strconv.Itoa(got)}
	if entry, ok := rules.direct(); ok {
		return mismatches(m, entry.text(m.Want, m.Got))
	}
	if want == got {
		return nil
	}
	m.Message = fmt.Sprintf("expected %d but was %d", want, got)
	return []Mismatch{m}
}

// matchPath compares paths as they were sent, case-sensitively; a trailing
// slash counts. A rule replaces equality.
func matchPath(want, got string, rules ruleSet) []Mismatch {
	m := Mismatch{Kind: PathMismatch, In: CategoryPath, Want: want, Got: got}
	entry, ok := rules.direct()
	if !ok {
		entry = &ruleEntry{rules: []rule{equalityRule{}}}
	}
	return mismatches(m, entry.text(want, got))
}

// mismatches is one mismatch like m for each reason.
func mismatches(m Mismatch, reasons []string) []Mismatch {
	var out []Mismatch
	for _, reason := range reasons {
		m.Message = reason
		out = append(out, m)
	}
	return out
}
