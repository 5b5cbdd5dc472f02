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
	for _, tc := range []struct{ rules, want string }{
		{`{"body":{"$.a":{"matchers":[{"match":"include"}]}}}`, `matching rule "include" without a value at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"nonsense"}]}}}`, `unsupported matching rule "nonsense" at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"contentType"}]}}}`, `matching rule "contentType" without a value at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"arrayContains"}]}}}`, `matching rule "arrayContains" without a list of variants at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"arrayContains","variants":[{"index":-1}]}]}}}`, `matching rule "arrayContains": variant 0: -1 is not an index at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"arrayContains","variants":[{"index":0,"rules":{"$":{"matchers":[{"match":"x"}]}}}]}]}}}`, `matching rule "arrayContains": variant 0: unsupported matching rule "x" at body $ at body $.a`},
		{`{"status":{"matchers":[{"match":"statusCode"}]}}`, `matching rule "statusCode" without a status at status`},
		{`{"status":{"matchers":[{"match":"statusCode","status":"odd"}]}}`, `matching rule "statusCode": "odd" is no class of status codes at status`},
		{`{"status":{"matchers":[{"match":"statusCode","status":["x"]}]}}`, `matching rule "statusCode": "x" is not a status code at status`},
		{`{"body":{"$.a":{"matchers":[{"match":"eachKey"}]}}}`, `matching rule "eachKey" without a list of rules at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"eachValue","rules":[]}]}}}`, `matching rule "eachValue" with an empty list of rules at body $.a`},
		{`{"body":{"$.a":{"matchers":[{"match":"eachValue","rules":[{"match":"x"}]}]}}}`, `matching rule "eachValue": unsupported matching rule "x" at body $.a`},
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

// TestBacktrackingBound holds an expression to its time on a text that is
// made to take forever.
func TestBacktrackingBound(t *testing.T) {
	t.Parallel()
	doc, err := pact.Parse(document(0, `{"description":"d","response":{"body":{"a":"x"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"regex","regex":"(?=a)(a+)+b"}]}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := doc.Interactions[0].Response
	got := responseOf(want)
	got.Body.Bytes = []byte(`{"a":"` + strings.Repeat("a", 100) + `"}`)
	found := pact.CompileResponse(want).Match(got)
	if len(found) != 1 || !strings.Contains(found[0].Message, "took longer than") {
		t.Errorf("%+v", found)
	}
}
