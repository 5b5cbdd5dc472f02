package wire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

const links = `OpenAPI Specification: https://app.swaggerhub.com/apis/jamesdbloom/mock-server-openapi/7.0.x
  Documentation: https://mock-server.com/mock_server/creating_expectations.html`

// The whole text, as MockServer lays it out: blank lines within an indented
// part carry the indent.
var validationTexts = []struct{ name, in, want string }{
	{
		"one bad expectation",
		`{"httpRequest":{"paths":"/somePath","body":{"type":"STRING","vaue":"someBody"}},"httpResponse":{}}`,
		`incorrect expectation json format for:

  {
    "httpRequest" : {
      "paths" : "/somePath",
      "body" : {
        "type" : "STRING",
        "vaue" : "someBody"
      }
    },
    "httpResponse" : { }
  }

 schema validation errors:

  3 errors:
   - $.httpRequest.body.string: is missing but it is required in a body of type STRING
   - $.httpRequest.body.vaue: is not defined in the schema and the schema does not allow additional properties
   - $.httpRequest.paths: is not defined in the schema and the schema does not allow additional properties (did you mean "path"?)
  ` + "\n  " + links,
	},
	{
		"several bad expectations",
		`[{"httpResponse":{}},{"httpResponse":1},{"x":{}}]`,
		`[
  incorrect expectation json format for:
  
    {
      "httpResponse" : 1
    }
  
   schema validation errors:
  
    1 error:
     - $.httpResponse: integer found, object expected
    
    ` + strings.ReplaceAll(links, "\n", "\n  ") + `,
  
  incorrect expectation json format for:
  
    {
      "x" : { }
    }
  
   schema validation errors:
  
    12 errors:
     - $.httpError: is missing, but is required, if specifying action of type Error
     - $.httpForward: is missing, but is required, if specifying action of type Forward
     - $.httpForwardObjectCallback: is missing, but is required, if specifying action of type ForwardObjectCallback
     - $.httpForwardTemplate: is missing, but is required, if specifying action of type ForwardTemplate
     - $.httpForwardWithFallback: is missing, but is required, if specifying action of type ForwardWithFallback
     - $.httpOverrideForwardedRequest: is missing, but is required, if specifying action of type OverrideForwardedRequest
     - $.httpResponse: is missing, but is required, if specifying action of type Response
     - $.httpResponseObjectCallback: is missing, but is required, if specifying action of type ResponseObjectCallback
     - $.httpResponseTemplate: is missing, but is required, if specifying action of type ResponseTemplate
     - $.httpResponses: is missing, but is required, if specifying action of type Responses
     - $.x: is not defined in the schema and the schema does not allow additional properties
     - oneOf of the following must be specified [httpError, httpForward, httpForwardObjectCallback, httpForwardTemplate, httpForwardWithFallback, httpOverrideForwardedRequest, httpResponse, httpResponseObjectCallback, httpResponseTemplate, httpResponses]
    
    ` + strings.ReplaceAll(links, "\n", "\n  ") + "\n]",
	},
	{"nothing", ``, "1 error:\n - an expectation or expectation array is required but value was \"\""},
	{"an empty JSON string", ` "" `, "1 error:\n - an expectation or expectation array is required but value was \"\""},
	{"an empty array", `[]`, "1 error:\n - an expectation or array of expectations is required"},
	{"no JSON", `{"a":}`, "JsonParseException: line 1, column 6: unexpected character '}' where a value should begin"},
}

func TestValidationText(t *testing.T) {
	t.Parallel()
	for _, tt := range validationTexts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := wire.DecodeExpectations([]byte(tt.in))
			var invalid *wire.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v, want a ValidationError", err)
			}
			if diff := cmp.Diff(tt.want, invalid.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A large document that is wrong all over is refused in good time and few
// words.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	names := strings.Builder{}
	for i := range 50_000 {
		fmt.Fprintf(&names, `"n%d":1,`, i)
	}
	_, err := wire.DecodeExpectations([]byte(`{"httpResponse":{},"httpRequest":{"headers":{` + names.String() + `"x":1},` + names.String() + `"y":1}}`))
	var invalid *wire.ValidationError
	if !errors.As(err, &invalid) || len(invalid.Problems) != 100 {
		t.Errorf("%d problems", len(invalid.Problems))
	}
}

func TestLongDocumentIsCut(t *testing.T) {
	t.Parallel()
	_, err := wire.DecodeExpectations([]byte(`{"x":"` + strings.Repeat("é", 100_000) + `"}`))
	if err == nil || len(err.Error()) > 70_000 || !strings.Contains(err.Error(), "bytes more)") {
		t.Errorf("the text has %d bytes", len(err.Error()))
	}
}

// bodyTypes are the kinds of body there are, as messages name them.
var bodyTypes = strings.Join(expectations.BodyTypes(), ", ")

const undefined = "is not defined in the schema and the schema does not allow additional properties"

const severalActions = `has several actions, of which exactly one must have "primary" : true; a list of responses is the primary one by itself`

var problems = []struct {
	in   string
	want []string
}{
	{`5`, []string{`$: integer found, object expected`}},
	{`{"httpResponse":[]}`, []string{`$.httpResponse: array found, object expected`}},
	{`{"httpResponse":{"statuscode":200}}`, []string{`$.httpResponse.statuscode: ` + undefined + ` (did you mean "statusCode"?)`}},
	{`{"httpResponse":{"statusCode":"200"}}`, []string{`$.httpResponse.statusCode: string found, integer expected`}},
	{`{"httpResponse":{"statusCode":100}}`, []string{`$.httpResponse.statusCode: must be between 200 and 999: an answer has a final status (RFC 9110 §15)`}},
	{`{"httpResponse":{"headers":{"a b":["1"]}}}`, []string{`$.httpResponse.headers['a b']: invalid header format, "a b" is not a header name (RFC 9110 §5.1)`}},
	{`{"httpResponse":{"headers":{"a":["1\r\nx: y"]}}}`, []string{`$.httpResponse.headers.a[0]: has a line break or NUL, which a header value cannot hold (RFC 9110 §5.5)`}},
	{`{"httpResponse":{"headers":{"a":[1]}}}`, []string{`$.httpResponse.headers.a[0]: integer found, string expected`}},
	{`{"httpResponse":{"headers":"a"}}`, []string{`$.httpResponse.headers: string found, object expected`}},
	{`{"httpResponse":{"headers":[{"values":["1"]}]}}`, []string{`$.httpResponse.headers[0]: name: is missing but it is required`}},
	{`{"httpResponse":{"cookies":{"a;b":"1"}}}`, []string{`$.httpResponse.cookies['a;b']: "a;b" is not a cookie name`}},
	{`{"httpResponse":{"body":5}}`, []string{`$.httpResponse.body: should match one of its valid types: a string, a JSON object or array, or an object with a type of STRING, JSON, XML, BINARY, FILE, PARAMETERS`}},
	{`{"httpResponse":{"body":{"type":"FILE","filePath":"../x"}}}`, []string{`$.httpResponse.body.filePath: leads out of the working directory, below which the files of responses must be`}},
	{`{"httpResponse":{"body":{"filePath":""}}}`, []string{`$.httpResponse.body.filePath: is empty`}},
	{`{"httpResponse":{"body":{"filePath":5}}}`, []string{`$.httpResponse.body.filePath: integer found, string expected`}},
	{`{"httpResponse":{"body":{"type":"FILE"}}}`, []string{`$.httpResponse.body.filePath: is missing but it is required in a body of type FILE`}},
	{`{"httpResponse":{"body":{"type":"PARAMETERS","parameters":{"a":[{"not":true,"value":"b"}],"b":1}}}}`, []string{
		`$.httpResponse.body.parameters.a[0]: not, optional and schema have no meaning in a response`,
		`$.httpResponse.body.parameters.b[0]: integer found, string expected`,
	}},
	{`{"httpResponse":{"body":{"base64Bytes":"?"}}}`, []string{`$.httpResponse.body.base64Bytes: is not base64: illegal base64 data at input byte 0`}},
	{`{"httpResponse":{"delay":{"timeUnit":"WEEKS","value":-1}}}`, []string{
		`$.httpResponse.delay.timeUnit: does not have a value in the enumeration ["DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"]`,
		`$.httpResponse.delay.value: must be between 0 and 9223372036854775807`,
	}},
	{`{"httpResponse":{"delay":{"template":"{{a","templateType":"JAVASCRIPT"}}}`, []string{
		`$.httpResponse.delay.templateType: does not have a value in the enumeration ["VELOCITY", "MUSTACHE"]`,
	}},
	{`{"httpError":{"delay":{"template":"{{#a}}","templateType":"MUSTACHE"}}}`, []string{`$.httpError.delay.template: line 1: section "a" has no end: write {{/a}}`}},
	{`{"httpError":{"delay":{"template":"1"}}}`, []string{`$.httpError.delay.templateType: is missing but it is required`}},
	{`{"httpResponse":{"body":{"type":"FILE","filePath":"a","templateType":"VELOCITY"}}}`, []string{
		`$.httpResponse.body.templateType: VELOCITY is not supported by this version: write the template in MUSTACHE`,
	}},
	{`{"httpOverrideForwardedRequest":{"responseOverride":{"body":{"type":"FILE","filePath":"a","templateType":"MUSTACHE"}}}}`, []string{
		`$.httpOverrideForwardedRequest.responseOverride.body.templateType: is not supported in what changes an answer: use a responseTemplate or an httpResponseTemplate`,
	}},
	{`{"httpResponse":{"delay":{"distribution":{}}}}`, []string{`$.httpResponse.delay.distribution.type: is missing but it is required in a distribution`}},
	{`{"httpResponse":{"delay":{"distribution":{"type":"UNIFORM","min":2,"max":1}}}}`, []string{`$.httpResponse.delay.distribution: UNIFORM needs min and max, and max must not be below min`}},
	{`{"httpResponse":{"delay":{"distribution":{"type":"LOG_NORMAL","p99":1}}}}`, []string{`$.httpResponse.delay.distribution: LOG_NORMAL needs a median above 0 and a p99 that is not below it`}},
	{`{"httpResponse":{"delay":{"distribution":{"type":"PARETO","min":-1}}}}`, []string{
		`$.httpResponse.delay.distribution.min: must be between 0 and 9223372036854775807`,
		`$.httpResponse.delay.distribution.type: does not have a value in the enumeration ["UNIFORM", "LOG_NORMAL", "GAUSSIAN"]`,
	}},
	{`{"httpResponse":{"connectionOptions":{"closeSocket":"yes","chunkSize":-1,"chunkDelay":{"unit":1}}}}`, []string{
		`$.httpResponse.connectionOptions.chunkDelay.unit: ` + undefined,
		`$.httpResponse.connectionOptions.chunkSize: must be between 0 and 2147483647`,
		`$.httpResponse.connectionOptions.closeSocket: string found, boolean expected`,
	}},
	{`{"httpResponse":{},"percentage":101}`, []string{`$.percentage: must be between 0 and 100`}},
	{`{"httpForwardClassCallback":{"callbackClass":"x"}}`, []string{`$.httpForwardClassCallback: is not supported by this version: use another action, such as httpResponse`}},
	{`{"httpForwardWithFallback":{"fallbackOnStatusCodes":["5xx"]}}`, []string{
		`$.httpForwardWithFallback.fallbackOnStatusCodes[0]: string found, integer expected`,
		`$.httpForwardWithFallback.fallbackResponse: is missing but it is required`,
		`$.httpForwardWithFallback.httpForward: is missing but it is required`,
	}},
	{`{"httpResponseTemplate":{"templateType":"VELOCITY","template":"x"}}`, []string{
		`$.httpResponseTemplate.templateType: VELOCITY is not supported by this version: write the template in MUSTACHE`,
	}},
	{`{"httpForwardTemplate":{"templateType":"JAVASCRIPT","template":"x"}}`, []string{
		`$.httpForwardTemplate.templateType: JAVASCRIPT is not supported by this version: write the template in MUSTACHE`,
	}},
	{`{"httpForwardTemplate":{"templateType":"MUSTACHE","template":"\n{{#a}}"}}`, []string{
		`$.httpForwardTemplate.template: line 2: section "a" has no end: write {{/a}}`,
	}},
	{`{"httpResponseTemplate":{"templateType":"MUSTACHE","templateFile":"../x"}}`, []string{
		`$.httpResponseTemplate.templateFile: leads out of the working directory, below which the files of responses must be`,
	}},
	{`{"httpResponseTemplate":{"templateType":"MUSTACHE","templateFile":""}}`, []string{`$.httpResponseTemplate.template: is missing but it is required`}},
	{`{"httpResponseTemplate":{"templateType":"MUSTACHE","template":"{{#jsonPath}}$.a[{{/jsonPath}}"}}`, []string{
		`$.httpResponseTemplate.template: line 1: section "jsonPath": JSONPath "$.a[": a whole number is missing: the path ends here at character 5`,
	}},
	{`{"httpForwardTemplate":{"templateType":"MUSTACHE","template":"\n{{ faker.name.firstName }}"}}`, []string{
		`$.httpForwardTemplate.template: line 2: "faker.name.firstName" is not supported: templates have no faker, write the text itself`,
	}},
	{`{"httpOverrideForwardedRequest":{"responseTemplate":{"templateType":"MUSTACHE","template":"{}\n{{#xPath}}/a[{{/xPath}}"}}}`, []string{
		`$.httpOverrideForwardedRequest.responseTemplate.template: line 2: section "xPath": XPath "/a[": expression must evaluate to a node-set`,
	}},
	{`{"httpForward":{"port":0}}`, []string{`$.httpForward.host: is missing but it is required`, `$.httpForward.port: must be between 1 and 65535`}},
	{`{"httpForward":{"host":"http://x","scheme":"ftp","x":1}}`, []string{
		`$.httpForward.host: is not a host name or address: scheme and port have members of their own`,
		`$.httpForward.scheme: does not have a value in the enumeration ["HTTP", "HTTPS"]`,
		`$.httpForward.x: is not defined in the schema and the schema does not allow additional properties`,
	}},
	{`{"httpResponseObjectCallback":{"responseCallback":true}}`, []string{`$.httpResponseObjectCallback.clientId: is missing but it is required`}},
	{`{"httpForwardObjectCallback":{"clientId":""}}`, []string{`$.httpForwardObjectCallback.clientId: must not be empty`}},
	{`{"httpForward":{"host":"x"},"httpResponse":{}}`, []string{`$: ` + severalActions}},
	{`{"httpForward":{"host":"x","primary":true},"httpResponse":{"primary":true}}`, []string{`$: ` + severalActions}},
	{`{"httpForward":{"host":"x","primary":true},"httpResponses":[{}]}`, []string{`$: ` + severalActions}},
	{`{"httpResponse":{},"afterActions":{},"beforeActions":[{"httpRequest":{"path":"/x"}},{"httpObjectCallback":{},"failurePolicy":"x"}]}`, []string{
		`$.afterActions.httpRequest: is missing but it is required`,
		`$.beforeActions[0].httpRequest: says not where it is sent: give a Host header or a socketAddress`,
		`$.beforeActions[1].failurePolicy: does not have a value in the enumeration ["FAIL_FAST", "BEST_EFFORT"]`,
		`$.beforeActions[1].httpObjectCallback: is not supported by this version: send an httpRequest`,
	}},
	{`{"httpResponseTemplate":{}}`, []string{
		`$.httpResponseTemplate.template: is missing but it is required`,
		`$.httpResponseTemplate.templateType: is missing but it is required`,
	}},
	{`{"httpSseResponse":{}}`, []string{`$.httpSseResponse: is not supported by this version: use another action, such as httpResponse`}},
	{`{"httpResponses":[]}`, []string{`$.httpResponses: must have at least one response`}},
	{`{"httpResponses":[{},{"x":1}]}`, []string{`$.httpResponses[1].x: ` + undefined}},
	{`{"httpResponses":[{}],"responseMode":"SWITCH"}`, []string{`$.responseMode: SWITCH is not supported by this version: use SEQUENTIAL or RANDOM`}},
	{`{"httpResponse":{},"scenarioState":"s","percentage":50}`, []string{
		`$.scenarioName: is missing, but is required beside scenarioState and newScenarioState`,
	}},
	{`{"httpResponse":{},"times":{"remainingTimes":-1}}`, []string{`$.times.remainingTimes: must not be negative; for any number of times write {"unlimited":true}`}},
	{`{"httpResponse":{},"times":{"unlimited":false}}`, []string{`$.times.remainingTimes: is missing but it is required if unlimited is false`}},
	{`{"httpResponse":{},"timeToLive":{"timeToLive":1}}`, []string{`$.timeToLive.timeUnit: is missing but it is required with timeToLive`}},
	{`{"httpResponse":{},"timeToLive":{"timeUnit":"DAYS"}}`, []string{`$.timeToLive.timeToLive: is missing but it is required unless unlimited is true`}},
	{`{"httpResponse":{},"priority":1.5}`, []string{`$.priority: number found, integer expected`}},
	{`{"httpResponse":{},"httpRequest":{"path":1,"method":["GET"]}}`, []string{
		`$.httpRequest.method: array found, string expected`, `$.httpRequest.path: integer found, string expected`,
	}},
	{`{"httpResponse":{},"httpRequest":{"headers":{"a":[{"schema":5},{"schema":"x"},{"schema":{},"value":"v"}]}}}`, []string{
		`$.httpRequest.headers.a[0].schema: integer found, object expected`,
		`$.httpRequest.headers.a[1].schema: is not JSON: line 1, column 1: unexpected character 'x' where a value should begin`,
		`$.httpRequest.headers.a[2]: has a value and a schema: only one of them can be wanted`,
	}},
	{`{"httpResponse":{},"httpRequest":{"cookies":[{"name":{"schema":{}},"value":"v"}]}}`, []string{`$.httpRequest.cookies[0]: a schema is not supported by this version as a name: use a regular expression`}},
	{`{"httpResponse":{"headers":{"a":{"parameterStyle":"FORM","values":["1"]}}}}`, []string{`$.httpResponse.headers.a: parameterStyle has no meaning in a response`}},
	{`{"httpResponse":{},"httpRequest":{"cookies":{"a":{"parameterStyle":"FOLDED","value":"1"}}}}`, []string{`$.httpRequest.cookies.a.parameterStyle: does not have a value in the enumeration ["SIMPLE", "SIMPLE_EXPLODED", "LABEL", "LABEL_EXPLODED", "MATRIX", "MATRIX_EXPLODED", "FORM", "FORM_EXPLODED", "SPACE_DELIMITED", "SPACE_DELIMITED_EXPLODED", "PIPE_DELIMITED", "PIPE_DELIMITED_EXPLODED", "DEEP_OBJECT"]`}},
	{`{"httpResponse":{},"httpRequest":{"queryStringParameters":{"a":{"parameterStyle":"FOLDED","values":["1"]},"b":{"parameterStyle":"FORM","value":"1"}}}}`, []string{
		`$.httpRequest.queryStringParameters.a.parameterStyle: does not have a value in the enumeration ["SIMPLE", "SIMPLE_EXPLODED", "LABEL", "LABEL_EXPLODED", "MATRIX", "MATRIX_EXPLODED", "FORM", "FORM_EXPLODED", "SPACE_DELIMITED", "SPACE_DELIMITED_EXPLODED", "PIPE_DELIMITED", "PIPE_DELIMITED_EXPLODED", "DEEP_OBJECT"]`,
		`$.httpRequest.queryStringParameters.b[0].parameterStyle: belongs to all values of a name: write {"parameterStyle":…,"values":[…]}`,
	}},
	{`{"httpResponse":{},"httpRequest":{"specUrlOrPayload":"x"}}`, []string{`$.httpRequest.specUrlOrPayload: is not supported by this version: descriptions are not read here; name the method and path`}},
	{`{"httpResponse":{},"httpRequest":{"body":true}}`, []string{`$.httpRequest.body: should match one of its valid types: a string, a JSON object or array, or an object with a type of ` + bodyTypes}},
	{`{"httpResponse":{},"httpRequest":{"body":{"type":"GRAPHQL","query":"{a}","selectionSetMatchType":"SUBSET","fields":["a"],"schema":"type Query{a:Int}"}}}`, []string{
		`$.httpRequest.body.fields: is not supported by this version: selection sets are not matched by themselves; give the whole query`,
		`$.httpRequest.body.schema: is not supported by this version: queries are not validated against a GraphQL schema`,
		`$.httpRequest.body.selectionSetMatchType: is not supported by this version: selection sets are not matched by themselves; give the whole query`,
	}},
	{`{"httpResponse":{},"httpRequest":{"body":{"graphQL":{"operationName":"a"}}}}`, []string{`$.httpRequest.body.graphQL.query: is missing but it is required in a body of type GRAPHQL`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"type":"GRAPHQL"}}}`, []string{`$.httpRequest.body.query: is missing but it is required in a body of type GRAPHQL`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"jsonRpc":{"method":"a"}}}}`, []string{`$.httpRequest.body: a body of type JSON_RPC is not supported by this version: use one of ` + bodyTypes + `; to match this object itself write {"type":"JSON","json":…}`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"type":"WASM","moduleName":"a"}}}`, []string{`$.httpRequest.body: a body of type WASM is not supported by this version: use one of ` + bodyTypes + `; to match this object itself write {"type":"JSON","json":…}`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"xpath":"//a:b","namespacePrefixes":{"a":1}}}}`, []string{`$.httpRequest.body.namespacePrefixes.a: integer found, string expected`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"type":"XML_SCHEMA","xmlSchema":"<a/>"}}}`, []string{`$.httpRequest.body: a body of type XML_SCHEMA is not supported by this version: use one of ` + bodyTypes + `; to match this object itself write {"type":"JSON","json":…}`}},
	{`{"httpResponse":{},"httpRequest":{"body":{"type":"REGEX","string":".*"}}}`, []string{
		`$.httpRequest.body.regex: is missing but it is required in a body of type REGEX`,
		`$.httpRequest.body.string: ` + undefined,
	}},
	{`{"httpResponse":{},"httpRequest":{"body":{"json":"{a"}}}`, []string{`$.httpRequest.body.json: is not JSON: line 1, column 3: unexpected end of input where a colon should follow a name; for plain text write {"type":"STRING","string":…}`}},
	{`{"httpResponse":{},"httpRequest":{"protocol":"HTTP_3"}}`, []string{`$.httpRequest.protocol: does not have a value in the enumeration ["HTTP_1_1", "HTTP_2"]`}},
	{`{"httpResponse":{},"httpRequest":{"socketAddress":{"port":70000}}}`, []string{`$.httpRequest.socketAddress.port: must be between 0 and 65535`}},
}

// Every problem is named with its place and a way out.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range problems {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			es, err := wire.DecodeExpectations([]byte(tt.in))
			var invalid *wire.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v, %v, want a ValidationError", es, err)
			}
			if diff := cmp.Diff(tt.want, invalid.Problems); diff != "" {
				t.Error(diff)
			}
		})
	}
}
