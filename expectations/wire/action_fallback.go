package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

type fallback = expectations.Fallback

// fallbackFields are the members of httpForwardWithFallback (MockServer 7
// httpForwardWithFallback.json).
var fallbackFields = []field[fallback]{
	{"httpForward", func(d *decoder, v jsondoc.Value, f *fallback) { f.Forward = *decodeForwardTo(d, v) }},
	{"fallbackResponse", func(d *decoder, v jsondoc.Value, f *fallback) { f.Answer = decodeAnswer(d, v) }},
	{"fallbackOnStatusCodes", func(d *decoder, v jsondoc.Value, f *fallback) { f.Statuses = decodeStatuses(d, v) }},
	{"fallbackOnTimeout", func(d *decoder, v jsondoc.Value, f *fallback) { f.Strict = !d.boolean(v) }},
	{"delay", func(d *decoder, v jsondoc.Value, f *fallback) { f.Delay = decodeDelay(d, v) }},
	primaryField[fallback](),
}

func decodeFallback(d *decoder, v jsondoc.Value) expectations.Action {
	f := &fallback{}
	if object(d, v, fallbackFields, f); v.Kind == jsondoc.KindObject {
		d.require(v, "httpForward")
		d.require(v, "fallbackResponse")
	}
	return f
}

func decodeStatuses(d *decoder, v jsondoc.Value) []int {
	if !d.is(v, jsondoc.KindArray) {
		return nil
	}
	var statuses []int
	for i, item := range v.Items {
		d.pushIndex(i)
		statuses = append(statuses, int(d.integer(item, math.MinInt32, math.MaxInt32)))
		d.pop()
	}
	return statuses
}

// printFallback prints the members in alphabetical order, as Jackson does.
func printFallback(p *printer, a expectations.Action) {
	f, _ := a.(*fallback)
	mark := p.mark()
	p.BeginObject()
	printDelay(p, "delay", f.Delay)
	if len(f.Statuses) > 0 {
		p.Key("fallbackOnStatusCodes")
		items := make([]jsondoc.Value, len(f.Statuses))
		for i, status := range f.Statuses {
			items[i] = jsondoc.Int(int64(status))
		}
		p.Value(jsondoc.Array(items...))
	}
	if f.Strict {
		p.Bool("fallbackOnTimeout", false)
	}
	if f.Answer != nil {
		p.Key("fallbackResponse")
		printAnswer(p, f.Answer)
	}
	p.Key("httpForward")
	printForward(p, &f.Forward)
	mark()
	p.EndObject()
}
