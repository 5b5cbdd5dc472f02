package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/cmd/pactape/childenv"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
	"github.com/pactape/pactape/proxy"
)

// runCommand is the run subcommand.
type runCommand struct {
	proxy    *proxyFlags
	capture  *captureFlags
	upstream *upstreamFlags
	child    childFlags

	out       string
	consumer  string
	spec      pact.Version
	infer     *inferFlags
	providers []string
	session   string
	resume    bool
	mode      string
	write     string
	merge     bool
	summary   string
	logLevel  string
}

// childFlags say what the environment of a wrapped program looks like.
type childFlags struct {
	noProxy          []string
	captureLocalhost bool
}

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARGUMENT...]",
		Short: "Record a command's traffic and write its contracts",
		Long: `run starts a recording proxy on a free loopback port, runs the command with the
proxy and trust variables of every common runtime set, and, when the command
ends, writes one Pact per upstream host it spoke to. It returns the command's
own exit code.

With --mode SIMULATE the command is answered from the recording of --session
instead, and nothing reaches the network.`,
		Example: `  pactape run --consumer web -- npm test
  pactape run --out pacts --consumer web --provider api.example.com=orders -- pytest
  pactape run --session checkout -- ./tests.sh
  pactape run --session checkout --mode SIMULATE -- ./tests.sh`,
	}
	r := &runCommand{
		proxy: addProxyFlags(cmd.Flags()), capture: addCaptureFlags(cmd.Flags()), upstream: addUpstreamFlags(cmd.Flags()),
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	flags.StringVar(&r.out, "out", "contracts", "`directory` the contracts are written to")
	flags.StringVar(&r.consumer, "consumer", "consumer", "`name` of the consumer")
	flags.StringArrayVar(&r.providers, "provider", nil, "`HOST=NAME`: name of the provider behind a host (repeatable; default: the host)")
	flags.StringVar(&r.session, "session", "", "`name` of the session to record into; it starts over (default: a new one)")
	flags.BoolVar(&r.resume, "append", false, "continue the session instead of starting it over")
	flags.StringVar(&r.mode, "mode", string(expectations.Capture), "CAPTURE, SPY or SIMULATE")
	addSpecFlag(flags, &r.spec)
	r.infer = addInferFlags(flags)
	flags.StringVar(&r.write, "write", string(writeClean), "when to replace a contract that exists: clean (the command succeeded and nothing was dropped) or always")
	flags.BoolVar(&r.merge, "merge", false, "merge into contracts that exist; a conflict is an error")
	flags.StringVar(&r.summary, "summary", "", "also write the summary as JSON to this `file`")
	flags.StringVar(&r.logLevel, "log-level", "warn", "debug, info, warn or error")
	addChildFlags(cmd, &r.child)
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &usageError{errors.New("run needs a command, after --")}
		}
		return nil
	}
	cmd.RunE = r.run
	return cmd
}

func addChildFlags(cmd *cobra.Command, f *childFlags) {
	cmd.Flags().StringArrayVar(&f.noProxy, "no-proxy", nil, "`host` that the command reaches directly (repeatable)")
	cmd.Flags().BoolVar(&f.captureLocalhost, "capture-localhost", false, "send traffic to localhost through the proxy too, where the runtime allows it")
}

func (r *runCommand) run(cmd *cobra.Command, args []string) error {
	o, contracts, err := r.options(cmd)
	if err != nil {
		return err
	}
	tally := newTally()
	o.observe = tally.add
	stack, err := newStack(o)
	if err != nil {
		return err
	}
	id, err := r.sessionID()
	if err != nil {
		return errors.Join(err, stack.close())
	}
	result, err := r.record(cmd, stack, id, args)
	if err != nil {
		return errors.Join(err, stack.close())
	}
	result.tally = tally
	err = errors.Join(r.finish(cmd, stack, result, contracts), stack.close())
	if result.code == 0 {
		return err
	}
	if err != nil { // the command's own exit code goes first
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape:", errorText(err))
	}
	return &childExit{result.code}
}

func (r *runCommand) options(cmd *cobra.Command) (stackOptions, contractOptions, error) {
	contracts := contractOptions{Dir: r.out, Consumer: r.consumer, Policy: writePolicy(r.write), Merge: r.merge}
	o := stackOptions{proxy: r.proxy, capture: r.capture, upstream: r.upstream, forwardByHost: r.proxy.password == ""}
	if contracts.Policy != writeClean && contracts.Policy != writeAlways {
		return o, contracts, &usageError{fmt.Errorf("--write %q: clean or always is wanted", r.write)}
	}
	var err error
	if contracts.Providers, err = parseProviders(r.providers); err != nil {
		return o, contracts, err
	}
	if contracts.Infer, err = r.infer.inference(); err != nil {
		return o, contracts, err
	}
	if contracts.Infer != nil {
		o.infer = contracts.Infer.options
	} else {
		o.infer.Mode = infer.None
	}
	if o.home, err = homeDir(cmd.Flags()); err != nil {
		return o, contracts, err
	}
	if o.mode, err = expectations.ParseMode(r.mode); err != nil {
		return o, contracts, &usageError{fmt.Errorf("--mode: %w", err)}
	}
	if o.mode == expectations.Simulate && r.session == "" {
		return o, contracts, &usageError{errors.New("--mode SIMULATE answers from a recording: name it with --session")}
	}
	if r.resume && r.session == "" {
		return o, contracts, &usageError{errors.New("--append continues a recording: name it with --session")}
	}
	if o.log, o.logLevel, err = newLogger(cmd, r.logLevel); err != nil {
		return o, contracts, err
	}
	if r.capture.noRedact {
		o.log.Warn("redaction is off: secrets are written to disk and into contracts as they are")
	}
	return o, contracts, nil
}

// sessionID is the session named, or a new one.
func (r *runCommand) sessionID() (expectations.SessionID, error) {
	if r.session == "" {
		return expectations.ParseSessionID(fmt.Sprintf("run-%s-%d", time.Now().UTC().Format("20060102-150405"), os.Getpid()))
	}
	id, err := expectations.ParseSessionID(r.session)
	if err != nil {
		return "", &usageError{fmt.Errorf("--session: %w", err)}
	}
	return id, nil
}

// A runResult is what came of recording a command.
type runResult struct {
	id      expectations.SessionID
	space   *expectations.Space
	session *capture.Session
	tally   *tally
	code    int
}

// record runs the command behind the proxy and returns when everything that
// it sent has been written.
func (r *runCommand) record(cmd *cobra.Command, stack *stack, id expectations.SessionID, command []string) (*runResult, error) {
	keep := r.resume || stack.o.mode == expectations.Simulate
	session, err := stack.recordings.Session(id, capture.SessionOptions{Fresh: !keep})
	if err != nil {
		return nil, err
	}
	space, err := stack.spaces.Get(id)
	if err != nil {
		return nil, err
	}
	ln, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := &url.URL{Scheme: "http", Host: ln.Addr().String()}
	if r.proxy.password != "" {
		address.User = url.UserPassword(id.String(), r.proxy.password)
	}
	env, err := childEnvironment(cmd, stack.authority, address, r.child)
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- stack.serve(ctx, proxy.Listener{Listener: ln, Session: id}) }() // ends below
	code, err := runChild(ctx, command, env.Environ())
	stop()
	if err := errors.Join(err, <-served); err != nil {
		return nil, err
	}
	return &runResult{id: id, space: space, session: session, code: code}, nil
}

// childEnvironment is the environment for a program behind the proxy at
// address; what the user should know about it is printed.
func childEnvironment(cmd *cobra.Command, authority *certs.Authority, address *url.URL, f childFlags) (*childenv.Environment, error) {
	bundle, err := authority.BundlePath()
	if err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		return nil, err
	}
	store, err := authority.TrustStore()
	if err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		return nil, err
	}
	env, err := childenv.New(childenv.Options{
		ProxyURL: address, CAPath: authority.CertPath(), BundlePath: bundle,
		TrustStorePath: store, TrustStorePassword: certs.TrustStorePassword,
		NoProxy: f.noProxy, CaptureLocalhost: f.captureLocalhost, Base: os.Environ(),
	})
	if err != nil {
		return nil, err
	}
	for _, warning := range env.Warnings() {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape: note:", warning)
	}
	return env, nil
}

// finish writes the contracts and the summary.
func (r *runCommand) finish(cmd *cobra.Command, stack *stack, result *runResult, o contractOptions) error {
	s := newSummary(result)
	var err error
	if stack.o.mode == expectations.Simulate {
		s.replayed(result.space.Log)
		s.printReplay(cmd.ErrOrStderr())
	} else {
		o.Export = stack.exportOptions()
		o.Export.Spec = r.spec
		if o.Infer != nil {
			o.Infer.exchanges = result.session.Standing(cmd.Context())
		}
		o.Clean = result.code == 0 && s.Dropped == 0
		s.miss(o.Providers)
		s.Files, err = writeContracts(cmd.Context(), result.space.Active(cmd.Context()), o)
		s.print(cmd.ErrOrStderr())
	}
	if r.summary != "" {
		err = errors.Join(err, s.write(r.summary))
	}
	return err
}
