package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// officialVariables are those of the verifiers, and what they say in our words.
func officialVariables() [][3]string {
	return [][3]string{
		{"PACT_VERIFIER_JSON_REPORT", "r.json", "--json-file r.json"},
		{"PACT_VERIFIER_JUNIT_REPORT", "r.xml", "--junit r.xml"},
		{"PACT_VERIFIER_HTML_REPORT", "r.html", "--html r.html"},
		{"PACT_PROVIDER_HOSTNAME", "h", "--provider-url http://h"},
		{"PACT_PROVIDER_PORT", "81", "--provider-url http://localhost:81"},
		{"PACT_PROVIDER_NAME", "n", "--provider n"},
		{"PACT_PROVIDER_REQUEST_TIMEOUT", "1500", "--timeout 1500ms"},
		{"PACT_PROVIDER_STATE_CHANGE_URL", "http://s", "--state-url http://s"},
		{"PACT_PROVIDER_STATE_CHANGE_AS_QUERY", "true", "--state-as-query"},
		{"PACT_PROVIDER_STATE_CHANGE_TEARDOWN", "1", "--state-teardown"},
		{"PACT_DESCRIPTION", "x", "--filter-description x"},
		{"PACT_PROVIDER_STATE", "x", "--filter-state x"},
		{"PACT_PROVIDER_NO_STATE", "true", "--filter-no-state"},
		{"PACT_BROKER_PUBLISH_VERIFICATION_RESULTS", "true", "--publish-results"},
		{"VERBOSE", "true", "--verbose"},
	}
}

// TestOfficialVariables: the environment variables of the verifiers say what our
// flags say. It runs alone, for the environment is everybody's.
func TestOfficialVariables(t *testing.T) {
	for _, row := range officialVariables() {
		variable, value, words := row[0], row[1], row[2]
		t.Run(variable, func(t *testing.T) {
			ours := meaning(t, "verify", strings.Fields(words))
			if cmp.Equal(meaning(t, "verify", nil), ours, hidden()) {
				t.Errorf("%s has no effect", words)
			}
			t.Setenv(variable, value)
			if diff := cmp.Diff(ours, meaning(t, "verify", nil), hidden()); diff != "" {
				t.Errorf("%s=%s is not what %s is (-ours +variable):\n%s", variable, value, words, diff)
			}
			t.Setenv(variable, "")
		})
	}
	t.Run("parts of a URL", func(t *testing.T) {
		t.Setenv("PACT_PROVIDER_HOSTNAME", "h")
		t.Setenv("PACT_PROVIDER_TRANSPORT", "https")
		t.Setenv("PACT_PROVIDER_BASE_PATH", "/a")
		if diff := cmp.Diff(meaning(t, "verify", strings.Fields("--provider-url https://h/a")), meaning(t, "verify", nil), hidden()); diff != "" {
			t.Errorf("(-ours +variables):\n%s", diff)
		}
	})
}
