package pact

import (
	"io"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// ToolName is the member of the metadata that names this tool.
const ToolName = "pactape"

// Append appends the document as Pact V3 (specification 3.0.0), indented by
// two spaces, with a newline at the end. The order of keys is consumer,
// provider, interactions, metadata. The same document gives the same bytes.
func (d *Document) Append(dst []byte) []byte {
	return append(d.JSON().AppendIndent(dst, "  "), '\n')
}

// WriteTo writes what [Document.Append] appends.
func (d *Document) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(d.Append(nil))
	return int64(n), err
}

// JSON is the document as Pact V3.
func (d *Document) JSON() jsondoc.Value {
	interactions := make([]jsondoc.Value, 0, len(d.Interactions))
	for _, it := range d.Interactions {
		interactions = append(interactions, it.json())
	}
	metadata := []jsondoc.Member{jsondoc.M("pactSpecification",
		jsondoc.Object(jsondoc.M("version", jsondoc.String(V3.String()))))}
	return jsondoc.Object(
		jsondoc.M("consumer", jsondoc.Object(jsondoc.M("name", jsondoc.String(d.Consumer)))),
		jsondoc.M("provider", jsondoc.Object(jsondoc.M("name", jsondoc.String(d.Provider)))),
		jsondoc.M("interactions", jsondoc.Array(interactions...)),
		jsondoc.M("metadata", jsondoc.Object(append(metadata, d.Metadata...)...)),
	)
}

func (i *Interaction) json() jsondoc.Value {
	if i.Unsupported != "" && i.raw.Kind == jsondoc.KindObject {
		return i.raw
	}
	members := []jsondoc.Member{jsondoc.M("description", jsondoc.String(i.Description))}
	if len(i.States) > 0 {
		states := make([]jsondoc.Value, 0, len(i.States))
		for _, s := range i.States {
			states = append(states, s.json())
		}
		members = append(members, jsondoc.M("providerStates", jsondoc.Array(states...)))
	}
	if i.Request != nil {
		members = append(members, jsondoc.M("request", i.Request.json()))
	}
	if i.Response != nil {
		members = append(members, jsondoc.M("response", i.Response.json()))
	}
	return jsondoc.Object(members...)
}

func (r *Request) json() jsondoc.Value {
	members := []jsondoc.Member{
		jsondoc.M("method", jsondoc.String(r.Method)),
		jsondoc.M("path", jsondoc.String(r.Path)),
	}
	if len(r.Query) > 0 {
		members = append(members, jsondoc.M("query", r.Query.json()))
	}
	return message{r.Headers, r.Body, r.Rules, r.Generators}.json(members)
}

func (r *Response) json() jsondoc.Value {
	members := []jsondoc.Member{jsondoc.M("status", jsondoc.Int(int64(r.StatusCode())))}
	return message{r.Headers, r.Body, r.Rules, r.Generators}.json(members)
}

// A message is what requests and responses have in common.
type message struct {
	headers    Fields
	body       Body
	rules      Rules
	generators jsondoc.Value
}

func (m message) json(members []jsondoc.Member) jsondoc.Value {
	if len(m.headers) > 0 {
		members = append(members, jsondoc.M("headers", m.headers.json()))
	}
	if body, ok := m.body.writeV3(m.headers.contentType()); ok {
		members = append(members, jsondoc.M("body", body))
	}
	if rules, ok := writeRules(m.rules); ok {
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
