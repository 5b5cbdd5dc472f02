package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
	"github.com/pactape/pactape/proxy"
	"github.com/pactape/pactape/proxy/admin"
	"github.com/pactape/pactape/proxy/callback"
	"github.com/pactape/pactape/proxy/settings"
	"github.com/pactape/pactape/proxy/upstream"
)

// stackOptions are what serve and run configure differently; the rest is in
// the flags that they share.
type stackOptions struct {
	home     string
	proxy    *proxyFlags
	capture  *captureFlags
	upstream *upstreamFlags
	// mode is what a space begins in.
	mode expectations.Mode
	// fresh ignores what was recorded before.
	fresh bool
	// reverse, if set, is where direct requests go.
	reverse       *url.URL
	forwardByHost bool
	adminHosts    []string
	adminToken    string
	// callbacks bounds the programs that answer for expectations; the zero
	// value is the defaults.
	callbacks callback.Options
	// adminClientCAs, if set, are those of the certificates that admin calls
	// must show.
	adminClientCAs *x509.CertPool
	// infer says how the admin API makes contracts unless told otherwise.
	infer infer.Options
	// mockserverMetrics adds MockServer's names.
	mockserverMetrics bool
	// observe, if set, is shown every exchange before it is recorded.
	observe func(*capture.Exchange)
	log     *slog.Logger
	// logLevel is what the log follows.
	logLevel *slog.LevelVar
	// tune, if set, changes the settings that the server begins with.
	tune func(*settings.Values) error
	// bindHost is where further ports are bound by a call, "" for nowhere;
	// stop is what a call ends the server with, nil for none can.
	bindHost string
	stop     func()
	// publisher publishes contracts for calls; nil: there is no broker.
	publisher admin.Publisher
}

// A stack is everything behind a listener: the proxy, the admin API, and what
// they work on. Make it with newStack, run it with serve, end it with close.
type stack struct {
	o          stackOptions
	metrics    *metrics.Metrics
	authority  *certs.Authority
	recordings *capture.Recordings
	spaces     *expectations.Spaces
	proxy      *proxy.Proxy
	budget     *capture.Budget
	admin      http.Handler
	settings   *settings.Live
	callbacks  *callback.Clients
	// tokens are those that templates make, in every session.
	tokens expectations.Issuer
	// recorded counts exchanges.
	recorded recordedCounts
	// opened, if set before sessions are used, is told of each that is opened.
	opened func(*expectations.Space) error

	mu        sync.Mutex
	listeners []proxy.Listener
}

// newStack builds a stack. It reads and makes files, and starts nothing.
func newStack(o stackOptions) (*stack, error) {
	if err := o.capture.checkReplay(); err != nil {
		return nil, err
	}
	s := &stack{o: o, budget: capture.NewBudget(int64(o.capture.captureMemory)), metrics: metrics.New(metrics.Options{
		Version: version(), MockServer: o.mockserverMetrics, Logger: o.log,
	})}
	var err error
	if s.authority, err = certs.Load(certs.Options{
		Home: o.home, CertFile: o.proxy.caCert, KeyFile: o.proxy.caKey, Observer: s.metrics, Logger: o.log,
	}); err != nil {
		return nil, err
	}
	if s.recordings, err = openRecordings(o, s.metrics); err != nil {
		return nil, err
	}
	if err := s.newSettings(); err != nil {
		return nil, errors.Join(err, s.recordings.Close())
	}
	s.spaces = expectations.NewSpaces(expectations.SpacesOptions{Open: s.openSpace, Max: o.proxy.maxSessions})
	if err := s.newProxy(); err != nil {
		return nil, errors.Join(err, s.recordings.Close())
	}
	s.settings.Watch(s.follow)
	s.metrics.Gauges(s.gauges())
	return s, nil
}

// openRecordings opens the directory of the recordings, with a redactor
// unless the user asked for none.
func openRecordings(o stackOptions, observer capture.Observer) (*capture.Recordings, error) {
	f := o.capture
	redactor, err := f.redactor(o.home)
	if err != nil {
		return nil, err
	}
	return capture.Open(capture.Options{
		Dir: f.dir(o.home), Redactor: redactor, Queue: f.queue, MaxBody: int64(f.maxBody),
		RetainBytes: int64(f.retain), Fresh: o.fresh, MaxCaptured: f.maxCaptured,
		CacheBytes: int64(f.cacheMemory), MatchHeaders: f.matchHeaders, Logger: o.log, Observer: observer,
	})
}

// dir is where the recordings are.
func (f *captureFlags) dir(home string) string {
	if f.data != "" {
		return f.data
	}
	return filepath.Join(home, "sessions")
}

// redactor is nil with --no-redact.
func (f *captureFlags) redactor(home string) (*redact.Redactor, error) {
	if f.noRedact {
		return nil, nil //nolint:nilnil // no redactor is what was asked for
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fmt.Errorf("create the home directory: %w", err)
	}
	key, err := redact.LoadKey(home)
	if err != nil {
		return nil, err
	}
	return redact.New(redact.Options{
		Key: key, Headers: f.redactHeaders, Query: f.redactQuery, Fields: f.redactFields, Allow: f.redactAllow,
	})
}

// openSpace makes the space of a session: its recording is read back.
func (s *stack) openSpace(id expectations.SessionID) (*expectations.Space, error) {
	session, err := s.recordings.Session(id, capture.SessionOptions{})
	if err != nil {
		return nil, err
	}
	captured, err := s.captured(session)
	if err != nil {
		return nil, err
	}
	now := s.settings.Get()
	space := expectations.NewSpace(expectations.SpaceOptions{
		ID:       id,
		Mode:     s.o.mode,
		Set:      expectations.NewSet(expectations.SetOptions{MaxExpectations: now.MaxExpectations}),
		Log:      expectations.NewLog(int64(s.o.proxy.maxLog)),
		Captured: captured,
		Tokens:   &s.tokens,
	})
	space.Log.Limit(now.MaxLogEntries)
	if s.opened != nil {
		if err := s.opened(space); err != nil {
			return nil, err
		}
	}
	return space, nil
}

// newProxy wires transport, admin API and proxy. The three know of one another
// through functions only: the transport must not dial the proxy, and the
// admin API asks which hosts are the proxy's own.
func (s *stack) newProxy() error {
	passthrough, err := upstream.ParseHosts(s.o.proxy.passthrough)
	if err != nil {
		return &usageError{fmt.Errorf("--passthrough: %w", err)}
	}
	transport, err := s.o.upstream.transport(func(addr string) bool { return s.proxy.IsSelf(addr) })
	if err != nil {
		return err
	}
	s.callbacks = callback.New(callback.Options{
		MaxClients: s.o.callbacks.MaxClients, Timeout: s.o.callbacks.Timeout, Logger: s.o.log,
	})
	s.admin = admin.New(admin.Options{
		Spaces:  s.spaces,
		Version: mockServerVersion,
		Ports:   s.ports,
		CA:      s.authority.CertPEM(),
		Metrics: s.metrics.Handler(),
		OwnHost: func(host string) bool { return s.proxy.OwnHost(host) },
		Token:   s.o.adminToken, ClientCert: s.o.adminClientCAs != nil,
		Export: s.exportOptions(), Samples: standingSamples, Infer: s.o.infer,

		Callbacks: s.callbacks, Settings: s.settings, Bind: s.binder(), Stop: s.o.stop, Counts: s.metrics.MockServerCounts,
		Publisher: s.o.publisher,
		Logger:    s.o.log,
	})
	s.proxy, err = proxy.New(proxy.Options{
		Spaces: s.spaces, Transport: transport, Authority: s.authority, Recorder: s,
		Budget: s.budget, MaxBody: int64(s.o.capture.maxBody),
		Metrics: s.metrics, Logger: s.o.log,
		Callbacks: s.callbacks, Admin: s.admin, AdminAlias: s.isAlias, Settings: s.settings, AdminHosts: s.o.adminHosts, AdminClientCAs: s.o.adminClientCAs,
		ProxyPassword: s.o.proxy.password,
		Passthrough:   passthrough, PassthroughInSimulate: s.o.proxy.passthroughInSimulate,
		ForwardByHost: s.o.forwardByHost, Upstream: s.o.reverse, ShutdownTimeout: s.o.proxy.shutdownTimeout,
	})
	return err
}

// Record is [proxy.Recorder].
func (s *stack) Record(ex *capture.Exchange) {
	if s.o.observe != nil {
		s.o.observe(ex)
	}
	s.recordings.Record(ex)
	s.recorded.of(ex.Session).Add(1)
}

// exportOptions is the header policy of the contracts.
func (s *stack) exportOptions() pact.ExportOptions {
	o := pact.ExportOptions{ToolVersion: version()}
	s.o.proxy.headers.apply(&o)
	return o
}

// ports are the ports listened on.
func (s *stack) ports() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ports []int
	for _, ln := range s.listeners {
		if addr, ok := ln.Addr().(*net.TCPAddr); ok {
			ports = append(ports, addr.Port)
		}
	}
	return ports
}

// serve serves the listeners until ctx ends, lets running exchanges finish and
// writes what they recorded. The listeners are closed when it returns. The
// stack is not, so that what was recorded can be read.
func (s *stack) serve(ctx context.Context, listeners ...proxy.Listener) error {
	s.mu.Lock()
	s.listeners = listeners
	s.mu.Unlock()
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	written := make(chan error, 1)
	go func() { written <- s.recordings.Run(writing) }() // ends below
	// A callback client waits for questions for as long as it lives.
	defer context.AfterFunc(ctx, s.callbacks.Close)()
	err := s.proxy.ServeAll(ctx, listeners...)
	stopWriting()
	return errors.Join(err, <-written)
}

// close releases the recordings.
func (s *stack) close() error { return s.recordings.Close() }
