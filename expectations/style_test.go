package expectations_test

import (
	"testing"

	"github.com/pactape/pactape/expectations"
)

// inStyle is one entry with a style.
func inStyle(name string, style expectations.ParameterStyle, values ...expectations.Text) expectations.MultiMatcher {
	return expectations.MultiMatcher{Style: expectations.MatchingKey, Entries: []expectations.NamedTexts{
		{Name: text(name), Values: values, Style: style},
	}}
}

func TestParameterStyle(t *testing.T) {
	t.Parallel()
	one, both := []expectations.Text{text("1")}, []expectations.Text{text("1"), text("2")}
	object := []expectations.Text{{Schema: `{"type":"object","required":["R","G"],"properties":{"G":{"const":"2"}}}`}}
	list := []expectations.Text{{Schema: `{"type":"array","items":{"type":"integer"},"minItems":2}`}}
	for _, test := range []struct {
		style  expectations.ParameterStyle
		values []expectations.Text
		query  string
		want   bool
	}{
		{"", both, "a=1,2", false},
		{expectations.StyleForm, both, "a=1,2", true},
		{expectations.StyleForm, one, "a=1,2", false},
		{expectations.StyleForm, []expectations.Text{text("1,2")}, `a="1,2"`, true},
		{expectations.StyleForm, list, "a=1,2", true},
		{expectations.StyleForm, list, "a=1", false},
		{expectations.StyleForm, list, "a=1,x", false},
		{expectations.StyleFormExploded, both, "a=1&a=2", true},
		{expectations.StyleFormExploded, both, "a=1,2", false},
		{expectations.StyleSpaceDelimited, both, "a=1%202", true},
		{expectations.StyleSpaceDelimited, both, "a=1+2", true},
		{expectations.StyleSpaceDelimited, both, "a=1%25202", true},
		{expectations.StyleSpaceDelimited, []expectations.Text{text("^$")}, "a=", true},
		{expectations.StylePipeDelimited, both, "a=1|2", true},
		{expectations.StylePipeDelimited, both, "a=1|3", false},
		{expectations.StylePipeDelimited, both, "A=1|2&b=3|4", true},
		{expectations.StyleForm, object, "a=R,1,G,2", true},
		{expectations.StyleForm, object, "a=R,1,G", false},
		{expectations.StyleSimpleExploded, object, "a=R=1,G=2", true},
		{expectations.StyleSimpleExploded, object, "a=R,1", false},
		{expectations.StyleForm, object, `a={"R":1,"G":"2"}`, true},
		{expectations.StyleDeepObject, object, "a[R]=1&a[G]=2", true},
		{expectations.StyleDeepObject, object, "a[R]=1&b[G]=2", false},
		{expectations.StyleDeepObject, object, "a[R=1&a=G]", false},
	} {
		c, err := expectations.Compile(&expectations.RequestMatcher{Query: inStyle("a", test.style, test.values...)})
		if err != nil {
			t.Fatal(err)
		}
		req := get("/")
		req.RawQuery = test.query
		if got := c.Match(req); got != test.want {
			t.Errorf("%s of %s: %v", test.style, test.query, got)
		}
		if why := c.Explain(req); (len(why) == 0) != test.want {
			t.Errorf("%s of %s: %v", test.style, test.query, why)
		}
	}
}

func TestParameterStyleOfPath(t *testing.T) {
	t.Parallel()
	for style, test := range map[expectations.ParameterStyle]struct{ template, path string }{
		expectations.StyleSimple:         {"/{id}", "/1,2"},
		expectations.StyleLabel:          {"/{.id}", "/.1,2"},
		expectations.StyleLabelExploded:  {"/{.id*}", "/.1.2"},
		expectations.StyleMatrix:         {"/{;id}", "/;id=1,2"},
		expectations.StyleMatrixExploded: {"/{;id*}", "/;id=1;id=2"},
	} {
		for value, want := range map[string]bool{"[12]": true, "1": false} {
			c, err := expectations.Compile(&expectations.RequestMatcher{
				Path: text(test.template), PathParameters: inStyle("id", style, text(value)),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(get(test.path)); got != want {
				t.Errorf("%s, %s: %v, %v", style, value, got, c.Explain(get(test.path)))
			}
		}
	}
}

// TestParameterStyleOfPathInParts: what a style divides is judged as the array
// or the object that it makes, by the text as it was sent.
func TestParameterStyleOfPathInParts(t *testing.T) {
	t.Parallel()
	object := expectations.Text{Schema: `{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"n":{"const":"a,b"}},"additionalProperties":false}`}
	array := expectations.Text{Schema: `{"type":"array","items":{"type":"integer"},"minItems":2}`}
	for _, test := range []struct {
		style expectations.ParameterStyle
		value expectations.Text
		path  string
		want  bool
	}{
		{expectations.StyleSimple, object, "/id,1,n,a%2Cb", true},
		{expectations.StyleSimple, object, "/id,1,n,a,b", false},
		{expectations.StyleSimple, object, "/id,one", false},
		{expectations.StyleSimple, object, `/{"id":1}`, true},
		{expectations.StyleSimple, object, `/%7B%22id%22:1,%22n%22:%22a,b%22%7D`, true},
		{expectations.StyleSimpleExploded, object, "/id=1,n=a%2Cb", true},
		{expectations.StyleSimpleExploded, object, "/id=1,m=2", false},
		{expectations.StyleLabel, object, "/.id.1", true},
		{expectations.StyleLabelExploded, object, "/.id=1.n=a%2Cb", true},
		{expectations.StyleMatrix, object, "/;id=id,1", true},
		{expectations.StyleMatrixExploded, object, "/;id=1;n=a%2Cb", true},
		{expectations.StyleMatrixExploded, object, "/;id=1;n=b", false},
		{expectations.StyleSimple, array, "/1,2", true},
		{expectations.StyleSimple, array, "/1", false},
		{expectations.StyleSimple, array, "/1,x", false},
		{expectations.StyleSimple, array, "/1%2C2", false},
		{expectations.StyleLabelExploded, array, "/.1.2", true},
		{expectations.StyleMatrixExploded, array, "/;id=1;id=2", true},
		{expectations.StyleMatrixExploded, array, "/;id=1;id=x", false},
		{expectations.StyleLabel, text("1.5"), "/.1.5", true},
		{expectations.StyleSimple, text("a,b"), `/"a,b"`, true},
		// Without a style, and where no schema says what it is to be, a list
		// is its values, whatever stands in front (MockServer).
		{"", text("2"), "/;id=1,2", true},
		{"", text("2"), "/.1,2", true},
		{expectations.StyleLabelExploded, text("2"), "/;id=1,2", true},
		{expectations.StyleMatrixExploded, text("2"), "/.1,2", true},
	} {
		for _, keys := range []expectations.MatchStyle{expectations.MatchSubset, expectations.MatchingKey} {
			params := inStyle("id", test.style, test.value)
			params.Style = keys
			if keys == expectations.MatchingKey && test.value.Schema == "" {
				continue
			}
			c, err := expectations.Compile(&expectations.RequestMatcher{Path: text("/{id}"), PathParameters: params})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(get(test.path)); got != test.want {
				t.Errorf("%s, %s, %s: %v, %v", test.style, keys, test.path, got, c.Explain(get(test.path)))
			}
			if why := c.Explain(get(test.path)); (len(why) == 0) != test.want {
				t.Errorf("%s, %s, %s: %v", test.style, keys, test.path, why)
			}
		}
	}
}

// TestStyleIsPartOfTheCondition: what differs in style alone is another filter.
func TestStyleIsPartOfTheCondition(t *testing.T) {
	t.Parallel()
	form := func(style expectations.ParameterStyle) expectations.BodyKind {
		return expectations.ParametersBody{Parameters: inStyle("a", style, text("1"))}
	}
	e := onPath("/a")
	e.Request.Body = &expectations.BodyMatcher{Kind: form(expectations.StyleForm)}
	for style, want := range map[expectations.ParameterStyle]bool{expectations.StyleForm: true, "": false} {
		c, err := expectations.Compile(body(form(style)))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.MatchExpectation(e); got != want {
			t.Errorf("%q: %v", style, got)
		}
	}
}

// TestMatchAsJSON: forms and XML are JSON to the conditions on JSON.
func TestMatchAsJSON(t *testing.T) {
	t.Parallel()
	const form, xml = "application/x-www-form-urlencoded", "application/xml; charset=utf-8"
	styles := map[string]expectations.ParameterStyle{"a": expectations.StylePipeDelimited}
	for _, test := range []struct {
		name, contentType, body string
		kind                    expectations.BodyKind
		want                    bool
	}{
		{"form", form, "a=1&b=x+y&b=true", expectations.JSONBody{Raw: []byte(`{"a":1,"b":["x y",true]}`), Strict: true}, true},
		{"form with a charset", form + ";charset=UTF-8", "a=1", expectations.JSONBody{Raw: []byte(`{"a":1}`)}, true},
		{"form by path", form, "a=1", expectations.JSONPathBody{Path: "$[?(@.a == 1)]"}, true},
		{"form by schema", form, "a=1", expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"integer"}}}`)}, true},
		{"form by schema differs", form, "a=x", expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"integer"}}}`)}, false},
		{"form by schema in a style", form, "a=1|2", expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"array"}}}`), Styles: styles}, true},
		{"style of JSON", form, `{"a":"1|2"}`, expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"array"}}}`), Styles: styles}, false},
		{"JSON that says it is a form", form, `{"a":1}`, expectations.JSONBody{Raw: []byte(`{"a":1}`), Strict: true}, true},
		{"no form", "text/plain", "a=1", expectations.JSONBody{Raw: []byte(`{"a":1}`)}, false},
		{"XML", xml, "<r><a>1</a><b>x</b><b>y</b></r>", expectations.JSONBody{Raw: []byte(`{"a":1,"b":["x","y"]}`), Strict: true}, true},
		{"XML of a suffix", "application/soap+xml", "<r><a>1</a></r>", expectations.JSONPathBody{Path: "$.a"}, true},
		{"XML by schema", xml, "<r><a>x</a></r>", expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"integer"}}}`)}, false},
		{"broken XML", xml, "<r>", expectations.JSONBody{Raw: []byte(`{}`)}, false},
		{"XML that says nothing", "", "<r><a>1</a></r>", expectations.JSONPathBody{Path: "$.a"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := expectations.Compile(body(test.kind))
			if err != nil {
				t.Fatal(err)
			}
			req := posted(test.body)
			req.Header.Set("Content-Type", test.contentType)
			if got := c.Match(req); got != test.want {
				t.Errorf("match %v; %v", got, c.Explain(req))
			}
		})
	}
}

func FuzzParameterStyle(f *testing.F) {
	for _, seed := range []string{"a=1,2&a[R]=1", "a=;a=1;a=2", "a=\"x", "a=[&a]=&a[=&a[]=", "a=%20+|.", "=&&a=R=1,G=", ";a=1;a=2", ";R=1;G=2", ".1.2,3", ".R=1.5.G", "%2C,%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, style := range expectations.ParameterStyles() {
			multi := inStyle("a", style, text("1"), expectations.Text{Schema: `{"type":["object","array"]}`})
			styles := map[string]expectations.ParameterStyle{"a": style}
			path := inStyle("a", style, expectations.Text{Schema: `{"type":["object","array"]}`})
			c, err := expectations.Compile(&expectations.RequestMatcher{
				Path: text("/x/{a}"), PathParameters: path, Headers: inStyle("Content-Type", style, text(".*")),
				Query: multi, Body: &expectations.BodyMatcher{Kind: expectations.JSONSchemaBody{Schema: []byte(`{}`), Styles: styles}},
			})
			if err != nil {
				t.Fatal(err)
			}
			req := posted(query)
			req.Path, req.RawQuery = "/x/"+query, query
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if match, why := c.Match(req), c.Explain(req); match != (len(why) == 0) {
				t.Errorf("%s: match %v, reasons %v", style, match, why)
			}
		}
	})
}
