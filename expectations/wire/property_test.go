package wire_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/wire"
)

// Any accepted expectation that is printed, short or in full, and read back
// is the same expectation. Inputs are put together at random from all forms
// there are.
func TestPrintedReadsBackTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		in := g.expectation()
		es, err := wire.DecodeExpectations([]byte(in))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, in)
		}
		e := es[0]
		printed := wire.EncodeExpectation(nil, e)
		if diff := gocmp.Diff(e, decodeOne(t, string(printed)), sameOrder); diff != "" {
			t.Fatalf("seed %d: %s\n%s\n%s", seed, diff, in, printed)
		}
		var full bytes.Buffer
		if err := wire.EncodeRecorded(&full, wire.All(es)); err != nil {
			t.Fatal(err)
		}
		again := decodeOne(t, full.String())
		if diff := gocmp.Diff(e, again, sameOrder, gocmp.FilterPath(besideBody, gocmp.Ignore())); diff != "" {
			t.Fatalf("seed %d, in full: %s\n%s\n%s", seed, diff, in, full.String())
		}
	}
}

// besideBody is the content type beside a response body: printed in full, a
// body says the type that its header says anyway.
func besideBody(p gocmp.Path) bool {
	return strings.HasSuffix(p.GoString(), ".Body.ContentType")
}

// A generator writes expectations in one of their many forms.
type generator struct{ *rand.Rand }

func (g generator) pick(options ...string) string { return options[g.IntN(len(options))] }

// some joins a random choice of the members.
func (g generator) some(members ...string) string {
	var chosen []string
	for _, m := range members {
		if g.IntN(2) == 0 {
			chosen = append(chosen, m)
		}
	}
	g.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	return "{" + strings.Join(chosen, ",") + "}"
}

func (g generator) list(element func() string) string {
	elements := make([]string, g.IntN(4))
	for i := range elements {
		elements[i] = element()
	}
	return "[" + strings.Join(elements, ",") + "]"
}

func (g generator) expectation() string {
	action := `"httpResponse":` + g.answer()
	switch g.IntN(5) {
	case 0:
		action = g.action()
	case 1:
		action = `"httpResponses":[` + g.answer() + "," + g.answer() + `],"responseMode":` + g.pick(`"SEQUENTIAL"`, `"RANDOM"`)
	}
	action = strings.Replace(action, ",}", "}", 1)
	if g.IntN(5) == 0 {
		action = `"httpError":{"primary":true},"httpForward":{"host":"a"},"httpResponse":` + g.answer()
	}
	rest := g.some(
		`"afterActions":`+g.sides(), `"beforeActions":`+g.sides(), `"id":`+g.pick(`"x"`, `"é\n\"\\"`, `""`), `"priority":`+g.pick("0", "-1", "7"),
		`"httpRequest":`+g.request(), `"percentage":`+g.pick("0", "50", "100"),
		`"scenarioName":"order","scenarioState":`+g.pick(`""`, `"Started"`)+`,"newScenarioState":`+g.pick(`""`, `"Paid"`),
		`"times":`+g.pick(`{"remainingTimes":3}`, `{"unlimited":true}`, `{}`),
		`"timeToLive":`+g.pick(`{"timeUnit":"HOURS","timeToLive":9}`, `{"unlimited":true}`, `{}`))
	return strings.Replace("{"+action+","+rest[1:], ",}", "}", 1)
}

// action is one that does not answer.
func (g generator) action() string {
	return g.pick(
		`"httpError":`+g.some(`"dropConnection":`+g.pick("true", "false"), `"responseBytes":`+g.pick(`""`, `"AP8="`), `"delay":`+g.delay()),
		g.pick(`"httpResponseObjectCallback":`, `"httpForwardObjectCallback":`)+strings.Replace(
			g.some(`"responseCallback":`+g.pick("true", "false"), `"delay":`+g.delay()), "{", `{"clientId":"c",`, 1),
		g.pick(`"httpResponseTemplate":`, `"httpForwardTemplate":`)+strings.Replace(g.some(`"delay":`+g.delay(), `"responseOverride":`+g.answer(),
			`"responseModifier":`+g.responseModifier()), "{", `{"templateType":"MUSTACHE",`+g.pick(`"templateFile":"a/b.json",`, "", "")+`"template":`+g.template()+",", 1),
		`"httpForwardWithFallback":`+strings.Replace(g.some(`"fallbackOnStatusCodes":`+g.pick(`[]`, `[404,500]`), `"delay":`+g.delay(),
			`"fallbackOnTimeout":`+g.pick("true", "false")), "{", `{"httpForward":{"host":"a"},"fallbackResponse":`+g.answer()+",", 1),
		`"httpOverrideForwardedRequest":`+g.some(g.pick(`"requestOverride":`, `"httpRequest":`)+g.outgoing(),
			`"requestModifier":`+g.requestModifier(), g.pick(`"responseOverride":`, `"httpResponse":`)+g.answer(),
			`"responseModifier":`+g.responseModifier(), `"delay":`+g.delay(),
			`"responseTemplate":{"templateType":"MUSTACHE","template":`+g.template()+`}`),
		`"httpForward":`+strings.Replace(g.some(`"port":`+g.pick("1", "443"), `"scheme":`+g.pick(`"HTTP"`, `"HTTPS"`),
			`"delay":`+g.delay(), `"primary":`+g.pick("true", "false")), "{", `{"host":`+g.pick(`"a.test"`, `"::1"`, `"[::1]"`)+",", 1),
	)
}

func (g generator) sides() string {
	side := func() string {
		return strings.TrimSuffix(strings.Replace(g.some(`"delay":`+g.delay(), `"blocking":`+g.pick("true", "false"), `"timeout":`+g.delay(),
			`"failurePolicy":`+g.pick(`"FAIL_FAST"`, `"BEST_EFFORT"`)), "{", `{"httpRequest":{"path":"/a","headers":{"host":["a.test"]}},`, 1), "}")
	}
	one := func() string { return strings.TrimSuffix(side(), ",") + "}" }
	return g.pick(one(), "["+one()+","+one()+"]", "[]")
}

func (g generator) outgoing() string {
	return g.some(`"method":`+g.pick(`""`, `"PUT"`), `"path":`+g.pick(`""`, `"/a b%20?"`), `"queryStringParameters":`+g.literals(),
		`"headers":`+g.header(), `"cookies":`+g.pick(`{"a":"!1"}`, `[]`), `"secure":`+g.pick("true", "false"),
		`"keepAlive":`+g.pick("true", "false", "null"), `"protocol":`+g.pick(`"HTTP_1_1"`, `"HTTP_2"`),
		`"socketAddress":`+g.pick(`{"host":"h"}`, `{"host":"[::1]","port":1,"scheme":"HTTPS"}`),
		`"body":`+g.pick(`""`, `"text"`, `{"a":1}`, `{"base64Bytes":"AP8="}`, `{"type":"PARAMETERS","parameters":{"a":"x"}}`))
}

func (g generator) template() string {
	return g.pick(`""`, `"{'body': '{{ request.path }}'}"`, `"{{#jsonPath}}$.a{{/jsonPath}}{{{jsonPathResult}}}é\n"`)
}

func (g generator) requestModifier() string {
	return g.some(`"path":`+g.pick(`{"regex":"^/(.+)$","substitution":"/$1\\$"}`, `{"regex":"(?<=a)b"}`, `{"regex":""}`),
		`"queryStringParameters":`+g.modifier(g.literals), `"headers":`+g.modifier(g.header), `"cookies":`+g.modifier(g.someCookies))
}

func (g generator) responseModifier() string {
	return g.some(`"headers":`+g.modifier(g.header), `"cookies":`+g.modifier(g.someCookies))
}

func (g generator) modifier(values func() string) string {
	return g.some(`"add":`+values(), `"replace":`+values(), `"remove":`+g.pick(`[]`, `["a","é"]`))
}

func (g generator) literals() string {
	return g.pick(`{"a":["1","!2"],"b":"3"}`, `[{"name":"!a","values":[{"value":"?"}]},{"name":"b"}]`, `{"":[]}`, `[]`)
}

func (g generator) someCookies() string {
	return g.pick(`{"a":"1","b":"!2"}`, `[{"name":"a","value":"1"}]`, `{}`)
}

func (g generator) request() string {
	return g.some(
		`"not":`+g.pick("true", "false"), `"method":`+g.value(), `"path":`+g.value(),
		`"pathParameters":`+g.multi(), `"queryStringParameters":`+g.multi(), `"headers":`+g.multi(),
		`"cookies":`+g.cookies(), `"secure":`+g.pick("true", "false", "null"), `"keepAlive":`+g.pick("true", "false"),
		`"protocol":`+g.pick(`"HTTP_1_1"`, `"HTTP_2"`), `"socketAddress":`+g.pick(`{"host":"h"}`, `{"port":1,"scheme":"HTTPS"}`),
		`"body":`+g.body())
}

func (g generator) text() string {
	return g.pick(`""`, `"v"`, `"!v"`, `"?v"`, `"?!v"`, `"!?v"`, `"!!v"`, `"??v"`, `"!"`, `"?"`, `" "`, `"keyMatchStyle"`,
		`{"value":"v"}`, `{"not":false,"value":"!v"}`, `{"not":true,"value":"?v"}`, `{"optional":true,"value":"!v"}`,
		`{"not":true,"optional":true,"value":"!?v"}`, `{"value":" "}`, `{}`)
}

// value is a text that is no name.
func (g generator) value() string {
	if g.IntN(6) > 0 {
		return g.text()
	}
	return g.pick(`{"schema":{"type":"integer"}}`, `{"schema":true}`, `{"not":true,"schema":"{\"a\":1.0}"}`,
		`{"optional":true,"schema":{"enum":["é",null]}}`)
}

func (g generator) multi() string {
	if g.IntN(2) == 0 {
		return g.list(func() string {
			return fmt.Sprintf(`{"name":%s,"values":%s}`, g.text(), g.list(g.value))
		})
	}
	if g.IntN(4) == 0 {
		return `{"a":{"parameterStyle":"FORM","values":` + g.list(g.value) + `},"b":{"values":[]}}`
	}
	if g.IntN(4) == 0 {
		return `[{"name":` + g.text() + `,"parameterStyle":"DEEP_OBJECT","value":` + g.value() + `}]`
	}
	object := `{"a":` + g.list(g.value) + `,"!b":` + g.value() + `,"a":{"values":` + g.list(g.text) + `}}`
	if g.IntN(3) == 0 {
		return `{"keyMatchStyle":` + g.pick(`"MATCHING_KEY"`, `"SUB_SET"`) + "," + object[1:]
	}
	return object
}

func (g generator) cookies() string {
	if g.IntN(2) == 0 {
		return `{"c":` + g.value() + `,"!d":` + g.value() + `}`
	}
	return g.list(func() string { return fmt.Sprintf(`{"name":%s,"value":%s}`, g.text(), g.value()) })
}

func (g generator) json() string {
	return g.pick(`{}`, `[]`, `{"a":[1,1.0,1e3,null,"é"]}`, `[{"b":{}}]`, `{"type":"STRING","string":"x"}`, `{"type":"user"}`,
		`{"xml":"x"}`, `{"base64Bytes":1}`, `{"parameters":{}}`)
}

func (g generator) body() string {
	common := g.pick("", `"not":true,`, `"optional":true,`, `"not":false,`)
	typed := g.pick("", `"contentType":"text/x",`, `"contentType":"application/json; charset=utf-8",`)
	return g.pick(
		`""`, `"text"`, `[1]`, `{"a":1}`, `{}`,
		"{"+common+typed+`"type":"STRING","string":`+g.pick(`""`, `"x"`)+`,"subString":`+g.pick("true", "false")+"}",
		"{"+common+typed+`"type":"JSON","json":`+g.pick(g.json(), "5", "true", `"\"s\""`, `" null"`, `"{a:1}"`)+
			g.pick("", `,"matchType":"STRICT"`, `,"matchNumbersAsStrings":true`)+"}",
		"{"+common+`"regex":"a.*"}`,
		"{"+common+typed+`"xml":"<a b='é'/>"}`,
		"{"+common+`"xpath":"//a"`+g.pick("", `,"namespacePrefixes":{}`, `,"namespacePrefixes":{"b":"u","a":""}`)+"}",
		"{"+common+`"type":"GRAPHQL","query":"{a}"`+g.pick("", `,"operationName":"é"`)+g.pick("", `,"variablesSchema":{"a":1.0}`, `,"variablesSchema":""`)+"}",
		"{"+common+`"jsonPath":"$.a[?(@.b)]"}`,
		"{"+common+`"jsonSchema":`+g.pick(`{"type":"object","x":1.0}`, `"{\"type\":\"object\"}"`, "true", `{"string":"x"}`)+g.pick("", `,"parameterStyles":{}`, `,"parameterStyles":{"b":"FORM","a":"LABEL"}`)+"}",
		"{"+common+typed+`"base64Bytes":`+g.pick(`""`, `"AP8="`)+"}",
		"{"+common+`"type":"PARAMETERS","parameters":`+g.multi()+"}")
}

func (g generator) answer() string {
	return g.some(
		`"statusCode":`+g.pick("200", "404", "599"), `"reasonPhrase":`+g.pick(`""`, `"Fine"`),
		`"headers":`+g.header(), `"trailers":`+g.header(),
		`"cookies":`+g.pick(`{"a":"!1"}`, `[{"name":"a","value":"1"},{"name":"a","value":"2"}]`, `{}`),
		`"delay":`+g.delay(), `"connectionOptions":`+g.connection(),
		`"body":`+g.answerBody())
}

func (g generator) delay() string {
	return g.pick(`{"value":3}`, `{"timeUnit":"SECONDS","value":0}`, `{}`,
		`{"value":7,"distribution":{"type":"UNIFORM","min":1,"max":2,"mean":3}}`,
		`{"timeUnit":"SECONDS","distribution":{"type":"LOG_NORMAL","median":5,"p99":50}}`,
		`{"distribution":{"type":"GAUSSIAN","mean":5,"stdDev":0}}`,
		`{"template":`+g.template()+`,"templateType":"MUSTACHE"}`,
		`{"timeUnit":"SECONDS","value":3,"template":`+g.template()+`,"templateType":"MUSTACHE"}`)
}

func (g generator) connection() string {
	return g.some(
		`"suppressContentLengthHeader":`+g.pick("true", "false"), `"contentLengthHeaderOverride":`+g.pick("0", "7"),
		`"suppressConnectionHeader":`+g.pick("true", "false"), `"chunkSize":`+g.pick("0", "9"), `"chunkDelay":`+g.delay(),
		`"keepAliveOverride":`+g.pick("true", "false"), `"closeSocket":`+g.pick("true", "false", "null"),
		`"closeSocketDelay":`+g.delay())
}

func (g generator) header() string {
	return g.pick(`{"A":["1","!2"],"b":"3"}`, `[{"name":"!A","values":[{"value":"?"}]}]`, `{"A":[]}`, `{"Content-Type":["text/plain"]}`, `[]`)
}

func (g generator) answerBody() string {
	typed := g.pick("", `"contentType":"text/x",`, `"contentType":"application/json; charset=utf-8",`)
	raw := g.pick("", "", `"rawBytes":"AP8=",`, `"rawBytes":"eyJhIjoxfQ==",`)
	return g.pick(
		`""`, `"text"`, `[1,{}]`, `{"a":{"type":"STRING"}}`, `{"type":"user"}`, `{"parameters":{}}`,
		"{"+typed+raw+`"type":"STRING","string":`+g.pick(`""`, `"x"`)+"}",
		"{"+typed+`"json":`+g.pick(g.json(), "5", `"\"s\""`, `"{\"a\":1}"`, `" 7 "`)+"}",
		`{"type":"PARAMETERS",`+typed+`"parameters":`+g.pick(`{"b":["1","!2"],"a":"x"}`, `[{"name":"a","values":["1"]},{"name":"","values":["é"]},{"name":"a","value":"2"}]`, `{}`)+"}",
		"{"+typed+`"filePath":"a/é"}`,
		"{"+typed+raw+`"xml":"<a/>"}`,
		"{"+typed+`"base64Bytes":"AP8="}`)
}
