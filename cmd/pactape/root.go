package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot builds the whole command tree. One row per subcommand.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "pactape",
		Short: "Record HTTP traffic as a proxy and turn it into contracts",
		Long: `pactape is a recording forward proxy. It captures the HTTP and HTTPS traffic of
a test run or a running system, turns it into response expectations, serves
them over a MockServer-compatible API, and exports, merges and verifies them as
Pact contracts.

Every flag can also be set by an environment variable (--max-body becomes
PACTAPE_MAX_BODY) or in a YAML config file (max-body: 1048576). A flag wins
over the environment, the environment over the file. serve also takes MockServer's
settings: its environment variables (MOCKSERVER_…), and mockserver.properties,
are weaker than all of these.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(*cobra.Command, []string) error {
			return &usageError{fmt.Errorf("a command is needed")}
		},
		Args: cobra.ArbitraryArgs,
	}
	root.Args = func(cmd *cobra.Command, args []string) error { return noCommand(cmd, args) }
	root.SuggestionsMinimumDistance = 2
	root.Version = version() // makes --version
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().String("home", "", "directory of the CA, keys and recordings (default: pactape in the user's config directory)")
	root.PersistentFlags().String("config", "", "YAML file with settings (default: config.yaml in the home directory, if there is one)")
	root.AddCommand(
		newServe(),
		newRun(),
		newExport(),
		newImport(),
		newVerify(),
		newPublish(),
		newCanIDeploy(),
		newCanIMerge(),
		newSession(),
		newCA(),
		newEnv(),
		newVersion(),
	)
	for _, r := range records() {
		root.AddCommand(new(recordCommand).command(r))
	}
	completeFlags(root)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return applySettings(cmd) }
	return root
}

// noCommand says of arguments that should have been a subcommand that they
// name none.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = cmd.Root().SuggestionsMinimumDistance
	hint := ""
	like := cmd.SuggestionsFor(args[0])
	switch {
	case !cmd.HasParent() && slices.Contains(foreignCommands(), args[0]):
		hint = " (it is one of the official pact-broker, which has it still)"
	case len(like) > 0:
		hint = fmt.Sprintf(" (did you mean %s?)", strings.Join(like, " or "))
	}
	if cmd.HasParent() {
		hint = " for " + cmd.Name() + hint
	}
	return &usageError{fmt.Errorf("unknown command %q%s", args[0], hint)}
}

// usage is what is printed after an error in the command line: how to call the
// command, and its subcommands; not the flags, which would push the error off
// the screen.
func usage(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.UsageString()
	}
	return fmt.Sprintf("Usage:\n  %s\n\nFlags and examples: %s --help\n", cmd.UseLine(), cmd.CommandPath())
}
