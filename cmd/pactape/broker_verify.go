package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/broker"
)

// brokerVerify are the options of verify about contracts of a broker.
type brokerVerify struct {
	*brokerFlags
	provider string
	version  versionFlags

	selectors                                    []string
	tags, branches                               []string
	latest, mainBranch, matchingBranch, deployed bool
	pending                                      bool
	wipSince                                     string
	publish                                      bool
	failIfNoPacts, ignoreNoPacts                 bool
}

// publishFlag is the flag that publishes results.
const publishFlag = "publish-results"

// forBroker are the flags that mean nothing without a broker. Those that say who
// the provider is are not among them: scripts give them always.
func forBroker() []string {
	return []string{
		publishFlag, "enable-pending", "include-wip-since", "consumer-version-selector", "consumer-version-tag",
		"consumer-branch", "latest", "main-branch", "matching-branch", "deployed-or-released",
	}
}

func addBrokerVerifyFlags(flags *pflag.FlagSet) *brokerVerify {
	b := &brokerVerify{brokerFlags: addBrokerFlags(flags, false), version: versionFlags{flag: "provider-version", branchFlag: "provider-branch"}}
	flags.StringVarP(&b.provider, "provider", "n", "", "`name` of the provider whose contracts the broker is asked for, or are picked from directories")
	flags.StringVarP(&b.version.number, "provider-version", "a", "", "`version` of the provider, for results (default: the commit)")
	flags.StringVar(&b.version.branch, "provider-branch", "", "`name` of the provider's branch (default: the current one)")
	flags.StringSliceVar(&b.version.tags, "provider-tag", nil, "`tag` of the provider's version (repeatable, or with commas)")
	b.version.addCommonFlags(flags, "")
	flags.BoolVarP(&b.publish, publishFlag, "r", false, "publish the results to the broker; in CI alone, as a rule")
	flags.StringArrayVar(&b.selectors, "consumer-version-selector", nil, "`JSON` of consumer version selectors, one or a list (repeatable)")
	flags.StringSliceVar(&b.tags, "consumer-version-tag", nil, "select the last version of each consumer with a `tag` (repeatable, or with commas)")
	flags.StringArrayVar(&b.branches, "consumer-branch", nil, "select the last version of each consumer on a `branch` (repeatable)")
	flags.BoolVar(&b.latest, "latest", false, "select the last version of each consumer")
	flags.BoolVar(&b.mainBranch, "main-branch", false, "select the last version of each consumer's main branch")
	flags.BoolVar(&b.matchingBranch, "matching-branch", false, "select the last version of each consumer on the provider's branch")
	flags.BoolVar(&b.deployed, "deployed-or-released", false, "select the versions that run in an environment")
	flags.BoolVar(&b.pending, "enable-pending", false, "let contracts fail that the provider has never fulfilled")
	flags.StringVar(&b.wipSince, "include-wip-since", "", "verify work in progress since a `date` (YYYY-MM-DD) too; it may fail")
	flags.BoolVar(&b.failIfNoPacts, "fail-if-no-pacts", true, "it is an error if there is no contract to verify, or no interaction in one")
	flags.BoolVar(&b.ignoreNoPacts, "ignore-no-pacts-error", false, "the same as --fail-if-no-pacts=false")
	flags.VarPF(&sameText{&b.token}, "pact-broker-token", "k", "the same as --broker-token").Hidden = true
	aliasFlags(flags, map[string]string{
		"fail-if-no-pacts-found": "fail-if-no-pacts",
		"provider-name":          "provider", "provider-app-version": "provider-version", "provider-version-branch": "provider-branch",
		"provider-tags": "provider-tag", "provider-version-tag": "provider-tag",
		"publish": "publish-results", "publish-verification-results": "publish-results",
		"consumer-version-selectors": "consumer-version-selector", "consumer-version-tags": "consumer-version-tag",
		"consumer-version-branch": "consumer-branch", "include-wip-pacts-since": "include-wip-since",
		"user": "broker-username", "password": "broker-password", "token": "broker-token",
	})
	return b
}

// query is what the broker is asked.
func (b *brokerVerify) query(ctx context.Context) (broker.Query, error) {
	q := broker.Query{Provider: b.provider, Pending: b.pending, WIPSince: b.wipSince}
	if b.wipSince != "" {
		if _, err := time.Parse(time.DateOnly, b.wipSince); err != nil {
			return q, &usageError{fmt.Errorf("--include-wip-since %q: a date is wanted, YYYY-MM-DD", b.wipSince)}
		}
	}
	for _, text := range b.selectors {
		selectors, err := broker.ParseSelectors([]byte(text))
		if err != nil {
			return q, &usageError{err}
		}
		q.Selectors = append(q.Selectors, selectors...)
	}
	for _, tag := range b.tags {
		q.Selectors = append(q.Selectors, broker.Selector{Tag: tag, Latest: true})
	}
	for _, branch := range b.branches {
		q.Selectors = append(q.Selectors, broker.Selector{Branch: branch})
	}
	for _, short := range [...]struct {
		set      bool
		selector broker.Selector
	}{
		{b.latest, broker.Selector{Latest: true}},
		{b.mainBranch, broker.Selector{MainBranch: true}},
		{b.matchingBranch, broker.Selector{MatchingBranch: true}},
		{b.deployed, broker.Selector{DeployedOrReleased: true}},
	} {
		if short.set {
			q.Selectors = append(q.Selectors, short.selector)
		}
	}
	var err error
	q.Version, err = b.version.version(ctx, b.publish)
	return q, err
}

// A brokerRun is one verification of contracts of a broker.
type brokerRun struct {
	cmd       *cobra.Command
	client    *broker.Client
	version   broker.Version
	publish   bool
	described bool // the provider's version, to the broker
}

// contract is a broker's contract, fetched when it is its turn.
func (r *brokerRun) contract(ref broker.Ref) contract {
	var fetched *broker.Pact
	facts := []jsondoc.Member{jsondoc.M("url", jsondoc.String(ref.URL()))}
	if ref.Pending {
		facts = append(facts, jsondoc.M("pending", jsondoc.Bool(true)))
	}
	return contract{
		name: ref.Name, facts: facts, pending: ref.Pending,
		read: func(ctx context.Context) (data []byte, err error) {
			if fetched, err = r.client.Fetch(ctx, ref); err != nil {
				return nil, err
			}
			r.notices(ref, "before_verification")
			return fetched.Content, nil
		},
		settle: func(ctx context.Context, v verdict) (bool, error) { return r.settle(ctx, fetched, v) },
	}
}

// settle publishes a verdict, if that is wanted, and tells what there is to
// tell after it. The failure of a pending contract does not count.
func (r *brokerRun) settle(ctx context.Context, p *broker.Pact, v verdict) (counts bool, err error) {
	published := false
	if r.publish {
		if err = r.send(ctx, p, v.result); err == nil {
			published = true
		}
	}
	r.notices(p.Ref, "after_verification", fmt.Sprintf("after_verification:success_%t_published_%t", v.holds, published))
	if p.Pending && !v.holds {
		_, _ = fmt.Fprintf(r.cmd.ErrOrStderr(), "%s is pending: its failure does not count\n", p.Name)
		return false, err
	}
	return true, err
}

// send publishes a result, after the branch and the tags of the version.
func (r *brokerRun) send(ctx context.Context, p *broker.Pact, result *pact.Result) error {
	if !r.described {
		notices, err := r.client.DescribeProvider(ctx, p, r.version)
		printNotices(r.cmd.ErrOrStderr(), notices)
		if err != nil {
			return err
		}
		r.described = true
	}
	url, err := r.client.PublishResult(ctx, p, result, r.version)
	if err == nil && url != "" {
		_, _ = fmt.Fprintf(r.cmd.ErrOrStderr(), "published the result: %s\n", url)
	}
	return err
}

// notices prints those of the occasions.
func (r *brokerRun) notices(ref broker.Ref, occasions ...string) {
	for _, n := range ref.Notices {
		for _, when := range occasions {
			if n.When == when {
				printNotices(r.cmd.ErrOrStderr(), []broker.Notice{n})
			}
		}
	}
}
