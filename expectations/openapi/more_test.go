package openapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations/openapi"
)

// TestExamplesFulfilSchemas holds every generated answer against the schema
// that it was generated from, with the library.
func TestExamplesFulfilSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"petshop.yaml", "orders31.json"} {
		text := file(t, name)
		doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		judged := 0
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				id := op.OperationID
				if id == "" {
					id = method + " " + path
				}
				for key, response := range op.Responses.Map() {
					es := read(t, text, openapi.Options{Operations: map[string]openapi.Selection{id: {Status: key}}})
					answer := answerOf(es[0])
					media := response.Value.Content.Get(answer.Header.Get("Content-Type"))
					if media == nil || media.Schema == nil || answer.Body == nil || !strings.Contains(answer.Header.Get("Content-Type"), "json") {
						continue
					}
					var value any
					if err := json.Unmarshal(answer.Body.Bytes, &value); err != nil {
						t.Fatal(err)
					}
					if err := media.Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.EnableFormatValidation()); err != nil {
						t.Errorf("%s %s: %v\n%s", id, key, err, answer.Body.Bytes)
					}
					judged++
				}
			}
		}
		if judged == 0 {
			t.Errorf("%s: nothing was judged", name)
		}
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	text := file(t, "petshop.yaml")
	one := func(id string, s openapi.Selection) (status int, body string) {
		es := read(t, text, openapi.Options{Operations: map[string]openapi.Selection{id: s}})
		answer := answerOf(es[0])
		if answer.Body != nil {
			body = strings.Join(strings.Fields(string(answer.Body.Bytes)), "")
		}
		return answer.Status, body
	}
	tests := []struct {
		id     string
		s      openapi.Selection
		status int
		body   string
	}{
		{"showPet", openapi.Selection{Status: "404"}, 404, `{"code":404,"message":"gone"}`},
		{"showPet", openapi.Selection{Status: "404", Example: "never"}, 404, `{"code":404,"message":"neverwas"}`},
		{"createPet", openapi.Selection{Status: "4xx"}, 400, ""},
		{"listPets", openapi.Selection{Status: "default"}, 200, `{"code":0,"message":"somethingwentwrong"}`},
		{"minePets", openapi.Selection{}, 200, "RexMia"},
		{"DELETE /pets/{petId}", openapi.Selection{}, 204, ""},
	}
	for _, tc := range tests {
		if status, body := one(tc.id, tc.s); status != tc.status || body != tc.body {
			t.Errorf("%s %v answers %d %s, want %d %s", tc.id, tc.s, status, body, tc.status, tc.body)
		}
	}
	// The same description again replaces what it made, whatever is selected.
	again := read(t, text, openapi.Options{Operations: map[string]openapi.Selection{"showPet": {Status: "404"}}})
	for _, e := range read(t, text, openapi.Options{}) {
		if e.Request.Path.Value == again[0].Request.Path.Value && e.Request.Method.Value == "GET" && e.ID != again[0].ID {
			t.Errorf("id %s became %s", e.ID, again[0].ID)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.0\ninfo: {title: t, version: '1'}\n"
	var bomb strings.Builder
	bomb.WriteString(head + "paths: {}\nx-0: &x0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := range 9 {
		fmt.Fprintf(&bomb, "x-%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i), 10), ","))
	}
	tests := map[string]struct {
		text, want string
		options    openapi.Options
	}{
		"Swagger 2":       {text: "swagger: '2.0'\ninfo: {}", want: "Swagger 2.0 is not read"},
		"version 4":       {text: "openapi: 4.0.0\npaths: {}", want: `OpenAPI "4.0.0" is not read`},
		"no version":      {text: "info: {}", want: "attribute openapi is missing"},
		"text":            {text: "hello", want: "string found, an object is wanted"},
		"no paths":        {text: head, want: "attribute paths is missing or empty"},
		"wrong types":     {text: head + "paths: 5", want: "paths"},
		"dangling":        {text: head + "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/none'}}}}}", want: "none"},
		"other file":      {text: head + "paths: {/a: {get: {responses: {'200': {$ref: 'other.yaml#/x'}}}}}", want: "disallowed external reference"},
		"no such id":      {text: file(t, "petshop.yaml"), options: openapi.Options{Operations: map[string]openapi.Selection{"x": {}}}, want: `there is no operation "x": `},
		"no such answer":  {text: file(t, "petshop.yaml"), options: openapi.Options{Operations: map[string]openapi.Selection{"showPet": {Status: "500"}}}, want: `operation showPet: it has no response "500": 200, 404 are there`},
		"no such example": {text: file(t, "petshop.yaml"), options: openapi.Options{Operations: map[string]openapi.Selection{"showPet": {Status: "404", Example: "x"}}}, want: `no example "x": gone, never are there`},
		"aliases":         {text: bomb.String(), want: "too large"},
		"two documents":   {text: head + "---\n" + head, want: "one YAML document"},
		"not YAML":        {text: "a: [", want: "yaml"},
		"not JSON":        {text: `{"openapi": `, want: "unexpected"},
		"nothing":         {text: "", want: "nothing is in it"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := openapi.ParseTree([]byte(tc.text))
			if err == nil {
				_, err = openapi.Expectations(t.Context(), openapi.Source{Tree: tree}, tc.options)
				if err != nil && !strings.HasPrefix(err.Error(), "Unable to load API spec, ") {
					t.Errorf("%v: what MockServer's begins with is missing", err)
				}
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// TestOtherFiles reads a description of several files; what may be read is
// the caller's decision.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	tree, err := openapi.ParseTree([]byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n" +
		"paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: 'schemas/a.yaml#/A'}}}}, responses: {'200': {description: ok}}}}}"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"/specs/schemas/a.yaml": "A: {type: object, properties: {b: {$ref: 'b.yaml'}}, required: [b]}",
		"/specs/schemas/b.yaml": "type: integer",
	}
	s := openapi.Source{Tree: tree, Location: &url.URL{Path: "/specs/api.yaml"}, Read: func(_ context.Context, at *url.URL) ([]byte, error) {
		if text, ok := files[at.Path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("not " + at.Path)
	}}
	es, err := openapi.Expectations(t.Context(), s, openapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := es[0].Compile()
	if err != nil {
		t.Fatal(err)
	}
	if !compiled.Match(request("POST", "/a", `{"b":1}`)) || compiled.Match(request("POST", "/a", `{"b":"1"}`)) {
		t.Error("the schema of the other file is not the condition")
	}
	delete(files, "/specs/schemas/b.yaml")
	if _, err := openapi.Expectations(t.Context(), s, openapi.Options{}); err == nil || !strings.Contains(err.Error(), "not /specs/schemas/b.yaml") {
		t.Errorf("got %v", err)
	}
}

// TestTree reads YAML as JSON.
func TestTree(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{b: 1, a: [yes, true, ~, 'x', 0x10, 1e3, .inf, 2020-01-02, 012]}": `{"b":1,"a":["yes",true,null,"x",16,1e3,".inf","2020-01-02",10]}`,
		"a: &x {c: 1, d: 2}\nb:\n  <<: *x\n  c: 3":                         `{"a":{"c":1,"d":2},"b":{"c":3,"d":2}}`,
		"200: {1.5: x}":     `{"200":{"1.5":"x"}}`,
		` {"b":1,"a":1.10}`: `{"b":1,"a":1.10}`,
	} {
		v, err := openapi.ParseTree([]byte(text))
		if got := string(v.AppendCompact(nil)); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
}

func FuzzExpectations(f *testing.F) {
	f.Add([]byte(file(f, "petshop.yaml")))
	f.Add([]byte(file(f, "orders31.json")))
	f.Add([]byte("openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {'/{a}/{b}.c': {get: {parameters: [{name: a, in: path, schema: {type: integer}}]}}}"))
	f.Add([]byte(`{"openapi":"3.1.0","info":{},"paths":{"/a":{"get":{"responses":{"2XX":{"content":{"*/*":{"schema":{"$ref":"#/components/schemas/A"}}}}}}}},"components":{"schemas":{"A":{"allOf":[{"$ref":"#/components/schemas/A"}]}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := openapi.ParseTree(data)
		if err != nil {
			return
		}
		es, err := openapi.Expectations(t.Context(), openapi.Source{Tree: tree}, openapi.Options{})
		if err != nil {
			return
		}
		for _, e := range es {
			if e.ID == "" || e.Request == nil || answerOf(e).Status < 100 || answerOf(e).Status > 599 {
				t.Errorf("not an expectation: %+v", e)
			}
			_, _ = e.Compile() // a pattern may be wrong, but must not be our undoing
		}
	})
}
