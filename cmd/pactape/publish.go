package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/broker"
)

// publishCommand is the publish subcommand.
type publishCommand struct {
	broker   *brokerFlags
	upstream *upstreamFlags
	version  versionFlags
	merge    bool
	json     bool
	output   string
	// validate looks contracts over before they are sent; strict wants no
	// warnings either.
	validate, strict bool
}

func newPublish() *cobra.Command { return new(publishCommand).command() }

func (p *publishCommand) command() *cobra.Command {
	p.version.flag = "consumer-app-version"
	cmd := &cobra.Command{
		Use:   "publish [flags] CONTRACT...",
		Short: "Publish contracts to a Pact Broker",
		Long: `publish sends contracts to a Pact Broker: Pact files, directories of them, or
patterns (contracts/**/*.json). All are read before the first is sent; those of one
consumer go in one call.

The version, the branch and the build URL are those of the CI system, or of git,
unless given. A command line written for pact-broker publish means the same
here.

Exit code 0: all are published; 2: not all are, the rest is named.`,
		Example: `  pactape publish contracts --broker-url https://broker.example.com
  pactape publish contracts/web-orders.json -b $BROKER -k $TOKEN -a 1.4.2 --branch main`,
	}
	flags := cmd.Flags()
	p.broker, p.upstream = addBrokerFlags(flags, true), addUpstreamFlags(flags)
	p.broker.log = addLogFlags(flags, "", "v")
	addBrokerTLSFlags(flags, p.upstream)
	flags.StringVarP(&p.version.number, "consumer-app-version", "a", "", "`version` of the consumer (default: the commit)")
	flags.StringVar(&p.version.branch, "branch", "", "`name` of the consumer's branch (default: the current one)")
	flags.StringSliceVarP(&p.version.tags, "tag", "t", nil, "`tag` of the consumer's version (repeatable, or with commas)")
	p.version.addCommonFlags(flags, "r")
	flags.BoolVar(&p.merge, "merge", false, "join with what is published for this version, rather than replace it")
	flags.BoolVar(&p.validate, "validate", false, "look the contracts over first: nothing is published if an interaction of one can never hold")
	flags.BoolVar(&p.strict, "strict", false, "the same, and nothing is published with a warning either")
	flags.BoolVar(&p.json, "json", false, "print the result as JSON")
	flags.StringVarP(&p.output, "output", "o", "text", "text or json")
	hideFlags(flags, "output") // it is --json here
	negateFlags(flags, "merge", "validate", "strict")
	aliasFlags(flags, map[string]string{"consumer-version": "consumer-app-version", "consumer-version-tag": "tag"})
	cmd.RunE = p.run
	return cmd
}

func (p *publishCommand) run(cmd *cobra.Command, args []string) error {
	if err := checkOutput(p.output); err != nil {
		return err
	}
	p.json = p.json || p.output == "json"
	if len(args) == 0 {
		return &usageError{errors.New("publish needs a contract: a file or a directory")}
	}
	contracts, err := readContracts(args, p.check(cmd))
	if err != nil {
		return err
	}
	client, err := p.broker.client(cmd, p.upstream)
	if err != nil {
		return err
	}
	v, err := p.version.version(cmd.Context(), true)
	if err != nil {
		return err
	}
	result, err := client.Publish(cmd.Context(), broker.Publication{Version: v, Merge: p.merge, Contracts: contracts})
	printNotices(cmd.ErrOrStderr(), result.Notices)
	p.print(cmd, v, result)
	if err != nil && len(result.Published) > 0 {
		return fmt.Errorf("%d of %d contracts are published: %w", len(result.Published), len(contracts), err)
	}
	return err
}

// checkOutput says whether --output is one that there is; pretty is the official
// broker client's word for text.
func checkOutput(output string) error {
	if !slices.Contains([]string{"text", "json", "pretty"}, output) {
		return &usageError{fmt.Errorf("--output %q: text or json is wanted", output)}
	}
	return nil
}

// check looks over a contract, and tells on stderr what there is to tell; nil
// if that is not wanted.
func (p *publishCommand) check(cmd *cobra.Command) func(file string, data []byte) error {
	if !p.validate && !p.strict {
		return nil
	}
	return func(file string, data []byte) error {
		issues, err := pact.Check(data)
		if err != nil {
			return err
		}
		refused := 0
		for _, issue := range issues {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", file, issue)
			if issue.Fault || p.strict {
				refused++
			}
		}
		if refused > 0 {
			return fmt.Errorf("not valid: %s, see above", plural(refused, "issue"))
		}
		return nil
	}
}

// readContracts reads all contracts named before any is published, and has each
// looked over if check is not nil.
func readContracts(args []string, check func(file string, data []byte) error) ([]broker.Contract, error) {
	args, err := expandPatterns(args)
	if err != nil {
		return nil, err
	}
	files, err := contractFiles(args)
	if err != nil {
		return nil, err
	}
	contracts := make([]broker.Contract, 0, len(files))
	var invalid []error
	for _, file := range files {
		data, err := readContract(file)
		if err != nil {
			return nil, err
		}
		contract, err := broker.ReadContract(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if check != nil {
			if err := check(file, data); err != nil {
				invalid = append(invalid, fmt.Errorf("%s: %w", file, err))
			}
		}
		contracts = append(contracts, contract)
	}
	return contracts, errors.Join(invalid...)
}

// expandPatterns expands what a shell left, as shells on Windows do, and ** as
// the official broker client does.
func expandPatterns(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if _, err := os.Stat(arg); err == nil || !strings.ContainsAny(arg, "*?[") {
			out = append(out, arg)
			continue
		}
		var o []doublestar.GlobOption
		if strings.Contains(arg, "**") {
			o = append(o, doublestar.WithFilesOnly()) // the directories among them hold what is found anyhow
		}
		found, err := doublestar.FilepathGlob(arg, o...)
		if err != nil {
			return nil, &usageError{fmt.Errorf("%s: %w", arg, err)}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("there is no contract %s", arg)
		}
		out = append(out, found...)
	}
	return out, nil
}

func (p *publishCommand) print(cmd *cobra.Command, v broker.Version, result *broker.PublishResult) {
	published := jsondoc.Array()
	for _, done := range result.Published {
		published.Items = append(published.Items, jsondoc.Object(
			jsondoc.M("consumer", jsondoc.String(done.Consumer)), jsondoc.M("provider", jsondoc.String(done.Provider)),
			jsondoc.M("version", jsondoc.String(v.Number)), jsondoc.M("url", jsondoc.String(done.URL)),
		))
		if !p.json {
			_, _ = fmt.Fprintln(cmd.OutOrStdout(), describePublished(v, done))
		}
	}
	if p.json {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", jsondoc.Object(jsondoc.M("published", published)).AppendIndent(nil, "  "))
	}
}

func describePublished(v broker.Version, done broker.Published) string {
	text := fmt.Sprintf("published %s -> %s, version %s", done.Consumer, done.Provider, v.Number)
	if v.Branch != "" {
		text += ", branch " + v.Branch
	}
	if len(v.Tags) > 0 {
		text += ", tags " + strings.Join(v.Tags, ", ")
	}
	if done.URL != "" {
		text += "\n  " + done.URL
	}
	return text
}
