package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/capture"
)

// flagChoices are the values of flags that take few, for the completion of
// shells.
var flagChoices = map[string][]string{
	"format":    {"pact", "expectations", "har", "openapi"},
	"infer":     {"none", "types", "formats", "strict"},
	"log-level": {"debug", "info", "warn", "error"},
	"mode":      {"SIMULATE", "SPY", "CAPTURE"},
	"output":    {"table", "json"},
	"semantics": {"pact"},
	"shell":     {"sh", "bash", "zsh", "fish", "powershell", "cmd"},
	"spec":      {"2", "3", "4"},
	"states":    {"auto", "none"},
	"write":     {"clean", "always"},
}

// completeFlags gives shells the values that the flags of a command, and of
// those below it, may have.
func completeFlags(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		switch choices := flagChoices[f.Name]; {
		case choices != nil:
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
		case f.Name == "session":
			_ = cmd.RegisterFlagCompletionFunc(f.Name, completeSession)
		case f.Name == "home" || f.Name == "data":
			_ = cmd.MarkFlagDirname(f.Name)
		case f.Name == "config":
			_ = cmd.MarkFlagFilename(f.Name, "yaml", "yml")
		}
	})
	for _, child := range cmd.Commands() {
		completeFlags(child)
	}
}

// completeSession gives the names of the sessions that were recorded.
func completeSession(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	const nothing = cobra.ShellCompDirectiveNoFileComp
	if applySettings(cmd) != nil { // what is amiss is said when the command runs
		return nil, nothing
	}
	home, err := homeDir(cmd.Flags())
	if err != nil {
		return nil, nothing
	}
	data, _ := cmd.Flags().GetString("data") // empty where there is no such flag
	recordings, err := capture.Open(capture.Options{Dir: (&captureFlags{data: data}).dir(home)})
	if err != nil {
		return nil, nothing
	}
	defer func() { _ = recordings.Close() }() // nothing was written
	infos, err := recordings.List()
	if err != nil {
		return nil, nothing
	}
	names := make([]string, 0, len(infos))
	for _, row := range sessionRows(infos) {
		names = append(names, row.Session)
	}
	return names, nothing
}
