package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxIdle bounds unused connections to all hosts.
	maxIdle = 4096
	// maxResponseHead bounds a response's head, in bytes.
	maxResponseHead = 1 << 20
	// continueTimeout is how long a body is held back for a 100 response.
	continueTimeout = time.Second
	// A connection of HTTP/2 that was silent for h2Silence is probed and, if
	// no answer comes within h2Probe, given up.
	h2Silence = 30 * time.Second
	h2Probe   = 15 * time.Second
)

// A Transport sends requests; see the package comment. Its methods may be
// called from any goroutine.
type Transport struct {
	targets     mapping
	proxy       *chained // nil for none
	noProxy     *Hosts
	tls         *tls.Config
	dialTimeout time.Duration
	tlsTimeout  time.Duration
	isSelf      func(addr string) bool

	// One pool of connections for each way to speak to a server.
	usual    *http.Transport // HTTP/2 by ALPN, HTTP/1.1
	upgrade  *http.Transport // HTTP/1.1 only, tunnelled
	h2c      *http.Transport // HTTP/2 without TLS
	absolute *http.Transport // plain HTTP by absolute URL; nil without proxy
}

func (t *Transport) setTransports(o Options) {
	pool := func(p func(*http.Protocols)) *http.Transport {
		protocols := new(http.Protocols)
		p(protocols)
		return &http.Transport{
			Protocols:              protocols,
			DialContext:            t.dial,
			DialTLSContext:         t.dialTLS,
			DisableCompression:     true, // what the server sends is what is passed on
			MaxIdleConns:           maxIdle,
			MaxIdleConnsPerHost:    orDefault(o.MaxIdlePerHost, DefaultMaxIdlePerHost),
			IdleConnTimeout:        orDefault(o.IdleTimeout, DefaultIdleTimeout),
			ResponseHeaderTimeout:  o.ResponseHeaderTimeout,
			ExpectContinueTimeout:  continueTimeout,
			MaxResponseHeaderBytes: maxResponseHead,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: h2Silence, PingTimeout: h2Probe},
		}
	}
	t.usual = pool(func(p *http.Protocols) { p.SetHTTP1(true); p.SetHTTP2(true) })
	t.h2c = pool(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })
	t.upgrade = pool(func(p *http.Protocols) { p.SetHTTP1(true) })
	t.upgrade.DialTLSContext = t.dialTLS11
	if t.proxy != nil {
		t.absolute = pool(func(p *http.Protocols) { p.SetHTTP1(true) })
		t.absolute.DialContext = t.dialProxyAny
		// Scheme http also for a TLS proxy: the dialer does the handshake.
		t.absolute.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: t.proxy.addr, User: t.proxy.user})
	}
}

type h2cKey struct{}

// WithH2C returns a context with which a request for an http URL is sent as
// HTTP/2 with prior knowledge (RFC 9113 §3.3). It is for requests that came in
// that way, gRPC without TLS above all; a server of HTTP/1.1 cannot answer
// them. Requests for https URLs negotiate as always.
func WithH2C(ctx context.Context) context.Context {
	return context.WithValue(ctx, h2cKey{}, true)
}

// RoundTrip implements [http.RoundTripper]. The URL's scheme is http or https.
// [Classify] explains the error. A 407 of the proxy is an error, a
// [*ProxyError]: it is meant for us, not for the client.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var addr string
	if t.proxy != nil || len(t.targets) > 0 {
		addr = urlAddr(req.URL)
	}
	target, mapped := t.targets.find(addr)
	if mapped && target.scheme != "" && target.scheme != req.URL.Scheme {
		req = withScheme(req, target.scheme, addr)
	}
	switch plain := req.URL.Scheme == "http"; {
	case isUpgrade(req.Header):
		return t.upgrade.RoundTrip(req)
	case plain && req.Context().Value(h2cKey{}) != nil:
		return t.h2c.RoundTrip(req)
	case plain && !mapped && t.throughProxy(addr) && ownHost(req):
		return t.viaProxy(req)
	}
	return t.usual.RoundTrip(req)
}

// viaProxy sends the absolute URL to the proxy.
func (t *Transport) viaProxy(req *http.Request) (*http.Response, error) {
	resp, err := t.absolute.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusProxyAuthRequired {
		resp.Body.Close()
		return nil, &ProxyError{Status: resp.StatusCode}
	}
	return resp, err
}

// withScheme returns a copy of req for another scheme. The port is made
// explicit: it stays what it was, so that the dialer finds the same mapping.
func withScheme(req *http.Request, scheme, addr string) *http.Request {
	r := req.WithContext(req.Context()) // a shallow copy
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	u := *req.URL
	u.Scheme, u.Host = scheme, addr
	r.URL = &u
	return r
}

// isUpgrade says whether a request asks for another protocol (RFC 9110 §7.8),
// which HTTP/2 cannot and proxies will not do.
func isUpgrade(h http.Header) bool {
	if h.Get("Upgrade") == "" {
		return false
	}
	for _, line := range h["Connection"] {
		for token := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
				return true
			}
		}
	}
	return false
}

// ownHost says whether the Host header is the URL's host. An absolute URL is
// written with the former (RFC 9112 §3.2.2 wants both the same), so that a
// proxy would connect to it.
func ownHost(req *http.Request) bool {
	return req.Host == "" || req.Host == req.URL.Host ||
		hostAddr(req.Host, req.URL.Scheme) == urlAddr(req.URL)
}

// urlAddr is the "host:port" a URL stands for.
func urlAddr(u *url.URL) string { return hostAddr(u.Host, u.Scheme) }

// hostAddr adds the scheme's port where host has none.
func hostAddr(host, scheme string) string {
	if h, p, err := net.SplitHostPort(host); err == nil {
		if p != "" {
			return host
		}
		return net.JoinHostPort(h, defaultPort(scheme))
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), defaultPort(scheme))
}

// CloseIdleConnections closes the connections that are not in use.
func (t *Transport) CloseIdleConnections() {
	for _, tr := range []*http.Transport{t.usual, t.upgrade, t.h2c, t.absolute} {
		if tr != nil {
			tr.CloseIdleConnections()
		}
	}
}
