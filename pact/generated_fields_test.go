package pact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// A randomField is a name with its values, what was got, and a rule.
type randomField struct {
	name       string
	want, got  []string
	entry      string
	hasEntries bool
}

// field is a random field under a rule or none.
func (g *generator) field(name string, several bool) randomField {
	f := randomField{name: name}
	n := 1
	if several && g.chance(35) {
		n = g.r.IntN(2) + 2
	}
	plain := []string{"one", "two", "3", "true", "2020-02-29", "1.2.3"}
	rule := g.noRule()
	if g.chance(70) {
		rule = g.fieldRule(several)
		f.hasEntries = true
	}
	for range n {
		if rule.example.Text != "" && g.chance(85) {
			f.want = append(f.want, rule.example.Text)
		} else {
			f.want = append(f.want, pick(g, plain...))
		}
	}
	f.got = slices.Clone(f.want)
	switch {
	case f.hasEntries && g.chance(70):
		for i := range f.got {
			f.got[i] = rule.good.Text
		}
	case g.chance(50):
		f.got[g.r.IntN(n)] = pick(g, plain...)
	}
	switch {
	case !several || !g.chance(30):
	case g.chance(40):
		f.got = f.got[1:]
	case g.chance(60):
		f.got = append(f.got, f.got[0])
	default:
		slices.Reverse(f.got)
	}
	f.entry = rule.json
	if f.hasEntries && g.version > 2 {
		f.entry = g.matchers(rule.json, func() string { return g.scalarRule(true).json })
	}
	return f
}

func (g *generator) noRule() randomRule { return randomRule{} }

// fieldRule is a rule on texts, or on the list of them.
func (g *generator) fieldRule(several bool) randomRule {
	if several && g.version > 2 && g.chance(20) {
		name := pick(g, "min", "max", "values", "eachValue", "arrayContains", "eachKey")
		r := randomRule{name: name, example: str("one"), good: str("two")}
		switch name {
		case "min":
			r.json = fmt.Sprintf(`{"match":"type","min":%d}`, g.r.IntN(3)+1)
		case "max":
			r.json = fmt.Sprintf(`{"match":"type","max":%d}`, g.r.IntN(2)+1)
		case "values", "eachKey":
			r.json = fmt.Sprintf(`{"match":%q,"rules":[{"match":"type"}]}`, name)
		case "eachValue":
			inner := g.scalarRule(true)
			r.json, r.example, r.good = fmt.Sprintf(`{"match":"eachValue","rules":[%s]}`, inner.json), inner.example, inner.good
		case "arrayContains":
			r.json = fmt.Sprintf(`{"match":"arrayContains","variants":[{"index":0,"rules":{%s}}]}`, pick(g, "", at("$", `{"match":"equality"}`), at("$", `{"match":"type"}`)))
		}
		g.use(name)
		return r
	}
	return g.scalarRule(true)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (g *generator) header() (string, gotMessage) {
	var want, keys []string
	var got [][2]string
	entries := make(map[string]string)
	names := []string{"X-One", "X-Two", "Accept", "Cache-Control", "Vary", "ETag"}
	g.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:g.r.IntN(2)+1] {
		f := g.field(name, g.version > 2)
		var list []string
		for _, v := range f.want {
			list = append(list, quoted(v))
		}
		value := "[" + strings.Join(list, ",") + "]"
		if len(list) == 1 && (g.version < 4 || g.chance(30)) {
			value = list[0]
		}
		want = append(want, quoted(name)+":"+value)
		if f.hasEntries {
			key := pick(g, name, name, strings.ToLower(name))
			if g.version == 2 {
				key = pick(g, "$.headers.", "$.header.") + name
			}
			keys, entries[key] = append(keys, key), f.entry
		}
		for _, v := range f.got {
			got = append(got, [2]string{pick(g, name, strings.ToLower(name)), pick(g, v, v, " "+v+" ")})
		}
	}
	got = append(got, [2]string{"X-More", "more"})
	written := ""
	if len(keys) > 0 {
		written = `,"matchingRules":` + g.rules("header", keys, entries)
	}
	return fmt.Sprintf(`{"headers":{%s}%s}`, strings.Join(want, ","), written), gotMessage{headers: got}
}

// pairs are random names with values, wanted and got.
func (g *generator) pairs(keyOf func(name string) string) (want, got [][2]string, keys []string, entries map[string]string) {
	entries = make(map[string]string)
	names := []string{"a", "b2", "c d", "e-f", "g"}
	if g.version == 2 {
		// The reference cannot read a V2 contract with a rule on such a name.
		names[2] = "c_d"
	}
	g.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:g.r.IntN(2)+1] {
		f := g.field(name, true)
		for _, v := range f.want {
			want = append(want, [2]string{name, v})
		}
		for _, v := range f.got {
			got = append(got, [2]string{name, v})
		}
		if f.hasEntries {
			key := keyOf(name)
			keys, entries[key] = append(keys, key), f.entry
		}
	}
	switch {
	case g.chance(8):
		got = append(got, [2]string{"extra", "1"})
	case g.chance(20):
		slices.Reverse(got)
	}
	return want, got, keys, entries
}

func encodedPairs(pairs [][2]string) string {
	var list []string
	for _, p := range pairs {
		list = append(list, url.QueryEscape(p[0])+"="+url.QueryEscape(p[1]))
	}
	return strings.Join(list, "&")
}

func (g *generator) query() (string, gotMessage) {
	want, got, keys, entries := g.pairs(func(name string) string {
		switch {
		case g.version > 2:
			return name
		case strings.ContainsAny(name, " -"):
			return "$.query['" + name + "']"
		}
		return "$.query." + name + pick(g, "", "", "[*]", "[0]")
	})
	written := ""
	if len(keys) > 0 {
		written = `,"matchingRules":` + g.rules("query", keys, entries)
	}
	value := quoted(encodedPairs(want))
	if g.version > 2 {
		var names []string
		lists := make(map[string][]string)
		for _, p := range want {
			if lists[p[0]] == nil {
				names = append(names, p[0])
			}
			lists[p[0]] = append(lists[p[0]], quoted(p[1]))
		}
		var b []string
		for _, name := range names {
			b = append(b, fmt.Sprintf("%s:[%s]", quoted(name), strings.Join(lists[name], ",")))
		}
		value = "{" + strings.Join(b, ",") + "}"
	}
	return fmt.Sprintf(`{"query":%s%s}`, value, written), gotMessage{target: "?" + encodedPairs(got)}
}

func (g *generator) path() (string, gotMessage) {
	rule := pick(g,
		randomRule{"regex", `{"match":"regex","regex":"^/users/\\d+$"}`, str("/users/1"), str("/users/77")},
		randomRule{"regex", `{"match":"regex","regex":"/(a|b)/.*"}`, str("/a/1"), str("/b/x/y")},
		randomRule{"type", `{"match":"type"}`, str("/users/1"), str("/other")},
		randomRule{"equality", `{"match":"equality"}`, str("/users/1"), str("/users/1")},
		randomRule{"include", `{"match":"include","value":"sers"}`, str("/users/1"), str("/v2/users/8")},
		randomRule{"date", `{"match":"date","format":"'/'yyyy-MM-dd"}`, str("/2024-01-01"), str("/1999-09-09")},
		randomRule{"notEmpty", `{"match":"notEmpty"}`, str("/users/1"), str("/")})
	g.use(rule.name)
	target := pick(g, rule.good.Text, rule.good.Text, rule.example.Text, "/users/x", "/Users/1", "/users/1/", "/2024-13-01", "/a/%20")
	written := fmt.Sprintf(`{"$.path":%s}`, rule.json)
	if g.version > 2 {
		written = fmt.Sprintf(`{"path":%s}`, g.matchers(rule.json, func() string {
			return pick(g, `{"match":"type"}`, `{"match":"regex","regex":".*\\d"}`, `{"match":"include","value":"1"}`)
		}))
	}
	return fmt.Sprintf(`{"path":%s,"matchingRules":%s}`, quoted(rule.example.Text), written), gotMessage{target: target}
}

func (g *generator) form() (string, gotMessage) {
	root := "$"
	if g.version == 2 {
		root = "$.body"
	}
	want, got, keys, entries := g.pairs(func(name string) string {
		if strings.Contains(name, " ") {
			return root + "['" + name + "']"
		}
		return root + "." + name + pick(g, "", "", "", "[*]", "[0]")
	})
	written := ""
	if len(keys) > 0 {
		written = g.rules("body", keys, entries)
	}
	const form = "application/x-www-form-urlencoded"
	return g.message(form, quoted(encodedPairs(want)), written), gotMessage{headers: [][2]string{{"Content-Type", form}}, body: encodedPairs(got)}
}

// rootRules are rules on a body as a whole.
func (g *generator) rootRules(rule randomRule) string {
	if g.version == 2 {
		return fmt.Sprintf(`{"$.body":%s}`, rule.json)
	}
	return fmt.Sprintf(`{"body":{"$":%s}}`, g.matchers(rule.json, func() string { return g.scalarRule(true).json }))
}

func (g *generator) text() (string, gotMessage) {
	contentType := pick(g, "text/plain", "text/csv", "text/html", "application/javascript")
	rule, written := randomRule{example: str("just a text"), good: str("just a text")}, ""
	if g.chance(80) {
		rule = g.scalarRule(true)
		written = g.rootRules(rule)
	}
	body := pick(g, rule.good.Text, rule.good.Text, rule.example.Text, "something else", "", "12\n")
	gotType := pick(g, contentType, contentType, contentType, contentType+"; charset=utf-8", "text/markdown")
	example := quoted(rule.example.Text)
	if contentType == "application/javascript" && g.version < 4 {
		// A body of such a type is taken for base64 where it decodes.
		example = quoted(base64.StdEncoding.EncodeToString([]byte(rule.example.Text)))
	}
	return g.message(contentType, example, written), gotMessage{headers: [][2]string{{"Content-Type", gotType}}, body: body}
}

func (g *generator) binary() (string, gotMessage) {
	samples := [][2]string{
		{"image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"},
		{"image/jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"},
		{"image/gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff"},
		{"application/pdf", "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"},
		{"application/zip", "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"application/octet-stream", "\x01\x02\x03\xfe\xff\x00"},
	}
	want, got := pick(g, samples...), pick(g, samples...)
	if g.chance(60) {
		got = want
	}
	declared := pick(g, want[0], "application/octet-stream")
	written := ""
	if g.chance(70) {
		rule := randomRule{name: "contentType", json: fmt.Sprintf(`{"match":"contentType","value":%q}`, pick(g, want[0], got[0]))}
		g.use(rule.name)
		written = g.rootRules(rule)
	}
	content := base64.StdEncoding.EncodeToString([]byte(want[1]))
	if written != "" {
		written = `,"matchingRules":` + written
	}
	body := quoted(content)
	if g.version == 4 {
		body = fmt.Sprintf(`{"contentType":%q,"encoded":"base64","content":%q}`, declared, content)
	}
	return fmt.Sprintf(`{"headers":%s,"body":%s%s}`, g.headers(declared), body, written),
		gotMessage{headers: [][2]string{{"Content-Type", declared}}, body: got[1]}
}

func (g *generator) status() (string, gotMessage) {
	want, got := pick(g, 200, 201, 404, 500), pick(g, 200, 201, 204, 302, 404, 422, 500, 503)
	if g.version < 4 {
		return fmt.Sprintf(`{"status":%d}`, want), gotMessage{status: got}
	}
	g.use("statusCode")
	rule := pick(g, `"success"`, `"info"`, `"redirect"`, `"clientError"`, `"serverError"`, `"nonError"`, `"error"`, `[200,404]`, fmt.Sprintf(`[%d]`, got))
	return fmt.Sprintf(`{"status":%d,"matchingRules":{"status":%s}}`, want,
		g.matchers(fmt.Sprintf(`{"match":"statusCode","status":%s}`, rule), func() string { return `{"match":"statusCode","status":"nonError"}` })), gotMessage{status: got}
}
