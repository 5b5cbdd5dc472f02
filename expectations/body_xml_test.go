package expectations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

func TestMatchXML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want, body string
		ok               bool
	}{
		{"similar", `<a b="1" c="2"><d/></a>`, "<!-- x -->\n<a c='2' b='1'>\n <d></d>\n</a>", true},
		{"other prefix", `<n:a xmlns:n="u"/>`, `<a xmlns="u"/>`, true},
		{"differs", `<a>1</a>`, `<a>2</a>`, false},
		{"Java's expression", `<a>${xmlunit.matchesRegex(^(?!b).*$)}</a>`, `<a>abc</a>`, true},
		{"Java's expression differs", `<a>${xmlunit.matchesRegex(^(?!b).*$)}</a>`, `<a>bc</a>`, false},
		{"no XML", `<a/>`, `{"a":1}`, false},
		{"entity", `<a/>`, `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>`, false},
		{"nothing", `<a/>`, ``, false},
	} {
		for _, not := range []bool{false, true} {
			m := body(expectations.XMLBody{Value: test.want})
			m.Body.Not = not
			checkBody(t, test.name, m, test.body, test.ok != not)
		}
	}
}

func TestMatchXPath(t *testing.T) {
	t.Parallel()
	const doc = `<s xmlns:p="u"><i id="1"><p:v>5</p:v></i></s>`
	for _, test := range []struct {
		path       string
		namespaces map[string]string
		body       string
		ok         bool
	}{
		{"/s/i[@id='1']", nil, doc, true},
		{"/s/i[@id='2']", nil, doc, false},
		{"//p:v > 4", nil, doc, true},
		{"//q:v > 4", map[string]string{"q": "u"}, doc, true},
		{"//q:v", map[string]string{"q": "v"}, doc, false},
		{"count(//i) - 1", nil, doc, false},
		{"string(//none)", nil, doc, false},
		{"contains(//i, 1)", nil, doc, false}, // an error of the engine
		{"//i", nil, `[]`, false},
		{"//i", nil, ``, false},
	} {
		for _, not := range []bool{false, true} {
			m := body(expectations.XPathBody{Path: test.path, Namespaces: test.namespaces})
			m.Body.Not = not
			checkBody(t, test.path, m, test.body, test.ok != not)
		}
	}
}

// checkBody holds a condition against a body, with and without reasons.
func checkBody(t *testing.T, name string, m *expectations.RequestMatcher, content string, want bool) {
	t.Helper()
	c, err := expectations.Compile(m)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	req := posted(content)
	if got := c.Match(req); got != want {
		t.Errorf("%s, not %v: match %v", name, m.Body.Not, got)
	}
	if why := c.Explain(req); (len(why) == 0) != want {
		t.Errorf("%s, not %v: reasons %v", name, m.Body.Not, why)
	}
}

func TestMatchXMLCharset(t *testing.T) {
	t.Parallel()
	c, err := expectations.Compile(body(expectations.XMLBody{Value: "<a>é</a>"}))
	if err != nil {
		t.Fatal(err)
	}
	for content, contentType := range map[string]string{
		"<a>é</a>":    "application/xml",
		"<a>\xe9</a>": "text/xml; charset=ISO-8859-1",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>": "application/xml",
		"<?xml version='1.0' encoding='latin1'?><a>\xe9 </a>":    "text/xml; charset=iso-8859-1",
	} {
		req := posted(content)
		req.Header.Set("Content-Type", contentType)
		if !c.Match(req) {
			t.Errorf("%q as %s: %v", content, contentType, c.Explain(req))
		}
	}
}

func TestCompileRejectsXML(t *testing.T) {
	t.Parallel()
	for want, kind := range map[string]expectations.BodyKind{
		`body: XML "<a>": the element a is not closed`: expectations.XMLBody{Value: "<a>"},
		`body: XML "": no element`:                     expectations.XMLBody{},
		`the escape \X is not supported`:               expectations.XMLBody{Value: `<a>${xmlunit.matchesRegex(\d\X)}</a>`},
		`body: XPath "//[": `:                          expectations.XPathBody{Path: "//["},
		`body: XPath "//b:a": prefix b not defined`:    expectations.XPathBody{Path: "//b:a", Namespaces: map[string]string{"a": "u"}},
	} {
		_, err := expectations.Compile(body(kind))
		if _, ok := errors.AsType[*expectations.PatternError](err); !ok || !strings.Contains(strings.ReplaceAll(err.Error(), `(none)`, ""), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestExplainXML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind       expectations.BodyKind
		body, want string
	}{
		{expectations.XMLBody{Value: "<a>1</a>"}, "<a>2</a>", `body: wanted XML similar to <a>1</a>, got <a>2</a> (/a: text "2", wanted "1")`},
		{expectations.XMLBody{Value: "<a/>"}, "a", `body: wanted XML similar to <a/>, got a (not XML: text outside of the root element)`},
		{expectations.XPathBody{Path: "//b"}, "<a/>", `body: wanted XML of which is true: //b, got <a/> (it is not)`},
	} {
		c, err := expectations.Compile(body(test.kind))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Explain(posted(test.body)); len(got) != 1 || got[0].String() != test.want {
			t.Errorf("%v", got)
		}
	}
}

// TestFilterXML: a literal body that an expectation wants is found by XPath.
func TestFilterXML(t *testing.T) {
	t.Parallel()
	e := onPath("/a")
	e.Request.Body = &expectations.BodyMatcher{Kind: expectations.XMLBody{Value: "<a><b/></a>"}}
	for path, want := range map[string]bool{"//b": true, "//c": false} {
		c, err := expectations.Compile(body(expectations.XPathBody{Path: path}))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.MatchExpectation(e); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
