package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact/broker"
)

// A record is something about an environment that a broker is told, by a
// command of that name.
type record struct {
	name, short, long, example string
	// version and instance say whether it is about one.
	version, instance bool
	tell              func(*broker.Client, context.Context, broker.Stay) (jsondoc.Value, error)
	// told is what is printed then.
	told string
}

// records are the commands, one row each.
func records() []record {
	return []record{
		{
			name: "record-deployment", short: "Tell a Pact Broker that a version was deployed",
			long:    "record-deployment tells a Pact Broker that a version of an application was\ndeployed to an environment, in place of the one that was there.",
			example: "pactape record-deployment --pacticipant web --version $(git rev-parse HEAD) --environment production",
			version: true, instance: true, tell: (*broker.Client).RecordDeployment, told: "deployed to",
		},
		{
			name: "record-undeployment", short: "Tell a Pact Broker that an application is deployed no more",
			long:     "record-undeployment tells a Pact Broker that an application is deployed to an\nenvironment no more.",
			example:  "pactape record-undeployment --pacticipant web --environment production",
			instance: true, tell: (*broker.Client).RecordUndeployment, told: "undeployed from",
		},
		{
			name: "record-release", short: "Tell a Pact Broker that a version was released",
			long:    "record-release tells a Pact Broker that a version of an application was released\nto an environment, beside those that were there.",
			example: "pactape record-release --pacticipant app --version 1.4.2 --environment production",
			version: true, tell: (*broker.Client).RecordRelease, told: "released to",
		},
		{
			name: "record-support-ended", short: "Tell a Pact Broker that a released version is supported no more",
			long:    "record-support-ended tells a Pact Broker that a version of an application, which\nwas released to an environment, is supported there no more.",
			example: "pactape record-support-ended --pacticipant app --version 1.3.0 --environment production",
			version: true, tell: (*broker.Client).RecordSupportEnded, told: "no longer supported in",
		},
	}
}

// recordCommand is a subcommand that records something.
type recordCommand struct {
	broker   *brokerFlags
	upstream *upstreamFlags
	stay     broker.Stay
	output   string
	json     bool
}

func (c *recordCommand) command(r record) *cobra.Command {
	cmd := &cobra.Command{
		Use: r.name + " --pacticipant NAME --environment NAME", Short: r.short, Example: "  " + r.example, Args: noArgs,
		Long: r.long + "\n\nExit code 0: it is recorded; 2: it is not.",
	}
	flags := cmd.Flags()
	c.broker, c.upstream = addBrokerFlags(flags, true), addUpstreamFlags(flags)
	c.broker.log = addLogFlags(flags, "", "v")
	addBrokerTLSFlags(flags, c.upstream)
	flags.StringVarP(&c.stay.Application, "pacticipant", "a", "", "`name` of the application")
	flags.StringVar(&c.stay.Environment, "environment", "", "`name` of the environment")
	if r.version {
		cmd.Use = strings.Replace(cmd.Use, "--environment", "--version VERSION --environment", 1)
		flags.StringVarP(&c.stay.Version, "version", "e", "", "`version` of the application")
	}
	if r.instance {
		flags.StringVar(&c.stay.Instance, "application-instance", "", "`name` that tells it from other deployments of it in the environment")
		aliasFlags(flags, map[string]string{"target": "application-instance"})
	}
	flags.StringVarP(&c.output, "output", "o", "text", "text or json")
	flags.BoolVar(&c.json, "json", false, "the same as --output json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return c.run(cmd, r) }
	return cmd
}

func (c *recordCommand) run(cmd *cobra.Command, r record) error {
	for _, needed := range [...]struct {
		flag, value string
		wanted      bool
	}{{"pacticipant", c.stay.Application, true}, {"version", c.stay.Version, r.version}, {"environment", c.stay.Environment, true}} {
		if needed.wanted && needed.value == "" {
			return &usageError{fmt.Errorf("%s needs --%s", r.name, needed.flag)}
		}
	}
	if err := checkOutput(c.output); err != nil {
		return err
	}
	client, err := c.broker.client(cmd, c.upstream)
	if err != nil {
		return err
	}
	told, err := r.tell(client, cmd.Context(), c.stay)
	if err != nil {
		return err
	}
	if c.json || c.output == "json" {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", told.AppendIndent(nil, "  "))
		return nil
	}
	text := c.stay.Application
	if c.stay.Version != "" {
		text += " " + c.stay.Version
	}
	text += " is " + r.told + " " + c.stay.Environment
	if c.stay.Instance != "" {
		text += " (" + c.stay.Instance + ")"
	}
	_, _ = fmt.Fprintln(cmd.OutOrStdout(), text)
	return nil
}
