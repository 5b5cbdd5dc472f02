package wire

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeHeader reads the header or trailer fields of an answer. Names and
// values are literal: a leading "!" has no meaning in what is sent.
func decodeHeader(d *decoder, v jsondoc.Value) http.Header {
	var header http.Header
	multiEntries(d, v, func(e multiEntry) {
		if e.style != "" {
			d.problem("parameterStyle has no meaning in a response")
		}
		name := decodeLiteral(d, e.name)
		if !isToken(name) {
			d.problem("invalid header format, %q is not a header name (RFC 9110 §5.1)", name)
			return
		}
		if len(e.values) == 0 {
			return // no field, as in MockServer
		}
		if header == nil {
			header = http.Header{}
		}
		for i, value := range e.values {
			d.pushIndex(i)
			header[name] = append(header[name], decodeFieldValue(d, value))
			d.pop()
		}
	}, nil)
	return header
}

// decodeLiteral reads a string that may also be written {"value":"s"}.
func decodeLiteral(d *decoder, v jsondoc.Value) string {
	if v.Kind != jsondoc.KindObject {
		return d.text(v)
	}
	var t expectations.Text
	object(d, v, textFields, &t)
	if t.Not || t.Optional || t.Schema != "" {
		d.problem("not, optional and schema have no meaning in a response")
	}
	return t.Value
}

// decodeFieldValue reads a literal that can stand in a header field.
func decodeFieldValue(d *decoder, v jsondoc.Value) string {
	s := decodeLiteral(d, v)
	if strings.ContainsAny(s, "\r\n\x00") {
		d.problem("has a line break or NUL, which a header value cannot hold (RFC 9110 §5.5)")
	}
	return s
}

// isToken reports whether s can be a field name (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// printHeader prints a member that is header, if it has fields: an object of
// arrays, names descending. host is printed as a field that net/http keeps
// apart; "" if there is none.
func printHeader(p *printer, name string, header http.Header, host string) {
	names := make([]string, 0, len(header)+1)
	for field := range header {
		names = append(names, field)
	}
	if host != "" && header["Host"] == nil {
		names = append(names, "Host")
	}
	if len(names) == 0 {
		return
	}
	slices.SortFunc(names, descending)
	p.Key(name)
	p.BeginObject()
	for _, field := range names {
		p.Key(field)
		if values, ok := header[field]; ok {
			p.Strings(values)
		} else {
			p.Strings([]string{host})
		}
	}
	p.EndObject()
}
