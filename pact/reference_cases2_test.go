package pact_test

import "fmt"

func containerCases() []refCase {
	var cases []refCase
	for _, c := range [][4]string{
		{"object extra", `{"a":1}`, ``, `{"a":1,"b":2}`},
		{"object nested extra", `{"a":{"b":1}}`, ``, `{"a":{"b":1,"c":2}}`},
		{"object missing", `{"a":1,"b":2}`, ``, `{"a":1}`},
		{"object order", `{"a":1,"b":2}`, ``, `{"b":2,"a":1}`},
		{"object empty example", `{"o":{}}`, ``, `{"o":{"a":1}}`},
		{"object empty example typed", `{"o":{}}`, at("$.o", `{"match":"type"}`), `{"o":{"a":1}}`},
		{"object for array", `{"o":{}}`, at("$.o", `{"match":"type"}`), `{"o":[]}`},
		{"array for object", `{"o":[]}`, at("$.o", `{"match":"type"}`), `{"o":{}}`},
		{"object null or type", `{"o":{"a":1}}`, `"$.o":{"combine":"OR","matchers":[{"match":"null"},{"match":"type"}]}`, `{"o":{"a":1}}`},
		{"object null or type null", `{"o":{"a":1}}`, `"$.o":{"combine":"OR","matchers":[{"match":"null"},{"match":"type"}]}`, `{"o":null}`},
		{"array null or type", `{"o":[1]}`, `"$.o":{"combine":"OR","matchers":[{"match":"null"},{"match":"type"}]}`, `{"o":[2,3]}`},
		{"array null or type null", `{"o":[1]}`, `"$.o":{"combine":"OR","matchers":[{"match":"null"},{"match":"type"}]}`, `{"o":null}`},
		{"array null", `{"o":[1]}`, at("$.o", `{"match":"null"}`), `{"o":[1]}`},
		{"object type", `{"o":{"a":1}}`, at("$.o", `{"match":"type"}`), `{"o":{"a":2}}`},
		{"object type missing", `{"o":{"a":1}}`, at("$.o", `{"match":"type"}`), `{"o":{}}`},
		{"object type extra", `{"o":{"a":1}}`, at("$.o", `{"match":"type"}`), `{"o":{"a":1,"b":1}}`},
		{"object equality", `{"o":{"a":1}}`, at("$.o", `{"match":"equality"}`), `{"o":{"a":1}}`},
		{"object equality extra", `{"o":{"a":1}}`, at("$.o", `{"match":"equality"}`), `{"o":{"a":1,"b":1}}`},
		{"object equality nested extra", `{"o":{"a":{"b":1}}}`, at("$.o", `{"match":"equality"}`), `{"o":{"a":{"b":1,"c":1}}}`},
		{"object integer", `{"o":{"a":1}}`, at("$.o", `{"match":"integer"}`), `{"o":{"a":2}}`},
		{"object regex", `{"o":{"a":"1"}}`, at("$.o", `{"match":"regex","regex":"\\d"}`), `{"o":{"a":"2"}}`},
		{"object regex bad", `{"o":{"a":"1"}}`, at("$.o", `{"match":"regex","regex":"\\d"}`), `{"o":{"a":"x"}}`},
		{"object include", `{"o":{"a":"1"}}`, at("$.o", `{"match":"include","value":"1"}`), `{"o":{"a":"1"}}`},
		{"object min", `{"o":{"a":1}}`, at("$.o", `{"match":"type","min":2}`), `{"o":{"a":1}}`},
		{"object boolean", `{"o":{"a":true}}`, at("$.o", `{"match":"boolean"}`), `{"o":{"a":true}}`},
		{"object date", `{"o":{"a":"2024"}}`, at("$.o", `{"match":"date","format":"yyyy"}`), `{"o":{"a":"2025"}}`},
		{"values other names", `{"o":{"a":1}}`, at("$.o", `{"match":"values"}`), `{"o":{"b":1}}`},
		{"values other value", `{"o":{"a":1}}`, at("$.o", `{"match":"values"}`), `{"o":{"b":2}}`},
		{"values typed", `{"o":{"a":1}}`, at("$.o", `{"match":"values"}`) + "," + at("$.o.*", `{"match":"type"}`), `{"o":{"b":2,"c":3}}`},
		{"values typed bad", `{"o":{"a":1}}`, at("$.o", `{"match":"values"}`) + "," + at("$.o.*", `{"match":"type"}`), `{"o":{"b":2,"c":"x"}}`},
		{"values empty", `{"o":{"a":1}}`, at("$.o", `{"match":"values"}`), `{"o":{}}`},
		{"values same name", `{"o":{"a":1,"b":2}}`, at("$.o", `{"match":"values"}`), `{"o":{"b":2}}`},
		{"values first by name", `{"o":{"b":2,"a":1}}`, at("$.o", `{"match":"values"}`), `{"o":{"z":1}}`},
		{"values nested", `{"o":{"a":{"x":1}}}`, at("$.o", `{"match":"values"}`) + "," + at("$.o.*.x", `{"match":"type"}`), `{"o":{"k":{"x":5}}}`},
		{"values and type", `{"o":{"a":1}}`, at("$.o", `{"match":"values"},{"match":"type"}`), `{"o":{"b":2}}`},
		{"values on array", `{"o":[1]}`, at("$.o", `{"match":"values"}`), `{"o":[1,1]}`},
		{"values on array other", `{"o":[1]}`, at("$.o", `{"match":"values"}`), `{"o":[1,2]}`},
		{"array longer", `{"o":[1]}`, ``, `{"o":[1,1]}`},
		{"array shorter", `{"o":[1,2]}`, ``, `{"o":[1]}`},
		{"array order", `{"o":[1,2]}`, ``, `{"o":[2,1]}`},
		{"array items extra", `{"o":[{"a":1}]}`, ``, `{"o":[{"a":1,"b":1}]}`},
		{"array empty example", `{"o":[]}`, ``, `{"o":[1]}`},
		{"array empty both", `{"o":[]}`, ``, `{"o":[]}`},
		{"array empty example typed", `{"o":[]}`, at("$.o", `{"match":"type"}`), `{"o":[1,"a"]}`},
		{"array empty example min", `{"o":[]}`, at("$.o", `{"match":"type","min":3}`), `{"o":[1]}`},
		{"array type", `{"o":[1]}`, at("$.o", `{"match":"type"}`), `{"o":[2,3]}`},
		{"array type bad item", `{"o":[1]}`, at("$.o", `{"match":"type"}`), `{"o":[2,"x"]}`},
		{"array type empty", `{"o":[1]}`, at("$.o", `{"match":"type"}`), `{"o":[]}`},
		{"array type two examples", `{"o":[1,"a"]}`, at("$.o", `{"match":"type"}`), `{"o":[2,"b",3]}`},
		{"array type two examples bad", `{"o":[1,"a"]}`, at("$.o", `{"match":"type"}`), `{"o":[2,"b","c"]}`},
		{"array min empty", `{"o":[1]}`, at("$.o", `{"match":"type","min":1}`), `{"o":[]}`},
		{"array min", `{"o":[1]}`, at("$.o", `{"match":"type","min":2}`), `{"o":[1]}`},
		{"array min text", `{"o":[1]}`, at("$.o", `{"match":"type","min":"2"}`), `{"o":[1]}`},
		{"array bare min", `{"o":[1]}`, at("$.o", `{"min":2}`), `{"o":[1]}`},
		{"array bare max", `{"o":[1]}`, at("$.o", `{"max":1}`), `{"o":[1,2]}`},
		{"array max", `{"o":[1]}`, at("$.o", `{"match":"type","max":1}`), `{"o":[1,2]}`},
		{"array min max", `{"o":[1]}`, at("$.o", `{"match":"type","min":1,"max":2}`), `{"o":[1,2]}`},
		{"array match min", `{"o":[1]}`, at("$.o", `{"match":"min","min":2}`), `{"o":[1]}`},
		{"array match max", `{"o":[1]}`, at("$.o", `{"match":"max","max":1}`), `{"o":[1,2]}`},
		{"array equality", `{"o":[{"a":1}]}`, at("$.o", `{"match":"equality"}`), `{"o":[{"a":1}]}`},
		{"array equality extra", `{"o":[{"a":1}]}`, at("$.o", `{"match":"equality"}`), `{"o":[{"a":1,"b":1}]}`},
		{"array integer", `{"o":[1]}`, at("$.o", `{"match":"integer"}`), `{"o":[1,2]}`},
		{"array integer bad", `{"o":[1]}`, at("$.o", `{"match":"integer"}`), `{"o":[1,2.5]}`},
		{"array regex", `{"o":["1"]}`, at("$.o", `{"match":"regex","regex":"\\d"}`), `{"o":["2","3"]}`},
		{"array regex bad", `{"o":["1"]}`, at("$.o", `{"match":"regex","regex":"\\d"}`), `{"o":["2","x"]}`},
		{"array include", `{"o":["1"]}`, at("$.o", `{"match":"include","value":"1"}`), `{"o":["21"]}`},
		{"array boolean", `{"o":[true]}`, at("$.o", `{"match":"boolean"}`), `{"o":[false,true]}`},
		{"array date", `{"o":["2024"]}`, at("$.o", `{"match":"date","format":"yyyy"}`), `{"o":["2025","2026"]}`},
		{"items star only", `{"o":[1]}`, at("$.o[*]", `{"match":"type"}`), `{"o":[2]}`},
		{"items star only longer", `{"o":[1]}`, at("$.o[*]", `{"match":"type"}`), `{"o":[2,3]}`},
		{"items star only shorter", `{"o":[1,2]}`, at("$.o[*]", `{"match":"type"}`), `{"o":[2]}`},
		{"items extra inside", `{"o":[{"a":1}]}`, at("$.o", `{"match":"type","min":1}`) + "," + at("$.o[*].a", `{"match":"type"}`), `{"o":[{"a":1},{"a":2,"b":3}]}`},
		{"items missing inside", `{"o":[{"a":1}]}`, at("$.o", `{"match":"type","min":1}`) + "," + at("$.o[*].a", `{"match":"type"}`), `{"o":[{"a":1},{}]}`},
		{"root array", `[1]`, at("$", `{"match":"type","min":1}`), `[5,6]`},
		{"root array bad", `[1]`, at("$", `{"match":"type","min":1}`), `[5,"a"]`},
		{"root scalar", `1`, at("$", `{"match":"type"}`), `5`},
		{"root string", `"a"`, ``, `"a"`},
		{"root string other", `"a"`, ``, `"b"`},
		{"duplicate members", `{"a":1}`, ``, `{"a":2,"a":1}`},
		{"got is not json", `{"a":1}`, ``, `{"a":1`},
		{"deep type", `{"a":{"b":[{"c":"x"}]}}`, at("$", `{"match":"type"}`), `{"a":{"b":[{"c":"y"},{"c":"z"}]}}`},
	} {
		cases = append(cases, jsonCase(c[0], c[1], c[2], c[3])...)
	}
	return cases
}

// cascadeCases are about which rule applies where.
func cascadeCases() []refCase {
	var cases []refCase
	typed, equal := `{"match":"type"}`, `{"match":"equality"}`
	for _, c := range [][4]string{
		{"cascade", `{"a":{"b":{"c":1}}}`, at("$.a", typed), `{"a":{"b":{"c":2}}}`},
		{"cascade reset", `{"a":{"b":{"c":1}}}`, at("$.a", typed) + "," + at("$.a.b.c", equal), `{"a":{"b":{"c":2}}}`},
		{"cascade min not below", `{"a":[[1]]}`, at("$.a", `{"match":"type","min":2}`), `{"a":[[1],[2]]}`},
		{"cascade max not below", `{"a":[[1]]}`, at("$.a", `{"match":"type","max":1}`), `{"a":[[1,2,3]]}`},
		{"cascade values not below", `{"a":{"b":{"c":1}}}`, at("$.a", `{"match":"values"}`), `{"a":{"x":{"y":1}}}`},
		{"weight star exact", `{"a":[{"b":1}]}`, at("$.a[*].b", typed) + "," + at("$.a[0].b", equal), `{"a":[{"b":2}]}`},
		{"weight short exact long star", `{"a":{"b":1}}`, at("$.a", equal) + "," + at("$.*.*", typed), `{"a":{"b":2}}`},
		{"weight product", `{"a":{"b":{"c":1}}}`, at("$.a", equal) + "," + at("$.*.b.*", typed), `{"a":{"b":{"c":2}}}`},
		{"index token on name", `{"a":{"0":1}}`, at("$.a[0]", typed), `{"a":{"0":2}}`},
		{"name token on index", `{"a":[1]}`, at("$.a['0']", typed), `{"a":[2]}`},
		{"bare digits", `{"1":{"a":1}}`, at("$.1.a", typed), `{"1":{"a":2}}`},
		{"weight stars", `{"a":{"b":{"c":{"d":1}}}}`, at("$.*.*.*.*", equal) + "," + at("$.a", typed), `{"a":{"b":{"c":{"d":2}}}}`},
		{"items star on name", `{"a":{"b":1}}`, at("$.a[*]", typed), `{"a":{"b":2}}`},
		{"items star on digits name", `{"a":{"5":1}}`, at("$.a[*]", typed), `{"a":{"5":2}}`},
		{"star on items", `{"a":[1]}`, at("$.a.*", typed), `{"a":[2]}`},
		{"quoted name", `{"a b":1}`, at("$['a b']", typed), `{"a b":2}`},
		{"quoted dots", `{"a.b":1}`, at("$['a.b']", typed), `{"a.b":2}`},
		{"quoted backslash", `{"a\\b":1}`, at(`$['a\b']`, typed), `{"a\\b":2}`},
		{"unicode name", `{"é":1}`, at("$.é", typed), `{"é":2}`},
		{"dash name", `{"a-b":1}`, at("$.a-b", typed), `{"a-b":2}`},
		{"path without root", `{"a":1}`, at("a", typed), `{"a":2}`},
		{"rule elsewhere", `{"a":1,"b":1}`, at("$.b", typed), `{"a":2,"b":1}`},
		{"rule below missing", `{"a":1}`, at("$.a.b.c", typed), `{"a":2}`},
		{"and of two", `{"a":"ab"}`, at("$.a", `{"match":"include","value":"a"},{"match":"include","value":"b"}`), `{"a":"xaxb"}`},
		{"and of two one fails", `{"a":"ab"}`, at("$.a", `{"match":"include","value":"a"},{"match":"include","value":"b"}`), `{"a":"xa"}`},
		{"or of two", `{"a":"ab"}`, `"$.a":{"combine":"OR","matchers":[{"match":"include","value":"a"},{"match":"include","value":"b"}]}`, `{"a":"xa"}`},
		{"or of two none", `{"a":"ab"}`, `"$.a":{"combine":"OR","matchers":[{"match":"include","value":"a"},{"match":"include","value":"b"}]}`, `{"a":"x"}`},
		{"or lower case", `{"a":"ab"}`, `"$.a":{"combine":"or","matchers":[{"match":"include","value":"a"},{"match":"include","value":"b"}]}`, `{"a":"xa"}`},
		{"empty matchers", `{"a":"ab"}`, `"$.a":{"matchers":[]}`, `{"a":"ab"}`},
		{"empty matchers other", `{"a":"ab"}`, `"$.a":{"matchers":[]}`, `{"a":"x"}`},
	} {
		cases = append(cases, jsonCase(c[0], c[1], c[2], c[3])...)
	}
	return cases
}

func queryCases() []refCase {
	var cases []refCase
	add := func(name, want, target string) {
		cases = append(cases, refCase{name: "query " + name, request: true, want: want, got: gotMessage{target: target}})
	}
	q := func(query, rules string) string {
		if rules == "" {
			return fmt.Sprintf(`{"query":%s}`, query)
		}
		return fmt.Sprintf(`{"query":%s,"matchingRules":{"query":{%s}}}`, query, rules)
	}
	typed := `{"match":"type"}`
	add("none", `{}`, "")
	add("unexpected", `{}`, "?a=1")
	add("equal", q(`{"a":["1"]}`, ""), "?a=1")
	add("other value", q(`{"a":["1"]}`, ""), "?a=2")
	add("other case", q(`{"a":["x"]}`, ""), "?A=x")
	add("missing", q(`{"a":["1"]}`, ""), "")
	add("extra name", q(`{"a":["1"]}`, ""), "?a=1&b=2")
	add("order of names", q(`{"a":["1"],"b":["2"]}`, ""), "?b=2&a=1")
	add("order of values", q(`{"a":["1","2"]}`, ""), "?a=2&a=1")
	add("more values", q(`{"a":["1"]}`, ""), "?a=1&a=1")
	add("fewer values", q(`{"a":["1","2"]}`, ""), "?a=1")
	add("encoded", q(`{"a b":["c&d"]}`, ""), "?a%20b=c%26d")
	add("plus", q(`{"a":["b c"]}`, ""), "?a=b+c")
	add("trailing ampersand", q(`{"a":["1"]}`, ""), "?a=1&")
	add("empty value", q(`{"a":[""]}`, ""), "?a=")
	add("no value", q(`{"a":[""]}`, ""), "?a")
	add("type", q(`{"a":["1"]}`, at("a", typed)), "?a=x")
	add("type missing", q(`{"a":["1"]}`, at("a", typed)), "")
	add("type more", q(`{"a":["1"]}`, at("a", typed)), "?a=x&a=y")
	add("type fewer", q(`{"a":["1","2"]}`, at("a", typed)), "?a=x")
	add("min", q(`{"a":["1"]}`, at("a", `{"match":"type","min":2}`)), "?a=x")
	add("max", q(`{"a":["1"]}`, at("a", `{"match":"type","max":1}`)), "?a=x&a=y")
	for _, v := range []string{"42", "-42", "4.2", "x", "+5", "1e5", "inf", "0x10", ""} {
		for _, m := range []string{"integer", "decimal", "number"} {
			add(m+" "+v, q(`{"a":["1"]}`, at("a", fmt.Sprintf(`{"match":%q}`, m))), "?a="+replacePlus(v))
		}
	}
	add("boolean", q(`{"a":["true"]}`, at("a", `{"match":"boolean"}`)), "?a=false")
	add("boolean bad", q(`{"a":["true"]}`, at("a", `{"match":"boolean"}`)), "?a=0")
	add("null", q(`{"a":["true"]}`, at("a", `{"match":"null"}`)), "?a=")
	add("include", q(`{"a":["x"]}`, at("a", `{"match":"include","value":"y"}`)), "?a=xyz")
	add("date", q(`{"a":["x"]}`, at("a", `{"match":"date","format":"yyyy-MM-dd"}`)), "?a=2024-02-29")
	add("date default", q(`{"a":["x"]}`, at("a", `{"match":"date"}`)), "?a=2024-02-29")
	add("regex", q(`{"a":["1"]}`, at("a", `{"match":"regex","regex":"\\d+"}`)), "?a=77")
	add("regex bad", q(`{"a":["1"]}`, at("a", `{"match":"regex","regex":"\\d+"}`)), "?a=x7")
	add("regex each", q(`{"a":["1"]}`, at("a", `{"match":"regex","regex":"\\d+"}`)), "?a=7&a=x")
	add("equality rule", q(`{"a":["1"]}`, at("a", `{"match":"equality"}`)), "?a=1")
	add("equality rule more", q(`{"a":["1"]}`, at("a", `{"match":"equality"}`)), "?a=1&a=1")
	add("or", q(`{"a":["1"]}`, `"a":{"combine":"OR","matchers":[{"match":"integer"},{"match":"regex","regex":"x"}]}`), "?a=x")
	add("bracket name", q(`{"f[a]":["1"]}`, at("f[a]", typed)), "?f[a]=2")
	add("bracket name not prefix", q(`{"f":["1"]}`, at("f[0]", typed)), "?f=2")
	add("dollar name", q(`{"a":["1"]}`, at("$.a", typed)), "?a=2")
	add("empty list", q(`{"a":[]}`, ""), "?a=1")
	add("empty list typed", q(`{"a":[]}`, at("a", typed)), "?a=1")
	add("string form", q(`"a=1&b=x+y"`, ""), "?b=x%20y&a=1")
	path := func(name, want, target string) {
		cases = append(cases, refCase{name: "path " + name, request: true, want: want, got: gotMessage{target: target}})
	}
	path("equal", `{"path":"/a"}`, "/a")
	path("case", `{"path":"/a"}`, "/A")
	path("trailing slash", `{"path":"/a"}`, "/a/")
	path("encoded", `{"path":"/a%20b"}`, "/a%20b")
	path("decoded", `{"path":"/a b"}`, "/a%20b")
	path("regex", `{"path":"/a/1","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"^/a/\\d+$"}]}}}`, "/a/77")
	path("regex bad", `{"path":"/a/1","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"^/a/\\d+$"}]}}}`, "/a/x")
	path("regex part", `{"path":"/a/1","matchingRules":{"path":{"matchers":[{"match":"regex","regex":"\\d+"}]}}}`, "/a/7")
	path("type", `{"path":"/a","matchingRules":{"path":{"matchers":[{"match":"type"}]}}}`, "/b")
	return cases
}

func replacePlus(s string) string {
	if s == "+5" {
		return "%2B5"
	}
	return s
}
