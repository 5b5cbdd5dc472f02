package proxy_test

import (
	"cmp"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestResponseTemplate: what MockServer's documentation promises of Mustache
// templates, over real connections.
func TestResponseTemplate(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	for name, tt := range map[string]struct{ template, body, want, match string }{
		"request": {
			`{'statusCode': 201, 'headers': {'X-A': ['{{ request.method }}', '{{ request.headers.x-in.1 }}']},
			  'body': '{{ request.path }} {{ request.queryStringParameters.q.0 }} {{ request.cookies.c }} {{ request.secure }} {{ request.keepAlive }} {{{ request.body }}}'}`,
			"the 'body'", "", "",
		},
		"escapes":  {`{"statusCode": 201, "body": "{{ request.body }}"}`, `<"a">`, "&lt;&quot;a&quot;&gt;", ""},
		"jsonPath": {`{"statusCode": 201, "body": "{{#jsonPath}}$.b[*].t{{/jsonPath}}{{#jsonPathResult}}{{.}};{{/jsonPathResult}}{{#jsonPath}}$.b[0]{{/jsonPath}}{{#jsonPathResult}}{{t}}{{/jsonPathResult}}"}`, `{"b":[{"t":"x"},{"t":"y"}]}`, "x;y;x", ""},
		"json":     {`{"statusCode": 201, "body": {{#jsonPath}}$.b{{/jsonPath}}{{{jsonPathResult}}} }`, `{"b":[{"t":1.0}]}`, "[ {\n  \"t\" : 1.0\n} ]", ""},
		"xPath":    {`{"statusCode": 201, "body": "{{#xPath}}/a/b[2]{{/xPath}} {{#xPath}}count(//b){{/xPath}}"}`, `<a><b>1</b><b>2</b></a>`, "2 2", ""},
		"helpers":  {`{"statusCode": 201, "body": "{{request.pathGroups.1}} {{request.namedPathGroups.end}} {{#scenario.get}}door{{/scenario.get}} {{jwt}} {{dates.epochSeconds}} {{request.path.length}}{{strings.uppercase}}"}`, ``, `^hel pers Started eyJ[\w.-]+ \d{10} 8$`, "/(hel)(?<end>.*)"},
		"entries":  {`{"statusCode": 201, "body": "{{#request.cookies.entrySet}}{{key}}:{{value}};{{/request.cookies.entrySet}}"}`, ``, "c:1;d:2;", ""},
		"built in": {`{"statusCode": 201, "body": "{{uuid}} {{now_epoch}} {{rand_int_100}} {{now}} {{rand_bytes_32}} {{now_rfc_1123}}"}`, ``, `^[0-9a-f-]{36} \d{10} \d{1,2} \d{4}-.*Z [A-Za-z0-9+/&#;x3D]+ \w{3}, .* GMT$`, ""},
	} {
		if name == "request" {
			tt.want = "/request &amp;x 1 SECURE true the 'body'"
			tt.template = strings.ReplaceAll(tt.template, "'", `"`)
		}
		a := &expectations.RespondTemplate{}
		var err error
		if a.Template, err = expectations.NewTemplate(expectations.TemplateMustache, tt.template); err != nil {
			t.Fatal(err)
		}
		path := "/" + strings.ReplaceAll(name, " ", "-")
		e := r.act(cmp.Or(tt.match, path), a)
		for i, base := range []string{"http://" + r.addr, "https://a.test"} {
			client := []*http.Client{r.direct(), r.client(h2Only)}[i]
			req := newRequest(t, http.MethodPost, base+path+"?q=%26x", strings.NewReader(tt.body))
			req.Header = http.Header{"X-In": {"1", "2"}, "Cookie": {"c=1; d=2"}}
			resp, body := send(t, client, req)
			want := strings.Replace(tt.want, "SECURE", []string{"false", "true"}[i], 1)
			fits := body == want
			if strings.HasPrefix(want, "^") {
				fits = regexp.MustCompile(want).MatchString(body)
			}
			if resp.StatusCode != 201 || !fits || name == "request" && strings.Join(resp.Header["X-A"], ",") != "POST,2" {
				t.Errorf("%s: %+v\n%s\nwant %s", name, resp, body, want)
			}
		}
		all := r.space().Log.All()
		if entry := all[len(all)-1]; entry.Outcome != expectations.Matched || entry.ExpectationID != e.ID || entry.Response.Status != 201 {
			t.Errorf("%s: log has %+v", name, entry)
		}
	}
}

// TestResponseTemplateParameters: names in a path, and changes of the answer.
func TestResponseTemplateParameters(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.putAny(&expectations.Expectation{
		Request: &expectations.RequestMatcher{
			Path: expectations.Text{Value: "/users/{id}/x"},
			PathParameters: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
				{Name: expectations.Text{Value: "id"}, Values: []expectations.Text{{Value: ".*"}}},
			}},
		},
		Action: action(t, `"httpResponseTemplate":{"templateType":"MUSTACHE","template":"{\"headers\":{\"A\":\"1\"},\"body\":\"{{request.pathParameters.id.0}}\"}",
			"responseOverride":{"statusCode":202,"headers":{"B":"2"}},"responseModifier":{"headers":{"remove":["A"]}}}`),
	})
	resp, body := get(t, r.direct(), "http://"+r.addr+"/users/a%20b/x")
	if resp.StatusCode != 202 || body != "a%20b" || resp.Header.Get("B") != "2" || resp.Header["A"] != nil {
		t.Errorf("%+v %s", resp, body)
	}
}

// TestTemplateMakesNothing: a template that makes no message says so, without
// what it made.
func TestTemplateMakesNothing(t *testing.T) {
	t.Parallel()
	r := start(t)
	for template, want := range map[string]string{
		`{{{request.body}}}`:                           "line 1, column 1: unexpected character",
		`{"statusCode":1}`:                             "$.statusCode: must be between",
		`{"headers":{"{{{request.body}}}":["b"]}}`:     "what it makes is not valid",
		`{"body":{"type":"FILE","filePath":"/etc/x"}}`: "$.body.filePath: leads out of the working directory",
	} {
		made, err := expectations.NewTemplate(expectations.TemplateMustache, template)
		if err != nil {
			t.Fatal(err)
		}
		e := r.act("/", &expectations.RespondTemplate{Template: made})
		resp, body := send(t, r.direct(), newRequest(t, http.MethodPost, "http://"+r.addr+"/", strings.NewReader("se cret")))
		if resp.StatusCode != 502 || !strings.Contains(body, want) || !strings.Contains(body, e.ID) || strings.Contains(body, "invalid header format") {
			t.Errorf("%s: %d %s", template, resp.StatusCode, body)
		}
		r.space().Set.Remove(e.ID)
	}
	if n := len(r.logs.with("a template makes nothing of use")); n != 4 {
		t.Errorf("%d warnings", n)
	}
}

// TestForwardTemplate: the request that the template makes is sent, and no
// other.
func TestForwardTemplate(t *testing.T) {
	t.Parallel()
	plain, secure := upstreamFunc(t, told), upstreamTLS(t, told)
	r := start(t, trusting(secure))
	const template = `"httpForwardTemplate":{"templateType":"MUSTACHE","template":"{'method':'PUT','path':'/new{{request.path}}',` +
		`'queryStringParameters':{'a':['{{request.method}}']},'headers':{'X-New':['1'],'Host':['{{host}}:{{port}}']},'secure':SECURE,'body':'{{{request.body}}}!'}",` +
		`"responseOverride":{"headers":{"X-Server":["changed"]}}}`
	for _, server := range []string{plain.URL, secure.URL} {
		text := strings.ReplaceAll(template, "SECURE", map[bool]string{true: "true", false: "false"}[server == secure.URL])
		text = strings.ReplaceAll(text, "{{host}}:{{port}}", hostOf(server))
		path := "/" + server[:5]
		e := r.act("/"+server[:5], action(t, text))
		req := newRequest(t, http.MethodPost, "http://"+r.addr+path+"?old=1", strings.NewReader("content"))
		req.Header.Set("X-Old", "1")
		resp, body := send(t, r.direct(), req)
		want := "PUT /new" + strings.ReplaceAll(path, ":", ":") + "?a=POST\nContent-Length: 8\nX-New: 1\n\ncontent!"
		if resp.StatusCode != 202 || body != want || resp.Header.Get("X-Server") != "changed" {
			t.Errorf("%+v\n%s\nwant %s", resp, body, want)
		}
		all := r.space().Log.All()
		if entry := all[len(all)-1]; entry.Outcome != expectations.Forwarded || entry.ExpectationID != e.ID || entry.Request.Path != path {
			t.Errorf("log has %+v", entry)
		}
		ex := r.tape.wait(t, len(all))
		if ex.Request.Path != "/new"+path || string(ex.Request.Body.Bytes) != "content!" || ex.Request.Header.Get("X-Old") != "" {
			t.Errorf("recorded %+v", ex.Request)
		}
	}
}

// TestOverrideTemplate: an answer is made of the request and the server's
// answer.
func TestOverrideTemplate(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, told)
	r := start(t)
	r.act("/in", action(t, place(server, `"httpOverrideForwardedRequest":{"requestOverride":{"socketAddress":{"host":"{{host}}","port":{{port}}}},`+
		`"responseModifier":{"headers":{"add":{"X-More":["m"]}}},`)+
		`"responseTemplate":{"templateType":"MUSTACHE","template":"{'statusCode':203,'body':'{{request.method}} {{response.statusCode}} {{response.headers.X-Server.0}} {{response.headers.x-more.0}} {{response.cookies.other}}'}"}}`))
	resp, body := get(t, r.direct(), "http://"+r.addr+"/in")
	if resp.StatusCode != 203 || body != "GET 202 real m 2" || resp.Header.Get("X-Server") != "" {
		t.Errorf("%+v %s", resp, body)
	}
	if ex := r.tape.only(t); ex.Response.Status != 202 || bodyText(ex.Response) != "GET /in\n\n" {
		t.Errorf("recorded %+v", ex.Response)
	}
}

// TestFileTemplate: a file that is a template is rendered wherever an answer
// has it.
func TestFileTemplate(t *testing.T) {
	t.Parallel()
	r := start(t)
	const file = `{"type":"FILE","filePath":"testdata/answer.mustache","templateType":"MUSTACHE","contentType":"text/x"}`
	for path, a := range map[string]string{
		"/response": `"httpResponse":{"body":` + file + `}`,
		"/sequence": `"httpResponses":[{"body":` + file + `}]`,
		"/template": `"httpResponseTemplate":{"templateType":"MUSTACHE","template":` + strconv.Quote(`{"body":`+file+`}`) + `}`,
		"/file":     `"httpResponseTemplate":{"templateType":"MUSTACHE","templateFile":"testdata/answer.json"}`,
		"/fallback": `"httpForwardWithFallback":{"httpForward":{"host":"127.0.0.1","port":1},"fallbackResponse":{"body":` + file + `}}`,
	} {
		r.act(path, action(t, a))
		req := newRequest(t, http.MethodPost, "http://"+r.addr+path, strings.NewReader("<content>"))
		req.Header["X-In"] = []string{"a", "b"}
		resp, body := send(t, r.direct(), req)
		if want := "POST " + path + " a b <content>\n"; resp.StatusCode != 200 || body != want || resp.Header.Get("Content-Type") != "text/x" {
			t.Errorf("%s: %d %q %v, want %q", path, resp.StatusCode, body, resp.Header, want)
		}
	}
	for want, a := range map[string]string{
		`the response's file "testdata/broken.mustache": line 2: section "request.method" has no end`: `"httpResponse":{"body":{"type":"FILE","filePath":"testdata/broken.mustache","templateType":"MUSTACHE"}}`,
		`the template's file "testdata/broken.mustache": line 2: section "request.method" has no end`: `"httpResponseTemplate":{"templateType":"MUSTACHE","templateFile":"testdata/broken.mustache"}`,
		`the template's file "testdata/none" cannot be read: there is no such file`:                   `"httpForwardTemplate":{"templateType":"MUSTACHE","templateFile":"testdata/none"}`,
	} {
		e := r.act("/broken", action(t, a))
		if resp, body := get(t, r.direct(), "http://"+r.addr+"/broken"); resp.StatusCode != 502 || !strings.Contains(body, want) {
			t.Errorf("%d %s, want %s", resp.StatusCode, body, want)
		}
		r.space().Set.Remove(e.ID)
	}
}

// TestDelayTemplate: a delay is what its template makes of the request, wherever
// it stands; what it would be without one is longer than the test may take.
func TestDelayTemplate(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, told)
	r := start(t)
	const delay = `"delay":{"timeUnit":"HOURS","value":1,"templateType":"MUSTACHE","template":"{{#jsonPath}}$.wait{{/jsonPath}}{{jsonPathResult}}"}`
	for path, a := range map[string]string{
		"/response": `"httpResponse":{"statusCode":202,` + delay + `}`,
		"/template": `"httpResponseTemplate":{"templateType":"MUSTACHE","template":"{'statusCode':202}",` + delay + `}`,
		"/forward":  place(server, `"httpForward":{"host":"{{host}}","port":{{port}},`+delay+`}`),
		"/chunks":   `"httpResponse":{"statusCode":202,"body":"abc","connectionOptions":{"chunkSize":1,` + strings.Replace(delay, "delay", "chunkDelay", 1) + `}}`,
	} {
		r.act(path, action(t, a))
		if resp, _ := send(t, r.direct(), newRequest(t, http.MethodPost, "http://"+r.addr+path, strings.NewReader(`{"wait":1}`))); resp.StatusCode != 202 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	r.act("/error", action(t, `"httpError":{"dropConnection":true,`+delay+`}`))
	resp, err := r.direct().Do(newRequest(t, http.MethodPost, "http://"+r.addr+"/error", strings.NewReader(`{"wait":1}`)))
	if err == nil {
		_ = resp.Body.Close()
		t.Errorf("error: %d", resp.StatusCode)
	}
}
