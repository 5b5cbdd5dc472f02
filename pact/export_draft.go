package pact

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// draft fills an interaction. An error says why the expectation cannot be said
// in a Pact.
func (x *exporter) draft(d *draft) error {
	answer, err := exportedAnswer(d.source)
	if err != nil {
		return err
	}
	if err := x.request(d); err != nil {
		return err
	}
	if err := x.response(d, answer); err != nil {
		return err
	}
	if err := x.redact(d); err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	if d.captured() {
		// The method goes last: what is said of a resource stays together.
		r := d.it.Request
		body := string(r.Body.Content())
		d.sortKey = strings.Join([]string{
			r.Path, r.Method, encodeQuery(r.Query), body,
			d.source.Authority, d.source.ID,
		}, "\x00")
	}
	return nil
}

// exportedAnswer is the answer of an expectation that the contract states: of
// a user's sequence the first, as in MockServer, of a captured one the last,
// which is where replay stays.
func exportedAnswer(e *expectations.Expectation) (*expectations.Answer, error) {
	respond, ok := e.Action.(*expectations.Respond)
	switch {
	case e.Action == nil:
		return nil, errors.New("it has no action")
	case !ok:
		return nil, fmt.Errorf("its action %s is not a response", e.Action.Kind())
	case len(respond.Answers) == 0:
		return nil, errors.New("it has no response")
	case e.Origin == expectations.OriginCaptured:
		return respond.Answers[len(respond.Answers)-1], nil
	}
	return respond.Answers[0], nil
}

// response fills in the answer.
func (x *exporter) response(d *draft, a *expectations.Answer) error {
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	if d.captured() && 300 <= status && status <= 399 && !x.options.Redirects {
		return fmt.Errorf("it is a redirect (%d), which the official verifier follows and so fails", status)
	}
	r := &Response{Status: status}
	if d.captured() {
		keep := append([]string{"Content-Type", "Location", "WWW-Authenticate"}, x.options.ResponseHeaders...)
		r.Headers = capturedHeaders(a.Header, keep, x.options.IgnoreHeaders)
	} else {
		r.Headers = writtenHeaders(a.Header)
	}
	if a.Body != nil && a.Body.Kind == expectations.AnswerFile {
		d.leaveOut("response body", "what a file holds is known only when it is sent")
	}
	if a.Body != nil && len(a.Body.Bytes) > 0 {
		if a.Body.ContentType != "" && r.Headers.contentType() == "" {
			r.Headers = append(r.Headers, Field{"Content-Type", []string{a.Body.ContentType}})
		}
		body, err := exampleBody(a.Body.Bytes, r.Headers, a.Body.Kind == expectations.AnswerJSON)
		if err != nil {
			d.leaveOut("response body", err.Error())
		}
		r.Body = body
	}
	d.it.Response = r
	return nil
}

// exampleBody makes a body of bytes: JSON where the content type says so to
// Pact or, without one, where they were written as JSON or look like it.
func exampleBody(content []byte, headers Fields, isJSON bool) (Body, error) {
	contentType := headers.contentType()
	switch {
	case contentType != "":
		isJSON = parseMedia(contentType).isJSON()
	case !isJSON:
		isJSON = parseMedia(sniff(content)).isJSON()
	}
	body := bytesBody(content)
	if isJSON {
		if doc, err := jsondoc.Parse(content); err == nil {
			body = Body{Kind: BodyJSON, JSON: doc}
		}
	}
	return sayable(body, contentType)
}

// sayable proves that a reader of the contract gets the same body back.
func sayable(b Body, contentType string) (Body, error) {
	if b.Kind == BodyJSON && b.JSON.Kind == jsondoc.KindNull {
		return Body{}, errors.New("the JSON null cannot be said in a Pact: there it means no body")
	}
	if b.Kind == BodyJSON && b.JSON.Kind != jsondoc.KindString {
		return b, nil // written as it is, whatever the content type
	}
	written, ok := b.writeV3(contentType)
	if !ok {
		return b, nil
	}
	back := readBodyV3(written, contentType)
	same := back.Kind == b.Kind && bytes.Equal(back.Content(), b.Content())
	if b.Kind == BodyJSON {
		same = back.Kind == BodyJSON && jsondoc.Equal(back.JSON, b.JSON)
	}
	switch {
	case same:
		return b, nil
	case contentType == "":
		return Body{}, errors.New("without a Content-Type a Pact cannot say this body")
	}
	return Body{}, fmt.Errorf("a Pact cannot say this body under the content type %s", contentType)
}

// check proves the interaction on itself: the request matches its own rules
// and, where parts of it were made up, its expectation. What has no rules is
// the example itself and needs no proof, nor does what was recorded: its rules
// ask for no more than the example's types, or for placeholders.
func (d *draft) check() error {
	if d.captured() || len(d.it.Request.Rules) == 0 {
		return nil
	}
	request := BuildRequest(d.it)
	if found := CompileRequest(d.it.Request).Match(request); len(found) > 0 {
		return fmt.Errorf("its example does not satisfy its own rules: %s: %s", found[0].Place(), found[0].Message)
	}
	if !d.generated {
		return nil
	}
	compiled, err := expectations.Compile(d.source.Request)
	if err != nil {
		return err
	}
	if d.source.Request.Secure != nil {
		request.Secure = *d.source.Request.Secure
	}
	for _, m := range compiled.Explain(request) {
		switch m.Field {
		case "keepAlive", "protocol":
			// They are no part of a contract.
		default:
			return fmt.Errorf("the example made up for it does not match the expectation: %s", m.Field)
		}
	}
	return nil
}

// answered is the response that an answer sends.
func answered(a *expectations.Answer) *expectations.Response {
	r := &expectations.Response{Status: a.Status, Reason: a.Reason, Header: a.Header, Trailer: a.Trailer}
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	typed := a.Body != nil && a.Body.ContentType != "" && headerValues(a.Header, "Content-Type") == nil
	if typed || len(a.Cookies) > 0 {
		r.Header = a.Header.Clone()
		if r.Header == nil {
			r.Header = make(http.Header)
		}
	}
	if typed {
		r.Header.Set("Content-Type", a.Body.ContentType)
	}
	for _, c := range a.Cookies {
		r.Header["Set-Cookie"] = append(r.Header["Set-Cookie"], c.Name+"="+c.Value)
	}
	if a.Body != nil {
		r.Body = expectations.Body{Bytes: a.Body.Bytes, Size: int64(len(a.Body.Bytes))}
	}
	return r
}
