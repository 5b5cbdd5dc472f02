package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
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

	pacts                    []string
	providerURL              string
	headers                  []string
	timeout                  time.Duration
	retries, parallel        int
	stopAtFirst, lastFailed  bool
	follow                   bool
	session, host, semantics string
	foreign                  foreignFlags

	filterDescription, filterState string
	filterNoState                  bool
	filterConsumers                []string

	json                bool
	jsonFile, junitFile string
	htmlFile            string
	annotate, noColor   bool
}

func newVerify() *cobra.Command { return new(verifyCommand).command() }

func (v *verifyCommand) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "verify [flags] [CONTRACT...]",
		SuggestFor: []string{"verifier", "pact-verifier"},
		Short:      "Verify contracts against a live provider, or against a running pactape",
		Long: `verify judges contracts: Pact files, directories of them, URLs, or without any
those that a Pact Broker (--broker-url) has for a provider (--provider).

With --provider-url it sends each interaction's request to the provider and
compares the answer. With --server it asks a running pactape whether its active
expectations answer as the contract says. --publish-results tells the broker.
A command line written for pact-verifier or pact-provider-verifier means the
same here.

Exit code 0: everything holds, or what does not is pending; 1: something does
not; 2: could not run.`,
		Example: `  pactape verify contracts/web-orders.json --provider-url https://staging.example.com \
      --header "Authorization: Bearer $TOKEN"
  pactape verify contracts --server http://127.0.0.1:1080
  pactape verify --broker-url https://broker.example.com --provider orders --provider-url http://127.0.0.1:8080 \
      --main-branch --deployed-or-released --enable-pending --publish-results`,
	}
	cmd.Version = version() // makes --version and -v
	v.addFlags(cmd.Flags())
	cmd.RunE = v.run
	return cmd
}

func (v *verifyCommand) run(cmd *cobra.Command, args []string) error {
	args = v.foreign.takeTransports(args)
	if err := v.complete(); err != nil {
		return err
	}
	if (v.providerURL == "") == (v.server.base == "") {
		return &usageError{errors.New("verify needs either --provider-url or --server")}
	}
	judge, err := v.judge(cmd)
	if err != nil {
		return err
	}
	if hook := os.Getenv("PACT_WEBHOOK_CALLBACK_URL"); hook != "" && len(v.pacts)+len(args) == 0 {
		v.pacts = []string{hook} // what a broker's webhook names is verified alone
	}
	contracts, err := v.contracts(cmd, args)
	if err != nil {
		return err
	}
	return v.judgeAll(cmd, contracts, judge)
}

// A verdict is the result of one contract, ready to be printed.
type verdict struct {
	holds bool
	json  jsondoc.Value
	text  string
	plain string // text without colours
	// parties says between whom the contract is; empty if nobody looked.
	parties string
	result  *pact.Result // nil where a server judged
}

// A judge decides on the contract in data.
type judge func(ctx context.Context, data []byte) (verdict, error)

// judgeAll prints the verdict on each contract. What cannot be judged does not
// keep the others from being.
func (v *verifyCommand) judgeAll(cmd *cobra.Command, contracts []contract, judge judge) error {
	report := verifyReport{command: v, contracts: jsondoc.Array()}
	var errs []error
	holds := true
	for _, c := range contracts {
		counts, err := v.judgeOne(cmd, c, judge, &report)
		if err != nil {
			errs = append(errs, err)
		}
		holds = holds && counts
		if v.stopAtFirst && (err != nil || !counts) {
			break
		}
	}
	if report.interactions == 0 && len(errs) == 0 && len(contracts) > 0 && v.server.base == "" {
		if err := v.nothing(); err != nil {
			errs = append(errs, err)
		}
	}
	if len(report.suites) > 1 {
		total := "\n" + report.total() + "\n"
		report.tell(cmd, total, total)
	}
	if err := report.write(cmd); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if !holds {
		return errNo
	}
	return nil
}

// judgeOne judges one contract; holds is false if it does not hold and that
// counts.
func (v *verifyCommand) judgeOne(cmd *cobra.Command, c contract, judge judge, report *verifyReport) (holds bool, err error) {
	data, err := c.read(cmd.Context())
	if err != nil {
		report.failed(c, err)
		return true, err
	}
	result, err := judge(cmd.Context(), data)
	if err != nil {
		report.failed(c, err)
		return true, fmt.Errorf("%s: %w", c.name, err)
	}
	report.judged(c, result)
	report.tell(cmd, c.name+"\n"+result.text, c.name+"\n"+result.plain)
	counts := true
	if c.settle != nil {
		counts, err = c.settle(cmd.Context(), result)
	}
	return result.holds || !counts, err
}

// nothing is the error that nothing was verified, unless that is fine.
func (v *verifyCommand) nothing() error {
	if !v.broker.wantsPacts() || v.lastFailed {
		return nil // nothing failed the last time
	}
	if v.filtered() {
		return errors.New("no interaction matches the filters (--fail-if-no-pacts=false lets that pass)")
	}
	return errors.New("there is no interaction to verify (--fail-if-no-pacts=false lets that pass)")
}

// judge is the provider's or the server's.
func (v *verifyCommand) judge(cmd *cobra.Command) (judge, error) {
	if v.server.base != "" {
		return v.askServer, nil
	}
	provider, err := parseURL("--provider-url", v.providerURL)
	if err != nil {
		return nil, err
	}
	transports, err := v.foreign.bases(provider)
	if err != nil {
		return nil, err
	}
	headers, err := parseHeaders(v.headers)
	if err != nil {
		return nil, err
	}
	_, transport, err := v.broker.transport(cmd, v.upstream)
	if err != nil {
		return nil, err
	}
	o := verifier.Options{
		ProviderURL: v.providerURL, Transports: transports, Header: headers, Transport: transport, Timeout: v.timeout,
		Retries: v.retries, Parallel: v.parallel, FollowRedirects: v.follow, StopAtFirst: v.stopAtFirst,
	}
	if v.foreign.wait > 0 {
		o.AwaitUntil = time.Now().Add(time.Duration(v.foreign.wait) * time.Second)
	}
	if err := v.states.set(&o); err != nil {
		return nil, err
	}
	filter, err := v.filter()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, data []byte) (verdict, error) { return v.askProvider(ctx, data, filter, o) }, nil
}

func (v *verifyCommand) askProvider(ctx context.Context, data []byte, filter verifier.Filter, o verifier.Options) (verdict, error) {
	doc, err := pact.Parse(data)
	if err != nil {
		return verdict{}, err
	}
	if len(doc.Interactions) == 0 && v.broker.wantsPacts() {
		return verdict{}, errors.New("the contract has no interactions (--fail-if-no-pacts=false lets that pass)")
	}
	doc = filter.Apply(doc)
	result, err := verifier.Run(ctx, doc, o)
	if err != nil {
		return verdict{}, err
	}
	var text, plain strings.Builder
	err = errors.Join((verifier.Printer{Color: v.color()}).Print(&text, doc, result), verifier.Print(&plain, doc, result))
	if err != nil {
		return verdict{}, err
	}
	return verdict{result.Holds(), result.JSON(), text.String(), plain.String(), doc.Consumer + " and " + doc.Provider, result}, nil
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
	text := serverText(result)
	return verdict{reply.status == http.StatusAccepted, result, text, text, "", nil}, nil
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

// parseHeaders reads 'Name: value' entries, or NAME=VALUE ones as other Pact
// tools have them; no name holds either sign.
func parseHeaders(entries []string) (http.Header, error) {
	header := make(http.Header, len(entries))
	for _, entry := range entries {
		name, value, ok := strings.Cut(entry, ":")
		if before, after, found := strings.Cut(entry, "="); found && (!ok || len(before) < len(name)) {
			name, value, ok = before, after, true
		}
		if name = strings.TrimSpace(name); !ok || name == "" {
			// The value is not repeated: it may be a secret.
			return nil, &usageError{fmt.Errorf("--header %q: 'Name: value' is wanted", cmp.Or(name, "(empty)"))}
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil
}
