package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact/broker"
)

// deployCommand is the can-i-deploy subcommand.
type deployCommand struct {
	broker   *brokerFlags
	upstream *upstreamFlags

	what         participants
	environment  string
	to           string
	mainBranches bool
	merge        bool // it is can-i-merge
	retries      int
	interval     int // seconds
	dryRun       bool
	output       string
	json         bool
}

func newCanIDeploy() *cobra.Command { return new(deployCommand).command() }

func (d *deployCommand) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "can-i-deploy --pacticipant NAME --version VERSION --to-environment NAME",
		Short: "Ask a Pact Broker whether a version may be deployed",
		Long: `can-i-deploy asks a Pact Broker whether a version of an application has been
verified with all that it will meet where it is to be deployed. --version,
--latest, --tag, --branch and --main-branch belong to the --pacticipant before
them; --pacticipant may be repeated.

Exit code 0: yes (or --dry-run); 1: no, or not known yet; 2: could not ask.`,
		Example: `  pactape can-i-deploy --pacticipant web --version $(git rev-parse HEAD) --to-environment production \
      --retry-while-unknown 12 --retry-interval 10`,
		Args: noArgs,
	}
	d.addFlags(cmd.Flags())
	flags := cmd.Flags()
	flags.StringVar(&d.environment, "to-environment", "", "`name` of the environment to deploy to")
	flags.StringVar(&d.to, "to", "", "`tag` of what it is to fit, the older way to name an environment")
	flags.BoolVar(&d.mainBranches, "with-main-branches", false, "ask whether it fits the main branches of the others: may it be merged?")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return d.run(cmd) }
	return cmd
}

func newCanIMerge() *cobra.Command { return new(deployCommand).mergeCommand() }

func (d *deployCommand) mergeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "can-i-merge --pacticipant NAME --version VERSION",
		Short: "Ask a Pact Broker whether a version fits the main branches of the others",
		Long: `can-i-merge asks a Pact Broker whether a version of an application has been
verified with the main branch of all that it speaks to. It is can-i-deploy
--with-main-branches.

Exit code 0: yes (or --dry-run); 1: no, or not known yet; 2: could not ask.`,
		Example: `  pactape can-i-merge --pacticipant web --version $(git rev-parse HEAD)`,
		Args:    noArgs,
	}
	d.addFlags(cmd.Flags())
	d.mainBranches, d.merge = true, true
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return d.run(cmd) }
	return cmd
}

// addFlags adds those of both commands.
func (d *deployCommand) addFlags(flags *pflag.FlagSet) {
	d.broker, d.upstream = addBrokerFlags(flags, true), addUpstreamFlags(flags)
	d.broker.log = addLogFlags(flags, "", "v")
	addBrokerTLSFlags(flags, d.upstream)
	flags.VarP(d.what.value((*participants).name), "pacticipant", "a", "`name` of the application (repeatable)")
	flags.VarP(d.what.value((*participants).version), "version", "e", "`version` of it")
	latest := flags.VarPF(d.what.value((*participants).latest), "latest", "l", "its last version, or (--latest=TAG) its last version with a `tag`")
	latest.NoOptDefVal = "true"
	flags.Var(d.what.value((*participants).tag), "tag", "its versions with a `tag`")
	flags.Var(d.what.value((*participants).branch), "branch", "its last version of a `branch`")
	main := flags.VarPF(d.what.value((*participants).mainBranch), "main-branch", "", "its last version of its main branch")
	main.NoOptDefVal = "true"
	for _, not := range [...]string{"no-main-branch", "skip-main-branch"} {
		f := flags.VarPF(d.what.value((*participants).noMainBranch), not, "", "--main-branch=false")
		f.NoOptDefVal, f.Hidden = "true", true
	}
	flags.Var(&ignoredValue{&d.what}, "ignore", "`name` of an application to leave out, in one version if a --version follows, or NAME=VERSION (repeatable; default: PACT_BROKER_CAN_I_DEPLOY_IGNORE)")
	flags.IntVar(&d.retries, "retry-while-unknown", 0, "how many `times` to ask again while results are missing")
	flags.IntVar(&d.interval, "retry-interval", 10, "`seconds` between two times")
	flags.BoolVar(&d.dryRun, "dry-run", false, "exit 0 whatever the answer is (default: PACT_BROKER_CAN_I_DEPLOY_DRY_RUN)")
	flags.StringVarP(&d.output, "output", "o", "table", "table or json")
	negateFlags(flags, "dry-run")
	flags.BoolVar(&d.json, "json", false, "the same as --output json")
}

func (d *deployCommand) run(cmd *cobra.Command) error {
	gate, err := d.gate()
	if err != nil {
		return err
	}
	client, err := d.broker.client(cmd, d.upstream)
	if err != nil {
		return err
	}
	interval := time.Duration(d.interval) * time.Second
	m, err := client.AwaitDeploy(cmd.Context(), gate, broker.Patience{
		Times: d.retries, Interval: interval,
		Waiting: func(unknown, left int) {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "waiting for %d verification result(s), %s at most\n", unknown, time.Duration(left)*interval)
		},
	})
	if err != nil {
		return d.excuse(cmd, err)
	}
	if d.json || d.output == "json" {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", m.Value.AppendIndent(nil, "  "))
	} else {
		_, _ = fmt.Fprint(cmd.OutOrStdout(), matrixText(m, d.merge))
	}
	if m.Deployable {
		return nil
	}
	return d.excuse(cmd, errNo)
}

// excuse lets an error pass in a dry run.
func (d *deployCommand) excuse(cmd *cobra.Command, err error) error {
	if !d.dryRun && os.Getenv("PACT_BROKER_CAN_I_DEPLOY_DRY_RUN") != "true" {
		return err
	}
	if text := errorText(err); text != "" {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape:", text)
	}
	_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "dry run: the answer does not count")
	return nil
}

func (d *deployCommand) gate() (broker.Gate, error) {
	what, err := d.what.all()
	if err != nil {
		return broker.Gate{}, &usageError{err}
	}
	if d.output != "table" && d.output != "json" {
		return broker.Gate{}, &usageError{fmt.Errorf("--output %q: table or json is wanted", d.output)}
	}
	if d.retries < 0 || d.interval < 0 {
		return broker.Gate{}, &usageError{errors.New("--retry-while-unknown and --retry-interval are not below 0")}
	}
	g := broker.Gate{Participants: what, Environment: d.environment, ToTag: d.to, MainBranches: d.mainBranches}
	if len(d.what.ignored) == 0 {
		for _, entry := range splitList(os.Getenv("PACT_BROKER_CAN_I_DEPLOY_IGNORE")) {
			d.what.ignore(entry)
		}
	}
	g.Ignore = d.what.ignored
	return g, nil
}

// matrixText is the answer for people: the results, where they are to be
// found, and why the answer is what it is.
func matrixText(m *broker.Matrix, merge bool) string {
	var b strings.Builder
	if len(m.Rows) > 0 {
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "CONSUMER\tC.VERSION\tPROVIDER\tP.VERSION\tSUCCESS?\tRESULT")
		var links []string
		for _, row := range m.Rows {
			success, result := "???", "-"
			if row.Success != nil {
				success = fmt.Sprint(*row.Success)
			}
			if row.URL != "" {
				links = append(links, row.URL)
				result = fmt.Sprint(len(links))
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", row.Consumer, row.ConsumerVersion, row.Provider, row.ProviderVersion, success, result)
		}
		_ = table.Flush() // into memory
		b.WriteByte('\n')
		for i, link := range links {
			fmt.Fprintf(&b, "%d. %s\n", i+1, link)
		}
	}
	if len(m.Notices) == 0 && m.Reason != "" {
		fmt.Fprintln(&b, m.Reason)
	}
	printNotices(&b, m.Notices)
	deed := "deployed"
	if merge {
		deed = "merged"
	}
	verdict := "no: it cannot be " + deed
	switch {
	case m.Deployable:
		verdict = "yes: it can be " + deed
	case m.Unknown > 0:
		verdict = fmt.Sprintf("no: %d verification result(s) are missing", m.Unknown)
	}
	fmt.Fprintln(&b, verdict)
	return b.String()
}
