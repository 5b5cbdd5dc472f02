package pact_test

import (
	"encoding/base64"
	"fmt"
	"strconv"
)

// v4Case is a JSON body under rules at paths in Pact V4, in both directions.
func v4Case(name, example, rules, got string) []refCase {
	want := fmt.Sprintf(`{"headers":{"Content-Type":["application/json"]},`+
		`"body":{"contentType":"application/json","encoded":false,"content":%s},"matchingRules":{"body":{%s}}}`, example, rules)
	return []refCase{
		{name: "v4 response " + name, version: 4, want: want, got: jsonGot(got)},
		{name: "v4 request " + name, version: 4, request: true, want: want, got: jsonGot(got)},
	}
}

// otherMagic are further formats, each with the names it may be known by.
func otherMagic() []struct {
	name, data string
	types      []string
} {
	return []struct {
		name, data string
		types      []string
	}{
		{"rar", "Rar!\x1a\x07\x00\xcf\x90s\x00", []string{"application/vnd.rar", "application/x-rar-compressed"}},
		{"ico", "\x00\x00\x01\x00\x01\x00\x10\x10", []string{"image/vnd.microsoft.icon", "image/x-icon"}},
		{"flac", "fLaC\x00\x00\x00\x22", []string{"audio/x-flac", "audio/flac"}},
		{"rtf", "{\\rtf1\\ansi hello}", []string{"application/rtf", "text/rtf"}},
		{"shell", "#!/bin/sh\necho\n", []string{"text/x-shellscript", "text/plain", "application/x-shellscript"}},
		{"woff", "wOFF\x00\x01\x00\x00\x00\x00\x00\x00", []string{"application/font-woff", "font/woff"}},
		{"ttf", "\x00\x01\x00\x00\x00\x0f\x00\x80\x00\x03\x00\x70", []string{"application/font-sfnt", "font/ttf"}},
		{"sqlite", "SQLite format 3\x00\x10\x00\x01\x01", []string{"application/vnd.sqlite3", "application/x-sqlite3"}},
		{"7z", "7z\xbc\xaf\x27\x1c\x00\x04", []string{"application/x-7z-compressed"}},
		{"xz", "\xfd7zXZ\x00\x00\x04", []string{"application/x-xz"}},
		{"mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", []string{"video/mp4", "application/mp4"}},
		{"ogg", "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00", []string{"audio/ogg", "application/ogg"}},
		{"bmp", "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", []string{"image/bmp"}},
		{"tiff", "II*\x00\x08\x00\x00\x00\x0e\x00", []string{"image/tiff"}},
		{"wasm", "\x00asm\x01\x00\x00\x00", []string{"application/wasm"}},
		{"midi", "MThd\x00\x00\x00\x06\x00\x01", []string{"audio/midi"}},
		{"webm", "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm", []string{"video/webm", "video/x-matroska"}},
		{"avi", "RIFF\x24\x00\x00\x00AVI LIST", []string{"video/x-msvideo"}},
		{"psd", "8BPS\x00\x01\x00\x00", []string{"image/vnd.adobe.photoshop"}},
		{"postscript", "%!PS-Adobe-3.0\n", []string{"application/postscript"}},
		{"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", []string{"image/svg+xml", "application/xml", "text/plain"}},
		{"elf", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00", []string{"application/x-executable", "application/x-elf"}},
	}
}

// v4RuleCases hold the rules of Pact V4 against every kind of value, and what
// each of them is about.
func v4RuleCases() []refCase {
	var cases []refCase
	values := []string{
		`"a"`, `""`, `"1.2.3"`, `"1.2"`, `"v1.2.3"`, `"01.2.3"`, `"1.2.3-b.1+x"`, `"1.2.3-01"`, `"1.2.3-"`, `" 1.2.3"`,
		`1`, `0`, `1.5`, `true`, `false`, `null`, `[]`, `[1]`, `["1.2.3"]`, `{}`, `{"a":1}`, `{"a":"1.2.3"}`,
	}
	for _, m := range []struct{ name, json string }{
		{"notEmpty", `{"match":"notEmpty"}`},
		{"semver", `{"match":"semver"}`},
		{"statusCode", `{"match":"statusCode","status":"success"}`},
		{"contentType", `{"match":"contentType","value":"text/plain"}`},
		{"contentType json", `{"match":"contentType","value":"application/json"}`},
		{"arrayContains", `{"match":"arrayContains","variants":[{"index":0,"rules":{"$":{"matchers":[{"match":"type"}]}},"generators":{}}]}`},
		{"eachKey", `{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]"}],"value":"a"}`},
		{"eachValue", `{"match":"eachValue","rules":[{"match":"type"}],"value":"a"}`},
	} {
		for _, example := range []string{`"1.0.0"`, `[1]`, `{"a":1}`} {
			for _, v := range values {
				c := v4Case(fmt.Sprintf("%s %s %s", m.name, example, v), fmt.Sprintf(`{"v":%s}`, example), at("$.v", m.json), fmt.Sprintf(`{"v":%s}`, v))
				cases = append(cases, c[0])
			}
		}
	}
	return cases
}

// v4ContainerCases are about the rules of Pact V4 on arrays and objects.
func v4ContainerCases() []refCase {
	var cases []refCase
	variants := func(list string) string { return fmt.Sprintf(`{"match":"arrayContains","variants":[%s]}`, list) }
	variant := func(index int, rules string) string {
		return fmt.Sprintf(`{"index":%d,"rules":{%s},"generators":{}}`, index, rules)
	}
	typed := `{"match":"type"}`
	digits := `{"match":"regex","regex":"\\d+"}`
	eachKey := fmt.Sprintf(`{"match":"eachKey","rules":[%s],"value":"1"}`, digits)
	eachValue := fmt.Sprintf(`{"match":"eachValue","rules":[%s],"value":"1"}`, typed)
	for _, c := range [][4]string{
		{"arrayContains any place", `[1,2]`, at("$.o", variants(variant(0, at("$", `{"match":"equality"}`)))), `[5,2,1]`},
		{"arrayContains missing", `[1,2]`, at("$.o", variants(variant(0, at("$", `{"match":"equality"}`)))), `[5,2]`},
		{"arrayContains no rules", `[1]`, at("$.o", variants(variant(0, ""))), `[3,1]`},
		{"arrayContains no rules missing", `[1]`, at("$.o", variants(variant(0, ""))), `[3]`},
		{"arrayContains no variants", `[1]`, at("$.o", variants("")), `[3,1]`},
		{"arrayContains no variants missing", `[1,2]`, at("$.o", variants("")), `[3,1]`},
		{"arrayContains two", `[{"t":"a","v":1},{"t":"b","v":2}]`, at("$.o", variants(variant(0, at("$.t", `{"match":"equality"}`)+","+at("$.v", typed))+","+variant(1, at("$.t", `{"match":"equality"}`)+","+at("$.v", typed)))), `[{"t":"b","v":7},{"t":"c"},{"t":"a","v":9}]`},
		{"arrayContains two one missing", `[{"t":"a","v":1},{"t":"b","v":2}]`, at("$.o", variants(variant(0, at("$.v", typed))+","+variant(1, at("$.v", typed)))), `[{"t":"b","v":7}]`},
		{"arrayContains members", `[{"t":"a"}]`, at("$.o", variants(variant(0, at("$.t", `{"match":"equality"}`)))), `[{"t":"a","more":1}]`},
		{"arrayContains two on one", `[1,2]`, at("$.o", variants(variant(0, at("$", typed))+","+variant(1, at("$", typed)))), `[7]`},
		{"arrayContains index beyond", `[1]`, at("$.o", variants(variant(3, ""))), `[1]`},
		{"arrayContains empty example", `[]`, at("$.o", variants(variant(0, ""))), `[1]`},
		{"arrayContains and min", `[1]`, at("$.o", variants(variant(0, at("$", typed)))+`,{"match":"type","min":3}`), `[1,2]`},
		{"arrayContains or min", `[1]`, fmt.Sprintf(`"$.o":{"combine":"OR","matchers":[%s,{"match":"type","min":3}]}`, variants(variant(0, at("$", typed)))), `[1,2]`},
		{"arrayContains cascade", `[[1]]`, at("$.o", variants(variant(0, at("$[0]", typed)))), `[[5]]`},
		{"arrayContains rules below", `[{"a":1}]`, at("$.o", variants(variant(0, ""))) + "," + at("$.o[*].a", typed), `[{"a":2}]`},
		{"arrayContains on object extra", `{"a":1}`, at("$.o", variants("")), `{"a":2,"b":3}`},
		{"arrayContains on object other", `{"a":1}`, at("$.o", variants("")), `{"b":3}`},
		{"eachKey", `{"1":"a"}`, at("$.o", eachKey), `{"1":"a"}`},
		{"eachKey other", `{"1":"a"}`, at("$.o", eachKey), `{"2":"zzz"}`},
		{"eachKey bad", `{"1":"a"}`, at("$.o", eachKey), `{"x":"a"}`},
		{"eachKey one bad", `{"1":"a"}`, at("$.o", eachKey), `{"1":"a","x":"a"}`},
		{"eachKey value", `{"1":"a"}`, at("$.o", eachKey), `{"1":"b"}`},
		{"eachKey empty", `{"1":"a"}`, at("$.o", eachKey), `{}`},
		{"eachKey empty example", `{}`, at("$.o", eachKey), `{"x":1}`},
		{"eachKey nested value", `{"1":{"k":1}}`, at("$.o", eachKey), `{"1":{"k":2}}`},
		{"eachKey no rules", `{"1":"a"}`, at("$.o", `{"match":"eachKey","rules":[],"value":"1"}`), `{"x":"a"}`},
		{"eachKey two rules", `{"1":"a"}`, at("$.o", `{"match":"eachKey","rules":[{"match":"regex","regex":"\\d+"},{"match":"include","value":"2"}]}`), `{"12":"a","3":"b"}`},
		{"eachKey and type", `{"1":"a"}`, at("$.o", eachKey+","+typed), `{"2":"b","1":"c"}`},
		{"eachKey and type bad", `{"1":"a"}`, at("$.o", eachKey+","+typed), `{"1":3}`},
		{"eachKey and values", `{"1":"a"}`, at("$.o", eachKey+`,{"match":"values"}`), `{"2":"a"}`},
		{"eachKey cascaded", `{"x":{"1":"a"}}`, at("$.o", eachKey), `{"7":{"y":"a"}}`},
		{"eachKey on array", `["1"]`, at("$.o", eachKey), `["1"]`},
		{"eachKey on array other", `["1"]`, at("$.o", eachKey), `["2"]`},
		{"eachValue", `{"a":"x"}`, at("$.o", eachValue), `{"a":"y"}`},
		{"eachValue other names", `{"a":"x"}`, at("$.o", eachValue), `{"b":"y","c":"z"}`},
		{"eachValue bad", `{"a":"x"}`, at("$.o", eachValue), `{"b":1}`},
		{"eachValue empty", `{"a":"x"}`, at("$.o", eachValue), `{}`},
		{"eachValue empty example", `{}`, at("$.o", eachValue), `{"a":1}`},
		{"eachValue regex", `{"a":"1"}`, at("$.o", `{"match":"eachValue","rules":[{"match":"regex","regex":"\\d+"}]}`), `{"b":"22"}`},
		{"eachValue regex bad", `{"a":"1"}`, at("$.o", `{"match":"eachValue","rules":[{"match":"regex","regex":"\\d+"}]}`), `{"b":"x"}`},
		{"eachValue no rules", `{"a":"x"}`, at("$.o", `{"match":"eachValue","rules":[]}`), `{"b":"x"}`},
		{"eachValue no rules bad", `{"a":"x"}`, at("$.o", `{"match":"eachValue","rules":[]}`), `{"b":"y"}`},
		{"eachValue nested", `{"a":{"k":1}}`, at("$.o", eachValue), `{"b":{"k":2}}`},
		{"eachValue nested missing", `{"a":{"k":1}}`, at("$.o", eachValue), `{"b":{}}`},
		{"eachValue nested extra", `{"a":{"k":1}}`, at("$.o", eachValue), `{"b":{"k":1,"l":2}}`},
		{"eachValue rules below", `{"a":{"k":1}}`, at("$.o", `{"match":"eachValue","rules":[{"match":"equality"}]}`) + "," + at("$.o.*.k", typed), `{"b":{"k":2}}`},
		{"eachValue list", `[1]`, at("$.o", eachValue), `[2,3]`},
		{"eachValue list bad", `[1]`, at("$.o", eachValue), `[2,"x"]`},
		{"eachValue list empty", `[1]`, at("$.o", eachValue), `[]`},
		{"eachValue list shorter", `[1,2]`, at("$.o", eachValue), `[7]`},
		{"eachValue list objects", `[{"k":1}]`, at("$.o", eachValue), `[{"k":2},{"k":3}]`},
		{"eachValue list objects missing", `[{"k":1}]`, at("$.o", eachValue), `[{"k":2},{}]`},
		{"eachValue in eachValue", `{"a":[1]}`, at("$.o", `{"match":"eachValue","rules":[{"match":"eachValue","rules":[{"match":"type"}]}]}`), `{"b":[5,6]}`},
		{"eachValue in eachValue bad", `{"a":[1]}`, at("$.o", `{"match":"eachValue","rules":[{"match":"eachValue","rules":[{"match":"type"}]}]}`), `{"b":[5,"x"]}`},
		{"eachKey and eachValue", `{"1":"a"}`, at("$.o", eachKey+","+eachValue), `{"2":"b"}`},
		{"eachKey and eachValue bad key", `{"1":"a"}`, at("$.o", eachKey+","+eachValue), `{"x":"b"}`},
		{"eachKey and eachValue bad value", `{"1":"a"}`, at("$.o", eachKey+","+eachValue), `{"2":2}`},
		{"each-key alias", `{"1":"a"}`, at("$.o", `{"match":"each-key","rules":[{"match":"regex","regex":"\\d+"}]}`), `{"x":"a"}`},
		{"each-value alias", `{"1":"a"}`, at("$.o", `{"match":"each-value","rules":[{"match":"type"}]}`), `{"x":1}`},
		{"not-empty alias", `"a"`, at("$.o", `{"match":"not-empty"}`), `""`},
		{"notEmpty below", `{"a":{"b":"x"}}`, at("$.o", `{"match":"notEmpty"}`), `{"a":{"b":""}}`},
		{"notEmpty items", `["a"]`, at("$.o", `{"match":"notEmpty"}`), `["b",""]`},
		{"notEmpty or null", `"a"`, `"$.o":{"combine":"OR","matchers":[{"match":"notEmpty"},{"match":"null"}]}`, `null`},
		{"semver items", `["1.0.0"]`, at("$.o", `{"match":"semver"}`), `["2.0.0","x"]`},
		{"eachValue bad inner", `{"a":"x"}`, at("$.o", `{"match":"eachValue","rules":[{"match":"nonsense"}]}`), `{"a":"x"}`},
	} {
		cases = append(cases, v4Case(c[0], `{"o":`+c[1]+`}`, c[2], `{"o":`+c[3]+`}`)...)
	}
	return cases
}

// statusCases hold status rules against codes.
func statusCases() []refCase {
	var cases []refCase
	for _, rule := range []string{`"info"`, `"success"`, `"redirect"`, `"clientError"`, `"serverError"`, `"nonError"`, `"error"`, `[200,404]`} {
		for _, code := range []int{200, 204, 299, 301, 399, 400, 404, 499, 500, 599} {
			cases = append(cases, refCase{
				name: "v4 response status rule " + rule + " " + strconv.Itoa(code), version: 4,
				want: fmt.Sprintf(`{"status":200,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":%s}]}}}`, rule),
				got:  gotMessage{status: code},
			})
		}
	}
	return cases
}

// v4FieldCases are about the rules of Pact V4 on paths, headers and queries.
func v4FieldCases() []refCase {
	var cases []refCase
	for _, m := range []struct{ name, json string }{
		{"notEmpty", `{"match":"notEmpty"}`},
		{"semver", `{"match":"semver"}`},
		{"statusCode", `{"match":"statusCode","status":"success"}`},
		{"contentType", `{"match":"contentType","value":"text/plain"}`},
		{"arrayContains", `{"match":"arrayContains","variants":[]}`},
		{"eachKey", `{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]+"}]}`},
		{"eachValue", `{"match":"eachValue","rules":[{"match":"regex","regex":"[a-z]+"}]}`},
	} {
		for _, v := range []string{"", "abc", "1.2.3", "200", "a,b"} {
			cases = append(cases,
				refCase{
					name: fmt.Sprintf("v4 header %s %q", m.name, v), version: 4, request: true,
					want: fmt.Sprintf(`{"headers":{"X-A":["1.0.0"]},"matchingRules":{"header":{"X-A":{"matchers":[%s]}}}}`, m.json),
					got:  gotMessage{headers: [][2]string{{"X-A", v}}},
				},
				refCase{
					name: fmt.Sprintf("v4 query %s %q", m.name, v), version: 4, request: true,
					want: fmt.Sprintf(`{"query":{"q":["1.0.0"]},"matchingRules":{"query":{"q":{"matchers":[%s]}}}}`, m.json),
					got:  gotMessage{target: "?q=" + v},
				},
				refCase{
					name: fmt.Sprintf("v4 query twice %s %q", m.name, v), version: 4, request: true,
					want: fmt.Sprintf(`{"query":{"q":["1.0.0","abc"]},"matchingRules":{"query":{"q":{"matchers":[%s]}}}}`, m.json),
					got:  gotMessage{target: "?q=" + v + "&q=abc"},
				},
				refCase{
					name: fmt.Sprintf("v4 path %s %q", m.name, v), version: 4, request: true,
					want: fmt.Sprintf(`{"path":"/x","matchingRules":{"path":{"matchers":[%s]}}}`, m.json),
					got:  gotMessage{target: "/" + v},
				})
		}
	}
	return cases
}

// v4ListCases are about the rules of Pact V4 on several values of a name.
func v4ListCases() []refCase {
	var cases []refCase
	for _, c := range [][3]string{
		{"eachValue", `{"match":"eachValue","rules":[{"match":"regex","regex":"\\d+"}]}`, "?q=1&q=22"},
		{"eachValue bad", `{"match":"eachValue","rules":[{"match":"regex","regex":"\\d+"}]}`, "?q=1&q=x"},
		{"eachValue one", `{"match":"eachValue","rules":[{"match":"regex","regex":"\\d+"}]}`, "?q=1"},
		{"eachValue equality", `{"match":"eachValue","rules":[{"match":"equality"}]}`, "?q=1&q=2&q=1"},
		{"eachValue and min", `{"match":"eachValue","rules":[{"match":"type"}]},{"match":"type","min":3}`, "?q=1&q=2"},
		{"arrayContains", `{"match":"arrayContains","variants":[{"index":1,"rules":{"$":{"matchers":[{"match":"equality"}]}}}]}`, "?q=5&q=2&q=7"},
		{"arrayContains missing", `{"match":"arrayContains","variants":[{"index":1,"rules":{"$":{"matchers":[{"match":"equality"}]}}}]}`, "?q=5&q=7"},
		{"arrayContains none", `{"match":"arrayContains","variants":[]}`, "?q=2&q=1"},
		{"notEmpty", `{"match":"notEmpty"}`, "?q=2&q="},
	} {
		cases = append(cases, refCase{
			name: "v4 query list " + c[0], version: 4, request: true,
			want: fmt.Sprintf(`{"query":{"q":["1","2"]},"matchingRules":{"query":{"q":{"matchers":[%s]}}}}`, c[1]),
			got:  gotMessage{target: c[2]},
		})
	}
	return cases
}

// magicCases are bodies judged by their magic numbers.
func magicCases() []refCase {
	var cases []refCase
	samples := []struct{ name, data string }{
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"},
		{"gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff"},
		{"pdf", "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"},
		{"zip", "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"},
		{"json", `{"a":1}`},
		{"json array", `[1,2]`},
		{"xml", `<?xml version="1.0"?><a/>`},
		{"element", `<a><b/></a>`},
		{"html", `<!DOCTYPE html><html><body/></html>`},
		{"text", "just a text"},
		{"bytes", "\x01\x02\x03\xfe\xff\x00"},
		{"empty zip end", "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"webp", "RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00"},
		{"wav", "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"},
		{"mp3", "ID3\x03\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"bzip2", "BZh91AY&SY"},
		{"csv", "a,b\n1,2\n"},
	}
	types := []string{
		"image/png", "image/jpeg", "image/gif", "application/pdf", "application/zip", "application/gzip",
		"application/json", "application/xml", "text/xml", "text/html", "text/plain", "application/octet-stream",
		"image/webp", "audio/x-wav", "audio/wav", "audio/mpeg", "application/x-bzip2", "text/csv",
	}
	add := func(name, data string, types []string) {
		for _, t := range types {
			want := fmt.Sprintf(`{"headers":{"Content-Type":"application/octet-stream"},"body":%q,"matchingRules":{"body":{%s}}}`,
				base64.StdEncoding.EncodeToString([]byte("anything")), at("$", fmt.Sprintf(`{"match":"contentType","value":%q}`, t)))
			cases = append(cases, refCase{
				name: "response magic " + name + " " + t, want: want,
				got: gotMessage{headers: [][2]string{{"Content-Type", "application/octet-stream"}}, body: data},
			})
		}
	}
	for _, s := range samples {
		add(s.name, s.data, types)
	}
	for _, s := range otherMagic() {
		add(s.name, s.data, s.types)
	}
	return cases
}
