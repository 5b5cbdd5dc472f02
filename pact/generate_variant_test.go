package pact_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/pact"
)

// Generators that would not be applied are refused by name.
func TestGenerateInVariants(t *testing.T) {
	t.Parallel()
	const contract = `{"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[{"type":"Synchronous/HTTP",
		"description":"d","request":{"method":"POST","path":"/","body":{"contentType":"application/json","encoded":false,"content":[{"id":1}]},
		"matchingRules":{"body":{"$":{"matchers":[{"match":"arrayContains","variants":[{"index":0,
			"rules":{"$.id":{"matchers":[{"match":"integer"}]}}GENERATORS}]}]}}}},
		"response":{"status":200}}]}`
	for generators, refused := range map[string]bool{"": false, `,"generators":{}`: false, `,"generators":{"$.id":{"type":"RandomInt"}}`: true} {
		doc, err := pact.Parse([]byte(strings.Replace(contract, "GENERATORS", generators, 1)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = doc.Interactions[0].Request.Generate(pact.GenerateOptions{})
		if errors.Is(err, pact.ErrGenerator) != refused {
			t.Errorf("%q: got %v", generators, err)
		}
	}
}
