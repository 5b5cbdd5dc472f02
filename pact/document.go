package pact

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Version is a Pact specification version, as far as it decides how a
// document is read.
type Version int

// The versions of the Pact specification.
const (
	V1 Version = 1 + iota
	V2
	V3
	V4
)

// String is the text written in a document's metadata, e.g. "3.0.0".
func (v Version) String() string {
	switch v {
	case V1:
		return "1.0.0"
	case V2:
		return "2.0.0"
	case V4:
		return "4.0"
	case V3:
	}
	return "3.0.0"
}

// A Document is a contract between a consumer and a provider.
//
// It is plain data. Nothing in this package changes a Document it was given,
// so one may be read by any number of goroutines.
type Document struct {
	// Consumer and Provider are the names of the two parties.
	Consumer, Provider string
	// Version is the specification the document was read as. [Document.Append]
	// writes V3, or what [Document.Convert] made of it.
	Version Version
	// Interactions are the agreed exchanges, in order.
	Interactions []*Interaction
	// Metadata holds the members of "metadata" other than pactSpecification,
	// in order.
	Metadata []jsondoc.Member
	// written is the specification it is written in; 0 is V3.
	written Version
}

// Spec is the specification that [Document.Append] writes.
func (d *Document) Spec() Version {
	if d.written == 0 {
		return V3
	}
	return d.written
}

// An Interaction is one request and the answer agreed for it.
type Interaction struct {
	// ID is what a Pact Broker calls the interaction in the contracts that it
	// hands out ("_id"), to be named in results; it is never written.
	ID string
	// Description names the interaction; with States it identifies it.
	Description string
	// States are the provider states, in order.
	States []State
	// Request is nil where the document has none.
	Request *Request
	// Response is nil where the document has none.
	Response *Response
	// Unsupported says why the interaction cannot be judged, e.g. that it is
	// a message; empty for one over HTTP.
	Unsupported string
	// raw is an unsupported interaction as it was read, to be written back,
	// and list the member of the document it was in.
	raw  jsondoc.Value
	list string
	// extra are the members that Pact V4 alone has.
	extra []jsondoc.Member
	// frozen is the interaction as it is written, but for its description,
	// where that is all there is to it; nil elsewhere.
	frozen *frozenInteraction
}

// Unjudgeable says why the interaction cannot be judged: it is a message, needs
// a plugin, or lacks a half. It is empty for one that can be.
func (i *Interaction) Unjudgeable() string {
	plugins := i.plugins()
	switch {
	case i.Unsupported != "":
		return i.Unsupported
	case len(plugins) > 0:
		return fmt.Sprintf("it needs the plugin %q: plugins are not supported", strings.Join(plugins, ", "))
	case i.Request == nil:
		return "interaction has no request definition"
	case i.Response == nil:
		return "interaction has no response definition"
	}
	return ""
}

// Transport is the name of the transport that the interaction is for (Pact V4,
// transport), such as http; empty if it names none.
func (i *Interaction) Transport() string { return i.v4("transport").Text }

// Key is the key of the interaction (Pact V4, key); empty if it has none.
func (i *Interaction) Key() string { return i.v4("key").Text }

// pending says that the interaction may fail (Pact V4, pending).
func (i *Interaction) pending() bool { return i.v4("pending").Bool }

// v4 is a member that Pact V4 alone has, the zero value if it is not there.
func (i *Interaction) v4(name string) jsondoc.Value {
	for _, m := range i.extra {
		if m.Name == name {
			return m.Value
		}
	}
	return jsondoc.Value{}
}

// plugins are the names of the plugins that the interaction is configured for
// (Pact V4, pluginConfiguration).
func (i *Interaction) plugins() []string {
	var names []string
	for _, m := range i.extra {
		if m.Name == "pluginConfiguration" {
			for _, plugin := range m.Value.Members {
				names = append(names, plugin.Name)
			}
		}
	}
	return names
}

// A State is a condition the provider is to be in (Pact V3 providerStates).
type State struct {
	// Name is the text of the state.
	Name string
	// Params are its parameters, in order.
	Params []jsondoc.Member
}

// A Request is the request half of an [Interaction]: an example, and the
// rules that say how far a request may differ from it.
type Request struct {
	// Method is as written, upper-case by convention; "" is GET.
	Method string
	// Path is sent and compared as it stands, without decoding.
	Path string
	// Query holds decoded names and values, in order.
	Query Fields
	// Headers holds names as written.
	Headers Fields
	// Body is the example body.
	Body Body
	// Rules are the matching rules.
	Rules Rules
	// Generators is the member of that name as it was read; null if none.
	Generators jsondoc.Value
}

// A Response is the response half of an [Interaction].
type Response struct {
	// Status is the status code; 0 is 200.
	Status int
	// Headers holds names as written.
	Headers Fields
	// Body is the example body.
	Body Body
	// Rules are the matching rules.
	Rules Rules
	// Generators is the member of that name as it was read; null if none.
	Generators jsondoc.Value
}

// StatusCode is Status, or 200 where that is unset.
func (r *Response) StatusCode() int {
	if r.Status == 0 {
		return 200
	}
	return r.Status
}

// A Field is a name and its values: a header or a query parameter.
type Field struct {
	Name   string
	Values []string
}

// Fields are named values in the order written.
type Fields []Field

// Get returns the values of the first field of the name; ok is false if there
// is none. Names are compared ignoring case if fold is set, as for headers.
func (f Fields) Get(name string, fold bool) (values []string, ok bool) {
	for _, field := range f {
		if field.Name == name || fold && strings.EqualFold(field.Name, name) {
			return field.Values, true
		}
	}
	return nil, false
}

// add appends a value to the field of the name, which it creates at the end.
func (f Fields) add(name, value string, fold bool) Fields {
	for i := range f {
		if f[i].Name == name || fold && strings.EqualFold(f[i].Name, name) {
			f[i].Values = append(f[i].Values, value)
			return f
		}
	}
	return append(f, Field{Name: name, Values: []string{value}})
}

// contentType is the first Content-Type of the headers, or "".
func (f Fields) contentType() string {
	if values, ok := f.Get("Content-Type", true); ok && len(values) > 0 {
		return values[0]
	}
	return ""
}

// id is what makes an interaction the same as another: its description and
// its states (Pact V3).
func (i *Interaction) id() string {
	var b []byte
	b = jsondoc.String(i.Description).AppendCompact(b)
	for _, s := range i.States {
		b = append(b, ' ')
		b = s.json().AppendCompact(b)
	}
	return string(b)
}

func (s State) json() jsondoc.Value {
	v := jsondoc.Object(jsondoc.M("name", jsondoc.String(s.Name)))
	if len(s.Params) > 0 {
		v.Members = append(v.Members, jsondoc.M("params", jsondoc.Object(s.Params...)))
	}
	return v
}
