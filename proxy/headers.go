package proxy

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// hopFields belong to one hop (RFC 9110 §7.6.1, and what came before it).
var hopFields = [...]string{
	"Connection",
	"Keep-Alive",
	"Proxy-Authenticate",
	"Proxy-Authorization",
	"Proxy-Connection",
	"Te",
	"Trailer",
	"Transfer-Encoding",
	"Upgrade",
}

// removeHopFields takes the fields of one hop out of h: those that Connection
// nominates and those known.
func removeHopFields(h http.Header) {
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				h.Del(name)
			}
		}
	}
	for _, name := range hopFields {
		delete(h, name)
	}
}

// requestHeader is the header to forward for a request that was received with
// the given one, or is sent with it: a copy, which shares the values.
func (p *Proxy) requestHeader(r *http.Request, given http.Header) http.Header {
	h := maps.Clone(given)
	upgrade := upgradeOf(given)
	trailers := hasToken(given["Te"], "trailers")
	removeHopFields(h)
	if trailers { // gRPC insists on it (RFC 9110 §10.1.4)
		h["Te"] = []string{"trailers"}
	}
	if upgrade != "" {
		h["Connection"], h["Upgrade"] = []string{"Upgrade"}, []string{upgrade}
	}
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = nil // keeps net/http from adding its own
	}
	h["Via"] = p.via.append(r)
	return h
}

// append returns the Via values of a forwarded request.
func (v *via) append(r *http.Request) []string {
	own := v.v11
	switch {
	case r.ProtoMajor == 2:
		own = v.v20
	case r.ProtoMinor == 0:
		own = v.v10
	}
	received := r.Header["Via"]
	if len(received) == 0 {
		return own
	}
	return append(slices.Clip(received), own...)
}

// seen reports whether a request has been forwarded by this process before.
func (v *via) seen(h http.Header) bool {
	for _, value := range h["Via"] {
		if strings.Contains(value, v.token) {
			return true
		}
	}
	return false
}

// hops is how often a request has been forwarded by this process before.
func (v *via) hops(h http.Header) int {
	n := 0
	for _, value := range h["Via"] {
		n += strings.Count(value, v.token)
	}
	return n
}

// upgradeOf is the protocol a request or response switches to (RFC 9110 §7.8),
// empty if none. A switch to h2c is not passed on: HTTP/2 is spoken with prior
// knowledge or not at all (RFC 9113 §3.1), and nothing could be seen behind it.
func upgradeOf(h http.Header) string {
	values := h["Upgrade"]
	if len(values) == 0 || !hasToken(h["Connection"], "upgrade") || hasToken(values, "h2c") {
		return ""
	}
	return strings.Join(values, ", ")
}

// hasToken reports whether a list-valued field has the token, ignoring case.
func hasToken(values []string, token string) bool {
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			item, _, _ = strings.Cut(item, ";")
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}
