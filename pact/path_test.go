package pact_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/pact"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"$", "$"},
		{"a.b", "$.a.b"},
		{"$.a['b']", "$.a.b"},
		{"$['a b'][0][*].*", "$['a b'][0][*].*"},
		{"$.a-b:c#d@e.1", "$['a-b:c#d@e']['1']"},
		{"$['it\\'s']", "$['it\\'s']"},
		{`$['a\'].b`, `$['a\'].b`},
		{"$[007]", "$[7]"},
		{"$.é", "$['é']"},
	} {
		got, err := pact.ParsePath(tc.in)
		if err != nil || got.String() != tc.want {
			t.Errorf("%q is %q, %v, want %q", tc.in, got, err, tc.want)
		}
	}
	for _, in := range []string{
		"$x", "$.", "$..a", "$.a!", "$[", "$[]", "$['", "$['']", "$['a'", "$['a'.b", "$[0", "$[a]", "$[-1]",
		"$[99999999999]", "$['a']b", ".a", "[0]", "$.a b", "\xff", "$.\xff",
	} {
		if got, err := pact.ParsePath(in); !errors.Is(err, pact.ErrPath) {
			t.Errorf("%q is %q, %v, want an error", in, got, err)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"$", "$.a[0]['b c'][*].*", "a.b", "$['it\\'s']", `$['a\'].b`, "$.é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		path, err := pact.ParsePath(in)
		if err != nil {
			return
		}
		text := path.String()
		again, err := pact.ParsePath(text)
		if err != nil || again.String() != text {
			t.Errorf("%q is printed as %q, which is read as %q, %v", in, text, again, err)
		}
	})
}

// FuzzParse reads documents: no panic, and what is written is read as the
// same.
func FuzzParse(f *testing.F) {
	for _, c := range refCases()[:200:200] {
		f.Add(document(c.version, c.interaction(0)))
	}
	for _, seed := range []string{
		`{"interactions":[]}`, `{"messages":[{}]}`, `{"interactions":[{"type":"x"}]}`,
		`{"interactions":[{"request":{"body":{"content":"x","contentType":"application/json"}}}],"metadata":{"pactSpecification":{"version":"4.0"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		doc, err := pact.Parse(in)
		if err != nil {
			return
		}
		text := doc.Append(nil)
		again, err := pact.Parse(text)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, text)
		}
		if second := again.Append(nil); string(second) != string(text) {
			t.Errorf("written %s\nand then %s", text, second)
		}
		if _, err := pact.Check(in); err != nil {
			t.Errorf("read, but not looked over: %v", err)
		}
		for _, it := range doc.Interactions {
			judge(it)
		}
	})
}

// judge runs the engine on an interaction's own example, for panics.
func judge(it *pact.Interaction) {
	if it.Request != nil {
		pact.CompileRequest(it.Request).Match(pact.BuildRequest(it))
	}
	if it.Response != nil {
		pact.CompileResponse(it.Response).Match(responseOf(it.Response))
	}
}

// FuzzMatch compares arbitrary JSON under an arbitrary rule, for panics.
func FuzzMatch(f *testing.F) {
	f.Add("$.a", `{"match":"type","min":1}`, `{"a":[1]}`, `{"a":[]}`)
	f.Add("$.*", `{"match":"values"}`, `{"a":{"b":1}}`, `{"c":{"d":"x"}}`)
	f.Add("$", `{"match":"datetime","format":"yyyy-MM-dd'T'HH:mm:ssXXX"}`, `"x"`, `"2024-02-29T10:00:00+01:00"`)
	f.Add("$", `{"match":"date","format":"G''QQQQ EEEE zzz VV OOOO"}`, `"x"`, `"AD'1st quarter Monday UTC Europe/Paris GMT+1:00"`)
	f.Add("$[*]", `{"match":"regex","regex":"[\\w-]+\\h\\u0061"}`, `["x"]`, `["é-aa"]`)
	f.Add("$", `{"match":"arrayContains","variants":[{"index":0,"rules":{"$.a":{"matchers":[{"match":"type"}]}}}]}`, `[{"a":1}]`, `[{"a":2},3]`)
	f.Add("$", `{"match":"eachKey","rules":[{"match":"regex","regex":"(?=a)\\w"}]},{"match":"eachValue","rules":[{"match":"notEmpty"}]}`, `{"a":1}`, `{"a":""}`)
	f.Add("$", `{"match":"contentType","value":"image/png"}`, `"x"`, `"iVBORw0KGgo="`)
	f.Fuzz(func(t *testing.T, path, matcher, want, got string) {
		if strings.ContainsAny(path, "\"\\") {
			return
		}
		doc, err := pact.Parse(document(0, `{"description":"d","response":{"status":200,"headers":{"Content-Type":"application/json"},"body":`+want+
			`,"matchingRules":{"body":{"`+path+`":{"matchers":[`+matcher+`]}}}}}`))
		if err != nil || len(doc.Interactions) != 1 || doc.Interactions[0].Response == nil {
			return
		}
		r := responseOf(doc.Interactions[0].Response)
		r.Body.Bytes = []byte(got)
		pact.CompileResponse(doc.Interactions[0].Response).Match(r)
	})
}

// FuzzBodies compares bodies that are not JSON.
func FuzzBodies(f *testing.F) {
	const form = "multipart/form-data; boundary=B"
	f.Add("application/xml", "$.a.b['@x']", `<a><b x="1">t</b></a>`, `<a xmlns:p="u"><p:b x="2"/><!-- c --></a>`)
	f.Add(form, "$.f.a", "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"g\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--B--\r\n", "--B\r\n\r\nx\r\n--B--\r\n")
	f.Add("application/x-www-form-urlencoded", "$.a", "a=1&b=2", "b=%zz&a")
	f.Fuzz(func(_ *testing.T, contentType, path, want, got string) {
		parsed, err := pact.ParsePath(path)
		if err != nil {
			return
		}
		response := &pact.Response{
			Headers: pact.Fields{{Name: "Content-Type", Values: []string{contentType}}},
			Body:    pact.Body{Kind: pact.BodyText, Bytes: []byte(want)},
			Rules:   pact.Rules{{Category: pact.CategoryBody, Path: parsed, Matchers: []pact.Matcher{pact.TypeMatcher()}}},
		}
		r := responseOf(response)
		r.Body.Bytes = []byte(got)
		pact.CompileResponse(response).Match(r)
	})
}
