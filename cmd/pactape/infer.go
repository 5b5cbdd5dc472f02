package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// inferFlags say how a contract generalises what was recorded.
type inferFlags struct {
	mode, states, report, config string
	templates                    []string
}

// addInferFlags adds the flags of what makes contracts itself.
func addInferFlags(flags *pflag.FlagSet) *inferFlags {
	f := addInferDefaults(flags)
	flags.StringVar(&f.report, "report", "", "also write to this `file` why each rule was inferred: text, or JSON if it ends in .json")
	return f
}

// addInferDefaults adds those that a server takes too, for contracts that its
// admin API is asked for.
func addInferDefaults(flags *pflag.FlagSet) *inferFlags {
	f := new(inferFlags)
	flags.StringVar(&f.mode, "infer", string(infer.Formats), "what contracts infer from a recording: none (literal values), types, formats or strict")
	flags.StringVar(&f.states, "states", string(infer.StatesAuto), "provider states of inferred contracts: auto or none")
	flags.StringArrayVar(&f.templates, "path-template", nil, "`path` whose parameters are known, e.g. /products/{slug} (repeatable)")
	flags.StringVar(&f.config, "infer-config", "", "YAML `file` of path templates and of decisions that inference is overridden in")
	return f
}

// options checks the flags.
func (f *inferFlags) options() (o infer.Options, err error) {
	if o.Mode, err = infer.ParseMode(f.mode); err != nil {
		return o, &usageError{fmt.Errorf("--infer: %w", err)}
	}
	if o.States, err = infer.ParseStates(f.states); err != nil {
		return o, &usageError{fmt.Errorf("--states: %w", err)}
	}
	o.Templates = slices.Clone(f.templates)
	if o.Mode == infer.None {
		if f.report != "" || len(f.templates) > 0 || f.config != "" {
			return o, &usageError{errors.New("--report, --path-template and --infer-config need --infer=types, formats or strict")}
		}
		return o, nil
	}
	if err := o.Check(); err != nil {
		return o, &usageError{err}
	}
	if f.config != "" {
		if err := readInferConfig(f.config, &o); err != nil {
			return o, &usageError{err}
		}
	}
	return o, nil
}

// An inference makes contracts from samples of a recording. A nil one is for
// contracts of literal values.
type inference struct {
	options infer.Options
	// exchanges is the recording.
	exchanges iter.Seq2[*capture.Exchange, error]
	file      string
	reports   []namedReport
}

type namedReport struct {
	provider string
	report   *infer.Report
}

// inference checks the flags; it is nil where nothing is to be inferred.
func (f *inferFlags) inference() (*inference, error) {
	o, err := f.options()
	if err != nil || o.Mode == infer.None {
		return nil, err
	}
	return &inference{options: o, file: f.report}, nil
}

// contract infers the contract of the exchanges that wanted takes.
func (n *inference) contract(ctx context.Context, o pact.ExportOptions, wanted func(*capture.Exchange) bool) (*pact.Document, []pact.Skipped, error) {
	doc, skipped, report, err := infer.Export(ctx, infer.Source{Samples: samplesOf(n.exchanges, wanted)}, o, n.options)
	if err != nil {
		return nil, nil, err
	}
	n.reports = append(n.reports, namedReport{o.Provider, report})
	return doc, skipped, nil
}

// samplesOf are the exchanges that a server answered and that wanted takes.
func samplesOf(exchanges iter.Seq2[*capture.Exchange, error], wanted func(*capture.Exchange) bool) iter.Seq2[infer.Sample, error] {
	return func(yield func(infer.Sample, error) bool) {
		for ex, err := range exchanges {
			switch {
			case err != nil:
				if !yield(infer.Sample{}, err) {
					return
				}
			case ex.Failure != nil || ex.Response == nil || ex.AnsweredBy != "" || !wanted(ex):
			case !yield(infer.Sample{Request: ex.Request, Response: ex.Response, Redactions: ex.Redactions}, nil):
				return
			}
		}
	}
}

// standingSamples are the samples behind what was captured in a space.
func standingSamples(ctx context.Context, space *expectations.Space) iter.Seq2[infer.Sample, error] {
	session, ok := space.Captured.(interface {
		Standing(ctx context.Context) iter.Seq2[*capture.Exchange, error]
	})
	if !ok {
		return func(func(infer.Sample, error) bool) {}
	}
	return samplesOf(session.Standing(ctx), func(*capture.Exchange) bool { return true })
}

// ofAuthorities takes the exchanges with the given servers.
func ofAuthorities(hosts []string) func(*capture.Exchange) bool {
	return func(ex *capture.Exchange) bool { return slices.Contains(hosts, ex.Request.Authority) }
}

// ofHost takes the exchanges with a host, all if it is "".
func ofHost(host string) func(*capture.Exchange) bool {
	filter := pact.Filter{Host: host}
	return func(ex *capture.Exchange) bool {
		return filter.Takes(&expectations.Expectation{Origin: expectations.OriginCaptured, Authority: ex.Request.Authority})
	}
}

// last is what became of the last contract, for a summary; nil without
// inference.
func (n *inference) last() *infer.Report {
	if n == nil || len(n.reports) == 0 {
		return nil
	}
	return n.reports[len(n.reports)-1].report
}

// write writes the report file, if one was asked for.
func (n *inference) write() error {
	if n == nil || n.file == "" {
		return nil
	}
	if !strings.HasSuffix(strings.ToLower(n.file), ".json") {
		var b bytes.Buffer
		for _, r := range n.reports {
			_, _ = fmt.Fprintf(&b, "# %s\n\n%s\n", r.provider, r.report.AppendText(nil)) // a buffer takes it all
		}
		return replaceFile(n.file, b.Bytes())
	}
	contracts := make([]jsondoc.Value, 0, len(n.reports))
	for _, r := range n.reports {
		contracts = append(contracts, jsondoc.Object(
			jsondoc.M("provider", jsondoc.String(r.provider)), jsondoc.M("report", r.report.JSON())))
	}
	doc := jsondoc.Object(jsondoc.M("contracts", jsondoc.Array(contracts...)))
	return replaceFile(n.file, append(doc.AppendIndent(nil, "  "), '\n'))
}
