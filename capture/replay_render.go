package capture

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

// A rendered is one recorded exchange as an expectation shows it. It is
// immutable: the cache hands it to many.
type rendered struct {
	matcher    *expectations.RequestMatcher
	answer     *expectations.Answer
	authority  string
	created    time.Time
	redactions []expectations.Redaction
	digest     uint64
	size       int64 // bytes, about
}

// expectation is one without an action.
func (r *rendered) expectation(id uuid.UUID) *expectations.Expectation {
	return &expectations.Expectation{
		ID:        id.String(),
		Origin:    expectations.OriginCaptured,
		Request:   r.matcher,
		Authority: r.authority,
		Created:   r.created,
	}
}

// read returns the exchange at a position, from the cache if it is there.
func (l *Learned) read(ctx context.Context, pos journal.Position) (*rendered, error) {
	k := cacheKey{l, pos}
	if r := l.o.Cache.get(k); r != nil {
		return r, nil
	}
	ex, err := l.o.Reader.ReadExchange(ctx, pos)
	if err != nil {
		return nil, err
	}
	r := l.render(ex)
	l.o.Cache.put(k, r)
	return r, nil
}

func (l *Learned) render(ex *Exchange) *rendered {
	redactions := ex.Redactions
	req, resp := ex.Request, ex.Response
	if resp == nil { // Learn was given a lesson that says otherwise
		resp = &expectations.Response{}
	}
	if l.o.Redactor != nil {
		// Changes nothing but what was recorded under other rules, or none.
		var inRequest, inResponse []expectations.Redaction
		req, inRequest = l.o.Redactor.Request(req)
		resp, inResponse = l.o.Redactor.Response(resp)
		if req != ex.Request || resp != ex.Response {
			redactions = append(inRequest, inResponse...)
		}
	}
	return &rendered{
		matcher:    l.matcher(req),
		answer:     answerOf(resp),
		authority:  req.Authority,
		created:    ex.Started,
		redactions: redactions,
		digest:     answerDigest(resp),
		size:       1024 + 2*int64(len(req.Body.Bytes)) + int64(len(resp.Body.Bytes)),
	}
}

// matcher renders a request as a matcher of literals: only what is part of
// the key, and the authority as the Host header. Values are written as they
// are, without escaping what could be read as a regular expression, because a
// matcher tries equality first; printing says what of "!" and "?" at the
// beginning of a value is literal.
func (l *Learned) matcher(req *expectations.Request) *expectations.RequestMatcher {
	m := &expectations.RequestMatcher{
		Method: expectations.Text{Value: req.Method},
		Path:   expectations.Text{Value: req.Path},
		Query:  literals(req.RawQuery),
		Body:   bodyMatcher(req),
	}
	if req.Authority != "" {
		m.Headers.Entries = append(m.Headers.Entries, literal("Host", req.Authority))
	}
	names := append([]string{"Content-Type", "Accept"}, l.headers...)
	for i, name := range names {
		values := req.Header[name]
		if len(values) == 0 || i > 1 && (name == "Content-Type" || name == "Accept" || name == "Host") ||
			name == "Accept" && joinedHeader(req.Header, name) == "*/*" {
			continue
		}
		m.Headers.Entries = append(m.Headers.Entries, literal(name, values...))
	}
	return m
}

func literal(name string, values ...string) expectations.NamedTexts {
	entry := expectations.NamedTexts{Name: expectations.Text{Value: name}}
	for _, v := range values {
		entry.Values = append(entry.Values, expectations.Text{Value: v})
	}
	return entry
}

// literals renders a query or a form, the values of one name together.
func literals(query string) expectations.MultiMatcher {
	var m expectations.MultiMatcher
	place := make(map[string]int)
	for _, p := range expectations.ParseQuery(query) {
		i, ok := place[p.Name]
		if !ok {
			place[p.Name] = len(m.Entries)
			m.Entries = append(m.Entries, literal(p.Name, p.Value))
			continue
		}
		m.Entries[i].Values = append(m.Entries[i].Values, expectations.Text{Value: p.Value})
	}
	return m
}

// bodyMatcher renders the condition on the body; nil for none.
func bodyMatcher(req *expectations.Request) *expectations.BodyMatcher {
	data := req.Body.Bytes
	if len(data) == 0 {
		return nil
	}
	contentType := headerValue(req.Header, "Content-Type")
	m := &expectations.BodyMatcher{}
	isJSON := content.IsJSON(contentType) || contentType == "" && (data[0] == '{' || data[0] == '[')
	switch {
	case isJSON && json.Valid(data):
		m.Kind = expectations.JSONBody{Raw: data, Strict: true}
	case content.IsForm(contentType):
		m.Kind = expectations.ParametersBody{Parameters: literals(string(data))}
	case isText(contentType, data):
		m.Kind = expectations.StringBody{Value: string(data)}
	default:
		m.Kind = expectations.BinaryBody{Bytes: data}
	}
	return m
}

// isText reports whether a body can be written as text. Without a content
// type it is if it can be (MockServer does so too).
func isText(contentType string, data []byte) bool {
	return (contentType == "" || content.IsText(contentType) || content.IsMultipart(contentType)) && utf8.Valid(data)
}

// answerOf renders a response. How the body was transferred is not part of
// it: it is stored decoded, and whoever sends it again frames it anew.
func answerOf(resp *expectations.Response) *expectations.Answer {
	a := &expectations.Answer{
		Status:  resp.Status,
		Reason:  resp.Reason,
		Header:  maps.Clone(resp.Header),
		Trailer: resp.Trailer,
	}
	if a.Reason == http.StatusText(resp.Status) {
		a.Reason = ""
	}
	for _, name := range [...]string{"Content-Encoding", "Content-Length", "Transfer-Encoding"} {
		delete(a.Header, name)
	}
	data := resp.Body.Bytes
	if len(data) == 0 {
		return a
	}
	contentType := strings.TrimSpace(headerValue(resp.Header, "Content-Type"))
	a.Body = &expectations.AnswerBody{Kind: expectations.AnswerBinary, Bytes: data}
	switch {
	case content.IsJSON(contentType) && json.Valid(data):
		a.Body.Kind = expectations.AnswerJSON
	case !isText(contentType, data):
	case content.IsXML(contentType):
		a.Body.Kind = expectations.AnswerXML
	default:
		a.Body.Kind = expectations.AnswerString
	}
	return a
}
