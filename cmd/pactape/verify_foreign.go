package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// foreignFlags are those of other Pact tools that say in several what we say in
// one.
type foreignFlags struct {
	hostname, port, transport, basePath string
	timeoutMillis                       int
	wait                                int // seconds
	format, out                         string
	transports                          []string
}

// formatters are those of RSpec that the verifier in Ruby knows by name.
func formatters() []string {
	return []string{"json", "RspecJunitFormatter", "documentation", "progress"}
}

// addForeignFlags adds the names that other Pact tools have for what we call
// otherwise. They are not shown.
func (v *verifyCommand) addForeignFlags(flags *pflag.FlagSet) {
	aliasFlags(flags, map[string]string{
		"provider-base-url": "provider-url", "custom-provider-header": "header", "webhook-callback-url": "pact", "pact-url": "pact",
		"disable-ssl-verification": "upstream-insecure", "insecure": "upstream-insecure", "ca": "upstream-ca",
		"skip-ssl-verification": "upstream-insecure", "ssl-certificate": "upstream-ca",
		"state-change-url": "state-url", "provider-states-setup-url": "state-url",
		"state-change-as-query": "state-as-query", "state-change-teardown": "state-teardown",
		"junit-file": "junit", "html-file": "html", "no-colour": "no-color", "scheme": "transport", "exit-first": "exit-on-first-error",
	})
	for _, f := range [...]struct{ name, letter string }{{"file", "f"}, {"dir", "d"}, {"url", "u"}} {
		flags.VarP(&appended{&v.pacts}, f.name, f.letter, "the same as --pact")
	}
	f := &v.foreign
	flags.StringArrayVar(&f.transports, "transports", nil, "`NAME:PORT[/PATH]` of the provider for interactions that name the transport (repeatable)")
	flags.StringVar(&f.hostname, "hostname", "", "the provider's host, in place of --provider-url")
	flags.StringVarP(&f.port, "port", "p", "", "the provider's port, in place of --provider-url")
	flags.StringVar(&f.transport, "transport", "", "http or https, in place of --provider-url")
	flags.StringVar(&f.basePath, "base-path", "", "what is put before each path, in place of --provider-url")
	flags.IntVar(&f.timeoutMillis, "request-timeout", 0, "--timeout in milliseconds")
	flags.IntVar(&f.wait, "wait", 0, "how many seconds to wait for the provider to listen")
	flags.StringVar(&f.format, "format", "", "json, or RspecJunitFormatter for --junit")
	flags.StringVarP(&f.out, "out", "o", "", "the file that --format writes to")
	hideFlags(flags, "file", "dir", "url", "hostname", "port", "transport", "base-path", "request-timeout", "wait", "format", "out")
	negateFlags(flags, "publish-results", "publish-verification-results", "enable-pending", "fail-if-no-pacts", "fail-if-no-pacts-found")
}

// complete makes of the flags what ours would say.
func (f *foreignFlags) complete(v *verifyCommand) error {
	if f.timeoutMillis > 0 {
		v.timeout = time.Duration(f.timeoutMillis) * time.Millisecond
	}
	if f.port != "" {
		if _, err := strconv.ParseUint(f.port, 10, 16); err != nil {
			// It is not repeated: -p is a broker's password elsewhere.
			return &usageError{errors.New("--port: a number is wanted (-p is the port, a broker's password is --broker-password)")}
		}
	}
	if f.transport != "" && f.transport != "http" && f.transport != "https" {
		return &usageError{fmt.Errorf("--transport %q: http or https is wanted; other transports need plugins, which pactape has none of", f.transport)}
	}
	if v.providerURL == "" && v.server.base == "" {
		v.providerURL = f.url()
	}
	return f.completeFormat(v)
}

// transportEntry is what --transports has for one: a name, a port and a path.
var transportEntry = regexp.MustCompile(`^(\w+):(\d+)(/\S*)?$`)

// takeTransports takes the transports that follow --transports as words of
// their own from the contracts.
func (f *foreignFlags) takeTransports(args []string) (contracts []string) {
	for _, arg := range args {
		if len(f.transports) > 0 && transportEntry.MatchString(arg) {
			f.transports = append(f.transports, arg)
			continue
		}
		contracts = append(contracts, arg)
	}
	return contracts
}

// bases are the base URLs of transports, at the provider's host.
func (f *foreignFlags) bases(provider *url.URL) (map[string]string, error) {
	bases := make(map[string]string)
	for entry := range strings.FieldsSeq(strings.Join(f.transports, " ")) {
		found := transportEntry.FindStringSubmatch(entry)
		if found == nil {
			return nil, &usageError{fmt.Errorf("--transports %q: NAME:PORT or NAME:PORT/PATH is wanted, such as http:8080", entry)}
		}
		u := url.URL{Scheme: provider.Scheme, Host: net.JoinHostPort(provider.Hostname(), found[2])}
		if name := found[1]; name == "http" || name == "https" {
			u.Scheme = name
		}
		bases[found[1]] = u.String() + found[3]
	}
	return bases, nil
}

// completeFormat makes of --format and --out what our flags for reports would
// say.
func (f *foreignFlags) completeFormat(v *verifyCommand) error {
	switch {
	case f.format == "" && f.out == "":
	case f.format == "json" && f.out == "":
		v.json = true
	case f.format == "json":
		v.jsonFile = f.out
	case f.format == "RspecJunitFormatter" && f.out != "":
		v.junitFile = f.out
	case f.out != "":
		return &usageError{errors.New("--out is for --format json or RspecJunitFormatter; reports are --json-file, --junit and --html here, and what is printed goes where > sends it")}
	case f.format == "RspecJunitFormatter":
		return &usageError{errors.New("--format RspecJunitFormatter: name the file with --out, or with --junit alone")}
	default:
		return &usageError{fmt.Errorf("--format %q: json or RspecJunitFormatter is wanted; people are printed to without it", f.format)}
	}
	return nil
}

// url is the provider's URL in pieces; empty if there is none.
func (f *foreignFlags) url() string {
	if f.hostname == "" && f.port == "" && len(f.transports) == 0 {
		return ""
	}
	host := cmp.Or(f.hostname, "localhost")
	if f.port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), f.port)
	}
	u := url.URL{Scheme: cmp.Or(f.transport, "http"), Host: host, Path: "/" + strings.Trim(f.basePath, "/")}
	return strings.TrimSuffix(u.String(), "/")
}
