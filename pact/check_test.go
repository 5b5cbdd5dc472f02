package pact_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	const parties, version = `"consumer":{"name":"web"},"provider":{"name":"api"},`, `,"metadata":{"pactSpecification":{"version":"3.0.0"}}`
	const fine = `{"description":"fine","request":{"method":"GET","path":"/a"},"response":{"status":200,"body":{"a":1}}}`
	only := func(interactions string) string {
		return `{` + parties + `"interactions":[` + interactions + `]` + version + `}`
	}
	for name, tc := range map[string]struct {
		document string
		want     []string
	}{
		"fine": {document: only(fine)},
		"what a broker adds": {
			document: `{` + parties + `"createdAt":"x","_links":{},"interactions":[{"_id":"1",` + fine[1:] + `]` + version + `}`,
		},
		"parties": {
			document: `{"interactions":[` + fine + `]` + version + `}`,
			want:     []string{"error: the document does not name its consumer", "error: the document does not name its provider"},
		},
		"no version": {document: `{` + parties + `"interactions":[` + fine + `]}`, want: []string{"warning: there is no metadata.pactSpecification.version: it is read as Pact V3"}},
		"nothing":    {document: only(""), want: []string{"warning: there are no interactions"}},
		"members": {
			document: `{` + parties + `"interaction":[],"interactions":[{"description":"d","givens":[],"key":"k","request":{"path":"/","header":{}},"response":{"status":200,"matchingRule":{}}}]` + version + `}`,
			want: []string{
				`warning: unknown member "interaction"`,
				`warning: interactions[0] "d": unknown member "givens"`,
				`warning: interactions[0] "d": unknown member "key"`,
				`warning: interactions[0] "d", request: unknown member "header"`,
				`warning: interactions[0] "d", response: unknown member "matchingRule"`,
			},
		},
		"V4": {
			document: `{` + parties + `"interactions":[{"type":"Synchronous/HTTP","key":"k","transport":"http",` + fine[1:] + `,
				{"type":"Asynchronous/Messages","description":"a message","anything":1}],"metadata":{"pactSpecification":{"version":"4.0"}}}`,
		},
		"halves": {
			document: only(`{"request":{"method":"GET","path":"a"}},{"description":"d","response":{"status":200}}`),
			want: []string{
				"warning: interactions[0]: there is no description",
				"error: interactions[0]: there is no response",
				`warning: interactions[0], request: the path "a" does not begin with /`,
				`error: interactions[1] "d": there is no request`,
			},
		},
		"rules": {
			document: only(`{"description":"d","request":{"method":"GET","path":"/","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"(["}]}}},
				"response":{"status":200,"body":{"a":1},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"nonsense"}]}}},"generators":{"body":{"$.a":{"type":"Nonsense"}}}}}`),
			want: []string{
				`error: interactions[0] "d", request: `, `error: interactions[0] "d", response: `, `error: interactions[0] "d", response: `,
			},
		},
		"examples": {
			document: only(`{"description":"d","request":{"method":"GET","path":"/x","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"^/\\d+$"}]}}},
				"response":{"status":200,"body":{"a":"x"},"matchingRules":{"body":{"$.a":{"matchers":[{"match":"integer"}]}}}}}`),
			want: []string{
				`warning: interactions[0] "d", request: the example does not keep its own rules: path: `,
				`warning: interactions[0] "d", response: the example does not keep its own rules: body $.a: `,
			},
		},
		"twice": {document: only(fine + "," + fine), want: []string{`warning: the interaction "fine" is there more than once, with the same provider states`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issues, err := pact.Check([]byte(tc.document))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, issue := range issues {
				line := issue.String()
				if i < len(tc.want) && strings.HasSuffix(tc.want[i], ": ") && len(line) > len(tc.want[i]) {
					line = line[:len(tc.want[i])] // the rest is told by those who find it
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := pact.Check([]byte(`{"interactions":1}`)); err == nil || err.Error() != "interactions: array expected, found number" {
		t.Errorf("got error %v", err)
	}
}
