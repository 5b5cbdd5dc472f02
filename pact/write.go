package pact

import (
	"io"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// ToolName is the member of the metadata that names this tool.
const ToolName = "pactape"

// Append appends the document as Pact V3 (specification 3.0.0), or as what
// [Document.Convert] made of it, indented by
// two spaces, with a newline at the end. The order of keys is consumer,
// provider, interactions, metadata. The same document gives the same bytes.
func (d *Document) Append(dst []byte) []byte {
	d.print(func(piece []byte) error {
		dst = append(dst, piece...)
		return nil
	})
	return dst
}

// WriteTo writes what [Document.Append] appends, interaction by interaction.
func (d *Document) WriteTo(w io.Writer) (n int64, err error) {
	d.print(func(piece []byte) error {
		var written int
		written, err = w.Write(piece)
		n += int64(written)
		return err
	})
	return n, err
}

// print hands the text of the document to emit in pieces, which are reused,
// until that fails.
func (d *Document) print(emit func(piece []byte) error) {
	head, tail := d.json()
	var frozen frozenPrinter
	text := jsondoc.Object(head...).AppendIndent(nil, indent)
	text = text[:len(text)-len("\n}")]
	piece := text
	for _, list := range [...]string{interactionList, messageList} {
		of := d.in(list)
		if list == messageList && len(of) == 0 {
			continue
		}
		piece = append(piece, ",\n"+indent+`"`+list+`": [`...)
		for i, it := range of {
			if i > 0 {
				piece = append(piece, ',')
			}
			if it.frozen != nil {
				piece = frozen.append(piece, it.frozen, it.Description)
			} else {
				piece = appendIndented(piece, it.json(d.Spec()))
			}
			if emit(piece) != nil {
				return
			}
			piece = piece[:0]
		}
		if len(of) > 0 {
			piece = append(piece, "\n"+indent...)
		}
		piece = append(piece, ']')
	}
	end := jsondoc.Object(tail...).AppendIndent(nil, indent)
	piece = append(append(append(piece, ','), end[len("{"):]...), '\n')
	_ = emit(piece) // the last one; whoever emits keeps the error
}

// in are the interactions of one list of the document.
func (d *Document) in(list string) []*Interaction {
	if !slices.ContainsFunc(d.Interactions, func(it *Interaction) bool { return it.list == messageList }) {
		if list == messageList {
			return nil
		}
		return d.Interactions
	}
	var of []*Interaction
	for _, it := range d.Interactions {
		if (it.list == messageList) == (list == messageList) {
			of = append(of, it)
		}
	}
	return of
}

const (
	indent          = "  "
	interactionList = "interactions"
	messageList     = "messages"
)

// appendIndented appends a value two levels deep, on a line of its own.
func appendIndented(dst []byte, v jsondoc.Value) []byte {
	return v.AppendIndentAt(append(dst, "\n"+indent+indent...), indent, 2)
}

// json is what stands before and after the interactions.
func (d *Document) json() (head, tail []jsondoc.Member) {
	metadata := []jsondoc.Member{jsondoc.M("pactSpecification",
		jsondoc.Object(jsondoc.M("version", jsondoc.String(d.Spec().String()))))}
	head = []jsondoc.Member{
		jsondoc.M("consumer", jsondoc.Object(jsondoc.M("name", jsondoc.String(d.Consumer)))),
		jsondoc.M("provider", jsondoc.Object(jsondoc.M("name", jsondoc.String(d.Provider)))),
	}
	return head, []jsondoc.Member{jsondoc.M("metadata", jsondoc.Object(append(metadata, d.Metadata...)...))}
}

// JSON is the document as [Document.Append] writes it.
func (d *Document) JSON() jsondoc.Value {
	members, tail := d.json()
	for _, list := range [...]string{interactionList, messageList} {
		of := d.in(list)
		if list == messageList && len(of) == 0 {
			continue
		}
		values := make([]jsondoc.Value, 0, len(of))
		for _, it := range of {
			values = append(values, it.json(d.Spec()))
		}
		members = append(members, jsondoc.M(list, jsondoc.Array(values...)))
	}
	return jsondoc.Object(append(members, tail...)...)
}

func (i *Interaction) json(v Version) jsondoc.Value {
	if i.Unsupported != "" && i.raw.Kind == jsondoc.KindObject {
		return i.raw
	}
	var members []jsondoc.Member
	if v == V4 {
		members = append(members, jsondoc.M("type", jsondoc.String("Synchronous/HTTP")))
	}
	members = append(members, jsondoc.M("description", jsondoc.String(i.Description)))
	if v == V4 {
		members = append(members, i.extra...)
	}
	switch {
	case len(i.States) > 0 && v == V2:
		members = append(members, jsondoc.M("providerState", jsondoc.String(i.States[0].Name)))
	case len(i.States) > 0:
		states := make([]jsondoc.Value, 0, len(i.States))
		for _, s := range i.States {
			states = append(states, s.json())
		}
		members = append(members, jsondoc.M("providerStates", jsondoc.Array(states...)))
	}
	if i.Request != nil {
		members = append(members, jsondoc.M("request", i.Request.json(v)))
	}
	if i.Response != nil {
		members = append(members, jsondoc.M("response", i.Response.json(v)))
	}
	return jsondoc.Object(members...)
}

func (r *Request) json(v Version) jsondoc.Value {
	members := []jsondoc.Member{
		jsondoc.M("method", jsondoc.String(r.Method)),
		jsondoc.M("path", jsondoc.String(r.Path)),
	}
	switch {
	case len(r.Query) > 0 && v == V2:
		members = append(members, jsondoc.M("query", r.Query.v2Query()))
	case len(r.Query) > 0:
		members = append(members, jsondoc.M("query", r.Query.json()))
	}
	return message{r.Headers, r.Body, r.Rules, r.Generators}.json(members, v)
}

func (r *Response) json(v Version) jsondoc.Value {
	members := []jsondoc.Member{jsondoc.M("status", jsondoc.Int(int64(r.StatusCode())))}
	return message{r.Headers, r.Body, r.Rules, r.Generators}.json(members, v)
}

// A message is what requests and responses have in common.
type message struct {
	headers    Fields
	body       Body
	rules      Rules
	generators jsondoc.Value
}

func (m message) json(members []jsondoc.Member, v Version) jsondoc.Value {
	headers, body, rules := m.headers.json, m.body.writeV3, writeRules
	switch v {
	case V2:
		headers, rules = m.headers.v2Headers, v2Rules
	case V4:
		body = m.body.writeV4
	case V1, V3:
	}
	if len(m.headers) > 0 {
		members = append(members, jsondoc.M("headers", headers()))
	}
	if body, ok := body(m.headers.contentType()); ok {
		members = append(members, jsondoc.M("body", body))
	}
	if rules, ok := rules(m.rules); ok {
		members = append(members, jsondoc.M("matchingRules", rules))
	}
	if !m.generators.IsZero() {
		members = append(members, jsondoc.M("generators", m.generators))
	}
	return jsondoc.Object(members...)
}

func (f Fields) json() jsondoc.Value {
	members := make([]jsondoc.Member, 0, len(f))
	for _, field := range f {
		values := make([]jsondoc.Value, 0, len(field.Values))
		for _, v := range field.Values {
			values = append(values, jsondoc.String(v))
		}
		members = append(members, jsondoc.M(field.Name, jsondoc.Array(values...)))
	}
	return jsondoc.Object(members...)
}
