package wire

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// An actionKind is a row of [actions]: one way an expectation can act.
type actionKind struct {
	// name is the member of the expectation that holds the action; title is
	// MockServer's word for it in messages.
	name, title string
	// decode reads the member; the action is nil after a problem that leaves
	// none.
	decode func(d *decoder, v jsondoc.Value) expectations.Action
	// print prints the member's value.
	print func(p *printer, a expectations.Action)
}

// actions are the actions there are, by name.
func actions() []actionKind {
	return []actionKind{
		{"httpError", "Error", decodeError, printError},
		{"httpForward", "Forward", decodeForward, printForward},
		{"httpForwardObjectCallback", "ForwardObjectCallback", decodeForwardCallback, printCallback},
		{"httpForwardTemplate", "ForwardTemplate", decodeForwardTemplate, printForwardTemplate},
		{"httpForwardWithFallback", "ForwardWithFallback", decodeFallback, printFallback},
		{"httpOverrideForwardedRequest", "OverrideForwardedRequest", decodeOverride, printOverride},
		{"httpResponse", "Response", decodeResponse, printResponse},
		{"httpResponseObjectCallback", "ResponseObjectCallback", decodeResponseCallback, printCallback},
		{"httpResponseTemplate", "ResponseTemplate", decodeResponseTemplate, printResponseTemplate},
		{"httpResponses", "Responses", decodeResponses, printResponses},
	}
}

// otherActions are the actions of MockServer that are refused.
var otherActions = []string{
	"binaryResponse", "dnsResponse", "grpcBidiResponse", "grpcStreamResponse",
	"httpForwardClassCallback", "httpForwardValidateAction", "httpLlmResponse",
	"httpResponseClassCallback", "httpSseResponse",
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

// decodeAction reads the member of an expectation that holds an action of the
// kind.
func (k actionKind) decodeAction(d *decoder, v jsondoc.Value, into *draft) {
	into.acts = true
	if a := k.decode(d, v); a != nil {
		into.actions = append(into.actions, a)
	}
}

// action is the action of a finished draft: of a list and a single response
// the list counts (MockServer 7 Expectation).
func (f *draft) action(d *decoder) expectations.Action {
	actions := f.actions
	if slices.ContainsFunc(actions, isList) {
		actions = slices.DeleteFunc(actions, func(a expectations.Action) bool {
			return a.Kind() == "httpResponse"
		})
	}
	switch {
	case !f.acts:
		missingAction(d)
		return nil
	case len(actions) == 0:
		return nil // a problem says why
	case len(actions) > 1:
		d.problem("has several actions, of which this version performs one: leave all but one out")
		return nil
	}
	if r, ok := actions[0].(*expectations.Respond); ok && r.List {
		r.Mode = f.responseMode
	}
	return actions[0]
}

func isList(a expectations.Action) bool {
	r, ok := a.(*expectations.Respond)
	return ok && r.List
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

// printAction prints the member that holds a.
func printAction(p *printer, k actionKind, a expectations.Action) {
	p.Key(k.name)
	k.print(p, a)
}
