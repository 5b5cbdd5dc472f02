package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// officialTool is one of the official command line tools. They are found where
// npm installs them, beside the package pact's tests, or in the folder that
// PACTAPE_NATIVE_VERIFIER names.
func officialTool(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("PACTAPE_NATIVE_VERIFIER")
	if dir == "" {
		dir = filepath.Join("..", "..", "pact", "testdata", "native")
	}
	tool, err := filepath.Abs(filepath.Join(dir, "node_modules", ".bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal("the official tools are missing, and PACTAPE_E2E=require")
		}
		t.Skip("the official tools are missing (npm install in pact/testdata/native)")
	}
	return tool
}

// TestOfficialHelp: the tables know every option and every variable that the
// help of the official tools shows.
func TestOfficialHelp(t *testing.T) {
	t.Parallel()
	for command := range officialOptions() {
		tool := []string{"pact-broker", command, "--help"}
		if command == "verify" {
			tool = []string{"pact-verifier", "--help"}
		}
		cmd := exec.CommandContext(t.Context(), officialTool(t, tool[0]), tool[1:]...)
		cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
		help, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(tool, " "), err, help)
		}
		options, variables := readHelp(string(help))
		if len(options) < 15 || len(variables) < 3 {
			t.Errorf("%s: %d options and %d variables are found in the help:\n%s", command, len(options), len(variables), help)
		}
		for _, name := range options {
			if !inTable(command, name) {
				t.Errorf("%s: the option %s of %s is in no table", command, name, tool[0])
			}
		}
		for _, name := range variables {
			if !knownVariable(name) {
				t.Errorf("%s: the variable %s of %s is in no table", command, name, tool[0])
			}
		}
	}
}

// TestOfficialCommands: each command of pact-broker is one of ours, or its name
// is answered with who has it. Those that run a broker are no part of it.
func TestOfficialCommands(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), officialTool(t, "pact-broker"), "--help")
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	help, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, help)
	}
	found := regexp.MustCompile(`(?m)^  ([a-z-]+)  +\S`).FindAllStringSubmatch(string(help), -1)
	if len(found) < 20 {
		t.Fatalf("%d commands are found in the help:\n%s", len(found), help)
	}
	for _, name := range found {
		if slices.Contains([]string{"help", "ruby", "docker"}, name[1]) || slices.Contains(foreignCommands(), name[1]) {
			continue
		}
		if cmd, _, err := newRoot().Find([]string{name[1]}); err != nil || cmd.Name() != name[1] {
			t.Errorf("pactape knows nothing of pact-broker %s", name[1])
		}
	}
}

// readHelp finds the options and the variables in a help; what every command
// line has is left out.
func readHelp(help string) (options, variables []string) {
	option := regexp.MustCompile(`(?m)^ +(?:(-[a-zA-Z]), )?(--[a-z-]+)|\[alias(?:es)?: (--[a-z-]+)`)
	for _, found := range option.FindAllStringSubmatch(help, -1) {
		for _, name := range found[1:] {
			if name != "" && !slices.Contains([]string{"--help", "-h"}, name) || name == "-h" && found[2] != "--help" {
				options = append(options, name)
			}
		}
	}
	for _, found := range regexp.MustCompile(`\[env: ([A-Z_]+)=`).FindAllStringSubmatch(help, -1) {
		variables = append(variables, found[1])
	}
	return options, variables
}

// inTable says whether an option stands in the table of a command.
func inTable(command, name string) bool {
	if command == "verify" && (name == "-v" || name == "--version") {
		return true // it ends the command; a script has it
	}
	return slices.ContainsFunc(officialOptions()[command], func(o officialOption) bool {
		return slices.ContainsFunc(strings.Fields(o.official), func(word string) bool {
			word, _, _ = strings.Cut(word, "=")
			return word == name
		})
	})
}

// knownVariable says whether a variable of the official tools is one of ours.
// Those that are not of the verifiers alone are under test in scripts; those of
// OpenTelemetry mean nothing here.
func knownVariable(name string) bool {
	shared := []string{
		"PACT_BROKER_BASE_URL", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD", "PACT_BROKER_TOKEN", "PACT_BROKER_HTTP_RETRIES",
		"PACT_WEBHOOK_CALLBACK_URL", "PACT_PROVIDER_TRANSPORT", "PACT_PROVIDER_BASE_PATH",
		"SSL_CERT_FILE", "SSL_SKIP_VERIFICATION", "SSL_TRUST_STORE",
	}
	return strings.HasPrefix(name, "OTEL_") || slices.Contains(shared, name) ||
		slices.ContainsFunc(officialVariables(), func(row [3]string) bool { return row[0] == name })
}
