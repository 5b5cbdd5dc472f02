package capture

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// CallerOf digests what tells callers of one endpoint from each other: their
// Authorization, cookies and api-key headers, redacted like the request; 0
// for a request without any. Replay prefers the answers that were given to
// the same caller.
func CallerOf(req *expectations.Request) uint64 {
	var caller uint64
	for name, values := range req.Header {
		if !identifies(name) {
			continue
		}
		for _, v := range values {
			switch name {
			case "Cookie":
				for v != "" {
					var pair string
					pair, v, _ = strings.Cut(v, ";")
					caller += digest64(name, strings.TrimSpace(pair))
				}
			case "Authorization":
				caller += digest64(name, constantPart(v))
			default:
				caller += digest64(name, v)
			}
		}
	}
	return caller
}

// identifies reports whether a header, by its canonical name, says who calls.
// CSRF tokens change from page to page and say nothing.
func identifies(name string) bool {
	switch name {
	case "Authorization", "Cookie":
		return true
	case "Proxy-Authorization", "Sec-Websocket-Key", "Idempotency-Key":
		return false
	}
	for _, end := range [...]string{"Key", "Token", "Secret", "Session", "Session-Id", "Apikey"} {
		if strings.HasSuffix(name, end) {
			return redact.SecretHeader(name) && !strings.Contains(name, "Csrf") && !strings.Contains(name, "Xsrf")
		}
	}
	return false
}

// constantPart leaves of credentials that are computed for each request what
// names the caller (AWS Signature Version 4; RFC 7616 §3.4).
func constantPart(credentials string) string {
	scheme, rest, _ := strings.Cut(credentials, " ")
	param := ""
	switch {
	case strings.HasPrefix(scheme, "AWS4-"):
		param = "Credential="
	case strings.EqualFold(scheme, "Digest"):
		param = "username="
	default:
		return credentials
	}
	i := strings.Index(rest, param)
	if i < 0 {
		return credentials
	}
	value, _, _ := strings.Cut(rest[i:], ",")
	return value
}

func digest64(name, value string) uint64 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write([]byte(value))
	var sum [sha256.Size]byte
	return binary.BigEndian.Uint64(h.Sum(sum[:0]))
}

// answerDigest digests a response but for what changes from answer to answer
// without meaning anything.
func answerDigest(resp *expectations.Response) uint64 {
	c, ok := canons.Get().(*canon)
	if !ok {
		c = &canon{sum: sha256.New()}
	}
	defer c.release()
	c.buf = binary.AppendUvarint(c.buf, uint64(resp.Status))
	c.field(resp.Reason)
	c.header(resp.Header)
	c.header(resp.Trailer)
	// Equal answers are to be told from others, not guarded against anybody: a
	// fast hash will do, one that stays the same from build to build.
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(c.buf) // never fails
	_, _ = d.Write(resp.Body.Bytes)
	return d.Sum64()
}

// header appends the fields that say something, in the order of their names.
func (c *canon) header(h http.Header) {
	c.names = c.names[:0]
	for name := range h {
		if !isVolatile(name) {
			c.names = append(c.names, name)
		}
	}
	slices.Sort(c.names)
	c.buf = binary.AppendUvarint(c.buf, uint64(len(c.names)))
	for _, name := range c.names {
		c.field(name)
		c.buf = binary.AppendUvarint(c.buf, uint64(len(h[name])))
		for _, v := range h[name] {
			c.field(v)
		}
	}
}

// isVolatile reports whether a response header differs between answers that
// are the same: times, ids of the request, counters, the path it took, and
// how the body was transferred.
func isVolatile(name string) bool {
	if strings.HasPrefix(name, "X-B3-") {
		return true
	}
	switch name {
	case "Date", "Age", "Expires", "Server-Timing", "X-Runtime", "X-Response-Time", "X-Timer",
		"X-Request-Id", "Request-Id", "X-Correlation-Id", "X-Trace-Id", "Traceparent", "Tracestate",
		"X-Amzn-Requestid", "X-Amzn-Trace-Id", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Amz-Cf-Id", "Cf-Ray",
		"X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Ratelimit", "Ratelimit-Remaining", "Ratelimit-Reset",
		"Via", "X-Served-By", "X-Cache", "X-Cache-Hits", "Alt-Svc", "Nel", "Report-To",
		"Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding", "Content-Encoding":
		return true
	}
	return false
}
