package clientcode_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/clientcode"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// TestDefinition: operations of a description are printed as such, not as what
// was made of them.
func TestDefinition(t *testing.T) {
	t.Parallel()
	e := &expectations.Expectation{
		ID: "x", Action: &expectations.Respond{Answers: []*expectations.Answer{{Status: 200}}},
		Request: &expectations.RequestMatcher{
			Not: true, Any: []*expectations.RequestMatcher{{Path: expectations.Text{Value: "/a"}}, {Path: expectations.Text{Value: "/b"}}},
			Definition: &expectations.Definition{
				Spec: jsondoc.Object(jsondoc.M("openapi", jsondoc.String("3.0.0"))), OperationID: "GET /a", ContextPath: "/v1",
			},
		},
	}
	const want = `
        Not.not(
                openAPI()
                        .withSpecUrlOrPayload("{\n  \"openapi\" : \"3.0.0\"\n}")
                        .withOperationId("GET /a")
                        .withContextPathPrefix("/v1")
        ),
`
	_, code, _ := strings.Cut(encode(t, clientcode.Java, []*expectations.Expectation{e}), ".when(")
	code, _, _ = strings.Cut(code, "        Times")
	if diff := cmp.Diff(want, code); diff != "" {
		t.Errorf("in Java (-want +got):\n%s", diff)
	}
	e.Request.Definition = &expectations.Definition{Spec: jsondoc.String("a.yaml")}
	if code := encode(t, clientcode.Python, []*expectations.Expectation{e}); !strings.Contains(code, `"specUrlOrPayload" : "a.yaml"`) {
		t.Errorf("in Python:\n%s", code)
	}
}
