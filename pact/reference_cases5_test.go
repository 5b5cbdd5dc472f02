package pact_test

import (
	"fmt"
	"strings"
)

// xmlCases are XML bodies under rules, in both directions.
func xmlCases() []refCase {
	var cases []refCase
	typed, digits := `{"match":"type"}`, `{"match":"regex","regex":"\\d+"}`
	const ns = `http://example.com/ns`
	for _, c := range [][4]string{
		{"equal", `<a><b>1</b></a>`, ``, `<a><b>1</b></a>`},
		{"declaration", `<?xml version="1.0" encoding="UTF-8"?><a><b>1</b></a>`, ``, `<a><b>1</b></a>`},
		{"space", `<a><b>1</b></a>`, ``, "<a>\n  <b> 1 </b>\n</a>"},
		{"root differs", `<a/>`, ``, `<b/>`},
		{"text differs", `<a>1</a>`, ``, `<a>2</a>`},
		{"text missing", `<a>1</a>`, ``, `<a/>`},
		{"text extra", `<a/>`, ``, `<a>1</a>`},
		{"child missing", `<a><b/></a>`, ``, `<a/>`},
		{"child extra", `<a><b/></a>`, ``, `<a><b/><c/></a>`},
		{"child extra none", `<a/>`, ``, `<a><c/></a>`},
		{"child twice", `<a><b/></a>`, ``, `<a><b/><b/></a>`},
		{"child once", `<a><b/><b/></a>`, ``, `<a><b/></a>`},
		{"children order", `<a><b/><c/></a>`, ``, `<a><c/><b/></a>`},
		{"same name order", `<a><b>1</b><b>2</b></a>`, ``, `<a><b>2</b><b>1</b></a>`},
		{"attribute equal", `<a x="1"/>`, ``, `<a x="1"/>`},
		{"attribute differs", `<a x="1"/>`, ``, `<a x="2"/>`},
		{"attribute missing", `<a x="1"/>`, ``, `<a/>`},
		{"attribute extra", `<a x="1"/>`, ``, `<a x="1" y="2"/>`},
		{"attribute extra none", `<a/>`, ``, `<a y="2"/>`},
		{"attribute order", `<a x="1" y="2"/>`, ``, `<a y="2" x="1"/>`},
		{"attribute quotes", `<a x="1"/>`, ``, `<a x='1'/>`},
		{"attribute other", `<a x="1"/>`, ``, `<a y="1"/>`},
		{"comment", `<a><b/></a>`, ``, `<a><!-- c --><b/></a>`},
		{"cdata", `<a>x</a>`, ``, `<a><![CDATA[x]]></a>`},
		{"entity", `<a>x&amp;y</a>`, ``, `<a>x&#38;y</a>`},
		{"entity differs", `<a>x&amp;y</a>`, ``, `<a>x&lt;y</a>`},
		{"text pieces", `<a>xy</a>`, ``, `<a>x<!-- c -->y</a>`},
		{"mixed", `<a>x<b/>y</a>`, ``, `<a>x <b/> y</a>`},
		{"not xml", `<a/>`, ``, `<a>`},
		{"not xml at all", `<a/>`, ``, `hello`},
		{"two roots", `<a/>`, ``, `<a/><a/>`},
		{"undefined entity", `<a/>`, ``, `<a>&nope;</a>`},
		{"namespace prefix", `<p:a xmlns:p="` + ns + `"/>`, ``, `<q:a xmlns:q="` + ns + `"/>`},
		{"namespace default", `<p:a xmlns:p="` + ns + `"/>`, ``, `<a xmlns="` + ns + `"/>`},
		{"namespace other", `<p:a xmlns:p="` + ns + `"/>`, ``, `<p:a xmlns:p="http://other"/>`},
		{"namespace none", `<a/>`, ``, `<a xmlns="` + ns + `"/>`},
		{"namespace unbound", `<a/>`, ``, `<p:a/>`},
		{"namespace attribute", `<a xmlns:p="` + ns + `" p:x="1"/>`, ``, `<a xmlns:q="` + ns + `" q:x="1"/>`},
		{"namespace attribute other", `<a xmlns:p="` + ns + `" p:x="1"/>`, ``, `<a x="1"/>`},
		{"namespace declared", `<a/>`, ``, `<a xmlns:q="` + ns + `"/>`},
		{"namespace child", `<a xmlns="` + ns + `"><b/></a>`, ``, `<p:a xmlns:p="` + ns + `"><p:b/></p:a>`},
		{"rule text type", `<a>1</a>`, at("$.a['#text']", typed), `<a>2</a>`},
		{"rule text bare", `<a>1</a>`, at("$.a.#text", digits), `<a>22</a>`},
		{"rule text bare bad", `<a>1</a>`, at("$.a.#text", digits), `<a>x</a>`},
		{"rule text integer", `<a>1</a>`, at("$.a.#text", `{"match":"integer"}`), `<a>22</a>`},
		{"rule text integer bad", `<a>1</a>`, at("$.a.#text", `{"match":"integer"}`), `<a>2.2</a>`},
		{"rule text decimal", `<a>1.5</a>`, at("$.a.#text", `{"match":"decimal"}`), `<a>2.2</a>`},
		{"rule text date", `<a>2024-01-01</a>`, at("$.a.#text", `{"match":"date","format":"yyyy-MM-dd"}`), `<a>2023-02-29</a>`},
		{"rule text include", `<a>1</a>`, at("$.a.#text", `{"match":"include","value":"b"}`), `<a>abc</a>`},
		{"rule text notEmpty", `<a>1</a>`, at("$.a.#text", `{"match":"notEmpty"}`), `<a/>`},
		{"rule text semver", `<a>1</a>`, at("$.a.#text", `{"match":"semver"}`), `<a>1.2.3</a>`},
		{"rule text boolean", `<a>true</a>`, at("$.a.#text", `{"match":"boolean"}`), `<a>false</a>`},
		{"rule text null", `<a>true</a>`, at("$.a.#text", `{"match":"null"}`), `<a/>`},
		{"rule text equality", `<a>1</a>`, at("$.a.#text", `{"match":"equality"}`), `<a>2</a>`},
		{"rule attribute", `<a x="1"/>`, at("$.a['@x']", digits), `<a x="22"/>`},
		{"rule attribute bare", `<a x="1"/>`, at("$.a.@x", digits), `<a x="22"/>`},
		{"rule attribute bad", `<a x="1"/>`, at("$.a['@x']", digits), `<a x="z"/>`},
		{"rule attribute missing", `<a x="1"/>`, at("$.a['@x']", typed), `<a/>`},
		{"rule attribute star", `<a x="1"/>`, at("$.a.*", typed), `<a x="z"/>`},
		{"rule element type", `<a><b>1</b></a>`, at("$.a.b", typed), `<a><b>2</b></a>`},
		{"rule element type twice", `<a><b>1</b></a>`, at("$.a.b", typed), `<a><b>2</b><b>3</b></a>`},
		{"rule element type none", `<a><b>1</b></a>`, at("$.a.b", typed), `<a/>`},
		{"rule element type other", `<a><b>1</b></a>`, at("$.a", typed), `<a><b>1</b><c/></a>`},
		{"rule element min", `<a><b/></a>`, at("$.a", `{"match":"type","min":2}`), `<a><b/></a>`},
		{"rule element min ok", `<a><b/></a>`, at("$.a", `{"match":"type","min":2}`), `<a><b/><b/></a>`},
		{"rule element max", `<a><b/></a>`, at("$.a", `{"match":"type","max":1}`), `<a><b/><b/></a>`},
		{"rule element min spaces", `<a><b/></a>`, at("$.a", `{"match":"type","min":2}`), `<a> <b/> </a>`},
		{"rule element min name", `<a><b/></a>`, at("$.a.b", `{"match":"type","min":1}`), `<a><b><c/></b></a>`},
		{"rule element min cascaded", `<a><b/></a>`, at("$.a", `{"match":"type","min":1}`), `<a><b/></a>`},
		{"rule element equality", `<a><b>1</b></a>`, at("$.a.b", `{"match":"equality"}`), `<a><b>1</b></a>`},
		{"rule element equality text", `<a><b>1</b></a>`, at("$.a.b", `{"match":"equality"}`), `<a><b>2</b></a>`},
		{"rule element regex", `<a><b>1</b></a>`, at("$.a.b", digits), `<a><b>2</b></a>`},
		{"rule element regex name", `<a><b>1</b></a>`, at("$.a.b", `{"match":"regex","regex":"b|\\d"}`), `<a><b>2</b></a>`},
		{"rule element integer", `<a><b>1</b></a>`, at("$.a.b", `{"match":"integer"}`), `<a><b>2</b></a>`},
		{"rule element notEmpty", `<a><b>1</b></a>`, at("$.a.b", `{"match":"notEmpty"}`), `<a><b/></a>`},
		{"rule element notEmpty ok", `<a><b>1</b></a>`, at("$.a.b", `{"match":"notEmpty"}`), `<a><b>2</b></a>`},
		{"rule element include", `<a><b>1</b></a>`, at("$.a.b", `{"match":"include","value":"b"}`), `<a><b>1</b></a>`},
		{"rule root", `<a x="1"><b>1</b></a>`, at("$", typed), `<a x="2"><b>2</b></a>`},
		{"rule cascade reset", `<a><b>1</b></a>`, at("$.a", typed) + "," + at("$.a.b.#text", `{"match":"equality"}`), `<a><b>2</b></a>`},
		{"rule star", `<a><b>1</b><c>2</c></a>`, at("$.a.*.#text", digits), `<a><b>3</b><c>44</c></a>`},
		{"rule items", `<a><b>1</b></a>`, at("$.a.b[*].#text", digits), `<a><b>2</b></a>`},
		{"rule index", `<a><b>1</b></a>`, at("$.a[0].b[0].#text", digits), `<a><b>2</b></a>`},
		{"rule namespace", `<p:a xmlns:p="` + ns + `">1</p:a>`, at("$['"+ns+":a']['#text']", digits), `<q:a xmlns:q="` + ns + `">2</q:a>`},
		{"rule namespace prefix", `<p:a xmlns:p="` + ns + `">1</p:a>`, at("$['p:a']['#text']", digits), `<p:a xmlns:p="` + ns + `">2</p:a>`},
		{"rule or", `<a>1</a>`, `"$.a.#text":{"combine":"OR","matchers":[{"match":"integer"},{"match":"equality"}]}`, `<a>7</a>`},
		{"people", `<people><person id="1"><name>A</name></person></people>`, at("$.people", typed) + "," + at("$.people.person['@id']", digits) + "," + at("$.people.person.name.#text", typed), `<people><person id="5"><name>B</name></person><person id="6"><name>C</name></person></people>`},
		{"people bad", `<people><person id="1"><name>A</name></person></people>`, at("$.people", typed) + "," + at("$.people.person['@id']", digits) + "," + at("$.people.person.name.#text", typed), `<people><person id="5"><name>B</name></person><person id="x"><name>C</name></person></people>`},
		{"people extra inside", `<people><person id="1"/></people>`, at("$.people", typed) + "," + at("$.people.person['@id']", digits), `<people><person id="5"><age>3</age></person></people>`},
	} {
		want := fmt.Sprintf(`{"headers":{"Content-Type":"application/xml"},"body":%s}`, quoteJSON(c[1]))
		if c[2] != "" {
			want = fmt.Sprintf(`{"headers":{"Content-Type":"application/xml"},"body":%s,"matchingRules":{"body":{%s}}}`, quoteJSON(c[1]), c[2])
		}
		got := gotMessage{headers: [][2]string{{"Content-Type", "application/xml"}}, body: c[3]}
		cases = append(cases,
			refCase{name: "response xml " + c[0], want: want, got: got},
			refCase{name: "request xml " + c[0], request: true, want: want, got: got})
	}
	return cases
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

// multipartCases are multipart bodies under rules, in both directions.
func multipartCases() []refCase {
	var cases []refCase
	part := func(headers, body string) string {
		return "--B\r\n" + headers + "\r\n\r\n" + body + "\r\n"
	}
	field := func(name, value string) string {
		return part(fmt.Sprintf(`Content-Disposition: form-data; name="%s"`, name), value)
	}
	file := func(name, contentType, value string) string {
		return part(fmt.Sprintf("Content-Disposition: form-data; name=\"%s\"; filename=\"f\"\r\nContent-Type: %s", name, contentType), value)
	}
	typed := `{"match":"type"}`
	const form = "multipart/form-data; boundary=B"
	for _, c := range []struct{ name, want, rules, contentType, got string }{
		{"equal", field("a", "1"), "", form, field("a", "1")},
		{"differs", field("a", "1"), "", form, field("a", "2")},
		{"missing", field("a", "1"), "", form, field("b", "1")},
		{"extra", field("a", "1"), "", form, field("a", "1") + field("b", "2")},
		{"order", field("a", "1") + field("b", "2"), "", form, field("b", "2") + field("a", "1")},
		{"field type", field("a", "1"), at("$.a", typed), form, field("a", "xyz")},
		{"field regex", field("a", "1"), at("$.a", `{"match":"regex","regex":"\\d+"}`), form, field("a", "xyz")},
		{"field root type", field("a", "1"), at("$", typed), form, field("a", "xyz")},
		{"field notEmpty", field("a", "1"), at("$.a", `{"match":"notEmpty"}`), form, field("a", "")},
		{"field content type", field("a", "1"), at("$.a", `{"match":"contentType","value":"text/plain"}`), form, field("a", "xyz")},
		{"file equal", file("f", "text/plain", "x"), "", form, file("f", "text/plain", "x")},
		{"file differs", file("f", "text/plain", "x"), "", form, file("f", "text/plain", "y")},
		{"file type differs", file("f", "text/plain", "x"), "", form, file("f", "text/html", "x")},
		{"file for field", field("f", "x"), "", form, file("f", "text/plain", "x")},
		{"field for file", file("f", "text/plain", "x"), "", form, field("f", "x")},
		{"file type rule", file("f", "text/plain", "x"), at("$.f", typed), form, file("f", "text/plain", "y")},
		{"file json", file("f", "application/json", `{"a":1}`), "", form, file("f", "application/json", `{ "a" : 1 }`)},
		{"file json extra", file("f", "application/json", `{"a":1}`), "", form, file("f", "application/json", `{"a":1,"b":2}`)},
		{"file json rule", file("f", "application/json", `{"a":1}`), at("$.f.a", typed), form, file("f", "application/json", `{"a":2}`)},
		{"file json rule bad", file("f", "application/json", `{"a":1}`), at("$.f.a", typed), form, file("f", "application/json", `{"a":"x"}`)},
		{"file magic", file("f", "application/octet-stream", "x"), at("$.f", `{"match":"contentType","value":"image/png"}`), form, file("f", "application/octet-stream", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")},
		{"file magic bad", file("f", "application/octet-stream", "x"), at("$.f", `{"match":"contentType","value":"image/png"}`), form, file("f", "application/octet-stream", "text")},
		{"header extra wanted", part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 1", "1"), "", form, field("a", "1")},
		{"header equal", part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 1", "1"), "", form, part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 1", "1")},
		{"header differs", part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 1", "1"), "", form, part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 2", "1")},
		{"header rule", part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 1", "1"), at("$.a['x-h']", typed), form, part("Content-Disposition: form-data; name=\"a\"\r\nX-H: 2", "1")},
		{"field content type given", part("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain", "1"), "", form, field("a", "1")},
		{"base64", part("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", "MQ=="), "", form, field("a", "1")},
		{"unnamed", part("Content-Type: text/plain", "1"), "", form, part("Content-Type: text/plain", "1")},
		{"unnamed differs", part("Content-Type: text/plain", "1"), "", form, part("Content-Type: text/plain", "2")},
		{"unnamed rule", part("Content-Type: text/plain", "1"), at("$['0']", typed), form, part("Content-Type: text/plain", "2")},
		{"other boundary", field("a", "1"), "", "multipart/form-data; boundary=C", strings.ReplaceAll(field("a", "1"), "--B", "--C")},
		{"no boundary", field("a", "1"), "", "multipart/form-data", field("a", "1")},
		{"not multipart", field("a", "1"), "", form, "nothing"},
		{"mixed for form", field("a", "1"), "", "multipart/mixed; boundary=B", field("a", "1")},
	} {
		end := "--B--\r\n"
		rules := c.rules
		if rules != "" {
			rules = `"body":{` + rules + `},`
		}
		for _, ruled := range []bool{false, true} {
			name, header := c.name, ""
			if ruled {
				name += " type ruled"
				header = `"Content-Type":{"matchers":[{"match":"regex","regex":"multipart/form-data;.*"}]}`
			}
			want := fmt.Sprintf(`{"headers":{"Content-Type":%q},"body":%s,"matchingRules":{%s"header":{%s}}}`,
				form, quoteJSON(c.want+end), rules, header)
			body := c.got + end
			if strings.Contains(c.got, "--C") {
				body = c.got + "--C--\r\n"
			}
			got := gotMessage{headers: [][2]string{{"Content-Type", c.contentType}}, body: body}
			cases = append(cases,
				refCase{name: "response multipart " + name, want: want, got: got},
				refCase{name: "request multipart " + name, request: true, want: want, got: got})
		}
	}
	return cases
}

// backtrackingCases are expressions that RE2 lacks.
func backtrackingCases() []refCase {
	var cases []refCase
	for _, f := range []struct {
		regex  string
		values []string
	}{
		{`(?=.*\d)[a-z\d]+`, []string{`"abc1"`, `"abc"`, `"1"`}},
		{`(?!admin)\w+`, []string{`"user"`, `"admin"`, `"administrator"`}},
		{`\w+(?<!x)`, []string{`"abc"`, `"abx"`}},
		{`(?<=a)b|ab`, []string{`"ab"`, `"b"`}},
		{`(a|b)\1`, []string{`"aa"`, `"ab"`, `"bb"`}},
		{`(?<q>['"]).*\k<q>`, []string{`"'a'"`, `"'a\""`}},
		{`(?>a+)b`, []string{`"aab"`, `"b"`}},
		{`(?>a+)ab`, []string{`"aaab"`}},
		{`a++b`, []string{`"aab"`, `"b"`}},
		{`a++ab`, []string{`"aaab"`}},
		{`a*+a`, []string{`"aa"`}},
		{`[\s\S]*`, []string{`"a\nb"`, `""`, `"é"`}},
		{`[\W]+`, []string{`"a"`, `"-+ "`, `"é"`}},
		{`[\D]+`, []string{`"12"`, `"ab"`}},
		{`[^\S]+`, []string{`" \t"`, `"a"`}},
		{`[\H]+`, []string{`"xyz"`, `"abc"`}},
		{`(?=\p{Alpha}).+`, []string{`"abc"`, `"1bc"`}},
		{`(?=a)\w{2}$`, []string{`"ab"`, `"abc"`, `"ab\n"`}},
		{`(?=[[:digit:]]).*`, []string{`"1a"`, `"a1"`}},
	} {
		for _, v := range f.values {
			c := jsonCase(fmt.Sprintf("regex %q %s", f.regex, v), `{"v":"x"}`,
				at("$.v", fmt.Sprintf(`{"match":"regex","regex":%s}`, quoteJSON(f.regex))), fmt.Sprintf(`{"v":%s}`, v))
			cases = append(cases, c[0])
		}
	}
	return cases
}
