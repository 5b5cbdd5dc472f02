package expectations_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/mustache"
)

// FuzzTemplate renders any template for any request, within its bounds.
func FuzzTemplate(f *testing.F) {
	f.Add("{{request.pathGroups}}{{{request.namedPathGroups}}}{{{request}}}", "/a/(?<x>.*)", "/a/b%20", "q=1", "")
	f.Add("{{#jsonPath}}$..a{{/jsonPath}}{{{jsonPathResult}}}{{#jsonPathResult}}{{.}}{{entrySet}}{{/jsonPathResult}}", "", "/", "", `[{"a":[1.5,"/"]},{"a":null}]`)
	f.Add("{{#xPath}}//b{{/xPath}}{{request.queryStringParameters.entrySet}}", "/(?=a)(.)", "/a", "a=b&a=c&=&%zz", "<a><b>1</b></a>")
	f.Add("{{#request.headers.entrySet}}{{key}}{{value.0.length}}{{/request.headers.entrySet}}{{request.jsonRpcId}}", "(a)|(b)", "b", "", `{"jsonrpc":1,"method":[{}],"id":{}}`)
	f.Add("{{#scenario.get}}{{request.body.toUpperCase}}{{/scenario.get}}{{dates}}{{calc.randomDouble}}{{now.get}}", "", "*", "", "\xff\x00")
	space := expectations.NewSpace(expectations.SpaceOptions{})
	f.Fuzz(func(t *testing.T, text, pattern, path, query, body string) {
		made, err := expectations.NewTemplate(expectations.TemplateMustache, text)
		if err != nil {
			return
		}
		in := expectations.TemplateInput{
			Space:       space,
			Expectation: &expectations.Expectation{Request: &expectations.RequestMatcher{Path: expectations.Text{Value: pattern}}},
			Request: &expectations.Request{
				Method: "POST", Path: path, RawQuery: query, Header: http.Header{"A": {"b", body}, "Cookie": {query}, "Content-Type": {text}},
				Body: expectations.Body{Bytes: []byte(body)},
			},
			Response: &expectations.Response{Status: 200, Header: http.Header{"Set-Cookie": {query}}, Body: expectations.Body{Bytes: []byte(body)}},
		}
		got, err := made.Render(in)
		if err != nil && !errors.Is(err, mustache.ErrTooMuch) || len(got) > mustache.MaxOutput {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	})
}
