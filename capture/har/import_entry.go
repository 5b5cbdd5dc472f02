package har

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A pair is one entry of an archive as condition and answer.
type pair struct {
	// name is the method and URL, for people.
	name string
	// reason is why it is skipped; the rest is empty then.
	reason string
	// started is zero where it cannot be read.
	started time.Time
	// authority is the host it went to, with the port unless it is the
	// scheme's own.
	authority string
	matcher   *expectations.RequestMatcher
	// conditions counts what the matcher asks for beside method and path.
	conditions int
	// key is equal for requests that the same is asked of.
	key    string
	answer *expectations.Answer
	// digest is equal for equal answers.
	digest string
}

// A part is an object of an archive and the JSON path to it.
type part struct {
	path  string
	value jsondoc.Value
}

// fault is an error about a member of the part.
func (p part) fault(name, text string) error {
	return fmt.Errorf("%s.%s: %s", p.path, name, text)
}

// object is a member that must be an object.
func (p part) object(name string) (part, error) {
	v, _ := p.value.Get(name)
	if v.Kind != jsondoc.KindObject {
		return part{}, p.fault(name, v.Kind.String()+" found, object expected")
	}
	return part{p.path + "." + name, v}, nil
}

// text is a string member; "" if there is none.
func (p part) text(name string) (string, error) {
	switch v, _ := p.value.Get(name); v.Kind {
	case jsondoc.KindNull:
		return "", nil
	case jsondoc.KindString:
		return v.Text, nil
	default:
		return "", p.fault(name, v.Kind.String()+" found, string expected")
	}
}

// list is a member that lists {name, value}; writers leave it out.
func (p part) list(name string) ([]expectations.Param, error) {
	v, _ := p.value.Get(name)
	switch v.Kind {
	case jsondoc.KindNull:
		return nil, nil
	case jsondoc.KindArray:
	default:
		return nil, p.fault(name, v.Kind.String()+" found, array expected")
	}
	params := make([]expectations.Param, 0, len(v.Items))
	for i, item := range v.Items {
		one := part{p.path + "." + name + "[" + strconv.Itoa(i) + "]", item}
		if item.Kind != jsondoc.KindObject {
			return nil, fmt.Errorf("%s: %s found, object expected", one.path, item.Kind)
		}
		field, err := one.text("name")
		if err != nil {
			return nil, err
		}
		value, err := one.text("value")
		if err != nil {
			return nil, err
		}
		if field == "" {
			continue // nothing can be sent or asked under no name
		}
		params = append(params, expectations.Param{Name: field, Value: value})
	}
	return params, nil
}

// readEntry reads one entry. Errors begin with the path below the entry.
func readEntry(v jsondoc.Value) (*pair, error) {
	if v.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf(": %s found, object expected", v.Kind)
	}
	entry := part{value: v}
	request, err := entry.object("request")
	if err != nil {
		return nil, err
	}
	p := &pair{}
	target, err := p.readTarget(request)
	if err != nil {
		return nil, err
	}
	headers, err := request.list("headers")
	if err != nil {
		return nil, err
	}
	if p.reason = preflight(p.matcher.Method.Value, headers); p.reason != "" {
		return p, nil
	}
	if err := p.readAnswer(entry); err != nil || p.reason != "" {
		return p, err
	}
	if err := p.readConditions(request, target, headers); err != nil {
		return nil, err
	}
	if started, _ := entry.value.Get("startedDateTime"); started.Kind == jsondoc.KindString {
		p.started, _ = time.Parse(time.RFC3339Nano, started.Text) // else zero
	}
	p.key, p.digest = requestKey(p.matcher), answerDigest(p.answer)
	return p, nil
}

// readTarget reads method and URL.
func (p *pair) readTarget(request part) (*url.URL, error) {
	method, err := request.text("method")
	if err != nil {
		return nil, err
	}
	address, err := request.text("url")
	if err != nil {
		return nil, err
	}
	if address == "" {
		return nil, request.fault("url", "is missing but it is required")
	}
	target, err := url.Parse(address)
	if err != nil {
		return nil, request.fault("url", "is not a URL: "+err.Error())
	}
	method = strings.ToUpper(method)
	if method == "" {
		method = http.MethodGet
	}
	p.name = method + " " + address
	p.authority = authority(target)
	path := "/" + strings.TrimPrefix(target.EscapedPath(), "/")
	p.matcher = &expectations.RequestMatcher{Method: literal(method), Path: literal(path)}
	return target, nil
}

// authority is the host as clients send it: in lower case, without the port of
// the scheme.
func authority(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch strings.ToLower(u.Scheme) {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

// preflight is the reason not to take a preflight (Fetch standard §4.8), or "".
func preflight(method string, headers []expectations.Param) string {
	asks := slices.ContainsFunc(headers, func(h expectations.Param) bool {
		return strings.EqualFold(h.Name, "Access-Control-Request-Method")
	})
	if method == http.MethodOptions && asks {
		return "a preflight of CORS"
	}
	return ""
}

// noAnswer is why a status is no answer to give again, or "".
func noAnswer(status int) string {
	switch {
	case status == 0:
		return "it has no response"
	case status < 200, status == http.StatusPartialContent, status == http.StatusNotModified,
		status == http.StatusRequestedRangeNotSatisfiable:
		return "status " + strconv.Itoa(status) + " depends on more than the request"
	}
	return ""
}

// readAnswer reads the response.
func (p *pair) readAnswer(entry part) error {
	if v, _ := entry.value.Get("response"); v.Kind == jsondoc.KindNull {
		p.reason = noAnswer(0)
		return nil
	}
	response, err := entry.object("response")
	if err != nil {
		return err
	}
	status, err := readStatus(response)
	if err != nil {
		return err
	}
	if p.reason = noAnswer(status); p.reason != "" {
		return nil
	}
	reason, err := response.text("statusText")
	if err != nil {
		return err
	}
	if reason == http.StatusText(status) {
		reason = ""
	}
	headers, err := response.list("headers")
	if err != nil {
		return err
	}
	p.answer = &expectations.Answer{Status: status, Reason: reason, Header: answerHeader(headers)}
	return p.readContent(response)
}

func readStatus(response part) (int, error) {
	v, _ := response.value.Get("status")
	if v.Kind == jsondoc.KindNull {
		return 0, nil
	}
	n, err := strconv.Atoi(v.Text)
	if v.Kind != jsondoc.KindNumber || err != nil || n > 599 || n < 0 || n > 0 && n < 100 {
		return 0, response.fault("status", "a status code is expected, from 100 to 599, or 0 for none")
	}
	return n, nil
}

// readContent reads the body of the response.
func (p *pair) readContent(response part) error {
	if v, _ := response.value.Get("content"); v.Kind == jsondoc.KindNull {
		return nil
	}
	body, err := response.object("content")
	if err != nil {
		return err
	}
	data, err := body.content("encoding")
	if err != nil || len(data) == 0 {
		return err
	}
	contentType := p.answer.Header.Get("Content-Type")
	if contentType == "" {
		if contentType, err = body.text("mimeType"); err != nil {
			return err
		}
		if contentType != "" && contentType != unknownType {
			p.answer.Header.Set("Content-Type", contentType)
		}
	}
	p.answer.Body = &expectations.AnswerBody{Kind: answerKind(contentType, data), Bytes: data}
	return nil
}

// content is the member text, decoded as the member named says.
func (p part) content(encoding string) ([]byte, error) {
	text, err := p.text("text")
	if err != nil {
		return nil, err
	}
	how, err := p.text(encoding)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(how) {
	case "":
		return []byte(text), nil
	case "base64":
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, p.fault("text", "is not base64: "+err.Error())
		}
		return data, nil
	}
	return nil, p.fault(encoding, "base64 is expected, or none")
}
