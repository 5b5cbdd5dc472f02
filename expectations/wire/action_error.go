package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// errorFields are the members of httpError (MockServer 7 httpError.json).
var errorFields = []field[expectations.Fail]{
	{"dropConnection", func(d *decoder, v jsondoc.Value, f *expectations.Fail) { f.Drop = d.boolean(v) }},
	{"responseBytes", func(d *decoder, v jsondoc.Value, f *expectations.Fail) { f.Bytes = d.base64(v) }},
	{"delay", func(d *decoder, v jsondoc.Value, f *expectations.Fail) { f.Delay = decodeDelay(d, v) }},
	{"streamError", func(d *decoder, _ jsondoc.Value, _ *expectations.Fail) {
		d.unsupported("responseBytes without dropConnection resets the stream of HTTP/2, with INTERNAL_ERROR")
	}},
	primaryField[expectations.Fail](),
}

func decodeError(d *decoder, v jsondoc.Value) expectations.Action {
	f := &expectations.Fail{}
	object(d, v, errorFields, f)
	if len(f.Bytes) == 0 {
		f.Bytes = nil
	}
	return f
}

// printError prints the members in alphabetical order, as Jackson does.
func printError(p *printer, a expectations.Action) {
	f, _ := a.(*expectations.Fail)
	mark := p.mark()
	p.BeginObject()
	printDelay(p, "delay", f.Delay)
	p.flag("dropConnection", f.Drop)
	mark()
	if len(f.Bytes) > 0 {
		p.Base64("responseBytes", f.Bytes)
	}
	p.EndObject()
}
