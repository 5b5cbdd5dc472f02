package expectations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

func TestMatchJSONPath(t *testing.T) {
	t.Parallel()
	const doc = `{"items":[{"price":5,"name":"Alpha"},{"price":15}],"none":null,"empty":[]}`
	for _, test := range []struct {
		path, body string
		want       bool
	}{
		{"$.items[?(@.price < 10)]", doc, true},
		{"$.items[?(@.price > 20)]", doc, false},
		{"$..name", doc, true},
		{"$.none", doc, false},
		{"$.empty", doc, false},
		{"$.items[?(@.name =~ /a(?=l).*/i)]", doc, true},
		{"$.items[?search(@.name, '(?<!x)ph')]", doc, true},
		{"$.items[?search(@.name, '(?<!l)ph')]", doc, false},
		{"$.items", `items`, false},
		{"$.items", ``, false},
		{"$.length()", `5`, false},
	} {
		for _, not := range []bool{false, true} {
			m := body(expectations.JSONPathBody{Path: test.path})
			m.Body.Not = not
			c, err := expectations.Compile(m)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(posted(test.body)); got != (test.want != not) {
				t.Errorf("%s on %s, not %v: %v", test.path, test.body, not, got)
			}
			if why := c.Explain(posted(test.body)); (len(why) == 0) != (test.want != not) {
				t.Errorf("%s on %s, not %v: %v", test.path, test.body, not, why)
			}
		}
	}
}

func TestCompileRejectsJSONPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"$.a[":                 `body: JSONPath "$.a[": a whole number is missing`,
		"$.a.concat('x')":      "the function concat() is not supported",
		`$[?(@.a =~ /\d\X/)]`:  `the escape \X is not supported`,
		`$[?(@.a =~ /(/)]`:     "the regular expression is wrong",
		`$[?match(@.a, '(?=')`: "error parsing regexp",
	} {
		_, err := expectations.Compile(body(expectations.JSONPathBody{Path: path}))
		if _, ok := errors.AsType[*expectations.PatternError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestExplainJSONPath(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ path, body, want string }{
		{"$.a", `{"b":1}`, `body: wanted JSON with something at $.a, got {"b":1} (nothing there)`},
		{"$.a", `b`, `body: wanted JSON with something at $.a, got b (not JSON)`},
		{"$..*..*..*", strings.Repeat("[", 400) + strings.Repeat("]", 400), "(the path visits too many values)"},
	} {
		c, err := expectations.Compile(body(expectations.JSONPathBody{Path: test.path}))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Explain(posted(test.body)); len(got) != 1 || !strings.HasSuffix(got[0].String(), test.want) {
			t.Errorf("%v", got)
		}
	}
}
