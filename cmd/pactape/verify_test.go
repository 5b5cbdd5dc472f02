package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A contract that would fill the memory is refused before it is read.
func TestContractTooLong(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "huge.json")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 100<<20); err != nil {
		t.Fatal(err)
	}
	_, err := readContract(file)
	if err == nil || !strings.Contains(err.Error(), "huge.json is larger than 64 MiB, the most that is read of one file: divide what it holds among several") {
		t.Errorf("error %v", err)
	}
	if _, err := readContracts([]string{file}, nil); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("to be published: error %v", err)
	}
}

// Headers are read as we write them and as other Pact tools do.
func TestParseHeaders(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"Authorization: Bearer a=b": "Bearer a=b", "Authorization=Basic a:b=": "Basic a:b=", "Authorization:x": "x", "Authorization=": "",
	} {
		header, err := parseHeaders([]string{entry})
		if err != nil || header.Get("Authorization") != want || len(header) != 1 {
			t.Errorf("%q: %v, %v", entry, header, err)
		}
	}
	for _, entry := range []string{"", "secret", ": secret", "=secret"} {
		if _, err := parseHeaders([]string{entry}); err == nil || strings.Contains(err.Error(), "secret") && entry != "secret" {
			t.Errorf("%q: error %v", entry, err)
		}
	}
}
