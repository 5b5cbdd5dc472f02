package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A respelling is a flag of another Pact tool that cannot be one of ours,
// because here the word after it would be an argument, or the letter is taken.
type respelling struct {
	command, from, to string
	// takes says whether the word after the flag belongs to it.
	takes func(word string) bool
}

// respellings are the flags that are spelled anew before they are read. The
// letters without a word keep their meaning: -h alone is help.
func respellings() []respelling {
	anything := func(string) bool { return true }
	return []respelling{
		// pact-verifier -h HOST, pact-provider-verifier -h URL and -c URL.
		{"verify", "-h", "--provider-url", isURL},
		{"verify", "-h", "--hostname", anything},
		{"verify", "-c", "--state-url", isURL},
		// pact-provider-verifier -f FORMATTER, where -f is a file otherwise.
		{"verify", "-f", "--format", isFormatter},
		// pact-verifier --json FILE, where --json prints otherwise.
		{"verify", "--json", "--json-file", isReportFile},
		// pact-broker publish -h BRANCH.
		{"publish", "-h", "--branch", anything},
		// pact-broker can-i-deploy --latest [TAG].
		{"can-i-deploy", "-l", "--latest", anything},
		{"can-i-deploy", "--latest", "--latest", anything},
		{"can-i-merge", "-l", "--latest", anything},
		{"can-i-merge", "--latest", "--latest", anything},
	}
}

// isFormatter says whether a word is one of RSpec's formatters, and no file.
func isFormatter(word string) bool {
	_, err := os.Stat(word)
	return err != nil && slices.Contains(formatters(), word)
}

// isReportFile says whether a word names a report rather than a contract: what
// is not there yet, or the report of a run before.
func isReportFile(word string) bool {
	if isURL(word) || strings.ContainsAny(word, "*?[") {
		return false
	}
	info, err := os.Stat(word)
	if err != nil || info.IsDir() || info.Size() > maxContract {
		return err != nil
	}
	data, err := os.ReadFile(word)
	if err != nil {
		return false
	}
	report, err := jsondoc.Parse(data)
	if err != nil {
		return false
	}
	_, ok := report.Get("interactionResults")
	return ok
}

// respell spells the flags of other Pact tools in args as ours, for the
// commands that such tools have too. A truth value may be a word of its own
// (--enable-pending true).
func respell(root *cobra.Command, args []string) []string {
	cmd, _, err := root.Find(args)
	if err != nil || !isPactCommand(cmd) {
		return args
	}
	args = slices.Clone(args)
	out := make([]string, 0, len(args))
	const alone = 2 // verify -v
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		name, word, joined := strings.Cut(args[i], "=")
		if name == "-v" && cmd.Name() == "verify" && (joined || len(args) > alone) {
			// It is --verbose of pact-provider-verifier: a version in place of
			// the verification that was asked for would be taken for success.
			name = "--verbose"
			args[i] = strings.Replace(args[i], "-v", name, 1)
		}
		if !joined && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			word = args[i+1]
		}
		to := respelled(cmd, name, word)
		switch {
		case word == "" || to == "":
			out = append(out, args[i])
			continue
		case !joined:
			i++
		}
		out = append(out, to+"="+word)
	}
	return out
}

// respelled is our flag for one of another tool with a word; empty if it is
// ours already.
func respelled(cmd *cobra.Command, name, word string) string {
	for _, r := range respellings() {
		if r.command == cmd.Name() && r.from == name && r.takes(word) {
			return r.to
		}
	}
	long, ok := strings.CutPrefix(name, "--")
	if !ok || word != "true" && word != "false" {
		return ""
	}
	if f := cmd.Flags().Lookup(long); f != nil && f.NoOptDefVal == "true" {
		return name
	}
	return ""
}

// isPactCommand says whether the official tools have the command too.
func isPactCommand(cmd *cobra.Command) bool {
	return slices.Contains([]string{"verify", "publish", "can-i-deploy", "can-i-merge"}, cmd.Name()) || strings.HasPrefix(cmd.Name(), "record-")
}

// absentFlags are the flags of other Pact tools that are left out on purpose,
// with what to do about them.
func absentFlags() map[string]string {
	const (
		telemetry = "pactape sends no telemetry; leave the flag out"
		ruby      = "it names Ruby code, which pactape does not run; --header changes what is sent to the provider"
	)
	return map[string]string{
		"enable-otel": telemetry, "enable-otel-logs": telemetry, "enable-otel-traces": telemetry,
		"otel-exporter": telemetry, "otel-exporter-endpoint": telemetry, "otel-exporter-protocol": telemetry,
		"custom-middleware": ruby, "monkeypatch": ruby,
		"xslt":    "--html makes its page without XSLT; make another from --json-file or --junit",
		"log-dir": "the log goes to standard error; send that to a file, and say how much by --log-level",
	}
}

// foreignCommands are those of pact-broker that are left to it.
func foreignCommands() []string {
	return []string{
		"list-latest-pact-versions", "get-pacts", "create-environment", "update-environment", "delete-environment", "describe-environment",
		"list-environments", "create-or-update-pacticipant", "describe-pacticipant", "list-pacticipants", "create-webhook",
		"create-or-update-webhook", "delete-webhook", "test-webhook", "delete-branch", "create-version-tag", "delete-version-tag",
		"describe-version", "create-or-update-version", "generate-uuid", "provider-states",
	}
}

// flagError explains a command line that cannot be read: what a flag that does
// not exist may have been meant to be.
func flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return noCommand(cmd, words) // whose flags they would be
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || unknown.GetSpecifiedShortnames() != "" {
		return &usageError{err}
	}
	name := unknown.GetSpecifiedName()
	if why := absentFlags()[name]; why != "" && isPactCommand(cmd) {
		return &usageError{fmt.Errorf("--%s is not for pactape: %s", name, why)}
	}
	// Flags are as like as commands are.
	like := &cobra.Command{SuggestionsMinimumDistance: cmd.Root().SuggestionsMinimumDistance}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			like.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	if found := like.SuggestionsFor(name); len(found) > 0 {
		const most = 3
		err = fmt.Errorf("%w (did you mean --%s?)", err, strings.Join(found[:min(most, len(found))], " or --"))
	}
	return &usageError{err}
}
