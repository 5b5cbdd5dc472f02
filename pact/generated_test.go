package pact_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// generatedCount is how many cases are made at random; the same ones each
// time.
const generatedCount = 2700

// generatedCases are random expected and actual messages under random rules,
// in both directions and every specification. Each has a generator of its own,
// so that one more does not change the others. A case's name holds its number,
// the rules in it, and a digest of its content: a verdict that was recorded for
// other content is not taken for its own.
func generatedCases() []refCase {
	cases := make([]refCase, 0, generatedCount)
	for i := range generatedCount {
		cases = append(cases, generatedCase(i))
	}
	for _, i := range foundLater {
		cases = append(cases, generatedCase(i))
	}
	return cases
}

// foundLater are cases beyond those, found by making 30,000: we once judged
// each of them otherwise than the reference.
var foundLater = [...]int{3419, 4133, 4423, 4426, 5128, 5561, 6146, 6437, 6872, 7182, 8737, 10182, 10185, 11048, 11897, 13499, 24155, 24237, 27843, 29257}

// TestGeneratedCoverage holds that the generated cases are about every rule, in
// both directions, and that the reference takes some of each and refuses some.
func TestGeneratedCoverage(t *testing.T) {
	t.Parallel()
	recorded := readRecorded(t)
	type kind struct{ what, direction string }
	counts := make(map[kind][2]int)
	total := 0
	for name, verdict := range recorded {
		fields := strings.Fields(name)
		if fields[0] != "generated" {
			continue
		}
		total++
		about := []string{fields[2], fields[4]}
		if len(fields) == 7 {
			about = append(about, strings.Split(fields[5], "+")...)
		}
		for _, what := range about {
			n := counts[kind{what, fields[3]}]
			if verdict {
				n[0]++
			} else {
				n[1]++
			}
			counts[kind{what, fields[3]}] = n
		}
	}
	if total < 2000 {
		t.Errorf("%d cases", total)
	}
	wanted := append(pact.RuleNames(), "min", "max", "AND", "OR", "v2", "v3", "v4", "json", "header", "form", "text", "binary", "xml", "multipart")
	for _, what := range wanted {
		request, response := counts[kind{what, "request"}], counts[kind{what, "response"}]
		t.Logf("%-13s requests: %3d taken, %3d refused; responses: %3d taken, %3d refused", what, request[0], request[1], response[0], response[1])
		if what == "statusCode" {
			request = response // a request has no status
		}
		if request[0]+request[1] < 10 || response[0]+response[1] < 5 || request[0]+response[0] < 5 || request[1]+response[1] < 5 {
			t.Errorf("%s: too few cases", what)
		}
	}
}

func generatedCase(i int) refCase {
	g := &generator{
		r:       rand.New(rand.NewPCG(4, uint64(i))),
		version: []int{2, 3, 4}[i%3], request: i%2 == 0,
	}
	parts := []struct {
		name   string
		weight int
		build  func(*generator) (want string, got gotMessage)
	}{
		{"json", 11, (*generator).json},
		{"header", 2, (*generator).header},
		{"query", 2, (*generator).query},
		{"path", 1, (*generator).path},
		{"form", 1, (*generator).form},
		{"text", 1, (*generator).text},
		{"binary", 1, (*generator).binary},
		{"xml", 2, (*generator).xml},
		{"multipart", 2, (*generator).multipart},
		{"status", 1, (*generator).status},
	}
	var deck []int
	for n, p := range parts {
		deck = append(deck, slices.Repeat([]int{n}, p.weight)...)
	}
	part := parts[deck[i/6%len(deck)]]
	direction := "response"
	switch part.name {
	case "query", "path":
		g.request = true
	case "status":
		g.request = false
	}
	if g.request {
		direction = "request"
	}
	want, got := part.build(g)
	c := refCase{request: g.request, version: g.version, want: want, got: got}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %+v", want, got))
	slices.Sort(g.used)
	c.name = fmt.Sprintf("generated %04d v%d %s %s %s %s", i, g.version, direction, part.name,
		strings.Join(slices.Compact(g.used), "+"), hex.EncodeToString(digest[:4]))
	return c
}

// A generator makes one case.
type generator struct {
	r       *rand.Rand
	version int
	request bool
	// used are the names of the rules of the case, and what else it is about.
	used []string
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *generator) use(what string) { g.used = append(g.used, what) }

func pick[T any](g *generator, list ...T) T { return list[g.r.IntN(len(list))] }

// A randomRule is a matcher and values that it takes.
type randomRule struct {
	name string
	json string
	// example is a value of the contract, good another that the rule takes.
	example, good jsondoc.Value
}

func str(s string) jsondoc.Value { return jsondoc.String(s) }

func num(s string) jsondoc.Value { return jsondoc.Number(s) }

// scalarRule is a rule on a scalar of a version, with values for it.
func (g *generator) scalarRule(text bool) randomRule {
	rules := []randomRule{g.regexRule(), g.regexRule(), g.typeRule(text)}
	if g.version > 2 || g.chance(10) {
		rules = append(
			rules,
			g.temporalRule(),
			randomRule{"equality", `{"match":"equality"}`, str("same"), str("same")},
			randomRule{"include", `{"match":"include","value":"mi"}`, str("middle"), str("a mix")},
			randomRule{"integer", `{"match":"integer"}`, num("7"), num(pick(g, "0", "-12", "18446744073709551615"))},
			randomRule{"decimal", `{"match":"decimal"}`, num("7.5"), num(pick(g, "0.0", "-1.25", "1e3"))},
			randomRule{"number", `{"match":"number"}`, num("7"), num(pick(g, "0", "1.5", "2E2"))},
			randomRule{"boolean", `{"match":"boolean"}`, jsondoc.Bool(true), jsondoc.Bool(false)},
			randomRule{"null", `{"match":"null"}`, str("n"), jsondoc.Null()},
			randomRule{"contentType", `{"match":"contentType","value":"text/plain"}`, str("plain text!"), str("other text!")},
		)
	}
	if g.version > 3 || g.chance(5) {
		rules = append(
			rules,
			randomRule{"notEmpty", `{"match":"notEmpty"}`, str("some"), str("thing")},
			randomRule{"semver", `{"match":"semver"}`, str("1.0.0"), str(pick(g, "2.10.3", "1.0.0-rc.1", "0.0.1+b5"))},
		)
	}
	r := rules[g.r.IntN(len(rules))]
	g.use(r.name)
	if text {
		r.example, r.good = str(asText(r.example)), str(asText(r.good))
	}
	return r
}

// asText is a scalar as it is written in a header or a query.
func asText(v jsondoc.Value) string {
	if v.Kind == jsondoc.KindString {
		return v.Text
	}
	return string(v.AppendCompact(nil))
}

func (g *generator) regexRule() randomRule {
	r := pick(g,
		[3]string{`\d+`, "12", "907"},
		[3]string{`[a-z]+`, "abc", "xyz"},
		[3]string{`^(red|green|blue)$`, "red", "blue"},
		[3]string{`[A-F0-9]{4}-\w*`, "00FF-x", "BEEF-"},
		[3]string{`(?i)on|off`, "on", "OFF"},
		[3]string{`[^@\s]+@[^@\s]+\.\w+`, "a@b.c", "jo.e@example.org"},
		[3]string{`(?!no)\w{2,4}`, "yes", "mayb"},
	)
	pattern, err := json.Marshal(r[0])
	if err != nil {
		panic(err)
	}
	return randomRule{"regex", fmt.Sprintf(`{"match":"regex","regex":%s}`, pattern), str(r[1]), str(r[2])}
}

func (g *generator) typeRule(text bool) randomRule {
	r := randomRule{name: "type", json: `{"match":"type"}`}
	if text {
		r.example, r.good = str("one"), str("two")
		return r
	}
	r.example = g.scalar()
	r.good = g.like(r.example)
	return r
}

func (g *generator) temporalRule() randomRule {
	f := pick(g,
		[4]string{"date", "yyyy-MM-dd", "2020-02-29", "1999-12-31"},
		[4]string{"date", "dd/MM/yyyy", "01/02/2003", "31/01/2024"},
		[4]string{"date", "EEE, d MMM yyyy", "Mon, 4 Mar 2024", "Fri, 1 Mar 2024"},
		[4]string{"time", "HH:mm", "23:15", "00:00"},
		[4]string{"time", "hh:mm:ss a", "11:15:00 AM", "01:00:59 PM"},
		[4]string{"datetime", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.000+05:30"},
		[4]string{"datetime", "yyyy-MM-dd HH:mm:ssZ", "2024-01-02 03:04:05+0100", "2024-01-02 23:04:05-0800"},
		[4]string{"timestamp", "yyyy-MM-dd'T'HH:mm:ss", "2024-01-02T03:04:05", "1970-01-01T00:00:00"},
	)
	name, key := f[0], "format"
	if g.chance(20) {
		key = name
	}
	return randomRule{name, fmt.Sprintf(`{"match":%q,%q:%q}`, name, key, f[1]), str(f[2]), str(f[3])}
}

// scalar is a random scalar.
func (g *generator) scalar() jsondoc.Value {
	return pick(g,
		str("abc"), str(""), str("12"), str("true"), str("2020-02-29"), str("é ü"), str("1.2.3"), str("a,b"),
		num("1"), num("0"), num("-5"), num("2.5"), num("1.0"), num("1e2"), num("12345678901234567890"),
		jsondoc.Bool(true), jsondoc.Bool(false), jsondoc.Null())
}

// like is another value of the same kind.
func (g *generator) like(v jsondoc.Value) jsondoc.Value {
	switch v.Kind {
	case jsondoc.KindString:
		return str(pick(g, "zzz", "q", "77", "false"))
	case jsondoc.KindNumber:
		return num(pick(g, "8", "-1", "3.25", "0"))
	case jsondoc.KindBool:
		return jsondoc.Bool(g.chance(50))
	case jsondoc.KindNull, jsondoc.KindArray, jsondoc.KindObject:
	}
	return v
}

// matchers is a rule entry as it stands in V3 and V4, with one or two
// matchers. The second makes sense of the first now and then.
func (g *generator) matchers(first string, second func() string) string {
	if second == nil || !g.chance(25) {
		return fmt.Sprintf(`{"matchers":[%s]}`, first)
	}
	combine := pick(g, "AND", "OR")
	g.use(combine)
	list := []string{first, second()}
	if g.chance(50) {
		slices.Reverse(list)
	}
	return fmt.Sprintf(`{"combine":%q,"matchers":[%s]}`, combine, strings.Join(list, ","))
}

// rules prints the rules of a category by their keys: a category of V3, or
// flat paths of V2.
func (g *generator) rules(category string, keys []string, entry map[string]string) string {
	var b strings.Builder
	for i, key := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s:%s", name, entry[key])
	}
	if g.version == 2 {
		return "{" + b.String() + "}"
	}
	return fmt.Sprintf(`{%q:{%s}}`, category, b.String())
}

// headers prints headers as a version has them.
func (g *generator) headers(contentType string) string {
	if g.version == 4 {
		return fmt.Sprintf(`{"Content-Type":[%q]}`, contentType)
	}
	return fmt.Sprintf(`{"Content-Type":%q}`, contentType)
}

// message prints a message with a body of text.
func (g *generator) message(contentType, body, rules string) string {
	if rules != "" {
		rules = `,"matchingRules":` + rules
	}
	if g.version == 4 {
		body = fmt.Sprintf(`{"contentType":%q,"encoded":false,"content":%s}`, contentType, body)
	}
	return fmt.Sprintf(`{"headers":%s,"body":%s%s}`, g.headers(contentType), body, rules)
}
