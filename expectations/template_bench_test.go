package expectations_test

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// BenchmarkTemplate is what a response of a template costs more than one that
// is written.
func BenchmarkTemplate(b *testing.B) {
	made, err := expectations.NewTemplate(expectations.TemplateMustache,
		`{"statusCode": 201, "body": "{{ request.method }} {{ request.path }} {{ request.headers.x-id.0 }} {{#jsonPath}}$.a{{/jsonPath}}{{jsonPathResult}}"}`)
	if err != nil {
		b.Fatal(err)
	}
	req := &expectations.Request{
		Method: "POST", Path: "/users/1", Host: "a.test", Header: http.Header{"X-Id": {"7"}, "Accept": {"*/*"}, "Cookie": {"a=1"}},
		Body: expectations.Body{Bytes: []byte(`{"a":1,"b":[2,3]}`)},
	}
	in := expectations.TemplateInput{Request: req}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := made.Render(in); err != nil {
			b.Fatal(err)
		}
	}
}
