package callback

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// The types of messages (MockServer 7 WebSocketMessageDTO).
const (
	typeClientID           = "org.mockserver.serialization.model.WebSocketClientIdDTO"
	typeError              = "org.mockserver.serialization.model.WebSocketErrorDTO"
	typeRequest            = "org.mockserver.model.HttpRequest"
	typeResponse           = "org.mockserver.model.HttpResponse"
	typeRequestAndResponse = "org.mockserver.model.HttpRequestAndHttpResponse"
)

// A message is one text frame.
type message struct {
	// kind is its type.
	kind string
	// value is its content, JSON.
	value []byte
	// number is that of the question that it answers.
	number string
}

func (m message) encode() []byte {
	return jsondoc.Object(
		jsondoc.M("type", jsondoc.String(m.kind)),
		jsondoc.M("value", jsondoc.String(string(m.value))),
	).AppendCompact(nil)
}

func registered(id string) message {
	return message{
		kind:  typeClientID,
		value: jsondoc.Object(jsondoc.M("clientId", jsondoc.String(id))).AppendCompact(nil),
	}
}

// readMessage reads what a client sent.
func readMessage(data []byte) (message, error) {
	doc, err := jsondoc.ParseLenient(data)
	if err != nil {
		return message{}, err
	}
	kind, _ := doc.Get("type")
	value, ok := doc.Get("value")
	if kind.Kind != jsondoc.KindString || !ok {
		return message{}, errors.New("it must be an object with a type and a value")
	}
	m := message{kind: kind.Text, value: []byte(value.Text)}
	if value.Kind != jsondoc.KindString {
		m.value = value.AppendCompact(nil)
	}
	content, err := jsondoc.ParseLenient(m.value)
	if err != nil {
		return message{}, fmt.Errorf("its value: %w", err)
	}
	if m.number = numberIn(content); m.number == "" {
		return message{}, fmt.Errorf("it has no %s, by which the request is known that it is about", correlationID)
	}
	return m, nil
}

// numberIn finds the number of the question in an answer: in its header
// fields, which are an object or a list, or in a member of its own.
func numberIn(v jsondoc.Value) string {
	for i := range v.Members {
		if strings.EqualFold(v.Members[i].Name, correlationID) {
			return v.Members[i].Value.Text
		}
	}
	headers, _ := v.Get("headers")
	for i := range headers.Members {
		if m := &headers.Members[i]; strings.EqualFold(m.Name, correlationID) {
			return firstText(m.Value)
		}
	}
	for _, item := range headers.Items {
		if name, _ := item.Get("name"); strings.EqualFold(name.Text, correlationID) {
			values, _ := item.Get("values")
			return firstText(values)
		}
	}
	return ""
}

// firstText is a text, or the first of a list of them.
func firstText(v jsondoc.Value) string {
	if v.Kind == jsondoc.KindArray && len(v.Items) > 0 {
		return v.Items[0].Text
	}
	return v.Text
}

// failure is what the client says went wrong, nil if nothing did.
func (m message) failure() error {
	if m.kind != typeError {
		return nil
	}
	doc, _ := jsondoc.ParseLenient(m.value) // it has been read once
	text, _ := doc.Get("message")
	if text.Text == "" {
		return errors.New("the callback client failed, and does not say why")
	}
	return errors.New(text.Text)
}

// Respond asks a client for the answer to a request. The error wraps [ErrGone],
// or has the client's own words, or says what is wrong with its answer; its
// text may be shown to who sent the request.
func (c *Clients) Respond(ctx context.Context, id string, req *expectations.Request) (*expectations.Answer, error) {
	m, err := c.ask(ctx, id, &c.responses, func(number string) message { return aboutRequest(number, req) })
	if err != nil {
		return nil, err
	}
	return m.answer()
}

// Forward asks a client for the request to send in place of the one received.
// Errors are as of [Clients.Respond].
func (c *Clients) Forward(ctx context.Context, id string, req *expectations.Request) (*expectations.Outgoing, error) {
	m, err := c.ask(ctx, id, &c.requests, func(number string) message { return aboutRequest(number, req) })
	if err != nil {
		return nil, err
	}
	return m.request()
}

// Amend asks a client for the answer in place of the one that a server gave to
// a request. Errors are as of [Clients.Respond].
func (c *Clients) Amend(
	ctx context.Context, id string, req *expectations.Request, resp *expectations.Response,
) (*expectations.Answer, error) {
	m, err := c.ask(ctx, id, &c.responses, func(number string) message {
		return message{kind: typeRequestAndResponse, value: jsondoc.Object(
			jsondoc.M("httpRequest", wire.RequestJSON(numbered(number, req))),
			jsondoc.M("httpResponse", wire.ResponseJSON(resp)),
		).AppendCompact(nil)}
	})
	if err != nil {
		return nil, err
	}
	return m.answer()
}

// request is the request in a message.
func (m message) request() (*expectations.Outgoing, error) {
	if m.kind != typeRequest {
		return nil, fmt.Errorf("the callback client answered with %s, want %s", m.kind, typeRequest)
	}
	o, err := wire.DecodeOutgoing(m.value)
	if err != nil {
		return nil, fmt.Errorf("the callback client's request: %w", err)
	}
	takeNumber(o.Header)
	return o, nil
}

// answer is the response in a message.
func (m message) answer() (*expectations.Answer, error) {
	if m.kind != typeResponse {
		return nil, fmt.Errorf("the callback client answered with %s, want %s", m.kind, typeResponse)
	}
	a, err := wire.DecodeAnswer(m.value)
	if err != nil {
		return nil, fmt.Errorf("the callback client's response: %w", err)
	}
	takeNumber(a.Header)
	return a.Loaded(), nil
}

// aboutRequest is the question what to do with a request.
func aboutRequest(number string, req *expectations.Request) message {
	return message{kind: typeRequest, value: wire.RequestJSON(numbered(number, req)).AppendCompact(nil)}
}

// numbered is the request with the number of the question in its header.
func numbered(number string, req *expectations.Request) *expectations.Request {
	with := *req
	with.Header = req.Header.Clone()
	if with.Header == nil {
		with.Header = http.Header{}
	}
	with.Header[correlationID] = []string{number}
	return &with
}
