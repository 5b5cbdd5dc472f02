package har

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// maxDecoded bounds what a compressed body is decoded to, in bytes.
const maxDecoded = 32 << 20

// sizeUnknown is said of sizes that are not known. Header sizes never are:
// fields are kept without their bytes on the wire.
const sizeUnknown = -1

func printRequest(p *jsondoc.Printer, req *expectations.Request) {
	p.BeginObject()
	p.Text("method", req.Method)
	p.Text("url", address(req))
	p.Text("httpVersion", cmp.Or(req.Protocol, "HTTP/1.1"))
	p.Key("cookies")
	printPairs(p, requestCookies(req))
	p.Key("headers")
	printHeader(p, req.Header, req.Host)
	p.Key("queryString")
	printPairs(p, expectations.ParseQuery(req.RawQuery))
	printPostData(p, req)
	p.Number("headersSize", sizeUnknown)
	p.Number("bodySize", bodySize(req.Body))
	printTrailers(p, req.Trailer)
	p.EndObject()
}

// address is the absolute URL; fragments are never sent.
func address(req *expectations.Request) string {
	scheme := "http://"
	if req.Secure {
		scheme = "https://"
	}
	path := req.Path
	if path == "*" { // server-wide OPTIONS (RFC 9112 §3.2.4)
		path = ""
	}
	url := scheme + cmp.Or(req.Authority, req.Host, "localhost") + escaped(path)
	if req.RawQuery != "" {
		url += "?" + escaped(req.RawQuery)
	}
	return url
}

// escaped is s with what cannot stand in a path or query percent-encoded (RFC
// 3986 §2.1). Escapes are kept as they are.
func escaped(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"#<>\\^`{|}", c) >= 0,
			c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])):
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func requestCookies(req *expectations.Request) []expectations.Param {
	var pairs []expectations.Param
	for _, c := range req.Cookies() {
		pairs = append(pairs, expectations.Param(c))
	}
	return pairs
}

// printPairs prints a list of {name, value}.
func printPairs(p *jsondoc.Printer, pairs []expectations.Param) {
	p.BeginArray()
	for _, pair := range pairs {
		p.Item()
		printPair(p, pair.Name, pair.Value)
	}
	p.EndArray()
}

func printPair(p *jsondoc.Printer, name, value string) {
	p.BeginObject()
	p.Text("name", name)
	p.Text("value", value)
	p.EndObject()
}

// printHeader prints fields in the order of their names, host first.
func printHeader(p *jsondoc.Printer, header http.Header, host string) {
	p.BeginArray()
	if host != "" && header["Host"] == nil {
		p.Item()
		printPair(p, "Host", host)
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			p.Item()
			printPair(p, name, value)
		}
	}
	p.EndArray()
}

func printTrailers(p *jsondoc.Printer, trailer http.Header) {
	if len(trailer) > 0 {
		p.Key("_trailers")
		printHeader(p, trailer, "")
	}
}

// printPostData prints the body of a request: the fields of a form as params,
// anything else as text (HAR 1.2 §postData: never both).
func printPostData(p *jsondoc.Printer, req *expectations.Request) {
	body, undecoded := decoded(req.Body)
	if len(body.Bytes) == 0 {
		return
	}
	mimeType := first(req.HeaderValues("Content-Type"))
	p.Key("postData")
	p.BeginObject()
	p.Text("mimeType", mimeType)
	switch {
	case content.IsForm(mimeType) && utf8.Valid(body.Bytes) && !body.Truncated:
		p.Key("params")
		printPairs(p, expectations.ParseQuery(string(body.Bytes)))
	case utf8.Valid(body.Bytes):
		p.Text("text", string(body.Bytes))
	default:
		p.Base64("text", body.Bytes)
		p.Text("_encoding", "base64")
	}
	optional(p, "comment", remark(body, undecoded))
	p.EndObject()
}

// printResponse prints the response of e. Where there was none its status is
// 0, as browsers write it.
func printResponse(p *jsondoc.Printer, e *entry) {
	resp := e.response
	if resp == nil {
		resp = &expectations.Response{}
	}
	p.BeginObject()
	p.Number("status", int64(resp.Status))
	p.Text("statusText", cmp.Or(resp.Reason, http.StatusText(resp.Status)))
	p.Text("httpVersion", cmp.Or(resp.Protocol, e.request.Protocol, "HTTP/1.1"))
	p.Key("cookies")
	printSetCookies(p, resp.Header)
	p.Key("headers")
	printHeader(p, resp.Header, "")
	p.Key("content")
	printContent(p, resp)
	p.Text("redirectURL", resp.Header.Get("Location"))
	p.Number("headersSize", sizeUnknown)
	if e.response == nil {
		p.Number("bodySize", sizeUnknown)
	} else {
		p.Number("bodySize", bodySize(resp.Body))
	}
	printTrailers(p, resp.Trailer)
	p.EndObject()
}

func printSetCookies(p *jsondoc.Printer, header http.Header) {
	p.BeginArray()
	for _, c := range (&http.Response{Header: header}).Cookies() {
		p.Item()
		p.BeginObject()
		p.Text("name", c.Name)
		p.Text("value", c.Value)
		optional(p, "path", c.Path)
		optional(p, "domain", c.Domain)
		if !c.Expires.IsZero() {
			p.Text("expires", c.Expires.UTC().Format(timestamp))
		}
		p.Bool("httpOnly", c.HttpOnly)
		p.Bool("secure", c.Secure)
		p.EndObject()
	}
	p.EndArray()
}

// printContent prints the body of a response, decoded (HAR 1.2 §content).
func printContent(p *jsondoc.Printer, resp *expectations.Response) {
	body, undecoded := decoded(resp.Body)
	p.BeginObject()
	p.Number("size", int64(len(body.Bytes)))
	if saved := int64(len(body.Bytes)) - body.Size; body.Coding != "" && !body.Truncated && body.Size > 0 && undecoded == "" {
		p.Number("compression", saved)
	}
	p.Text("mimeType", cmp.Or(resp.Header.Get("Content-Type"), "x-unknown"))
	switch {
	case len(body.Bytes) == 0:
	case utf8.Valid(body.Bytes):
		p.Text("text", string(body.Bytes))
	default:
		p.Base64("text", body.Bytes)
		p.Text("encoding", "base64")
	}
	optional(p, "comment", remark(body, undecoded))
	p.EndObject()
}

// bodySize is the number of bytes on the wire.
func bodySize(b expectations.Body) int64 {
	if b.Size == 0 {
		return int64(len(b.Bytes)) // not from the wire: an answer of ours
	}
	return b.Size
}

// decoded is b without its codings; reason says why it could not be decoded.
func decoded(b expectations.Body) (out expectations.Body, reason string) {
	out, err := content.Decode(b, maxDecoded)
	if err != nil {
		return b, err.Error()
	}
	return out, ""
}

// remark says what a reader should know of a body.
func remark(b expectations.Body, undecoded string) string {
	var remarks []string
	if b.Truncated {
		remarks = append(remarks, fmt.Sprintf("truncated: the first %d bytes of what was sent", len(b.Bytes)))
	}
	if undecoded != "" {
		remarks = append(remarks, "still encoded: "+undecoded)
	}
	return strings.Join(remarks, "; ")
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
