package proxy

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// facts are what is kept of an exchange: its messages. They live on in the
// request log and the recording, long after the call.
type facts struct {
	request  expectations.Request
	response expectations.Response
}

// describe states a request as a fact of the domain, all but its body and
// trailers, which are still to come.
func (c *call) describe() expectations.Request {
	r := c.r
	return expectations.Request{
		Method:     r.Method,
		Secure:     c.target.secure,
		Authority:  c.target.authority,
		Host:       r.Host,
		Path:       pathOf(r),
		RawQuery:   r.URL.RawQuery,
		Header:     r.Header,
		Protocol:   r.Proto,
		KeepAlive:  !r.Close,
		ClientAddr: r.RemoteAddr,
		LocalAddr:  c.info.local,
	}
}

// pathOf is the path of a request. An OPTIONS for a whole server has none when
// it is sent to a proxy, and "*" behind it (RFC 9112 §3.2.4).
func pathOf(r *http.Request) string {
	if r.Method == http.MethodOptions && r.URL.Path == "" {
		return "*"
	}
	return pathAsSent(r.URL)
}

// pathAsSent is the path as it came over the wire, with escapes and characters
// that need not or should have been escaped.
func pathAsSent(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	if path := u.EscapedPath(); path != "" {
		return path
	}
	return "/"
}

// hasBody reports whether a request comes with content.
func hasBody(r *http.Request) bool {
	return r.ContentLength != 0 && r.Body != nil && r.Body != http.NoBody
}

// codingOf is the Content-Encoding of a message (RFC 9110 §8.4); several
// fields are one list (§5.3).
func codingOf(h http.Header) string {
	switch values := h["Content-Encoding"]; len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	default:
		return strings.Join(values, ", ")
	}
}
