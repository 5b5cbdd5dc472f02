package pact_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// differences are the cases in which we judge otherwise than the reference, and
// why: the lines of testdata/differences.txt, a name and a reason each. At most
// one case in a hundred may be listed.
func differences(t *testing.T) map[string]string {
	t.Helper()
	out := readDifferences(t)
	maps.DeleteFunc(out, func(name, _ string) bool { return strings.HasPrefix(name, ofGenerators) })
	return out
}

// ofGenerators begins the names of cases of generators.
const ofGenerators = "generator "

// generatorDifferences are the cases in which our generators do otherwise than
// the reference's, and why.
func generatorDifferences(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for name, reason := range readDifferences(t) {
		if own, ok := strings.CutPrefix(name, ofGenerators); ok {
			out[own] = reason
		}
	}
	return out
}

func readDifferences(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "differences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		name, reason, ok := strings.Cut(line, "\t")
		if !ok || reason == "" {
			t.Errorf("differences.txt: %q gives no reason", line)
		}
		out[name] = reason
	}
	return out
}
