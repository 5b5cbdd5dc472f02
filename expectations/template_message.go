package expectations

import (
	"encoding/base64"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/charset"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/mustache"
)

// A requestScope is the request in a template (MockServer
// HttpRequestTemplateObject).
type requestScope struct{ *templateScope }

// requestMembers are the names of a request.
var requestMembers = map[string]func(s *templateScope) mustache.Value{
	"method":        func(s *templateScope) mustache.Value { return s.in.Request.Method },
	"path":          func(s *templateScope) mustache.Value { return s.in.Request.Path },
	"secure":        func(s *templateScope) mustache.Value { return s.in.Request.Secure },
	"keepAlive":     func(s *templateScope) mustache.Value { return s.in.Request.KeepAlive },
	"remoteAddress": func(s *templateScope) mustache.Value { return s.in.Request.ClientAddr },
	"localAddress":  func(s *templateScope) mustache.Value { return s.in.Request.LocalAddr },
	"body":          func(s *templateScope) mustache.Value { return s.body.shown() },
	"bodyAsString":  func(s *templateScope) mustache.Value { return s.body.shown() },
	"headers":       func(s *templateScope) mustache.Value { return fieldNames{grouped(headerPairs(s.in.Request))} },
	"cookies": func(s *templateScope) mustache.Value {
		cookies := names{}
		for _, c := range s.in.Request.Cookies() {
			cookies[c.Name] = c.Value
		}
		return cookies
	},
	"queryStringParameters": func(s *templateScope) mustache.Value { return grouped(ParseQuery(s.in.Request.RawQuery)) },
	"pathParameters": func(s *templateScope) mustache.Value {
		return grouped(pathParameters(s.in.Expectation.Request, s.in.Request.Path))
	},
	"pathGroups":      func(s *templateScope) mustache.Value { return s.pathGroups().all },
	"namedPathGroups": func(s *templateScope) mustache.Value { return s.pathGroups().named },
	"jsonRpcId":       func(s *templateScope) mustache.Value { return s.rpc().id },
	"jsonRpcRawId":    func(s *templateScope) mustache.Value { return s.rpc().rawID },
	"jsonRpcMethod":   func(s *templateScope) mustache.Value { return s.rpc().method },
}

// Get implements [mustache.Scope]. A name may be written as the method that
// MockServer's object has ("getPath").
func (r requestScope) Get(name string) (mustache.Value, bool) {
	if made, ok := requestMembers[propertyName(name)]; ok {
		return made(r.templateScope), true
	}
	return r.String(), name == "toString"
}

// String is the request as JSON.
func (r requestScope) String() string {
	all := names{}
	for name, made := range requestMembers {
		all[name] = made(r.templateScope)
	}
	return printedJSON(all)
}

// A responseScope is the response in a template (MockServer
// HttpResponseTemplateObject).
type responseScope struct{ names }

func newResponseScope(resp *Response) responseScope {
	var fields []Param
	cookies := names{}
	for name, values := range resp.Header {
		for _, value := range values {
			fields = append(fields, Param{name, value})
		}
	}
	for _, field := range headerValues(resp.Header, "Set-Cookie") {
		pair, _, _ := strings.Cut(field, ";")
		name, value, _ := strings.Cut(pair, "=")
		cookies[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	body := bodyView{content: resp.Body, contentType: first(headerValues(resp.Header, "Content-Type"))}
	return responseScope{names{
		"statusCode": mustache.Number(strconv.Itoa(resp.Status)), "reasonPhrase": resp.Reason, "body": body.shown(),
		"headers": fieldNames{grouped(fields)}, "cookies": cookies,
	}}
}

// Get implements [mustache.Scope].
func (r responseScope) Get(name string) (mustache.Value, bool) {
	if v, ok := r.names[propertyName(name)]; ok {
		return v, true
	}
	return r.String(), name == "toString"
}

// String is the response as JSON.
func (r responseScope) String() string { return printedJSON(r.names) }

// propertyName is the name of what a Java method returns: "path" of "getPath".
func propertyName(name string) string {
	if rest, ok := strings.CutPrefix(name, "get"); ok && rest != "" && 'A' <= rest[0] && rest[0] <= 'Z' {
		return strings.ToLower(rest[:1]) + rest[1:]
	}
	return name
}

// printedJSON is what there is of the names as JSON, in their order.
func printedJSON(n names) string {
	maps.DeleteFunc(n, func(_ string, v mustache.Value) bool {
		switch v := v.(type) {
		case nil:
			return true
		case string:
			return v == ""
		case names:
			return len(v) == 0
		case fieldNames:
			return len(v.names) == 0
		case mustache.List:
			return len(v) == 0
		}
		return false
	})
	return string(namesJSON(n).AppendJackson(nil))
}

// shown is the content as a template prints it: as text where its type says
// that it is one, or where it has no type, else in base64 (MockServer 7
// MediaType.isString). What claims to be text and is not UTF-8 is Latin-1 if
// its type is a text's, which is what HTTP once had it be.
func (b *bodyView) shown() string {
	switch {
	case !b.textual():
		return base64.StdEncoding.EncodeToString(b.content.Bytes)
	case b.decode() || utf8.Valid(b.content.Bytes):
		return b.string()
	case b.contentType == "" || strings.Contains(b.contentType, "json") || strings.Contains(b.contentType, "="):
		return string([]rune(b.string())) // each byte that is wrong becomes U+FFFD, as in Java
	}
	text, _ := charset.Decode(b.content.Bytes, "text/plain; charset=iso-8859-1")
	return text
}

// textTypes and binaryTypes are parts of media types.
var (
	textTypes   = []string{"text", "json", "css", "html", "form", "javascript", "ecmascript", "xml", "wsdl", "csv", "urlencoded"}
	binaryTypes = []string{"image/", "audio/", "video/", "zip", "octet-stream", "pdf", "protobuf", "grpc", "tar", "compressed"}
)

func (b *bodyView) textual() bool {
	media, params, err := mime.ParseMediaType(b.contentType)
	in := func(part string) bool { return strings.Contains(media, part) }
	switch {
	case err != nil, !strings.Contains(media, "/"): // none, or none that can be read
		return true
	case slices.ContainsFunc(textTypes, in):
		return true
	}
	return params["charset"] != "" && !slices.ContainsFunc(binaryTypes, in)
}

// A rpc is what a template shows of a JSON-RPC request; nil is what there is
// not.
type rpc struct{ id, rawID, method mustache.Value }

func (s *templateScope) rpc() (call rpc) {
	if !strings.HasPrefix(strings.TrimSpace(s.body.string()), "{") {
		return rpc{}
	}
	doc, ok := s.body.document()
	if !ok {
		return rpc{}
	}
	method, called := doc.Get("method")
	if _, ok := doc.Get("jsonrpc"); !ok || !called {
		return rpc{}
	}
	call = rpc{rawID: "null", method: mustache.Text(jsonValue(method))}
	if id, ok := doc.Get("id"); ok {
		call.rawID = string(id.AppendCompact(nil))
		if call.id = call.rawID; id.Kind == jsondoc.KindString {
			call.id = id.Text
		}
	}
	return call
}

// pathParameters are the values of the names in the path of a matcher, which
// has matched the path, as sent.
func pathParameters(m *RequestMatcher, path string) []Param {
	if m != nil && len(m.Any) > 0 {
		return pathParameters(m.ofPath(path), path)
	}
	if m == nil || len(m.PathParameters.Entries) == 0 {
		return nil
	}
	var params []Param
	rest := trimSlash(path)
	for segment := range strings.SplitSeq(trimSlash(m.Path.Value), "/") {
		part, after, _ := strings.Cut(rest, "/")
		rest = after
		if name := paramName(segment); name != "" {
			params = append(params, Param{name, part})
		}
	}
	return params
}
