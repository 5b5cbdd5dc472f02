package proxy

import (
	"net/http"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
)

// conditional makes a recorded 200 the 304 that the origin would have sent to
// a client that has that representation already (RFC 9110 §13.2.2). A 304
// itself is never learned: it would answer those who have nothing.
//
// If-Match, If-Unmodified-Since and If-Range are left aside: what they ask for
// was recorded as an answer of its own.
func (rp *reply) conditional(r *http.Request, origin expectations.Origin) {
	if origin != expectations.OriginCaptured || rp.status != http.StatusOK ||
		r.Method != http.MethodGet && r.Method != http.MethodHead || !rp.isKnownTo(r.Header) {
		return
	}
	header := make(http.Header, len(rp.header))
	for name, values := range rp.header {
		switch http.CanonicalHeaderKey(name) {
		case "Content-Type", "Content-Length", "Content-Language", "Content-Range":
			// Metadata of content that is not sent (RFC 9110 §15.4.5).
		default:
			header[name] = values
		}
	}
	*rp = reply{status: http.StatusNotModified, header: header, cookies: rp.cookies}
}

// isKnownTo reports whether the request's validators are those of the reply.
// If-None-Match takes the place of If-Modified-Since.
func (rp *reply) isKnownTo(request http.Header) bool {
	if tags := request.Values("If-None-Match"); len(tags) > 0 {
		return hasTag(tags, rp.header.Get("ETag"))
	}
	since, err := http.ParseTime(request.Get("If-Modified-Since"))
	if err != nil {
		return false
	}
	modified, err := http.ParseTime(rp.header.Get("Last-Modified"))
	return err == nil && !modified.Truncate(time.Second).After(since)
}

// hasTag reports whether the list of an If-None-Match names the entity tag, by
// weak comparison (RFC 9110 §8.8.3.2).
func hasTag(fields []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, field := range fields {
		if strings.TrimSpace(field) == "*" {
			return true
		}
		for rest := field; tag != ""; {
			_, from, ok := strings.Cut(rest, `"`)
			if !ok {
				break
			}
			opaque, after, ok := strings.Cut(from, `"`)
			if !ok {
				break
			}
			if `"`+opaque+`"` == tag {
				return true
			}
			rest = after
		}
	}
	return false
}
