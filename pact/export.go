package pact

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// ExportOptions say what [Export] takes, and how it calls it. The zero value
// exports everything between "consumer" and "provider".
type ExportOptions struct {
	// Consumer and Provider name the parties; "" is "consumer", "provider".
	Consumer, Provider string
	// Host and Origin narrow as in [Filter].
	Host   string
	Origin expectations.Origin
	// RequestHeaders are the names of those headers of captured matchers that
	// belong to the contract, besides Content-Type and Accept; nil is all that
	// such a matcher holds, which are the ones recording was told to match.
	RequestHeaders []string
	// ResponseHeaders name headers of captured answers that belong to the
	// contract, besides Content-Type, Location and WWW-Authenticate.
	ResponseHeaders []string
	// IgnoreHeaders name headers of captured messages that never belong to
	// the contract; they go before the other lists.
	IgnoreHeaders []string
	// Redirects exports captured 3xx answers too. The official command line
	// verifier follows redirects and has no switch for it, so that such an
	// interaction fails there though it is right.
	Redirects bool
	// ToolVersion is written to the metadata.
	ToolVersion string
	// Spec is the specification to write, see [Document.Convert]; 0 is V3.
	Spec Version
}

// A Skipped is something that could not be said in the contract.
type Skipped struct {
	// ID is the expectation's.
	ID string
	// Description is what the interaction is or would have been called.
	Description string
	// Part is what was left out of the interaction, e.g. "request header X-A";
	// "" if the whole interaction was.
	Part string
	// Reason says why.
	Reason string
}

// String is one line that names what was skipped and why.
func (s Skipped) String() string {
	name := s.Description
	if s.Part != "" {
		name += ": " + s.Part
	}
	return name + ": " + s.Reason
}

// Export writes a contract from active expectations in match order.
//
// User-made ones come first, as they are written; captured ones follow, sorted
// by their content, so that the same recordings give the same bytes whatever
// the order they were made in. What cannot be said in a Pact is left out and
// named in the second result, and so is an expectation that could not be read.
// The error is that of the context.
func Export(ctx context.Context, seq iter.Seq2[*expectations.Expectation, error], o ExportOptions) (*Document, []Skipped, error) {
	return export(ctx, seq, &exporter{options: o})
}

func export(ctx context.Context, seq iter.Seq2[*expectations.Expectation, error], x *exporter) (*Document, []Skipped, error) {
	o := x.options
	for e, err := range seq {
		if ctx.Err() != nil {
			break
		}
		switch {
		case err != nil:
			x.skipped = append(x.skipped, Skipped{Description: "a recorded expectation", Reason: err.Error()})
		case o.Takes(e):
			x.add(neutral(e))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("export pact: %w", err)
	}
	doc := x.document()
	if o.Spec != 0 && o.Spec != V3 || x.imported {
		converted, lost := doc.Convert(cmp.Or(o.Spec, V3))
		doc, x.skipped = converted, append(x.skipped, lost...)
	}
	return doc, x.skipped, nil
}

// Takes reports whether Host and Origin let an expectation pass.
func (o ExportOptions) Takes(e *expectations.Expectation) bool {
	return Filter{Host: o.Host, Origin: o.Origin}.Takes(e)
}

// An exporter collects interactions.
type exporter struct {
	options ExportOptions
	drafts  []*draft
	skipped []Skipped
	// imported says that some came from a contract, of any specification.
	imported bool
	// freeze keeps drafts as text, see [Writing]; buffer is for that.
	freeze bool
	buffer []byte
}

// A draft is an interaction in the making.
type draft struct {
	source *expectations.Expectation
	it     *Interaction
	// name is the path as its description has it: as written.
	name string
	// agreed says that it is the interaction of a contract, which keeps its
	// description.
	agreed bool
	// named says that the description is the expectation's id.
	named bool
	// generated says that a part of the request is an example we made up.
	generated bool
	parts     []Skipped
	// sortKey orders captured interactions.
	sortKey string
}

func (d *draft) captured() bool { return d.source.Origin == expectations.OriginCaptured }

// leaveOut notes a part that cannot be said.
func (d *draft) leaveOut(part, reason string) {
	d.parts = append(d.parts, Skipped{ID: d.source.ID, Part: part, Reason: reason})
}

// add drafts one expectation or notes why it cannot be said.
func (x *exporter) add(e *expectations.Expectation) {
	d := &draft{source: e, it: &Interaction{}}
	if s := stubOf(e); s != nil {
		x.addStub(d, s)
		return
	}
	if err := x.draft(d); err != nil {
		x.skipped = append(x.skipped, Skipped{ID: e.ID, Description: describeMatcher(e), Reason: err.Error()})
		return
	}
	if x.freeze {
		x.buffer = d.freeze(cmp.Or(x.options.Spec, V3), x.buffer)
	}
	x.drafts = append(x.drafts, d)
}

// describeMatcher names an expectation that did not become an interaction.
func describeMatcher(e *expectations.Expectation) string {
	if e.Origin != expectations.OriginCaptured && meaningful(e.ID) {
		return e.ID
	}
	if e.Request == nil {
		return "any request"
	}
	return cmp.Or(strings.ToUpper(e.Request.Method.Value), "GET") + " " + cmp.Or(e.Request.Path.Value, "/")
}

// meaningful reports whether an id was chosen by someone, as opposed to
// generated.
func meaningful(id string) bool {
	if len(id) != 36 {
		return id != ""
	}
	_, err := uuid.Parse(id)
	return err != nil
}

// document names and orders the drafts.
func (x *exporter) document() *Document {
	o := x.options
	d := &Document{
		Consumer: cmp.Or(o.Consumer, "consumer"),
		Provider: cmp.Or(o.Provider, "provider"),
		Version:  V3,
		Metadata: []jsondoc.Member{jsondoc.M(ToolName,
			jsondoc.Object(jsondoc.M("version", jsondoc.String(o.ToolVersion))))},
		Interactions: make([]*Interaction, 0, len(x.drafts)),
	}
	slices.SortStableFunc(x.drafts, compareDrafts)
	x.describe()
	for _, draft := range x.drafts {
		for _, part := range draft.parts {
			part.Description = draft.it.Description
			x.skipped = append(x.skipped, part)
		}
		d.Interactions = append(d.Interactions, draft.it)
	}
	return d
}

// compareDrafts keeps user-made drafts first and in order, and sorts captured
// ones by content.
func compareDrafts(a, b *draft) int {
	switch {
	case !a.captured() && !b.captured():
		return 0
	case a.captured() != b.captured():
		if a.captured() {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.sortKey, b.sortKey)
}

// describe gives every interaction a description of its own: the id where it
// means something, else method and path, then the query too where that tells
// interactions apart, then a number.
func (x *exporter) describe() {
	count := make(map[string]int)
	for _, d := range x.drafts {
		if d.agreed {
			continue
		}
		d.it.Description = d.it.Request.Method + " " + d.name
		if d.named = !d.captured() && meaningful(d.source.ID); d.named {
			d.it.Description = d.source.ID
		}
		count[d.it.Description]++
	}
	for _, d := range x.drafts {
		if d.agreed {
			continue
		}
		if query := encodeQuery(d.it.Request.Query); count[d.it.Description] > 1 && !d.named && query != "" {
			d.it.Description += "?" + query
		}
	}
	used := make(map[string]bool)
	next := make(map[string]int)
	for _, d := range x.drafts {
		base := d.it.Description
		if d.agreed {
			used[base] = true
		}
	}
	for _, d := range x.drafts {
		if d.agreed {
			continue
		}
		base := d.it.Description
		for n := max(next[base], 1); ; n++ {
			if n > 1 {
				d.it.Description = base + " (" + strconv.Itoa(n) + ")"
			}
			if !used[d.it.Description] {
				next[base] = n + 1
				break
			}
		}
		used[d.it.Description] = true
	}
}
