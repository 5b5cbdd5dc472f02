package expectations

import (
	"net/http"
	"slices"
)

// A Compiled is a [RequestMatcher] made executable: its patterns are compiled
// once, and matching many requests is cheap. It is immutable and safe for
// concurrent use. A nil *Compiled matches everything.
//
// What most requests ask about stands first, so that a lookup touches little
// memory.
type Compiled struct {
	not bool
	// bare says that nothing is asked beyond method and path.
	bare    bool
	source  *RequestMatcher
	method  textPattern
	path    pathMatcher
	query   multi
	headers multi
	cookies multi
	body    *bodyMatcher
	// any are alternatives, one of which has to match too.
	any []*Compiled
}

// Compile makes a matcher executable; nil matches everything. The matcher
// must not be changed afterwards.
//
// The error is a [*PatternError] where a text is clearly meant as a regular
// expression that neither Go's engine (RE2) nor the backtracking one behind it
// can run, or where a condition on the body is not of its kind. A text that is
// no regular expression at all, such as "/a(b", is no error: it matches
// literally (MockServer).
func Compile(m *RequestMatcher) (*Compiled, error) {
	return compileMatcher(m, compileText)
}

// compileLiteral is Compile for captured expectations, whose texts are never
// regular expressions.
func compileLiteral(m *RequestMatcher) (*Compiled, error) {
	return compileMatcher(m, literalText)
}

func compileMatcher(m *RequestMatcher, compile textCompiler) (*Compiled, error) {
	if m == nil {
		m = &RequestMatcher{}
	}
	c := &Compiled{source: m, not: m.Not}
	err := checkContract(m.Contract)
	if err != nil {
		return nil, err
	}
	if c.method, err = compile("method", m.Method); err != nil {
		return nil, err
	}
	c.method.value = oneMethod(c.method.value)
	if c.path, err = compilePath(m, compile); err != nil {
		return nil, err
	}
	if c.query, err = compileMulti("queryStringParameters", m.Query, compile); err != nil {
		return nil, err
	}
	if c.headers, err = compileMulti("headers", m.Headers, compile); err != nil {
		return nil, err
	}
	cookies := MultiMatcher{}
	for _, cookie := range m.Cookies {
		entry := NamedTexts{Name: cookie.Name, Values: []Text{cookie.Value}, Style: cookie.Style}
		cookies.Entries = append(cookies.Entries, entry)
	}
	if c.cookies, err = compileMulti("cookies", cookies, compile); err != nil {
		return nil, err
	}
	if c.body, err = compileBody(m.Body); err != nil {
		return nil, err
	}
	if err := c.compileAny(m, compile); err != nil {
		return nil, err
	}
	c.bare = c.isBare()
	return c, nil
}

// oneMethod returns the text of a known method always from the same place in
// memory: it is compared in each lookup, and each document has its own.
func oneMethod(method string) string {
	for _, known := range [...]string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodOptions,
	} {
		if method == known {
			return known
		}
	}
	return method
}

// texts are a method, "" for any, and a path which are all that a request has
// to have to match; path is "" where that is not all.
func (c *Compiled) texts() (method, path string) {
	text := &c.path.text
	if !c.bare || c.not || c.method.not || text.not || c.method.schema != nil || text.schema != nil || c.path.segments != nil {
		return "", ""
	}
	return c.method.value, text.value
}

func (c *Compiled) isBare() bool {
	m := c.source
	return len(c.headers.entries)+len(c.cookies.entries)+len(c.query.entries)+len(c.path.params.entries) == 0 &&
		m.KeepAlive == nil && m.Secure == nil && m.Protocol == "" && m.Contract == nil && c.body == nil && c.any == nil
}

// Match reports whether the request fulfils the condition. Its body must have
// been decoded where [Compiled.NeedsBody] says that it counts: one that is
// still encoded, or truncated, equals nothing.
func (c *Compiled) Match(req *Request) bool {
	if c == nil {
		return true
	}
	v := newView(req)
	return c.match(&v)
}

// NeedsBody reports whether the condition has one on the body.
func (c *Compiled) NeedsBody() bool {
	return c != nil && (c.body != nil || c.source.Contract != nil && c.source.Contract.NeedsBody() ||
		slices.ContainsFunc(c.any, (*Compiled).NeedsBody))
}

func (c *Compiled) match(v *view) bool {
	return (c.matchHead(v) && (c.bare || c.matchBody(v) && c.agreed(v) && c.matchAny(v))) != c.not
}

// matchHead checks everything but the body, and leaves Not aside.
func (c *Compiled) matchHead(v *view) bool {
	return c.method.match(v.req.Method) && c.path.match(v) && (c.bare || c.matchFields(v))
}

// matchFields checks what is neither method, path nor body.
func (c *Compiled) matchFields(v *view) bool {
	return c.matchConnection(v.req) &&
		(len(c.headers.entries) == 0 || c.headers.matchHeaders(v)) &&
		(len(c.cookies.entries) == 0 || c.cookies.match(c.cookies.ofCookies(v))) &&
		(len(c.query.entries) == 0 || c.query.match(c.query.ofQuery(v))) &&
		c.path.matchParams(v) && c.matchAnyHead(v)
}

func (c *Compiled) matchBody(v *view) bool {
	return c.body == nil || c.body.match(v.bodyView())
}

func (c *Compiled) matchConnection(req *Request) bool {
	m := c.source
	return (m.KeepAlive == nil || *m.KeepAlive == req.KeepAlive) &&
		(m.Secure == nil || *m.Secure == req.Secure) &&
		(m.Protocol == "" || m.Protocol == protocolName(req.Protocol))
}

// protocolName is MockServer's name of a protocol version; it has none for
// HTTP/1.0 and takes it for HTTP/1.1.
func protocolName(version string) string {
	switch version {
	case "HTTP/2.0", "HTTP/2":
		return "HTTP_2"
	case "HTTP/3.0", "HTTP/3":
		return "HTTP_3"
	}
	return "HTTP_1_1"
}

// Source is what c was compiled from; nil for a nil c, which matches
// everything. It must not be changed.
func (c *Compiled) Source() *RequestMatcher {
	if c == nil {
		return nil
	}
	return c.source
}
