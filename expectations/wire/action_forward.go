package wire

import (
	"math"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// forwardFields are the members of httpForward (MockServer 7
// httpForward.json).
var forwardFields = []field[expectations.Forward]{
	{"host", func(d *decoder, v jsondoc.Value, f *expectations.Forward) { f.Host = decodeHost(d, v) }},
	{"port", func(d *decoder, v jsondoc.Value, f *expectations.Forward) {
		f.Port = int(d.integer(v, 1, math.MaxUint16))
	}},
	{"scheme", func(d *decoder, v jsondoc.Value, f *expectations.Forward) { f.Secure = decodeScheme(d, v) }},
	{"delay", func(d *decoder, v jsondoc.Value, f *expectations.Forward) { f.Delay = decodeDelay(d, v) }},
	primaryField[expectations.Forward](),
}

// primaryField says which of several actions is performed; see
// [actionKind.decodeAction].
func primaryField[T any]() field[T] {
	return field[T]{"primary", func(d *decoder, v jsondoc.Value, _ *T) { d.boolean(v) }}
}

func decodeForward(d *decoder, v jsondoc.Value) expectations.Action { return decodeForwardTo(d, v) }

func decodeForwardTo(d *decoder, v jsondoc.Value) *expectations.Forward {
	f := &expectations.Forward{}
	object(d, v, forwardFields, f)
	if v.Kind == jsondoc.KindObject && f.Host == "" {
		d.require(v, "host")
	}
	if f.Port == 0 {
		f.Port = 80
	}
	return f
}

// require notes a problem if the object v lacks a member.
func (d *decoder) require(v jsondoc.Value, name string) {
	if m, ok := v.Get(name); ok && m.Kind != jsondoc.KindNull {
		return
	}
	d.push(name)
	d.problem("is missing but it is required")
	d.pop()
}

// decodeHost reads the name or address of a server, without scheme and port.
func decodeHost(d *decoder, v jsondoc.Value) string {
	host := strings.TrimSpace(d.text(v))
	if v.Kind != jsondoc.KindString {
		return ""
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" || strings.ContainsAny(host, "/?#@ \t\r\n[]\\") || strings.Count(host, ":") == 1 {
		d.problem("is not a host name or address: scheme and port have members of their own")
		return ""
	}
	return host
}

func decodeScheme(d *decoder, v jsondoc.Value) (secure bool) {
	return d.oneOf(v, "HTTP", "HTTPS") == "HTTPS"
}

// printForward prints the members in alphabetical order, as Jackson does.
func printForward(p *printer, a expectations.Action) {
	f, _ := a.(*expectations.Forward)
	mark := p.mark()
	p.BeginObject()
	printDelay(p, "delay", f.Delay)
	p.Text("host", f.Host)
	p.Number("port", int64(f.Port))
	mark()
	p.Text("scheme", schemeName(f.Secure))
	p.EndObject()
}

func schemeName(secure bool) string {
	if secure {
		return "HTTPS"
	}
	return "HTTP"
}
