package expectations_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	yes := true
	m := &expectations.RequestMatcher{
		Method:         text("!GET"),
		Path:           text("/a/{id}"),
		PathParameters: oneOf("id", "[0-9]+"),
		Query:          multi(named("page", "1"), named("!debug")),
		Headers:        multi(named("Accept", "application/json", "!text/html"), named("X-Id"), named("?X-Opt", "1")),
		Cookies:        []expectations.NamedText{{Name: text("session"), Value: text("abc")}},
		Secure:         &yes,
		KeepAlive:      &yes,
		Protocol:       "HTTP_2",
		Body:           &expectations.BodyMatcher{Kind: expectations.JSONBody{Raw: []byte(`{"a":1}`)}},
	}
	c, err := expectations.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	req := get("/a/x")
	req.RawQuery = "debug=1&page=2"
	req.Header.Set("X-Opt", "2")
	req.Body.Bytes = []byte(`{"a":2}`)
	want := []expectations.Mismatch{
		{Field: "method", Want: "not GET", Got: "GET"},
		{Field: "body", Want: `JSON with at least {"a":1}`, Got: `{"a":2}`},
		{Field: "headers", Want: "Accept: application/json, not text/html", Got: "Accept: */*"},
		{Field: "headers", Want: "X-Id", Got: "(none)"},
		{Field: "headers", Want: "X-Opt: 1", Got: "X-Opt: 2"},
		{Field: "cookies", Want: "session: abc", Got: "(none)"},
		{Field: "pathParameters", Want: "id: [0-9]+", Got: "id: x"},
		{Field: "queryStringParameters", Want: "page: 1", Got: "page: 2"},
		{Field: "queryStringParameters", Want: "not debug", Got: "debug: 1"},
		{Field: "keepAlive", Want: "true", Got: "false"},
		{Field: "secure", Want: "true", Got: "false"},
		{Field: "protocol", Want: "HTTP_2", Got: "HTTP_1_1"},
	}
	if diff := cmp.Diff(want, c.Explain(req)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, want := want[0].String(), "method: wanted not GET, got GET"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An explainCase is a matcher, what is special about a request, and why they
// do not match.
type explainCase struct {
	name string
	m    *expectations.RequestMatcher
	req  func(*expectations.Request)
	want []expectations.Mismatch
}

func (c explainCase) run(t *testing.T) {
	t.Parallel()
	compiled, err := expectations.Compile(c.m)
	if err != nil {
		t.Fatal(err)
	}
	req := get("/a")
	if c.req != nil {
		c.req(req)
	}
	if diff := cmp.Diff(c.want, compiled.Explain(req)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestExplainSpecialCases(t *testing.T) {
	t.Parallel()
	for _, test := range []explainCase{
		{
			"inverted matcher", &expectations.RequestMatcher{Not: true, Path: text("/a")}, nil,
			[]expectations.Mismatch{{Field: "not", Want: "a request that does not match", Got: "one that does"}},
		},
		{
			"one value for two conditions", &expectations.RequestMatcher{Query: oneOf("a", "[0-9]", "1")},
			func(r *expectations.Request) { r.RawQuery = "a=1" },
			[]expectations.Mismatch{{Field: "queryStringParameters", Want: "a value of its own for each of a: [0-9], 1", Got: "a: 1"}},
		},
		{
			"path", &expectations.RequestMatcher{Path: text("/b/.*")}, nil,
			[]expectations.Mismatch{{Field: "path", Want: "/b/.*", Got: "/a"}},
		},
	} {
		t.Run(test.name, test.run)
	}
}

func TestExplainBody(t *testing.T) {
	t.Parallel()
	for _, test := range []explainCase{
		{
			"no body", body(expectations.StringBody{Value: "x", SubString: true}), nil,
			[]expectations.Mismatch{{Field: "body", Want: "containing x", Got: "(none)"}},
		},
		{
			"long body", body(expectations.RegexBody{Pattern: "a+"}),
			func(r *expectations.Request) { r.Body.Bytes = []byte(strings.Repeat("b", 300)) },
			[]expectations.Mismatch{{Field: "body", Want: "matching a+", Got: strings.Repeat("b", 200) + "…"}},
		},
		{
			"binary body", body(expectations.BinaryBody{Bytes: []byte{1}}),
			func(r *expectations.Request) { r.Body.Bytes = []byte{0, 1, 2} },
			[]expectations.Mismatch{{Field: "body", Want: "1 bytes", Got: "3 bytes"}},
		},
		{
			"encoded body", body(expectations.ParametersBody{Parameters: multi(named("a", "1"), named("b", "2"))}),
			func(r *expectations.Request) {
				r.Body = expectations.Body{Bytes: []byte{1, 2}, Encoded: true, Coding: "gzip"}
			},
			[]expectations.Mismatch{{Field: "body", Want: "a: 1&b: 2", Got: "2 bytes of gzip"}},
		},
		{
			"truncated body", body(expectations.StringBody{Value: "ab"}),
			func(r *expectations.Request) { r.Body = expectations.Body{Bytes: []byte("ab"), Truncated: true} },
			[]expectations.Mismatch{{Field: "body", Want: "ab", Got: "ab (truncated)"}},
		},
	} {
		t.Run(test.name, test.run)
	}
}
