package expectations

import "github.com/pactape/pactape/expectations/jsonpath"

// JSONPathBody wants the body to be JSON that has something at Path: a value
// that is neither null nor an empty array where Path leads to one place, at
// least one value where it may find several (MockServer JsonPathMatcher). See
// package jsonpath for the dialect.
type JSONPathBody struct {
	Path string
}

// Type is "JSON_PATH".
func (JSONPathBody) Type() string { return "JSON_PATH" }

func (j JSONPathBody) compile() (bodyTest, error) {
	path, err := jsonpath.Compile(j.Path, jsonpath.Options{Regexp: func(expr string, whole bool) (jsonpath.Matcher, error) {
		return javaRegexp(expr, whole)
	}})
	if err != nil {
		return nil, &PatternError{Field: "body", Pattern: j.Path, Err: err, What: "JSONPath"}
	}
	return &jsonPathTest{path}, nil
}

func (j JSONPathBody) equal(other BodyKind) bool { return BodyKind(j) == other }

func (JSONPathBody) sample() ([]byte, bool) { return nil, false }

type jsonPathTest struct{ path *jsonpath.Path }

func (t *jsonPathTest) test(b *bodyView) bool {
	doc, ok := b.document()
	if !ok {
		return false
	}
	ok, err := t.path.Matches(&doc)
	return ok && err == nil
}

func (t *jsonPathTest) want() string { return "JSON with something at " + t.path.String() }

// reason says what is in the way.
func (t *jsonPathTest) reason(b *bodyView) string {
	doc, ok := b.document()
	if !ok {
		return "not JSON"
	}
	if _, err := t.path.Matches(&doc); err != nil {
		return err.Error()
	}
	return "nothing there"
}
