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

	named    pools           // the address is yet to be found
	renamed  pools           // the URL is that of the mapping already
	absolute *http.Transport // plain HTTP by absolute URL; nil without HTTP proxy
}

// pools are the connections of each way to speak to a server.
type pools struct {
	usual   *http.Transport // HTTP/2 by ALPN, HTTP/1.1
	upgrade *http.Transport // HTTP/1.1 only, tunnelled
	h2c     *http.Transport // HTTP/2 without TLS
}

type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

func (t *Transport) setTransports(o Options) {
	t.named = t.newPools(o, t.dial)
	t.renamed = t.newPools(o, t.dialMapped)
	if t.proxy != nil && !t.proxy.isSOCKS {
		t.absolute = t.newPool(o, t.dialProxyAny)
		t.absolute.Protocols.SetHTTP1(true)
		// Scheme http also for a TLS proxy: the dialer does the handshake.
		t.absolute.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: t.proxy.addr, User: t.proxy.user})
	}
}

func (t *Transport) newPools(o Options, dial dialFunc) pools {
	p := pools{t.newPool(o, dial), t.newPool(o, dial), t.newPool(o, dial)}
	p.usual.Protocols.SetHTTP1(true)
	p.usual.Protocols.SetHTTP2(true)
	p.upgrade.Protocols.SetHTTP1(true)
	p.h2c.Protocols.SetUnencryptedHTTP2(true)
	return p
}

// newPool makes a pool of connections; the caller adds what they speak.
func (t *Transport) newPool(o Options, dial dialFunc) *http.Transport {
	return &http.Transport{
		Protocols:              new(http.Protocols),
		DialContext:            dial,
		TLSClientConfig:        t.tls.Clone(),
		TLSHandshakeTimeout:    t.tlsTimeout,
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
	p := &t.named
	switch {
	case target.serverName != "":
		// Under the name whose certificate is wanted.
		req, p = readdressed(req, "https", target.addr(addr)), &t.renamed
	case target.scheme != "" && target.scheme != req.URL.Scheme:
		// With the port it had, so that the dialer finds the same mapping.
		req = readdressed(req, target.scheme, addr)
	}
	switch plain := req.URL.Scheme == "http"; {
	case isUpgrade(req.Header):
		return p.upgrade.RoundTrip(req)
	case plain && req.Context().Value(h2cKey{}) != nil:
		return p.h2c.RoundTrip(req)
	case plain && t.absolute != nil && !mapped && t.throughProxy(addr) && ownHost(req):
		return t.viaProxy(req)
	}
	return p.usual.RoundTrip(req)
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

// readdressed returns a copy of req for another address and the same host.
func readdressed(req *http.Request, scheme, addr string) *http.Request {
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
	for _, p := range []pools{t.named, t.renamed} {
		p.usual.CloseIdleConnections()
		p.upgrade.CloseIdleConnections()
		p.h2c.CloseIdleConnections()
	}
	if t.absolute != nil {
		t.absolute.CloseIdleConnections()
	}
}
