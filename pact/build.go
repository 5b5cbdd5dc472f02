package pact

import (
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// BuildRequest makes the request that an interaction's example stands for. The
// query keeps its order, and each value of a header is a line of its own. It
// returns nil for an interaction without a request.
func BuildRequest(it *Interaction) *expectations.Request {
	want := it.Request
	if want == nil {
		return nil
	}
	r := &expectations.Request{
		Method:    want.Method,
		Path:      want.Path,
		RawQuery:  encodeQuery(want.Query),
		Header:    make(http.Header),
		Protocol:  "HTTP/1.1",
		KeepAlive: true,
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	for _, field := range want.Headers {
		if strings.EqualFold(field.Name, "Host") {
			r.Host = strings.Join(field.Values, "")
			continue
		}
		name := http.CanonicalHeaderKey(field.Name)
		r.Header[name] = append(r.Header[name], field.Values...)
	}
	if content := want.Body.Content(); len(content) > 0 {
		r.Body = expectations.Body{Bytes: content, Size: int64(len(content))}
		if want.Body.ContentType != "" && len(r.Header["Content-Type"]) == 0 {
			r.Header["Content-Type"] = []string{want.Body.ContentType}
		}
	}
	return r
}
