package har

import (
	"cmp"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// WriteExpectations writes an archive of expectations: for each answer an
// entry whose request is the one the expectation asks for, as far as it can
// be said by a request. Patterns stand as they are written; what is negated
// or optional is left out. Errors are treated as in [WriteExchanges].
func WriteExpectations(w io.Writer, seq iter.Seq2[*expectations.Expectation, error], o Options) error {
	return write(w, o, func(yield func(entry, error) bool) {
		for e, err := range seq {
			if err != nil {
				if !yield(entry{}, err) {
					return
				}
				continue
			}
			if !yieldAnswers(e, yield) {
				return
			}
		}
	})
}

func yieldAnswers(e *expectations.Expectation, yield func(entry, error) bool) bool {
	out := entry{started: e.Created, timings: unknown(), request: asRequest(e), comment: "expectation " + e.ID}
	r, ok := e.Action.(*expectations.Respond)
	if !ok {
		return yield(out, nil)
	}
	for _, answer := range r.Answers {
		out.response = asResponse(answer)
		if !yield(out, nil) {
			return false
		}
	}
	return true
}

// asRequest is a request that e asks for.
func asRequest(e *expectations.Expectation) *expectations.Request {
	m := e.Request
	if m == nil {
		m = &expectations.RequestMatcher{}
	}
	req := &expectations.Request{
		Method:    cmp.Or(plain(m.Method), http.MethodGet),
		Path:      "/" + strings.TrimPrefix(strings.ReplaceAll(plain(m.Path), "?", "%3F"), "/"),
		RawQuery:  query(m.Query),
		Header:    header(m.Headers),
		Authority: e.Authority,
		Secure:    m.Secure != nil && *m.Secure,
		Protocol:  "HTTP/1.1",
	}
	if m.Protocol == "HTTP_2" {
		req.Protocol = "HTTP/2.0"
	}
	req.Host = req.Header.Get("Host")
	req.Header.Del("Host")
	var cookies []string
	for _, c := range m.Cookies {
		if name := plain(c.Name); name != "" && !c.Value.Not {
			cookies = append(cookies, name+"="+unquoted(c.Value.Value))
		}
	}
	if len(cookies) > 0 && req.Header.Get("Cookie") == "" {
		req.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if m.Body != nil && !m.Body.Not {
		fillBody(req, m.Body)
	}
	return req
}

// plain is the value that t asks for, or "" if it does not ask for one.
func plain(t expectations.Text) string {
	if t.Not || t.Optional {
		return ""
	}
	return unquoted(t.Value)
}

// pairs visits the names and values that m asks for.
func pairs(m expectations.MultiMatcher, visit func(name, value string)) {
	for _, e := range m.Entries {
		name := plain(e.Name)
		if name == "" {
			continue
		}
		for _, value := range e.Values {
			if !value.Not {
				visit(name, unquoted(value.Value))
			}
		}
	}
}

func header(m expectations.MultiMatcher) http.Header {
	h := http.Header{}
	pairs(m, h.Add)
	return h
}

// query encodes the parameters, in their order.
func query(m expectations.MultiMatcher) string {
	var b strings.Builder
	pairs(m, func(name, value string) {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	})
	return b.String()
}

// fillBody gives req the body that m asks for, if it is a certain one.
func fillBody(req *expectations.Request, m *expectations.BodyMatcher) {
	contentType := m.ContentType
	switch b := m.Kind.(type) {
	case expectations.StringBody:
		req.Body.Bytes = []byte(b.Value)
	case expectations.JSONBody:
		req.Body.Bytes = b.Raw
		contentType = cmp.Or(contentType, "application/json; charset=utf-8")
	case expectations.BinaryBody:
		req.Body.Bytes = b.Bytes
	case expectations.ParametersBody:
		req.Body.Bytes = []byte(query(b.Parameters))
		contentType = cmp.Or(contentType, "application/x-www-form-urlencoded")
	}
	if req.Header.Get("Content-Type") == "" && contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
}

// asResponse is the response that a gives.
func asResponse(a *expectations.Answer) *expectations.Response {
	resp := &expectations.Response{
		Status:  cmp.Or(a.Status, http.StatusOK),
		Reason:  a.Reason,
		Header:  http.Header{},
		Trailer: a.Trailer,
	}
	for name, values := range a.Header {
		for _, value := range values {
			resp.Header.Add(name, value)
		}
	}
	for _, c := range a.Cookies {
		resp.Header.Add("Set-Cookie", c.Name+"="+c.Value)
	}
	if a.Body != nil {
		resp.Body.Bytes = a.Body.Bytes
		if resp.Header.Get("Content-Type") == "" && a.Body.ContentType != "" {
			resp.Header.Set("Content-Type", a.Body.ContentType)
		}
	}
	return resp
}
