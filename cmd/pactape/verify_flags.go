package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact/verifier"
)

// addFlags adds the flags of verify.
func (v *verifyCommand) addFlags(flags *pflag.FlagSet) {
	v.server, v.upstream, v.broker = addServerFlags(flags), addUpstreamFlags(flags), addBrokerVerifyFlags(flags)
	v.states = addStateFlags(flags)
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
	flags.BoolVar(&v.annotate, "github-annotations", false, "print annotations for GitHub Actions; always, where GITHUB_ACTIONS is true")
	flags.BoolVar(&v.noColor, "no-color", false, "no colours, even on a terminal; so does NO_COLOR")
	v.addForeignFlags(flags)
}

// addForeignFlags adds the names that other Pact tools have for what we call
// otherwise. They are not shown.
func (v *verifyCommand) addForeignFlags(flags *pflag.FlagSet) {
	aliasFlags(flags, map[string]string{
		"provider-base-url": "provider-url", "custom-provider-header": "header", "webhook-callback-url": "pact", "pact-url": "pact",
		"disable-ssl-verification": "upstream-insecure", "insecure": "upstream-insecure", "ca": "upstream-ca",
		"state-change-url": "state-url", "provider-states-setup-url": "state-url",
		"state-change-as-query": "state-as-query", "state-change-teardown": "state-teardown",
		"junit-file": "junit", "no-colour": "no-color",
	})
	hidden := func(name string) { flags.Lookup(name).Hidden = true }
	for _, f := range [...]struct{ name, letter string }{{"file", "f"}, {"dir", "d"}, {"url", "u"}} {
		flags.VarP(&appended{&v.pacts}, f.name, f.letter, "the same as --pact")
		hidden(f.name)
	}
	flags.StringVar(&v.foreign.hostname, "hostname", "", "the provider's host, in place of --provider-url")
	flags.StringVarP(&v.foreign.port, "port", "p", "", "the provider's port, in place of --provider-url")
	flags.StringVar(&v.foreign.transport, "transport", "", "http or https, in place of --provider-url")
	flags.StringVar(&v.foreign.basePath, "base-path", "", "what is put before each path, in place of --provider-url")
	flags.IntVar(&v.foreign.timeoutMillis, "request-timeout", 0, "--timeout in milliseconds")
	for _, name := range [...]string{"hostname", "port", "transport", "base-path", "request-timeout"} {
		hidden(name)
	}
}

// foreignFlags are those of other Pact tools that say in several what we say in
// one.
type foreignFlags struct {
	hostname, port, transport, basePath string
	timeoutMillis                       int
}

// appended is a list that several flags add to.
type appended struct{ list *[]string }

func (a *appended) Set(s string) error { *a.list = append(*a.list, s); return nil }
func (a *appended) Type() string       { return "stringArray" }
func (a *appended) String() string     { return "" }

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
	if v.foreign.timeoutMillis > 0 {
		v.timeout = time.Duration(v.foreign.timeoutMillis) * time.Millisecond
	}
	if v.providerURL == "" && v.server.base == "" {
		v.providerURL = v.foreign.url()
	}
	return nil
}

// url is the provider's URL in pieces; empty if there is none.
func (f foreignFlags) url() string {
	if f.hostname == "" && f.port == "" {
		return ""
	}
	host := cmp.Or(f.hostname, "localhost")
	if f.port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), f.port)
	}
	u := url.URL{Scheme: cmp.Or(f.transport, "http"), Host: host, Path: "/" + strings.Trim(f.basePath, "/")}
	return strings.TrimSuffix(u.String(), "/")
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
