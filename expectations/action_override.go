package expectations

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Override has the request answered by a server, with parts of the request
// and of the answer changed on their way (MockServer
// httpOverrideForwardedRequest).
type Override struct {
	// Request has the parts that take the place of received ones; nil: none.
	Request *Outgoing
	// Modifier changes the request after that; nil: nothing.
	Modifier *RequestModifier
	// Answer changes the server's answer.
	Answer AnswerChange
	// Template, if not nil, makes another answer of what has become of the
	// server's (MockServer responseTemplate).
	Template *Template
	// Delay is waited before the request is sent.
	Delay Delay
}

// Kind is "httpOverrideForwardedRequest".
func (*Override) Kind() string { return "httpOverrideForwardedRequest" }

func (*Override) isAction() {}

func (o *Override) check() error {
	if o == nil {
		return errors.New("an httpOverrideForwardedRequest must say something")
	}
	return nil
}

// An AnswerChange changes an answer: Override first, then Modifier. The zero
// value changes nothing.
type AnswerChange struct {
	// Override has the parts that take the place of the answer's; nil: none.
	Override *Answer
	// Modifier changes header fields and cookies; nil: none.
	Modifier *ResponseModifier
}

// A ResponseModifier changes parts of a response.
type ResponseModifier struct {
	// Header changes fields by name.
	Header *ValuesModifier
	// Cookies changes what Set-Cookie fields set, by the cookies' names, and
	// leaves their attributes alone.
	Cookies *ValuesModifier
}

// NeedsBody reports whether the answer changes in more than its head, so that
// its body is no longer that of a running answer.
func (c AnswerChange) NeedsBody() bool {
	o := c.Override
	return o != nil && (o.Body != nil || o.Connection != nil || len(o.Trailer) > 0)
}

// Apply returns the changed response. resp is not changed, but shares what
// stays the same.
func (c AnswerChange) Apply(resp *Response) *Response {
	out := *resp
	out.Header = canonical(resp.Header)
	if c.Override != nil {
		c.Override.Loaded().over(&out)
	}
	if c.Modifier == nil {
		return &out
	}
	c.Modifier.Header.Fields(out.Header)
	if c.Modifier.Cookies != nil {
		c.Modifier.Cookies.setCookies(out.Header)
	}
	return &out
}

// canonical is a copy of a header under the names that net/http uses.
func canonical(h http.Header) http.Header {
	out := make(http.Header, len(h)+2)
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		out[name] = append(slices.Clip(out[name]), values...)
	}
	return out
}

// over puts what the answer has over resp.
func (a *Answer) over(resp *Response) {
	if a.Status != 0 {
		resp.Status, resp.Reason = a.Status, ""
	}
	if a.Reason != "" {
		resp.Reason = a.Reason
	}
	for name, values := range a.Header {
		resp.Header[http.CanonicalHeaderKey(name)] = values
	}
	if len(a.Trailer) > 0 {
		resp.Trailer = canonical(resp.Trailer)
		for name, values := range a.Trailer {
			resp.Trailer[http.CanonicalHeaderKey(name)] = values
		}
	}
	for _, c := range a.Cookies {
		named := &ValuesModifier{Add: []NamedValues{{Name: c.Name, Values: []string{c.Value}}}}
		named.setCookies(resp.Header)
	}
	if a.Body == nil {
		return
	}
	resp.Body = Body{Bytes: a.Body.Bytes, Size: int64(len(a.Body.Bytes))}
	for _, name := range []string{"Content-Encoding", "Content-Length"} {
		if headerValues(a.Header, name) == nil {
			delete(resp.Header, name)
		}
	}
	if a.Body.ContentType != "" && resp.Header["Content-Type"] == nil {
		resp.Header["Content-Type"] = []string{a.Body.ContentType}
	}
}

// setCookies changes Set-Cookie fields (RFC 6265 §4.1.1).
func (m *ValuesModifier) setCookies(h http.Header) {
	fields := slices.Clone(h["Set-Cookie"])
	for _, c := range m.Replace {
		for i, field := range fields {
			if setCookieName(field) == c.Name {
				_, attributes, some := strings.Cut(field, ";")
				fields[i] = c.Name + "=" + strings.Join(c.Values, ", ")
				if some {
					fields[i] += ";" + attributes
				}
			}
		}
	}
	for _, c := range m.Add {
		fields = slices.DeleteFunc(fields, func(f string) bool { return setCookieName(f) == c.Name })
		fields = append(fields, c.Name+"="+strings.Join(c.Values, ", "))
	}
	fields = slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(m.Remove, setCookieName(f)) })
	if delete(h, "Set-Cookie"); len(fields) > 0 {
		h["Set-Cookie"] = fields
	}
}

func setCookieName(field string) string {
	name, _, _ := strings.Cut(field, "=")
	return strings.TrimSpace(name)
}
