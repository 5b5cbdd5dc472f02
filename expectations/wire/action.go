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
	// print prints the member's value, which is an array or takes
	// [printer.mark].
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

// A draftAction is an action while its expectation is read.
type draftAction struct {
	expectations.Action
	primary bool
}

// decodeAction reads the member of an expectation that holds an action of the
// kind.
func (k actionKind) decodeAction(d *decoder, v jsondoc.Value, into *draft) {
	into.acts = true
	if a := k.decode(d, v); a != nil {
		primary, _ := v.Get("primary")
		into.actions = append(into.actions, draftAction{a, primary.Bool})
	}
}

// setActions gives the expectation of a finished draft its actions. Of a list
// and a single response the list counts; of several actions the one that is
// marked, or the list, is the primary one (MockServer 7 Expectation).
func (f *draft) setActions(d *decoder) {
	isOne := func(a draftAction) bool { return a.Kind() == "httpResponse" }
	list := slices.IndexFunc(f.actions, func(a draftAction) bool { return isList(a.Action) })
	if list >= 0 {
		if r, ok := f.actions[list].Action.(*expectations.Respond); ok {
			r.Mode = f.responseMode
		}
		f.actions = slices.DeleteFunc(f.actions, isOne)
		list = slices.IndexFunc(f.actions, func(a draftAction) bool { return isList(a.Action) })
	}
	var marked []int
	for i, a := range f.actions {
		if a.primary && len(f.actions) > 1 {
			marked = append(marked, i)
		}
	}
	primary := 0
	switch {
	case !f.acts:
		missingAction(d)
		return
	case len(f.actions) == 0:
		return // a problem says why
	case list >= 0 && len(marked) == 0:
		primary = list
	case len(f.actions) == 1:
	case len(marked) != 1 || list >= 0:
		d.problem("has several actions, of which exactly one must have \"primary\" : true; a list of responses is the primary one by itself")
		return
	default:
		primary = marked[0]
	}
	for i, a := range f.actions {
		if i == primary {
			f.expectation.Action = a.Action
		} else {
			f.expectation.Also = append(f.expectation.Also, a.Action)
		}
	}
	slices.SortStableFunc(f.expectation.Also, func(a, b expectations.Action) int { return strings.Compare(a.Kind(), b.Kind()) })
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

// printActions prints the members that hold those actions of e whose names
// fit, in alphabetical order, and marks the primary one where there are more.
func printActions(p *printer, e *expectations.Expectation, fits func(name string) bool) {
	all := e.Also
	if e.Action != nil {
		all = slices.SortedStableFunc(slices.Values(append([]expectations.Action{e.Action}, e.Also...)),
			func(a, b expectations.Action) int { return strings.Compare(a.Kind(), b.Kind()) })
	}
	for _, a := range all {
		k, ok := actionOf(a)
		if !ok || !fits(k.name) {
			continue
		}
		p.Key(k.name)
		p.primary = a == e.Action && len(e.Also) > 0 && !isList(a)
		k.print(p, a)
		p.primary = false
	}
}
