package jsondoc

import (
	"encoding/base64"
	"strconv"
)

// A Printer appends one JSON text in Jackson's layout, piece by piece, so
// that what is only printed need not be built as a [Value] first. The zero
// value is ready to use. The caller keeps the order: a value at the root, a
// Key before each value of an object, an Item before each of an array. A copy
// of a Printer is a point to go back to.
type Printer struct {
	dst   []byte
	level int  // of objects that are open
	depth int  // of objects and arrays that are open
	fresh bool // nothing has been printed in the innermost container
}

// NewPrinter returns a Printer that appends to dst.
func NewPrinter(dst []byte) Printer { return Printer{dst: dst} }

// Bytes is what has been printed since the last [Printer.Flush]. It is valid
// until the next call.
func (p *Printer) Bytes() []byte { return p.dst }

// Flush forgets the printed bytes, not the place in the document.
func (p *Printer) Flush() { p.dst = p.dst[:0] }

// Empty reports whether the innermost container, just begun, has nothing in
// it yet.
func (p *Printer) Empty() bool { return p.fresh }

// BeginObject opens an object.
func (p *Printer) BeginObject() {
	p.dst = append(p.dst, '{')
	p.level++
	p.depth++
	p.fresh = true
}

// EndObject closes an object.
func (p *Printer) EndObject() {
	p.level--
	p.depth--
	if p.fresh {
		p.dst = append(p.dst, ' ')
	} else {
		p.dst = AppendJacksonLine(p.dst, p.level)
	}
	p.dst = append(p.dst, '}')
	p.fresh = false
}

// BeginArray opens an array.
func (p *Printer) BeginArray() {
	p.dst = append(p.dst, '[', ' ')
	p.depth++
	p.fresh = true
}

// EndArray closes an array.
func (p *Printer) EndArray() {
	if !p.fresh {
		p.dst = append(p.dst, ' ')
	}
	p.dst = append(p.dst, ']')
	p.depth--
	p.fresh = false
}

// Item goes before each element of an array.
func (p *Printer) Item() {
	if !p.fresh {
		p.dst = append(p.dst, ',', ' ')
	}
	p.fresh = false
}

// Key goes before each value of an object.
func (p *Printer) Key(name string) {
	if !p.fresh {
		p.dst = append(p.dst, ',')
	}
	p.fresh = false
	p.dst = AppendJacksonLine(p.dst, p.level)
	p.dst = AppendJacksonString(p.dst, name)
	p.dst = append(p.dst, " : "...)
}

// String prints a string.
func (p *Printer) String(s string) { p.dst = AppendJacksonString(p.dst, s) }

// Value prints v.
func (p *Printer) Value(v Value) { p.dst = appendJackson(p.dst, &v, p.level) }

// Raw prints the document that text holds. On an error, as of [Parse],
// nothing is printed; the containers that are open count for [MaxDepth], so
// that what is printed can be parsed.
func (p *Printer) Raw(text []byte) (err error) {
	p.dst, err = appendJacksonText(p.dst, text, p.level, p.depth)
	return err
}

// Strings prints an array of strings.
func (p *Printer) Strings(values []string) {
	p.BeginArray()
	for _, v := range values {
		p.Item()
		p.String(v)
	}
	p.EndArray()
}

// Text prints a member that is a string.
func (p *Printer) Text(name, s string) {
	p.Key(name)
	p.String(s)
}

// Number prints a member that is a whole number.
func (p *Printer) Number(name string, n int64) {
	p.Key(name)
	p.dst = strconv.AppendInt(p.dst, n, 10)
}

// Bool prints a member that is a boolean.
func (p *Printer) Bool(name string, b bool) {
	p.Key(name)
	p.dst = strconv.AppendBool(p.dst, b)
}

// Base64 prints a member that is bytes in base64 (RFC 4648 §4).
func (p *Printer) Base64(name string, b []byte) {
	p.Key(name)
	p.dst = append(p.dst, '"')
	p.dst = base64.StdEncoding.AppendEncode(p.dst, b)
	p.dst = append(p.dst, '"')
}
