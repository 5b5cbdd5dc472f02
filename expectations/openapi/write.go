package openapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// version31 is the version of the specification that is written.
const version31 = "3.1.0"

// Extensions of ours: in how many samples something was seen.
const (
	extensionSamples = "x-pactape-samples"
	extensionSeen    = "x-pactape-seen"
)

// Append appends the document as JSON of OpenAPI 3.1.0, indented by two
// spaces, and a line end. The same document gives the same bytes.
func (d *Document) Append(dst []byte) []byte {
	return append(d.value().AppendIndent(dst, "  "), '\n')
}

func (d *Document) value() jsondoc.Value {
	endpoints := slices.Clone(d.Endpoints)
	slices.SortFunc(endpoints, func(a, b Endpoint) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(methodOrder(a.Method), methodOrder(b.Method)), strings.Compare(a.Method, b.Method))
	})
	w := &writer{servers: allServers(endpoints), ids: make(map[string]bool)}
	info := []jsondoc.Member{
		jsondoc.M("title", jsondoc.String(d.Title)),
		jsondoc.M("version", jsondoc.String(d.Version)),
	}
	if d.Tool != "" {
		info = append(info, jsondoc.M("description", jsondoc.String("Observed in recorded traffic by "+d.Tool+
			". A member or parameter is required only if two samples or more have it, and all do.")))
	}
	members := []jsondoc.Member{
		jsondoc.M("openapi", jsondoc.String(version31)),
		jsondoc.M("info", jsondoc.Object(info...)),
	}
	if len(w.servers) > 0 {
		members = append(members, jsondoc.M("servers", serversValue(w.servers)))
	}
	members = append(members, jsondoc.M("paths", w.paths(endpoints)))
	if len(w.schemes) > 0 {
		members = append(members, jsondoc.M("components", jsondoc.Object(
			jsondoc.M("securitySchemes", w.securitySchemes()))))
	}
	return jsondoc.Object(members...)
}

// methodOrder is the order in which people read the methods of a path.
func methodOrder(method string) int {
	order := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace}
	if i := slices.Index(order, method); i >= 0 {
		return i
	}
	return len(order)
}

// fixedMethod reports whether OpenAPI 3.1 has a field for the method (§4.8.9).
func fixedMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace,
		http.MethodHead, http.MethodOptions:
		return true
	}
	return false
}

func allServers(endpoints []Endpoint) []string {
	var all []string
	for _, e := range endpoints {
		all = append(all, e.Servers...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func serversValue(servers []string) jsondoc.Value {
	out := jsondoc.Array()
	for _, s := range servers {
		out.Items = append(out.Items, jsondoc.Object(jsondoc.M("url", jsondoc.String(s))))
	}
	return out
}

// A writer writes one document.
type writer struct {
	servers []string
	schemes []string
	ids     map[string]bool
}

func (w *writer) paths(endpoints []Endpoint) jsondoc.Value {
	out := jsondoc.Object()
	for _, e := range endpoints {
		if !fixedMethod(e.Method) {
			continue
		}
		operation := jsondoc.M(strings.ToLower(e.Method), w.operation(&e))
		if n := len(out.Members); n > 0 && out.Members[n-1].Name == e.Path {
			item := &out.Members[n-1].Value
			item.Members = append(item.Members, operation)
			continue
		}
		out.Members = append(out.Members, jsondoc.M(e.Path, jsondoc.Object(operation)))
	}
	return out
}

func (w *writer) operation(e *Endpoint) jsondoc.Value {
	members := []jsondoc.Member{
		jsondoc.M("summary", jsondoc.String(e.Method+" "+e.Path)),
		jsondoc.M("operationId", jsondoc.String(w.operationID(e))),
		jsondoc.M(extensionSamples, jsondoc.Int(int64(e.Samples))),
	}
	if servers := slices.Sorted(slices.Values(e.Servers)); !slices.Equal(slices.Compact(servers), w.servers) && len(servers) > 0 {
		members = append(members, jsondoc.M("servers", serversValue(slices.Compact(servers))))
	}
	if len(e.Schemes) > 0 {
		members = append(members, jsondoc.M("security", w.security(e)))
	}
	if len(e.Parameters) > 0 {
		members = append(members, jsondoc.M("parameters", parametersValue(e.Parameters)))
	}
	if len(e.Request) > 0 {
		body := []jsondoc.Member{jsondoc.M("content", contentValue(e.Request))}
		if e.BodyRequired {
			body = append(body, jsondoc.M("required", jsondoc.Bool(true)))
		}
		members = append(members, jsondoc.M("requestBody", jsondoc.Object(body...)))
	}
	return jsondoc.Object(append(members, jsondoc.M("responses", answersValue(e.Answers)))...)
}

// operationID names the operation as people do, e.g. getUsersById.
func (w *writer) operationID(e *Endpoint) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(e.Method))
	for segment := range strings.SplitSeq(e.Path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			segment = "by " + strings.TrimSuffix(name, "}")
		}
		upper := true
		for _, r := range segment {
			letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
			switch {
			case !letter:
				upper = true
				continue
			case upper:
				b.WriteString(strings.ToUpper(string(r)))
			default:
				b.WriteRune(r)
			}
			upper = false
		}
	}
	id := b.String()
	for n := 2; w.ids[id]; n++ {
		id = b.String() + strconv.Itoa(n)
	}
	w.ids[id] = true
	return id
}

func (w *writer) security(e *Endpoint) jsondoc.Value {
	out := jsondoc.Array()
	for _, scheme := range slices.Sorted(slices.Values(e.Schemes)) {
		if !slices.Contains(w.schemes, scheme) {
			w.schemes = append(w.schemes, scheme)
		}
		out.Items = append(out.Items, jsondoc.Object(jsondoc.M(schemeName(scheme), jsondoc.Array())))
	}
	if e.Anonymous {
		out.Items = append(out.Items, jsondoc.Object())
	}
	return out
}

func schemeName(scheme string) string { return scheme + "Auth" }

func (w *writer) securitySchemes() jsondoc.Value {
	out := jsondoc.Object()
	for _, scheme := range slices.Sorted(slices.Values(w.schemes)) {
		out.Members = append(out.Members, jsondoc.M(schemeName(scheme), jsondoc.Object(
			jsondoc.M("type", jsondoc.String("http")), jsondoc.M("scheme", jsondoc.String(scheme)))))
	}
	return out
}

// answersValue is the responses object; one is required.
func answersValue(answers []Answer) jsondoc.Value {
	out := jsondoc.Object()
	for _, a := range slices.SortedFunc(slices.Values(answers), func(a, b Answer) int { return cmp.Compare(a.Status, b.Status) }) {
		members := []jsondoc.Member{
			jsondoc.M("description", jsondoc.String(cmp.Or(http.StatusText(a.Status), fmt.Sprintf("Status %d", a.Status)))),
			jsondoc.M(extensionSamples, jsondoc.Int(int64(a.Samples))),
		}
		if len(a.Headers) > 0 {
			headers := jsondoc.Object()
			for _, h := range sortedParameters(a.Headers) {
				headers.Members = append(headers.Members, jsondoc.M(h.Name, jsondoc.Object(fieldMembers(h)...)))
			}
			members = append(members, jsondoc.M("headers", headers))
		}
		if len(a.Content) > 0 {
			members = append(members, jsondoc.M("content", contentValue(a.Content)))
		}
		out.Members = append(out.Members, jsondoc.M(strconv.Itoa(a.Status), jsondoc.Object(members...)))
	}
	if len(out.Members) == 0 {
		out.Members = append(out.Members, jsondoc.M("default", jsondoc.Object(jsondoc.M("description", jsondoc.String("No answer was recorded")))))
	}
	return out
}

func contentValue(bodies []Content) jsondoc.Value {
	out := jsondoc.Object()
	for _, c := range slices.SortedFunc(slices.Values(bodies), func(a, b Content) int { return strings.Compare(a.Media, b.Media) }) {
		members := []jsondoc.Member{jsondoc.M(extensionSamples, jsondoc.Int(int64(c.Samples)))}
		if c.Schema != nil {
			members = append(members, jsondoc.M("schema", c.Schema.value()))
		}
		out.Members = append(out.Members, jsondoc.M(c.Media, jsondoc.Object(members...)))
	}
	return out
}
