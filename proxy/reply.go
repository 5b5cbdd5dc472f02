package proxy

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/charset"
)

// A reply is an answer of our own making. What it was made of is shared and
// never changed.
type reply struct {
	status      int
	reason      string
	header      http.Header
	cookies     []expectations.Cookie
	contentType string
	trailer     http.Header
	body        []byte
	// options are how it is put on the wire; nil for as usual.
	options *expectations.ConnectionOptions
	// sent says that the client has been told already, in its own way.
	sent bool
}

// replyOf is the reply that an answer describes.
func replyOf(a *expectations.Answer) *reply {
	rp := &reply{
		status:  a.Status,
		reason:  a.Reason,
		header:  a.Header,
		cookies: a.Cookies,
		trailer: a.Trailer,
		options: a.Connection,
	}
	if rp.status == 0 {
		rp.status = http.StatusOK
	}
	if a.Body != nil {
		rp.body, rp.contentType = inCharset(a), a.Body.ContentType
	}
	return rp
}

// inCharset is the body of an answer: what was written as text, in the charset
// of its Content-Type.
func inCharset(a *expectations.Answer) []byte {
	contentType := a.Body.ContentType
	for name, values := range a.Header {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 {
			contentType = values[0]
		}
	}
	switch a.Body.Kind {
	case expectations.AnswerString, expectations.AnswerXML, expectations.AnswerJSON:
		// Bytes that are no UTF-8 were given as rawBytes.
		if encoded, ok := charset.Encode(a.Body.Bytes, contentType); ok && utf8.Valid(a.Body.Bytes) {
			return encoded
		}
	case expectations.AnswerBinary, expectations.AnswerFile, expectations.AnswerParameters:
	}
	return a.Body.Bytes
}

// headerTo writes the fields into h, under the names as they were written but
// for those that net/http must recognise. Framing is ours: a Content-Length is
// kept only where no content tells the truth, in the answer to HEAD.
func (rp *reply) headerTo(h http.Header, head bool) {
	for name, values := range rp.header {
		switch canonical := http.CanonicalHeaderKey(name); canonical {
		case "Transfer-Encoding", "Trailer":
		case "Content-Length":
			if head && rp.body == nil {
				h[canonical] = values
			}
		case "Content-Type", "Connection", "Date", "Set-Cookie":
			h[canonical] = values
		default:
			h[name] = values
		}
	}
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = nil // keeps net/http from guessing one
		if rp.contentType != "" {
			h["Content-Type"] = []string{rp.contentType}
		}
	}
	if len(rp.cookies) > 0 {
		set := slices.Clip(h["Set-Cookie"])
		for _, cookie := range rp.cookies {
			set = append(set, cookie.Name+"="+cookie.Value)
		}
		h["Set-Cookie"] = set
	}
}

// setHeader sets a field of a reply that is not an expectation's: those are
// shared.
func (rp *reply) setHeader(name string, values ...string) {
	if rp.header == nil {
		rp.header = http.Header{}
	}
	rp.header[name] = values
}

// hasContent reports whether the body is sent, given the method of the request
// (RFC 9110 §6.4.1).
func (rp *reply) hasContent(method string) bool {
	return method != http.MethodHead && bodyAllowed(rp.status)
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// declareLength sets Content-Length where net/http would not find it out: it
// does for short bodies.
func (rp *reply) declareLength(h http.Header, method string) {
	const netHTTPCounts = 2048
	if len(rp.trailer) > 0 || !bodyAllowed(rp.status) {
		return
	}
	if len(rp.body) > netHTTPCounts || method == http.MethodHead && rp.body != nil {
		h["Content-Length"] = []string{strconv.Itoa(len(rp.body))}
	}
}

// send writes the reply to the client of the call.
func (rp *reply) send(c *call) {
	if c.abort || rp.sent {
		return
	}
	if needsConn(rp.options) && c.r.ProtoMajor == 1 {
		rp.sendRaw(c)
		return
	}
	h := c.w.Header()
	rp.headerTo(h, c.r.Method == http.MethodHead)
	connectionTo(h, rp.options)
	c.permitReading(h)
	if chunkSize(rp.options) == 0 {
		rp.declareLength(h, c.r.Method)
	}
	if len(rp.trailer) > 0 {
		for name := range rp.trailer {
			h.Add("Trailer", name)
		}
	}
	c.setReason(rp.status, rp.reason)
	c.out.wroteHead = true
	c.w.WriteHeader(rp.status)
	if rp.hasContent(c.r.Method) && len(rp.body) > 0 {
		rp.writeBody(c)
	}
	if len(rp.trailer) > 0 {
		c.out.Flush() // with a length there would be no trailers over HTTP/1.1
	}
	for name, values := range rp.trailer {
		h[http.CanonicalHeaderKey(name)] = values
	}
}

// respond is the answer as goproxy's handler returns one. What no
// [http.Response] can say is sent past goproxy.
func (c *call) respond(rp *reply, r *http.Request) *http.Response {
	if rp.options == nil && !rp.sent {
		return rp.response(r)
	}
	rp.send(c)
	c.out.muted = true
	return (&reply{status: http.StatusOK}).response(r)
}

// response is the reply as an [http.Response].
func (rp *reply) response(r *http.Request) *http.Response {
	c := callOf(r.Context())
	if c != nil {
		c.setReason(rp.status, rp.reason)
	}
	resp := &http.Response{
		StatusCode:    rp.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        make(http.Header, len(rp.header)+2),
		Body:          http.NoBody,
		ContentLength: 0,
		Request:       r,
	}
	rp.headerTo(resp.Header, r.Method == http.MethodHead)
	if len(rp.trailer) > 0 {
		resp.ContentLength = -1
		resp.Trailer = rp.trailer.Clone()
	}
	rp.declareLength(resp.Header, r.Method)
	if rp.hasContent(r.Method) && len(rp.body) > 0 {
		resp.Body = io.NopCloser(bytes.NewReader(rp.body))
		if len(rp.trailer) == 0 {
			resp.ContentLength = int64(len(rp.body))
		}
	}
	return resp
}

// fact is the reply as a fact of the domain.
func (rp *reply) fact() expectations.Response {
	resp := expectations.Response{
		Status:  rp.status,
		Reason:  rp.reason,
		Header:  rp.header,
		Trailer: rp.trailer,
		Body:    expectations.Body{Bytes: rp.body, Size: int64(len(rp.body))},
	}
	if len(rp.cookies) > 0 || rp.contentType != "" {
		resp.Header = make(http.Header, len(rp.header)+2)
		rp.headerTo(resp.Header, false)
		if resp.Header["Content-Type"] == nil {
			delete(resp.Header, "Content-Type")
		}
	}
	return resp
}

// setReason asks for a reason phrase other than the standard one.
func (c *call) setReason(status int, reason string) {
	if c.r.ProtoMajor != 1 || reason == "" || reason == http.StatusText(status) || strings.ContainsAny(reason, "\r\n") {
		return
	}
	c.info.reason = reason
}
