package pact

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Writing is an exported contract that is ready to be written, and nothing
// else: its interactions are held as compact text, which takes a fraction of
// the memory of a [Document].
type Writing struct{ doc *Document }

// ExportWriting is [Export] for contracts that are only to be written. They are
// made whole before the first byte is, since interactions are sorted and named
// apart; what could not be said is known by then.
func ExportWriting(ctx context.Context, seq iter.Seq2[*expectations.Expectation, error], o ExportOptions) (*Writing, []Skipped, error) {
	doc, skipped, err := export(ctx, seq, &exporter{options: o, freeze: true})
	if err != nil {
		return nil, nil, err
	}
	return &Writing{doc}, skipped, nil
}

// Len is the number of interactions.
func (w *Writing) Len() int { return len(w.doc.Interactions) }

// WriteTo writes what [Document.Append] appends, interaction by interaction.
func (w *Writing) WriteTo(to io.Writer) (n int64, err error) { return w.doc.WriteTo(to) }

// A frozenInteraction is an interaction as compact JSON, in the specification
// it is written in.
type frozenInteraction struct {
	// head and tail stand before and after the text of the description.
	head, tail []byte
	// lost is what that specification had no words for.
	lost []Skipped
}

// freeze leaves of a draft what is needed to sort, name and write it.
//
// buffer is used again by the next.
func (d *draft) freeze(spec Version, buffer []byte) []byte {
	it, lost := d.it, []Skipped(nil)
	if spec != V3 {
		c := converter{to: spec}
		it, lost = c.interaction(it, V3), c.lost
	}
	buffer = it.json(spec).AppendCompact(buffer[:0])
	text := bytes.Clone(buffer)
	mark := []byte(`"description":""`)
	at := bytes.Index(text, mark) + len(mark) // it is the first member but for a type
	d.it = &Interaction{
		Request: &Request{Method: d.it.Request.Method, Query: d.it.Request.Query},
		frozen:  &frozenInteraction{head: text[:at-len(`""`)], tail: text[at:], lost: lost},
	}
	d.source = &expectations.Expectation{ID: d.source.ID, Origin: d.source.Origin}
	return buffer
}

// A frozenPrinter prints frozen interactions, one after another.
type frozenPrinter struct {
	text []byte
	out  bytes.Buffer
}

// append appends an interaction as [appendIndented] appends others.
func (p *frozenPrinter) append(dst []byte, f *frozenInteraction, description string) []byte {
	p.text = append(jsondoc.AppendString(append(p.text[:0], f.head...), description), f.tail...)
	p.out.Reset()
	if err := json.Indent(&p.out, p.text, indent+indent, indent); err != nil {
		p.out.Reset()
		p.out.Write(p.text) // as good; we wrote it, so it is JSON
	}
	return append(append(dst, "\n"+indent+indent...), p.out.Bytes()...)
}
