package har

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// unknownType is what writers put where a response has no type.
const unknownType = "x-unknown"

// transferHeaders are headers of both directions that belong to one transfer
// (RFC 9110 §7.6.1), or to one call.
var transferHeaders = []string{
	"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection",
	"content-length", "content-encoding", "date", "via",
	"x-request-id", "x-correlation-id", "traceparent", "tracestate",
}

// requestHeaders are headers that say who asks, not what is asked for
// (MockServer 7 HarImporter, and what browsers and proxies add).
var requestHeaders = []string{
	"host", "user-agent", "accept", "accept-encoding", "accept-language", "cookie", "referer", "origin",
	"cache-control", "pragma", "if-none-match", "if-modified-since", "authorization", "proxy-authorization",
	"dnt", "priority", "upgrade-insecure-requests", "expect", "forwarded",
}

// requestPrefixes begin the names of more of them.
var requestPrefixes = []string{"sec-", "x-forwarded-", "x-b3-"}

// responseHeaders are headers that say who answered, or whom (MockServer 7
// HarImporter).
var responseHeaders = []string{"server", "set-cookie", "age", "vary"}

func asked(name string) bool {
	name = strings.ToLower(name)
	return httpguts.ValidHeaderFieldName(name) && // not those of HTTP/2, ":path"
		!slices.Contains(transferHeaders, name) && !slices.Contains(requestHeaders, name) &&
		!slices.ContainsFunc(requestPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// answerHeader is what is sent again of the headers of a response.
func answerHeader(headers []expectations.Param) http.Header {
	kept := http.Header{}
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		if !slices.Contains(transferHeaders, name) && !slices.Contains(responseHeaders, name) && httpguts.ValidHeaderFieldName(name) {
			kept.Add(h.Name, h.Value)
		}
	}
	return kept
}

// literal is a condition that s alone fulfils. Where s would say something else
// as a regular expression, it is quoted (java.util.regex.Pattern.quote), which
// [unquoted] undoes.
func literal(s string) expectations.Text {
	if !strings.ContainsAny(s, `([\|`) && !strings.Contains(s, ".*") && !strings.Contains(s, ".+") {
		return expectations.Text{Value: s}
	}
	if strings.Contains(s, `\E`) {
		return expectations.Text{Value: regexp.QuoteMeta(s)}
	}
	return expectations.Text{Value: `\Q` + s + `\E`}
}

// unquoted is what a condition quotes, or its value as it is.
func unquoted(s string) string {
	if inner, ok := strings.CutPrefix(s, `\Q`); ok {
		if inner, ok = strings.CutSuffix(inner, `\E`); ok && !strings.Contains(inner, `\E`) {
			return inner
		}
	}
	return s
}

func named(name string, values ...string) expectations.NamedTexts {
	n := expectations.NamedTexts{Name: literal(name)}
	for _, v := range values {
		n.Values = append(n.Values, literal(v))
	}
	return n
}

// multi is a condition on pairs, those of one name together.
func multi(pairs []expectations.Param) expectations.MultiMatcher {
	var m expectations.MultiMatcher
	for _, p := range pairs {
		i := slices.IndexFunc(m.Entries, func(e expectations.NamedTexts) bool { return e.Name.Value == p.Name })
		if i < 0 {
			m.Entries = append(m.Entries, named(p.Name, p.Value))
			continue
		}
		m.Entries[i].Values = append(m.Entries[i].Values, literal(p.Value))
	}
	return m
}

// readConditions reads what is asked of a request beside method and path.
func (p *pair) readConditions(request part, target *url.URL, headers []expectations.Param) error {
	query := expectations.ParseQuery(target.RawQuery)
	if target.RawQuery == "" {
		var err error
		if query, err = request.list("queryString"); err != nil {
			return err
		}
	}
	p.matcher.Query = multi(query)
	contentType, err := p.readPostData(request, headers)
	if err != nil {
		return err
	}
	headers = slices.DeleteFunc(headers, func(h expectations.Param) bool { return !asked(h.Name) })
	if content.IsMultipart(contentType) {
		// The boundary is another one each time.
		headers = slices.DeleteFunc(headers, func(h expectations.Param) bool { return strings.EqualFold(h.Name, "Content-Type") })
	}
	for i := range headers {
		headers[i].Name = http.CanonicalHeaderKey(headers[i].Name)
	}
	p.matcher.Headers = multi(headers)
	p.conditions = len(query) + len(headers)
	if p.matcher.Body != nil {
		p.conditions++
	}
	return nil
}

// readPostData reads the condition on the body, and returns its content type.
// Multipart bodies are not asked for: they are never the same twice.
func (p *pair) readPostData(request part, headers []expectations.Param) (contentType string, err error) {
	for _, h := range headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			contentType = h.Value
		}
	}
	if v, _ := request.value.Get("postData"); v.Kind == jsondoc.KindNull {
		return contentType, nil
	}
	post, err := request.object("postData")
	if err != nil {
		return "", err
	}
	mimeType, err := post.text("mimeType")
	if err != nil {
		return "", err
	}
	contentType = cmp.Or(contentType, mimeType)
	data, err := post.content(cmp.Or(present(post, "encoding"), "_encoding"))
	if err != nil {
		return "", err
	}
	params, err := post.list("params")
	if err != nil || content.IsMultipart(contentType) {
		return contentType, err
	}
	if len(data) > 0 && content.IsForm(contentType) {
		params = expectations.ParseQuery(string(data))
	}
	p.matcher.Body = bodyMatcher(contentType, data, params)
	return contentType, nil
}

// present is the name if the part has such a member.
func present(p part, name string) string {
	if _, ok := p.value.Get(name); ok {
		return name
	}
	return ""
}

func bodyMatcher(contentType string, data []byte, params []expectations.Param) *expectations.BodyMatcher {
	var kind expectations.BodyKind
	switch {
	case len(params) > 0 && (len(data) == 0 || content.IsForm(contentType)):
		kind = expectations.ParametersBody{Parameters: multi(params)}
	case len(data) == 0:
		return nil
	case content.IsJSON(contentType) && isJSON(data):
		kind = expectations.JSONBody{Raw: data, Strict: true}
	case isText(contentType, data):
		kind = expectations.StringBody{Value: string(data)}
	default:
		kind = expectations.BinaryBody{Bytes: data}
	}
	return &expectations.BodyMatcher{Kind: kind}
}

func answerKind(contentType string, data []byte) expectations.AnswerBodyKind {
	switch {
	case content.IsJSON(contentType) && isJSON(data):
		return expectations.AnswerJSON
	case !isText(contentType, data):
		return expectations.AnswerBinary
	case content.IsXML(contentType):
		return expectations.AnswerXML
	default:
		return expectations.AnswerString
	}
}

func isJSON(data []byte) bool {
	_, err := jsondoc.Parse(data)
	return err == nil
}

// isText reports whether a body can be written as text; without a content type
// it is if it can be.
func isText(contentType string, data []byte) bool {
	return utf8.Valid(data) && (contentType == "" || contentType == unknownType || content.IsText(contentType))
}

// requestKey is a digest that is equal for matchers that ask for the same. The
// order of names says nothing.
func requestKey(m *expectations.RequestMatcher) string {
	sum := sha256.Sum256(requestText(m))
	return string(sum[:])
}

func requestText(m *expectations.RequestMatcher) []byte {
	key := fmt.Appendf(nil, "%q %q", m.Method.Value, m.Path.Value)
	key = appendMulti(key, 'q', m.Query)
	key = appendMulti(key, 'h', m.Headers)
	if m.Body == nil {
		return key
	}
	switch b := m.Body.Kind.(type) {
	case expectations.ParametersBody:
		key = appendMulti(key, 'p', b.Parameters)
	case expectations.JSONBody:
		if doc, err := jsondoc.Parse(b.Raw); err == nil {
			key = doc.AppendCanonical(append(key, " j"...))
		}
	case expectations.StringBody:
		key = fmt.Appendf(key, " s%q", b.Value)
	case expectations.BinaryBody:
		key = fmt.Appendf(key, " b%x", b.Bytes)
	}
	return key
}

func appendMulti(key []byte, kind byte, m expectations.MultiMatcher) []byte {
	entries := slices.SortedStableFunc(slices.Values(m.Entries), func(a, b expectations.NamedTexts) int {
		return cmp.Compare(a.Name.Value, b.Name.Value)
	})
	for _, e := range entries {
		key = fmt.Appendf(key, " %c%q", kind, e.Name.Value)
		for _, v := range e.Values {
			key = fmt.Appendf(key, "=%q", v.Value)
		}
	}
	return key
}

// answerDigest is equal for answers of the same status, headers and body.
func answerDigest(a *expectations.Answer) string {
	hash := sha256.New()
	var header strings.Builder
	_ = a.Header.Write(&header) // to memory
	_, _ = fmt.Fprintf(hash, "%d %q %q ", a.Status, a.Reason, header.String())
	if a.Body != nil {
		hash.Write(a.Body.Bytes)
	}
	return string(hash.Sum(nil))
}
