package infer

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// A Source is what a contract is made of.
type Source struct {
	// Active are the active expectations; nil is none. Of these, captured
	// ones are exported where nothing is inferred; those made by hand always
	// are, as they were written.
	Active iter.Seq2[*expectations.Expectation, error]
	// Samples are the recorded exchanges behind the captured ones, see
	// [Infer].
	Samples iter.Seq2[Sample, error]
}

// Export makes the contract of a source: what was made by hand as it was
// written, as [pact.Export] does, and what was recorded as it is inferred.
// Names, filters, headers and the specification are those of e; o says how to
// infer. With [None] it is [pact.Export], and the report is nil.
//
// What could not be said is in the second result. Errors are those of
// [pact.Export] and [Infer].
func Export(ctx context.Context, from Source, e pact.ExportOptions, o Options) (*pact.Document, []pact.Skipped, *Report, error) {
	active := from.Active
	if active == nil {
		active = func(func(*expectations.Expectation, error) bool) {}
	}
	if o.Mode == None {
		doc, skipped, err := pact.Export(ctx, active, e)
		return doc, skipped, nil, err
	}
	written, spec := e, e.Spec
	written.Origin, written.Spec = expectations.OriginUser, pact.V3
	if e.Origin == expectations.OriginCaptured {
		active = func(func(*expectations.Expectation, error) bool) {}
	}
	made, skipped, err := pact.Export(ctx, active, written)
	if err != nil {
		return nil, nil, nil, err
	}
	samples := filtered(from.Samples, e)
	o.Consumer, o.Provider, o.ToolVersion = e.Consumer, e.Provider, e.ToolVersion
	o.RequestHeaders, o.ResponseHeaders = e.RequestHeaders, e.ResponseHeaders
	o.IgnoreHeaders = append(slices.Clip(o.IgnoreHeaders), e.IgnoreHeaders...)
	o.Redirects, o.Spec = e.Redirects, e.Spec
	doc, report, err := Infer(ctx, samples, o)
	if err != nil {
		return nil, nil, nil, err
	}
	doc.Interactions = joined(made.Interactions, doc.Interactions, report)
	for _, c := range report.LeftOut {
		skipped = append(skipped, pact.Skipped{Description: plural(c.Samples, "exchange"), Reason: c.Reason})
	}
	if spec != 0 && spec != pact.V3 {
		converted, lost := doc.Convert(spec)
		doc, skipped = converted, append(skipped, lost...)
	}
	return doc, skipped, report, nil
}

// filtered are the samples that the filters of an export take.
func filtered(samples iter.Seq2[Sample, error], e pact.ExportOptions) iter.Seq2[Sample, error] {
	if samples == nil || e.Origin == expectations.OriginUser {
		return func(func(Sample, error) bool) {}
	}
	return func(yield func(Sample, error) bool) {
		for s, err := range samples {
			if err == nil && s.Request != nil && !e.Takes(&expectations.Expectation{
				Origin: expectations.OriginCaptured, Authority: s.Request.Authority,
			}) {
				continue
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// joined puts inferred interactions behind those made by hand, under names of
// their own. The report's are those of the inferred ones, in order.
func joined(made, inferred []*pact.Interaction, report *Report) []*pact.Interaction {
	used := make(map[string]bool, len(made)+len(inferred))
	for _, it := range made {
		used[it.Description] = true
	}
	for i, it := range inferred {
		base := it.Description
		for n := 2; used[it.Description]; n++ {
			it.Description = base + " (" + strconv.Itoa(n) + ")"
		}
		used[it.Description] = true
		report.Interactions[i].Description = it.Description
	}
	return append(made, inferred...)
}
