package pact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// ParseSpec reads a specification version to write: "2", "3" or "4", with or
// without what follows a dot; "" is V3.
func ParseSpec(s string) (Version, error) {
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(s), "v"), ".")
	switch major {
	case "2":
		return V2, nil
	case "", "3":
		return V3, nil
	case "4":
		return V4, nil
	}
	return 0, fmt.Errorf("unknown Pact specification %q (expected one of 2, 3, 4)", s)
}

// Convert is the document as it can be said in a specification: V2, V3 or V4;
// [Document.Append] then writes that. What the specification has no words for
// is weakened or left out, never kept in a form that a reader of that version
// would misread, and each loss is returned. The document itself is unchanged.
//
// A value of a response that only a later rule can judge is not asserted; a
// rule of a request that cannot be said leaves the example to be matched as it
// is.
func (d *Document) Convert(to Version) (*Document, []Skipped) {
	out := *d
	out.written = to
	out.Interactions = make([]*Interaction, 0, len(d.Interactions))
	var lost []Skipped
	for _, it := range d.Interactions {
		c := converter{to: to, description: it.Description}
		if converted := c.interaction(it, d.Version); converted != nil {
			out.Interactions = append(out.Interactions, converted)
		}
		lost = append(lost, c.lost...)
	}
	return &out, lost
}

// A converter says one interaction in a specification.
type converter struct {
	to          Version
	description string
	lost        []Skipped
}

func (c *converter) lose(part, reason string, args ...any) {
	c.lost = append(c.lost, Skipped{Description: c.description, Part: part, Reason: fmt.Sprintf(reason, args...)})
}

// v4Only are the members of an interaction that Pact V4 alone has.
func v4Only() []string {
	return []string{"key", "pending", "comments", "pluginConfiguration", "interactionMarkup", "transport"}
}

func (c *converter) interaction(it *Interaction, from Version) *Interaction {
	if it.frozen != nil { // it was converted then
		for _, lost := range it.frozen.lost {
			lost.Description = c.description
			c.lost = append(c.lost, lost)
		}
		return it
	}
	if it.Unsupported != "" {
		if from != V4 && c.to != V4 && (c.to != V2 || it.list != messageList) || from == c.to {
			return it
		}
		c.lose("", "%s cannot be written in Pact %s", it.Unsupported, c.to)
		return nil
	}
	out := *it
	if c.to != V4 {
		out.extra = nil
		for _, m := range it.extra {
			c.lose(m.Name, "Pact %s has none", c.to)
		}
	}
	if c.to == V2 {
		out.States = c.joinStates(it.States)
	}
	if it.Request != nil {
		r := *it.Request
		for _, f := range r.Query {
			if c.to == V2 && len(f.Values) == 0 {
				c.lose("request query "+f.Name, "Pact %s has no parameter without a value", c.to)
			}
		}
		m := c.message("request", message{r.Headers, r.Body, r.Rules, r.Generators})
		r.Headers, r.Body, r.Rules, r.Generators = m.headers, m.body, m.rules, m.generators
		out.Request = &r
	}
	if it.Response != nil {
		r := *it.Response
		m := c.message("response", message{r.Headers, r.Body, r.Rules, r.Generators})
		r.Headers, r.Body, r.Rules, r.Generators = m.headers, m.body, m.rules, m.generators
		out.Response = &r
	}
	return &out
}

// joinStates makes one state of all: Pact V2 has one, without parameters.
func (c *converter) joinStates(states []State) []State {
	if len(states) == 0 {
		return nil
	}
	names := make([]string, 0, len(states))
	for _, s := range states {
		names = append(names, s.Name)
		if len(s.Params) > 0 {
			c.lose("parameters of provider state "+s.Name, "Pact %s has none", c.to)
		}
	}
	return []State{{Name: strings.Join(names, " and ")}}
}

func (c *converter) message(part string, m message) message {
	if c.to == V2 && !m.generators.IsZero() {
		c.lose(part+" generators", "Pact %s has none", c.to)
		m.generators = jsondoc.Value{}
	}
	if c.to == V4 {
		return m
	}
	if c.to == V2 {
		c.joinHeaders(part, m.headers)
	}
	lower := lowering{c: c, part: part, message: m, response: part == "response"}
	return lower.run()
}

// joinHeaders reports headers that are read back otherwise from the one text
// that Pact V2 has for them.
func (c *converter) joinHeaders(part string, headers Fields) {
	for _, f := range headers {
		if !slices.Equal(splitHeader(f.Name, strings.Join(f.Values, ", ")), f.Values) {
			c.lose(part+" header "+f.Name, "Pact %s has one text for it: its %d value(s) are joined", c.to, len(f.Values))
		}
	}
}
