package infer

import (
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// maxTeeth bounds the leaves of one body that are broken: of more, as many are
// taken evenly, and the rest counts as they do.
const maxTeeth = 200

// teeth breaks every asserted leaf of the examples, one at a time, and counts
// those whose loss the interaction notices.
func (d *draft) teeth() {
	r := d.report
	if d.options.Mode == None {
		return
	}
	request := pact.BuildRequest(d.it)
	r.Asserted += d.bites(&d.group.in, d.request, d.it.Request.Body, d.requestTree, func(body []byte) bool {
		broken := *request
		broken.Body = expectations.Body{Bytes: body}
		return len(d.wants.Match(&broken)) > 0
	})
	header := make(map[string][]string)
	for _, f := range d.it.Response.Headers {
		header[f.Name] = f.Values
	}
	r.Asserted += d.bites(&d.group.out, d.response, d.it.Response.Body, d.responseTree, func(body []byte) bool {
		return len(d.offers.Match(&expectations.Response{
			Status: d.it.Response.Status, Header: header, Body: expectations.Body{Bytes: body},
		})) > 0
	})
	slices.SortStableFunc(r.NotAsserted, func(a, b Evidence) int {
		switch {
		case a.Place < b.Place:
			return -1
		case a.Place > b.Place:
			return 1
		}
		return 0
	})
}

// bites counts the leaves of a body that are noticed.
func (d *draft) bites(s *side, leaves []leaf, body pact.Body, tree jsondoc.Value, noticed func(body []byte) bool) int {
	if s.kind == bodyBinary && body.Kind == pact.BodyBinary {
		return d.biteBinary(s, body.Bytes, noticed)
	}
	if s.kind == bodyXML {
		return d.biteXML(s.root, leaves, tree, noticed)
	}
	return d.bite(leaves, body.JSON, noticed)
}

// bite counts the leaves of a body that are noticed when they are gone or of
// another kind.
func (d *draft) bite(leaves []leaf, example jsondoc.Value, noticed func(body []byte) bool) int {
	stride := (len(leaves) + maxTeeth - 1) / maxTeeth
	tried, held := 0, 0
	for i := 0; i < len(leaves); i += max(stride, 1) {
		tried++
		if l := leaves[i]; l.asserted(example, noticed) {
			held++
		} else {
			d.report.notAsserted(l.place, "the contract does not notice when it breaks")
		}
	}
	if tried == 0 {
		return 0
	}
	return len(leaves) * held / tried
}

// asserted reports whether every way to break the leaf is noticed: without
// it, and with a value of each kind that no sample has.
func (l leaf) asserted(example jsondoc.Value, noticed func(body []byte) bool) bool {
	if n := len(l.at); n > 0 && l.at[n-1] != "" {
		without, ok := change(example, l.at, nil)
		if ok && !inMap(l.place) && !noticed(without.AppendCompact(nil)) {
			return false
		}
	}
	for _, value := range [...]jsondoc.Value{
		jsondoc.Null(), jsondoc.Bool(true), jsondoc.Int(7), jsondoc.String("true"),
		jsondoc.Array(jsondoc.Int(7)), jsondoc.Object(jsondoc.M("a", jsondoc.Int(7))),
	} {
		if l.kinds[value.Kind] {
			continue
		}
		broken, ok := change(example, l.at, &value)
		if !ok || !noticed(broken.AppendCompact(nil)) {
			return false
		}
	}
	return true
}

// inMap reports whether a leaf is a value of a map, which may be without it.
func inMap(place string) bool { return len(place) > 2 && place[len(place)-2:] == ".*" }

// change is the document with another value at a place, or without it if the
// value is nil. ok is false if there is no such place.
func change(doc jsondoc.Value, at []string, value *jsondoc.Value) (jsondoc.Value, bool) {
	if len(at) == 0 {
		if value == nil {
			return doc, false
		}
		return *value, true
	}
	switch doc.Kind {
	case jsondoc.KindArray:
		if len(doc.Items) == 0 {
			return doc, false
		}
		inner, ok := change(doc.Items[0], at[1:], value)
		doc.Items = slices.Clone(doc.Items)
		doc.Items[0] = inner
		return doc, ok
	case jsondoc.KindObject:
		i := slices.IndexFunc(doc.Members, func(m jsondoc.Member) bool { return m.Name == at[0] })
		if i < 0 {
			return doc, false
		}
		doc.Members = slices.Clone(doc.Members)
		if len(at) == 1 && value == nil {
			doc.Members = slices.Delete(doc.Members, i, i+1)
			return doc, true
		}
		inner, ok := change(doc.Members[i].Value, at[1:], value)
		doc.Members[i].Value = inner
		return doc, ok
	default:
		return doc, false
	}
}
