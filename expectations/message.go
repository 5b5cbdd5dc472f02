package expectations

import (
	"net/http"
	"strings"
)

// HeaderValues returns the values of the named header field in the order
// sent; names compare ignoring case. It answers for Host too, which net/http
// keeps apart. The result is shared with the request: do not change it.
func (r *Request) HeaderValues(name string) []string {
	if strings.EqualFold(name, "Host") {
		if r.Host != "" {
			return []string{r.Host}
		}
		return headerValues(r.Header, "Host")
	}
	return headerValues(r.Header, name)
}

// headerValues looks a field up by its canonical name and, for headers that
// did not come from net/http, by comparing names.
func headerValues(h http.Header, name string) []string {
	if values, ok := h[http.CanonicalHeaderKey(name)]; ok {
		return values
	}
	for field, values := range h {
		if strings.EqualFold(field, name) {
			return values
		}
	}
	return nil
}

// Cookies returns the cookies of all Cookie fields in the order sent (RFC
// 6265 §4.2.1). It is tolerant: a pair without "=" is a name with an empty
// value, and one pair of double quotes around a value is dropped.
func (r *Request) Cookies() []Cookie {
	var cookies []Cookie
	for _, line := range headerValues(r.Header, "Cookie") {
		for piece := range strings.SplitSeq(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(piece), "=")
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			value = strings.TrimSpace(value)
			if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			cookies = append(cookies, Cookie{Name: name, Value: value})
		}
	}
	return cookies
}
