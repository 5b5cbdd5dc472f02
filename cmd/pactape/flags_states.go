package main

import (
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact/verifier"
)

// stateFlags say how a provider is brought into the states of a contract.
type stateFlags struct {
	url      string
	teardown bool
	asQuery  bool
}

func addStateFlags(flags *pflag.FlagSet) *stateFlags {
	s := new(stateFlags)
	flags.StringVarP(&s.url, "state-url", "s", "", "with --provider-url: `URL` that brings the provider into a state")
	flags.BoolVar(&s.teardown, "state-teardown", false, "call --state-url after each interaction too")
	flags.BoolVar(&s.asQuery, "state-as-query", false, "send states as query parameters in place of a JSON body")
	return s
}

// set puts the flags into the options of a verification.
func (s *stateFlags) set(o *verifier.Options) error {
	if s.url != "" {
		if _, err := parseURL("--state-url", s.url); err != nil {
			return err
		}
	}
	o.StateURL, o.StateTeardown, o.StateAsQuery = s.url, s.teardown, s.asQuery
	return nil
}
