package infer

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A Sample is one recorded exchange: what was asked and what was answered.
// Neither is changed.
type Sample struct {
	Request  *expectations.Request
	Response *expectations.Response
	// Redactions are the places whose values were replaced by tokens; such
	// a value is of unknown content.
	Redactions []expectations.Redaction
}

// A Mode says how much is inferred.
type Mode string

const (
	// None exports distinct exchanges as they are, without rules.
	None Mode = "none"
	// Types asserts the kinds of values and that they are there.
	Types Mode = "types"
	// Formats also asserts whole numbers and the formats of strings.
	Formats Mode = "formats"
	// Strict also asserts enumerations that many samples show.
	Strict Mode = "strict"
)

// ParseMode reads the name of a mode in any case; "" is [Formats].
func ParseMode(s string) (Mode, error) {
	switch m := Mode(strings.ToLower(s)); m {
	case "":
		return Formats, nil
	case None, Types, Formats, Strict:
		return m, nil
	}
	return "", fmt.Errorf("unknown inference %q (expected one of none, types, formats, strict)", s)
}

// States says whether provider states are named.
type States string

const (
	// StatesAuto names the state of interactions with path parameters and of
	// those that a client's error answers.
	StatesAuto States = "auto"
	// StatesNone names none.
	StatesNone States = "none"
)

// ParseStates reads a policy for states in any case; "" is [StatesAuto].
func ParseStates(s string) (States, error) {
	switch v := States(strings.ToLower(s)); v {
	case "":
		return StatesAuto, nil
	case StatesAuto, StatesNone:
		return v, nil
	}
	return "", fmt.Errorf("unknown policy for states %q (expected one of auto, none)", s)
}

// Defaults of [Options].
const (
	// DefaultMaxBody is the size of the largest body that is asserted, in
	// bytes.
	DefaultMaxBody int64 = 256 << 10
	// DefaultMaxVariants is how many interactions an endpoint and status may
	// have.
	DefaultMaxVariants = 20
	// maxGroups bounds the groups in memory; samples beyond are counted.
	maxGroups = 20_000
)

// Options say how contracts are inferred. The zero value infers formats and
// names states.
type Options struct {
	// Consumer and Provider name the parties; "" is "consumer", "provider".
	Consumer, Provider string
	// Mode is how much is inferred; "" is [Formats].
	Mode Mode
	// States is the policy for provider states; "" is [StatesAuto].
	States States
	// RequestHeaders name request headers that belong to the contract besides
	// those that do by themselves, even where they are known as noise.
	RequestHeaders []string
	// ResponseHeaders name response headers that belong to the contract
	// besides Content-Type, Location and WWW-Authenticate.
	ResponseHeaders []string
	// IgnoreHeaders name headers that never belong to it.
	IgnoreHeaders []string
	// Redirects and ServerErrors take answers of 3xx and 5xx too.
	Redirects, ServerErrors bool
	// MaxBody is the size of the largest body that is asserted, in bytes; 0
	// is [DefaultMaxBody].
	MaxBody int64
	// MaxVariants bounds the interactions of one endpoint and status; 0 is
	// [DefaultMaxVariants]. Samples of further ones are counted in the
	// report.
	MaxVariants int
	// Templates are paths whose parameters are known, such as
	// "/products/{slug}"; they go before what is inferred.
	Templates []string
	// Spec is the specification that the contract will be written in: in
	// [pact.V4] binary bodies are asserted by their type, in others left out.
	Spec pact.Version
	// Overrides change decisions.
	Overrides []Override
	// ToolVersion is written to the metadata.
	ToolVersion string
}

func (o Options) filled() Options {
	o.Consumer = cmp.Or(o.Consumer, "consumer")
	o.Provider = cmp.Or(o.Provider, "provider")
	o.Mode = cmp.Or(o.Mode, Formats)
	o.States = cmp.Or(o.States, StatesAuto)
	o.MaxBody = cmp.Or(o.MaxBody, DefaultMaxBody)
	o.MaxVariants = cmp.Or(o.MaxVariants, DefaultMaxVariants)
	return o
}

// Check says what in the options cannot be understood: a template or an
// override.
func (o Options) Check() error {
	if _, err := newRouter(o); err != nil {
		return err
	}
	_, err := compileOverrides(o.Overrides)
	return err
}

// Infer makes a contract from samples, and a report that explains it.
//
// The sequence is ranged over several times and must yield the same samples in
// the same order each time; samples that are new the second time are not
// looked at, and the first ones may be gone. An error that it yields is counted in the report, and the rest
// goes on. The returned error is that of the context, or of an Override or
// Template that cannot be understood.
func Infer(ctx context.Context, samples iter.Seq2[Sample, error], o Options) (*pact.Document, *Report, error) {
	o = o.filled()
	p := &pipeline{options: o, samples: samples, report: newReport(o)}
	var err error
	if p.overrides, err = compileOverrides(o.Overrides); err != nil {
		return nil, nil, err
	}
	if p.router, err = newRouter(o); err != nil {
		return nil, nil, err
	}
	if err := p.run(ctx); err != nil {
		return nil, nil, fmt.Errorf("infer a contract: %w", err)
	}
	return p.document(), p.report, nil
}

// A pipeline is one inference in progress.
type pipeline struct {
	options   Options
	overrides overrides
	samples   iter.Seq2[Sample, error]
	// total is how many elements the sequence had when it was surveyed.
	total int
	// prints are the fingerprints of those.
	prints []uint32
	router *router
	groups groupSet
	// placed is the group of each element of the sequence, 0 for none.
	placed []uint32
	drafts []*draft
	// left counts the samples of variants beyond the bound.
	left   int
	report *Report
}

func (p *pipeline) run(ctx context.Context) error {
	if err := p.survey(ctx); err != nil || p.total == 0 {
		return err
	}
	var exact map[string]bool
	for {
		if err := p.merge(ctx, exact); err != nil {
			return err
		}
		p.build()
		if err := p.check(ctx); err != nil {
			return err
		}
		found := p.inexact()
		if exact != nil || len(found) == 0 {
			break
		}
		// Some requests cannot be said once for all their samples: once more,
		// with an interaction for each body.
		exact = found
	}
	p.finish()
	return nil
}

// inexact are the keys of the groups that need an interaction for each body.
func (p *pipeline) inexact() map[string]bool {
	keys := make(map[string]bool)
	for _, d := range p.drafts {
		if d.exact {
			keys[d.group.key] = true
		}
	}
	return keys
}

// each calls f with the elements of the sequence that were there at first,
// until it returns false. Those that left it meanwhile, as the oldest parts of
// a recording do, are passed over.
func (p *pipeline) each(ctx context.Context, f func(i int, s Sample, err error) bool) error {
	i := 0
	for s, err := range p.samples {
		if ctx.Err() != nil {
			break
		}
		print := fingerprint(s, err)
		if p.total == 0 {
			p.prints = append(p.prints, print)
		} else {
			at := slices.Index(p.prints[i:], print)
			if at < 0 {
				break
			}
			i += at
		}
		if !f(i, s, err) {
			break
		}
		i++
	}
	return ctx.Err()
}

// fingerprint tells elements of the sequence apart, as far as it takes to see
// that some have left it.
func fingerprint(s Sample, err error) uint32 {
	if err != nil || s.Request == nil || s.Response == nil {
		return 0
	}
	h := fnv.New32a()
	for _, text := range [...]string{s.Request.Method, s.Request.Path, s.Request.RawQuery} {
		_, _ = io.WriteString(h, text) // a hash takes it all
	}
	return h.Sum32() ^ uint32(s.Response.Status)<<16 ^ uint32(len(s.Response.Body.Bytes))
}

// survey learns the paths and the ids that were made, and counts.
func (p *pipeline) survey(ctx context.Context) error {
	n := 0
	err := p.read(ctx, false, func(s Sample, err error) bool {
		n++
		if err != nil {
			p.report.leaveOut("could not be read")
		} else if reason := p.options.unfit(s); reason != "" {
			p.report.leaveOut(reason)
		} else {
			p.report.Samples++
			return true
		}
		return false
	}, func(_ int, m *message) { p.router.observe(m) })
	p.total = n
	p.router.settle()
	return err
}

// merge puts every sample into its group.
func (p *pipeline) merge(ctx context.Context, exact map[string]bool) error {
	p.groups = newGroupSet(p.options)
	p.groups.exact = exact
	p.placed = make([]uint32, p.total)
	return p.read(ctx, true, func(s Sample, err error) bool {
		return err == nil && p.options.unfit(s) == ""
	}, func(i int, m *message) {
		p.placed[i] = p.groups.add(m, p.router.template(m))
	})
}

// finish takes what holds into the contract, and reports the rest.
func (p *pipeline) finish() {
	p.report.leaveOutSome("further variants of an endpoint", p.left)
	p.report.leaveOutSome("too many endpoints", p.groups.refused)
	p.drafts = slices.DeleteFunc(p.drafts, func(d *draft) bool {
		if d.broken {
			p.report.leaveOutSome("no interaction that all samples satisfy", d.group.samples)
		}
		return d.broken
	})
	describe(p.drafts)
	p.report.Overrides = p.overrides.idle()
	for _, d := range p.drafts {
		d.teeth()
		for _, place := range slices.Sorted(maps.Keys(d.overruled)) {
			p.report.Overrides = append(p.report.Overrides, Evidence{
				Place: d.report.Description + ", " + place, Reason: fmt.Sprintf("kept, though it is otherwise in %s", plural(d.overruled[place], "sample")),
			})
		}
	}
	p.report.finish()
}

// document is the contract of the drafts.
func (p *pipeline) document() *pact.Document {
	d := &pact.Document{
		Consumer: p.options.Consumer, Provider: p.options.Provider, Version: pact.V3,
		Metadata: []jsondoc.Member{jsondoc.M(pact.ToolName,
			jsondoc.Object(jsondoc.M("version", jsondoc.String(p.options.ToolVersion))))},
		Interactions: make([]*pact.Interaction, 0, len(p.drafts)),
	}
	for _, draft := range p.drafts {
		d.Interactions = append(d.Interactions, draft.it)
		p.report.Interactions = append(p.report.Interactions, draft.report)
		p.report.Asserted += draft.report.Asserted
		p.report.Total += draft.report.Total
	}
	return d
}
