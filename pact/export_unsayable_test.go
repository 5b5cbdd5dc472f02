package pact_test

import (
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// What MockServer can ask for and a Pact cannot is left out by name; it never
// becomes a contract that asks for anything or nothing.
func TestExportUnsayable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, expectation string
		interactions      int
		skipped           string
	}{
		{
			"schema of a header", `{"httpRequest":{"path":"/a","headers":{"X-N":[{"schema":{"type":"integer"}}]}},"httpResponse":{}}`, 1,
			"request header X-N: a JSON schema cannot be said in a Pact",
		},
		{
			"schema of a path", `{"httpRequest":{"path":{"schema":{"type":"string","pattern":"^/a"}}},"httpResponse":{}}`, 0,
			"its path is a JSON schema",
		},
		{
			"schema of a method", `{"httpRequest":{"method":{"schema":{"enum":["GET"]}},"path":"/a"},"httpResponse":{}}`, 0,
			"its method is a JSON schema",
		},
		{
			"body by JSON schema", `{"httpRequest":{"path":"/a","body":{"type":"JSON_SCHEMA","jsonSchema":{"type":"object"}}},"httpResponse":{}}`, 0,
			"its body condition JSON_SCHEMA cannot be said in a Pact",
		},
		{
			"body by XPath", `{"httpRequest":{"path":"/a","body":{"type":"XPATH","xpath":"/a/b"}},"httpResponse":{}}`, 0,
			"its body condition XPATH cannot be said in a Pact",
		},
		{
			"answer from a file", `{"httpRequest":{"path":"/a"},"httpResponse":{"body":{"type":"FILE","filePath":"x.json"}}}`, 1,
			"response body: what a file holds is known only when it is sent",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			es, err := wire.DecodeExpectations([]byte(tt.expectation))
			if err != nil {
				t.Fatal(err)
			}
			doc, skipped := export(t, pact.ExportOptions{}, es...)
			if len(doc.Interactions) != tt.interactions || !strings.Contains(lines(skipped), tt.skipped) {
				t.Errorf("%d interactions, skipped %q; want %d and %q", len(doc.Interactions), lines(skipped), tt.interactions, tt.skipped)
			}
		})
	}
}
