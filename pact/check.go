package pact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// An Issue is something in a document that its author should know of.
type Issue struct {
	// Place is where it is, e.g. `interactions[2] "an order"`; empty for the
	// document as a whole.
	Place string
	// Fault says that the interaction can never hold, whatever the provider
	// answers; other issues are warnings.
	Fault bool
	// Message says what it is.
	Message string
}

// String is the issue as a line of text.
func (i Issue) String() string {
	level := "warning: "
	if i.Fault {
		level = "error: "
	}
	if i.Place == "" {
		return level + i.Message
	}
	return level + i.Place + ": " + i.Message
}

// Check looks over a document beyond what [Parse] refuses, whose error it
// returns: rules and generators that cannot be carried out, examples that their
// own rules refuse, members that no specification has, what is missing, and
// what is there twice.
func Check(data []byte) ([]Issue, error) {
	root, err := jsondoc.Parse(data)
	if err != nil {
		return nil, err
	}
	d, err := parseDocument(root)
	if err != nil {
		return nil, err
	}
	c := new(checker)
	c.document(root, d)
	lists := map[string]int{}
	for _, it := range d.Interactions {
		c.place = it.place(lists[it.list])
		lists[it.list]++
		c.interaction(it, d.Version)
	}
	c.place = ""
	for _, twice := range d.Duplicates() {
		c.warn("%s", twice)
	}
	return c.issues, nil
}

// A checker collects issues.
type checker struct {
	place  string
	issues []Issue
}

func (c *checker) warn(format string, args ...any) {
	c.issues = append(c.issues, Issue{Place: c.place, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) fault(format string, args ...any) {
	c.issues = append(c.issues, Issue{Place: c.place, Fault: true, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) document(root jsondoc.Value, d *Document) {
	for name, party := range map[string]string{"consumer": d.Consumer, "provider": d.Provider} {
		if party == "" {
			c.fault("the document does not name its %s", name)
		}
	}
	slices.SortFunc(c.issues, func(a, b Issue) int { return strings.Compare(a.Message, b.Message) })
	// createdAt and _links are a broker's.
	c.unknown(root, "consumer", "provider", interactionList, messageList, "metadata", "createdAt", "_links")
	if meta, ok := root.Get("metadata"); !ok || meta.Kind != jsondoc.KindObject {
		c.warn("there is no metadata.pactSpecification.version: it is read as Pact V3")
	}
	if len(d.Interactions) == 0 {
		c.warn("there are no interactions")
	}
}

// unknown warns of members that are none of names: they are misspelt, or from
// another specification, and nobody reads them.
func (c *checker) unknown(v jsondoc.Value, names ...string) {
	for _, m := range v.Members {
		if !slices.Contains(names, m.Name) {
			c.warn("unknown member %q", m.Name)
		}
	}
}

func (c *checker) interaction(it *Interaction, version Version) {
	if it.Description == "" {
		c.warn("there is no description")
	}
	if it.Unsupported != "" || it.plugin() != "" {
		return // others can judge it
	}
	known := []string{"_id", "description", "providerState", "provider_state", "providerStates", "request", "response"}
	if version == V4 {
		known = append(known, append(v4Only(), "type")...)
	}
	c.unknown(it.raw, known...)
	if it.Request == nil {
		c.fault("there is no request")
	}
	if it.Response == nil {
		c.fault("there is no response")
	}
	if it.Request != nil {
		c.request(it)
	}
	if it.Response != nil {
		c.response(it)
	}
}

func (c *checker) request(it *Interaction) {
	half, _ := it.raw.Get("request")
	defer c.within("request")()
	c.unknown(half, "method", "path", "query", "headers", "body", "matchingRules", "generators")
	if !strings.HasPrefix(it.Request.Path, "/") {
		c.warn("the path %q does not begin with /", clip(it.Request.Path))
	}
	matcher := CompileRequest(it.Request)
	if !c.rules(matcher.problems) {
		c.example(matcher.Match(BuildRequest(it)))
	}
	if _, err := it.Request.Generate(trial); err != nil {
		c.fault("%v", err)
	}
}

func (c *checker) response(it *Interaction) {
	half, _ := it.raw.Get("response")
	defer c.within("response")()
	c.unknown(half, "status", "headers", "body", "matchingRules", "generators")
	matcher := CompileResponse(it.Response)
	if !c.rules(matcher.problems) {
		c.example(matcher.Match(answered(answerOf(it.Response))))
	}
	if _, err := it.Response.Generate(trial); err != nil {
		c.fault("%v", err)
	}
}

// within places what is found in a half of an interaction, until the function
// returned is called.
func (c *checker) within(half string) func() {
	place := c.place
	c.place += ", " + half
	return func() { c.place = place }
}

// rules reports rules that cannot be judged, and whether there are any.
func (c *checker) rules(problems []Mismatch) bool {
	for _, p := range problems {
		c.fault("%s", p.Message)
	}
	return len(problems) > 0
}

// example reports how an example differs from what is asked of it: whoever
// sends just that is refused.
func (c *checker) example(found []Mismatch) {
	for _, m := range found {
		c.warn("the example does not keep its own rules: %s: %s", m.Place(), m.Message)
	}
}

// Duplicates names the interactions that a reader, and other Pact tools, cannot
// tell apart: description and provider states identify one.
func (d *Document) Duplicates() []string {
	counts := make(map[string]int)
	var out []string
	for _, it := range d.Interactions {
		var states []string
		for _, s := range it.States {
			states = append(states, string(jsondoc.Object(jsondoc.M(s.Name, jsondoc.Object(s.Params...))).AppendCanonical(nil)))
		}
		key := it.Description + "\x00" + strings.Join(states, "\x00")
		if counts[key]++; counts[key] == 2 {
			out = append(out, fmt.Sprintf("the interaction %q is there more than once, with the same provider states", it.Description))
		}
	}
	return out
}
