package pact

import (
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// v2Query is a query as Pact V2 has it: one encoded text, in order.
func (f Fields) v2Query() jsondoc.Value {
	var b strings.Builder
	for _, field := range f {
		for _, v := range field.Values {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(field.Name) + "=" + url.QueryEscape(v))
		}
	}
	return jsondoc.String(b.String())
}

// v2Headers are headers as Pact V2 has them: one text a name.
func (f Fields) v2Headers() jsondoc.Value {
	members := make([]jsondoc.Member, 0, len(f))
	for _, field := range f {
		members = append(members, jsondoc.M(field.Name, jsondoc.String(strings.Join(field.Values, ", "))))
	}
	return jsondoc.Object(members...)
}

// v2Rules is a matchingRules member as Pact V2 has it: one matcher a path,
// which starts with the part of the message.
func v2Rules(rules Rules) (v jsondoc.Value, ok bool) {
	var members []jsondoc.Member
	for _, r := range rules {
		if r.Invalid != "" && r.written != "" && strings.HasPrefix(r.written, "$") && r.Category != CategoryBody {
			members = append(members, jsondoc.M(r.written, r.json()))
			continue
		}
		if len(r.Matchers) == 0 {
			continue
		}
		name := string(r.Category)
		if r.Category == CategoryHeader {
			name = "headers"
		}
		path := "$." + name
		if r.Category.named() {
			path += strings.TrimPrefix(r.Path.String(), "$")
		}
		if r.Invalid != "" && r.Category == CategoryBody {
			path = r.written
		}
		members = append(members, jsondoc.M(path, r.Matchers[0].json()))
	}
	return jsondoc.Object(members...), len(members) > 0
}
