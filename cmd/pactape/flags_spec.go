package main

import (
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact"
)

// addSpecFlag adds the flag for the specification of written contracts.
func addSpecFlag(flags *pflag.FlagSet, to *pact.Version) {
	flags.Var((*specValue)(to), "spec", "Pact specification to write: 2, 3 or 4 (default 3); what it has no words for is reported")
}

// specValue is a flag that is a specification.
type specValue pact.Version

func (v *specValue) Set(text string) error {
	spec, err := pact.ParseSpec(text)
	*v = specValue(spec)
	return err
}

func (v *specValue) String() string {
	if *v == 0 {
		return ""
	}
	return pact.Version(*v).String()
}

func (*specValue) Type() string { return "version" }
