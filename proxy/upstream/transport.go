package upstream

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/pactape/pactape/capture"
)

// ErrLoop is wrapped by errors of dials refused because of Options.IsSelf.
var ErrLoop = errors.New("the request leads back to this proxy")

// Options configure a Transport.
type Options struct {
	CAFiles               []string
	Insecure              bool
	ClientCert, ClientKey string
	Proxy                 *url.URL
	NoProxy               []string
	Map                   map[string]*url.URL
	DialTimeout           time.Duration
	TLSTimeout            time.Duration
	ResponseHeaderTimeout time.Duration
	IdleTimeout           time.Duration
	MaxIdlePerHost        int
	IsSelf                func(addr string) bool // resolved "ip:port", called before connecting
}

// A Transport sends requests.
type Transport struct{}

// New makes a Transport.
func New(o Options) (*Transport, error) { return nil, errors.ErrUnsupported }

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return nil, errors.ErrUnsupported
}

// DialTunnel opens a raw connection.
func (t *Transport) DialTunnel(ctx context.Context, hostport string) (net.Conn, error) {
	return nil, errors.ErrUnsupported
}

// CloseIdleConnections closes what is pooled.
func (t *Transport) CloseIdleConnections() {}

// WithH2C asks for HTTP/2 with prior knowledge for an http:// request.
func WithH2C(ctx context.Context) context.Context { return ctx }

// Classify tells why a request failed.
func Classify(err error) (kind capture.FailureKind, reason string) {
	return capture.FailUpstream, ""
}

// Hosts is a set of host patterns; a nil one matches nothing.
type Hosts struct{}

// ParseHosts reads patterns.
func ParseHosts(patterns []string) (*Hosts, error) { return nil, errors.ErrUnsupported }

// Match reports whether "host:port" (or "host") is in the set.
func (h *Hosts) Match(hostport string) bool { return false }

// ParseMap reads HOST=URL entries.
func ParseMap(entries []string) (map[string]*url.URL, error) { return nil, errors.ErrUnsupported }
