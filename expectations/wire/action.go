package wire

import (
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// An actionKind is a row of [actions]: one way an expectation can act.
type actionKind struct {
	// name is the member of the expectation that holds the action; title is
	// MockServer's word for it in messages.
	name, title string
	// decode reads the member into the draft.
	decode func(d *decoder, v jsondoc.Value, into *draft)
	// print prints the member.
	print func(p *printer, a expectations.Action)
}

// actions are the actions there are, by name.
func actions() []actionKind {
	return []actionKind{
		{"httpResponse", "Response", decodeResponse, printResponse},
		{"httpResponses", "Responses", decodeResponses, printResponses},
	}
}

// otherActions are the actions of MockServer that are refused.
var otherActions = []string{
	"binaryResponse", "dnsResponse", "grpcBidiResponse", "grpcStreamResponse",
	"httpError", "httpForward", "httpForwardClassCallback", "httpForwardObjectCallback", "httpForwardTemplate",
	"httpForwardValidateAction", "httpForwardWithFallback", "httpLlmResponse", "httpOverrideForwardedRequest",
	"httpResponseClassCallback", "httpResponseObjectCallback", "httpResponseTemplate", "httpSseResponse",
	"httpWebSocketResponse",
}

func actionNames() string {
	names := make([]string, 0, 2)
	for _, a := range actions() {
		names = append(names, a.name)
	}
	return strings.Join(names, ", ")
}

// missingAction notes that there is no action, as MockServer does.
func missingAction(d *decoder) {
	for _, a := range actions() {
		d.push(a.name)
		d.problem("is missing, but is required, if specifying action of type %s", a.title)
		d.pop()
	}
	d.problems = append(d.problems, "oneOf of the following must be specified ["+actionNames()+"]")
}

func decodeResponse(d *decoder, v jsondoc.Value, into *draft) {
	into.response = decodeAnswer(d, v)
}

func decodeResponses(d *decoder, v jsondoc.Value, into *draft) {
	if !d.is(v, jsondoc.KindArray) {
		return
	}
	if len(v.Items) == 0 {
		d.problem("must have at least one response")
	}
	into.responses = make([]*expectations.Answer, 0, len(v.Items))
	for i, item := range v.Items {
		d.pushIndex(i)
		into.responses = append(into.responses, decodeAnswer(d, item))
		d.pop()
	}
}

// action is the action of a finished draft: of a list and a single response
// the list counts (MockServer 7 Expectation).
func (f *draft) action(d *decoder) expectations.Action {
	switch {
	case f.responses != nil:
		return &expectations.Respond{Answers: f.responses, Mode: f.responseMode, List: true}
	case f.response != nil:
		return &expectations.Respond{Answers: []*expectations.Answer{f.response}}
	case !f.otherAction:
		missingAction(d)
	}
	return nil
}

// actionOf is the row of a.
func actionOf(a expectations.Action) (actionKind, bool) {
	if a == nil {
		return actionKind{}, false
	}
	for _, k := range actions() {
		if k.name == a.Kind() {
			return k, true
		}
	}
	return actionKind{}, false
}

func printResponse(p *printer, a expectations.Action) {
	if r, ok := a.(*expectations.Respond); ok && len(r.Answers) > 0 {
		p.Key("httpResponse")
		printAnswer(p, r.Answers[0])
	}
}

func printResponses(p *printer, a expectations.Action) {
	r, ok := a.(*expectations.Respond)
	if !ok {
		return
	}
	p.Key("httpResponses")
	p.BeginArray()
	for _, answer := range r.Answers {
		p.Item()
		printAnswer(p, answer)
	}
	p.EndArray()
}
