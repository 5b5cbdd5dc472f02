package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeMatcher reads an httpRequest.
func decodeMatcher(d *decoder, v jsondoc.Value) *expectations.RequestMatcher {
	if defined(v) {
		return decodeDefinition(d, v)
	}
	m := &expectations.RequestMatcher{}
	object(d, v, matcherFields, m)
	return m
}

// matcherFields are the members of httpRequest (MockServer 7
// httpRequest.json).
var matcherFields = []field[expectations.RequestMatcher]{
	{"not", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Not = d.boolean(v) }},
	{"method", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Method = decodeText(d, v) }},
	{"path", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Path = decodeText(d, v) }},
	{"pathParameters", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.PathParameters = decodeMulti(d, v)
	}},
	{"queryStringParameters", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Query = decodeMulti(d, v) }},
	{"headers", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Headers = decodeMulti(d, v) }},
	{"cookies", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Cookies = decodeNamedTexts(d, v) }},
	{"keepAlive", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.KeepAlive = new(d.boolean(v)) }},
	{"secure", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Secure = new(d.boolean(v)) }},
	{"protocol", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.Protocol = d.oneOf(v, "HTTP_1_1", "HTTP_2")
	}},
	{"socketAddress", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) {
		m.SocketAddress = &expectations.SocketAddress{Scheme: "HTTP"}
		object(d, v, socketAddressFields, m.SocketAddress)
	}},
	{"body", func(d *decoder, v jsondoc.Value, m *expectations.RequestMatcher) { m.Body = decodeBody(d, v) }},
	{"respondBeforeBody", func(d *decoder, v jsondoc.Value, _ *expectations.RequestMatcher) {
		if d.boolean(v) {
			d.unsupported("leave respondBeforeBody out")
		}
	}},
	// What MockServer prints of a received request and ignores when read.
	{"localAddress", ignore[expectations.RequestMatcher]},
	{"remoteAddress", ignore[expectations.RequestMatcher]},
	{"originalBody", ignore[expectations.RequestMatcher]},
	{"clientCertificateChain", ignore[expectations.RequestMatcher]},
}

// ignore reads a member that is allowed and has no effect.
func ignore[T any](*decoder, jsondoc.Value, *T) {}

func refuseOpenAPI[T any](d *decoder, _ jsondoc.Value, _ *T) {
	d.unsupported("descriptions have no meaning here; name the method and path")
}

var socketAddressFields = []field[expectations.SocketAddress]{
	{"host", func(d *decoder, v jsondoc.Value, a *expectations.SocketAddress) { a.Host = d.text(v) }},
	{"port", func(d *decoder, v jsondoc.Value, a *expectations.SocketAddress) {
		a.Port = int(d.integer(v, 0, math.MaxUint16))
	}},
	{"scheme", func(d *decoder, v jsondoc.Value, a *expectations.SocketAddress) {
		a.Scheme = d.oneOf(v, "HTTP", "HTTPS")
	}},
}

// printMatcher prints m in the order of MockServer's HttpRequestDTOSerializer.
func printMatcher(p *printer, m *expectations.RequestMatcher) {
	if m.Definition != nil {
		printDefinition(p, m)
		return
	}
	p.BeginObject()
	p.flag("not", m.Not)
	printCondition(p, "method", m.Method)
	printCondition(p, "path", m.Path)
	printMulti(p, "pathParameters", m.PathParameters)
	printMulti(p, "queryStringParameters", m.Query)
	printMulti(p, "headers", m.Headers)
	if len(m.Cookies) > 0 {
		p.Key("cookies")
		printNamedTexts(p, m.Cookies)
	}
	p.known("keepAlive", m.KeepAlive)
	p.known("secure", m.Secure)
	if m.SocketAddress != nil {
		printSocketAddress(p, *m.SocketAddress)
	}
	p.text("protocol", m.Protocol)
	if m.Body != nil {
		printBody(p, m.Body)
	}
	p.EndObject()
}

func printSocketAddress(p *printer, a expectations.SocketAddress) {
	p.Key("socketAddress")
	p.BeginObject()
	p.text("host", a.Host)
	if a.Port != 0 {
		p.Number("port", int64(a.Port))
	}
	p.text("scheme", a.Scheme)
	p.EndObject()
}
