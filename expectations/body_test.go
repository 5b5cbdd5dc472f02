package expectations_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// TestBodyTypesAreFiles holds the table of body kinds and the files that
// implement them together.
func TestBodyTypesAreFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("body_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, file := range files {
		if name := strings.TrimSuffix(strings.TrimPrefix(file, "body_"), ".go"); !strings.HasSuffix(name, "test") {
			kinds = append(kinds, strings.ToUpper(name))
		}
	}
	slices.Sort(kinds)
	if diff := cmp.Diff(kinds, expectations.BodyTypes()); diff != "" || len(kinds) == 0 {
		t.Errorf("-files +rows\n%s", diff)
	}
	for _, kind := range kinds {
		content, err := os.ReadFile("body_" + strings.ToLower(kind) + ".go")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), `return "`+kind+`"`) {
			t.Errorf("the file of %s has no such type", kind)
		}
	}
}

// body makes a matcher on the body alone.
func body(kind expectations.BodyKind) *expectations.RequestMatcher {
	return &expectations.RequestMatcher{Body: &expectations.BodyMatcher{Kind: kind}}
}

// posted is a request with a body.
func posted(content string) *expectations.Request {
	req := get("/")
	req.Method = "POST"
	req.Body = expectations.Body{Bytes: []byte(content), Size: int64(len(content))}
	return req
}

func TestMatchBody(t *testing.T) {
	t.Parallel()
	form := expectations.ParametersBody{Parameters: oneOf("a", "1 2")}
	for _, test := range []struct {
		name string
		kind expectations.BodyKind
		body string
		want bool
	}{
		{"string", expectations.StringBody{Value: "abc"}, "abc", true},
		{"string keeps case", expectations.StringBody{Value: "abc"}, "ABC", false},
		{"string is no regex", expectations.StringBody{Value: "a.c"}, "abc", false},
		{"string is whole", expectations.StringBody{Value: "abc"}, "abcd", false},
		{"blank string", expectations.StringBody{}, "abc", true},
		{"substring", expectations.StringBody{Value: "b", SubString: true}, "abc", true},
		{"substring missing", expectations.StringBody{Value: "x", SubString: true}, "abc", false},
		{"regex", expectations.RegexBody{Pattern: "[a-c]+"}, "ABC", true},
		{"regex is whole", expectations.RegexBody{Pattern: "[a-b]+"}, "abc", false},
		{"regex over lines", expectations.RegexBody{Pattern: "a.*c"}, "a\nb\nc", true},
		{"blank regex", expectations.RegexBody{}, "abc", true},
		{"binary", expectations.BinaryBody{Bytes: []byte{0, 0xff}}, "\x00\xff", true},
		{"binary differs", expectations.BinaryBody{Bytes: []byte{0, 0xff}}, "\x00\xfe", false},
		{"form", form, "b=2&a=1+2", true},
		{"form, line break at the end", form, "b=2&a=1+2\r\n", true},
		{"form differs", form, "a=1", false},
		{"form missing", form, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := body(test.kind)
			for _, not := range []bool{false, true} {
				m.Body.Not = not
				c, err := expectations.Compile(m)
				if err != nil {
					t.Fatal(err)
				}
				if got := c.Match(posted(test.body)); got != (test.want != not) {
					t.Errorf("not %v: %v", not, got)
				}
			}
		})
	}
}

func TestMatchIncompleteBody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		kind expectations.BodyKind
		body expectations.Body
		want bool
	}{
		{"truncated string", expectations.StringBody{Value: "abc"}, expectations.Body{Bytes: []byte("abc"), Truncated: true}, false},
		{"truncated substring", expectations.StringBody{Value: "b", SubString: true}, expectations.Body{Bytes: []byte("abc"), Truncated: true}, true},
		{"truncated regex", expectations.RegexBody{Pattern: "a.*"}, expectations.Body{Bytes: []byte("abc"), Truncated: true}, false},
		{"truncated binary", expectations.BinaryBody{Bytes: []byte("abc")}, expectations.Body{Bytes: []byte("abc"), Truncated: true}, false},
		{"truncated JSON", expectations.JSONBody{Raw: []byte("1")}, expectations.Body{Bytes: []byte("1"), Truncated: true}, false},
		{"encoded string", expectations.StringBody{Value: "a", SubString: true}, expectations.Body{Bytes: []byte("abc"), Encoded: true, Coding: "gzip"}, false},
		{"encoded binary", expectations.BinaryBody{Bytes: []byte("abc")}, expectations.Body{Bytes: []byte("abc"), Encoded: true, Coding: "gzip"}, true},
		{"encoded form", expectations.ParametersBody{Parameters: oneOf("a", "1")}, expectations.Body{Bytes: []byte("a=1"), Encoded: true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := expectations.Compile(body(test.kind))
			if err != nil {
				t.Fatal(err)
			}
			req := get("/")
			req.Body = test.body
			if got := c.Match(req); got != test.want {
				t.Errorf("Match: %v", got)
			}
			if got := len(c.Explain(req)) == 0; got != test.want {
				t.Errorf("Explain: %v", c.Explain(req))
			}
		})
	}
}

func TestMatchOptionalBody(t *testing.T) {
	t.Parallel()
	m := body(expectations.StringBody{Value: "abc"})
	m.Body.Optional = true
	c, err := expectations.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]bool{"": true, "abc": true, "x": false} {
		if got := c.Match(posted(content)); got != want {
			t.Errorf("body %q: %v", content, got)
		}
	}
}

func TestMatchBodyCharset(t *testing.T) {
	t.Parallel()
	c, err := expectations.Compile(body(expectations.StringBody{Value: "caf\u00e9"}))
	if err != nil {
		t.Fatal(err)
	}
	for contentType, want := range map[string]bool{
		"text/plain; charset=ISO-8859-1": true,
		"text/plain; charset=utf-8":      false,
		"text/plain":                     false,
		"text/plain; charset":            false,
	} {
		req := posted("caf\xe9")
		req.Header.Set("Content-Type", contentType)
		if got := c.Match(req); got != want {
			t.Errorf("%s: %v", contentType, got)
		}
	}
	req := posted("\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00")
	req.Header.Set("Content-Type", "application/json; charset=utf-16")
	c, err = expectations.Compile(body(expectations.JSONBody{Raw: []byte(`{"a":1}`)}))
	if err != nil || !c.Match(req) {
		t.Errorf("JSON in UTF-16: %v %v", err, c.Explain(req))
	}
}

// A jsonCase is a JSON matcher, a body, and whether they agree as subset and
// strictly.
type jsonCase struct {
	name, want, body string
	subset, strict   bool
}

func (c jsonCase) run(t *testing.T) {
	t.Parallel()
	for strict, want := range map[bool]bool{false: c.subset, true: c.strict} {
		compiled, err := expectations.Compile(body(expectations.JSONBody{Raw: []byte(c.want), Strict: strict}))
		if err != nil {
			t.Fatal(err)
		}
		if got := compiled.Match(posted(c.body)); got != want {
			t.Errorf("strict %v: %v", strict, got)
		}
	}
}

func TestMatchJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []jsonCase{
		{"equal", `{"a":1,"b":[1,2]}`, `{"b":[1,2],"a":1}`, true, true},
		{"extra member", `{"a":1}`, `{"a":1,"b":2}`, true, false},
		{"missing member", `{"a":1,"b":2}`, `{"a":1}`, false, false},
		{"null is not missing", `{"a":null}`, `{}`, false, false},
		{"other value", `{"a":1}`, `{"a":2}`, false, false},
		{"deep extra member", `{"a":{"b":{"c":1}}}`, `{"a":{"b":{"c":1,"d":2},"e":3}}`, true, false},
		{"array order", `[1,2]`, `[2,1]`, true, false},
		{"extra item", `[1]`, `[1,2]`, true, false},
		{"missing item", `[1,2]`, `[1]`, false, false},
		{"an item for each", `[1,1]`, `[1,2]`, false, false},
		{"an item for each, in order", `[1,1,2]`, `[1,1,2]`, true, true},
		{"empty array wants nothing", `{"a":[]}`, `{"a":[1]}`, true, false},
		{"empty object wants nothing", `{}`, `{"a":1}`, true, false},
		{"items swapped by need", `[{},{"a":1}]`, `[{"a":1},{}]`, true, false},
		{"items moved along a chain", `[{},{"a":1},{"b":1}]`, `[{"b":1},{"a":1},{}]`, true, false},
		{"items without an assignment", `[{"a":1},{"a":1},{}]`, `[{"a":1},{},{}]`, false, false},
		{"arrays of arrays", `[[1],[2]]`, `[[2,3],[1,3]]`, true, false},
		{"integer and decimal differ", `1`, `1.0`, false, false},
		{"decimals by value", `1.10`, `1.1`, true, true},
		{"number and string differ", `1`, `"1"`, false, false},
		{"case counts", `"a"`, `"A"`, false, false},
		{"true is not a string", `true`, `"true"`, false, false},
		{"null", `null`, `null`, true, true},
		{"scalar for object", `{"a":1}`, `5`, false, false},
		{"object for scalar", `5`, `{"a":1}`, false, false},
		{"array for object", `{"a":1}`, `[{"a":1}]`, false, false},
		{"no JSON", `{"a":1}`, `a=1`, false, false},
		{"nothing", `{}`, ``, false, false},
		{"trailing text", `{}`, `{} x`, false, false},
		{"last of equal names", `{"a":2}`, `{"a":1,"a":2}`, true, true},
		{"last of equal names wanted", `{"a":1,"a":2}`, `{"a":2}`, true, true},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchJSONPlaceholders(t *testing.T) {
	t.Parallel()
	for _, test := range []jsonCase{
		{"ignore", `{"a":"${json-unit.ignore}"}`, `{"a":[1]}`, true, true},
		{"ignore wants it there", `{"a":"${json-unit.ignore}"}`, `{}`, false, false},
		{"ignore element", `{"a":"${json-unit.ignore-element}","b":1}`, `{"b":1}`, true, true},
		{"older notation", `{"a":"#{json-unit.any-number}"}`, `{"a":1.5}`, true, true},
		{"any string", `"${json-unit.any-string}"`, `"x"`, true, true},
		{"any string is no number", `"${json-unit.any-string}"`, `1`, false, false},
		{"any number is no string", `"${json-unit.any-number}"`, `"1"`, false, false},
		{"any boolean", `["${json-unit.any-boolean}"]`, `[false]`, true, true},
		{"regex", `"${json-unit.regex}[A-Z]+"`, `"ABC"`, true, true},
		{"regex keeps case", `"${json-unit.regex}[A-Z]+"`, `"abc"`, false, false},
		{"regex is whole", `"${json-unit.regex}[A-Z]+"`, `"ABC1"`, false, false},
		{"placeholder takes an item", `["${json-unit.any-number}",1]`, `[1,2]`, true, false},
		{"not a placeholder", `"${json-unit.nonsense}"`, `"${json-unit.nonsense}"`, true, true},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchJSONNumbersAsStrings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, body string
		ok         bool
	}{
		{`1`, `1.0`, true},
		{`{"a":1.50}`, `{"a":1.5}`, true},
		{`{"a":"1"}`, `{"a":1}`, false},
		{`{"a":1}`, `{"a":"1"}`, false},
		{`1`, `2`, false},
		{`[1,2.0]`, `[2,1.0]`, true},
	} {
		kind := expectations.JSONBody{Raw: []byte(test.want), NumbersAsStrings: true}
		c, err := expectations.Compile(body(kind))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Match(posted(test.body)); got != test.ok {
			t.Errorf("%s agrees with %s: %v", test.want, test.body, got)
		}
	}
}

func TestCompileRejectsJSON(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"a":`:                             "body",
		`"${json-unit.regex}("`:             "missing closing",
		`{"a":["${json-unit.matches:x}y"]}`: "not supported",
	} {
		_, err := expectations.Compile(body(expectations.JSONBody{Raw: []byte(raw)}))
		if _, ok := errors.AsType[*expectations.PatternError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// TestMatchJSONLarge compares documents of which each could cost the square
// of its size.
func TestMatchJSONLarge(t *testing.T) {
	t.Parallel()
	var members, items []string
	for i := range 20_000 {
		members = append(members, fmt.Sprintf(`"n%d":%d`, i, i))
		items = append(items, fmt.Sprintf(`{"id":%d}`, i))
	}
	for _, doc := range []string{
		"{" + strings.Join(members, ",") + "}",
		"[" + strings.Join(items, ",") + "]",
	} {
		for _, strict := range []bool{false, true} {
			c, err := expectations.Compile(body(expectations.JSONBody{Raw: []byte(doc), Strict: strict}))
			if err != nil {
				t.Fatal(err)
			}
			if !c.Match(posted(doc)) {
				t.Errorf("strict %v: a document of %d bytes does not agree with itself", strict, len(doc))
			}
		}
	}
}

func FuzzMatchJSON(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a":1}`, `5`},
		{`[{},{"a":1}]`, `[{"a":1},{}]`},
		{`{"a":[1,2,{"b":null}]}`, `{"a":[{"b":null,"c":1},2,1]}`},
		{`["${json-unit.any-string}"]`, `["x"]`},
		{`1`, `1.0`},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`"`, `{`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, want, content []byte) {
		match := func(want []byte, strict bool, content []byte) bool {
			kind := expectations.JSONBody{Raw: want, Strict: strict}
			c, err := expectations.Compile(body(kind))
			if err != nil {
				return false
			}
			return c.Match(posted(string(content)))
		}
		strict, subset := match(want, true, content), match(want, false, content)
		if strict && !subset {
			t.Errorf("%s is strictly but not otherwise %s", content, want)
		}
		if strings.Contains(string(want), "json-unit") || strings.Contains(string(content), "json-unit") || strings.Contains(string(want), `\`) || strings.Contains(string(content), `\`) {
			return
		}
		a, errA := jsondoc.Parse(want)
		b, errB := jsondoc.Parse(content)
		if errA != nil || errB != nil {
			return
		}
		if equal := jsondoc.Equal(a, b); equal != strict {
			t.Errorf("%s and %s: equal %v, strictly matched %v", want, content, equal, strict)
		}
		if !match(want, true, want) || !match(want, false, want) {
			t.Errorf("%s does not match itself", want)
		}
	})
}
