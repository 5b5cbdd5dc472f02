package infer

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// states names the provider state of the interaction where it needs one, and
// lets the provider say the ids in the path.
func (d *draft) states() {
	g := d.group
	params := g.template.params()
	forced := d.overrides.state(g)
	if g.literal && d.options.Mode == None || forced == "" &&
		(d.options.States == StatesNone || len(params) == 0 && (g.status < 400 || g.status > 499)) {
		return
	}
	name, why := d.stateName(params)
	if forced != "" {
		name, why = forced, "named by an override"
	}
	state := pact.State{Name: name}
	for _, s := range params {
		state.Params = append(state.Params, jsondoc.M(s.name, jsondoc.String(s.text)))
	}
	d.it.States = []pact.State{state}
	d.report.States = append(d.report.States, Evidence{"provider state", name, why})
	if len(params) > 0 && d.options.States != StatesNone {
		d.it.Request.Generators = jsondoc.Object(jsondoc.M("path", jsondoc.Object(
			jsondoc.M("type", jsondoc.String("ProviderState")),
			jsondoc.M("expression", jsondoc.String(expression(g.template))),
			jsondoc.M("dataType", jsondoc.String("STRING")))))
	}
}

// stateName says what must be there: one of a collection where the path ends
// in an id or has one before its end, or that nothing is; else the interaction
// itself is the name.
func (d *draft) stateName(params []segment) (name, why string) {
	g := d.group
	owner := g.template.owner()
	noun := owner.noun()
	if len(params) == 0 || noun == "" {
		return d.name(), "nothing in the recording says what it is about"
	}
	made := d.router.maker(g.host, owner)
	if made != "" {
		// What was made is called after where it was made.
		if _, path, ok := strings.Cut(made, " /"); ok {
			if maker := literalTemplate("/" + path); noun != "" && classes[classify(lastText(maker))].name == "" {
				noun = singular(lastText(maker))
			}
		}
		made = "; " + made + " made it"
	}
	switch {
	case g.status >= 200 && g.status <= 399:
		return noun + " exists", "its path names one, and it was answered" + made
	case g.status == http.StatusNotFound || g.status == http.StatusGone:
		if d.router.deleted[g.host+g.template.path()] {
			return noun + " was deleted", "the recording deletes it"
		}
		if len(owner.segments) == len(g.template.segments) {
			return noun + " does not exist", "it was not found"
		}
	}
	return d.name(), "an error that the path does not explain"
}

func lastText(t template) string {
	if len(t.segments) == 0 {
		return ""
	}
	return t.segments[len(t.segments)-1].text
}

// owner is the path up to its last parameter: what must exist for the path to
// lead anywhere.
func (t template) owner() template {
	for i, s := range slices.Backward(t.segments) {
		if s.class != classLiteral {
			return template{t.segments[:i+1]}
		}
	}
	return template{}
}

// expression is the path with its parameters to be filled in by the provider's
// state (Pact V3, generator ProviderState).
func expression(t template) string {
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteByte('/')
		if s.class == classLiteral {
			b.WriteString(s.text)
		} else {
			b.WriteString("${" + s.name + "}")
		}
	}
	return b.String()
}
