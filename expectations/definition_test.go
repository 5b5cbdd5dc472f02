package expectations_test

import (
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// anyOf is a matcher of alternatives: GET /a/{id} of a number, or POST /b with
// a JSON body.
func anyOf(not bool) *expectations.RequestMatcher {
	return &expectations.RequestMatcher{Not: not, Any: []*expectations.RequestMatcher{
		{Method: text("GET"), Path: text("/a/{id}"), PathParameters: inStyle("id", expectations.StyleSimple, expectations.Text{Schema: `{"type":"integer"}`})},
		{Method: text("POST"), Path: text("/b"), Body: &expectations.BodyMatcher{Kind: expectations.JSONBody{Raw: []byte(`{"n":1}`)}}},
	}}
}

// TestAlternatives: one of several is enough, and reasons are those of the
// closest.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	right := posted(`{"n":1}`)
	right.Path = "/b"
	wrong := posted(`{"n":2}`)
	wrong.Path = "/b"
	for _, test := range []struct {
		req  *expectations.Request
		want bool
		why  string
	}{
		{get("/a/1"), true, ""},
		{get("/a/x"), false, "pathParameters"},
		{right, true, ""},
		{wrong, false, "body"},
		{get("/b"), false, "path"},
	} {
		for _, not := range []bool{false, true} {
			c, err := expectations.Compile(anyOf(not))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(test.req); got != (test.want != not) {
				t.Errorf("%s %s, not %v: %v", test.req.Method, test.req.Path, not, got)
			}
			why := c.Explain(test.req)
			if (len(why) == 0) != (test.want != not) || !not && !test.want && why[0].Field != test.why {
				t.Errorf("%s %s, not %v: %v", test.req.Method, test.req.Path, not, why)
			}
			if !c.NeedsBody() {
				t.Error("the body of an alternative does not count")
			}
		}
	}
	if _, err := expectations.Compile(&expectations.RequestMatcher{Any: []*expectations.RequestMatcher{{Path: text("/(?<n>a)\\k<m>")}}}); err == nil ||
		!strings.Contains(err.Error(), "path") {
		t.Errorf("an alternative that cannot be compiled: %v", err)
	}
}

// TestAlternativesInSet: they are found, are closest, and are found by filters
// that are alternatives or one of them.
func TestAlternativesInSet(t *testing.T) {
	t.Parallel()
	set := expectations.NewSet(expectations.SetOptions{})
	answers := &expectations.Respond{Answers: []*expectations.Answer{{}}}
	if _, err := set.Put(
		&expectations.Expectation{ID: "literal", Request: &expectations.RequestMatcher{Path: text("/abc")}, Action: answers},
		&expectations.Expectation{ID: "several", Request: anyOf(false), Action: answers},
	); err != nil {
		t.Fatal(err)
	}
	if closest, why := set.Closest(get("/a/x")); closest.ID != "several" || len(why) != 1 {
		t.Errorf("closest is %s, %v", closest.ID, why)
	}
	if closest, _ := set.Closest(get("/abd")); closest.ID != "literal" {
		t.Errorf("closest is %s", closest.ID)
	}
	several, _ := set.Get("several")
	for _, test := range []struct {
		filter *expectations.RequestMatcher
		want   bool
	}{
		{anyOf(false), true},
		{anyOf(true), false},
		{anyOf(false).Any[0], true},
		{&expectations.RequestMatcher{Path: text("/a/7")}, true},
		{&expectations.RequestMatcher{Method: text("DELETE")}, false},
		{&expectations.RequestMatcher{Method: text("DELETE"), Not: true}, true},
	} {
		c, err := expectations.Compile(test.filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.MatchExpectation(several); got != test.want {
			t.Errorf("%+v: %v", test.filter, got)
		}
	}
}
