package pact

import (
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// writtenHeaders are the headers of a user's answer as written, sorted by
// name, since the map they come in has no order.
func writtenHeaders(h http.Header) Fields {
	var fields Fields
	for _, name := range sortedNames(h) {
		fields = append(fields, Field{Name: name, Values: slices.Clone(h[name])})
	}
	return fields
}

func sortedNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// capturedHeaders are the headers of a recorded message that belong to its
// contract: those of the names in keep and not in ignore, merged ignoring
// case, sorted by name.
func capturedHeaders(h http.Header, keep, ignore []string) Fields {
	var fields Fields
	for _, name := range sortedNames(h) {
		if !kept(name, keep) || named(name, ignore) {
			continue
		}
		for _, line := range h[name] {
			for _, v := range splitHeader(name, line) {
				fields = fields.add(name, v, true)
			}
		}
	}
	return fields
}

// kept reports whether a header is in the list. Host never is: it names where
// a request goes, not what it says.
func kept(name string, keep []string) bool {
	if strings.EqualFold(name, "Host") {
		return false
	}
	return named(name, keep)
}

// named reports whether a header's name is in a list.
func named(name string, list []string) bool {
	return slices.ContainsFunc(list, func(k string) bool { return strings.EqualFold(k, name) })
}

// keepsRequestHeader says which headers of a captured request belong to its
// contract.
func (o ExportOptions) keepsRequestHeader(name string) bool {
	if named(name, o.IgnoreHeaders) {
		return false
	}
	if o.RequestHeaders == nil {
		return !strings.EqualFold(name, "Host")
	}
	return kept(name, append([]string{"Content-Type", "Accept"}, o.RequestHeaders...))
}

// headers fills in the request's headers from the matcher.
func (x *exporter) headers(d *draft) error {
	for _, entry := range d.source.Request.Headers.Entries {
		if d.captured() && !x.options.keepsRequestHeader(entry.Name.Value) {
			continue
		}
		field, err := d.field("request header", CategoryHeader, entry)
		if err != nil {
			return err
		}
		if field == nil || d.captured() && acceptsAnything(*field) {
			continue
		}
		for _, line := range field.Values {
			values := []string{line}
			if d.captured() {
				values = splitHeader(field.Name, line)
			}
			for _, v := range values {
				d.it.Request.Headers = d.it.Request.Headers.add(field.Name, v, true)
			}
		}
	}
	return x.cookies(d)
}

func acceptsAnything(f Field) bool {
	return strings.EqualFold(f.Name, "Accept") && len(f.Values) == 1 && strings.TrimSpace(f.Values[0]) == "*/*"
}

// cookies says the cookies a user's matcher wants as a Cookie header.
func (x *exporter) cookies(d *draft) error {
	var pairs, patterns []string
	ruled := false
	for _, c := range d.source.Request.Cookies {
		entry := expectations.NamedTexts{Name: c.Name, Values: []expectations.Text{c.Value}}
		v, ok := d.value("request cookie "+c.Name.Value, entry, c.Value)
		if !ok {
			continue
		}
		if v.err != nil {
			return v.err
		}
		ruled = ruled || v.regex != ""
		pairs = append(pairs, c.Name.Value+"="+v.example)
		patterns = append(patterns, quotePattern(c.Name.Value+"=")+v.pattern())
	}
	if len(pairs) == 0 || d.captured() {
		return nil
	}
	r := d.it.Request
	r.Headers = r.Headers.add("Cookie", strings.Join(pairs, "; "), true)
	if ruled {
		d.rule(CategoryHeader, namePath("Cookie"), RegexMatcher("^"+strings.Join(patterns, "; ")+"$"))
	}
	return nil
}
