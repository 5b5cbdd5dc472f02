package pact_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A generatedBody is a body with generators, and what is sent of it. Values
// are 999 unless the generators say otherwise.
type generatedBody struct {
	name, contentType, body string
	// paths are those of generators that make 999; generators are others.
	paths      []string
	generators string
	want       string
	// err is part of the error, where there is one.
	err string
}

const (
	xmlType  = "application/xml"
	formType = "application/x-www-form-urlencoded"
)

// generatedBodies are written about what the reference does; what it does
// otherwise is in testdata/differences.txt, as "generator NAME".
func generatedBodies() []generatedBody {
	const prefixed, defaulted = `<n:a xmlns:n="urn:x" n:b="1">1</n:a>`, `<a xmlns="urn:x">1</a>`
	paths := func(p ...string) []string { return p }
	return []generatedBody{
		{name: "text", contentType: xmlType, body: `<a>1</a>`, paths: paths("$.a['#text']"), want: `<a>999</a>`},
		{name: "bare text", contentType: xmlType, body: `<a>1</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "element for its text", contentType: xmlType, body: `<a>1</a>`, paths: paths("$.a"), want: `<a>999</a>`},
		{name: "element with elements", contentType: xmlType, body: `<a><b/></a>`, paths: paths("$.a"), err: "$.a: <a> has elements inside"},
		{name: "star for a text", contentType: xmlType, body: `<a b='1'>1</a>`, paths: paths("$.a.*"), want: `<a b='1'>999</a>`},
		{name: "star for an element", contentType: xmlType, body: `<a><b>1</b><c>2</c></a>`, paths: paths("$.a.*.#text"), want: `<a><b>999</b><c>999</c></a>`},
		{name: "attribute", contentType: xmlType, body: `<a b = "1" c='>'>1</a>`, paths: paths("$.a['@b']"), want: `<a b = "999" c='>'>1</a>`},
		{name: "attributes", contentType: xmlType, body: `<a b="1" c='2'/>`, paths: paths("$.a.@c", "$.a.@b"), want: `<a b="999" c='999'/>`},
		{name: "attribute that is not there", contentType: xmlType, body: `<a b="1"/>`, paths: paths("$.a.@z"), want: `<a b="1"/>`},
		{name: "element that is not there", contentType: xmlType, body: `<a b="1"/>`, paths: paths("$.z.#text", "$.a.b.c.#text"), want: `<a b="1"/>`},
		{name: "no text", contentType: xmlType, body: `<a b="1"/>`, paths: paths("$.a.#text", "$.a.@b"), want: `<a b="999">999</a>`},
		{name: "empty text", contentType: xmlType, body: `<a></a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "text beside an element", contentType: xmlType, body: `<a><b/></a>`, paths: paths("$.a.#text", "$.a.b.#text"), want: `<a><b>999</b>999</a>`},
		{name: "texts around an element", contentType: xmlType, body: `<a>1<b/>2</a>`, paths: paths("$.a.#text"), want: `<a>999<b/>999</a>`},
		{name: "space is text", contentType: xmlType, body: "<a>\n <b>1</b></a>", paths: paths("$.a.#text"), want: "<a>999<b>1</b></a>"},
		{name: "space around", contentType: xmlType, body: "<a>\n <b>1</b>\n</a>", paths: paths("$.a.b.#text"), want: "<a>\n <b>999</b>\n</a>"},
		{name: "elements of one name", contentType: xmlType, body: `<a><b>1</b><b>2</b></a>`, paths: paths("$.a.b.#text"), want: `<a><b>999</b><b>999</b></a>`},
		{name: "element by index", contentType: xmlType, body: `<a><b>1</b><c/><b>2</b></a>`, paths: paths("$.a[0].b[1].#text", "$.a[1].b.#text"), want: `<a><b>1</b><c/><b>999</b></a>`},
		{name: "elements by index", contentType: xmlType, body: `<a><b>1</b><b>2</b></a>`, paths: paths("$.a.b[*].#text"), want: `<a><b>999</b><b>999</b></a>`},
		{name: "entity in a text", contentType: xmlType, body: `<a>x&amp;y</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "section in a text", contentType: xmlType, body: `<a>x<![CDATA[<y>]]>z</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "section", contentType: xmlType, body: `<a><![CDATA[y]]></a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "comment in a text", contentType: xmlType, body: `<a>1<!-- c -->2<?pi x?>3</a>`, paths: paths("$.a.#text"), want: `<a>999<!-- c -->999<?pi x?>999</a>`},
		{name: "prefix", contentType: xmlType, body: prefixed, paths: paths("$['n:a']['#text']", "$.n:a.@n:b"), want: `<n:a xmlns:n="urn:x" n:b="999">999</n:a>`},
		{name: "URI for a prefix", contentType: xmlType, body: prefixed, paths: paths("$['urn:x:a']['#text']", "$['urn:x:a']['@urn:x:b']"), want: `<n:a xmlns:n="urn:x" n:b="999">999</n:a>`},
		{name: "no prefix", contentType: xmlType, body: prefixed, paths: paths("$.a.#text", "$.n:a.@b"), want: prefixed},
		{name: "default namespace", contentType: xmlType, body: defaulted, paths: paths("$.a.#text"), want: `<a xmlns="urn:x">999</a>`},
		{name: "URI for a default namespace", contentType: xmlType, body: defaulted, paths: paths("$['urn:x:a'].#text"), want: `<a xmlns="urn:x">999</a>`},
		{name: "namespace declarations", contentType: xmlType, body: `<a xmlns="urn:x" xmlns:q="urn:q" q="1">1</a>`, paths: paths("$.a.@xmlns", "$.a.@xmlns:q"), want: `<a xmlns="urn:x" xmlns:q="urn:q" q="1">1</a>`},
		{name: "prolog", contentType: xmlType, body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!-- c --><a b="&lt;'">ü</a>`, paths: paths("$.a.#text"), want: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!-- c --><a b="&lt;'">999</a>`},
		{name: "ASCII", contentType: xmlType, body: `<?xml version="1.0" encoding="US-ASCII"?><a>1</a>`, paths: paths("$.a.#text"), want: `<?xml version="1.0" encoding="US-ASCII"?><a>999</a>`},
		{name: "broken XML", contentType: xmlType, body: `<a>1`, paths: paths("$.a.#text"), err: "$.a['#text']: the body is not valid XML"},
		{name: "escaped", contentType: xmlType, body: `<a b="1"/>`, generators: `{"$.a.@b":{"type":"Regex","regex":"<&>\"'x"},"$.a.#text":{"type":"Regex","regex":"<&>\"'"}}`, want: `<a b="&lt;&amp;&gt;&#34;&#39;x">&lt;&amp;&gt;&#34;&#39;</a>`},
		{name: "suffix", contentType: "application/soap+xml", body: `<a>1</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "text type", contentType: "text/xml;charset=utf-8", body: `<a>1</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "no type", body: `<a>1</a>`, paths: paths("$.a.#text"), want: `<a>999</a>`},
		{name: "image of XML", contentType: "image/svg+xml", body: `<a>1</a>`, paths: paths("$.a.#text"), err: "$.a['#text']: a body of type image/svg+xml has no values to generate"},
		{name: "whole XML", contentType: xmlType, body: `<a>1</a>`, generators: `{"$":{"type":"Regex","regex":"<b>9</b>"}}`, want: `<b>9</b>`},

		{name: "field", contentType: formType, body: `a=1&b=2`, paths: paths("$.b"), want: `a=1&b=999`},
		{name: "quoted field", contentType: formType, body: `a=1&b=2`, paths: paths("$['b']"), want: `a=1&b=999`},
		{name: "field without a root", contentType: formType, body: `a=1&b=2`, paths: paths("b"), want: `a=1&b=999`},
		{name: "all fields", contentType: formType, body: `a=1&b=2&b=3`, paths: paths("$.*"), want: `a=999&b=999&b=999`},
		{name: "first value", contentType: formType, body: `a=1&a=2&a=3`, paths: paths("$.a"), want: `a=999&a=2&a=3`},
		{name: "second value", contentType: formType, body: `a=1&b=0&a=2&a=3`, paths: paths("$.a[1]"), want: `a=1&b=0&a=999&a=3`},
		{name: "all values", contentType: formType, body: `a=1&a=2&b=3`, paths: paths("$.a[*]"), want: `a=999&a=999&b=3`},
		{name: "only value", contentType: formType, body: `a=1`, paths: paths("$.a[0]", "$.a[1]"), want: `a=999`},
		{name: "field that is not there", contentType: formType, body: `a=1`, paths: paths("$.z"), want: `a=1`},
		{name: "field of a field", contentType: formType, body: `a=1`, paths: paths("$.a.b"), err: "$.a.b: a form has no such value"},
		{name: "item of a form", contentType: formType, body: `a=1`, paths: paths("$[0]"), err: "$[0]: a form has no such value"},
		{name: "escaped fields", contentType: formType, body: `a+b=1&a%5Bx%5D=2&c=%C3%A4+x`, paths: paths("$['a b']", "$['a[x]']"), want: `a+b=999&a%5Bx%5D=999&c=%C3%A4+x`},
		{name: "values that are empty", contentType: formType, body: `a=&b&=c&&d=1`, paths: paths("$.a", "$.b"), want: `a=999&b=999&=c&&d=1`},
		{name: "value that is wrongly escaped", contentType: formType, body: `a=%zz&b=1`, paths: paths("$.b"), want: `a=%zz&b=999`},
		{name: "form with a charset", contentType: formType + ";charset=utf-8", body: `a=1`, paths: paths("$.a"), want: `a=999`},
		{name: "escaped value", contentType: formType, body: `a=1`, generators: `{"$.a":{"type":"Regex","regex":"x y&=ä"}}`, want: `a=x+y%26%3D%C3%A4`},

		{name: "whole text", contentType: "text/plain", body: `hello`, paths: paths("$"), want: `999`},
		{name: "part of a text", contentType: "text/plain", body: `hello`, paths: paths("$.a"), err: "$.a: a body of type text/plain has no values to generate but the whole, $"},
		{name: "part of several", contentType: "multipart/form-data; boundary=x", body: "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n", paths: paths("$.a"), err: "a body of type multipart/form-data has no values to generate"},
		{name: "no body", contentType: xmlType, body: ``, paths: paths("$.a.#text"), want: ``},
	}
}

// message is the part of an interaction that has the body.
func (g generatedBody) message(version int) string {
	generators := g.generators
	if generators == "" {
		var list []string
		for _, p := range g.paths {
			list = append(list, fmt.Sprintf(`%s:{"type":"RandomInt","min":999,"max":999}`, jsonText(p)))
		}
		generators = "{" + strings.Join(list, ",") + "}"
	}
	header, body := "", jsonText(g.body)
	if g.contentType != "" {
		header = `,"Content-Type":` + jsonText(g.contentType)
	}
	if version == 4 {
		declared := ""
		if g.contentType != "" {
			declared = `,"contentType":` + jsonText(g.contentType)
		}
		body = fmt.Sprintf(`{"content":%s,"encoded":false%s}`, body, declared)
	}
	return fmt.Sprintf(`"headers":{"X-Case":%s%s},"body":%s,"generators":{"body":%s}`, jsonText(g.name), header, body, generators)
}

func jsonText(s string) string { return string(jsondoc.String(s).AppendCompact(nil)) }

// request is an interaction whose request has the body, response one whose
// response has.
func (g generatedBody) request(version int) string {
	return fmt.Sprintf(`{"description":%s,"request":{"method":"POST","path":"/case",%s},"response":{"status":200}}`, jsonText(g.name), g.message(version))
}

func (g generatedBody) response(version int) string {
	return fmt.Sprintf(`{"description":%s,"request":{"method":"GET","path":"/case","query":{"case":[%[1]s]}},"response":{"status":200,%s}}`,
		jsonText(g.name), g.message(version))
}

// made is what a verifier of ours sends.
func (g generatedBody) made(t *testing.T, version int) (string, error) {
	t.Helper()
	made, err := parsed(t, document(version, g.request(version))).Interactions[0].Request.Generate(pact.GenerateOptions{})
	if err != nil {
		return "", err
	}
	return string(made.Body.Content()), nil
}

// stubbed is what a stub of ours answers.
func (g generatedBody) stubbed(t *testing.T, version int) (string, error) {
	t.Helper()
	doc := parsed(t, document(version, g.response(version)))
	if _, _, err := pact.Import(doc, pact.ImportOptions{}); err != nil {
		return "", err
	}
	space, _ := importPact(t, string(document(version, g.response(version))))
	req := g.ask()
	answer := ask(t, space, req)
	if answer == nil {
		t.Fatalf("%s: no answer", g.name)
	}
	if answer = answer.To(req); answer.Body == nil {
		return "", nil
	}
	return string(answer.Body.Bytes), nil
}

// ask is the request for the response.
func (g generatedBody) ask() *expectations.Request {
	return &expectations.Request{Method: http.MethodGet, Path: "/case", RawQuery: "case=" + strings.ReplaceAll(g.name, " ", "+")}
}

// TestGenerateBodies: generators find their values in XML, forms and texts,
// in requests and in the answers of stubs, and leave all else as it is.
func TestGenerateBodies(t *testing.T) {
	t.Parallel()
	for _, g := range generatedBodies() {
		for _, version := range []int{3, 4} {
			for part, f := range map[string]func(*testing.T, int) (string, error){"request": g.made, "response": g.stubbed} {
				got, err := f(t, version)
				switch {
				case g.err == "" && err != nil, g.err != "" && (err == nil || !strings.Contains(err.Error(), g.err)):
					t.Errorf("%s, v%d %s: error %v, want %q", g.name, version, part, err, g.err)
				case got != g.want:
					t.Errorf("%s, v%d %s:\n got  %s\n want %s", g.name, version, part, got, g.want)
				}
			}
		}
	}
}

// Values of the provider states go into XML and forms, in the order of the
// generators; a stub leaves them, and gives its own address.
func TestGenerateBodiesOfStates(t *testing.T) {
	t.Parallel()
	state := pact.GenerateOptions{State: func(name string) (jsondoc.Value, bool) { return jsondoc.Int(77), name == "id" }}
	stub := pact.GenerateOptions{Stub: true, StubURL: "http://127.0.0.1:99"}
	const url = `{"type":"MockServerURL","regex":".*(/y/\\d+)$","example":"http://x/y/1"}`
	for _, g := range []struct {
		generatedBody
		sent, answered string
	}{
		{generatedBody{name: "XML", contentType: xmlType, body: `<a b="http://x/y/1">1</a>`, generators: `{"$.a.#text":{"type":"ProviderState","expression":"n-${id}"},"$.a.@b":` + url + `}`}, `<a b="http://x/y/1">n-77</a>`, `<a b="http://127.0.0.1:99/y/1">1</a>`},
		{generatedBody{name: "form", contentType: formType, body: `a=http://x/y/1&b=2`, generators: `{"$.b":{"type":"ProviderState","expression":"id"},"$.a":` + url + `}`}, `a=http%3A%2F%2Fx%2Fy%2F1&b=77`, `a=http%3A%2F%2F127.0.0.1%3A99%2Fy%2F1&b=2`},
		{generatedBody{name: "whole", contentType: formType, body: `a=1`, generators: `{"$":{"type":"ProviderState","expression":"a=${id}"}}`}, `a=77`, `a=1`},
	} {
		request, err := parsed(t, document(4, g.request(4))).Interactions[0].Request.Generate(state)
		if err != nil {
			t.Fatal(err)
		}
		response, err := parsed(t, document(4, g.response(4))).Interactions[0].Response.Generate(stub)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(request.Body.Content()); got != g.sent {
			t.Errorf("%s: sent %s, want %s", g.name, got, g.sent)
		}
		if got := string(response.Body.Content()); got != g.answered {
			t.Errorf("%s: answered %s, want %s", g.name, got, g.answered)
		}
	}
	g := generatedBody{contentType: xmlType, body: `<a>1</a>`, generators: `{"$.a.#text":{"type":"ProviderState","expression":"${other}"}}`}
	if _, err := g.made(t, 3); err == nil || !strings.Contains(err.Error(), `cannot generate body $.a['#text']: no provider state has a value named "other"`) {
		t.Errorf("error %v", err)
	}
}

// FuzzGenerateXML holds that a document with generated values is one, with the
// same elements, and that all values that a path names are the generated one.
func FuzzGenerateXML(f *testing.F) {
	for _, g := range generatedBodies() {
		if g.contentType == xmlType {
			f.Add(g.body, strings.Join(g.paths, " "))
		}
	}
	f.Add(`<a b='&apos;' c = "x"><!DOCTYPE z><![CDATA[]]>&#65;</a >`, "$.a.@c")
	f.Fuzz(func(t *testing.T, body, path string) {
		_, before, err := pact.XMLTree([]byte(body))
		if _, bad := pact.ParsePath(path); err != nil || bad != nil || path == "$" || path == "" {
			return
		}
		g := generatedBody{contentType: xmlType, body: body, paths: []string{path}}
		doc, err := pact.Parse(document(4, g.request(4)))
		if err != nil {
			return
		}
		made, err := doc.Interactions[0].Request.Generate(pact.GenerateOptions{})
		if err != nil {
			return
		}
		_, after, err := pact.XMLTree(made.Body.Content())
		if err != nil {
			t.Fatalf("%q under %q became %q: %v", body, path, made.Body.Content(), err)
		}
		if diff := sameButValues(before, after); diff != "" {
			t.Errorf("%q under %q became %q: %s", body, path, made.Body.Content(), diff)
		}
	})
}

// sameButValues says where two trees of XML differ but for values that became
// 999, or several of them.
func sameButValues(a, b jsondoc.Value) string {
	if a.Kind == jsondoc.KindString && b.Kind == jsondoc.KindString {
		if a.Text != b.Text && strings.ReplaceAll(b.Text, "999", "") != "" {
			return fmt.Sprintf("%q became %q", a.Text, b.Text)
		}
		return ""
	}
	if len(a.Items) != len(b.Items) {
		return fmt.Sprintf("%d elements became %d", len(a.Items), len(b.Items))
	}
	for i := range a.Items {
		if diff := sameButValues(a.Items[i], b.Items[i]); diff != "" {
			return diff
		}
	}
	for _, m := range b.Members {
		was, ok := a.Get(m.Name)
		if !ok && m.Name == "#text" {
			continue
		}
		if diff := sameButValues(was, m.Value); !ok || diff != "" {
			return m.Name + ": " + diff
		}
	}
	return ""
}
