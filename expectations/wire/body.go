package wire

import (
	"iter"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A bodyKind is a row of [bodyKinds]: one kind of condition on a body.
type bodyKind struct {
	kindName
	// decode reads v, an object, into m.
	decode func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher)
	// print prints m, whose Kind is of this kind.
	print func(p *printer, m *expectations.BodyMatcher)
}

// bodyKinds has a row for each kind of [expectations.BodyKind], each in a
// file body_x.go of its own.
func bodyKinds() [10]bodyKind {
	return [...]bodyKind{
		stringBody(),
		jsonBody(),
		jsonSchemaBody(),
		jsonPathBody(),
		regexBody(),
		binaryBody(),
		xmlBody(),
		xpathBody(),
		graphQLBody(),
		parametersBody(),
	}
}

// A kindName is MockServer's name for a kind of body, and the member that
// holds its content and implies the kind (MockServer 7 BodyDTODeserializer).
type kindName struct {
	name, field string
	// typeNeeded says that the member alone does not imply the kind.
	typeNeeded bool
	// objectOnly says that the member implies the kind only if it is an
	// object.
	objectOnly bool
}

// otherBodies are the kinds of MockServer that are refused.
var otherBodies = []kindName{
	{name: "XML_SCHEMA", field: "xmlSchema"},
	{name: "JSON_RPC", field: "jsonRpc", objectOnly: true},
	{name: "FILE", field: "filePath"},
	{name: "WASM", field: "moduleName"},
}

// kindIn says which kind the object v names: by its type if that is one of
// known, else by one of its members. ok is false for an object that is itself
// a JSON body.
func kindIn(v jsondoc.Value, known iter.Seq[kindName]) (kind kindName, ok bool) {
	for k := range known {
		for i := range v.Members {
			m := &v.Members[i]
			switch {
			case m.Value.Kind == jsondoc.KindString && m.Value.Text == k.name && strings.EqualFold(m.Name, "type"):
				return k, true
			case !ok && k.impliedBy(m):
				kind, ok = k, true
			}
		}
	}
	return kind, ok
}

// impliedBy reports whether the member alone says that the body is of kind k.
func (k kindName) impliedBy(m *jsondoc.Member) bool {
	return !k.typeNeeded && strings.EqualFold(m.Name, k.field) &&
		(!k.objectOnly || m.Value.Kind == jsondoc.KindObject)
}

// bodyNames are the names of all kinds, refused ones included.
func bodyNames(yield func(kindName) bool) {
	for _, k := range bodyKinds() {
		if !yield(k.kindName) {
			return
		}
	}
	for _, k := range otherBodies {
		if !yield(k) {
			return
		}
	}
}

// decodeBody reads a condition on the body in any of its forms.
func decodeBody(d *decoder, v jsondoc.Value) *expectations.BodyMatcher {
	m := &expectations.BodyMatcher{}
	switch v.Kind {
	case jsondoc.KindString:
		m.Kind = expectations.StringBody{Value: v.Text}
	case jsondoc.KindArray:
		m.Kind = expectations.JSONBody{Raw: v.AppendCompact(nil)}
	case jsondoc.KindObject:
		kind, ok := kindIn(v, bodyNames)
		if !ok {
			m.Kind = expectations.JSONBody{Raw: v.AppendCompact(nil)}
			break
		}
		decodeTypedBody(d, v, kind, m)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
		d.problem("should match one of its valid types: a string, a JSON object or array, or an object with a type of %s",
			strings.Join(expectations.BodyTypes(), ", "))
		return nil
	}
	return m
}

func decodeTypedBody(d *decoder, v jsondoc.Value, kind kindName, m *expectations.BodyMatcher) {
	for _, k := range bodyKinds() {
		if k.name == kind.name {
			k.decode(d, v, m)
			return
		}
	}
	d.problem("a body of type %s is not supported by this version: use one of %s; to match this object itself write {\"type\":\"JSON\",\"json\":…}",
		kind.name, strings.Join(expectations.BodyTypes(), ", "))
}

// typed describes an object that describes a body: its common members are
// those of every kind and go into a C, the own ones are its kind's and go into
// a T.
type typed[C, T any] struct {
	kind   kindName
	common []field[C]
	own    []field[T]
}

// read reads the members of v. Names compare ignoring case. The member that
// holds the content must be there, unless the type says it all.
func (b typed[C, T]) read(d *decoder, v jsondoc.Value, common *C, own *T) {
	found := false
	for i := range v.Members {
		m := &v.Members[i]
		d.push(m.Name)
		c, o := foldedField(b.common, m.Name), foldedField(b.own, m.Name)
		switch {
		case o != nil && m.Value.Kind != jsondoc.KindNull:
			found = found || strings.EqualFold(m.Name, b.kind.field)
			o.decode(d, m.Value, own)
		case c != nil && m.Value.Kind != jsondoc.KindNull:
			c.decode(d, m.Value, common)
		case c == nil && o == nil:
			d.undefined(m.Name, append(fieldNames(b.own), fieldNames(b.common)...))
		}
		d.pop()
	}
	if !found && !b.kind.typeNeeded {
		d.push(b.kind.field)
		d.problem("is missing but it is required in a body of type %s", b.kind.name)
		d.pop()
	}
}

func foldedField[T any](fields []field[T], name string) *field[T] {
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) {
			return &fields[i]
		}
	}
	return nil
}

// foldedMember reports whether v has a member called name, ignoring case.
func foldedMember(v jsondoc.Value, name string) bool {
	return slices.ContainsFunc(v.Members, func(m jsondoc.Member) bool { return strings.EqualFold(m.Name, name) })
}

// bodyFields are the members that every condition on a body may have.
var bodyFields = []field[expectations.BodyMatcher]{
	{"type", ignore[expectations.BodyMatcher]},
	{"not", func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) { m.Not = d.boolean(v) }},
	{"optional", func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) { m.Optional = d.boolean(v) }},
}

// contentBodyFields are those of the kinds that can be the content itself.
var contentBodyFields = append(slices.Clip(bodyFields),
	field[expectations.BodyMatcher]{"contentType", func(d *decoder, v jsondoc.Value, m *expectations.BodyMatcher) {
		m.ContentType = d.text(v)
	}},
	// The bytes as received, printed for recorded bodies; not a condition.
	field[expectations.BodyMatcher]{"rawBytes", func(d *decoder, v jsondoc.Value, _ *expectations.BodyMatcher) { d.base64(v) }},
)

// printBody prints a member that is a condition on the body.
func printBody(p *printer, m *expectations.BodyMatcher) {
	for _, k := range bodyKinds() {
		if m.Kind != nil && k.name == m.Kind.Type() {
			p.Key("body")
			k.print(p, m)
			return
		}
	}
}

// beginBody begins a printed condition on a body.
func beginBody(p *printer, m *expectations.BodyMatcher) {
	p.BeginObject()
	p.flag("not", m.Not)
	p.flag("optional", m.Optional)
}

// bare reports whether tree, printed by itself, reads back as a JSON body.
func bare(tree jsondoc.Value, known iter.Seq[kindName]) bool {
	switch tree.Kind {
	case jsondoc.KindArray:
		return true
	case jsondoc.KindObject:
		_, named := kindIn(tree, known)
		return !named
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return false
}
