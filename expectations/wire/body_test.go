package wire_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// kind is a condition on the body and nothing beside it.
func kind(k expectations.BodyKind) *expectations.BodyMatcher {
	return &expectations.BodyMatcher{Kind: k}
}

func raw(s string) *expectations.BodyMatcher { return kind(expectations.JSONBody{Raw: []byte(s)}) }

var multi = expectations.MultiMatcher{Entries: []expectations.NamedTexts{
	{Name: expectations.Text{Value: "a"}, Values: []expectations.Text{{Value: "1"}}},
}}

var requestBodies = []struct {
	name, in string
	want     *expectations.BodyMatcher
	print    string // compact; "" if as in
}{
	{"string", `"some text"`, kind(expectations.StringBody{Value: "some text"}), ""},
	{"typed string", `{"type":"STRING","string":"x"}`, kind(expectations.StringBody{Value: "x"}), `"x"`},
	{"inferred string", `{"string":"x"}`, kind(expectations.StringBody{Value: "x"}), `"x"`},
	{"inferred ignoring case", `{"String":"x"}`, kind(expectations.StringBody{Value: "x"}), `"x"`},
	{
		"all of a string", `{"not":true,"optional":true,"type":"STRING","string":"x","rawBytes":"eA==","subString":true,"contentType":"text/plain"}`,
		&expectations.BodyMatcher{
			Not: true, Optional: true, ContentType: "text/plain",
			Kind: expectations.StringBody{Value: "x", SubString: true},
		}, "",
	},
	{"raw bytes are no condition", `{"type":"STRING","string":"x","rawBytes":"eA=="}`, kind(expectations.StringBody{Value: "x"}), `"x"`},
	{"bare object", `{"a":1}`, raw(`{"a":1}`), ""},
	{"bare array", `[1,"b"]`, raw(`[1,"b"]`), ""},
	{"empty object", `{}`, raw(`{}`), ""},
	{"an object with a type of its own", `{"type":"user","a":1}`, raw(`{"type":"user","a":1}`), ""},
	{"typed JSON", `{"type":"JSON","json":{"a":1}}`, raw(`{"a":1}`), `{"a":1}`},
	{"JSON as text", `{"type":"JSON","json":"{a:1,}"}`, raw(`{"a":1}`), `{"a":1}`},
	{"the default content type is not printed", `{"json":[1],"contentType":"application/json; charset=utf-8"}`, raw(`[1]`), `[1]`},
	{
		"all of JSON",
		`{"not":true,"contentType":"text/json","type":"JSON","json":{"a":1.10},"matchType":"STRICT","matchNumbersAsStrings":true}`,
		&expectations.BodyMatcher{
			Not: true, ContentType: "text/json",
			Kind: expectations.JSONBody{Raw: []byte(`{"a":1.10}`), Strict: true, NumbersAsStrings: true},
		}, "",
	},
	{"scalar JSON stays typed", `{"type":"JSON","json":5}`, raw(`5`), ""},
	{"JSON string", `{"type":"JSON","json":"\"a\""}`, raw(`"a"`), ""},
	{"JSON null", `{"type":"JSON","json":"null"}`, raw(`null`), ""},
	{"JSON that looks typed stays typed", `{"type":"JSON","json":{"string":"x"}}`, raw(`{"string":"x"}`), ""},
	{"JSON that looks like a refused kind stays typed", `{"type":"JSON","json":{"xpath":"x"}}`, raw(`{"xpath":"x"}`), ""},
	{"JSON schema", `{"type":"JSON_SCHEMA","jsonSchema":{"type":"object"}}`, kind(expectations.JSONSchemaBody{Schema: []byte(`{"type":"object"}`)}), ""},
	{"JSON schema as text", `{"JSONSCHEMA":"{type:'object'}"}`, kind(expectations.JSONSchemaBody{Schema: []byte(`{"type":"object"}`)}), `{"type":"JSON_SCHEMA","jsonSchema":{"type":"object"}}`},
	{"JSONPath", `{"not":true,"type":"JSON_PATH","jsonPath":"$..a"}`, &expectations.BodyMatcher{Not: true, Kind: expectations.JSONPathBody{Path: "$..a"}}, ""},
	{"inferred JSONPath", `{"jsonPath":"$..a"}`, kind(expectations.JSONPathBody{Path: "$..a"}), `{"type":"JSON_PATH","jsonPath":"$..a"}`},
	{"XML", `{"type":"XML","xml":"<a/>","rawBytes":"PGEvPg=="}`, kind(expectations.XMLBody{Value: "<a/>"}), ""},
	{"all of XML", `{"optional":true,"contentType":"text/xml","type":"XML","xml":"<a/>","rawBytes":"PGEvPg=="}`, &expectations.BodyMatcher{Optional: true, ContentType: "text/xml", Kind: expectations.XMLBody{Value: "<a/>"}}, ""},
	{"the default content type of XML", `{"xml":"<a/>","contentType":"application/xml; charset=utf-8"}`, kind(expectations.XMLBody{Value: "<a/>"}), `{"type":"XML","xml":"<a/>","rawBytes":"PGEvPg=="}`},
	{"XPath", `{"type":"XPATH","xpath":"//a"}`, kind(expectations.XPathBody{Path: "//a"}), ""},
	{"XPath with namespaces", `{"xPath":"//b:a","namespacePrefixes":{"c":"v","b":"u"}}`, kind(expectations.XPathBody{Path: "//b:a", Namespaces: map[string]string{"b": "u", "c": "v"}}), `{"type":"XPATH","xpath":"//b:a","namespacePrefixes":{"b":"u","c":"v"}}`},
	{"GraphQL", `{"type":"GRAPHQL","query":"{a}","operationName":"N","variablesSchema":"{\"type\":\"object\"}"}`, kind(expectations.GraphQLBody{Query: "{a}", OperationName: "N", VariablesSchema: []byte(`{"type":"object"}`)}), ""},
	{"GraphQL with a schema as JSON", `{"type":"GRAPHQL","QUERY":"{a}","variablesSchema":{"a":1},"fields":[]}`, kind(expectations.GraphQLBody{Query: "{a}", VariablesSchema: []byte(`{"a":1}`)}), `{"type":"GRAPHQL","query":"{a}","variablesSchema":"{\"a\":1}"}`},
	{"inferred GraphQL", `{"graphql":{"query":"{a}"},"not":true}`, &expectations.BodyMatcher{Not: true, Kind: expectations.GraphQLBody{Query: "{a}"}}, `{"not":true,"type":"GRAPHQL","query":"{a}"}`},
	{"regex", `{"type":"REGEX","regex":".*"}`, kind(expectations.RegexBody{Pattern: ".*"}), ""},
	{"inferred regex", `{"regex":"a+","not":true}`, &expectations.BodyMatcher{Not: true, Kind: expectations.RegexBody{Pattern: "a+"}}, `{"not":true,"type":"REGEX","regex":"a+"}`},
	{"binary", `{"type":"BINARY","base64Bytes":"AAH/","contentType":"image/png"}`, &expectations.BodyMatcher{
		ContentType: "image/png", Kind: expectations.BinaryBody{Bytes: []byte{0, 1, 255}},
	}, ""},
	{"parameters", `{"type":"PARAMETERS","parameters":{"a":["1"]}}`, kind(expectations.ParametersBody{Parameters: multi}), ""},
	{"parameters as an array", `{"type":"PARAMETERS","parameters":[{"name":"a","values":["1"]}]}`, kind(expectations.ParametersBody{Parameters: multi}), `{"type":"PARAMETERS","parameters":{"a":["1"]}}`},
	{"no parameters", `{"type":"PARAMETERS","parameters":{}}`, kind(expectations.ParametersBody{}), `{"type":"PARAMETERS"}`},
	{"parameters need their type", `{"parameters":{"a":["1"]}}`, raw(`{"parameters":{"a":["1"]}}`), ""},
	{"a GraphQL request is JSON", `{"query":"{ a }","graphQL":"x"}`, raw(`{"query":"{ a }","graphQL":"x"}`), ""},
	{"empty string", `""`, kind(expectations.StringBody{}), `""`},
	{"empty typed string", `{"type":"STRING","string":""}`, kind(expectations.StringBody{}), `""`},
}

func TestRequestBody(t *testing.T) {
	t.Parallel()
	for _, tt := range requestBodies {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := decodeOne(t, `{"httpRequest":{"body":`+tt.in+`},"httpResponse":{}}`)
			if diff := cmp.Diff(tt.want, e.Request.Body); diff != "" {
				t.Errorf("read otherwise:\n%s", diff)
			}
			want := tt.print
			if want == "" {
				want = tt.in
			}
			got := "none"
			if body, ok := wire.MatcherJSON(e.Request).Get("body"); ok {
				got = string(body.AppendCompact(nil))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("printed otherwise:\n%s", diff)
			}
		})
	}
}

const utf8JSON = "application/json; charset=utf-8"

func body(kind expectations.AnswerBodyKind, bytes, contentType string) *expectations.AnswerBody {
	return &expectations.AnswerBody{Kind: kind, Bytes: []byte(bytes), ContentType: contentType}
}

var answerBodies = []struct {
	name, in string
	want     *expectations.AnswerBody
	print    string // compact; "" if as in
}{
	{"string", `"{\"a\":1}"`, body("STRING", `{"a":1}`, ""), ""},
	{"typed string", `{"type":"STRING","string":"x"}`, body("STRING", "x", ""), `"x"`},
	{"string of a type", `{"type":"STRING","string":"x","rawBytes":"eA==","contentType":"text/plain"}`, body("STRING", "x", "text/plain"), ""},
	{"string of a charset", `{"type":"STRING","string":"é","rawBytes":"6Q==","contentType":"text/plain; charset=latin1"}`, body("STRING", "é", "text/plain; charset=latin1"), ""},
	{"string with other bytes", `{"string":"?","rawBytes":"/w==","type":"STRING"}`, body("STRING", "\xff", ""), `{"type":"STRING","string":"` + "\ufffd" + `","rawBytes":"/w=="}`},
	{"object", `{"a":[1]}`, body("JSON", "{\n  \"a\" : [ 1 ]\n}", utf8JSON), ""},
	{"array", `[{}]`, body("JSON", "[ { } ]", utf8JSON), ""},
	{"empty object", `{}`, body("JSON", "{ }", utf8JSON), ""},
	{"typed JSON", `{"json":{"a":1}}`, body("JSON", "{\n  \"a\" : 1\n}", utf8JSON), `{"a":1}`},
	{"JSON text is sent as it is", `{"json":"{\"a\":1}"}`, body("JSON", `{"a":1}`, utf8JSON), `{"type":"JSON","json":{"a":1},"rawBytes":"eyJhIjoxfQ=="}`},
	{"JSON of a type", `{"contentType":"application/hal+json","type":"JSON","json":[]}`, body("JSON", "[ ]", "application/hal+json"), ""},
	{"JSON that looks typed", `{"type":"JSON","json":{"string":"x"}}`, body("JSON", "{\n  \"string\" : \"x\"\n}", utf8JSON), ""},
	{"JSON with a regex member", `{"regex":"x"}`, body("JSON", "{\n  \"regex\" : \"x\"\n}", utf8JSON), ""},
	{"XML", `{"type":"XML","xml":"<a/>","rawBytes":"PGEvPg=="}`, body("XML", "<a/>", "application/xml; charset=utf-8"), ""},
	{"XML of a type", `{"type":"XML","xml":"<a/>","rawBytes":"PGEvPg==","contentType":"text/xml"}`, body("XML", "<a/>", "text/xml"), ""},
	{"binary", `{"type":"BINARY","base64Bytes":"AAH/"}`, body("BINARY", "\x00\x01\xff", ""), ""},
	{"form", `{"type":"PARAMETERS","parameters":{"b":["1","x y"],"a":"&=é"}}`, body("PARAMETERS", "b=1&b=x+y&a=%26%3D%C3%A9", "application/x-www-form-urlencoded"), `{"type":"PARAMETERS","parameters":[{"name":"b","values":["1","x y"]},{"name":"a","values":["&=é"]}]}`},
	{"form of a type", `{"type":"PARAMETERS","parameters":[],"contentType":"text/x"}`, body("PARAMETERS", "", "text/x"), ""},
	{"form with a name twice", `{"type":"PARAMETERS","parameters":[{"name":"a","values":["!1"]},{"name":"b","values":[""]},{"name":"a","values":["2"]}]}`, body("PARAMETERS", "a=%211&a=2&b=", "application/x-www-form-urlencoded"), `{"type":"PARAMETERS","parameters":[{"name":"a","values":["!1","2"]},{"name":"b","values":[""]}]}`},
	{"parameters need their type", `{"parameters":{"a":1}}`, body("JSON", "{\n  \"parameters\" : {\n    \"a\" : 1\n  }\n}", utf8JSON), ""},
	{"file", `{"filePath":"a/b.json","type":"FILE"}`, &expectations.AnswerBody{Kind: "FILE", File: "a/b.json"}, ""},
	{"file that is a template", `{"contentType":"text/x","filePath":"a","templateType":"MUSTACHE","type":"FILE"}`, &expectations.AnswerBody{Kind: "FILE", File: "a", ContentType: "text/x", FileTemplate: "MUSTACHE"}, ""},
	{"inferred file of a type", `{"filePath":"./a","contentType":"text/x"}`, &expectations.AnswerBody{Kind: "FILE", File: "./a", ContentType: "text/x"}, `{"contentType":"text/x","filePath":"./a","type":"FILE"}`},
	{"empty string", `""`, nil, `none`},
}

func TestAnswerBody(t *testing.T) {
	t.Parallel()
	for _, tt := range answerBodies {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := decodeOne(t, `{"httpResponse":{"body":`+tt.in+`}}`)
			if diff := cmp.Diff(tt.want, answer(e).Body); diff != "" {
				t.Errorf("read otherwise:\n%s", diff)
			}
			want := tt.print
			if want == "" {
				want = tt.in
			}
			printed := wire.ExpectationJSON(e)
			if diff := cmp.Diff(want, bodyOf(printed)); diff != "" {
				t.Errorf("printed otherwise:\n%s", diff)
			}
			again := decodeOne(t, string(printed.AppendCompact(nil)))
			if diff := cmp.Diff(tt.want, answer(again).Body); diff != "" {
				t.Errorf("the printed form reads back otherwise:\n%s", diff)
			}
		})
	}
}

// Recorded bytes need not be what their kind says; they are printed as what
// they are.
func TestAnswerBodyThatDoesNotFit(t *testing.T) {
	t.Parallel()
	for in, want := range map[expectations.AnswerBodyKind]string{
		expectations.AnswerJSON:   `"{broken"`,
		expectations.AnswerString: `"{broken"`,
		"SOMETHING":               `"{broken"`,
	} {
		e := &expectations.Expectation{Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Body: &expectations.AnswerBody{Kind: in, Bytes: []byte("{broken")},
		}}}}
		if diff := cmp.Diff(want, bodyOf(wire.ExpectationJSON(e))); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
		answer(e).Body.Bytes = []byte("\xff{")
		if got := bodyOf(wire.ExpectationJSON(e)); !strings.Contains(got, `"/3s="`) {
			t.Errorf("%s: the bytes are lost: %s", in, got)
		}
	}
}

func answer(e *expectations.Expectation) *expectations.Answer {
	r, ok := e.Action.(*expectations.Respond)
	if !ok {
		return nil
	}
	return r.Answers[0]
}

func bodyOf(printed jsondoc.Value) string {
	resp, _ := printed.Get("httpResponse")
	if body, ok := resp.Get("body"); ok {
		return string(body.AppendCompact(nil))
	}
	return "none"
}

// JSON that is nested as deeply as can be read, printed within an
// expectation, can still be read.
func TestDeepBodies(t *testing.T) {
	t.Parallel()
	for depth := jsondoc.MaxDepth - 6; depth <= jsondoc.MaxDepth; depth++ {
		deep := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		text := `{"type":"JSON","json":"` + deep + `"}`
		e := decodeOne(t, `{"httpRequest":{"body":`+text+`},"httpResponses":[{"body":`+text+`}]}`)
		again := decodeOne(t, string(wire.EncodeExpectation(nil, e)))
		if diff := cmp.Diff(e, again); diff != "" {
			t.Errorf("depth %d: %s", depth, diff)
		}
		req := &expectations.Request{
			Header: http.Header{"Content-Type": {"application/json"}}, Body: expectations.Body{Bytes: []byte(deep)},
		}
		if body, _ := wire.RequestJSON(req).Get("body"); body.IsZero() {
			t.Errorf("depth %d: the body is lost", depth)
		}
	}
}

// Each kind of body of the domain has a file and is read and printed.
func TestEveryBodyKindHasARow(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("body_*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) != len(expectations.BodyTypes()) {
		t.Errorf("%d files for %d kinds", len(files), len(expectations.BodyTypes()))
	}
	contents := map[string]string{
		"BINARY": "base64Bytes", "JSON": "json", "JSON_SCHEMA": "jsonSchema", "GRAPHQL": "query", "XML": "xml", "XPATH": "xpath", "JSON_PATH": "jsonPath", "PARAMETERS": "parameters", "REGEX": "regex", "STRING": "string",
	}
	for _, name := range expectations.BodyTypes() {
		if _, err := os.Stat("body_" + strings.ToLower(name) + ".go"); err != nil {
			t.Error(err)
		}
		value := `""`
		switch name {
		case "PARAMETERS":
			value = `{"a":["1"]}`
		case "JSON", "JSON_SCHEMA":
			value = `{}`
		case "STRING", "XML":
			value = `"","rawBytes":""`
		}
		in := `{"not":true,"type":"` + name + `","` + contents[name] + `":` + value + `}`
		e := decodeOne(t, `{"httpRequest":{"body":`+in+`},"httpResponse":{}}`)
		if e.Request.Body.Kind.Type() != name {
			t.Errorf("%s is read as %s", name, e.Request.Body.Kind.Type())
		}
		body, _ := wire.MatcherJSON(e.Request).Get("body")
		if diff := cmp.Diff(in, string(body.AppendCompact(nil))); diff != "" {
			t.Error(diff)
		}
	}
}
