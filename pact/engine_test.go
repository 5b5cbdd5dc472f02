package pact_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// responseOf is the response that an example stands for.
func responseOf(want *pact.Response) *expectations.Response {
	r := &expectations.Response{Status: want.StatusCode(), Header: make(http.Header)}
	for _, f := range want.Headers {
		r.Header[f.Name] = append(r.Header[f.Name], f.Values...)
	}
	r.Body.Bytes = want.Body.Content()
	return r
}

// TestRuleFiles holds the table of rules against the files: each rule is one
// row and one file.
func TestRuleFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("rule_*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(file, "rule_"), ".go"))
	}
	if diff := cmp.Diff(names, pact.RuleNames(), sorted); diff != "" {
		t.Errorf("files and rows (-files +rows):\n%s", diff)
	}
	recorded, err := os.ReadFile(recordedFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pact.RuleNames() {
		if !strings.Contains(string(recorded), " "+name+" ") {
			t.Errorf("the reference was not asked about %q", name)
		}
	}
}

// TestTies pins which of two rules of equal weight applies, which the
// reference leaves to chance.
func TestTies(t *testing.T) {
	t.Parallel()
	const typed, equal = `{"matchers":[{"match":"type"}]}`, `{"matchers":[{"match":"equality"}]}`
	for _, tc := range []struct{ name, rules, body, got string }{
		{"heavier though shorter", `"$.*.*.*":` + equal + `,"$.a":` + typed, `{"a":{"b":{"c":1}}}`, `{"a":{"b":{"c":2}}}`},
		{"items before any", `"$.a.*.b":` + equal + `,"$.a[*].b":` + typed, `{"a":[{"b":1}]}`, `{"a":[{"b":2}]}`},
		{"first", `"$.a[*].*":` + typed + `,"$.a.*[*]":` + equal, `{"a":[{"5":1}]}`, `{"a":[{"5":2}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, err := pact.Parse(document(0, `{"description":"d","response":{"status":200,"body":`+tc.body+`,"matchingRules":{"body":{`+tc.rules+`}}}}`))
			if err != nil {
				t.Fatal(err)
			}
			want := doc.Interactions[0].Response
			got := responseOf(want)
			got.Body.Bytes = []byte(tc.got)
			if found := pact.CompileResponse(want).Match(got); found != nil {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestUnsupportedRules(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"contentType", "arrayContains", "statusCode", "notEmpty", "semver", "eachKey", "eachValue", "nonsense"} {
		doc, err := pact.Parse(document(0, `{"description":"d","request":{"body":{"a":1},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"`+name+`"}]}}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		it := doc.Interactions[0]
		found := pact.CompileRequest(it.Request).Match(pact.BuildRequest(it))
		if len(found) != 1 || found[0].Kind != pact.UnsupportedRule || found[0].Message != `unsupported matching rule "`+name+`" at body $.a` {
			t.Errorf("%s: %+v", name, found)
		}
	}
	for _, tc := range []struct{ rules, want string }{
		{`{"body":{"$.a":{"matchers":[{"match":"include"}]}}}`, `matching rule "include" without a value at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"regex"}]}}}`, `matching rule "regex" without an expression at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"type","min":-1}]}}}`, `matching rule "type": min is not a length: -1 at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"date","format":"yyyy'"}]}}}`, `unsupported matching rule "date": format 'yyyy'': unterminated quote at body $.a`},
		{`{"body":{"$.a":{"matchers":[{}]}}}`, `matching rule without a name: {} at body $.a`},
		{`{"body":{"$.a":{}}}`, `matching rule without a list of matchers at body $.a`},
		{`{"metadata":{"a":1}}`, `unsupported matching rule category "metadata"`},
		{`{"$.other.a":{"match":"type"}}`, `unsupported matching rule category "other"`},
	} {
		doc, err := pact.Parse(document(0, `{"description":"d","response":{"body":{"a":1},"matchingRules":`+tc.rules+`}}`))
		if err != nil {
			t.Fatal(err)
		}
		want := doc.Interactions[0].Response
		found := pact.CompileResponse(want).Match(responseOf(want))
		if !slices.ContainsFunc(found, func(m pact.Mismatch) bool { return m.Kind == pact.UnsupportedRule && m.Message == tc.want }) {
			t.Errorf("%s: %+v, want %q", tc.rules, found, tc.want)
		}
	}
}
