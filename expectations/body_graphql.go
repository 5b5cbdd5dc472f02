package expectations

import (
	"bytes"
	"errors"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// GraphQLBody wants the body to be a GraphQL request as sent over HTTP:
// {"query":…,"operationName":…,"variables":…}.
type GraphQLBody struct {
	// Query is the wanted document; white space, commas and comments do not
	// count (GraphQL §2.1).
	Query string
	// OperationName, if not "", is the wanted operation's name, or a regular
	// expression that matches it as a whole, in its case.
	OperationName string
	// VariablesSchema, if not nil, is the text of a JSON schema that the
	// variables, which must be there, have to fulfil.
	VariablesSchema []byte
}

// Type is "GRAPHQL".
func (GraphQLBody) Type() string { return "GRAPHQL" }

func (g GraphQLBody) compile() (bodyTest, error) {
	wrong := func(err error) error {
		return &PatternError{Field: "body", Pattern: g.Query, Err: err, What: "GraphQL query"}
	}
	t := &graphQLTest{source: g}
	var err error
	if t.query, err = normalGraphQL(g.Query); err != nil {
		return nil, wrong(err)
	}
	if t.query == "" {
		return nil, wrong(errors.New("is empty"))
	}
	if g.OperationName != "" {
		// What is no expression is a name (MockServer GraphQLMatcher).
		t.operation, _ = javaRegexp(g.OperationName, true)
	}
	if g.VariablesSchema != nil {
		if t.variables, err = compileSchema("body.variablesSchema", g.VariablesSchema); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (g GraphQLBody) equal(other BodyKind) bool {
	o, ok := other.(GraphQLBody)
	if !ok || g.OperationName != o.OperationName || (g.VariablesSchema == nil) != (o.VariablesSchema == nil) {
		return false
	}
	a, errA := normalGraphQL(g.Query)
	b, errB := normalGraphQL(o.Query)
	return a == b && errA == nil && errB == nil &&
		(bytes.Equal(g.VariablesSchema, o.VariablesSchema) || sameJSON(g.VariablesSchema, o.VariablesSchema))
}

func (GraphQLBody) sample() ([]byte, bool) { return nil, false }

type graphQLTest struct {
	source    GraphQLBody
	query     string // normalised
	operation regexMatcher
	variables *schema
}

func (t *graphQLTest) test(b *bodyView) bool { return t.reason(b) == "" }

func (t *graphQLTest) want() string {
	want := "GraphQL query " + t.source.Query
	if t.source.OperationName != "" {
		want += ", operation " + t.source.OperationName
	}
	if t.variables != nil {
		want += ", variables that fulfil " + t.variables.text
	}
	return want
}

// reason says which part of the request is not as wanted.
func (t *graphQLTest) reason(b *bodyView) string {
	doc, ok := b.document()
	if !ok {
		return "not JSON"
	}
	query, _ := doc.Get("query")
	if query.Kind != jsondoc.KindString {
		return "no query"
	}
	if got, err := normalGraphQL(query.Text); err != nil || got != t.query {
		return "another query"
	}
	if name := t.source.OperationName; name != "" {
		got, _ := doc.Get("operationName")
		if got.Kind != jsondoc.KindString || got.Text != name && (t.operation == nil || !t.operation.MatchString(got.Text)) {
			return "another operationName"
		}
	}
	if t.variables == nil {
		return ""
	}
	variables, ok := doc.Get("variables")
	if !ok {
		return "no variables"
	}
	if reason := t.variables.check(plainJSON(variables)); reason != "" {
		return "variables: " + reason
	}
	return ""
}
