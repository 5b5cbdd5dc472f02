package proxy

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A target is where a request is meant to go.
type target struct {
	// scheme and host ("host" or "host:port") are the upstream server's;
	// host is empty where there is none.
	scheme, host string
	// authority is host in the form of expectations.Request.Authority.
	authority string
	// direct says that the client talks to us as to a server, not as to a
	// proxy.
	direct bool
	// self says that the request is addressed to us.
	self bool
	// admin says that it is a call of the admin API.
	admin bool
	// secure says that the request came over TLS.
	secure bool
	// base is put before the path of a forwarded request.
	base *url.URL
}

// aim finds the target of a request.
func (p *Proxy) aim(r *http.Request, info *connInfo) target {
	var t target
	switch {
	case info.tunnel != "":
		t = target{scheme: schemeOf(info.secure), host: info.origin, self: info.self}
		t.secure = info.secure
	case r.URL.Scheme != "":
		t = target{scheme: strings.ToLower(r.URL.Scheme), host: r.URL.Host}
		t.secure = t.scheme == "https"
		t.self = p.IsSelf(withPort(t.host, defaultPort(t.scheme)))
	default:
		return p.aimDirect(r, info)
	}
	t.authority = authority(t.scheme, t.host)
	t.admin = t.self && p.isAdmin(r)
	return t
}

// aimDirect finds the target of a request in origin form outside a tunnel.
func (p *Proxy) aimDirect(r *http.Request, info *connInfo) target {
	t := target{direct: true, secure: info.secure}
	switch {
	case p.isAdmin(r):
		t.self, t.admin = true, true
		return t
	case p.o.Upstream != nil:
		t.scheme, t.host, t.base = p.o.Upstream.Scheme, p.o.Upstream.Host, p.o.Upstream
	case p.o.ForwardByHost && r.Host != "" && !p.isSelfDirect(r.Host):
		t.scheme, t.host = schemeOf(info.secure), r.Host
	default:
		t.self = true
		return t
	}
	t.authority = authority(t.scheme, t.host)
	return t
}

// adminPrefix is where the admin API lives.
const adminPrefix = "/mockserver"

// isAdmin reports whether a request that is addressed to us is a call of the
// admin API. A reverse proxy has no path of its own but those below its
// prefix: the others are the upstream's.
func (p *Proxy) isAdmin(r *http.Request) bool {
	if p.o.Admin == nil {
		return false
	}
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, adminPrefix); ok && (rest == "" || rest[0] == '/') {
		return true
	}
	if p.o.Upstream != nil {
		return false
	}
	switch path {
	case "/metrics", "/livez", "/readyz":
		return true
	}
	return p.o.AdminAlias != nil && p.o.AdminAlias(r.Method, path)
}

// invalid says why a request cannot be forwarded to the target, empty if it
// can or need not.
func (t *target) invalid() string {
	switch {
	case t.self:
		return ""
	case t.scheme != "http" && t.scheme != "https":
		return "requests to " + t.scheme + " URLs are not forwarded"
	case hostOnly(t.host) == "":
		return "the request names no host to forward it to"
	}
	return ""
}

func schemeOf(secure bool) string {
	if secure {
		return "https"
	}
	return "http"
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// withPort adds a port to a host that has none.
func withPort(host, port string) string {
	if hasPort(host) {
		return host
	}
	return net.JoinHostPort(hostOnly(host), port)
}

// hasPort reports whether "host:port", "[v6]:port" has one, however empty.
func hasPort(host string) bool {
	return strings.LastIndexByte(host, ':') > strings.LastIndexByte(host, ']') &&
		(host[0] == '[' || strings.Count(host, ":") == 1)
}

// authority brings a host into the form of expectations.Request.Authority:
// lower case, without the default port of the scheme (RFC 9110 §4.2.3).
func authority(scheme, host string) string {
	if rest, ok := strings.CutSuffix(host, ":"+defaultPort(scheme)); ok && hasPort(host) {
		host = rest
	}
	return strings.ToLower(strings.TrimSuffix(host, ":"))
}
