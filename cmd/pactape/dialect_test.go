package main

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/proxy/upstream"
)

// TestOfficialOptions: every option of other Pact tools does what ours does
// under its own name, and that is something; or it is refused with the reason.
func TestOfficialOptions(t *testing.T) {
	t.Parallel()
	for command, options := range officialOptions() {
		nothing := meaning(t, command, nil)
		for _, o := range options {
			if o.refusal != "" {
				_, err := read(command, strings.Fields(o.official))
				if _, usage := errors.AsType[*usageError](err); !usage || !strings.Contains(err.Error(), o.refusal) {
					t.Errorf("%s %s: got error %v, want one with %q", command, o.official, err, o.refusal)
				}
				continue
			}
			official, ours := meaning(t, command, strings.Fields(o.official)), meaning(t, command, strings.Fields(o.ours))
			if diff := cmp.Diff(ours, official, hidden()); diff != "" {
				t.Errorf("%s %s is not what %s is (-ours +official):\n%s", command, o.official, o.ours, diff)
			}
			if cmp.Equal(nothing, official, hidden()) {
				t.Errorf("%s %s has no effect", command, o.official)
			}
		}
	}
}

// read reads a command line, without running the command, which it returns:
// one of our structs.
func read(command string, args []string) (any, error) {
	var parsed any
	root := &cobra.Command{Use: "pactape", SilenceErrors: true, SilenceUsage: true}
	root.SetFlagErrorFunc(flagError)
	var cmd *cobra.Command
	switch command {
	case "verify":
		v := new(verifyCommand)
		cmd, parsed = v.command(), v
		cmd.RunE = func(*cobra.Command, []string) error { return v.complete() }
	case "publish":
		p := new(publishCommand)
		cmd, parsed = p.command(), p
		cmd.RunE = func(*cobra.Command, []string) error { p.json = p.json || p.output == "json"; return nil }
	case "can-i-deploy", "can-i-merge":
		d := new(deployCommand)
		if cmd, parsed = d.command(), d; command == "can-i-merge" {
			*d = deployCommand{}
			cmd = d.mergeCommand()
		}
		cmd.RunE = func(*cobra.Command, []string) error { d.json = d.json || d.output == "json"; return nil }
	default:
		c, all := new(recordCommand), records()
		i := slices.IndexFunc(all, func(r record) bool { return r.name == command })
		cmd, parsed = c.command(all[i]), c
		cmd.RunE = func(*cobra.Command, []string) error { c.json = c.json || c.output == "json"; return nil }
	}
	root.AddCommand(cmd)
	root.SetArgs(respell(root, append([]string{command}, args...)))
	root.SetOut(io.Discard)
	return parsed, root.Execute()
}

// A meant is what a command line means.
type meant struct {
	Command  any
	Upstream upstream.Options
}

func meaning(t *testing.T, command string, args []string) meant {
	t.Helper()
	parsed, err := read(command, args)
	if err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(args, " "), err)
	}
	var up *upstreamFlags
	switch c := parsed.(type) {
	case *verifyCommand:
		up = c.upstream
		c.upstream, c.foreign = nil, foreignFlags{wait: c.foreign.wait, transports: c.foreign.transports} // the rest is completed
	case *publishCommand:
		up, c.upstream, c.output = c.upstream, nil, ""
	case *deployCommand:
		up, c.upstream, c.output = c.upstream, nil, ""
	case *recordCommand:
		up, c.upstream, c.output = c.upstream, nil, ""
	}
	o, err := up.options(nil)
	if err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(args, " "), err)
	}
	return meant{parsed, o}
}

// hidden compares what is behind pointers, hidden or not.
func hidden() cmp.Options {
	return cmp.Options{
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmpopts.IgnoreTypes(&pflag.FlagSet{}),
		cmpopts.EquateEmpty(),
	}
}
