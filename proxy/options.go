package proxy

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/settings"
	"github.com/pactape/pactape/proxy/upstream"
)

// Defaults of [Options].
const (
	DefaultMaxBody           int64 = 10 << 20 // bytes
	DefaultMaxHeaderBytes          = 1 << 20  // bytes
	DefaultPeekTimeout             = 300 * time.Millisecond
	DefaultHandshakeTimeout        = 15 * time.Second
	DefaultReadHeaderTimeout       = 30 * time.Second
	DefaultIdleTimeout             = 3 * time.Minute
	DefaultShutdownTimeout         = 10 * time.Second
)

// A Transport reaches upstream servers; [upstream.Transport] is the one in
// use. Its methods may be called from any goroutine.
type Transport interface {
	// RoundTrip sends a request as [http.RoundTripper] says. It must not
	// follow redirects, change bodies, or take a proxy from the environment.
	// Its errors are understood by [upstream.Classify].
	RoundTrip(*http.Request) (*http.Response, error)
	// DialTunnel opens a raw connection to "host:port". The caller closes it.
	DialTunnel(ctx context.Context, hostport string) (net.Conn, error)
	// CloseIdleConnections closes pooled connections.
	CloseIdleConnections()
}

// A Recorder takes finished exchanges; [capture.Recordings] is the one in use.
type Recorder interface {
	// Record takes an exchange over. It never blocks, and sees to
	// [capture.Exchange.Release]. Safe for concurrent use.
	Record(*capture.Exchange)
}

// Options configure a [Proxy]. Spaces, Transport and Authority are required;
// the zero value of everything else is usable.
type Options struct {
	// Spaces hold expectations, request logs and modes.
	Spaces *expectations.Spaces
	// Transport reaches upstream servers.
	Transport Transport
	// Authority signs the leaves that clients see.
	Authority *certs.Authority

	// Recorder takes the exchanges of SPY and CAPTURE; nil records nothing.
	Recorder Recorder
	// Budget bounds the recorded bytes in flight. With none, bodies are
	// neither recorded nor logged.
	Budget *capture.Budget
	// MaxBody bounds the copy of one body, in bytes; 0 is [DefaultMaxBody].
	MaxBody int64
	// Metrics counts; nil does not.
	Metrics *metrics.Metrics
	// Logger is told what an operator should know; nil discards.
	Logger *slog.Logger

	// Settings are what can be changed meanwhile; nil: the defaults.
	Settings *settings.Live

	// Callbacks are asked for expectations that leave it to them; nil: there
	// are none.
	Callbacks Callbacks
	// Admin answers what is addressed to pactape itself; nil: nothing is.
	Admin http.Handler
	// AdminAlias says whether a direct request is an admin call written
	// without its prefix, as MockServer allows: PUT /reset. nil: none is.
	AdminAlias func(method, path string) bool
	// AdminClientCAs, if set, have clients that speak TLS straight to the port
	// asked for a certificate of these. Which calls need one is up to Admin,
	// who finds it verified in the request; one of another CA ends the
	// handshake.
	AdminClientCAs *x509.CertPool
	// ProxyPassword, if set, is what clients of the proxy must know: absolute
	// URIs and CONNECT are answered 407 without it, SOCKS clients must log in.
	// The user name is still the session, and any will do. Requests that are
	// sent to us as to a server are not asked for it.
	ProxyPassword string
	// AdminHosts are further names of this server, without port.
	AdminHosts []string

	// Passthrough are hosts whose tunnels are relayed unread.
	Passthrough *upstream.Hosts
	// PassthroughInSimulate lets tunnels that cannot be read through in
	// SIMULATE too, where they are refused otherwise.
	PassthroughInSimulate bool
	// ForwardByHost forwards direct requests that nothing answers to the
	// server that their Host header names, unless that is us.
	ForwardByHost bool
	// Upstream, if set, is where direct requests are forwarded to: pactape
	// is a reverse proxy then, and only /mockserver/ is its own. A path in it
	// is put before the path of each request.
	Upstream *url.URL

	// PeekTimeout is how long the client of a tunnel may be silent before
	// the server is given the chance to speak first.
	PeekTimeout time.Duration
	// HandshakeTimeout bounds a TLS handshake with a client.
	HandshakeTimeout time.Duration
	// ReadHeaderTimeout bounds the time a client may take to send a request
	// head, to send the first byte of a connection, and to come to the point
	// with SOCKS.
	ReadHeaderTimeout time.Duration
	// IdleTimeout ends a connection on which no request comes.
	IdleTimeout time.Duration
	// ShutdownTimeout bounds the time that running exchanges and open
	// tunnels are given to end once the proxy is told to stop.
	ShutdownTimeout time.Duration
	// MaxHeaderBytes bounds a request head, in bytes.
	MaxHeaderBytes int
}

// withDefaults checks the options and fills the gaps.
func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Spaces == nil:
		return o, errors.New("proxy: no spaces given")
	case o.Transport == nil:
		return o, errors.New("proxy: no transport given")
	case o.Authority == nil:
		return o, errors.New("proxy: no certificate authority given")
	case o.Upstream != nil && (o.Upstream.Host == "" || o.Upstream.Scheme != "http" && o.Upstream.Scheme != "https"):
		return o, errors.New("proxy: the upstream must be an http or https URL with a host")
	}
	setDefault(&o.MaxBody, DefaultMaxBody)
	setDefault(&o.MaxHeaderBytes, DefaultMaxHeaderBytes)
	setDefault(&o.PeekTimeout, DefaultPeekTimeout)
	setDefault(&o.HandshakeTimeout, DefaultHandshakeTimeout)
	setDefault(&o.ReadHeaderTimeout, DefaultReadHeaderTimeout)
	setDefault(&o.IdleTimeout, DefaultIdleTimeout)
	setDefault(&o.ShutdownTimeout, DefaultShutdownTimeout)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
