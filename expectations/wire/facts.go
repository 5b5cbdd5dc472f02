package wire

import (
	"bytes"
	"cmp"
	"io"
	"iter"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/charset"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// maxDecoded bounds what a compressed body is decoded to for printing, in
// bytes.
const maxDecoded = 32 << 20

// timestampLayout is MockServer's: local time without a zone.
const timestampLayout = "2006-01-02 15:04:05.000"

// EncodeRequests writes a JSON array of the requests of the entries, as
// MockServer's retrieve of type REQUESTS does, a part at a time.
func EncodeRequests(w io.Writer, entries iter.Seq[expectations.Entry]) error {
	out := newStream(w, false)
	for e := range entries {
		out.Item()
		printRequestInShort(&out.printer, e.Request)
		if err := out.flushLarge(); err != nil {
			return err
		}
	}
	return out.end()
}

// EncodeRequestResponses writes a JSON array of {httpRequest, httpResponse,
// timestamp}, as MockServer's retrieve of type REQUEST_RESPONSES does, a part
// at a time. httpResponse is left out where there was none.
func EncodeRequestResponses(w io.Writer, entries iter.Seq[expectations.Entry]) error {
	out := newStream(w, false)
	for e := range entries {
		out.Item()
		out.BeginObject()
		out.Key("httpRequest")
		printRequest(&out.printer, e.Request)
		if e.Response != nil {
			out.Key("httpResponse")
			printFact(&out.printer, e.Response, e.Outcome == expectations.Matched)
		}
		out.text("timestamp", e.Time.In(time.Local).Format(timestampLayout))
		out.EndObject()
		if err := out.flushLarge(); err != nil {
			return err
		}
	}
	return out.end()
}

// RequestJSON is a received request as MockServer prints it. Compressed
// bodies are printed decoded, with the bytes as received in originalBody.
// Its strings are facts: a leading "!" is printed as it is.
func RequestJSON(req *expectations.Request) jsondoc.Value {
	return document(func(p *printer) { printRequest(p, req) })
}

// RequestInShort is a received request as MockServer prints what was received:
// without addresses, and with the members in alphabetical order (MockServer 7
// HttpRequestPrettyPrintedDTO).
func RequestInShort(req *expectations.Request) jsondoc.Value {
	return document(func(p *printer) { printRequestInShort(p, req) })
}

func printRequestInShort(p *printer, req *expectations.Request) {
	p.BeginObject()
	printReceivedBody(p, req)
	printCookies(p, req.Cookies())
	printHeader(p, "headers", req.Header, req.Host)
	p.Bool("keepAlive", req.KeepAlive)
	p.text("method", req.Method)
	printOriginalBody(p, req)
	p.text("path", req.Path)
	p.text("protocol", protocolName(req.Protocol))
	printParams(p, expectations.ParseQuery(req.RawQuery))
	p.Bool("secure", req.Secure)
	p.EndObject()
}

// ResponseJSON is a response as MockServer prints what it forwarded.
func ResponseJSON(resp *expectations.Response) jsondoc.Value {
	return document(func(p *printer) { printFact(p, resp, false) })
}

// AnsweredJSON is a response as MockServer prints what an expectation answered:
// its body is written as it would be in an expectation.
func AnsweredJSON(resp *expectations.Response) jsondoc.Value {
	return document(func(p *printer) { printFact(p, resp, true) })
}

func printRequest(p *printer, req *expectations.Request) {
	p.BeginObject()
	p.text("method", req.Method)
	p.text("path", req.Path)
	printParams(p, expectations.ParseQuery(req.RawQuery))
	printHeader(p, "headers", req.Header, req.Host)
	printCookies(p, req.Cookies())
	p.Bool("keepAlive", req.KeepAlive)
	p.Bool("secure", req.Secure)
	if a, ok := upstreamOf(req); ok {
		printSocketAddress(p, a)
	}
	p.text("protocol", protocolName(req.Protocol))
	p.text("localAddress", req.LocalAddr)
	p.text("remoteAddress", req.ClientAddr)
	printReceivedBody(p, req)
	printOriginalBody(p, req)
	p.EndObject()
}

func printReceivedBody(p *printer, req *expectations.Request) {
	if decoded := decodedBody(req.Body); len(decoded) > 0 {
		p.Key("body")
		printContent(p, decoded, firstValue(req.HeaderValues("Content-Type")))
	}
}

// printOriginalBody prints the bytes of a compressed body as received.
func printOriginalBody(p *printer, req *expectations.Request) {
	if req.Body.Encoded && len(req.Body.Bytes) > 0 {
		p.Base64("originalBody", req.Body.Bytes)
	}
}

// printParams prints the query as an object of arrays, names descending,
// values in the order sent.
func printParams(p *printer, params []expectations.Param) {
	if len(params) == 0 {
		return
	}
	slices.SortStableFunc(params, func(a, b expectations.Param) int { return descending(a.Name, b.Name) })
	p.Key("queryStringParameters")
	p.BeginObject()
	for i, param := range params {
		if i == 0 || params[i-1].Name != param.Name {
			p.Key(param.Name)
			p.BeginArray()
		}
		p.Item()
		p.String(param.Value)
		if i == len(params)-1 || params[i+1].Name != param.Name {
			p.EndArray()
		}
	}
	p.EndObject()
}

// upstreamOf is the address the request is for.
func upstreamOf(req *expectations.Request) (expectations.SocketAddress, bool) {
	authority := cmp.Or(req.Authority, req.Host)
	if authority == "" {
		return expectations.SocketAddress{}, false
	}
	a := expectations.SocketAddress{Host: authority, Port: 80, Scheme: "HTTP"}
	if req.Secure {
		a.Port, a.Scheme = 443, "HTTPS"
	}
	if host, port, err := net.SplitHostPort(authority); err != nil {
		a.Host = strings.Trim(authority, "[]")
	} else {
		a.Host = host
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			a.Port = int(n)
		}
	}
	return a, true
}

// protocolName is MockServer's name for an HTTP version.
func protocolName(protocol string) string {
	switch protocol {
	case "":
		return ""
	case "HTTP/2.0":
		return "HTTP_2"
	}
	return "HTTP_1_1"
}

// printFact prints a response that was sent. What an expectation answered is
// printed in the form it was written: a body that Jackson printed as JSON, any
// other text as a string.
func printFact(p *printer, resp *expectations.Response, answered bool) {
	p.BeginObject()
	p.Number("statusCode", int64(resp.Status))
	p.text("reasonPhrase", resp.Reason)
	printHeader(p, "headers", resp.Header, "")
	printHeader(p, "trailers", resp.Trailer, "")
	contentType := resp.Header.Get("Content-Type")
	switch body := decodedBody(resp.Body); {
	case len(body) == 0:
	case answered:
		printAnswerBody(p, &expectations.AnswerBody{Kind: writtenKind(body, contentType), Bytes: body})
	default:
		p.Key("body")
		printContent(p, body, contentType)
	}
	p.EndObject()
}

// writtenKind is the kind of answer that body was likely written as.
func writtenKind(body []byte, contentType string) expectations.AnswerBodyKind {
	if !utf8.Valid(body) {
		return expectations.AnswerBinary
	}
	if content.IsJSON(contentType) {
		if tree, ok := jacksonText(body); ok && bare(tree, answerNames) {
			return expectations.AnswerJSON
		}
	}
	return expectations.AnswerString
}

// printContent prints a recorded body by its content type (MockServer 7
// BodyDecoderEncoder): JSON, XML, text, which is also what has no type, or
// binary.
func printContent(p *printer, body []byte, contentType string) {
	if content.IsJSON(contentType) && printJSONContent(p, body, contentType) {
		return
	}
	text, valid := charset.Decode(body, contentType)
	if !valid {
		text, valid = string(body), utf8.Valid(body)
	}
	if valid && contentType == "" {
		p.String(text)
		return
	}
	p.BeginObject()
	switch {
	case !valid || !isTextual(contentType):
		p.text("type", string(expectations.AnswerBinary))
		p.Base64("base64Bytes", body)
		p.text("contentType", contentType)
	case content.IsXML(contentType):
		p.text("type", string(expectations.AnswerXML))
		p.text("xml", text)
		p.Base64("rawBytes", body)
		if contentType != xmlContentType {
			p.text("contentType", contentType)
		}
	default:
		p.text("type", string(expectations.AnswerString))
		p.text("string", text)
		p.Base64("rawBytes", body)
		p.text("contentType", contentType)
	}
	p.EndObject()
}

func isTextual(contentType string) bool {
	return content.IsText(contentType) || content.IsXML(contentType) || content.IsForm(contentType) ||
		content.IsJSON(contentType) || content.Charset(contentType) != ""
}

// printJSONContent prints nothing and returns false if body is not JSON. The
// bytes are printed where they do not follow from it.
func printJSONContent(p *printer, body []byte, contentType string) bool {
	standard, compact := contentType == jsonContentType, false
	if tree, err := jsondoc.Parse(body); err == nil {
		if compact = bytes.Equal(tree.AppendCompact(nil), body); standard && compact && bare(tree, bodyNames) && p.Raw(body) == nil {
			return true
		}
	}
	before := *p
	p.BeginObject()
	if !standard {
		p.text("contentType", contentType)
	}
	p.text("type", string(expectations.AnswerJSON))
	p.Key("json")
	if !printJSON(p, body) {
		*p = before
		return false
	}
	if !compact {
		p.Base64("rawBytes", body)
	}
	p.EndObject()
	return true
}

// DecodedBody is a body without its content coding, or as it is where that
// cannot be taken off.
func DecodedBody(b expectations.Body) expectations.Body {
	decoded, err := content.Decode(b, maxDecoded)
	if err != nil {
		return b
	}
	return decoded
}

func decodedBody(b expectations.Body) []byte { return DecodedBody(b).Bytes }

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
