package expectations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// graphQL is the body of a GraphQL request.
func graphQL(query, rest string) string {
	return `{"query":` + string(jsondoc.String(query).AppendCompact(nil)) + rest + `}`
}

func TestMatchGraphQL(t *testing.T) {
	t.Parallel()
	query := expectations.GraphQLBody{Query: "query Q($id: ID!) { user(id: $id, tag: \"a b\") { name ...F } }"}
	named := query
	named.OperationName = "Q|R.+"
	schema := query
	schema.VariablesSchema = []byte(`{"required":["id"]}`)
	literal := expectations.GraphQLBody{Query: "{a}", OperationName: "a(b"}
	for _, test := range []struct {
		name string
		kind expectations.GraphQLBody
		body string
		ok   bool
	}{
		{"same", query, graphQL(query.Query, ""), true},
		{"white space and commas", query, graphQL("query Q($id:ID!){\n  user ( id:$id tag:\"a b\" ){name,...F}\n}", ""), true},
		{"comments", query, graphQL("# hello\n"+query.Query+" # bye", ""), true},
		{"another field", query, graphQL(strings.Replace(query.Query, "name", "mail", 1), ""), false},
		{"strings keep their space", query, graphQL(strings.Replace(query.Query, "a b", "a  b", 1), ""), false},
		{"names are not run together", expectations.GraphQLBody{Query: "{a b}"}, graphQL("{ab}", ""), false},
		{"numbers", expectations.GraphQLBody{Query: "{a(x:-1.5e+3)...F}"}, graphQL("{ a(x : -1.5e+3) ... F }", ""), true},
		{"numbers differ", expectations.GraphQLBody{Query: "{a(x:1)}"}, graphQL("{a(x:-1)}", ""), false},
		{"block strings", expectations.GraphQLBody{Query: `{a(x:"""b "c" \"""d""")}`}, graphQL(`{a( x: """b "c" \"""d""" )}`, ""), true},
		{"operation", named, graphQL(query.Query, `,"operationName":"Q"`), true},
		{"operation by expression", named, graphQL(query.Query, `,"operationName":"Rxy"`), true},
		{"operation keeps case", named, graphQL(query.Query, `,"operationName":"q"`), false},
		{"operation missing", named, graphQL(query.Query, `,"operationName":null`), false},
		{"operation that is no expression", literal, graphQL("{ a }", `,"operationName":"a(b"`), true},
		{"variables", schema, graphQL(query.Query, `,"variables":{"id":1}`), true},
		{"variables differ", schema, graphQL(query.Query, `,"variables":{"di":1}`), false},
		{"variables missing", schema, graphQL(query.Query, ``), false},
		{"not ended", query, graphQL(query.Query+`"`, ""), false},
		{"no query", query, `{"query":1}`, false},
		{"a list", query, `[{}]`, false},
		{"no JSON", query, query.Query, false},
		{"nothing", query, "", false},
	} {
		for _, not := range []bool{false, true} {
			m := body(test.kind)
			m.Body.Not = not
			checkBody(t, test.name, m, test.body, test.ok != not)
		}
	}
}

func TestCompileRejectsGraphQL(t *testing.T) {
	t.Parallel()
	for want, kind := range map[string]expectations.GraphQLBody{
		`body: GraphQL query "(none)": is empty`:                 {Query: " # nothing\n"},
		"a string is not ended on its line":                      {Query: "{a(b:\"c\n\")}"},
		"a string is not ended":                                  {Query: `{a(b:"c`},
		"a block string is not ended":                            {Query: `{a(b:"""c""`},
		`body.variablesSchema: JSON schema "{\"type\":\"x\"}": `: {Query: "{a}", VariablesSchema: []byte(`{"type":"x"}`)},
	} {
		_, err := expectations.Compile(body(kind))
		if _, ok := errors.AsType[*expectations.PatternError](err); !ok ||
			!strings.Contains(strings.Replace(err.Error(), ` # nothing\n`, "(none)", 1), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestExplainGraphQL(t *testing.T) {
	t.Parallel()
	kind := expectations.GraphQLBody{Query: "{a}", OperationName: "N", VariablesSchema: []byte(`{"required":["id"]}`)}
	c, err := expectations.Compile(body(kind))
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		`{"query":"{b}"}`:                                    "(another query)",
		`{"query":"{a}"}`:                                    "(another operationName)",
		`{"query":"{a}","operationName":"N"}`:                "(no variables)",
		`{"query":"{a}","operationName":"N","variables":{}}`: "(variables: at '': missing property 'id')",
		`{}`: "(no query)",
	} {
		got := c.Explain(posted(content))
		if len(got) != 1 || !strings.HasSuffix(got[0].Got, want) ||
			got[0].Want != `GraphQL query {a}, operation N, variables that fulfil {"required":["id"]}` {
			t.Errorf("%s: %v", content, got)
		}
	}
}

// TestFilterGraphQL: the same query, written otherwise, is the same condition.
func TestFilterGraphQL(t *testing.T) {
	t.Parallel()
	e := onPath("/a")
	e.Request.Body = &expectations.BodyMatcher{Kind: expectations.GraphQLBody{Query: "{a,b}", VariablesSchema: []byte(`{"a":1}`)}}
	for query, want := range map[string]bool{"{ a b }": true, "{ b a }": false} {
		c, err := expectations.Compile(body(expectations.GraphQLBody{Query: query, VariablesSchema: []byte(`{ "a" : 1 }`)}))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.MatchExpectation(e); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

func FuzzMatchGraphQL(f *testing.F) {
	for _, seed := range [][2]string{{"{a(b:\"c\")}", `{"query":"{a}"}`}, {`"""`, `{}`}, {"-1.e+", `[]`}, {"\ufeff#", `"`}, {`"\`, `{"query":""}`}} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, query string, content []byte) {
		c, err := expectations.Compile(body(expectations.GraphQLBody{Query: query, OperationName: query}))
		if err != nil {
			return
		}
		c.Match(posted(string(content)))
		own, err := expectations.Compile(body(expectations.GraphQLBody{Query: query}))
		if err != nil {
			t.Fatal(err)
		}
		if sent := graphQL(query, ""); strings.ToValidUTF8(query, "") == query && !own.Match(posted(sent)) {
			t.Errorf("%q does not match itself: %v", query, own.Explain(posted(sent)))
		}
	})
}
