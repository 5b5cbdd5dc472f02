package expectations_test

import (
	"testing"

	"github.com/pactape/pactape/expectations"
)

// A filterCase is a filter and the condition of an expectation.
type filterCase struct {
	name           string
	filter, stored *expectations.RequestMatcher
	want           bool
}

func (c filterCase) run(t *testing.T) {
	t.Parallel()
	var compiled *expectations.Compiled
	if c.filter != nil {
		var err error
		if compiled, err = expectations.Compile(c.filter); err != nil {
			t.Fatal(err)
		}
	}
	stored := &expectations.Expectation{ID: "stored", Request: c.stored, Action: respond(200)}
	if got := compiled.MatchExpectation(stored); got != c.want {
		t.Errorf("MatchExpectation: %v", got)
	}
	set := newSet(t, stored)
	if got := len(set.Clear(compiled)) == 1; got != c.want {
		t.Errorf("Clear: %v", got)
	}
	if left := set.Len() == 0; left != c.want {
		t.Errorf("%d left", set.Len())
	}
}

func TestMatchExpectation(t *testing.T) {
	t.Parallel()
	type matcher = expectations.RequestMatcher
	yes, no := true, false
	for _, test := range []filterCase{
		{"no filter", nil, &matcher{Path: text("/a")}, true},
		{"empty filter", &matcher{}, &matcher{Path: text("/a")}, true},
		{"empty filter, no condition", &matcher{}, nil, true},
		{"same path", &matcher{Path: text("/A")}, &matcher{Path: text("/a"), Method: text("GET")}, true},
		{"other path", &matcher{Path: text("/b")}, &matcher{Path: text("/a")}, false},
		{"filter is a regex", &matcher{Path: text("/a.*")}, &matcher{Path: text("/abc")}, true},
		{"stored is a regex", &matcher{Path: text("/abc")}, &matcher{Path: text("/a.*")}, true},
		{"stored is open", &matcher{Method: text("GET"), Path: text("/a")}, &matcher{}, true},
		{"stored leaves the method open", &matcher{Method: text("POST"), Path: text("/a")}, &matcher{Path: text("/a")}, true},
		{"stored leaves a header open", &matcher{Headers: oneOf("a", "1")}, &matcher{}, false},
		{"both inverted", &matcher{Path: text("!/a")}, &matcher{Path: text("!/a")}, true},
		{"filter inverted", &matcher{Path: text("!/a")}, &matcher{Path: text("/a")}, false},
		{"filter inverted, other", &matcher{Path: text("!/a")}, &matcher{Path: text("/b")}, true},
		{"stored inverted", &matcher{Path: text("/a")}, &matcher{Path: text("!/a")}, false},
		{"path of a template", &matcher{Path: text("/a/1")}, &matcher{Path: text("/a/{id}"), PathParameters: oneOf("id", "1")}, true},
		{"not a path of a template", &matcher{Path: text("/b/1")}, &matcher{Path: text("/a/{id}"), PathParameters: oneOf("id", "1")}, false},
		{"template over a path", &matcher{Path: text("/a/{id}"), PathParameters: oneOf("?id")}, &matcher{Path: text("/a/1")}, true},
		{"method", &matcher{Method: text("GET")}, &matcher{Method: text("POST")}, false},
		{"method of either", &matcher{Method: text("POST")}, &matcher{Method: text("GET|POST")}, true},
		{"secure", &matcher{Secure: &yes}, &matcher{Secure: &yes}, true},
		{"secure differs", &matcher{Secure: &yes}, &matcher{Secure: &no}, false},
		{"secure is open", &matcher{Secure: &yes}, &matcher{}, false},
		{"protocol", &matcher{Protocol: "HTTP_2"}, &matcher{Protocol: "HTTP_1_1"}, false},
		{"inverted matcher", &matcher{Not: true, Path: text("/a")}, &matcher{Path: text("/a")}, false},
		{"inverted matcher, both", &matcher{Not: true, Path: text("/a")}, &matcher{Not: true, Path: text("/a")}, true},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchExpectationPairsAndBodies(t *testing.T) {
	t.Parallel()
	type matcher = expectations.RequestMatcher
	jsonBody := func(raw string) *matcher { return body(expectations.JSONBody{Raw: []byte(raw)}) }
	for _, test := range []filterCase{
		{"header among others", &matcher{Headers: oneOf("A", "1")}, &matcher{Headers: multi(named("B", "2"), named("a", "1"))}, true},
		{"header differs", &matcher{Headers: oneOf("A", "1")}, &matcher{Headers: oneOf("A", "2")}, false},
		{"header name is a regex in the store", &matcher{Headers: oneOf("X-A", "1")}, &matcher{Headers: oneOf("X-.*", "[0-9]")}, true},
		{"header missing", &matcher{Headers: oneOf("A", "1")}, &matcher{}, false},
		{"header missing, optional", &matcher{Headers: oneOf("?A", "1")}, &matcher{}, true},
		{"header missing, as wanted", &matcher{Headers: oneOf("!A")}, &matcher{}, true},
		{"header there, not wanted", &matcher{Headers: oneOf("!A")}, &matcher{Headers: oneOf("A", "1")}, false},
		{"header inverted in both", &matcher{Headers: oneOf("!A")}, &matcher{Headers: oneOf("!A")}, true},
		{"two values, one stored", &matcher{Query: oneOf("a", "1", ".")}, &matcher{Query: oneOf("a", "1")}, false},
		{"two values", &matcher{Query: oneOf("a", "1", "2")}, &matcher{Query: oneOf("a", "2", "1")}, true},
		{"cookie", &matcher{Cookies: []expectations.NamedText{{Name: text("a"), Value: text("1")}}}, &matcher{Cookies: []expectations.NamedText{{Name: text("a"), Value: text("1")}}}, true},
		{"same body", jsonBody(`{"a":1}`), jsonBody(`{ "a": 1 }`), true},
		{"body that the stored one fulfils", jsonBody(`{"a":1}`), jsonBody(`{"a":1,"b":2}`), true},
		{"body that the stored one does not fulfil", jsonBody(`{"a":1,"b":2}`), jsonBody(`{"a":1}`), false},
		{"same placeholder", jsonBody(`{"a":"${json-unit.any-number}"}`), jsonBody(`{ "a":"${json-unit.any-number}" }`), true},
		{"same placeholder, stricter", body(expectations.JSONBody{Raw: []byte(`{"a":"${json-unit.any-number}"}`), Strict: true}), jsonBody(`{"a":"${json-unit.any-number}"}`), false},
		{"regex over a stored string", body(expectations.RegexBody{Pattern: "a+"}), body(expectations.StringBody{Value: "aaa"}), true},
		{"string that a stored regex matches", body(expectations.StringBody{Value: "aaa"}), body(expectations.RegexBody{Pattern: "a+"}), true},
		{"JSON that a stored schema accepts", jsonBody(`{"a":1}`), body(expectations.JSONSchemaBody{Schema: []byte(`{"required":["a"]}`)}), true},
		{"JSON that a stored schema refuses", jsonBody(`{}`), body(expectations.JSONSchemaBody{Schema: []byte(`{"required":["a"]}`)}), false},
		{"same regex", body(expectations.RegexBody{Pattern: "a+"}), body(expectations.RegexBody{Pattern: "a+"}), true},
		{"same form", body(expectations.ParametersBody{Parameters: oneOf("A", "1")}), body(expectations.ParametersBody{Parameters: oneOf("a", "1")}), true},
		{"other form", body(expectations.ParametersBody{Parameters: oneOf("A", "1")}), body(expectations.ParametersBody{Parameters: oneOf("a", "2")}), false},
		{"same bytes", body(expectations.BinaryBody{Bytes: []byte{1}}), body(expectations.BinaryBody{Bytes: []byte{1}}), true},
		{"body wanted, none stored", jsonBody(`{}`), &matcher{}, false},
	} {
		t.Run(test.name, test.run)
	}
}

// TestMatchExpectationCaptured: recorded texts are never patterns, even where
// they look like some that cannot be compiled.
func TestMatchExpectationCaptured(t *testing.T) {
	t.Parallel()
	c, err := expectations.Compile(&expectations.RequestMatcher{Path: text("/abc")})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"/abc": true, "/a.*": false, `/a\d\X`: false} {
		stored := &expectations.Expectation{
			Origin:  expectations.OriginCaptured,
			Request: &expectations.RequestMatcher{Path: expectations.Text{Value: path}},
		}
		if got := c.MatchExpectation(stored); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
