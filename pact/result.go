package pact

import (
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Result is the verdict on a document.
type Result struct {
	// Verified is true if every interaction is.
	Verified bool
	// Interactions are the verdicts in the document's order.
	Interactions []InteractionResult
	// Warnings are what a reader should know beside the verdicts.
	Warnings []string
}

// An InteractionResult is the verdict on one interaction.
type InteractionResult struct {
	// ID is the interaction's, as a Pact Broker named it; empty if none did.
	ID string
	// Key is the interaction's (Pact V4, key); empty if it has none.
	Key string
	// Description is the interaction's, "(unnamed interaction)" if it has none.
	Description string
	// States are the names of its provider states.
	States []string
	// Verified is the verdict.
	Verified bool
	// Pending says that the contract lets the interaction fail (Pact V4,
	// pending).
	Pending bool
	// Reason says why it failed in MockServer's words; "" if it did not.
	Reason string
	// Mismatches are all the differences found.
	Mismatches []Mismatch
	// NeededHeaders are the names of request headers that hold a placeholder
	// for a secret and were not supplied.
	NeededHeaders []string
	// Duration is how long a live provider took; 0 for active expectations.
	Duration time.Duration
}

// Failed counts the interactions that are not verified.
func (r *Result) Failed() int {
	n := 0
	for _, it := range r.Interactions {
		if !it.Verified {
			n++
		}
	}
	return n
}

// Holds reports whether nothing failed but what is pending.
func (r *Result) Holds() bool {
	for _, it := range r.Interactions {
		if !it.Verified && !it.Pending {
			return false
		}
	}
	return true
}

// NewResult is the result of no interactions, to which verdicts are added.
func NewResult() *Result { return &Result{Verified: true} }

// Add appends a verdict.
func (r *Result) Add(it InteractionResult) {
	r.Interactions = append(r.Interactions, it)
	r.Verified = r.Verified && it.Verified
}

// JSON is the result as MockServer's verify call answers it, with our own
// additions: mismatches, neededHeaders and warnings.
func (r *Result) JSON() jsondoc.Value {
	interactions := make([]jsondoc.Value, 0, len(r.Interactions))
	for _, it := range r.Interactions {
		interactions = append(interactions, it.json())
	}
	members := []jsondoc.Member{
		jsondoc.M("verified", jsondoc.Bool(r.Verified)),
		jsondoc.M("interactions", jsondoc.Array(interactions...)),
	}
	if len(r.Warnings) > 0 {
		members = append(members, jsondoc.M("warnings", stringArray(r.Warnings)))
	}
	return jsondoc.Object(members...)
}

func (r InteractionResult) json() jsondoc.Value {
	members := []jsondoc.Member{
		jsondoc.M("description", jsondoc.String(r.Description)),
		jsondoc.M("verified", jsondoc.Bool(r.Verified)),
	}
	if r.Pending {
		members = append(members, jsondoc.M("pending", jsondoc.Bool(true)))
	}
	if r.Reason != "" {
		members = append(members, jsondoc.M("reason", jsondoc.String(r.Reason)))
	}
	if len(r.Mismatches) > 0 {
		items := make([]jsondoc.Value, 0, len(r.Mismatches))
		for _, m := range r.Mismatches {
			items = append(items, m.JSON())
		}
		members = append(members, jsondoc.M("mismatches", jsondoc.Array(items...)))
	}
	if len(r.NeededHeaders) > 0 {
		members = append(members, jsondoc.M("neededHeaders", stringArray(r.NeededHeaders)))
	}
	if r.Duration > 0 {
		members = append(members, jsondoc.M("durationMillis", jsondoc.Int(r.Duration.Milliseconds())))
	}
	return jsondoc.Object(members...)
}

func stringArray(list []string) jsondoc.Value {
	items := make([]jsondoc.Value, 0, len(list))
	for _, s := range list {
		items = append(items, jsondoc.String(s))
	}
	return jsondoc.Array(items...)
}

// NewInteractionResult starts the verdict on an interaction.
func NewInteractionResult(it *Interaction) InteractionResult {
	r := InteractionResult{ID: it.ID, Key: it.Key(), Description: it.Description, Pending: it.pending()}
	if r.Description == "" {
		r.Description = "(unnamed interaction)"
	}
	for _, s := range it.States {
		r.States = append(r.States, s.Name)
	}
	return r
}
