package pact_test

import "fmt"

// refCases are all cases: generated ones for each matcher, and those that pin
// one point each.
func refCases() []refCase {
	var cases []refCase
	cases = append(cases, scalarCases()...)
	cases = append(cases, temporalCases()...)
	cases = append(cases, regexCases()...)
	cases = append(cases, containerCases()...)
	cases = append(cases, cascadeCases()...)
	cases = append(cases, queryCases()...)
	cases = append(cases, headerCases()...)
	cases = append(cases, bodyCases()...)
	cases = append(cases, versionCases()...)
	cases = append(cases, v4RuleCases()...)
	cases = append(cases, v4ContainerCases()...)
	cases = append(cases, statusCases()...)
	cases = append(cases, v4FieldCases()...)
	cases = append(cases, v4ListCases()...)
	cases = append(cases, magicCases()...)
	cases = append(cases, xmlCases()...)
	cases = append(cases, multipartCases()...)
	cases = append(cases, backtrackingCases()...)
	cases = append(cases, generatedCases()...)
	return cases
}

const jsonHeaders = `"headers":{"Content-Type":"application/json"}`

func jsonGot(body string) gotMessage {
	return gotMessage{headers: [][2]string{{"Content-Type", "application/json"}}, body: body}
}

// jsonCase is a JSON body under rules at paths, in both directions.
func jsonCase(name, example, rules, got string) []refCase {
	want := fmt.Sprintf(`{%s,"body":%s}`, jsonHeaders, example)
	if rules != "" {
		want = fmt.Sprintf(`{%s,"body":%s,"matchingRules":{"body":{%s}}}`, jsonHeaders, example, rules)
	}
	return []refCase{
		{name: "response " + name, want: want, got: jsonGot(got)},
		{name: "request " + name, request: true, want: want, got: jsonGot(got)},
	}
}

func at(path, matchers string) string {
	return fmt.Sprintf(`%q:{"matchers":[%s]}`, path, matchers)
}

// scalarCases hold every matcher on scalars against every kind of value.
func scalarCases() []refCase {
	var cases []refCase
	matchers := []struct{ name, json, example string }{
		{"no rule", "", `"a"`},
		{"no rule number", "", `1`},
		{"no rule decimal", "", `1.10`},
		{"no rule null", "", `null`},
		{"equality", `{"match":"equality"}`, `1`},
		{"type string", `{"match":"type"}`, `"a"`},
		{"type number", `{"match":"type"}`, `1`},
		{"type boolean", `{"match":"type"}`, `true`},
		{"type null", `{"match":"type"}`, `null`},
		{"min", `{"match":"type","min":2}`, `"a"`},
		{"include", `{"match":"include","value":"1"}`, `"a1"`},
		{"number", `{"match":"number"}`, `1`},
		{"integer", `{"match":"integer"}`, `1`},
		{"integer from string", `{"match":"integer"}`, `"a"`},
		{"decimal", `{"match":"decimal"}`, `1.5`},
		{"real", `{"match":"real"}`, `1.5`},
		{"boolean", `{"match":"boolean"}`, `true`},
		{"null", `{"match":"null"}`, `"a"`},
		{"values", `{"match":"values"}`, `1`},
		{"null or type", `{"match":"null"},{"match":"type"}`, `"a"`},
	}
	values := []string{
		`"a"`, `""`, `"1"`, `"true"`, `"TRUE"`, `1`, `-42`, `0`, `-0`, `1.0`, `1.1`, `1.10`, `1e2`,
		`18446744073709551615`, `18446744073709551616`, `-9223372036854775809`, `true`, `false`, `null`, `[]`, `[1]`, `{}`, `{"a":1}`,
	}
	for _, m := range matchers {
		for _, v := range values {
			rule := ""
			switch {
			case m.name == "null or type":
				rule = fmt.Sprintf(`"$.v":{"combine":"OR","matchers":[%s]}`, m.json)
			case m.json != "":
				rule = at("$.v", m.json)
			}
			c := jsonCase(fmt.Sprintf("%s %s", m.name, v), fmt.Sprintf(`{"v":%s}`, m.example), rule, fmt.Sprintf(`{"v":%s}`, v))
			cases = append(cases, c[0])
		}
		cases = append(cases, jsonCase(m.name+" missing", fmt.Sprintf(`{"v":%s}`, m.example),
			at("$.v", `{"match":"type"}`), `{}`)...)
	}
	return cases
}

func temporalCases() []refCase {
	var cases []refCase
	for _, f := range []struct {
		match  string
		format string
		values []string
	}{
		{"date", "yyyy-MM-dd", []string{"2024-02-29", "2023-02-29", "2024-2-9", "24-02-29", "2024-13-01", "2024-04-31", "2024-02-29 ", "2024/02/29", "abc", "12024-01-01"}},
		{"date", "", []string{"2024-02-29", "29.02.2024"}},
		{"date", "dd.MM.yy", []string{"29.02.24", "29.02.23", "1.2.3", "29.02.2024"}},
		{"date", "dd/MM", []string{"28/02", "29/02", "30/02", "30/04", "31/04"}},
		{"date", "MM/yyyy", []string{"02/2024", "13/2024"}},
		{"date", "yyyy", []string{"2024", "24", "0", "02024"}},
		{"date", "yyyy-DDD", []string{"2023-365"}},
		{"date", "EEE, d MMM yyyy", []string{"Tue, 3 Jun 2008", "tue, 03 JUN 2008", "Tuesday, 3 Jun 2008", "Tue, 3 June 2008"}},
		{"date", "EEEE d MMMM yyyy", []string{"Tuesday 3 June 2008", "Tue 3 Jun 2008"}},
		{"date", "yyyy-DDD", []string{"2024-366", "2024-356", "2024-1", "2024-367", "2024-000"}},
		{"date", "YYYY-'W'ww-e", []string{"2024-W05-1", "2024-W57-1", "2024-W05-8", "2024-05-1"}},
		{"date", "yyyy 'Q'q QQQ", []string{"2024 Q1 Q1", "2024 Q5 Q1", "2024 1 Q1"}},
		{"date", "yyyy''MM", []string{"2024'05", "202405"}},
		{"date", "yyyyMMdd", []string{"20240229", "20230229", "2024229"}},
		{"time", "HH:mm:ss", []string{"23:59:59", "24:00:00", "25:00:00", "1:2:3", "23:59:60", "23:59:61", "23:60:00", "23:59"}},
		{"time", "", []string{"23:59:59", "23:59"}},
		{"time", "hh:mm a", []string{"12:30 PM", "13:30 PM", "12:30 pm", "00:30 AM", "12:30"}},
		{"time", "kk:mm", []string{"24:00", "00:00", "1:5"}},
		{"time", "KK:mm a", []string{"11:00 AM", "12:00 AM", "0:00 am"}},
		{"time", "HH:mm:ss.SSS", []string{"10:00:00.123", "10:00:00.12", "10:00:00.1234", "10:00:00.123456", "10:00:00"}},
		{"time", "HH:mm:ss.SSSSSS", []string{"10:00:00.123456", "10:00:00.123", "10:00:00.000123"}},
		{"time", "HH:mm:ssz", []string{"10:00:00UTC", "10:00:00PST", "10:00:00pst"}},
		{"datetime", "yyyy-MM-dd'T'HH:mm:ssXXX", []string{
			"2024-02-29T10:00:00Z", "2024-02-29T10:00:00+02:00", "2024-02-29T10:00:00+0200",
			"2024-02-29T10:00:00", "2024-02-29T10:00:00-11:30", "2024-02-29T10:00:00+12:00", "2024-02-29T10:00:00+13:00", "2024-02-29T10:00:00z",
		}},
		{"datetime", "", []string{"2024-02-29T10:00:00Z", "2024-02-29T10:00:00+01:00", "2024-02-29"}},
		{"timestamp", "yyyy-MM-dd'T'HH:mm:ss.SSSX", []string{
			"2024-02-29T10:00:00.123Z", "2024-02-29T10:00:00.123+01",
			"2024-02-29T10:00:00.123+0100", "2024-02-29T10:00:00.123+01:00",
		}},
		{"datetime", "yyyy-MM-dd'T'HH:mm:ssZ", []string{"2024-02-29T10:00:00+0100", "2024-02-29T10:00:00+01:00", "2024-02-29T10:00:00Z"}},
		{"datetime", "yyyy-MM-dd'T'HH:mm:ssxx", []string{"2024-02-29T10:00:00+0100", "2024-02-29T10:00:00Z"}},
		{"datetime", "yyyy-MM-dd'T'HH:mm:ss ZZZZ", []string{"2024-02-29T10:00:00 GMT+01:00", "2024-02-29T10:00:00 GMT", "2024-02-29T10:00:00 +01:00"}},
		{"datetime", "yyyy-MM-dd'T'HH:mm:ss OOOO", []string{"2024-02-29T10:00:00 GMT+01:00", "2024-02-29T10:00:00 GMT+1"}},
		{"datetime", "yyyy-MM-dd HH:mm:ss VV", []string{"2024-02-29 10:00:00 Europe/Paris", "2024-02-29 10:00:00 Paris"}},
		{"datetime", "G yyyy n A N", []string{"AD 2024 1 2 3", "XX 2024 1 2 3"}},
	} {
		for _, v := range f.values {
			rule := fmt.Sprintf(`{"match":%q,"format":%q}`, f.match, f.format)
			if f.format == "" {
				rule = fmt.Sprintf(`{"match":%q}`, f.match)
			}
			c := jsonCase(fmt.Sprintf("%s %q %q", f.match, f.format, v), `{"v":"x"}`, at("$.v", rule), fmt.Sprintf(`{"v":%q}`, v))
			cases = append(cases, c[0])
		}
	}
	cases = append(cases, jsonCase("date number by text", `{"v":"x"}`, at("$.v", `{"match":"date","format":"yyyy"}`), `{"v":2024}`)...)
	cases = append(cases, jsonCase("date format under its name", `{"v":"x"}`, at("$.v", `{"match":"date","date":"dd/MM"}`), `{"v":"28/02"}`)...)
	cases = append(cases, jsonCase("date without match", `{"v":"x"}`, at("$.v", `{"date":"dd/MM"}`), `{"v":"28/02"}`)...)
	cases = append(cases, jsonCase("timestamp without match", `{"v":"x"}`, at("$.v", `{"timestamp":"dd/MM"}`), `{"v":"29-02"}`)...)
	return cases
}

func regexCases() []refCase {
	var cases []refCase
	for _, f := range []struct {
		regex  string
		values []string
	}{
		{`abc`, []string{`"abc"`, `"xabcx"`, `"abcd"`, `"ABC"`, `"abc\n"`}},
		{`^abc$`, []string{`"abc"`, `"abc\n"`, `"x\nabc"`}},
		{`^abc$\ndef`, []string{`"abc\ndef"`}},
		{`a|ab`, []string{`"a"`, `"ab"`}},
		{`ab|a`, []string{`"a"`, `"ab"`}},
		{`(a|ab)c`, []string{`"ac"`, `"abc"`}},
		{`\d+`, []string{`"12"`, `12`, `1.5`, `"٣"`, `""`, `null`, `true`}},
		{`\w+`, []string{`"abc"`, `"é"`, `"a b"`, `"ä_1"`, `"日本"`}},
		{`[\w-]+`, []string{`"é-x"`, `"a b"`}},
		{`\s`, []string{`" "`, `"\u00a0"`, `"\u0085"`, `"\t"`, `"\u000b"`}},
		{`\h+`, []string{`"deadbeef"`, `"xyz"`}},
		{`.*`, []string{`"abc"`, `"a\nb"`, `""`, `[1]`, `{"a":1}`}},
		{`(?i)abc`, []string{`"ABC"`, `"abd"`}},
		{`\A(abc)\z`, []string{`"abc"`, `"abcd"`}},
		{`abc\Z`, []string{`"abc"`, `"abc\n"`}},
		{`a{,2}b`, []string{`"b"`, `"aab"`, `"aaab"`, `"a{,2}b"`}},
		{`\u0061+`, []string{`"aa"`, `"b"`}},
		{`[[:alpha:]]+`, []string{`"abc"`, `"1"`}},
		{`[]a]+`, []string{`"]a"`, `"b"`}},
		{`(?<year>\d{4})-\d\d`, []string{`"2024-01"`, `"24-01"`}},
		{`true|false`, []string{`true`, `"false"`, `1`}},
		{`\/a\-b\.`, []string{`"/a-b."`, `"/a-bx"`}},
	} {
		for _, v := range f.values {
			c := jsonCase(fmt.Sprintf("regex %q %s", f.regex, v), `{"v":"x"}`, at("$.v", fmt.Sprintf(`{"match":"regex","regex":%q}`, f.regex)), fmt.Sprintf(`{"v":%s}`, v))
			cases = append(cases, c[0])
		}
	}
	cases = append(cases, jsonCase("regex without match", `{"v":"x"}`, at("$.v", `{"regex":"a+"}`), `{"v":"aa"}`)...)
	cases = append(cases, jsonCase("unknown matcher", `{"v":"x"}`, at("$.v", `{"match":"nonsense"}`), `{"v":"x"}`)...)
	return cases
}
