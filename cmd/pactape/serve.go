package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy"
	"github.com/pactape/pactape/proxy/callback"
)

// serveCommand is the serve subcommand.
type serveCommand struct {
	server   *serveFlags
	proxy    *proxyFlags
	capture  *captureFlags
	upstream *upstreamFlags
	infer    *inferFlags
	broker   *brokerFlags
	// mockserver is for users of MockServer.
	mockserver *mockServerOptions
	// admin is the separate admin listener, nil if there is none.
	admin net.Listener
}

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the proxy and its admin API",
		Long: `serve runs the recording proxy and the MockServer-compatible admin API on one
port until it is told to stop (SIGINT, SIGTERM); running exchanges finish first
and everything recorded is written. A second signal ends it at once.

SPY answers from expectations made by hand, and forwards and records the rest.
CAPTURE forwards and records everything. SIMULATE answers everything from
expectations, the recorded ones included, and forwards nothing.`,
		Example: `  pactape serve
  pactape serve --listen 127.0.0.1:0 --mode CAPTURE
  HTTP_PROXY=http://127.0.0.1:1080 curl http://api.example.com/users
  curl -X PUT '127.0.0.1:1080/mockserver/pact?consumer=web&provider=users'`,
		Args: noArgs,
	}
	s := &serveCommand{
		server: addServeFlags(cmd.Flags()), proxy: addProxyFlags(cmd.Flags()),
		capture: addCaptureFlags(cmd.Flags()), upstream: addUpstreamFlags(cmd.Flags()), infer: addInferDefaults(cmd.Flags()),
		broker:     addBrokerFlags(cmd.Flags(), false),
		mockserver: addMockServerFlags(cmd.Flags()),
	}
	cmd.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := s.mockserver.command(cmd.Flags()); err != nil {
			return err
		}
		return applySettings(cmd)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return s.run(cmd) }
	return cmd
}

func (s *serveCommand) run(cmd *cobra.Command) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), stopSignals...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	o, err := s.options(cmd)
	if err != nil {
		return err
	}
	o.stop = stop
	if s.broker.address() != "" {
		client, err := s.broker.client(cmd, s.upstream)
		if err != nil {
			return err
		}
		o.publisher = publisher{client}
	}
	listeners, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer closeAll(listeners)
	stack, err := newStack(o)
	if err != nil {
		return err
	}
	space, err := stack.spaces.Get("")
	if err != nil {
		return errors.Join(err, stack.close())
	}
	if err := s.mockserver.begin(ctx, stack, space); err != nil {
		return errors.Join(err, stack.close())
	}
	if s.server.adminListen != "" {
		if err := s.allowed("--admin-listen", s.server.adminListen); err != nil {
			return errors.Join(err, stack.close())
		}
		if s.admin, err = new(net.ListenConfig).Listen(ctx, "tcp", s.server.adminListen); err != nil {
			return errors.Join(fmt.Errorf("--admin-listen: %w", err), stack.close())
		}
		defer func() { _ = s.admin.Close() }() // closed already by its server, as a rule
	}
	s.announce(cmd, stack, space, listeners)
	err = s.mockserver.during(ctx, func(ctx context.Context) error { return s.serveAll(ctx, stack, listeners) })
	return errors.Join(err, stack.close())
}

func (s *serveCommand) options(cmd *cobra.Command) (stackOptions, error) {
	if err := s.mockserver.apply(cmd.Flags()); err != nil {
		return stackOptions{}, err
	}
	o := stackOptions{
		proxy: s.proxy, capture: s.capture, upstream: s.upstream, fresh: s.server.fresh,
		bindHost: hostOf(s.server.listen), adminHosts: s.server.adminHosts, adminToken: s.server.adminToken, mockserverMetrics: s.server.mockserverMetrics,
		tune: s.mockserver.tune, callbacks: callback.Options{MaxClients: s.server.callbackClients, Timeout: s.server.callbackTimeout},
	}
	var err error
	if o.infer, err = s.infer.options(); err != nil {
		return o, err
	}
	if o.home, err = homeDir(cmd.Flags()); err != nil {
		return o, err
	}
	if o.mode, err = expectations.ParseMode(s.server.mode); err != nil {
		return o, &usageError{fmt.Errorf("--mode: %w", err)}
	}
	if s.server.upstream != "" {
		if o.reverse, err = parseURL("--upstream", s.server.upstream); err != nil {
			return o, err
		}
	}
	if o.log, o.logLevel, err = newLogger(cmd, s.server.logLevel); err != nil {
		return o, err
	}
	if s.server.adminClientCA != "" {
		if o.adminClientCAs, err = readPool("--admin-client-ca", s.server.adminClientCA); err != nil {
			return o, err
		}
	}
	if err := s.allowed("--listen", s.server.listen); err != nil {
		return o, err
	}
	// Nobody is asked for a password who sends a request to us as to a server.
	o.forwardByHost = s.server.forwardByHost || isLoopback(s.server.listen) && s.proxy.password == ""
	if s.capture.noRedact {
		o.log.Warn("redaction is off: secrets are written to disk and into contracts as they are")
	}
	return o, nil
}

// allowed checks the address of a listener: one that other machines reach
// must be asked for.
func (s *serveCommand) allowed(flag, address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return &usageError{fmt.Errorf("%s %q: an address with a port is wanted, e.g. 127.0.0.1:1080", flag, address)}
	}
	if !isLoopback(address) && !s.server.allowRemote {
		return fmt.Errorf("refusing to listen on %s, which other machines can reach: anyone there could use the proxy and read what it recorded; add --allow-remote if that is wanted", address)
	}
	return nil
}

// isLoopback reports whether a listen address is reachable from this machine
// alone.
func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address) // checked by allowed
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// listen opens the main listener and those of sessions.
func (s *serveCommand) listen(ctx context.Context) (listeners []proxy.Listener, err error) {
	defer func() {
		if err != nil {
			closeAll(listeners)
		}
	}()
	pairs, err := parsePairs("--session-listen", s.server.sessionListen)
	if err != nil {
		return nil, err
	}
	for _, pair := range append([][2]string{{"", s.server.listen}}, pairs...) {
		session, err := expectations.ParseSessionID(pair[0])
		if err != nil {
			return listeners, &usageError{fmt.Errorf("--session-listen: %w", err)}
		}
		if err := s.allowed("--session-listen", pair[1]); err != nil {
			return listeners, err
		}
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", pair[1])
		if err != nil {
			return listeners, fmt.Errorf("%w (another --listen address, or port 0, avoids the clash)", err)
		}
		listeners = append(listeners, proxy.Listener{Listener: ln, Session: session})
	}
	for _, port := range s.mockserver.ports {
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(hostOf(s.server.listen), strconv.Itoa(port)))
		if err != nil {
			return listeners, fmt.Errorf("MockServer's setting serverPort: %w", err)
		}
		listeners = append(listeners, proxy.Listener{Listener: ln})
	}
	return listeners, nil
}

func closeAll(listeners []proxy.Listener) {
	for _, ln := range listeners {
		_ = ln.Close() // closed already by the proxy, as a rule
	}
}

// announce prints what was loaded and where else we listen, and last the line
// that scripts wait for.
func (s *serveCommand) announce(cmd *cobra.Command, stack *stack, space *expectations.Space, listeners []proxy.Listener) {
	if n := space.Captured.Len(); n > 0 {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "pactape: loaded %s of session %s (--fresh ignores them)\n", plural(n, "captured expectation"), space.ID)
	}
	for _, ln := range listeners[1:] {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "pactape: session %s on %s\n", ln.Session, ln.Addr())
	}
	if s.admin != nil {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "pactape: admin API on %s\n", s.admin.Addr())
	}
	_, _ = fmt.Fprintf(cmd.OutOrStdout(), "pactape: listening on %s (mode %s)\n", listeners[0].Addr(), stack.o.mode)
	s.mockserver.started(cmd, stack.o.log, listeners)
}

// newLogger logs to stderr as text, from a level on that may be changed.
func newLogger(cmd *cobra.Command, level string) (*slog.Logger, *slog.LevelVar, error) {
	var l slog.LevelVar
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		return nil, nil, &usageError{fmt.Errorf("--log-level %q: debug, info, warn or error is wanted", level)}
	}
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: &l})), &l, nil
}
