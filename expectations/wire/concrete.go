package wire

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// errNoRequest says that a definition of a request is missing.
var errNoRequest = errors.New(`a request definition is required but value was ""`)

// errDefinition refuses the operations of a description where one request is
// wanted, in the words of MockServer 7 HttpState.debugMismatch.
var errDefinition = errors.New("debugMismatch only supports HttpRequest definitions")

// DecodeRequest reads a request as MockServer's clients define one: as an
// httpRequest whose texts are what was sent, and no patterns. What is negated
// or optional is not sent; without a method it is a GET of "/" over HTTP/1.1
// that keeps the connection. The error is a [*ValidationError] or says what a
// request cannot be made of.
func DecodeRequest(data []byte) (*expectations.Request, error) {
	if doc, err := jsondoc.ParseLenient(data); err == nil && defined(doc) {
		return nil, errDefinition
	}
	m, id, err := DecodeRequestMatcher(data)
	switch {
	case err != nil:
		return nil, err
	case id != "":
		return nil, errors.New("a request definition is required, not the id of an expectation")
	case m == nil && isBlank(data):
		return nil, errNoRequest
	case m == nil:
		m = &expectations.RequestMatcher{}
	}
	req := &expectations.Request{
		Method: cmp.Or(sent(m.Method), http.MethodGet), Path: cmp.Or(sent(m.Path), "/"),
		Header: http.Header{}, Protocol: "HTTP/1.1", KeepAlive: m.KeepAlive == nil || *m.KeepAlive,
		Secure: m.Secure != nil && *m.Secure,
	}
	if m.Protocol == "HTTP_2" {
		req.Protocol = "HTTP/2.0"
	}
	req.RawQuery = encoded(m.Query)
	eachSent(m.Headers, req.Header.Add)
	req.Host = req.Header.Get("Host")
	req.Header.Del("Host")
	var cookies []string
	for _, c := range m.Cookies {
		if name := sent(c.Name); name != "" && !c.Value.Not {
			cookies = append(cookies, name+"="+c.Value.Value)
		}
	}
	if len(cookies) > 0 {
		req.Header.Add("Cookie", strings.Join(cookies, "; "))
	}
	if m.Body == nil {
		return req, nil
	}
	return req, fillBody(req, m.Body)
}

// sent is the text that is sent, "" for none.
func sent(t expectations.Text) string {
	if t.Not || t.Optional {
		return ""
	}
	return t.Value
}

func eachSent(m expectations.MultiMatcher, visit func(name, value string)) {
	for _, e := range m.Entries {
		for _, v := range e.Values {
			if name := sent(e.Name); name != "" && !v.Not {
				visit(name, v.Value)
			}
		}
	}
}

func encoded(m expectations.MultiMatcher) string {
	var pairs []string
	eachSent(m, func(name, value string) {
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	})
	return strings.Join(pairs, "&")
}

// fillBody gives req the body that is defined, and its content type.
func fillBody(req *expectations.Request, m *expectations.BodyMatcher) error {
	contentType := m.ContentType
	switch b := m.Kind.(type) {
	case expectations.StringBody:
		req.Body.Bytes = []byte(b.Value)
	case expectations.JSONBody:
		req.Body.Bytes = b.Raw
		contentType = cmp.Or(contentType, jsonContentType)
	case expectations.XMLBody:
		req.Body.Bytes = []byte(b.Value)
		contentType = cmp.Or(contentType, xmlContentType)
	case expectations.BinaryBody:
		req.Body.Bytes = b.Bytes
	case expectations.ParametersBody:
		req.Body.Bytes = []byte(encoded(b.Parameters))
		contentType = cmp.Or(contentType, "application/x-www-form-urlencoded")
	default:
		return errors.New("$.body: a body of type " + m.Kind.Type() + " is a condition, and no content that could be sent")
	}
	req.Body.Size = int64(len(req.Body.Bytes))
	if req.Header.Get("Content-Type") == "" && contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return nil
}
