package pact_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
)

// TestParseVersions reads one contract written in each version and compares
// what is written back, which is Pact V3.
func TestParseVersions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "parse", "*.json"))
	if err != nil || len(files) < 4 {
		t.Fatalf("contracts to read: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := pact.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			text := string(doc.Append(nil))
			if diff := cmp.Diff(string(doc.JSON().AppendIndent(nil, "  "))+"\n", text); diff != "" {
				t.Errorf("as JSON and as text (-JSON +text):\n%s", diff)
			}
			goldenFile(t, filepath.Join("parse", strings.TrimSuffix(filepath.Base(file), ".json")+".golden"), text)
			again, err := pact.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text, string(again.Append(nil))); diff != "" {
				t.Errorf("written twice (-first +second):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	with := func(interaction string) string { return `{"interactions":[` + interaction + `]}` }
	for _, tc := range []struct{ name, in, want string }{
		{"empty", ``, "unexpected end"},
		{"not json", `{`, ""},
		{"not an object", `[]`, "not a Pact: object expected, found array"},
		{"no interactions", `{"consumer":{"name":"c"}}`, "not a Pact: no interactions"},
		{"interactions of a wrong type", `{"interactions":{}}`, "interactions: array expected, found object"},
		{"an interaction of a wrong type", with(`1`), "interactions[0]: object expected, found number"},
		{"named", with(`{"description":"x","request":[]}`), `interactions[0] "x": request: object expected, found array`},
		{"status", with(`{"response":{"status":"abc"}}`), `interactions[0]: response: status: code of 100 to 599 expected, found "abc"`},
		{"status out of range", with(`{"response":{"status":99}}`), `status: code of 100 to 599 expected, found 99`},
		{"headers", with(`{"request":{"headers":[]}}`), `request: headers: object expected, found array`},
		{"header value", with(`{"request":{"headers":{"a":{}}}}`), `request: headers.a: string or list expected, found object`},
		{"query", with(`{"request":{"query":1}}`), `request: query: string or object expected, found number`},
		{"query value", with(`{"request":{"query":{"a":{}}}}`), `request: query.a: list of strings expected, found object`},
		{"rules", with(`{"request":{"matchingRules":[]}}`), `request: matchingRules: object expected, found array`},
		{"rules of a category", with(`{"request":{"matchingRules":{"body":[]}}}`), `matchingRules.body: object expected, found array`},
		{"states", with(`{"providerStates":{}}`), `providerStates: array expected, found object`},
		{"a state", with(`{"providerStates":[1]}`), `providerStates[0]: object expected, found number`},
		{"version", `{"interactions":[],"metadata":{"pactSpecification":{"version":"9"}}}`, `metadata.pactSpecification: unknown Pact specification version "9"`},
		{"metadata", `{"interactions":[],"metadata":[]}`, `metadata: object expected, found array`},
		{"too deep", strings.Repeat(`{"a":`, 10_000), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := pact.Parse([]byte(tc.in))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
	if _, err := pact.Parse([]byte(`{}`)); !errors.Is(err, pact.ErrNoInteractions) {
		t.Errorf("%v is not ErrNoInteractions", err)
	}
}

// TestBodyRoundTrip writes bodies and reads them back.
func TestBodyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, contentType, body string }{
		{"json object", "application/json", `{"z":1,"a":[1.0,1e5,-0]}`},
		{"json string", "application/json", `"abc"`},
		{"json string that looks like an object", "application/json", `"\"{}\""`},
		{"json number", "application/json", `12.50`},
		{"json boolean", "application/json", `true`},
		{"text", "text/plain", `"abc"`},
		{"number as text", "text/plain", `"123"`},
		{"octets", "application/octet-stream", `"3q2+7w=="`},
		{"form", "application/x-www-form-urlencoded", `"a=b"`},
		{"empty", "text/plain", `""`},
		{"null", "text/plain", `null`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := document(0, `{"description":"d","request":{"method":"GET","path":"/"},"response":{"status":200,"headers":{"Content-Type":["`+tc.contentType+`"]},"body":`+tc.body+`}}`)
			doc, err := pact.Parse(in)
			if err != nil {
				t.Fatal(err)
			}
			if out := string(doc.JSON().AppendCompact(nil)); !strings.Contains(out, `"body":`+tc.body) {
				t.Errorf("body %s became %s", tc.body, out)
			}
		})
	}
}

// TestParseBrokerIDs pins that the ids of a broker are kept for results and
// never written.
func TestParseBrokerIDs(t *testing.T) {
	t.Parallel()
	doc, err := pact.Parse([]byte(`{"interactions":[{"_id":"8f1","description":"a"},{"description":"b"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Interactions[0].ID; got != "8f1" {
		t.Errorf("ID %q, want 8f1", got)
	}
	if got := pact.NewInteractionResult(doc.Interactions[0]).ID; got != "8f1" {
		t.Errorf("ID of the result %q, want 8f1", got)
	}
	if text := string(doc.Append(nil)); strings.Contains(text, "8f1") {
		t.Errorf("written:\n%s", text)
	}
}
