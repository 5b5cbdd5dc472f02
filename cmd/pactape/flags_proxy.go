package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/proxy/callback"
)

// proxyFlags say how the proxy behaves. Shared by serve and run.
type proxyFlags struct {
	caCert, caKey         string
	passthrough           []string
	passthroughInSimulate bool
	password              string
	maxLog                byteSize
	maxExpectations       int
	maxSessions           int
	shutdownTimeout       time.Duration
	headers               headerPolicyFlags
}

func addProxyFlags(flags *pflag.FlagSet) *proxyFlags {
	f := &proxyFlags{maxLog: 16 << 20}
	addAuthorityFlags(flags, &f.caCert, &f.caKey)
	flags.StringArrayVar(&f.passthrough, "passthrough", nil, "`host`, *.suffix, host:port or CIDR tunnelled without interception (repeatable)")
	flags.BoolVar(&f.passthroughInSimulate, "passthrough-in-simulate", false, "in SIMULATE, still tunnel passthrough hosts and bytes that are not HTTP")
	flags.StringVar(&f.password, "proxy-password", "", "`password` that clients of the proxy must send, by any user name; direct requests and admin calls need none")
	flags.Var(&f.maxLog, "max-log-bytes", "bound on the request log of a session, in memory")
	flags.IntVar(&f.maxExpectations, "max-expectations", 100_000, "bound on the expectations a session is given by hand; the oldest leave")
	flags.IntVar(&f.maxSessions, "max-sessions", 1000, "bound on sessions in use at once")
	flags.DurationVar(&f.shutdownTimeout, "shutdown-timeout", 10*time.Second, "how long running exchanges may take to finish at the end")
	addExportHeaderFlags(flags, &f.headers)
	return f
}

func addAuthorityFlags(flags *pflag.FlagSet, cert, key *string) {
	flags.StringVar(cert, "ca-cert", "", "PEM `file` of a certificate authority of your own")
	flags.StringVar(key, "ca-key", "", "PEM `file` of its private key")
}

// headerPolicyFlags say which headers of recorded messages belong in a
// contract.
type headerPolicyFlags struct{ request, response, ignore []string }

func addExportHeaderFlags(flags *pflag.FlagSet, f *headerPolicyFlags) {
	flags.StringArrayVar(&f.request, "request-header", nil, "recorded request header `name` that belongs in the contract, even where it is known as noise (repeatable)")
	flags.StringArrayVar(&f.response, "response-header", nil, "recorded response header `name` that belongs in the contract, besides Content-Type, Location and WWW-Authenticate (repeatable)")
	flags.StringArrayVar(&f.ignore, "ignore-header", nil, "recorded header `name` that never belongs in the contract (repeatable)")
}

// apply puts the policy into the options of an export.
func (f *headerPolicyFlags) apply(o *pact.ExportOptions) {
	o.RequestHeaders, o.ResponseHeaders, o.IgnoreHeaders = f.request, f.response, f.ignore
}

// serveFlags are those of the long-running server alone.
type serveFlags struct {
	listen            string
	allowRemote       bool
	mode              string
	fresh             bool
	upstream          string
	forwardByHost     bool
	adminHosts        []string
	adminListen       string
	adminToken        string
	adminClientCA     string
	sessionListen     []string
	mockserverMetrics bool
	callbackClients   int
	callbackTimeout   time.Duration
	logLevel          string
}

// defaultListen is where serve listens, MockServer's port.
const defaultListen = "127.0.0.1:1080"

func addServeFlags(flags *pflag.FlagSet) *serveFlags {
	f := new(serveFlags)
	flags.StringVar(&f.listen, "listen", defaultListen, "`address` to listen on; port 0 takes a free one and prints it")
	flags.BoolVar(&f.allowRemote, "allow-remote", false, "allow --listen on an address that other machines reach")
	flags.StringVar(&f.mode, "mode", string(expectations.Spy), "SIMULATE, SPY or CAPTURE")
	flags.BoolVar(&f.fresh, "fresh", false, "start the sessions over: what they recorded before stays on disk, and is not loaded any more")
	flags.StringVar(&f.upstream, "upstream", "", "`URL` that direct requests are forwarded to (reverse proxy)")
	flags.BoolVar(&f.forwardByHost, "forward-by-host", false, "forward direct requests by their Host header (default on loopback without --proxy-password)")
	flags.StringArrayVar(&f.adminHosts, "admin-host", nil, "further host `name` by which the admin API may be called (repeatable)")
	flags.StringVar(&f.adminListen, "admin-listen", "", "further `address` that serves the admin API alone")
	flags.StringVar(&f.adminToken, "admin-token", "", "bearer `token` that calls to the admin API must carry")
	flags.StringVar(&f.adminClientCA, "admin-client-ca", "", "PEM `file` of the CAs of which calls to the admin API, by https, must show a client certificate")
	flags.StringArrayVar(&f.sessionListen, "session-listen", nil, "`NAME=ADDRESS`: further proxy address whose traffic belongs to session NAME (repeatable)")
	flags.BoolVar(&f.mockserverMetrics, "mockserver-metrics", false, "also print metrics under MockServer's own names")
	flags.IntVar(&f.callbackClients, "callback-clients", callback.DefaultMaxClients, "bound on programs that answer for expectations over a WebSocket")
	flags.DurationVar(&f.callbackTimeout, "callback-timeout", callback.DefaultTimeout, "how long one of them is waited for")
	flags.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	return f
}

// parsePairs reads NAME=VALUE entries of a repeatable flag.
func parsePairs(flag string, entries []string) ([][2]string, error) {
	pairs := make([][2]string, 0, len(entries))
	for _, entry := range entries {
		name, value, ok := strings.Cut(entry, "=")
		if !ok || name == "" || value == "" {
			return nil, &usageError{fmt.Errorf("%s %q: NAME=VALUE is wanted", flag, entry)}
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs, nil
}
