package expectations

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// An Outgoing is a request to send, or what of one takes the place of a
// received one's: a field at its zero value is left as received.
type Outgoing struct {
	// Method and Path; the path is escaped as it is to be sent, and without
	// the query.
	Method, Path string
	// Query holds parameters that are not escaped.
	Query []NamedValues
	// Header has names as written; Host is one of them. Fields of one hop and
	// of framing are not sent.
	Header http.Header
	// Cookies are sent in a Cookie field.
	Cookies []Cookie
	// Body takes the place of the received one; nil leaves that.
	Body *AnswerBody
	// Secure says whether TLS is spoken.
	Secure *bool
	// KeepAlive, if false, has the connection closed after the answer.
	KeepAlive *bool
	// Protocol is "", "HTTP_1_1" or "HTTP_2". Over TLS it is negotiated.
	Protocol string
	// SocketAddress is where it is sent; nil is where Host says.
	SocketAddress *SocketAddress
}

// NamedValues are the values of one name.
type NamedValues struct {
	Name   string
	Values []string
}

// A RequestModifier changes parts of a request. The zero value changes none.
type RequestModifier struct {
	// Path, if not nil, is applied to the escaped path.
	Path *Substitution
	// Query and Header change values by name.
	Query, Header *ValuesModifier
	// Cookies has one value for each name.
	Cookies *ValuesModifier
}

// A ValuesModifier changes named values: first Replace takes the place of
// names that are there, then Add is appended, then Remove is taken out.
type ValuesModifier struct {
	Add, Replace []NamedValues
	Remove       []string
}

// Rewrite returns the request that is sent in place of req: with o in it, and
// m applied to that; both may be nil. Authority and Secure are left to who
// knows where it goes. req is not changed, but shares what stays the same.
func Rewrite(req *Request, o *Outgoing, m *RequestModifier) *Request {
	sent := *req
	sent.Header = sent.Header.Clone()
	if sent.Header == nil {
		sent.Header = http.Header{}
	}
	if o != nil {
		o.into(&sent)
	}
	if m != nil {
		m.into(&sent)
	}
	return &sent
}

// Compose returns the request that o is all of: only what goes without saying
// is taken from req, in place of which it is sent. Without a method it is a
// GET, without a path for "/".
func Compose(req *Request, o *Outgoing) *Request {
	sent := &Request{
		Method: "GET", Path: "/", Host: req.Host, Header: http.Header{}, Protocol: req.Protocol,
		KeepAlive: req.KeepAlive, ClientAddr: req.ClientAddr, LocalAddr: req.LocalAddr,
	}
	o.into(sent)
	return sent
}

func (o *Outgoing) into(req *Request) {
	if o.Method != "" {
		req.Method = o.Method
	}
	if o.Path != "" {
		req.Path = SentPath(o.Path)
	}
	for _, p := range o.Query {
		req.RawQuery = addQuery(removeQuery(req.RawQuery, p.Name), p)
	}
	for name, values := range o.Header {
		if name = http.CanonicalHeaderKey(name); name == "Host" {
			req.Host = strings.Join(values, ", ")
			continue
		}
		req.Header[name] = values
	}
	for _, c := range o.Cookies {
		setCookies(req, func(have []Cookie) []Cookie {
			return append(slices.DeleteFunc(have, func(h Cookie) bool { return h.Name == c.Name }), c)
		})
	}
	if o.Body == nil {
		return
	}
	req.Body = Body{Bytes: o.Body.Bytes, Size: int64(len(o.Body.Bytes))}
	if headerValues(o.Header, "Content-Encoding") == nil {
		delete(req.Header, "Content-Encoding")
	}
	if req.Header["Content-Type"] == nil && o.Body.ContentType != "" {
		req.Header["Content-Type"] = []string{o.Body.ContentType}
	}
}

// SentPath is a path as it can be sent: with a slash in front, and with its
// escapes left alone.
func SentPath(path string) string {
	if path != "*" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	var out strings.Builder
	for i := range len(path) {
		c := path[i]
		escape := c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2])
		if escape || isPathByte(c) {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

// isPathByte reports whether a byte can stand in a path as it is (RFC 3986
// §3.3).
func isPathByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("/-._~!$&'()*+,;=:@", c) >= 0
}

func (m *RequestModifier) into(req *Request) {
	if m.Path != nil {
		req.Path = SentPath(m.Path.Apply(req.Path))
	}
	m.Query.query(req)
	if m.Header != nil {
		if req.Host != "" {
			req.Header["Host"] = []string{req.Host}
		}
		m.Header.Fields(req.Header)
		if host := req.Header["Host"]; len(host) > 0 {
			req.Host = strings.Join(host, ", ")
		}
		delete(req.Header, "Host")
	}
	if m.Cookies != nil {
		setCookies(req, m.Cookies.cookies)
	}
}

// Fields changes header fields.
func (m *ValuesModifier) Fields(h http.Header) {
	if m == nil {
		return
	}
	for _, f := range m.Replace {
		if h.Values(f.Name) != nil {
			h[http.CanonicalHeaderKey(f.Name)] = f.Values
		}
	}
	for _, f := range m.Add {
		name := http.CanonicalHeaderKey(f.Name)
		h[name] = append(slices.Clip(h[name]), f.Values...)
	}
	for _, name := range m.Remove {
		h.Del(name)
	}
}

// query changes parameters.
func (m *ValuesModifier) query(req *Request) {
	if m == nil {
		return
	}
	for _, p := range m.Replace {
		if rest := removeQuery(req.RawQuery, p.Name); rest != req.RawQuery {
			req.RawQuery = addQuery(rest, p)
		}
	}
	for _, p := range m.Add {
		req.RawQuery = addQuery(req.RawQuery, p)
	}
	for _, name := range m.Remove {
		req.RawQuery = removeQuery(req.RawQuery, name)
	}
}

// cookies changes cookies in place.
func (m *ValuesModifier) cookies(have []Cookie) []Cookie {
	for _, c := range m.Replace {
		for i := range have {
			if have[i].Name == c.Name {
				have[i].Value = strings.Join(c.Values, ", ")
			}
		}
	}
	for _, c := range m.Add {
		have = slices.DeleteFunc(have, func(h Cookie) bool { return h.Name == c.Name })
		have = append(have, Cookie{Name: c.Name, Value: strings.Join(c.Values, ", ")})
	}
	return slices.DeleteFunc(have, func(h Cookie) bool { return slices.Contains(m.Remove, h.Name) })
}

// setCookies changes the Cookie field of a request (RFC 6265 §5.4).
func setCookies(req *Request, change func([]Cookie) []Cookie) {
	cookies := change(req.Cookies())
	pairs := make([]string, 0, len(cookies))
	for _, c := range cookies {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if delete(req.Header, "Cookie"); len(pairs) > 0 {
		req.Header["Cookie"] = []string{strings.Join(pairs, "; ")}
	}
}

// removeQuery takes the parameters of a name out of a query, of which it
// leaves the rest as it is.
func removeQuery(raw, name string) string {
	if raw == "" {
		return ""
	}
	var kept []string
	for piece := range strings.SplitSeq(raw, "&") {
		if n, _, _ := strings.Cut(piece, "="); unescape(n, true) != name || piece == "" {
			kept = append(kept, piece)
		}
	}
	return strings.Join(kept, "&")
}

func addQuery(raw string, p NamedValues) string {
	for _, value := range p.Values {
		if raw != "" {
			raw += "&"
		}
		raw += url.QueryEscape(p.Name) + "=" + url.QueryEscape(value)
	}
	return raw
}
