package expectations

import "net/http"

// A Request is what a client sent. Its fields are facts; see
// [RequestMatcher] for conditions on them.
//
// A Request is immutable once it has been handed to a [Set], a [Log] or a
// recorder: slices and maps are shared, not copied, and safe for concurrent
// reading only.
type Request struct {
	// Method is the request method as sent (RFC 9110 §9), e.g. "GET".
	Method string
	// Secure says whether the request arrived over TLS.
	Secure bool
	// Authority is the origin the request is for: lower-case host, with
	// ":port" unless it is the scheme's default (RFC 9110 §4.2). It is empty
	// for a request sent straight to pactape that has no upstream of its own.
	Authority string
	// Host is the Host header (or :authority) as received. It is not in
	// Header, but [Request.HeaderValues] answers for it.
	Host string
	// Path is the escaped path as sent, with its leading slash ("*" for a
	// server-wide OPTIONS), without the query.
	Path string
	// RawQuery is the encoded query without "?" (RFC 3986 §3.4).
	RawQuery string
	// Header holds the fields with names as net/http gives them; values of
	// one name keep their order, the order between names is not kept.
	Header http.Header
	// Trailer holds the trailer fields, nil if none were sent.
	Trailer http.Header
	// Body is the content.
	Body Body
	// Protocol is the version as net/http prints it: "HTTP/1.0", "HTTP/1.1"
	// or "HTTP/2.0".
	Protocol string
	// KeepAlive says whether the client meant to keep the connection.
	KeepAlive bool
	// ClientAddr and LocalAddr are the two ends of the client's connection
	// as "ip:port"; empty where unknown.
	ClientAddr, LocalAddr string
}

// A Response is what a client was answered.
//
// Like a Request it is immutable once handed over.
type Response struct {
	// Status is the status code, 100 to 599.
	Status int
	// Reason is the reason phrase where one was sent (HTTP/1.x).
	Reason string
	// Header holds the fields; for a response written by a user, names are as
	// written.
	Header http.Header
	// Trailer holds the trailer fields, nil if none.
	Trailer http.Header
	// Body is the content.
	Body Body
	// Protocol is the upstream's version; empty for our own answers.
	Protocol string
}

// A Body is the content of a message and what is known of its transport.
type Body struct {
	// Bytes is the content; nil where there was none.
	Bytes []byte
	// Coding is the Content-Encoding (RFC 9110 §8.4) the message was sent
	// with, e.g. "gzip" or "deflate, br"; empty if none.
	Coding string
	// Encoded says that Bytes still carry Coding. Package
	// expectations/content decodes.
	Encoded bool
	// Size is the number of bytes received on the wire, in bytes. It exceeds
	// len(Bytes) where the body was truncated or decoded.
	Size int64
	// Truncated says that Bytes is only the beginning of the content.
	Truncated bool
}
