package expectations

import (
	"maps"
	"net/http"
	"strconv"
)

// A ResponseMatcher is a condition on what was answered, which a
// [Verification] may have (MockServer 7 HttpResponsePropertiesMatcher). Fields
// left at their zero value match anything.
type ResponseMatcher struct {
	// Status is the status code; 0 matches any.
	Status int
	// Reason is the reason phrase as it was sent.
	Reason  Text
	Headers MultiMatcher
	// Cookies are those that Set-Cookie fields set (RFC 6265 §4.1).
	Cookies []NamedText
	// Body is nil to match any body.
	Body *BodyMatcher
}

// A CompiledResponse is a [ResponseMatcher] made executable. It is immutable
// and safe for concurrent use. A nil *CompiledResponse matches everything.
type CompiledResponse struct {
	status int
	reason textPattern
	// message is the rest, for a request that has the response's fields.
	message *Compiled
	body    bool
}

// CompileResponse makes a matcher executable; nil matches everything. The
// error is that of [Compile].
func CompileResponse(m *ResponseMatcher) (*CompiledResponse, error) {
	if m == nil {
		return nil, nil //nolint:nilnil // a nil *CompiledResponse matches everything
	}
	c := &CompiledResponse{status: m.Status, body: m.Body != nil}
	var err error
	if c.reason, err = compileText("reasonPhrase", m.Reason); err != nil {
		return nil, err
	}
	if c.message, err = Compile(&RequestMatcher{Headers: m.Headers, Cookies: m.Cookies, Body: m.Body}); err != nil {
		return nil, err
	}
	return c, nil
}

// Match reports whether the response fulfils the condition. Where
// [CompiledResponse.NeedsBody] says so, its body has to be decoded.
func (c *CompiledResponse) Match(resp *Response) bool {
	return c == nil || resp != nil && c.hasStatus(resp) && c.reason.match(resp.Reason) && c.message.Match(asRequest(resp))
}

// NeedsBody reports whether the condition has one on the body.
func (c *CompiledResponse) NeedsBody() bool { return c != nil && c.body }

// Explain lists why the response does not fulfil the condition, with the
// fields "statusCode", "reasonPhrase", "body", "headers" and "cookies". It is
// empty if and only if [CompiledResponse.Match] holds.
func (c *CompiledResponse) Explain(resp *Response) []Mismatch {
	if c == nil {
		return nil
	}
	if resp == nil {
		return []Mismatch{{"statusCode", "a response", nothing}}
	}
	var out []Mismatch
	if !c.hasStatus(resp) {
		out = append(out, Mismatch{"statusCode", strconv.Itoa(c.status), strconv.Itoa(resp.Status)})
	}
	if !c.reason.match(resp.Reason) {
		out = append(out, Mismatch{"reasonPhrase", notText(c.reason.value, c.reason.not), orNone(resp.Reason)})
	}
	return append(out, c.message.Explain(asRequest(resp))...)
}

func (c *CompiledResponse) hasStatus(resp *Response) bool {
	return c.status == 0 || c.status == resp.Status
}

// asRequest is a request with the fields, the cookies and the body of a
// response.
func asRequest(resp *Response) *Request {
	header := make(http.Header, len(resp.Header)+1)
	maps.Copy(header, resp.Header)
	header.Del("Cookie")
	for _, field := range headerValues(resp.Header, "Set-Cookie") {
		if c, err := http.ParseSetCookie(field); err == nil {
			header.Add("Cookie", c.Name+"="+c.Value)
		}
	}
	return &Request{Header: header, Body: resp.Body}
}
