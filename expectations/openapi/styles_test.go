package openapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/openapi"
)

// TestStyles holds each row of the table of style examples (OpenAPI 3.0.4
// §4.8.12.4, and with dots in labels 3.0.3): a parameter written in its style
// is accepted, and one whose members are of the wrong type is not.
func TestStyles(t *testing.T) {
	t.Parallel()
	const (
		one    = `{"type":"integer"}`
		array  = `{"type":"array","items":{"type":"integer"},"minItems":2}`
		object = `{"type":"object","required":["R","G"],"properties":{"R":{"type":"integer"},"G":{"type":"integer"},"p":{"type":"integer"}}}`
	)
	for _, tc := range []struct {
		in, style string
		explode   bool
		schema    string
		good      string // a bad one has x in place of the last 2
	}{
		{"path", "simple", false, one, "2"},
		{"path", "simple", false, array, "1,2"},
		{"path", "simple", false, object, "R,1,G,2"},
		{"path", "simple", true, one, "2"},
		{"path", "simple", true, array, "1,2"},
		{"path", "simple", true, object, "R=1,G=2"},
		{"path", "simple", true, object, "p=0,R=1,G=2"},
		{"path", "label", false, one, ".2"},
		{"path", "label", false, array, ".1,2"},
		{"path", "label", false, array, ".1.2"},
		{"path", "label", false, object, ".R,1,G,2"},
		{"path", "label", false, object, ".R.1.G.2"},
		{"path", "label", true, one, ".2"},
		{"path", "label", true, array, ".1.2"},
		{"path", "label", true, object, ".R=1.G=2"},
		{"path", "matrix", false, one, ";p=2"},
		{"path", "matrix", false, array, ";p=1,2"},
		{"path", "matrix", false, object, ";p=R,1,G,2"},
		{"path", "matrix", true, one, ";p=2"},
		{"path", "matrix", true, array, ";p=1;p=2"},
		{"path", "matrix", true, object, ";R=1;G=2"},
		{"path", "matrix", true, object, ";p=0;R=1;G=2"},
		{"query", "form", false, one, "p=2"},
		{"query", "form", false, array, "p=1,2"},
		{"query", "form", false, object, "p=R,1,G,2"},
		{"query", "form", true, one, "p=2"},
		{"query", "form", true, array, "p=1&p=2"},
		{"query", "form", true, object, "R=1&G=2"},
		{"query", "form", true, object, "p=0&R=1&G=2&other=y"},
		{"query", "spaceDelimited", false, array, "p=1%202"},
		{"query", "spaceDelimited", false, object, "p=R%201%20G%202"},
		{"query", "pipeDelimited", false, array, "p=1|2"},
		{"query", "pipeDelimited", false, array, "p=1%7C2"},
		{"query", "pipeDelimited", false, object, "p=R%7C1%7CG%7C2"},
		{"query", "deepObject", true, object, "p[R]=1&p%5BG%5D=2"},
		{"header", "simple", false, one, "2"},
		{"header", "simple", false, array, "1,2"},
		{"header", "simple", false, object, "R,1,G,2"},
		{"header", "simple", true, object, "R=1,G=2"},
		{"cookie", "form", false, one, "2"},
	} {
		t.Run(fmt.Sprint(tc.in, "/", tc.style, "/", tc.explode, "/", tc.good), func(t *testing.T) {
			t.Parallel()
			path := "/a"
			if tc.in == "path" {
				path += "/{p}"
			}
			es := read(t, fmt.Sprintf(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{%q:{"get":{
				"parameters":[{"name":"p","in":%q,"style":%q,"explode":%t,"required":true,"schema":%s}],
				"responses":{"200":{"description":"ok"}}}}}}`, path, tc.in, tc.style, tc.explode, tc.schema), openapi.Options{})
			last := strings.LastIndex(tc.good, "2")
			bad := tc.good[:last] + "x" + tc.good[last+1:]
			for value, want := range map[string]bool{tc.good: true, bad: false, "": false} {
				if value == "" && tc.in == "path" {
					continue
				}
				r := &expectations.Request{Method: "GET", Path: "/a", Header: http.Header{}}
				switch tc.in {
				case "path":
					r.Path += "/" + value
				case "query":
					r.RawQuery = value
				case "header":
					r.Header.Set("p", value)
				case "cookie":
					r.Header.Set("Cookie", "p="+value)
				}
				got := slices.ContainsFunc(es, func(e *expectations.Expectation) bool {
					c, err := e.Compile()
					if err != nil {
						t.Fatal(err)
					}
					return c.Match(r)
				})
				if got != want {
					t.Errorf("%q matches: %v, want %v", value, got, want)
				}
			}
		})
	}
}
