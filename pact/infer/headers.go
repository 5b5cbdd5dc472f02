package infer

import (
	"net/http"
	"strings"
)

// A verdict says what becomes of a header.
type verdict uint8

const (
	// dropped: it is about the connection, the client or the server, not
	// about what was asked or answered.
	dropped verdict = iota
	// kept: it belongs to the contract where every sample has it.
	kept
	// credential: its value is never written.
	credential
)

// A headerPolicy judges headers by name.
type headerPolicy struct {
	request bool
	allow   map[string]bool
	deny    map[string]bool
}

func newHeaderPolicy(request bool, o Options) headerPolicy {
	p := headerPolicy{request, make(map[string]bool), make(map[string]bool)}
	allow := o.ResponseHeaders
	if request {
		allow = o.RequestHeaders
	}
	for _, name := range allow {
		p.allow[http.CanonicalHeaderKey(name)] = true
	}
	for _, name := range o.IgnoreHeaders {
		p.deny[http.CanonicalHeaderKey(name)] = true
	}
	return p
}

// judge says what becomes of the header of a canonical name.
func (p headerPolicy) judge(name string) verdict {
	switch {
	case p.deny[name]:
		return dropped
	case p.request && name == "Authorization":
		return credential
	case name == "Content-Type", p.allow[name] && name != "Host" && name != "Content-Length":
		return kept
	case !p.request:
		if name == "Location" || name == "Www-Authenticate" {
			return kept
		}
		return dropped
	case noise(name):
		return dropped
	}
	return kept
}

// noise reports whether a header is none of a contract's: what connections,
// clients, browsers, caches, proxies and tracers add. RFC 9110 and RFC 9111
// name most, the rest is what is in use.
func noise(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range [...]string{
		"proxy-", "sec-", "if-", "x-forwarded-", "x-b3-", "x-amzn-", "x-amz-", "cf-", "x-ratelimit-", "ratelimit-",
		"access-control-", "x-envoy-", "x-datadog-", "x-cloud-trace", "fly-", "x-vercel-", "x-goog-", "x-azure-",
		"x-appengine-", "x-stainless-", "ot-tracer-", "grpc-", "x-newrelic-",
	} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return noiseNames[lower]
}

// noiseNames is only read.
var noiseNames = map[string]bool{
	"connection": true, "keep-alive": true, "te": true, "trailer": true, "transfer-encoding": true, "upgrade": true,
	"host": true, "content-length": true, "content-encoding": true, "accept-encoding": true, "accept-language": true,
	"accept-charset": true, "date": true, "age": true, "expires": true, "etag": true, "last-modified": true,
	"cache-control": true, "pragma": true, "vary": true, "server": true, "via": true, "x-powered-by": true,
	"set-cookie": true, "cookie": true, "cookie2": true, "user-agent": true, "dnt": true, "origin": true,
	"referer": true, "forwarded": true, "x-real-ip": true, "x-request-id": true, "x-correlation-id": true,
	"x-client-ip": true, "true-client-ip": true, "traceparent": true, "tracestate": true, "baggage": true, "b3": true,
	"strict-transport-security": true, "content-security-policy": true, "x-frame-options": true, "alt-svc": true,
	"nel": true, "report-to": true, "server-timing": true, "range": true, "expect": true, "priority": true,
	"save-data": true, "upgrade-insecure-requests": true, "x-trace-id": true, "sentry-trace": true,
	"uber-trace-id": true, "http2-settings": true, "x-requested-with": true, "max-forwards": true, "content-md5": true,
	"idempotency-key": false,
}

// placeholder is what stands for the credential in a request header, and an
// expression for the real one: the scheme stays (RFC 9110 §11.4).
func placeholder(name, value string) (example, pattern string) {
	scheme, rest, ok := strings.Cut(value, " ")
	switch {
	case name != "Authorization" || !ok || rest == "" || !identifierLike(scheme):
		return placeholderText, "^.+$"
	case strings.EqualFold(scheme, "Basic"):
		return scheme + " " + basicPlaceholder, "^" + scheme + " .+$"
	}
	return scheme + " " + placeholderText, "^" + scheme + " .+$"
}
