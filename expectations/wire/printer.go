package wire

import (
	"encoding/base64"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A printer appends JSON in Jackson's layout, member by member, so that
// nothing is built that is only printed.
type printer struct {
	dst   []byte
	level int  // of objects that are open
	fresh bool // nothing has been printed in the innermost container
	// defaults prints bodies in full, with their raw bytes, instead of short
	// where that reads back the same (MockServer 7 ObjectMapperFactory,
	// serialiseDefaultValues).
	defaults bool
}

func (p *printer) beginObject() {
	p.dst = append(p.dst, '{')
	p.level++
	p.fresh = true
}

func (p *printer) endObject() {
	p.level--
	if p.fresh {
		p.dst = append(p.dst, ' ')
	} else {
		p.dst = jsondoc.AppendJacksonLine(p.dst, p.level)
	}
	p.dst = append(p.dst, '}')
	p.fresh = false
}

func (p *printer) beginArray() {
	p.dst = append(p.dst, '[', ' ')
	p.fresh = true
}

func (p *printer) endArray() {
	if !p.fresh {
		p.dst = append(p.dst, ' ')
	}
	p.dst = append(p.dst, ']')
	p.fresh = false
}

// item goes before each element of an array.
func (p *printer) item() {
	if !p.fresh {
		p.dst = append(p.dst, ',', ' ')
	}
	p.fresh = false
}

// key goes before each value of an object.
func (p *printer) key(name string) {
	if !p.fresh {
		p.dst = append(p.dst, ',')
	}
	p.fresh = false
	p.dst = jsondoc.AppendJacksonLine(p.dst, p.level)
	p.dst = jsondoc.AppendJacksonString(p.dst, name)
	p.dst = append(p.dst, " : "...)
}

func (p *printer) string(s string) { p.dst = jsondoc.AppendJacksonString(p.dst, s) }

func (p *printer) value(v jsondoc.Value) { p.dst = v.AppendJacksonAt(p.dst, p.level) }

// text is a member that is printed only if not empty.
func (p *printer) text(name, s string) {
	if s != "" {
		p.key(name)
		p.string(s)
	}
}

// number is a member that is always printed.
func (p *printer) number(name string, n int64) {
	p.key(name)
	p.value(jsondoc.Int(n))
}

func (p *printer) bool(name string, b bool) {
	p.key(name)
	p.value(jsondoc.Bool(b))
}

// flag is a member that is printed only if set.
func (p *printer) flag(name string, set bool) {
	if set {
		p.bool(name, true)
	}
}

// known is a member that is printed only if known.
func (p *printer) known(name string, b *bool) {
	if b != nil {
		p.bool(name, *b)
	}
}

// bytes is a member in base64 (RFC 4648 §4).
func (p *printer) bytes(name string, b []byte) {
	p.key(name)
	p.dst = append(p.dst, '"')
	p.dst = base64.StdEncoding.AppendEncode(p.dst, b)
	p.dst = append(p.dst, '"')
}

// strings is an array of strings.
func (p *printer) strings(values []string) {
	p.beginArray()
	for _, v := range values {
		p.item()
		p.string(v)
	}
	p.endArray()
}

// document is what print prints, as a document of its own.
func document(print func(p *printer)) jsondoc.Value {
	p := &printer{}
	print(p)
	// What was printed is JSON, and no deeper than what was read.
	v, _ := jsondoc.Parse(p.dst)
	return v
}
