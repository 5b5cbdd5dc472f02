package infer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/openapi"
	"github.com/pactape/pactape/pact/infer"
)

// described writes the description of samples, and reads it back with an
// OpenAPI library, which must find nothing wrong.
func described(t *testing.T, samples []infer.Sample, o infer.Options) (text []byte, doc *openapi3.T) {
	t.Helper()
	o.Redirects, o.ServerErrors = true, true
	endpoints, _, err := infer.Endpoints(t.Context(), seq(samples), o)
	if err != nil {
		t.Fatal(err)
	}
	d := openapi.Document{Title: "test", Version: "1.0.0", Tool: "pactape", Endpoints: endpoints}
	text = d.Append(nil)
	doc, err = openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation()); err != nil {
		t.Fatalf("invalid: %v\n%s", err, text)
	}
	return text, doc
}

// TestEndpointsOfCorpora describes one run of each API. The description is
// valid by two judges, and every answer recorded fulfils its schema.
func TestEndpointsOfCorpora(t *testing.T) {
	t.Parallel()
	for _, c := range corpora() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			samples := c.record(t, 1)
			text, doc := described(t, samples, infer.Options{})
			again, _ := described(t, samples, infer.Options{})
			if !bytes.Equal(text, again) {
				t.Error("the same samples give other bytes")
			}
			judged := 0
			for _, s := range samples {
				judged += judge(t, doc, s)
			}
			if judged < 10 && judged < len(samples)/2 {
				t.Errorf("only %d of %d bodies have a schema", judged, len(samples))
			}
			specValidator(t, text)
		})
	}
}

// judge holds the bodies of a sample against the description; it returns how
// many it judged.
func judge(t *testing.T, doc *openapi3.T, s infer.Sample) (judged int) {
	t.Helper()
	if s.Request.Method == http.MethodHead || s.Request.Method == http.MethodOptions {
		return 0
	}
	item := doc.Paths.Value(s.Request.Path)
	for _, path := range doc.Paths.InMatchingOrder() {
		if item == nil && sameShape(path, s.Request.Path) && doc.Paths.Value(path).GetOperation(s.Request.Method) != nil {
			item = doc.Paths.Value(path)
		}
	}
	if item == nil || item.GetOperation(s.Request.Method) == nil {
		t.Errorf("%s %s is not described", s.Request.Method, s.Request.Path)
		return 0
	}
	operation := item.GetOperation(s.Request.Method)
	answer := operation.Responses.Status(s.Response.Status)
	if answer == nil {
		t.Errorf("%s %s: status %d is not described", s.Request.Method, s.Request.Path, s.Response.Status)
		return 0
	}
	if s.Response.Status < 400 && operation.RequestBody != nil {
		judged += judgeBody(t, operation.RequestBody.Value.Content, s.Request.Header, s.Request.Body, s.Request.Path)
	}
	return judged + judgeBody(t, answer.Value.Content, s.Response.Header, s.Response.Body, s.Request.Path)
}

func judgeBody(t *testing.T, content openapi3.Content, h http.Header, b expectations.Body, path string) int {
	t.Helper()
	if len(b.Bytes) == 0 || !strings.Contains(h.Get("Content-Type"), "json") {
		return 0
	}
	media := content.Get(h.Get("Content-Type"))
	if media == nil || media.Schema == nil {
		t.Errorf("%s: %s is not described", path, h.Get("Content-Type"))
		return 0
	}
	var value any
	if err := json.Unmarshal(b.Bytes, &value); err != nil {
		return 0
	}
	if err := media.Schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020(), openapi3.EnableFormatValidation()); err != nil {
		t.Errorf("%s: a recorded body does not fulfil its schema: %v\n%s", path, err, b.Bytes)
	}
	return 1
}

// sameShape reports whether a path is one of a template's.
func sameShape(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	return len(a) == len(b) && !slices.ContainsFunc(a, func(segment string) bool {
		i := slices.Index(a, segment)
		return !strings.HasPrefix(segment, "{") && segment != b[i]
	})
}

// specValidator asks an independent judge, openapi-spec-validator of PyPI:
//
//	pip install openapi-spec-validator==0.9.0
//
// Where it is missing nothing is judged, or the test fails if PACTAPE_E2E is
// "require".
func specValidator(t *testing.T, text []byte) {
	t.Helper()
	tool, err := exec.LookPath("openapi-spec-validator")
	if err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal("PACTAPE_E2E=require, but openapi-spec-validator is missing")
		}
		t.Log("openapi-spec-validator is missing: judged by our own library alone")
		return
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, file).CombinedOutput(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
			t.Fatalf("%v: %s", err, out)
		}
		t.Errorf("openapi-spec-validator: %s\n%s", out, text)
	}
}

// TestEndpoints shows each decision on a few samples.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	post := func(target, body string, status int, answer string) infer.Sample {
		s := sample(target, answer)
		s.Request.Method, s.Request.Authority, s.Request.Secure = http.MethodPost, "api.test", true
		s.Request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + expectations.PlaceholderText}}
		s.Request.Body = expectations.Body{Bytes: []byte(body)}
		s.Response.Status = status
		return s
	}
	secret := sample("/me", `{"token":"`+expectations.PlaceholderText+`","name":"Ann"}`)
	secret.Redactions = []expectations.Redaction{{Message: "response", In: "json", Name: "$.token", Class: "string"}}
	tests := map[string]struct {
		samples []infer.Sample
		options infer.Options
	}{
		"optional and nullable":       {samples: answers(`{"id":1,"note":null,"tags":[]}`, `{"id":2,"note":"x","tags":["a"],"extra":1.5}`)},
		"one sample requires nothing": {samples: []infer.Sample{sample("/users/7?page=2", `{"a":1}`)}},
		"path, query, formats": {samples: []infer.Sample{
			sample("/o/0f8fad5b-d9cb-469f-a165-70867728950e?sort=asc&page=1", `{"at":"2024-01-02T03:04:05Z","day":"2024-01-02"}`),
			sample("/o/0f8fad5b-d9cb-469f-a165-70867728950f?page=2", `{"at":"2024-01-02T03:04:06Z","day":"2024-01-03"}`),
		}},
		"refused requests require nothing": {samples: []infer.Sample{
			post("/orders", `{"sku":"a","n":1}`, 201, `{"id":1}`), post("/orders", `{"sku":"b","n":2}`, 201, `{"id":2}`),
			post("/orders", `{"sku":"b"}`, 422, `{"error":"n is missing"}`),
		}},
		"secrets are no examples": {samples: []infer.Sample{secret, secret}},
		"map":                     {samples: answers(`{"by":{"0f8fad5b-d9cb-469f-a165-70867728950e":{"n":1}}}`, `{"by":{"0f8fad5b-d9cb-469f-a165-70867728950f":{"n":2}}}`)},
		"strict":                  {samples: answers(slices.Repeat([]string{`{"state":"open"}`, `{"state":"closed"}`}, 5)...), options: infer.Options{Mode: infer.Strict}},
		"types":                   {samples: answers(`{"id":1,"day":"2024-01-02"}`, `{"id":2,"day":"2024-01-03"}`), options: infer.Options{Mode: infer.Types}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := described(t, tc.samples, tc.options)
			golden(t, filepath.Join("testdata", "openapi", strings.NewReplacer(" ", "_", ",", "").Replace(name)+".json"), got)
		})
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
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
