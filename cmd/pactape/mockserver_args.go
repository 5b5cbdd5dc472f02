package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/proxy"
)

// mockServerArgs are the options of MockServer's own command line, each of
// which is the setting of the same name (MockServer 7 org.mockserver.cli.Main).
// They are what its image is started with: "-serverPort 1080".
var mockServerArgs = []string{"serverPort", "logLevel", "proxyRemotePort", "proxyRemoteHost"}

// mockServerCommand spells MockServer's command line as ours: its options have
// one dash, and there need not be a command, for which serve is meant.
func mockServerCommand(args []string) []string {
	rest := args
	if len(args) > 0 && args[0] == "serve" {
		rest = args[1:]
	}
	if len(rest) == 0 || len(rest) == len(args) && !isMockServerArg(args[0]) {
		return args
	}
	out := []string{"serve"}
	for i, arg := range rest {
		if arg == "--" {
			return append(out, rest[i:]...)
		}
		if isMockServerArg(arg) && !strings.HasPrefix(arg, "-D") {
			arg = "-" + arg
		}
		out = append(out, arg)
	}
	return out
}

// isMockServerArg reports whether an argument is one of those options, or sets
// a property as -Dmockserver.logLevel=INFO does.
func isMockServerArg(arg string) bool {
	name, _, _ := strings.Cut(arg, "=")
	return strings.HasPrefix(arg, "-D"+mockServerProperty) || slices.ContainsFunc(mockServerArgs, func(n string) bool { return name == "-"+n })
}

// addMockServerArgs adds flags for those options, which nobody else looks for.
func addMockServerArgs(flags *pflag.FlagSet, o *mockServerOptions) {
	o.args = make(mockServerSettings)
	for _, name := range mockServerArgs {
		flags.Var(&mockServerArg{o, name}, name, "MockServer's option -"+name)
	}
	flags.VarP(&mockServerArg{o, ""}, "define", "D", "a `property` of MockServer, such as mockserver.logLevel=INFO")
	hideFlags(flags, append([]string{"define"}, mockServerArgs...)...)
}

// A mockServerArg is a setting of MockServer that is given on the command line.
type mockServerArg struct {
	o    *mockServerOptions
	name string // "" for one that the value names
}

// Set takes a value, which for a property is "mockserver.name=value".
func (a *mockServerArg) Set(value string) error {
	if a.name != "" {
		a.o.args[a.name] = value
		return nil
	}
	property, value, ok := strings.Cut(value, "=")
	name, ours := strings.CutPrefix(property, mockServerProperty)
	if !ok || !ours {
		return fmt.Errorf("a property of MockServer is wanted, such as %slogLevel=INFO", mockServerProperty)
	}
	a.o.noteTo(a.o.args, 0, name, property, value)
	return nil
}

// String is empty: there is no default to print.
func (*mockServerArg) String() string { return "" }

// Type is shown in the help.
func (*mockServerArg) Type() string { return "string" }

// command fills the flags that MockServer's own options are about, before
// weaker sources do: a command line wins over the environment.
func (o *mockServerOptions) command(flags *pflag.FlagSet) error {
	if len(o.args) == 0 {
		return nil
	}
	if err := o.read(os.Environ()); err != nil {
		return &usageError{err}
	}
	return o.fillAbout(flags, func(row mockServerFlag) bool {
		values, err := row.from(o.args)
		return err != nil || len(values) > 0
	})
}

// open has a server that other machines may reach listen on all addresses, as
// MockServer does, where nothing names one.
func (o *mockServerOptions) open(flags *pflag.FlagSet) error {
	listen, remote := flags.Lookup("listen"), flags.Lookup("allow-remote")
	if !o.listens || o.given["localBoundIP"] != "" || remote.Value.String() != "true" {
		return nil
	}
	_, port, err := net.SplitHostPort(listen.Value.String())
	if err != nil {
		return err
	}
	return setFlag(flags, listen, []string{net.JoinHostPort("", port)})
}

// started says that the server has started in MockServer's words, for which
// those wait who start it in a container, and who can reach it.
func (o *mockServerOptions) started(cmd *cobra.Command, log *slog.Logger, listeners []proxy.Listener) {
	if !o.listens {
		return
	}
	var ports []string
	for _, ln := range listeners {
		if _, port, err := net.SplitHostPort(ln.Addr().String()); err == nil && ln.Session == "" {
			ports = append(ports, port)
		}
	}
	text := "started on port: " + strings.Join(ports, "")
	if len(ports) > 1 {
		text = "started on ports: [" + strings.Join(ports, ", ") + "]"
	}
	log.InfoContext(cmd.Context(), text) //nolint:sloglint // who waits for it looks for the port in the text
	if isLoopback(listeners[0].Addr().String()) && o.given["localBoundIP"] == "" {
		log.InfoContext(cmd.Context(), "only this machine can connect, where MockServer listens for all: add --allow-remote, or PACTAPE_ALLOW_REMOTE=true, for others, as in a container")
	}
}

// overlay are the settings of the command line, to which weaker sources add.
func (o *mockServerOptions) overlay() mockServerSettings {
	if o.args == nil {
		return make(mockServerSettings)
	}
	return maps.Clone(o.args)
}
