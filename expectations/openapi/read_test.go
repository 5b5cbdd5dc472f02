package openapi_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/openapi"
	"github.com/pactape/pactape/expectations/wire"
)

func source(t testing.TB, text string) openapi.Source {
	t.Helper()
	tree, err := openapi.ParseTree([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return openapi.Source{Tree: tree}
}

func file(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func read(t testing.TB, text string, o openapi.Options) []*expectations.Expectation {
	t.Helper()
	es, err := openapi.Expectations(t.Context(), source(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// TestGolden shows everything that is made of two descriptions, as MockServer
// prints it, and that this reads back as the same.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"petshop.yaml", "orders31.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			es := read(t, file(t, name), openapi.Options{ContextPath: "api/"})
			var b bytes.Buffer
			if err := wire.EncodeExpectations(&b, wire.All(es)); err != nil {
				t.Fatal(err)
			}
			for _, e := range es {
				if _, err := e.Compile(); err != nil {
					t.Errorf("%s: %v", e.Request.Path.Value, err)
				}
			}
			again, err := wire.DecodeExpectations(b.Bytes())
			if err != nil || len(again) != len(es) {
				t.Fatalf("what is printed does not read back: %v", err)
			}
			golden(t, filepath.Join("testdata", name+".golden"), b.Bytes())
		})
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; UPDATE_GOLDEN=1 rewrites it):\n%s", file, diff)
	}
}

// TestMatch sends requests to what the descriptions made: the operation that
// answers, by its path and status, or "".
func TestMatch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file, request string
		header        http.Header
		body          string
		want          string
	}{
		"path parameter":               {file: "petshop.yaml", request: "GET /v1/pets/7", want: "/v1/pets/{petId} 200"},
		"path parameter out of bounds": {file: "petshop.yaml", request: "GET /v1/pets/0"},
		"path parameter of other type": {file: "petshop.yaml", request: "GET /v1/pets/x"},
		"path without server's":        {file: "petshop.yaml", request: "GET /pets/7"},
		"other method":                 {file: "petshop.yaml", request: "DELETE /v1/pets/7", want: "/v1/pets/{petId} 204"},
		"no such method":               {file: "petshop.yaml", request: "PATCH /v1/pets/7"},
		"fixed path first":             {file: "petshop.yaml", request: "GET /v1/pets/mine", want: "/v1/pets/mine 200"},
		"parts of segments":            {file: "petshop.yaml", request: "GET /v1/files/a.png", want: "/v1/files/[^/]+\\.[^/]+ 200"},
		"parts of segments missing":    {file: "petshop.yaml", request: "GET /v1/files/a"},
		"required header missing":      {file: "petshop.yaml", request: "GET /v1/pets"},
		"required header": {
			file: "petshop.yaml", request: "GET /v1/pets",
			header: http.Header{"X-Tenant": {"3fa85f64-5717-4562-b3fc-2c963f66afa6"}}, want: "/v1/pets 200",
		},
		"header of other format": {file: "petshop.yaml", request: "GET /v1/pets", header: http.Header{"X-Tenant": {"me"}}},
		"query within bounds": {
			file: "petshop.yaml", request: "GET /v1/pets?limit=99&tags=dog,cat&other=1",
			header: http.Header{"X-Tenant": {"3fa85f64-5717-4562-b3fc-2c963f66afa6"}}, want: "/v1/pets 200",
		},
		"query out of bounds": {
			file: "petshop.yaml", request: "GET /v1/pets?limit=100",
			header: http.Header{"X-Tenant": {"3fa85f64-5717-4562-b3fc-2c963f66afa6"}},
		},
		"query list with another": {
			file: "petshop.yaml", request: "GET /v1/pets?tags=dog,cow",
			header: http.Header{"X-Tenant": {"3fa85f64-5717-4562-b3fc-2c963f66afa6"}},
		},
		"cookie": {
			file: "petshop.yaml", request: "GET /v1/pets",
			header: http.Header{"X-Tenant": {"3fa85f64-5717-4562-b3fc-2c963f66afa6"}, "Cookie": {"theme=pink"}},
		},
		"JSON body": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
			body: `{"name":"Rex","tag":null,"friends":[{"name":"Mia"}]}`, want: "/v1/pets 201",
		},
		"JSON body lacks": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/json"}}, body: `{"tag":"dog"}`,
		},
		"JSON body, nested fault": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/json"}}, body: `{"name":"Rex","friends":[{"name":""}]}`,
		},
		"JSON body, exclusive bound of 3.0": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/json"}}, body: `{"name":"Rex","weight":2}`,
		},
		"form body": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: `name=Rex`, want: "/v1/pets 201",
		},
		"form body lacks": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: `nom=Rex`,
		},
		"XML body": {
			file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"application/xml"}}, body: `<pet/>`, want: "/v1/pets 201",
		},
		"other type": {file: "petshop.yaml", request: "POST /v1/pets", header: http.Header{"Content-Type": {"text/plain"}}, body: `Rex`},
		"3.1 body": {
			file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?dry=true",
			body: `{"state":"open","note":null,"lines":[{"sku":"a"},{"sku":"b","n":2}],"pair":["a",1]}`, want: "/orders/{id} 200",
		},
		"3.1 body is optional": {file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?dry=false", want: "/orders/{id} 200"},
		"3.1 prefix items": {
			file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?dry=true",
			body: `{"state":"open","note":null,"lines":[{"sku":"a"},{"sku":"b"}],"pair":[1,"a"]}`,
		},
		"3.1 referred schema": {
			file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?dry=true",
			body: `{"state":"open","note":null,"lines":[{"sku":"a"},{"sku":"b","more":2}]}`,
		},
		"3.1 constant": {
			file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?dry=true",
			body: `{"state":"shut","note":null,"lines":[{"sku":"a"},{"sku":"b"}]}`,
		},
		"query missing": {file: "orders31.json", request: "PUT /orders/3fa85f64-5717-4562-b3fc-2c963f66afa6"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, target, _ := strings.Cut(tc.request, " ")
			path, query, _ := strings.Cut(target, "?")
			if tc.header == nil {
				tc.header = http.Header{}
			}
			r := &expectations.Request{
				Method: method, Path: path, RawQuery: query, Header: tc.header, Body: expectations.Body{Bytes: []byte(tc.body), Size: int64(len(tc.body))},
			}
			got := ""
			for _, e := range read(t, file(t, tc.file), openapi.Options{}) {
				compiled, err := e.Compile()
				if err != nil {
					t.Fatal(err)
				}
				if compiled.Match(r) {
					got = e.Request.Path.Value + " " + status(e)
					break
				}
			}
			if got != tc.want {
				t.Errorf("%s is answered by %q, want %q", tc.request, got, tc.want)
			}
		})
	}
}

func answerOf(e *expectations.Expectation) *expectations.Answer {
	respond, _ := e.Action.(*expectations.Respond)
	return respond.Answers[0]
}

func status(e *expectations.Expectation) string { return strconv.Itoa(answerOf(e).Status) }

func request(method, path, body string) *expectations.Request {
	return &expectations.Request{
		Method: method, Path: path, Header: http.Header{"Content-Type": {"application/json"}},
		Body: expectations.Body{Bytes: []byte(body), Size: int64(len(body))},
	}
}
