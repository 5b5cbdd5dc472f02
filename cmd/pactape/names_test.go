package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFreeName: no two providers' contracts share a file.
func TestFreeName(t *testing.T) {
	t.Parallel()
	taken := make(map[string]bool)
	var names []string
	for _, provider := range []string{"a/b", "a-b", "A-B", "c", "a-b-2"} {
		names = append(names, freeName(fileName(provider), taken))
	}
	want := []string{"a-b", "a-b-2", "A-B-3", "c", "a-b-2-2"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("file names (-want +got):\n%s", diff)
	}
}

// TestFlagChoices: a value that a shell offers is one that a command has a
// flag for.
func TestFlagChoices(t *testing.T) {
	t.Parallel()
	known := knownFlags(newRoot())
	for _, name := range slices.Sorted(maps.Keys(flagChoices)) {
		if !known[name] {
			t.Errorf("no command has --%s", name)
		}
	}
}
