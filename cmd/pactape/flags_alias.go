package main

import (
	"cmp"
	"strconv"

	"github.com/spf13/pflag"
)

// aliasFlags lets flags be called by the names that other Pact tools have for
// them, beside aliases given earlier.
func aliasFlags(flags *pflag.FlagSet, aliases map[string]string) {
	before := flags.GetNormalizeFunc()
	flags.SetNormalizeFunc(func(set *pflag.FlagSet, name string) pflag.NormalizedName {
		return before(set, cmp.Or(aliases[name], name))
	})
}

// hideFlags leaves flags out of the help: those that only other Pact tools'
// users look for.
func hideFlags(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.Lookup(name).Hidden = true
	}
}

// negateFlags adds --no-NAME and --skip-NAME for truth values, as the tools in
// Ruby have them. They are not shown.
func negateFlags(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		for _, prefix := range [...]string{"no-", "skip-"} {
			f := flags.VarPF(&negated{flags, name}, prefix+name, "", "--"+name+"=false")
			f.NoOptDefVal, f.Hidden = "true", true
		}
	}
}

// A negated flag sets another one to what it is not.
type negated struct {
	flags *pflag.FlagSet
	name  string
}

// Set sets the other flag.
func (n *negated) Set(text string) error {
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return err
	}
	return n.flags.Set(n.name, strconv.FormatBool(!yes))
}

// String is empty: there is no default to print.
func (*negated) String() string { return "" }

// Type is that of the other flag.
func (*negated) Type() string { return "bool" }

// appended is a list that several flags add to.
type appended struct{ list *[]string }

// Set adds one text.
func (a *appended) Set(s string) error { *a.list = append(*a.list, s); return nil }

// Type is shown in the help.
func (*appended) Type() string { return "stringArray" }

// String is empty: there is no default to print.
func (*appended) String() string { return "" }

// sameText is a text that several flags set.
type sameText struct{ text *string }

// Set sets the text.
func (s *sameText) Set(text string) error { *s.text = text; return nil }

// Type is shown in the help.
func (*sameText) Type() string { return "string" }

// String is empty: there is no default to print.
func (*sameText) String() string { return "" }
