package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

type connection = expectations.ConnectionOptions

// connectionFields are the members of connectionOptions (MockServer 7
// connectionOptions.json).
var connectionFields = []field[connection]{
	{"suppressContentLengthHeader", func(d *decoder, v jsondoc.Value, o *connection) {
		o.SuppressContentLength = d.boolean(v)
	}},
	{"contentLengthHeaderOverride", func(d *decoder, v jsondoc.Value, o *connection) {
		o.ContentLength = new(d.integer(v, 0, math.MaxInt64))
	}},
	{"suppressConnectionHeader", func(d *decoder, v jsondoc.Value, o *connection) { o.SuppressConnection = d.boolean(v) }},
	{"chunkSize", func(d *decoder, v jsondoc.Value, o *connection) { o.ChunkSize = int(d.integer(v, 0, math.MaxInt32)) }},
	{"chunkDelay", func(d *decoder, v jsondoc.Value, o *connection) { o.ChunkDelay = decodeDelay(d, v) }},
	{"keepAliveOverride", func(d *decoder, v jsondoc.Value, o *connection) { o.KeepAlive = new(d.boolean(v)) }},
	{"closeSocket", func(d *decoder, v jsondoc.Value, o *connection) { o.CloseSocket = new(d.boolean(v)) }},
	{"closeSocketDelay", func(d *decoder, v jsondoc.Value, o *connection) { o.CloseSocketDelay = decodeDelay(d, v) }},
}

// decodeConnection reads connectionOptions; nil if they change nothing.
func decodeConnection(d *decoder, v jsondoc.Value) *connection {
	var o connection
	object(d, v, connectionFields, &o)
	if o == (connection{}) {
		return nil
	}
	return &o
}

// printConnection prints o in the order of MockServer's
// ConnectionOptionsDTO, which is alphabetical.
func printConnection(p *printer, o *connection) {
	p.Key("connectionOptions")
	p.BeginObject()
	printDelay(p, "chunkDelay", o.ChunkDelay)
	if o.ChunkSize != 0 {
		p.Number("chunkSize", int64(o.ChunkSize))
	}
	p.known("closeSocket", o.CloseSocket)
	printDelay(p, "closeSocketDelay", o.CloseSocketDelay)
	if o.ContentLength != nil {
		p.Number("contentLengthHeaderOverride", *o.ContentLength)
	}
	p.known("keepAliveOverride", o.KeepAlive)
	p.flag("suppressConnectionHeader", o.SuppressConnection)
	p.flag("suppressContentLengthHeader", o.SuppressContentLength)
	p.EndObject()
}
