package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeOutgoing reads an httpRequest that is sent, not matched: its texts are
// literal.
func decodeOutgoing(d *decoder, v jsondoc.Value) *expectations.Outgoing {
	o := &expectations.Outgoing{}
	object(d, v, outgoingFields, o)
	return o
}

type outgoing = expectations.Outgoing

// outgoingFields are the members of httpRequest (MockServer 7
// httpRequest.json) where it is sent.
var outgoingFields = []field[outgoing]{
	{"method", func(d *decoder, v jsondoc.Value, o *outgoing) {
		if o.Method = decodeLiteral(d, v); o.Method != "" && !isToken(o.Method) {
			d.problem("%q is not a method (RFC 9110 §9.1)", o.Method)
		}
	}},
	{"path", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Path = decodeFieldValue(d, v) }},
	{"queryStringParameters", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Query = decodeParameters(d, v) }},
	{"headers", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Header = decodeHeader(d, v) }},
	{"cookies", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Cookies = decodeCookies(d, v) }},
	{"body", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Body = decodeSentBody(d, v) }},
	{"secure", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Secure = new(d.boolean(v)) }},
	{"keepAlive", func(d *decoder, v jsondoc.Value, o *outgoing) { o.KeepAlive = new(d.boolean(v)) }},
	{"protocol", func(d *decoder, v jsondoc.Value, o *outgoing) { o.Protocol = d.oneOf(v, "HTTP_1_1", "HTTP_2") }},
	{"socketAddress", func(d *decoder, v jsondoc.Value, o *outgoing) {
		o.SocketAddress = &expectations.SocketAddress{}
		object(d, v, socketAddressFields, o.SocketAddress)
		if host, ok := v.Get("host"); ok && host.Kind == jsondoc.KindString {
			d.push("host")
			o.SocketAddress.Host = decodeHost(d, host)
			d.pop()
		} else {
			d.require(v, "host")
		}
	}},
	{"not", func(d *decoder, v jsondoc.Value, _ *outgoing) {
		if d.boolean(v) {
			d.problem("has no meaning in a request that is sent")
		}
	}},
	{"pathParameters", func(d *decoder, v jsondoc.Value, _ *outgoing) {
		if !v.IsZero() && len(v.Members)+len(v.Items) > 0 {
			d.problem("has no meaning in a request that is sent: write them into the path")
		}
	}},
	{"respondBeforeBody", ignore[outgoing]},
	{"localAddress", ignore[outgoing]},
	{"remoteAddress", ignore[outgoing]},
	{"originalBody", ignore[outgoing]},
	{"clientCertificateChain", ignore[outgoing]},
	{"specUrlOrPayload", refuseOpenAPI[outgoing]},
	{"operationId", refuseOpenAPI[outgoing]},
}

// decodeSentBody reads the body of a request that is sent, which is written as
// that of a response is.
func decodeSentBody(d *decoder, v jsondoc.Value) *expectations.AnswerBody {
	b := decodeAnswerBody(d, v)
	if b != nil && b.Kind == expectations.AnswerFile {
		d.problem("a file is not supported by this version as a body to send: write its content")
	}
	return b
}

// decodeParameters reads parameters of a query, which are literal.
func decodeParameters(d *decoder, v jsondoc.Value) []expectations.NamedValues {
	return decodeNamedValues(d, v, decodeLiteral)
}

// decodeFields reads header fields, which are literal, in their order.
func decodeFields(d *decoder, v jsondoc.Value) []expectations.NamedValues {
	fields := decodeNamedValues(d, v, decodeFieldValue)
	for _, f := range fields {
		if !isToken(f.Name) {
			d.problem("invalid header format, %q is not a header name (RFC 9110 §5.1)", f.Name)
		}
	}
	return fields
}

// decodeNamedValues reads values by name. Those of one name are merged.
func decodeNamedValues(d *decoder, v jsondoc.Value, decode func(*decoder, jsondoc.Value) string) []expectations.NamedValues {
	var all []expectations.NamedValues
	index := map[string]int{}
	multiEntries(d, v, func(e multiEntry) {
		if e.style != "" {
			d.problem("parameterStyle has no meaning in what is sent")
		}
		name := decodeLiteral(d, e.name)
		at, ok := index[name]
		if !ok {
			at = len(all)
			index[name] = at
			all = append(all, expectations.NamedValues{Name: name, Values: make([]string, 0, len(e.values))})
		}
		for i, value := range e.values {
			d.pushIndex(i)
			all[at].Values = append(all[at].Values, decode(d, value))
			d.pop()
		}
	}, nil)
	return all
}

// printOutgoing prints o in the order of MockServer's
// HttpRequestDTOSerializer.
func printOutgoing(p *printer, o *outgoing) {
	p.BeginObject()
	p.text("method", o.Method)
	p.text("path", o.Path)
	printNamedValues(p, "queryStringParameters", o.Query)
	printHeader(p, "headers", o.Header, "")
	printCookies(p, o.Cookies)
	p.known("keepAlive", o.KeepAlive)
	p.known("secure", o.Secure)
	if o.SocketAddress != nil {
		printSocketAddress(p, *o.SocketAddress)
	}
	p.text("protocol", o.Protocol)
	if o.Body != nil {
		printAnswerBody(p, o.Body)
	}
	p.EndObject()
}

// printNamedValues prints a member that is named values, if there are any,
// names descending.
func printNamedValues(p *printer, name string, all []expectations.NamedValues) {
	header := make(map[string][]string, len(all))
	for _, v := range all {
		header[v.Name] = v.Values
	}
	printHeader(p, name, header, "")
}
