package wire

import "github.com/pactape/pactape/expectations/jsondoc"

// A printer prints documents in Jackson's layout, with MockServer's two ways
// to print bodies.
type printer struct {
	jsondoc.Printer
	// defaults prints bodies in full, with their raw bytes, instead of short
	// where that reads back the same (MockServer 7 ObjectMapperFactory,
	// serialiseDefaultValues).
	defaults bool
	// made says, beside defaults, that nothing was recorded: JSON has no raw
	// bytes then, unless it would be sent otherwise.
	made bool
	// primary says that the action to be printed is to be marked.
	primary bool
}

// mark is how the action that is being printed is marked: a function that
// prints the mark, at its place, once.
func (p *printer) mark() func() {
	primary := p.primary
	p.primary = false
	return func() { p.flag("primary", primary) }
}

// text is a member that is printed only if not empty.
func (p *printer) text(name, s string) {
	if s != "" {
		p.Text(name, s)
	}
}

// flag is a member that is printed only if set.
func (p *printer) flag(name string, set bool) {
	if set {
		p.Bool(name, true)
	}
}

// known is a member that is printed only if known.
func (p *printer) known(name string, b *bool) {
	if b != nil {
		p.Bool(name, *b)
	}
}

// document is what print prints, as a document of its own.
func document(print func(p *printer)) jsondoc.Value {
	p := &printer{}
	print(p)
	// What was printed is JSON, and no deeper than what was read.
	v, _ := jsondoc.Parse(p.Bytes())
	return v
}
