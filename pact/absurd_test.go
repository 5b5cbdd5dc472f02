package pact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// TestAbsurdContracts: contracts that are small and mean much work are refused
// by name, or are no work.
func TestAbsurdContracts(t *testing.T) {
	t.Parallel()
	const n = 100_000
	deep := func(open, middle, closed string) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(closed, n)
	}
	xml := `"headers":{"Content-Type":"application/xml"},"body":"` + deep("<a>", "", "</a>") + `"`
	long := jsonText(deep("(", "", ")"))
	const body = `"method":"POST","body":{"a":1},`
	for _, tc := range []struct{ name, request, response, want string }{
		{"arrays", `"body":` + deep("[", "", "]"), ``, "nested too deeply: more than 512 levels"},
		{"objects", ``, `"body":` + deep(`{"a":`, "1", "}"), "nested too deeply: more than 512 levels"},
		{"rules", body + `"matchingRules":{"body":{"$.a":{"matchers":[` + deep(`{"match":"eachValue","rules":[`, `{"match":"type"}`, "]}") + `]}}}`, ``, "nested too deeply"},
		{"generators", ``, `"body":{"a":1},"generators":` + deep(`{"body":`, "{}", "}"), "nested too deeply"},
		{"an element", xml, ``, `interactions[0] "absurd": request: no request can match its body: elements are nested deeper than 512`},
		{"an element with generators", ``, xml + `,"generators":{"body":{"$.a.#text":{"type":"Uuid"}}}`, "response: cannot generate body $.a['#text']: the body is not valid XML: elements are nested deeper than 512"},
		{"a path", body + `"matchingRules":{"body":{"$` + strings.Repeat(".a", n) + `":{"matchers":[{"match":"type"}]}}}`, ``, ""},
		{"a wild path", body + `"matchingRules":{"body":{"$` + strings.Repeat(".*", n) + `":{"matchers":[{"match":"type"}]}}}`, ``, ""},
		{"an expression", body + `"matchingRules":{"body":{"$.a":{"matchers":[{"match":"regex","regex":` + long + `}]}}}`, ``, "has 200000 bytes: at most 65536 are compiled at body $.a"},
		{"a generated expression", ``, `"body":{"a":1},"generators":{"body":{"$.a":{"type":"Regex","regex":` + long + `}}}`, "has 200000 bytes: at most 65536 are compiled"},
		{"an address", ``, `"body":{"a":1},"generators":{"body":{"$.a":{"type":"MockServerURL","example":"x","regex":` + long + `}}}`, "has 200000 bytes: at most 65536 are compiled"},
		{"a long text", ``, `"body":{"a":1},"generators":{"body":{"$.a":{"type":"RandomString","size":2147483647}}}`, "a text of 2147483647 characters"},
		{"repetitions", ``, `"body":{"a":1},"generators":{"body":{"$.a":{"type":"Regex","regex":"((((a{1000}){1000}){1000}){1000})"}}}`, "cannot generate body $.a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			request := strings.TrimSuffix(`"path":"/",`+tc.request, ",")
			response := strings.TrimSuffix(`"status":200,`+tc.response, ",")
			doc, err := pact.Parse(document(3, fmt.Sprintf(`{"description":"absurd","request":{%s},"response":{%s}}`, request, response)))
			var es []*expectations.Expectation
			if err == nil {
				es, _, err = pact.Import(doc, pact.ImportOptions{})
			}
			switch {
			case tc.want == "" && (err != nil || len(es) != 1):
				t.Errorf("%d expectations, %v", len(es), err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error %.300v, want %q", err, tc.want)
			}
		})
	}
}

// TestManyInteractions: a contract of 100 000 interactions, of which many are
// the same, makes as many expectations, of ids of their own, which stay theirs
// when it is imported again.
func TestManyInteractions(t *testing.T) {
	t.Parallel()
	const n = 100_000
	list := make([]string, 0, n)
	for i := range n {
		list = append(list, fmt.Sprintf(`{"description":"d%d","request":{"path":"/%d"},"response":{"status":200}}`, i%10, i%1000))
	}
	doc := parsed(t, document(3, list...))
	ids := make(map[string]bool, n)
	set := expectations.NewSet(expectations.SetOptions{})
	for range 2 {
		es, skipped, err := pact.Import(doc, pact.ImportOptions{})
		if err != nil || len(skipped) != 0 {
			t.Fatalf("%d skipped, %v", len(skipped), err)
		}
		for _, e := range es {
			ids[e.ID] = true
		}
		if _, err := set.Put(es...); err != nil {
			t.Fatal(err)
		}
	}
	if len(ids) != n || set.Len() != n {
		t.Errorf("%d ids, %d expectations", len(ids), set.Len())
	}
}
