package pact_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// verifyJSON verifies interactions against MockServer expectations.
func verifyJSON(t *testing.T, es, interactions string, semantics pact.Semantics) *pact.Result {
	t.Helper()
	var decoded []*expectations.Expectation
	if es != "" {
		var err error
		if decoded, err = wire.DecodeExpectations([]byte(es)); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := pact.Parse(document(0, interactions))
	if err != nil {
		t.Fatal(err)
	}
	result, err := pact.Verify(t.Context(), doc, pact.NewSpaceTarget(newSpace(t, decoded...), pact.Filter{}), pact.VerifyOptions{Semantics: semantics})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestVerifyReasons pins MockServer's words.
func TestVerifyReasons(t *testing.T) {
	t.Parallel()
	const jsonType = `"headers":{"Content-Type":["application/json"]}`
	for _, tc := range []struct {
		name     string
		response string // of the expectation
		want     string // the interaction's response
		pact     bool
		reason   string
	}{
		{name: "equal", response: `{` + jsonType + `,"body":{"a":1}}`, want: `{"status":200,"body":{"a":1}}`},
		{name: "status", response: `{"statusCode":200}`, want: `{"status":201}`, reason: "status code mismatch: expected 201 but was 200"},
		{name: "header missing", response: `{}`, want: `{"headers":{"X-A":"1"}}`, reason: "header mismatch: expected header 'X-A' not found in response"},
		{
			name: "header value", response: `{"headers":{"x-a":["a","b"]}}`, want: `{"headers":{"X-A":["a","c"]}}`,
			reason: "header mismatch: header 'X-A' expected value 'c' not found (actual values: [a, b])",
		},
		{name: "header subset", response: `{"headers":{"x-a":["a","b"]}}`, want: `{"headers":{"X-A":["b"]}}`},
		{
			name: "header value pact", response: `{"headers":{"x-a":["a"]}}`, want: `{"headers":{"X-A":["c"]}}`, pact: true,
			reason: "header mismatch: header 'X-A' expected value 'c' not found (actual values: [a])",
		},
		{name: "body missing", response: `{}`, want: `{"body":{"a":1}}`, reason: "body mismatch: expected body but response has no body"},
		{name: "body differs", response: `{` + jsonType + `,"body":{"a":1}}`, want: `{` + jsonType + `,"body":{"a":2}}`, reason: "body mismatch: JSON bodies are not equal"},
		{name: "body has more", response: `{` + jsonType + `,"body":{"a":1,"b":2}}`, want: `{` + jsonType + `,"body":{"a":1}}`, reason: "body mismatch: JSON bodies are not equal"},
		{name: "body has more pact", response: `{` + jsonType + `,"body":{"a":1,"b":2}}`, want: `{` + jsonType + `,"body":{"a":1}}`, pact: true},
		{name: "body not json", response: `{"body":"text"}`, want: `{"body":{"a":1}}`, reason: "body mismatch: expected JSON body but response body is not valid JSON"},
		{name: "text differs", response: `{"body":"some text"}`, want: `{"body":"other text"}`, reason: "body mismatch: expected 'other text' but was 'some text'"},
		{
			name: "long text", response: `{"body":"` + strings.Repeat("é", 101) + `"}`, want: `{"body":"` + strings.Repeat("x", 101) + `"}`,
			reason: "body mismatch: expected '" + strings.Repeat("x", 100) + "...' but was '" + strings.Repeat("é", 100) + "...'",
		},
		{name: "null is not checked", response: `{"body":"some text"}`, want: `{"body":null}`},
		{
			name: "body rules judge as pact", response: `{` + jsonType + `,"body":{"a":5,"b":2}}`,
			want: `{` + jsonType + `,"body":{"a":1},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"type"}]}}}}`,
		},
		{
			name: "body rules fail", response: `{` + jsonType + `,"body":{"a":"x"}}`,
			want:   `{` + jsonType + `,"body":{"a":1},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"integer"}]}}}}`,
			reason: `body mismatch: $.a: expected an integer but was string "x"`,
		},
		{
			name: "header rules apply", response: `{"headers":{"X-A":["77"]}}`,
			want: `{"headers":{"X-A":["1"]},"matchingRules":{"header":{"X-A":{"matchers":[{"match":"regex","regex":"\\d+"}]}}}}`,
		},
		{
			name: "unsupported rule", response: `{"body":{"a":"1.0.0"}}`, want: `{"body":{"a":"1.0.0"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"plugin"}]}}}}`,
			reason: `unsupported matching rule "plugin" at body $.a`,
		},
		{name: "semver", response: `{"body":{"a":"2.0.0"}}`, want: `{"body":{"a":"1.0.0"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"semver"}]}}}}`},
		{name: "status class", response: `{"statusCode":204}`, want: `{"status":200,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]}}}`},
		{
			name: "unsupported rule pact", response: `{"body":"x"}`, want: `{"matchingRules":{"status":{"matchers":[{"match":"plugin"}]}}}`, pact: true,
			reason: `unsupported matching rule "plugin" at status`,
		},
		{name: "lookahead", response: `{"body":{"a":"x"}}`, want: `{"body":{"a":"x"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"regex","regex":"(?=x)x"}]}}}}`},
		{
			name: "expression", response: `{"body":{"a":"x"}}`, want: `{"body":{"a":"x"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"regex","regex":"(?=x"}]}}}}`,
			reason: `unsupported matching rule "regex": expression '(?=x' cannot be compiled: `,
		},
		{
			name: "bad path expression", response: `{"body":{"a":"x"}}`, want: `{"body":{"a":"x"},"matchingRules":{"body":{"$.a..b":{"matchers":[{"match":"type"}]}}}}`,
			reason: `invalid path expression "$.a..b": name expected at offset 4`,
		},
		{
			name: "xml rules", response: `{"headers":{"Content-Type":["text/xml"]},"body":"<a/>"}`,
			want:   `{"headers":{"Content-Type":"text/xml"},"body":"<a/>","matchingRules":{"body":{"$.a":{"matchers":[{"match":"integer"}]}}}}`,
			reason: `body mismatch: $.a: the element <a> cannot match such a rule`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			semantics := pact.SemanticsMixed
			if tc.pact {
				semantics = pact.SemanticsPact
			}
			result := verifyJSON(t, `{"httpRequest":{"path":"/a"},"httpResponse":`+tc.response+`}`,
				`{"description":"d","request":{"method":"GET","path":"/a"},"response":`+tc.want+`}`, semantics)
			got := result.Interactions[0]
			if got.Verified != (tc.reason == "") || !strings.HasPrefix(got.Reason, tc.reason) {
				t.Errorf("verified %v, reason %q, want %q", got.Verified, got.Reason, tc.reason)
			}
			if !got.Verified && len(got.Mismatches) == 0 {
				t.Error("no mismatches")
			}
		})
	}
}

func TestVerifyInteractions(t *testing.T) {
	t.Parallel()
	const stub = `{"httpRequest":{"path":"/a"},"httpResponse":{}}`
	for _, tc := range []struct{ name, interaction, reason string }{
		{"no request", `{"description":"d","response":{"status":200}}`, "interaction has no request definition"},
		{"no response", `{"description":"d","request":{"path":"/a"}}`, "interaction has no response definition"},
		{"no match", `{"description":"d","request":{"path":"/b"},"response":{"status":200}}`, "no matching expectation found"},
		{"message", `{"description":"d","type":"Asynchronous/Messages","request":{"path":"/a"}}`, `unsupported interaction type "Asynchronous/Messages"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := verifyJSON(t, stub, tc.interaction, "").Interactions[0]; got.Verified || got.Reason != tc.reason {
				t.Errorf("verified %v, reason %q, want %q", got.Verified, got.Reason, tc.reason)
			}
		})
	}
	if got := verifyJSON(t, stub, `{"request":{"path":"/b"}}`, "").Interactions[0].Description; got != "(unnamed interaction)" {
		t.Errorf("without a description: %q", got)
	}
}

func TestVerifyMismatches(t *testing.T) {
	t.Parallel()
	result := verifyJSON(t, `{"httpRequest":{"path":"/a"},"httpResponse":{"statusCode":500,"body":{"items":[{"id":1,"x":2}],"gone":false}}}`,
		`{"description":"d","request":{"path":"/a"},"response":{"status":200,"headers":{"Location":"/"},"body":{"items":[{"id":"1"}],"a b":null}}}`, "")
	want := `{"verified":false,"interactions":[{"description":"d","verified":false,` +
		`"reason":"status code mismatch: expected 200 but was 500","mismatches":[` +
		`{"type":"StatusMismatch","in":"status","expected":"200","actual":"500","mismatch":"expected 200 but was 500"},` +
		`{"type":"HeaderMismatch","in":"header","path":"Location","expected":"/","mismatch":"expected header 'Location' but it was missing"},` +
		`{"type":"BodyMismatch","in":"body","path":"$['a b']","expected":"null","mismatch":"expected a member \"a b\" but it was missing"},` +
		`{"type":"BodyMismatch","in":"body","path":"$.gone","actual":"false","mismatch":"unexpected member \"gone\""},` +
		`{"type":"BodyMismatch","in":"body","path":"$.items[0].x","actual":"2","mismatch":"unexpected member \"x\""},` +
		`{"type":"BodyMismatch","in":"body","path":"$.items[0].id","expected":"\"1\"","actual":"1","mismatch":"expected \"1\" but was 1"}]}]}`
	if diff := cmp.Diff(want, string(result.JSON().AppendCompact(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVerifyUsesNothingUp verifies against an expectation for one request and
// a sequence: both are as they were afterwards.
func TestVerifyUsesNothingUp(t *testing.T) {
	t.Parallel()
	es, err := wire.DecodeExpectations([]byte(`[{"httpRequest":{"path":"/once"},"httpResponse":{"statusCode":201},"times":{"remainingTimes":1}},
		{"httpRequest":{"path":"/seq"},"httpResponses":[{"statusCode":202},{"statusCode":203}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	space := newSpace(t, es...)
	doc, err := pact.Parse(document(0, `{"description":"once","request":{"path":"/once"},"response":{"status":201}}`,
		`{"description":"seq","request":{"path":"/seq"},"response":{"status":202}}`))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		result, err := pact.Verify(t.Context(), doc, pact.NewSpaceTarget(space, pact.Filter{}), pact.VerifyOptions{})
		if err != nil || !result.Verified {
			t.Fatalf("%+v, %v", result, err)
		}
	}
}

// TestVerifySecure verifies an expectation for TLS only: a contract does not
// say which it is about.
func TestVerifySecure(t *testing.T) {
	t.Parallel()
	result := verifyJSON(t, `{"httpRequest":{"path":"/a","secure":true},"httpResponse":{}}`, `{"description":"d","request":{"path":"/a"},"response":{"status":200}}`, "")
	if !result.Verified {
		t.Errorf("%+v", result)
	}
}

// learned is a captured half with fixed expectations, of which Find gives the
// first answer, as replay does at its beginning.
type learned struct {
	expectations.NoCaptured
	es []*expectations.Expectation
}

func (l learned) Find(_ context.Context, req *expectations.Request, _ bool) (expectations.Hit, bool, error) {
	for _, e := range l.es {
		if e.Request.Path.Value == req.Path && e.Request.Method.Value == req.Method && encoded(e.Request.Query) == req.RawQuery {
			first := *e
			answers := e.Action.(*expectations.Respond).Answers //nolint:forcetypeassert // captured expectations have no other
			first.Action = &expectations.Respond{Answers: answers[:1]}
			return expectations.Hit{Expectation: &first, Answer: answers[0]}, true, nil
		}
	}
	return expectations.Hit{}, false, nil
}

func encoded(m expectations.MultiMatcher) string {
	var parts []string
	for _, e := range m.Entries {
		parts = append(parts, e.Name.Value+"="+e.Values[0].Value)
	}
	return strings.Join(parts, "&")
}

func (l learned) Len() int { return len(l.es) }

func (l learned) All(context.Context) iter.Seq2[*expectations.Expectation, error] {
	return sequence(l.es...)
}

// TestVerifyCaptured exports recordings and verifies the contract against
// them, a sequence by its last answer.
func TestVerifyCaptured(t *testing.T) {
	t.Parallel()
	var es []*expectations.Expectation
	for _, c := range capturedCases() {
		if c.authority == "" {
			es = append(es, c.expectation())
		}
	}
	space := expectations.NewSpace(expectations.SpaceOptions{Captured: learned{es: es}})
	doc, _, err := pact.Export(t.Context(), space.Active(t.Context()), pact.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := pact.Verify(t.Context(), doc, pact.NewSpaceTarget(space, pact.Filter{}), pact.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range result.Interactions {
		if !it.Verified {
			t.Errorf("%s: %s", it.Description, it.Reason)
		}
	}
	result, err = pact.Verify(t.Context(), doc, pact.NewSpaceTarget(space, pact.Filter{Origin: expectations.OriginUser}), pact.VerifyOptions{})
	if err != nil || result.Failed() != len(doc.Interactions) {
		t.Errorf("of user-made expectations %d interactions fail, want all %d", result.Failed(), len(doc.Interactions))
	}
}

// failing is a target that cannot look.
type failing struct{}

func (failing) Peek(context.Context, *expectations.Request, *expectations.ProviderStates) (expectations.Hit, bool, error) {
	return expectations.Hit{}, false, errors.New("journal: torn")
}

func TestVerifyErrors(t *testing.T) {
	t.Parallel()
	doc, err := pact.Parse(document(0, `{"description":"d","request":{"path":"/a"},"response":{"status":200}}`))
	if err != nil {
		t.Fatal(err)
	}
	result, err := pact.Verify(t.Context(), doc, failing{}, pact.VerifyOptions{})
	if err != nil || result.Verified || result.Interactions[0].Reason != "matching expectation could not be read: journal: torn" {
		t.Errorf("%+v, %v", result, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pact.Verify(ctx, doc, failing{}, pact.VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestParseSemantics(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]pact.Semantics{"": pact.SemanticsMixed, "mixed": pact.SemanticsMixed, "PACT": pact.SemanticsPact} {
		if got, err := pact.ParseSemantics(in); got != want || err != nil {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	if _, err := pact.ParseSemantics("loose"); fmt.Sprint(err) != `unknown semantics "loose" (expected one of mixed, pact)` {
		t.Errorf("error %v", err)
	}
}
