package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact/verifier"
)

// addFlags adds the flags of verify.
func (v *verifyCommand) addFlags(flags *pflag.FlagSet) {
	v.server, v.upstream, v.broker = addServerFlags(flags), addUpstreamFlags(flags), addBrokerVerifyFlags(flags)
	v.states, v.broker.log = addStateFlags(flags), addLogFlags(flags, "l", "")
	flags.StringArrayVar(&v.pacts, "pact", nil, "contract to verify: a `file`, a directory or a URL (repeatable; arguments are the same)")
	flags.StringVar(&v.providerURL, "provider-url", "", "`URL` of the provider; a path in it is put before each path")
	flags.StringArrayVarP(&v.headers, "header", "H", nil, "`'Name: value'` to send with every request, in place of the contract's (repeatable)")
	flags.DurationVar(&v.timeout, "timeout", 30*time.Second, "how long the provider may take for one interaction")
	flags.IntVar(&v.retries, "provider-retries", 0, "how often a request is sent again while nobody listens at the provider's address")
	flags.BoolVar(&v.follow, "follow-redirects", false, "judge what a redirect of the provider leads to, not the redirect")
	flags.IntVar(&v.parallel, "parallel", 1, "how many interactions are verified at once; those with states stay one by one where --state-url brings them about")
	flags.BoolVar(&v.lastFailed, "last-failed", false, "with --provider-url: verify what failed according to --json-file, the report of the run before")
	flags.BoolVar(&v.stopAtFirst, "exit-on-first-error", false, "with --provider-url: leave out what comes after the first interaction that fails")
	flags.StringVar(&v.filterDescription, "filter-description", "", "verify interactions whose description this `expression` matches (default: PACT_DESCRIPTION)")
	flags.StringVar(&v.filterState, "filter-state", "", "verify interactions with a provider state that this `expression` matches (default: PACT_PROVIDER_STATE)")
	flags.BoolVar(&v.filterNoState, "filter-no-state", false, "verify interactions that have no provider state (default: PACT_PROVIDER_NO_STATE)")
	flags.StringArrayVarP(&v.filterConsumers, "filter-consumer", "c", nil, "verify contracts of the consumer with this `name` (repeatable)")
	flags.StringVar(&v.session, "session", "", "with --server: `name` of the session to ask")
	flags.StringVar(&v.host, "host", "", "with --server: only expectations of this upstream `host`")
	flags.StringVar(&v.semantics, "semantics", "", "with --server: pact judges every response as Pact does")
	flags.BoolVar(&v.json, "json", false, "print the result as JSON")
	flags.StringVarP(&v.jsonFile, "json-file", "j", "", "write the result as JSON to a `file` as well (default: PACT_VERIFIER_JSON_REPORT)")
	flags.StringVarP(&v.junitFile, "junit", "x", "", "write a JUnit report to a `file` as well (default: PACT_VERIFIER_JUNIT_REPORT)")
	flags.StringVar(&v.htmlFile, "html", "", "write a page for people to a `file` as well (default: PACT_VERIFIER_HTML_REPORT)")
	flags.BoolVar(&v.annotate, "github-annotations", false, "print annotations for GitHub Actions; always, where GITHUB_ACTIONS is true")
	flags.BoolVar(&v.noColor, "no-color", false, "no colours, even on a terminal; so does NO_COLOR")
	v.addForeignFlags(flags)
}

// complete fills in what the names and the environment variables of other Pact
// tools say, where our own do not.
func (v *verifyCommand) complete() error {
	for _, text := range [...]struct {
		to       *string
		variable string
	}{
		{&v.foreign.hostname, "PACT_PROVIDER_HOSTNAME"},
		{&v.foreign.port, "PACT_PROVIDER_PORT"},
		{&v.foreign.transport, "PACT_PROVIDER_TRANSPORT"},
		{&v.foreign.basePath, "PACT_PROVIDER_BASE_PATH"},
		{&v.broker.provider, "PACT_PROVIDER_NAME"},
		{&v.states.url, "PACT_PROVIDER_STATE_CHANGE_URL"},
		{&v.filterDescription, "PACT_DESCRIPTION"},
		{&v.filterState, "PACT_PROVIDER_STATE"},
		{&v.jsonFile, "PACT_VERIFIER_JSON_REPORT"},
		{&v.junitFile, "PACT_VERIFIER_JUNIT_REPORT"},
		{&v.htmlFile, "PACT_VERIFIER_HTML_REPORT"},
	} {
		*text.to = cmp.Or(*text.to, os.Getenv(text.variable))
	}
	for _, flag := range [...]struct {
		to       *bool
		variable string
	}{
		{&v.states.asQuery, "PACT_PROVIDER_STATE_CHANGE_AS_QUERY"},
		{&v.states.teardown, "PACT_PROVIDER_STATE_CHANGE_TEARDOWN"},
		{&v.filterNoState, "PACT_PROVIDER_NO_STATE"},
		{&v.annotate, "GITHUB_ACTIONS"},
		{&v.broker.publish, "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"},
	} {
		if value := os.Getenv(flag.variable); value != "" && !*flag.to {
			// What is set to anything else is on, as for those tools.
			on, err := strconv.ParseBool(value)
			*flag.to = on || err != nil
		}
	}
	if text := os.Getenv("PACT_PROVIDER_REQUEST_TIMEOUT"); text != "" && v.foreign.timeoutMillis == 0 {
		n, err := strconv.Atoi(text)
		if err != nil {
			return &usageError{fmt.Errorf("PACT_PROVIDER_REQUEST_TIMEOUT %q: a number of milliseconds is wanted", text)}
		}
		v.foreign.timeoutMillis = n
	}
	v.broker.log.fromEnvironment()
	return v.foreign.complete(v)
}

// filter is what the filter flags say.
func (v *verifyCommand) filter() (verifier.Filter, error) {
	f, err := verifier.NewFilter(v.filterDescription, v.filterState, v.filterNoState, v.filterConsumers)
	switch {
	case err != nil:
		return f, &usageError{err}
	case v.lastFailed:
		if f.Descriptions, err = lastFailed(v.jsonFile); err != nil {
			return f, err
		}
	}
	switch {
	case !f.Empty() && v.server.base != "":
		return f, &usageError{errors.New("filters are for a live provider: leave them out, or give --provider-url")}
	}
	return f, nil
}
