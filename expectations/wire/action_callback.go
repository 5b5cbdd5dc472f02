package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// callbackFields are the members of both object callbacks (MockServer 7
// httpObjectCallback.json).
var callbackFields = []field[expectations.Callback]{
	{"clientId", func(d *decoder, v jsondoc.Value, c *expectations.Callback) {
		if c.Client = d.text(v); c.Client == "" {
			d.problem("must not be empty")
		}
	}},
	{"responseCallback", func(d *decoder, v jsondoc.Value, c *expectations.Callback) { c.Amend = d.boolean(v) }},
	{"delay", func(d *decoder, v jsondoc.Value, c *expectations.Callback) { c.Delay = decodeDelay(d, v) }},
	primaryField[expectations.Callback](),
}

func decodeResponseCallback(d *decoder, v jsondoc.Value) expectations.Action {
	return decodeCallback(d, v, false)
}

func decodeForwardCallback(d *decoder, v jsondoc.Value) expectations.Action {
	return decodeCallback(d, v, true)
}

func decodeCallback(d *decoder, v jsondoc.Value, forward bool) expectations.Action {
	c := &expectations.Callback{Forward: forward}
	object(d, v, callbackFields, c)
	if v.Kind == jsondoc.KindObject {
		d.require(v, "clientId")
	}
	return c
}

func printCallback(p *printer, a expectations.Action) {
	c, _ := a.(*expectations.Callback)
	mark := p.mark()
	p.BeginObject()
	p.Text("clientId", c.Client)
	printDelay(p, "delay", c.Delay)
	mark()
	p.flag("responseCallback", c.Amend)
	p.EndObject()
}
