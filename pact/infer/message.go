package infer

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// unfit says why a sample is none of the contract's; "" if it is one.
func (o Options) unfit(s Sample) string {
	switch {
	case s.Request == nil || s.Response == nil:
		return "without an answer"
	case s.Request.Body.Truncated || s.Response.Body.Truncated:
		return "truncated"
	case s.Request.Method == http.MethodOptions:
		return "OPTIONS"
	case s.Request.Method == http.MethodHead:
		return "HEAD"
	case s.Request.Method == http.MethodConnect:
		return "CONNECT"
	case !strings.HasPrefix(s.Request.Path, "/"):
		return "without a path"
	}
	switch status := s.Response.Status; {
	case status < 200:
		return "informational (1xx)"
	case status == http.StatusPartialContent || status == http.StatusRequestedRangeNotSatisfiable:
		return "partial content"
	case status >= 300 && status < 400 && (!o.Redirects || status == http.StatusNotModified):
		return "redirect (3xx)"
	case status >= 500 && !o.ServerErrors:
		return "server error (5xx)"
	}
	// Pages get what they are made of; an image that answers a POST is an
	// API's.
	if s.Request.Method == http.MethodGet && asset(s.Response.Header.Get("Content-Type")) {
		return "asset of a web page"
	}
	return ""
}

// asset reports whether a type is that of what web pages are made of.
func asset(contentType string) bool {
	media := content.MediaType(contentType)
	switch main, _, _ := strings.Cut(media, "/"); main {
	case "image", "font", "audio", "video":
		return true
	}
	return media == "text/css" || strings.HasSuffix(media, "/javascript") || strings.HasSuffix(media, "/x-javascript")
}

// A bodyKind is what a body is merged as.
type bodyKind uint8

const (
	bodyNone bodyKind = iota
	bodyJSON
	bodyForm
	bodyXML
	// bodyText and bodyMultipart are compared as a whole.
	bodyText
	bodyMultipart
	// bodyBinary is compared by its type where a contract can say that.
	bodyBinary
	// bodyLarge and bodyBroken are not compared.
	bodyLarge
	bodyBroken
)

// String names the kind in reports.
func (k bodyKind) String() string {
	return [...]string{"no", "JSON", "form", "XML", "text", "multipart", "binary", "large", "malformed"}[k]
}

// whole reports whether bodies of the kind are compared as a whole.
func (k bodyKind) whole() bool { return k == bodyText || k == bodyMultipart }

// A message is a sample as the pipeline works on it: its bodies decoded and
// read, its tokens replaced by placeholders.
type message struct {
	request   *expectations.Request
	response  *expectations.Response
	redaction []expectations.Redaction
	query     []expectations.Param
	in, out   part
}

// A part is the body of one side.
type part struct {
	kind  bodyKind
	media string
	// doc is read when it is first asked for.
	doc    jsondoc.Value
	parsed bool
	// root is the name of an XML document's root.
	root string
	raw  []byte
}

func newMessage(s Sample, o Options) *message {
	m := &message{request: s.Request, response: s.Response, redaction: s.Redactions}
	request, response := *s.Request, *s.Response
	inLarge := decode(&request.Body, o.MaxBody)
	outLarge := decode(&response.Body, o.MaxBody)
	if len(s.Redactions) > 0 {
		n := neutral{slices.ContainsFunc(s.Redactions, func(r expectations.Redaction) bool {
			return r.Class == "number" || r.Class == "card"
		})}
		request.Header, response.Header = n.header(request.Header), n.header(response.Header)
		request.Path, request.RawQuery = n.string(request.Path), n.string(request.RawQuery)
		request.Body.Bytes = expectations.NeutralTokens(request.Body.Bytes, n.digits)
		response.Body.Bytes = expectations.NeutralTokens(response.Body.Bytes, n.digits)
	}
	m.request, m.response = &request, &response
	if request.RawQuery != "" {
		m.query = expectations.ParseQuery(request.RawQuery)
	}
	m.in = newPart(request.Body.Bytes, request.Header.Get("Content-Type"), inLarge)
	m.out = newPart(response.Body.Bytes, response.Header.Get("Content-Type"), outLarge)
	return m
}

// decode undoes a body's content coding; large says that it is too large to
// look into, or cannot be decoded.
func decode(b *expectations.Body, limit int64) (large bool) {
	if b.Encoded {
		decoded, err := content.Decode(*b, limit+1)
		if err != nil {
			return true
		}
		*b = decoded
		b.Truncated = false
	}
	return int64(len(b.Bytes)) > limit
}

func newPart(raw []byte, contentType string, large bool) part {
	p := part{media: content.MediaType(contentType), raw: raw}
	switch {
	case len(raw) == 0:
		return p
	case large:
		p.kind = bodyLarge
		return p
	}
	switch pact.KindOfMedia(contentType) {
	case pact.MediaJSON:
		p.kind = bodyJSON
	case pact.MediaForm:
		p.kind = bodyForm
	case pact.MediaXML:
		p.kind = bodyXML
	case pact.MediaMultipart:
		p.kind = bodyMultipart
	case pact.MediaText:
		p.kind = bodyText
		if binary(raw) || !content.IsText(contentType) {
			p.kind = bodyBinary
		}
	case pact.MediaBinary:
		p.kind = bodyBinary
	case pact.MediaUnknown:
		p.kind = untyped(raw)
	}
	return p
}

// untyped is the kind of a body without a content type.
func untyped(raw []byte) bodyKind {
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return bodyJSON
	}
	if binary(raw) {
		return bodyBinary
	}
	return bodyText
}

// json is the document of a JSON body; one that does not parse, or that is
// null, makes the body one that is not compared.
func (p *part) json() (jsondoc.Value, bool) {
	if p.kind != bodyJSON {
		return jsondoc.Value{}, false
	}
	if !p.parsed {
		doc, err := jsondoc.Parse(p.raw)
		if err != nil || doc.Kind == jsondoc.KindNull {
			p.kind = bodyBroken
			return jsondoc.Value{}, false
		}
		p.doc, p.parsed = doc, true
	}
	return p.doc, true
}

// neutral replaces tokens by placeholders; digits says that numbers may be
// tokens too.
type neutral struct{ digits bool }

func (n neutral) string(s string) string {
	return string(expectations.NeutralTokens([]byte(s), n.digits))
}

func (n neutral) header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		fresh := make([]string, len(values))
		for i, v := range values {
			fresh[i] = n.string(v)
		}
		out[name] = fresh
	}
	return out
}

// redacted reports whether a text holds a placeholder for a secret.
func redacted(s string) bool {
	if len(s) < len(expectations.PlaceholderDigits) {
		return false
	}
	return strings.Contains(s, expectations.PlaceholderText) || strings.Contains(s, expectations.PlaceholderUUID) ||
		strings.Contains(s, expectations.PlaceholderJWT) || s == expectations.PlaceholderDigits
}

// binary reports whether bytes are no text.
func binary(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) }
