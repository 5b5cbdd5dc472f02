package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// verifyCommand is the verify subcommand.
type verifyCommand struct {
	server   *serverClient
	upstream *upstreamFlags
	states   *stateFlags
	broker   *brokerVerify

	providerURL string
	headers     []string
	timeout     time.Duration
	session     string
	host        string
	semantics   string
	json        bool
}

func newVerify() *cobra.Command {
	v := new(verifyCommand)
	cmd := &cobra.Command{
		Use:   "verify [flags] [CONTRACT...]",
		Short: "Verify contracts against a live provider, or against a running pactape",
		Long: `verify judges contracts: Pact files, directories of them, or without either
those that a Pact Broker (--broker-url) has for a provider (--provider).

With --provider-url it sends each interaction's request to the provider and
compares the answer. With --server it asks a running pactape whether its active
expectations answer as the contract says. --publish-results tells the broker.
Options have the names that other Pact tools give them.

Exit code 0: everything holds, or what does not is pending; 1: something does
not; 2: could not run.`,
		Example: `  pactape verify contracts/web-orders.json --provider-url https://staging.example.com \
      --header "Authorization: Bearer $TOKEN"
  pactape verify contracts --server http://127.0.0.1:1080
  pactape verify --broker-url https://broker.example.com --provider orders --provider-url http://127.0.0.1:8080 \
      --main-branch --deployed-or-released --enable-pending --publish-results`,
	}
	flags := cmd.Flags()
	v.server, v.upstream, v.broker = addServerFlags(flags), addUpstreamFlags(flags), addBrokerVerifyFlags(flags)
	v.states = addStateFlags(flags)
	flags.StringVar(&v.providerURL, "provider-url", "", "`URL` of the provider; a path in it is put before each path")
	flags.StringArrayVar(&v.headers, "header", nil, "`'Name: value'` to send with every request, in place of the contract's (repeatable)")
	flags.DurationVar(&v.timeout, "timeout", 30*time.Second, "how long the provider may take for one interaction")
	flags.StringVar(&v.session, "session", "", "with --server: `name` of the session to ask")
	flags.StringVar(&v.host, "host", "", "with --server: only expectations of this upstream `host`")
	flags.StringVar(&v.semantics, "semantics", "", "with --server: pact judges every response as Pact does")
	flags.BoolVar(&v.json, "json", false, "print the result as JSON")
	cmd.RunE = v.run
	return cmd
}

func (v *verifyCommand) run(cmd *cobra.Command, args []string) error {
	if (v.providerURL == "") == (v.server.base == "") {
		return &usageError{errors.New("verify needs either --provider-url or --server")}
	}
	judge, err := v.judge()
	if err != nil {
		return err
	}
	contracts, err := v.contracts(cmd, args)
	if err != nil {
		return err
	}
	return v.judgeAll(cmd, contracts, judge)
}

// A verdict is the result of one contract, ready to be printed.
type verdict struct {
	holds  bool
	json   jsondoc.Value
	text   string
	result *pact.Result // nil where a server judged
}

// A judge decides on the contract in data.
type judge func(ctx context.Context, data []byte) (verdict, error)

// judgeAll prints the verdict on each contract. What cannot be judged does not
// keep the others from being.
func (v *verifyCommand) judgeAll(cmd *cobra.Command, contracts []contract, judge judge) error {
	var errs []error
	holds := true
	results := jsondoc.Array()
	for _, c := range contracts {
		data, err := c.read(cmd.Context())
		if err != nil {
			errs = append(errs, err)
			continue
		}
		result, err := judge(cmd.Context(), data)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.name, err))
			continue
		}
		report := append([]jsondoc.Member{jsondoc.M("contract", jsondoc.String(c.name))}, c.facts...)
		results.Items = append(results.Items, jsondoc.Object(append(report, jsondoc.M("result", result.json))...))
		if !v.json {
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s", c.name, result.text)
		}
		counts := true
		if c.settle != nil {
			if counts, err = c.settle(cmd.Context(), result); err != nil {
				errs = append(errs, err)
			}
		}
		holds = holds && (result.holds || !counts)
	}
	if v.json {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", results.AppendIndent(nil, "  "))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if !holds {
		return errNo
	}
	return nil
}

// contractFiles are the files named, and the .json files of the directories
// named.
func contractFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("read contract: %w", err)
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, fmt.Errorf("read contracts: %w", err)
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || filepath.Ext(e.Name()) != ".json" })
		if len(entries) == 0 {
			return nil, fmt.Errorf("there is no contract (*.json) in %s", arg)
		}
		for _, e := range entries {
			files = append(files, filepath.Join(arg, e.Name()))
		}
	}
	return files, nil
}

// judge is the provider's or the server's.
func (v *verifyCommand) judge() (judge, error) {
	if v.server.base != "" {
		return v.askServer, nil
	}
	if _, err := parseURL("--provider-url", v.providerURL); err != nil {
		return nil, err
	}
	headers, err := parseHeaders(v.headers)
	if err != nil {
		return nil, err
	}
	transport, err := v.upstream.transport(nil)
	if err != nil {
		return nil, err
	}
	o := verifier.Options{ProviderURL: v.providerURL, Header: headers, Transport: transport, Timeout: v.timeout}
	if err := v.states.set(&o); err != nil {
		return nil, err
	}
	return func(ctx context.Context, data []byte) (verdict, error) { return askProvider(ctx, data, o) }, nil
}

func askProvider(ctx context.Context, data []byte, o verifier.Options) (verdict, error) {
	doc, err := pact.Parse(data)
	if err != nil {
		return verdict{}, err
	}
	result, err := verifier.Run(ctx, doc, o)
	if err != nil {
		return verdict{}, err
	}
	var text strings.Builder
	if err := verifier.Print(&text, doc, result); err != nil {
		return verdict{}, err
	}
	return verdict{result.Verified, result.JSON(), text.String(), result}, nil
}

// askServer has a running pactape judge by its active expectations.
func (v *verifyCommand) askServer(ctx context.Context, data []byte) (verdict, error) {
	query := url.Values{"session": {v.session}, "host": {v.host}, "semantics": {v.semantics}}
	reply, err := v.server.put(ctx, "pact/verify", query, data)
	if err != nil {
		return verdict{}, err
	}
	result, err := jsondoc.Parse(reply.body)
	if err != nil {
		return verdict{}, fmt.Errorf("the server's answer is not JSON; is it a pactape? %w", err)
	}
	return verdict{reply.status == http.StatusAccepted, result, serverText(result), nil}, nil
}

// serverText prints a server's result a line an interaction.
func serverText(result jsondoc.Value) string {
	var b strings.Builder
	list, _ := result.Get("interactions")
	for _, interaction := range list.Items {
		description, _ := interaction.Get("description")
		verified, _ := interaction.Get("verified")
		mark := "ok    "
		if !verified.Bool {
			mark = "FAILED"
		}
		fmt.Fprintf(&b, "  %s %s\n", mark, description.Text)
		if reason, ok := interaction.Get("reason"); ok {
			fmt.Fprintf(&b, "         %s\n", reason.Text)
		}
	}
	return b.String()
}

// parseHeaders reads 'Name: value' entries.
func parseHeaders(entries []string) (http.Header, error) {
	header := make(http.Header, len(entries))
	for _, entry := range entries {
		name, value, ok := strings.Cut(entry, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			// The value is not repeated: it may be a secret.
			return nil, &usageError{fmt.Errorf("--header %q: 'Name: value' is wanted", cmp.Or(name, "(empty)"))}
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil
}
