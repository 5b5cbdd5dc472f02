package expectations_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// The three values of OpenAPI's table of style values (OpenAPI 3.0.3
// §4.7.12.4, "Style Examples"), each as a schema that nothing else fulfils.
var styleSchemas = map[string]string{
	"string": `{"type":"string","const":"blue"}`,
	"array":  `{"type":"array","const":["blue","black","brown"]}`,
	"object": `{"type":"object","required":["R","G","B"],"additionalProperties":false,
		"properties":{"R":{"type":"integer","const":100},"G":{"type":"integer","const":200},"B":{"type":"string","const":"150"}}}`,
}

// A styleRow is a row of the table: what is sent for each value.
type styleRow struct {
	style              expectations.ParameterStyle
	in                 string
	text, list, object string
}

var styleTable = []styleRow{
	{style: expectations.StyleMatrix, in: "path", text: ";color=blue", list: ";color=blue,black,brown", object: ";color=R,100,G,200,B,150"},
	{style: expectations.StyleMatrixExploded, in: "path", text: ";color=blue", list: ";color=blue;color=black;color=brown", object: ";R=100;G=200;B=150"},
	{style: expectations.StyleLabel, in: "path", text: ".blue", list: ".blue,black,brown", object: ".R,100,G,200,B,150"},
	{style: expectations.StyleLabel, in: "path", list: ".blue.black.brown", object: ".R.100.G.200.B.150"}, // until 3.0.3
	{style: expectations.StyleLabelExploded, in: "path", text: ".blue", list: ".blue.black.brown", object: ".R=100.G=200.B=150"},
	{style: expectations.StyleSimple, in: "path", text: "blue", list: "blue,black,brown", object: "R,100,G,200,B,150"},
	{style: expectations.StyleSimpleExploded, in: "path", text: "blue", list: "blue,black,brown", object: "R=100,G=200,B=150"},
	{style: expectations.StyleSimple, in: "header", text: "blue", list: "blue, black,brown", object: "R,100,G,200, B,150"},
	{style: expectations.StyleSimpleExploded, in: "header", text: "blue", list: "blue, black,brown", object: "R=100, G=200,B=150"},
	{style: expectations.StyleForm, in: "query", text: "color=blue", list: "color=blue,black,brown", object: "color=R,100,G,200,B,150"},
	{style: expectations.StyleFormExploded, in: "query", text: "color=blue", list: "color=blue&color=black&color=brown", object: "R=100&G=200&B=150"},
	{style: expectations.StyleSpaceDelimited, in: "query", list: "color=blue%20black%20brown", object: "color=R%20100%20G%20200%20B%20150"},
	{style: expectations.StyleSpaceDelimitedExploded, in: "query", list: "color=blue&color=black&color=brown"},
	{style: expectations.StylePipeDelimited, in: "query", list: "color=blue|black|brown", object: "color=R%7C100%7CG%7C200%7CB%7C150"},
	{style: expectations.StylePipeDelimitedExploded, in: "query", list: "color=blue&color=black&color=brown"},
	{style: expectations.StyleDeepObject, in: "query", object: "color[R]=100&color%5BG%5D=200&color[B]=150"},
	{style: expectations.StyleForm, in: "cookie", text: "color=blue", list: "color=blue,black,brown", object: "color=R,100,G,200,B,150"},
	{style: expectations.StyleFormExploded, in: "cookie", text: "color=blue", list: "color=blue; color=black; color=brown", object: "R=100; G=200; B=150"},
}

// sent is what the row has for a kind of value, "" where it has none.
func (r styleRow) sent(kind string) string {
	return map[string]string{"string": r.text, "array": r.list, "object": r.object}[kind]
}

// matcher wants the parameter color, where the row has it, to fulfil a schema.
func (r styleRow) matcher(kind string, matching expectations.MatchStyle) *expectations.RequestMatcher {
	schema := expectations.Text{Schema: styleSchemas[kind]}
	multi := inStyle("color", r.style, schema)
	multi.Style = matching
	switch r.in {
	case "path":
		return &expectations.RequestMatcher{Path: text("/a/{color}/b"), PathParameters: multi}
	case "query":
		return &expectations.RequestMatcher{Query: multi}
	case "header":
		return &expectations.RequestMatcher{Headers: multi}
	}
	return &expectations.RequestMatcher{Cookies: []expectations.NamedText{{Name: text("color"), Value: schema, Style: r.style}}}
}

// request is one that has what was sent.
func (r styleRow) request(sent string) *expectations.Request {
	req := get("/")
	switch r.in {
	case "path":
		req.Path = "/a/" + sent + "/b"
	case "query":
		req.RawQuery = sent
	case "header":
		req.Header.Set("Color", sent)
	case "cookie":
		req.Header.Set("Cookie", sent)
	}
	return req
}

// TestStyleTable: each style reads what OpenAPI's table has for it, and what
// the table has for other styles of the place only where that is the same.
func TestStyleTable(t *testing.T) {
	t.Parallel()
	kinds := slices.Sorted(maps.Keys(styleSchemas))
	for _, row := range styleTable {
		for _, kind := range kinds {
			for _, matching := range []expectations.MatchStyle{"", expectations.MatchingKey} {
				if row.sent(kind) == "" {
					continue
				}
				c, err := expectations.Compile(row.matcher(kind, matching))
				if err != nil {
					t.Fatal(err)
				}
				if req := row.request(row.sent(kind)); !c.Match(req) {
					t.Errorf("%s %s of %s %q: %v", row.in, kind, row.style, row.sent(kind), c.Explain(req))
				}
				for _, other := range styleTable {
					for _, otherKind := range kinds {
						foreign := other.sent(otherKind)
						if other.in != row.in || foreign == "" || row.accepts(kind, foreign, matching) {
							continue
						}
						req := row.request(foreign)
						if c.Match(req) {
							t.Errorf("%s %s of %s reads %q", row.in, kind, row.style, foreign)
						} else if len(c.Explain(req)) == 0 {
							t.Errorf("%s %s of %s: %q is refused without a reason", row.in, kind, row.style, foreign)
						}
					}
				}
			}
		}
	}
}

// accepts reports whether a row of the same place and style has what was sent
// for the kind of value. A name that is repeated always has several values, of
// which one is enough but for [expectations.MatchingKey].
func (r styleRow) accepts(kind, sent string, matching expectations.MatchStyle) bool {
	if r.in != "path" && strings.Count(sent, "color=") > 1 && r.style != expectations.StyleDeepObject {
		return kind == "array" || kind == "string" && (matching == "" || r.in == "cookie")
	}
	return slices.ContainsFunc(styleTable, func(o styleRow) bool {
		return o.in == r.in && o.style == r.style && o.sent(kind) == sent
	})
}

// TestStyleDelimiters: what is percent-encoded delimits nothing in a path; in
// a query only where nothing else does, since clients encode delimiters too.
func TestStyleDelimiters(t *testing.T) {
	t.Parallel()
	const (
		list    = `{"type":"array","minItems":2,"items":{"type":"string","enum":["1","2,3","a b","2"]}}`
		object  = `{"type":"object","required":["a","b"],"properties":{"a":{"const":"1,2"},"b":{"type":"number"}}}`
		free    = `{"type":"object","minProperties":2,"additionalProperties":{"type":"integer"}}`
		located = `{"$ref":"#/$defs/point","$defs":{"point":{"allOf":[{"required":["x","y"]},{"properties":{"x":{"$ref":"#/$defs/n"},"y":{"type":"integer"}}}]},"n":{"type":"integer"}}}`
		number  = `{"type":"number","minimum":1}`
		comma   = `{"type":"string","const":"a,b"}`
	)
	for _, test := range []struct {
		style            expectations.ParameterStyle
		in, schema, sent string
		want             bool
	}{
		{expectations.StyleSimple, "path", list, "1,2%2C3", true},
		{expectations.StyleSimple, "path", list, "1%2C2", false},
		{expectations.StyleSimple, "path", list, "a%20b,1", true},
		{expectations.StyleSimple, "path", object, "a,1%2C2,b,1.5", true},
		{expectations.StyleSimpleExploded, "path", object, "a=1%2C2,b=1.5", true},
		{expectations.StyleLabelExploded, "path", object, ".a=1%2C2.b=1.5", true},
		{expectations.StyleMatrixExploded, "path", object, ";a=1%2C2;b=1.5", true},
		{expectations.StyleMatrixExploded, "path", object, ";a=1%2C2;c=1.5", false},
		{expectations.StyleMatrixExploded, "path", object, "a=1%2C2;b=1.5", false},
		{expectations.StyleMatrix, "path", object, `;color=%7B%22a%22:%221%2C2%22%2C%22b%22:2%7D`, true},
		{expectations.StyleSimpleExploded, "path", free, "x=1,y=2", true},
		{expectations.StyleSimpleExploded, "path", free, "x=1,y=z", false},
		{expectations.StyleSimple, "path", located, "x,1,y,2", true},
		{expectations.StyleSimple, "path", located, "x,1,y,z", false},
		{expectations.StyleSimple, "path", number, "1.5", true},
		{expectations.StyleSimple, "path", number, ".5", false},
		{expectations.StyleSimple, "path", number, "color=5", false},
		{expectations.StyleSimple, "path", number, "1,2", false},
		{expectations.StyleLabel, "path", number, ".1.5", true},
		{expectations.StyleLabel, "path", number, "1.5", false},
		{expectations.StyleLabelExploded, "path", number, ".1.5", true},
		{expectations.StyleMatrix, "path", number, ";color=1.5", true},
		{expectations.StyleMatrix, "path", number, ";other=1.5", false},
		{expectations.StyleSimple, "path", comma, "a,b", true},
		{expectations.StyleSimple, "path", comma, "a%2Cb", true},
		{expectations.StyleForm, "query", list, "color=1,2%2C3", true},
		{expectations.StyleForm, "query", list, "color=1%2C2", true},
		{expectations.StyleForm, "query", list, "color=2%2C3,a+b", true},
		{expectations.StyleForm, "query", object, "color=a,1%2C2,b,1.5", true},
		{expectations.StyleFormExploded, "query", object, "a=1%2C2&b=1.5&c=x", true},
		{expectations.StyleFormExploded, "query", object, "a=1%2C2&c=1.5", false},
		{expectations.StyleFormExploded, "query", free, "x=1&y=2", true},
		{expectations.StyleFormExploded, "query", free, "x=1&y=z", false},
		{expectations.StyleFormExploded, "query", located, "x=1&y=2", true},
		{expectations.StyleForm, "query", comma, "color=a,b", true},
	} {
		row := styleRow{style: test.style, in: test.in}
		m := row.matcher("string", expectations.MatchingKey)
		m.Query.Entries, m.PathParameters.Entries = restyled(m.Query, test.schema), restyled(m.PathParameters, test.schema)
		c, err := expectations.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		req := row.request(test.sent)
		if got := c.Match(req); got != test.want {
			t.Errorf("%s of %s, schema %s: %v, %v", test.style, test.sent, test.schema, got, c.Explain(req))
		}
	}
}

// restyled are the entries of m with another schema.
func restyled(m expectations.MultiMatcher, schema string) []expectations.NamedTexts {
	for i := range m.Entries {
		m.Entries[i].Values = []expectations.Text{{Schema: schema}}
	}
	return m.Entries
}

// TestStyleOfSeveral: an object whose members are parameters takes none that
// another condition is about.
func TestStyleOfSeveral(t *testing.T) {
	t.Parallel()
	object := inStyle("filter", expectations.StyleFormExploded, expectations.Text{Schema: `{"type":"object","maxProperties":1,"additionalProperties":{"type":"integer"}}`})
	object.Entries = append(object.Entries, expectations.NamedTexts{Name: text("page"), Values: []expectations.Text{text("two")}})
	c, err := expectations.Compile(&expectations.RequestMatcher{Query: object})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]bool{
		"page=two&size=1": true, "size=1": false, "page=two": false, "page=two&size=x": false, "page=two&size=1&more=2": false,
		`page=two&filter={"size":1}`: true,
	} {
		req := get("/")
		req.RawQuery = query
		if got := c.Match(req); got != want {
			t.Errorf("%s: %v, %v", query, got, c.Explain(req))
		}
	}
}
