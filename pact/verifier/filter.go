package verifier

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pactape/pactape/pact"
)

// A Filter chooses the interactions to verify, as other Pact tools do. The zero
// value takes all.
type Filter struct {
	// Description and State are expressions that part of the description, and
	// of the name of a provider state, must match; nil takes any.
	Description, State *regexp.Regexp
	// NoState takes interactions without provider states, beside those that
	// State takes.
	NoState bool
	// Descriptions are those that are taken, as a result names them; nil means
	// any.
	Descriptions map[string]bool
	// Consumers are the names of the consumers whose contracts are verified;
	// none means any.
	Consumers []string
}

// NewFilter compiles the expressions of a filter, empty ones being none.
func NewFilter(description, state string, noState bool, consumers []string) (Filter, error) {
	f := Filter{NoState: noState, Consumers: consumers}
	for _, e := range [...]struct {
		what, text string
		to         **regexp.Regexp
	}{{"description", description, &f.Description}, {"provider state", state, &f.State}} {
		if e.text == "" {
			continue
		}
		re, err := regexp.Compile(e.text)
		if err != nil {
			return f, fmt.Errorf("the filter of the %s: %w", e.what, err)
		}
		*e.to = re
	}
	return f, nil
}

// Empty reports whether the filter takes everything.
func (f Filter) Empty() bool {
	return f.Description == nil && f.State == nil && !f.NoState && f.Descriptions == nil && len(f.Consumers) == 0
}

// Apply is the document with only the interactions that the filter takes; the
// document itself if those are all.
func (f Filter) Apply(doc *pact.Document) *pact.Document {
	if f.Empty() {
		return doc
	}
	out := *doc
	out.Interactions = slices.DeleteFunc(slices.Clone(doc.Interactions), func(it *pact.Interaction) bool { return !f.takes(doc, it) })
	return &out
}

func (f Filter) takes(doc *pact.Document, it *pact.Interaction) bool {
	if len(f.Consumers) > 0 && !slices.Contains(f.Consumers, doc.Consumer) {
		return false
	}
	if f.Description != nil && !f.Description.MatchString(it.Description) {
		return false
	}
	if f.Descriptions != nil && !f.Descriptions[pact.NewInteractionResult(it).Description] {
		return false
	}
	if f.State == nil && !f.NoState {
		return true
	}
	if len(it.States) == 0 {
		return f.NoState
	}
	return f.State != nil && slices.ContainsFunc(it.States, func(s pact.State) bool { return f.State.MatchString(s.Name) })
}
