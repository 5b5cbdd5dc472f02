package clientcode

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// request is code for a condition.
func (j *javaText) request(level int, m *expectations.RequestMatcher) {
	if m.Not {
		j.line(level, "Not.not(")
		matches := *m
		matches.Not = false
		j.request(level+1, &matches)
		j.line(level, ")")
		return
	}
	if m.Definition != nil {
		j.definition(level, m.Definition)
		return
	}
	j.line(level, "request()")
	level++
	if text := (javaCondition{m.Method}); text.asked() {
		j.with(level, "Method", text.code())
	}
	if text := (javaCondition{m.Path}); text.asked() {
		j.with(level, "Path", text.code())
	}
	j.multi(level, "PathParameters", "Parameter", m.PathParameters)
	j.multi(level, "Headers", "Header", m.Headers)
	if len(m.Cookies) > 0 {
		j.block(level, "Cookies", func(level int) {
			j.list(len(m.Cookies), func(i int) { j.cookie(level, m.Cookies[i].Name, m.Cookies[i].Value) })
		})
	}
	j.multi(level, "QueryStringParameters", "Parameter", m.Query)
	j.connection(level, m.Secure, m.KeepAlive, m.Protocol)
	j.socketAddress(level, m.SocketAddress)
	j.body(level, m.Body)
}

// definition is code for operations of a description. MockServer's own names
// no method that there is, and does not quote the operation.
func (j *javaText) definition(level int, d *expectations.Definition) {
	j.line(level, "openAPI()")
	spec := d.Spec.Text
	if d.Spec.Kind == jsondoc.KindObject {
		spec = string(d.Spec.AppendJackson(nil))
	}
	j.with(level+1, "SpecUrlOrPayload", javaString(spec))
	if d.OperationID != "" {
		j.with(level+1, "OperationId", javaString(d.OperationID))
	}
	if d.ContextPath != "" {
		j.with(level+1, "ContextPathPrefix", javaString(d.ContextPath))
	}
}

// outgoing is code for a request that is sent.
func (j *javaText) outgoing(level int, o *expectations.Outgoing) {
	j.line(level, "request()")
	level++
	if o.Method != "" {
		j.with(level, "Method", javaString(o.Method))
	}
	if o.Path != "" {
		j.with(level, "Path", javaString(o.Path))
	}
	j.header(level, "Headers", o.Header)
	j.cookies(level, o.Cookies)
	if len(o.Query) > 0 {
		j.block(level, "QueryStringParameters", func(level int) { j.named(level, "Parameter", o.Query) })
	}
	j.connection(level, o.Secure, o.KeepAlive, o.Protocol)
	j.socketAddress(level, o.SocketAddress)
	if b := o.Body; b != nil {
		j.with(level, "Body", outgoingBody(b))
	}
}

func outgoingBody(b *expectations.AnswerBody) string {
	text := javaString(string(b.Bytes))
	switch b.Kind {
	case expectations.AnswerJSON:
		return "new JsonBody(" + text + ", JsonBodyMatchType.ONLY_MATCHING_FIELDS)"
	case expectations.AnswerXML:
		return "new XmlBody(" + text + ")"
	case expectations.AnswerString:
		return "new StringBody(" + text + ")"
	case expectations.AnswerBinary, expectations.AnswerFile, expectations.AnswerParameters:
	}
	return answerBody(b)
}

func (j *javaText) connection(level int, secure, keepAlive *bool, protocol string) {
	if secure != nil {
		j.with(level, "Secure", strconv.FormatBool(*secure))
	}
	if keepAlive != nil {
		j.with(level, "KeepAlive", strconv.FormatBool(*keepAlive))
	}
	if protocol != "" {
		j.with(level, "Protocol", "Protocol."+protocol)
	}
}

func (j *javaText) socketAddress(level int, a *expectations.SocketAddress) {
	if a == nil {
		return
	}
	port, scheme := a.Port, a.Scheme
	if port == 0 {
		port = 80
	}
	if scheme == "" {
		scheme = "HTTP"
	}
	j.block(level, "SocketAddress", func(level int) {
		j.line(level, "new SocketAddress()")
		j.with(level+1, "Host", javaString(a.Host))
		j.with(level+1, "Port", strconv.Itoa(port))
		j.with(level+1, "Scheme", "SocketAddress.Scheme."+scheme)
	})
}

// A javaCondition is a condition on a string.
type javaCondition struct{ expectations.Text }

func (c javaCondition) asked() bool { return c.Value != "" || c.Schema != "" }

// plain reports whether a bare literal is all there is to it: not so where
// Java's client would take its first letter for more.
func (c javaCondition) plain() bool {
	return c.Schema == "" && !c.Not && !c.Optional && !strings.HasPrefix(c.Value, "!") && !strings.HasPrefix(c.Value, "?")
}

// code is a literal, or code for what is more.
func (c javaCondition) code() string {
	if c.plain() {
		return javaString(c.Value)
	}
	text, inverted := javaString(c.Value), ""
	if c.Not {
		inverted = ", true"
	}
	switch {
	case c.Schema != "":
		return "schemaString(" + javaString(jacksonText(c.Schema)) + inverted + ")"
	case c.Optional:
		return "optional(" + text + inverted + ")"
	case c.Not:
		return "not(" + text + ")"
	}
	return "string(" + text + ", false)"
}

// nottable is code for what must not be a bare literal.
func (c javaCondition) nottable() string {
	if c.plain() {
		return "string(" + javaString(c.Value) + ")"
	}
	return c.code()
}

// multi is a call with named values.
func (j *javaText) multi(level int, name, kind string, m expectations.MultiMatcher) {
	// Java's client has no value for a name that is asked for alone.
	entries := slices.DeleteFunc(slices.Clone(m.Entries), func(e expectations.NamedTexts) bool { return len(e.Values) == 0 })
	if len(entries) == 0 {
		return
	}
	j.block(level, name, func(level int) { j.entries(level, kind, entries) })
}

func (j *javaText) entries(level int, kind string, entries []expectations.NamedTexts) {
	j.list(len(entries), func(i int) {
		e := entries[i]
		name := javaCondition{e.Name}
		code := []string{name.code()}
		for _, value := range e.Values {
			if name.plain() {
				code = append(code, javaCondition{value}.code())
			} else {
				code = append(code, javaCondition{value}.nottable())
			}
		}
		j.line(level, "new "+kind+"("+strings.Join(code, ", ")+")")
	})
}

func (j *javaText) cookie(level int, name, value expectations.Text) {
	j.line(level, "new Cookie("+javaCondition{name}.code()+", "+javaCondition{value}.code()+")")
}

// header is a call with fields, in the order of their names.
func (j *javaText) header(level int, name string, h http.Header) {
	var all []expectations.NamedValues
	for _, field := range slices.Sorted(maps.Keys(h)) {
		if len(h[field]) > 0 {
			all = append(all, expectations.NamedValues{Name: field, Values: h[field]})
		}
	}
	if len(all) > 0 {
		j.block(level, name, func(level int) { j.named(level, "Header", all) })
	}
}

func (j *javaText) named(level int, kind string, all []expectations.NamedValues) {
	entries := make([]expectations.NamedTexts, 0, len(all))
	for _, named := range all {
		e := expectations.NamedTexts{Name: expectations.Text{Value: named.Name}}
		for _, value := range named.Values {
			e.Values = append(e.Values, expectations.Text{Value: value})
		}
		entries = append(entries, e)
	}
	j.entries(level, kind, entries)
}

func (j *javaText) cookies(level int, all []expectations.Cookie) {
	if len(all) == 0 {
		return
	}
	j.block(level, "Cookies", func(level int) {
		j.list(len(all), func(i int) {
			j.cookie(level, expectations.Text{Value: all[i].Name}, expectations.Text{Value: all[i].Value})
		})
	})
}
