package pact_test

import "fmt"

func headerCases() []refCase {
	var cases []refCase
	add := func(name, headers, rules string, got ...[2]string) {
		want := fmt.Sprintf(`{"headers":{%s}}`, headers)
		if rules != "" {
			want = fmt.Sprintf(`{"headers":{%s},"matchingRules":{"header":{%s}}}`, headers, rules)
		}
		cases = append(cases,
			refCase{name: "response header " + name, want: want, got: gotMessage{headers: got}},
			refCase{name: "request header " + name, request: true, want: want, got: gotMessage{headers: got}})
	}
	h := func(name, value string) [2]string { return [2]string{name, value} }
	typed := `{"match":"type"}`
	add("equal", `"X-A":"b"`, "", h("X-A", "b"))
	add("name case", `"x-a":"b"`, "", h("X-A", "b"))
	add("value case", `"X-A":"b"`, "", h("X-A", "B"))
	add("missing", `"X-A":"b"`, "")
	add("extra", `"X-A":"b"`, "", h("X-A", "b"), h("X-B", "c"))
	add("comma space", `"X-A":"b,c"`, "", h("X-A", "b,  c"))
	add("comma order", `"X-A":"b,c"`, "", h("X-A", "c,b"))
	add("list", `"X-A":["b","c"]`, "", h("X-A", "b"), h("X-A", "c"))
	add("list one line", `"X-A":["b","c"]`, "", h("X-A", "b, c"))
	add("one element two lines", `"X-A":["b, c"]`, "", h("X-A", "b"), h("X-A", "c"))
	add("list more", `"X-A":["b"]`, "", h("X-A", "b"), h("X-A", "c"))
	add("list fewer", `"X-A":["b","c"]`, "", h("X-A", "b"))
	for _, name := range []string{
		"Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Allow-Headers",
		"Access-Control-Allow-Methods", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers",
		"Access-Control-Request-Headers", "Access-Control-Request-Method", "Allow", "Cache-Control", "If-Match",
		"If-None-Match", "Vary", "Via", "Content-Language", "Link", "WWW-Authenticate", "Set-Cookie", "Pragma", "Date",
		"Accept-Charset", "TE", "Forwarded", "X-Forwarded-For", "Location", "ETag", "Cookie",
	} {
		add("split list "+name, fmt.Sprintf(`%q:["a","b"]`, name), "", h(name, "a, b"))
		add("split element "+name, fmt.Sprintf(`%q:["a, b"]`, name), "", h(name, "a, b"))
		add("split string "+name, fmt.Sprintf(`%q:"a, b"`, name), "", h(name, "a, b"))
		add("split longer "+name, fmt.Sprintf(`%q:"a"`, name), "", h(name, "a, b"))
	}
	add("accept params", `"Accept":"a/b;q=1"`, "", h("Accept", "a/b; q=1"))
	add("accept more params", `"Accept":"a/b"`, "", h("Accept", "a/b;q=1"))
	add("accept missing param", `"Accept":"a/b;q=1"`, "", h("Accept", "a/b"))
	add("content type case", `"Content-Type":"application/json"`, "", h("Content-Type", "Application/JSON"))
	add("content type params", `"Content-Type":"application/json"`, "", h("Content-Type", "application/json;charset=UTF-8"))
	add("content type param case", `"Content-Type":"application/json;charset=utf-8"`, "", h("Content-Type", "application/json; charset=UTF-8"))
	add("content type param order", `"Content-Type":"a/b;x=1;y=2"`, "", h("Content-Type", "a/b;y=2;x=1"))
	add("content type param value", `"Content-Type":"a/b;x=1"`, "", h("Content-Type", "a/b;x=2"))
	add("content type missing param", `"Content-Type":"a/b;x=1"`, "", h("Content-Type", "a/b"))
	add("type", `"X-A":"b"`, at("X-A", typed), h("X-A", "c"))
	add("type rule name case", `"X-A":"b"`, at("x-a", typed), h("X-A", "c"))
	add("type missing", `"X-A":"b"`, at("X-A", typed))
	add("type more", `"X-A":["b"]`, at("X-A", typed), h("X-A", "c"), h("X-A", "d"))
	add("type fewer", `"X-A":["b","c"]`, at("X-A", typed), h("X-A", "c"))
	add("regex", `"X-A":"1"`, at("X-A", `{"match":"regex","regex":"\\d+"}`), h("X-A", "77"))
	add("regex bad", `"X-A":"1"`, at("X-A", `{"match":"regex","regex":"\\d+"}`), h("X-A", "x"))
	add("regex space", `"X-A":"1"`, at("X-A", `{"match":"regex","regex":"\\d+"}`), h("X-A", "  7  "))
	add("regex list", `"X-A":["1"]`, at("X-A", `{"match":"regex","regex":"\\d+"}`), h("X-A", "7"), h("X-A", "x"))
	add("regex accept", `"Accept":"a"`, at("Accept", `{"match":"regex","regex":"[a-z]"}`), h("Accept", "b, c"))
	add("regex accept bad", `"Accept":"a"`, at("Accept", `{"match":"regex","regex":"[a-z]"}`), h("Accept", "b, 1"))
	add("regex content type", `"Content-Type":"application/json"`, at("Content-Type", `{"match":"regex","regex":"^application/.*$"}`), h("Content-Type", "application/hal+json"))
	add("integer", `"X-A":"1"`, at("X-A", `{"match":"integer"}`), h("X-A", "42"))
	add("integer negative", `"X-A":"1"`, at("X-A", `{"match":"integer"}`), h("X-A", "-42"))
	add("decimal", `"X-A":"1"`, at("X-A", `{"match":"decimal"}`), h("X-A", "42"))
	add("include", `"X-A":"1"`, at("X-A", `{"match":"include","value":"b"}`), h("X-A", "abc"))
	add("date", `"X-A":"1"`, at("X-A", `{"match":"date","format":"yyyy"}`), h("X-A", "2024"))
	add("or", `"X-A":"1"`, `"X-A":{"combine":"OR","matchers":[{"match":"integer"},{"match":"equality"}]}`, h("X-A", "5"))
	add("empty list", `"X-A":[]`, "", h("X-A", "b"))
	add("empty list typed", `"X-A":[]`, at("X-A", typed), h("X-A", "b"))
	add("empty value", `"X-A":""`, "", h("X-A", ""))
	add("authorization", `"Authorization":"Bearer x"`, at("Authorization", `{"match":"regex","regex":"^Bearer .+$"}`), h("Authorization", "Bearer y"))
	return cases
}

// bodyCases are about bodies as a whole: content types, texts, forms, absence.
func bodyCases() []refCase {
	var cases []refCase
	add := func(name, want string, contentType, body string) {
		got := gotMessage{body: body}
		if contentType != "" {
			got.headers = [][2]string{{"Content-Type", contentType}}
		}
		cases = append(cases,
			refCase{name: "response body " + name, want: want, got: got},
			refCase{name: "request body " + name, request: true, want: want, got: got})
	}
	typed := func(contentType, body string) string {
		return fmt.Sprintf(`{"headers":{"Content-Type":%q},"body":%s}`, contentType, body)
	}
	ruled := func(contentType, body, rules string) string {
		return fmt.Sprintf(`{"headers":{"Content-Type":%q},"body":%s,"matchingRules":{"body":{%s}}}`, contentType, body, rules)
	}
	add("absent none", `{}`, "", "")
	add("absent some", `{}`, "text/plain", "x")
	add("absent json type", `{"headers":{"Content-Type":"application/json"}}`, "application/json", "{}")
	add("empty none", `{"body":""}`, "", "")
	add("empty some", `{"body":""}`, "text/plain", "x")
	add("null none", `{"body":null}`, "", "")
	add("null some", `{"body":null}`, "text/plain", "x")
	add("null json null", typed("application/json", "null"), "application/json", "null")
	add("text equal", typed("text/plain", `"abc"`), "text/plain", "abc")
	add("text other", typed("text/plain", `"abc"`), "text/plain", "abd")
	add("text none", typed("text/plain", `"abc"`), "text/plain", "")
	add("text number", typed("text/plain", `"123"`), "text/plain", "123")
	add("text params", typed("text/plain", `"abc"`), "text/plain;charset=utf-8", "abc")
	add("text params wanted", typed("text/plain;charset=utf-8", `"abc"`), "text/plain;charset=utf-8", "abc")
	add("text params wanted spaced", typed("text/plain; charset=utf-8", `"abc"`), "text/plain;charset=UTF-8", "abc")
	add("text more params", typed("text/plain;charset=utf-8", `"abc"`), "text/plain;charset=utf-8;x=1", "abc")
	add("text html", typed("text/html", `"<p>"`), "text/html", "<p>")
	add("text type differs", typed("text/plain", `"abc"`), "text/html", "abc")
	add("json type differs", typed("application/json", `{"a":1}`), "text/plain", `{"a":1}`)
	add("json suffix", typed("application/json", `{"a":1}`), "application/hal+json", `{"a":1}`)
	add("json suffix wanted", typed("application/hal+json", `{"a":1}`), "application/hal+json", `{"a":1}`)
	add("json suffix wanted plain", typed("application/hal+json", `{"a":1}`), "application/json", `{"a":1}`)
	add("json problem", typed("application/problem+json", `{"a":1}`), "application/problem+json;charset=utf-8", `{"a":1}`)
	add("json no type got", typed("application/json", `{"a":1}`), "", `{"a":1}`)
	add("json no type wanted", `{"body":{"a":1}}`, "application/json", `{"a":1}`)
	add("json no types", `{"body":{"a":1}}`, "", `{"a":1}`)
	add("json no type wanted text got", `{"body":{"a":1}}`, "text/plain", `{"a":1}`)
	add("text no type wanted", `{"body":"abc"}`, "text/plain", `abc`)
	add("text no type wanted json got", `{"body":"abc"}`, "application/json", `abc`)
	add("json string", typed("application/json", `"abc"`), "application/json", `"abc"`)
	add("json string raw", typed("application/json", `"abc"`), "application/json", `abc`)
	add("json string of object", typed("application/json", `"{\"a\":1}"`), "application/json", `{"a":1}`)
	add("json string of string", typed("application/json", `"\"abc\""`), "application/json", `"abc"`)
	add("json string of number", typed("application/json", `"123"`), "application/json", `123`)
	add("json string of number as string", typed("application/json", `"123"`), "application/json", `"123"`)
	add("json string of array", typed("application/json", `"[1]"`), "application/json", `[1]`)
	add("json string of array as string", typed("application/json", `"[1]"`), "application/json", `"[1]"`)
	add("json string of true", typed("application/json", `"true"`), "application/json", `true`)
	add("json string of null", typed("application/json", `"null"`), "application/json", `null`)
	add("json number", typed("application/json", `123`), "application/json", `123`)
	add("json true", typed("application/json", `true`), "application/json", `true`)
	add("number no type", `{"body":"123"}`, "", `123`)
	add("number no type text", `{"body":"123"}`, "text/plain", `123`)
	add("json number no type", `{"body":123}`, "", `123`)
	add("type ruled", `{"headers":{"Content-Type":"application/json"},"body":{"a":1},"matchingRules":{"header":{"Content-Type":{"matchers":[{"match":"regex","regex":".*json.*"}]}}}}`, "application/vnd.x.json", `{"a":1}`)
	add("form equal", typed("application/x-www-form-urlencoded", `"a=1&b=2"`), "application/x-www-form-urlencoded", "b=2&a=1")
	add("form other", typed("application/x-www-form-urlencoded", `"a=1"`), "application/x-www-form-urlencoded", "a=2")
	add("form extra", typed("application/x-www-form-urlencoded", `"a=1"`), "application/x-www-form-urlencoded", "a=1&b=2")
	add("form missing", typed("application/x-www-form-urlencoded", `"a=1&b=2"`), "application/x-www-form-urlencoded", "a=1")
	add("form type", ruled("application/x-www-form-urlencoded", `"a=1"`, at("$.a", `{"match":"type"}`)), "application/x-www-form-urlencoded", "a=2")
	add("form regex bad", ruled("application/x-www-form-urlencoded", `"a=1"`, at("$.a", `{"match":"regex","regex":"\\d"}`)), "application/x-www-form-urlencoded", "a=x")
	add("form root type", ruled("application/x-www-form-urlencoded", `"a=1"`, at("$", `{"match":"type"}`)), "application/x-www-form-urlencoded", "a=2")
	add("form plus", typed("application/x-www-form-urlencoded", `"a=x+y"`), "application/x-www-form-urlencoded", "a=x%20y")
	add("text type rule", ruled("text/plain", `"abc"`, at("$", `{"match":"type"}`)), "text/plain", "xyz")
	add("text regex", ruled("text/plain", `"abc"`, at("$", `{"match":"regex","regex":"[a-z]+"}`)), "text/plain", "xyz")
	add("text regex bad", ruled("text/plain", `"abc"`, at("$", `{"match":"regex","regex":"[a-z]+"}`)), "text/plain", "123")
	add("text include", ruled("text/plain", `"abc"`, at("$", `{"match":"include","value":"b"}`)), "text/plain", "xbx")
	add("text other rule", ruled("text/plain", `"abc"`, at("$.a", `{"match":"type"}`)), "text/plain", "xyz")
	add("octets", typed("application/octet-stream", `"3q2+7w=="`), "application/octet-stream", "\xde\xad\xbe\xef")
	add("octets other", typed("application/octet-stream", `"3q2+7w=="`), "application/octet-stream", "\xde\xad\xbe\xee")
	add("octets not base64", typed("application/octet-stream", `"hello!"`), "application/octet-stream", "hello!")
	add("octets text base64", typed("application/octet-stream", `"aGVsbG8="`), "application/octet-stream", "hello")
	add("image", typed("image/png", `"iVBORw0KGgo="`), "image/png", "\x89PNG\r\n\x1a\n")
	add("image other", typed("image/png", `"iVBORw0KGgo="`), "image/png", "\x89PNG\r\n\x1a\t")
	add("pdf", typed("application/pdf", `"JVBERi0="`), "application/pdf", "%PDF-")
	add("javascript", typed("application/javascript", `"var a;"`), "application/javascript", "var a;")
	add("javascript base64 like", typed("application/javascript", `"abcd"`), "application/javascript", "abcd")
	add("yaml", typed("application/yaml", `"a: 1"`), "application/yaml", "a: 1")
	add("csv base64 like", typed("text/csv", `"abcd"`), "text/csv", "abcd")
	add("sse", typed("text/event-stream", `"data: 1\n\n"`), "text/event-stream", "data: 1\n\n")
	add("ndjson", typed("application/x-ndjson", `"{\"a\":1}\n{\"a\":2}\n"`), "application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n")
	add("jsonl base type", typed("application/jsonlines", `"{\"a\":1}"`), "application/jsonlines", "{\"a\":1}")
	add("xml equal", typed("application/xml", `"<a><b/></a>"`), "application/xml", "<a><b/></a>")
	add("xml other", typed("application/xml", `"<a><b/></a>"`), "application/xml", "<a><c/></a>")
	add("bad content type", typed("nonsense", `"abc"`), "nonsense", "abc")
	cases = append(cases,
		refCase{name: "response status", want: `{"status":201}`, got: gotMessage{status: 201}},
		refCase{name: "response status other", want: `{"status":201}`, got: gotMessage{status: 200}},
		refCase{name: "response status 404", want: `{"status":404}`, got: gotMessage{status: 404}})
	return cases
}

// versionCases are written in Pact V2 and V4.
func versionCases() []refCase {
	var cases []refCase
	for _, c := range [][4]string{
		{"type", `{"a":1}`, `"$.body.a":{"match":"type"}`, `{"a":2}`},
		{"type bad", `{"a":1}`, `"$.body.a":{"match":"type"}`, `{"a":"x"}`},
		{"type at body", `{"a":1}`, `"$.body":{"match":"type"}`, `{"a":2}`},
		{"regex bare", `{"a":"1"}`, `"$.body.a":{"regex":"\\d+"}`, `{"a":"22"}`},
		{"items", `{"o":[{"a":1}]}`, `"$.body.o":{"min":1},"$.body.o[*].a":{"match":"type"}`, `{"o":[{"a":1},{"a":2}]}`},
		{"items star", `{"o":[{"a":1}]}`, `"$.body.o":{"min":1},"$.body.o[*].*":{"match":"type"}`, `{"o":[{"a":5},{"a":2}]}`},
		{"header rule", `{"a":1}`, `"$.headers.X-A":{"match":"regex","regex":"\\d+"}`, `{"a":1}`},
		{"header rule old", `{"a":1}`, `"$.header.X-A":{"match":"regex","regex":"\\d+"}`, `{"a":1}`},
	} {
		want := fmt.Sprintf(`{"headers":{"Content-Type":"application/json","X-A":"1"},"body":%s,"matchingRules":{%s}}`, c[1], c[2])
		got := gotMessage{headers: [][2]string{{"Content-Type", "application/json"}, {"X-A", "7"}}, body: c[3]}
		if c[0] != "header rule" && c[0] != "header rule old" {
			got.headers[1][1] = "1"
		}
		cases = append(cases,
			refCase{name: "v2 response " + c[0], version: 2, want: want, got: got},
			refCase{name: "v2 request " + c[0], version: 2, request: true, want: want, got: got})
	}
	for _, c := range [][3]string{
		{"path rule", `{"path":"/a/1","matchingRules":{"$.path":{"match":"regex","regex":"/a/\\d+"}}}`, "/a/55"},
		{"query", `{"query":"a=1&b=x+y"}`, "?b=x+y&a=1"},
		{"query encoded", `{"query":"a=x%26y"}`, "?a=x%26y"},
		{"query rule", `{"query":"a=1","matchingRules":{"$.query.a":{"match":"regex","regex":"\\d+"}}}`, "?a=55"},
		{"query rule items", `{"query":"a=1","matchingRules":{"$.query.a[*]":{"match":"regex","regex":"\\d+"}}}`, "?a=55"},
		{"query rule index", `{"query":"a=1&a=2","matchingRules":{"$.query.a[0]":{"match":"regex","regex":"\\d+"}}}`, "?a=55&a=2"},
		{"query rule index other", `{"query":"a=1&a=2","matchingRules":{"$.query.a[0]":{"match":"regex","regex":"\\d+"}}}`, "?a=55&a=3"},
		{"query rule quoted", `{"query":"a-b=1","matchingRules":{"$.query['a-b']":{"match":"regex","regex":"\\d+"}}}`, "?a-b=55"},
	} {
		cases = append(cases, refCase{name: "v2 " + c[0], version: 2, request: true, want: c[1], got: gotMessage{target: c[2]}})
	}
	for _, c := range [][4]string{
		{"json", `{"contentType":"application/json","encoded":false,"content":{"a":1}}`, "application/json", `{"a":1}`},
		{"json other", `{"contentType":"application/json","encoded":false,"content":{"a":1}}`, "application/json", `{"a":2}`},
		{"json string", `{"contentType":"application/json","encoded":false,"content":"abc"}`, "application/json", `"abc"`},
		{"json string of object", `{"contentType":"application/json","encoded":false,"content":"{}"}`, "application/json", `"{}"`},
		{"json encoded", `{"contentType":"application/json","encoded":"JSON","content":"{\"a\":1}"}`, "application/json", `{"a":1}`},
		{"empty", `{"contentType":"application/json","encoded":false,"content":""}`, "application/json", ``},
		{"empty some", `{"contentType":"application/json","encoded":false,"content":""}`, "application/json", `{}`},
		{"base64", `{"contentType":"application/octet-stream","encoded":"base64","content":"3q2+7w=="}`, "application/octet-stream", "\xde\xad\xbe\xef"},
		{"base64 json", `{"contentType":"application/json","encoded":"base64","content":"eyJhIjoxfQ=="}`, "application/json", `{"a":1,"b":2}`},
		{"text", `{"contentType":"text/plain","encoded":false,"content":"abc"}`, "text/plain", "abc"},
		{"null", `{"contentType":"text/plain","encoded":false,"content":null}`, "text/plain", "abc"},
		{"absent", `{"contentType":"text/plain"}`, "text/plain", "abc"},
	} {
		contentType := c[2]
		want := fmt.Sprintf(`{"headers":{"Content-Type":[%q]},"body":%s}`, contentType, c[1])
		got := gotMessage{headers: [][2]string{{"Content-Type", contentType}}, body: c[3]}
		cases = append(cases,
			refCase{name: "v4 response " + c[0], version: 4, want: want, got: got},
			refCase{name: "v4 request " + c[0], version: 4, request: true, want: want, got: got})
	}
	return cases
}
