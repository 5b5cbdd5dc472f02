package infer

import (
	"fmt"
	"slices"
)

// A Report explains a contract that was inferred.
type Report struct {
	// Mode is how much was inferred.
	Mode Mode
	// Samples is how many exchanges were looked at.
	Samples int
	// LeftOut counts those that were not, or that no interaction stands for,
	// by reason, the most frequent first.
	LeftOut []Count
	// Interactions are explained in the order of the contract.
	Interactions []*InteractionReport
	// Overrides are those that changed nothing, and those that go against
	// samples. What the others did stands with the interactions.
	Overrides []Evidence
	// Asserted and Total count the leaves of all bodies: how many the
	// contract refuses to see broken, of how many there are.
	Asserted, Total int
}

// A Count is how many samples something happened to.
type Count struct {
	Reason  string
	Samples int
}

// An InteractionReport explains one interaction.
type InteractionReport struct {
	// Description is the interaction's.
	Description string
	// Endpoint is the method and the path template, as an [Override] names
	// it.
	Endpoint string
	// Status is the answer's.
	Status int
	// Samples is how many exchanges it was made of.
	Samples int
	// Parameters are what varies in the path and the query, and how that is
	// known.
	Parameters []Evidence
	// States are the provider states, and why they are called so.
	States []Evidence
	// Rules are the matching rules by place, and why they are there.
	Rules []Evidence
	// NotAsserted are the places that the contract says nothing of.
	NotAsserted []Evidence
	// DroppedHeaders are headers that are no part of the contract.
	DroppedHeaders []string
	// Redactions are the places of secrets.
	Redactions []string
	// Asserted and Total count the leaves of both bodies.
	Asserted, Total int
}

// Evidence is a decision and the reason for it.
type Evidence struct {
	// Place is what it is about, as an [Override] names it, e.g. "response
	// body $.items[*].id".
	Place string
	// Decision is what is in the contract, e.g. "integer"; "" for nothing.
	Decision string
	// Reason says why.
	Reason string
}

func newReport(o Options) *Report { return &Report{Mode: o.Mode} }

func (r *Report) leaveOut(reason string) { r.leaveOutSome(reason, 1) }

func (r *Report) leaveOutSome(reason string, samples int) {
	if samples == 0 {
		return
	}
	i := slices.IndexFunc(r.LeftOut, func(c Count) bool { return c.Reason == reason })
	if i < 0 {
		r.LeftOut = append(r.LeftOut, Count{Reason: reason})
		i = len(r.LeftOut) - 1
	}
	r.LeftOut[i].Samples += samples
}

// finish sorts what came in no order.
func (r *Report) finish() {
	slices.SortFunc(r.LeftOut, func(a, b Count) int {
		if a.Samples != b.Samples {
			return b.Samples - a.Samples
		}
		if a.Reason < b.Reason {
			return -1
		}
		return 1
	})
}

func (r *InteractionReport) rule(place, decision, reason string, args ...any) {
	r.Rules = append(r.Rules, Evidence{place, decision, fmt.Sprintf(reason, args...)})
}

func (r *InteractionReport) notAsserted(place, reason string, args ...any) {
	e := Evidence{Place: place, Reason: fmt.Sprintf(reason, args...)}
	if !slices.Contains(r.NotAsserted, e) {
		r.NotAsserted = append(r.NotAsserted, e)
	}
}

// Percent is the share of leaves that are asserted; 100 if there are none.
func (r *Report) Percent() float64 { return percent(r.Asserted, r.Total) }

func percent(asserted, total int) float64 {
	if total == 0 {
		return 100
	}
	return 100 * float64(asserted) / float64(total)
}
