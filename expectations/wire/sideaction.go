package wire

import (
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

type sideAction = expectations.SideAction

const (
	failFast   = "FAIL_FAST"
	bestEffort = "BEST_EFFORT"
)

// sideFields are the members of a before- or after-action (MockServer 7
// afterAction.json).
var sideFields = []field[sideAction]{
	{"httpRequest", func(d *decoder, v jsondoc.Value, s *sideAction) { s.Request = decodeOutgoing(d, v) }},
	{"delay", func(d *decoder, v jsondoc.Value, s *sideAction) { s.Delay = decodeDelay(d, v) }},
	{"blocking", func(d *decoder, v jsondoc.Value, s *sideAction) { s.Background = !d.boolean(v) }},
	{"timeout", func(d *decoder, v jsondoc.Value, s *sideAction) { s.Timeout = decodeDelay(d, v) }},
	{"failurePolicy", func(d *decoder, v jsondoc.Value, s *sideAction) {
		s.FailFast = d.oneOf(v, failFast, bestEffort) == failFast
	}},
	{"httpClassCallback", refuseSideCallback},
	{"httpObjectCallback", refuseSideCallback},
}

func refuseSideCallback(d *decoder, _ jsondoc.Value, _ *sideAction) {
	d.unsupported("send an httpRequest")
}

// decodeBefore reads beforeActions, decodeAfter afterActions: one or an array.
func decodeBefore(d *decoder, v jsondoc.Value, f *draft) { f.expectation.Before = decodeSides(d, v) }

// decodeAfter leaves aside what has a meaning before alone.
func decodeAfter(d *decoder, v jsondoc.Value, f *draft) {
	f.expectation.After = decodeSides(d, v)
	for i := range f.expectation.After {
		s := &f.expectation.After[i]
		*s = sideAction{Request: s.Request, Delay: s.Delay}
	}
}

func decodeSides(d *decoder, v jsondoc.Value) []sideAction {
	if v.Kind != jsondoc.KindArray {
		return []sideAction{decodeSide(d, v)}
	}
	var sides []sideAction // nil for none
	for i, item := range v.Items {
		d.pushIndex(i)
		sides = append(sides, decodeSide(d, item))
		d.pop()
	}
	return sides
}

func decodeSide(d *decoder, v jsondoc.Value) sideAction {
	var s sideAction
	if object(d, v, sideFields, &s); v.Kind != jsondoc.KindObject {
		return s
	}
	request, ok := v.Get("httpRequest")
	_, class := v.Get("httpClassCallback")
	_, callback := v.Get("httpObjectCallback")
	switch {
	case !ok && !class && !callback:
		d.require(v, "httpRequest")
	case ok && request.Kind == jsondoc.KindObject && s.Request.SocketAddress == nil && !hasHost(s.Request):
		d.push("httpRequest")
		d.problem("says not where it is sent: give a Host header or a socketAddress")
		d.pop()
	}
	return s
}

func hasHost(o *expectations.Outgoing) bool {
	for name, values := range o.Header {
		if len(values) > 0 && strings.EqualFold(name, "Host") {
			return true
		}
	}
	return false
}

// printSides prints a member that is before- or after-actions, if there are
// any.
func printSides(p *printer, name string, sides []sideAction) {
	if len(sides) == 0 {
		return
	}
	p.Key(name)
	p.BeginArray()
	for i := range sides {
		p.Item()
		printSide(p, &sides[i])
	}
	p.EndArray()
}

func printSide(p *printer, s *sideAction) {
	p.BeginObject()
	if s.Background {
		p.Bool("blocking", false)
	}
	printDelay(p, "delay", s.Delay)
	if s.FailFast {
		p.Text("failurePolicy", failFast)
	}
	p.Key("httpRequest")
	printOutgoing(p, s.Request)
	printDelay(p, "timeout", s.Timeout)
	p.EndObject()
}
