package expectations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

func TestMatchJSONSchema(t *testing.T) {
	t.Parallel()
	const object = `{"type":"object","required":["id"],"properties":{"id":{"type":"integer","minimum":1},"at":{"format":"date-time"}}}`
	for _, test := range []struct {
		name, schema, body string
		want               bool
	}{
		{"valid", object, `{"id":1}`, true},
		{"missing", object, `{}`, false},
		{"other type", object, `{"id":"1"}`, false},
		{"too small", object, `{"id":0}`, false},
		{"1.0 is an integer", object, `{"id":1.0}`, true},
		{"format", object, `{"id":1,"at":"2026-02-03T04:05:06Z"}`, true},
		{"not of the format", object, `{"id":1,"at":"yesterday"}`, false},
		{"format of a later draft", `{"$schema":"https://json-schema.org/draft/2020-12/schema","format":"ipv4"}`, `"1.2.3"`, false},
		{"draft 4", `{"$schema":"http://json-schema.org/draft-04/schema#","maximum":3,"exclusiveMaximum":true}`, `3`, false},
		{"draft 6", `{"$schema":"http://json-schema.org/draft-06/schema#","exclusiveMaximum":3}`, `3`, false},
		{"draft 7 unless told", `{"if":{"type":"string"},"then":{"minLength":2}}`, `"a"`, false},
		{"draft 2019-09", `{"$schema":"https://json-schema.org/draft/2019-09/schema","dependentRequired":{"a":["b"]}}`, `{"a":1}`, false},
		{"draft 2020-12", `{"$schema":"https://json-schema.org/draft/2020-12/schema","prefixItems":[{"type":"string"}]}`, `[1]`, false},
		{"definitions within", `{"$ref":"#/definitions/a","definitions":{"a":{"type":"null"}}}`, `null`, true},
		{"recursive", `{"properties":{"next":{"$ref":"#"}},"required":["v"]}`, `{"v":1,"next":{"v":2,"next":{}}}`, false},
		{"everything", `true`, `{"a":1}`, true},
		{"look-ahead in a pattern", `{"pattern":"^(?!admin)"}`, `"admin"`, false},
		{"pattern anywhere", `{"pattern":"b+"}`, `"abc"`, true},
		{"lenient JSON", `{type:'object',}`, `{}`, true},
		{"no JSON", `{}`, `<a/>`, false},
		{"nothing", `{}`, ``, false},
		{"a number beyond measure", `{"minimum":0}`, `1e999999999999`, true},
		{"a number next to nothing", `{"multipleOf":1}`, `1e-999999`, true},
		{"last of equal names", `{"properties":{"a":{"type":"string"}}}`, `{"a":1,"a":"x"}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := expectations.Compile(body(expectations.JSONSchemaBody{Schema: []byte(test.schema)}))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(posted(test.body)); got != test.want {
				t.Errorf("match %v; %v", got, c.Explain(posted(test.body)))
			}
		})
	}
}

func TestCompileRejectsJSONSchema(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`5`:                                    "number found, object expected",
		`{`:                                    "JSON schema",
		`{"type":"thing"}`:                     "/type",
		`{"minimum":"1"}`:                      "/minimum",
		`{"pattern":"("}`:                      "/pattern",
		`{"$ref":"http://example.com/s.json"}`: "http://example.com/s.json is not loaded",
		`{"$ref":"file:///etc/passwd"}`:        "file:///etc/passwd is not loaded",
		`{"$ref":"other.json"}`:                "other.json is not loaded",
		`{"$schema":"http://example.com/own"}`: "http://example.com/own is not loaded",
		`{"$ref":"#/definitions/nowhere"}`:     "nowhere",
		`{"$id":"file:///etc/","allOf":[{"$ref":"hostname"}]}`: "file:///etc/hostname is not loaded",
	} {
		_, err := expectations.Compile(body(expectations.JSONSchemaBody{Schema: []byte(schema)}))
		if _, ok := errors.AsType[*expectations.PatternError](err); !ok || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

func TestExplainJSONSchema(t *testing.T) {
	t.Parallel()
	c, err := expectations.Compile(body(expectations.JSONSchemaBody{Schema: []byte(`{"properties":{"a":{"type":"string"}}}`)}))
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		`{"a":1}`: `body: wanted JSON that fulfils {"properties":{"a":{"type":"string"}}}, got {"a":1} (at '/a': got number, want string)`,
		`a`:       `body: wanted JSON that fulfils {"properties":{"a":{"type":"string"}}}, got a (not JSON)`,
	} {
		if got := c.Explain(posted(content)); len(got) != 1 || got[0].String() != want {
			t.Errorf("%v", got)
		}
	}
}

// withSchema is a condition on one header by a schema.
func withSchema(style expectations.MatchStyle, schema string, not bool) *expectations.RequestMatcher {
	return &expectations.RequestMatcher{Headers: expectations.MultiMatcher{Style: style, Entries: []expectations.NamedTexts{
		{Name: text("X"), Values: []expectations.Text{{Schema: schema, Not: not}}},
	}}}
}

func TestMatchSchemaValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, schema string
		style        expectations.MatchStyle
		values       []string
		want         bool
	}{
		{"string", `{"type":"string","pattern":"^a"}`, "", []string{"abc"}, true},
		{"string differs", `{"type":"string","pattern":"^a"}`, "", []string{"bc"}, false},
		{"digits as a string", `{"type":"string"}`, "", []string{"12"}, true},
		{"integer", `{"type":"integer","minimum":10}`, "", []string{"12"}, true},
		{"integer too small", `{"type":"integer","minimum":10}`, "", []string{"9"}, false},
		{"no integer", `{"type":"integer"}`, "", []string{"1.5"}, false},
		{"boolean", `{"type":"boolean"}`, "", []string{"true"}, true},
		{"object", `{"type":"object","required":["a"]}`, "", []string{`{"a":1}`}, true},
		{"one of types", `{"type":["integer","null"]}`, "", []string{"x"}, false},
		{"format without a type", `{"format":"uuid"}`, "", []string{"12"}, false},
		{"format", `{"type":"string","format":"ipv4"}`, "", []string{"10.0.0.1"}, true},
		{"enum of numbers", `{"enum":[1,2]}`, "", []string{"2"}, true},
		{"enum of strings", `{"enum":["1","2"]}`, "", []string{"2"}, true},
		{"one of the values", `{"type":"integer"}`, "", []string{"x", "7"}, true},
		{"each of the values", `{"type":"integer"}`, expectations.MatchingKey, []string{"x", "7"}, false},
		{"array of the values", `{"type":"array","minItems":2,"items":{"type":"integer"}}`, expectations.MatchingKey, []string{"6", "7"}, true},
		{"array of strings", `{"type":"array","items":{"type":"string"},"maxItems":2}`, expectations.MatchingKey, []string{"6", "x"}, true},
		{"array too long", `{"type":"array","maxItems":1}`, expectations.MatchingKey, []string{"6", "7"}, false},
		{"array in JSON", `{"type":"array","minItems":2}`, "", []string{"[1,2]"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, not := range []bool{false, true} {
				if not && len(test.values) > 1 {
					continue // another of the values may do then
				}
				c, err := expectations.Compile(withSchema(test.style, test.schema, not))
				if err != nil {
					t.Fatal(err)
				}
				req := get("/")
				req.Header["X"] = test.values
				if got := c.Match(req); got != (test.want != not) {
					t.Errorf("not %v: %v", not, got)
				}
				if why := c.Explain(req); (len(why) == 0) != (test.want != not) {
					t.Errorf("not %v: %v", not, why)
				}
			}
		})
	}
}

// TestSchemaOnPath: a path wanted by schema is found in a set, and by a
// filter.
func TestSchemaOnPath(t *testing.T) {
	t.Parallel()
	e := onPath("")
	e.Request.Path = expectations.Text{Schema: `{"type":"string","maxLength":4}`}
	set := newSet(t)
	put(t, set, e)
	for path, want := range map[string]bool{"/abc": true, "/abcd": false} {
		if _, got := set.Find(get(path), expectations.FindOptions{Peek: true}); got != want {
			t.Errorf("%s: %v", path, got)
		}
		c, err := expectations.Compile(&expectations.RequestMatcher{Path: text(path)})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.MatchExpectation(e); got != want {
			t.Errorf("filter %s: %v", path, got)
		}
	}
	if c, err := e.Compile(); err != nil || !c.MatchExpectation(e) {
		t.Errorf("the condition as a filter misses its own expectation: %v", err)
	}
}

func FuzzMatchJSONSchema(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"type":"object","properties":{"a":{"multipleOf":0.1}}}`, `{"a":1e400}`},
		{`{"$ref":"#"}`, `1`},
		{`{"enum":[1e999999,null]}`, `[]`},
		{`{"uniqueItems":true,"contains":{"const":1}}`, `[1,1.0,"a"]`},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicRef":"#a","$dynamicAnchor":"a"}`, `{}`},
		{`{"pattern":"(?=a)","format":"regex"}`, `"("`},
		{`{"items":[true,false]}`, `[[[]]]`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, schema, content []byte) {
		c, err := expectations.Compile(body(expectations.JSONSchemaBody{Schema: schema}))
		if err != nil {
			if _, ok := errors.AsType[*expectations.PatternError](err); !ok {
				t.Fatal(err)
			}
			return
		}
		req := posted(string(content))
		if match, why := c.Match(req), c.Explain(req); match != (len(why) == 0) {
			t.Errorf("%s against %s: match %v, reasons %v", content, schema, match, why)
		}
		value, err := expectations.Compile(withSchema("", string(schema), false))
		if err == nil {
			req.Header["X"] = []string{string(content)}
			value.Match(req)
		}
	})
}

// TestMatchSchemaBlank: nothing fulfils a schema that is nullable alone.
func TestMatchSchemaBlank(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]bool{`{"type":"string"}`: false, `{"type":"string","nullable":true}`: true, `true`: false} {
		c, err := expectations.Compile(withSchema("", schema, false))
		if err != nil {
			t.Fatal(err)
		}
		req := get("/")
		req.Header["X"] = []string{" "}
		if got := c.Match(req); got != want {
			t.Errorf("%s: %v", schema, got)
		}
	}
}
