package expectations

import (
	"fmt"
	"slices"
	"strings"
)

// A Mismatch is one reason why a request does not fulfil a condition.
type Mismatch struct {
	// Field is the part of the matcher by its name on the wire: "method",
	// "path", "body", "headers", "cookies", "pathParameters",
	// "queryStringParameters", "keepAlive", "secure", "protocol", "pact" for
	// what is none of these, or "not" for an inverted matcher whose condition
	// is fulfilled.
	Field string
	// Want is the condition, e.g. "Accept: application/json".
	Want string
	// Got is what the request has, "(none)" where it has nothing.
	Got string
}

// String is the mismatch as a sentence.
func (m Mismatch) String() string {
	return fmt.Sprintf("%s: wanted %s, got %s", m.Field, m.Want, m.Got)
}

const (
	nothing    = "(none)"
	maxExcerpt = 200 // of a body in a Mismatch, in bytes
)

// Explain lists all reasons why the request does not fulfil the condition, in
// the order in which MockServer checks the fields. It is empty if and only if
// [Compiled.Match] holds.
func (c *Compiled) Explain(req *Request) []Mismatch {
	if c == nil {
		return nil
	}
	v := newView(req)
	return c.explain(&v)
}

func (c *Compiled) explain(v *view) []Mismatch {
	if c.not {
		if c.match(v) {
			return nil
		}
		return []Mismatch{{Field: "not", Want: "a request that does not match", Got: "one that does"}}
	}
	var out []Mismatch
	if !c.method.match(v.req.Method) {
		out = append(out, Mismatch{"method", notText(c.method.value, c.method.not), orNone(v.req.Method)})
	}
	if !c.path.match(v) {
		out = append(out, Mismatch{"path", c.path.String(), orNone(v.req.Path)})
	}
	if !c.matchBody(v) {
		out = append(out, c.body.explain(v.bodyView()))
	}
	out = append(out, c.headers.explain("headers", c.headers.ofHeaders(v))...)
	out = append(out, c.cookies.explain("cookies", c.cookies.ofCookies(v))...)
	if !c.path.matchParams(v) {
		out = append(out, c.path.params.explain("pathParameters", c.path.paramPairs(v.req.Path))...)
	}
	out = append(out, c.query.explain("queryStringParameters", c.query.ofQuery(v))...)
	out = append(out, c.explainConnection(v.req)...)
	out = append(out, c.explainAny(v)...)
	if c.source.Contract == nil {
		return out
	}
	known := len(out)
	for _, m := range c.source.Contract.Explain(v.req, v.contractMemo()) {
		if !slices.ContainsFunc(out[:known], func(o Mismatch) bool { return o.Field == m.Field }) {
			out = append(out, m)
		}
	}
	return out
}

func (c *Compiled) explainConnection(req *Request) []Mismatch {
	var out []Mismatch
	m := c.source
	if m.KeepAlive != nil && *m.KeepAlive != req.KeepAlive {
		out = append(out, Mismatch{"keepAlive", fmt.Sprint(*m.KeepAlive), fmt.Sprint(req.KeepAlive)})
	}
	if m.Secure != nil && *m.Secure != req.Secure {
		out = append(out, Mismatch{"secure", fmt.Sprint(*m.Secure), fmt.Sprint(req.Secure)})
	}
	if got := protocolName(req.Protocol); m.Protocol != "" && m.Protocol != got {
		out = append(out, Mismatch{"protocol", m.Protocol, got})
	}
	return out
}

func (m *bodyMatcher) explain(b *bodyView) Mismatch {
	want := notText(m.test.want(), m.source.Not)
	got := excerpt(b.content.Bytes)
	switch {
	case b.content.Encoded:
		got = fmt.Sprintf("%d bytes of %s", len(b.content.Bytes), b.content.Coding)
	case b.content.Truncated:
		got += " (truncated)"
	}
	if r, ok := m.test.(reasoner); ok && !m.source.Not && b.whole() {
		got += " (" + r.reason(b) + ")"
	}
	return Mismatch{"body", want, got}
}

// excerpt is the beginning of a body, or its size where it is not text.
func excerpt(content []byte) string {
	if len(content) == 0 {
		return nothing
	}
	text, rest := content, ""
	if len(text) > maxExcerpt {
		text, rest = text[:maxExcerpt], "…"
	}
	printable := strings.ToValidUTF8(string(text), "")
	if len(text)-len(printable) > 3 || strings.IndexByte(printable, 0) >= 0 {
		return fmt.Sprintf("%d bytes", len(content))
	}
	return printable + rest
}

// explain names the entries that the pairs do not fulfil.
func (m *multi) explain(field string, pairs []Param) []Mismatch {
	if m.match(pairs) {
		return nil
	}
	var out []Mismatch
	for i := range m.entries {
		entry := &m.entries[i]
		ok := false
		if m.matchingKey {
			ok = entry.matchKey(pairs)
		} else {
			ok, _ = entry.matchSubset(pairs, &hits{})
		}
		if !ok {
			out = append(out, Mismatch{field, entry.String(), entry.got(pairs)})
		}
	}
	if out == nil {
		// Each entry finds its pair, but not one of its own.
		return []Mismatch{{field, "a value of its own for each of " + m.String(), pairsText(pairs)}}
	}
	return out
}

// String is the entries, separated by commas.
func (m *multi) String() string {
	parts := make([]string, len(m.entries))
	for i := range m.entries {
		parts[i] = m.entries[i].String()
	}
	return strings.Join(parts, ", ")
}

// String is the entry as "name: value, value".
func (e *multiEntry) String() string {
	name := notText(e.source.Name.Value, e.source.Name.Not)
	if len(e.values) == 0 || e.source.Name.Not {
		return name
	}
	values := make([]string, len(e.values))
	for i := range e.values {
		values[i] = notText(e.values[i].value, e.values[i].not)
	}
	return name + ": " + strings.Join(values, ", ")
}

// got is what the pairs have for the name.
func (e *multiEntry) got(pairs []Param) string {
	return pairsText(slices.DeleteFunc(slices.Clone(pairs), func(p Param) bool {
		return !e.name.match(p.Name)
	}))
}

// pairsText prints pairs; sorted, since the order between header names is not
// known.
func pairsText(pairs []Param) string {
	if len(pairs) == 0 {
		return nothing
	}
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.Name + ": " + p.Value
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func orNone(s string) string {
	if s == "" {
		return nothing
	}
	return s
}
