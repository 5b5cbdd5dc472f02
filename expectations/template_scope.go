package expectations

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/jsonpath"
	"github.com/pactape/pactape/expectations/mustache"
	"github.com/pactape/pactape/expectations/xmldoc"
)

// A names is a [mustache.Scope] that is a map.
type names map[string]mustache.Value

// Get implements [mustache.Scope]. What a map has none of, it has by Java's
// names: entrySet, keySet, values (MockServer ExtendedCollector).
func (n names) Get(name string) (mustache.Value, bool) {
	if v, ok := n[name]; ok {
		return v, true
	}
	var all mustache.List
	switch name {
	case "entrySet":
		for _, key := range slices.Sorted(maps.Keys(n)) {
			all = append(all, names{"key": key, "value": n[key]})
		}
	case "keySet":
		for _, key := range slices.Sorted(maps.Keys(n)) {
			all = append(all, key)
		}
	case "values":
		for _, key := range slices.Sorted(maps.Keys(n)) {
			all = append(all, n[key])
		}
	default:
		return nil, false
	}
	return all, true
}

// String prints the names as Java prints a map.
func (n names) String() string {
	pairs := make([]string, 0, len(n))
	for _, key := range slices.Sorted(maps.Keys(n)) {
		pairs = append(pairs, fmt.Sprint(key, "=", n[key]))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// fieldNames are header fields, whose names have no case.
type fieldNames struct{ names }

// Get implements [mustache.Scope].
func (f fieldNames) Get(name string) (mustache.Value, bool) {
	if v, ok := f.names.Get(name); ok {
		return v, true
	}
	for field, v := range f.names {
		if strings.EqualFold(field, name) {
			return v, true
		}
	}
	return nil, false
}

// newTemplateScope has the names of a template: those of MockServer's
// TemplateFunctions, HttpRequestTemplateObject and HttpResponseTemplateObject.
func newTemplateScope(e *Expectation, req *Request, resp *Response) mustache.Scope {
	body := bodyView{content: req.Body, contentType: first(headerValues(req.Header, "Content-Type"))}
	scope := builtIn()
	scope["request"] = requestNames(e, req, &body)
	if resp != nil {
		scope["response"] = responseNames(resp)
	}
	scope["jsonPath"] = mustache.Section(func(path string) string {
		scope["jsonPathResult"] = pathResult(&body, path)
		return ""
	})
	scope["xPath"] = mustache.Section(func(path string) string { return xpathResult(&body, path) })
	return scope
}

func builtIn() names {
	now := time.Now().UTC()
	scope := names{
		"now":          now.Format(time.RFC3339Nano),
		"now_iso_8601": now.Format(time.RFC3339Nano),
		"now_epoch":    strconv.FormatInt(now.Unix(), 10),
		"now_rfc_1123": now.Format(http.TimeFormat),
		"uuid":         mustache.Func(func() mustache.Value { return uuid.NewString() }),
		"rand_int":     randomInt(10), "rand_int_10": randomInt(10), "rand_int_100": randomInt(100),
		"rand_bytes": randomBytes(16),
	}
	for _, n := range []int{16, 32, 64, 128} {
		scope["rand_bytes_"+strconv.Itoa(n)] = randomBytes(n)
	}
	return scope
}

func randomInt(below int64) mustache.Func {
	return func() mustache.Value {
		n, _ := rand.Int(rand.Reader, big.NewInt(below)) // never fails
		return n.String()
	}
}

func randomBytes(n int) mustache.Func {
	return func() mustache.Value {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		return base64.StdEncoding.EncodeToString(b)
	}
}

func requestNames(e *Expectation, req *Request, body *bodyView) mustache.Scope {
	cookies := names{}
	for _, c := range req.Cookies() {
		cookies[c.Name] = c.Value
	}
	return names{
		"method": req.Method, "path": DecodedPath(req.Path), "secure": req.Secure, "keepAlive": req.KeepAlive,
		"remoteAddress": req.ClientAddr, "localAddress": req.LocalAddr,
		"body":                  body.string(),
		"bodyAsString":          body.string(),
		"headers":               fieldNames{grouped(headerPairs(req))},
		"queryStringParameters": grouped(ParseQuery(req.RawQuery)),
		"pathParameters":        grouped(pathParameters(e.Request, req.Path)),
		"cookies":               cookies,
	}
}

func responseNames(resp *Response) mustache.Scope {
	var fields []Param
	cookies := names{}
	for name, values := range resp.Header {
		for _, value := range values {
			fields = append(fields, Param{name, value})
		}
	}
	for _, field := range resp.Header["Set-Cookie"] {
		pair, _, _ := strings.Cut(field, ";")
		name, value, _ := strings.Cut(pair, "=")
		cookies[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	body := bodyView{content: resp.Body, contentType: first(headerValues(resp.Header, "Content-Type"))}
	return names{
		"statusCode": mustache.Number(strconv.Itoa(resp.Status)), "reasonPhrase": resp.Reason, "body": body.string(),
		"headers": fieldNames{grouped(fields)}, "cookies": cookies,
	}
}

func grouped(pairs []Param) names {
	out := names{}
	for _, p := range pairs {
		values, _ := out[p.Name].(mustache.List)
		out[p.Name] = append(values, p.Value)
	}
	return out
}

// pathParameters are the values of the names in the path of a matcher, which
// has matched the path.
func pathParameters(m *RequestMatcher, path string) []Param {
	if m == nil || len(m.PathParameters.Entries) == 0 {
		return nil
	}
	var params []Param
	rest := trimSlash(path)
	for segment := range strings.SplitSeq(trimSlash(m.Path.Value), "/") {
		part, after, _ := strings.Cut(rest, "/")
		rest = after
		if name := paramName(segment); name != "" {
			params = append(params, Param{name, DecodedPath(part)})
		}
	}
	return params
}

// pathResult is what a JSONPath selects of a body, "" for nothing.
func pathResult(body *bodyView, text string) mustache.Value {
	path, err := jsonpath.Compile(strings.TrimSpace(text), jsonpath.Options{Regexp: func(expr string, whole bool) (jsonpath.Matcher, error) {
		return javaRegexp(expr, whole)
	}})
	doc, ok := body.document()
	if err != nil || !ok {
		return ""
	}
	found, err := path.Select(&doc)
	switch {
	case err != nil || len(found) == 0 && path.Single():
		return ""
	case path.Single():
		return jsonValue(*found[0])
	}
	all := make(mustache.List, len(found))
	for i, v := range found {
		all[i] = jsonValue(*v)
	}
	return all
}

// xpathResult is what an XPath makes of a body, "" where it is no XML.
func xpathResult(body *bodyView, text string) string {
	path, err := xmldoc.CompileXPath(strings.TrimSpace(text), nil)
	if err != nil {
		return ""
	}
	doc, err := body.xmlDocument()
	if err != nil {
		return ""
	}
	result, err := path.Text(doc)
	if err != nil {
		return ""
	}
	return result
}

// jsonValue is a JSON value for a template.
func jsonValue(v jsondoc.Value) mustache.Value {
	switch v.Kind {
	case jsondoc.KindString:
		return v.Text
	case jsondoc.KindNumber:
		return mustache.Number(v.Text)
	case jsondoc.KindBool:
		return v.Bool
	case jsondoc.KindArray:
		all := make(mustache.List, len(v.Items))
		for i, item := range v.Items {
			all[i] = jsonValue(item)
		}
		return all
	case jsondoc.KindObject:
		return jsonNames(v)
	case jsondoc.KindNull:
	}
	return nil
}

// jsonNames is a JSON object as a scope, which prints as JSON.
type jsonNames jsondoc.Value

// Get implements [mustache.Scope].
func (j jsonNames) Get(name string) (mustache.Value, bool) {
	v, ok := jsondoc.Value(j).Get(name)
	if !ok {
		return nil, false
	}
	return jsonValue(v), true
}

// String is the JSON.
func (j jsonNames) String() string { return string(jsondoc.Value(j).AppendCompact(nil)) }
