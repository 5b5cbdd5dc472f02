package broker

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Resource is a HAL document: a JSON object with links to others.
type Resource struct {
	// Value is the document.
	Value jsondoc.Value
	url   *url.URL // where it is from; nil unless a client fetched it
	links map[string][]Link
}

// A Link leads to another resource.
type Link struct {
	// Href is a URL, or the template of one.
	Href string
	// Name and Title are for people.
	Name, Title string
}

// ParseResource reads a HAL document. Links without an href and members of the
// wrong type are left out; what is no JSON object is an error.
func ParseResource(data []byte) (*Resource, error) {
	root, err := jsondoc.Parse(data)
	if err != nil {
		return nil, err
	}
	if root.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("object expected, found %s", root.Kind)
	}
	return newResource(root), nil
}

func newResource(v jsondoc.Value) *Resource {
	r := &Resource{Value: v, links: make(map[string][]Link)}
	links, _ := v.Get("_links")
	for _, rel := range links.Members {
		list := []jsondoc.Value{rel.Value}
		if rel.Value.Kind == jsondoc.KindArray {
			list = rel.Value.Items
		}
		for _, item := range list {
			if href := text(item, "href"); href != "" {
				r.links[rel.Name] = append(r.links[rel.Name], Link{href, text(item, "name"), text(item, "title")})
			}
		}
	}
	return r
}

// at says where the resource is from; links are relative to it.
func (r *Resource) at(u *url.URL) { r.url = u }

// Link returns the first link of a relation.
func (r *Resource) Link(rel string) (Link, bool) {
	links := r.links[rel]
	if len(links) == 0 {
		return Link{}, false
	}
	return links[0], true
}

// Links returns all links of a relation. The slice is the resource's.
func (r *Resource) Links(rel string) []Link { return r.links[rel] }

// Embedded returns the resources embedded under a relation, one or many.
func (r *Resource) Embedded(rel string) []*Resource {
	embedded, _ := r.Value.Get("_embedded")
	v, _ := embedded.Get(rel)
	items := v.Items
	if v.Kind == jsondoc.KindObject {
		items = []jsondoc.Value{v}
	}
	var out []*Resource
	for _, item := range items {
		if item.Kind == jsondoc.KindObject {
			e := newResource(item)
			e.at(r.url)
			out = append(out, e)
		}
	}
	return out
}

// resolve makes an href absolute. Only http and https are followed.
func (r *Resource) resolve(href string) (*url.URL, error) {
	u, err := url.Parse(href)
	if err != nil {
		return nil, errors.New("it is not a URL")
	}
	if r.url != nil {
		u = r.url.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("it is not an http:// or https:// URL")
	}
	u.User, u.Fragment = nil, ""
	return u, nil
}

// Expand fills in a template (RFC 6570, level 1: {name}), every value escaped
// so that it stays one segment. An expression without a value is an error, and
// so is one of a higher level.
func (l Link) Expand(values map[string]string) (string, error) {
	var b strings.Builder
	for rest := l.Href; ; {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		value, known := values[name]
		if !closed || !known {
			return "", fmt.Errorf("nothing is known for {%s} in its template", printable(name, 40))
		}
		b.WriteString(escape(value))
		rest = tail
	}
}

// escape leaves nothing but unreserved characters (RFC 6570 §3.2.2). Segments
// of dots alone, which would be taken for a step in the tree, are escaped too.
func escape(value string) string {
	dots := strings.Trim(value, ".") == ""
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '~', c == '.' && !dots:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// text is a member that is a string, or "".
func text(v jsondoc.Value, name string) string {
	if m, ok := v.Get(name); ok && m.Kind == jsondoc.KindString {
		return m.Text
	}
	return ""
}

// A Notice is something that a broker wants people to read.
type Notice struct {
	// Type is debug, info, success, warning, prompt, error or danger.
	Type string
	// When says on which occasion it is to be shown, e.g.
	// before_verification; empty for at once.
	When string
	// Text is fit to be printed.
	Text string
}

func notices(v jsondoc.Value) []Notice {
	list, _ := v.Get("notices")
	var out []Notice
	for _, item := range list.Items {
		if words := printable(text(item, "text"), maxNotice); words != "" {
			out = append(out, Notice{text(item, "type"), text(item, "when"), words})
		}
	}
	return out
}

// maxNotice bounds a notice, in runes.
const maxNotice = 4000
