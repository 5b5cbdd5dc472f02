package infer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// An Override changes what is inferred for some places of some endpoints. It
// names both as reports do, so that it holds for later recordings too.
type Override struct {
	// Endpoint is a method and a path template, e.g. "GET /users/{id}"; the
	// method may be *, and "" is every endpoint.
	Endpoint string
	// Status is that of the answer; 0 is any.
	Status int
	// Place is what it is about, e.g. "response body $.items[*].price",
	// "request query page" or "response header Location". It is empty where
	// only State is set.
	Place string
	// Literal asserts the example itself.
	Literal bool
	// Ignore asserts nothing there.
	Ignore bool
	// Rule is a matching rule of Pact V3 to use, e.g. {"match":"type"}; null
	// for none.
	Rule jsondoc.Value
	// State names the provider state, in place of the inferred name.
	State string
}

// overrides are those that were handed in, checked, and which of them changed
// something. They are used by one goroutine, but for [overrides.overrules].
type overrides struct {
	list  []Override
	acted []bool
}

func compileOverrides(list []Override) (overrides, error) {
	for i, o := range list {
		if err := o.Check(); err != nil {
			return overrides{}, fmt.Errorf("override %d: %w", i+1, err)
		}
	}
	return overrides{list, make([]bool, len(list))}, nil
}

// Check says what in the override cannot be understood.
func (o Override) Check() error {
	actions := 0
	for _, set := range [...]bool{o.Literal, o.Ignore, o.Rule.Kind != jsondoc.KindNull} {
		if set {
			actions++
		}
	}
	switch {
	case actions > 1:
		return fmt.Errorf("%q: literal, ignore and rule exclude each other", o.Place)
	case actions == 0 && o.State == "":
		return fmt.Errorf("%q: one of literal, ignore, rule and state is wanted", o.Place)
	case actions == 1 && !knownPlace(o.Place):
		return fmt.Errorf("place %q: expected e.g. \"response body $.id\" or \"request query page\"", o.Place)
	}
	if o.Endpoint != "" {
		method, path, ok := strings.Cut(o.Endpoint, " ")
		if !ok || method == "" || !strings.HasPrefix(path, "/") {
			return fmt.Errorf("endpoint %q: expected a method and a path template, e.g. \"GET /users/{id}\"", o.Endpoint)
		}
	}
	if o.Rule.Kind != jsondoc.KindNull {
		if _, err := (pact.Matcher{Value: o.Rule}).Accepts(); err != nil {
			return err
		}
	}
	return nil
}

func knownPlace(place string) bool {
	for _, prefix := range [...]string{
		"request path", "request query ", "request header ", "request body", "response header ", "response body",
	} {
		if strings.HasPrefix(place, prefix) {
			return true
		}
	}
	return false
}

// at is the last override of a place, which so wins.
func (o overrides) at(g *group, place string) (Override, bool) {
	for i, one := range slices.Backward(o.list) {
		if one.Place == place && one.covers(g) {
			o.acted[i] = true
			return one, true
		}
	}
	return Override{}, false
}

// overrules reports whether a place is asserted as an override says, whatever
// samples show; places below it are too.
func (o overrides) overrules(g *group, place string) bool {
	for _, one := range slices.Backward(o.list) {
		rest, below := strings.CutPrefix(place, one.Place)
		if below && one.Place != "" && (rest == "" || rest[0] == '.' || rest[0] == '[') && one.covers(g) {
			return !one.Ignore
		}
	}
	return false
}

// state is the name of the state that was handed in for a group.
func (o overrides) state(g *group) string {
	for i, one := range slices.Backward(o.list) {
		if one.State != "" && one.covers(g) {
			o.acted[i] = true
			return one.State
		}
	}
	return ""
}

// idle are the overrides that changed nothing.
func (o overrides) idle() []Evidence {
	var out []Evidence
	for i, one := range o.list {
		if !o.acted[i] {
			place := strings.TrimSpace(cmp.Or(one.Endpoint, "*") + " " + cmp.Or(one.Place, "state "+one.State))
			out = append(out, Evidence{Place: place, Reason: "it changed nothing: no interaction has such a place"})
		}
	}
	return out
}

func (o Override) covers(g *group) bool {
	if o.Status != 0 && o.Status != g.status {
		return false
	}
	if o.Endpoint == "" {
		return true
	}
	method, path, _ := strings.Cut(o.Endpoint, " ")
	return (method == "*" || strings.EqualFold(method, g.method)) && path == g.template.String()
}
