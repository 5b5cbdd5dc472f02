package pact_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A place is where a value is in a JSON document.
type place []string

// walk calls f for each value, from the root down.
func walk(v jsondoc.Value, at place, f func(place, jsondoc.Value)) {
	f(at, v)
	for _, m := range v.Members {
		walk(m.Value, append(slices.Clip(at), "."+m.Name), f)
	}
	for i, item := range v.Items {
		walk(item, append(slices.Clip(at), strconv.Itoa(i)), f)
	}
}

// document is a random JSON document.
func (g *generator) document(depth int) jsondoc.Value {
	kind := g.r.IntN(10)
	switch {
	case depth == 0 || kind < 3 && depth < 3:
		return g.scalar()
	case kind < 6:
		items := make([]jsondoc.Value, g.r.IntN(3))
		for i := range items {
			if i > 0 && g.chance(60) {
				items[i] = items[0]
			} else {
				items[i] = g.document(depth - 1)
			}
		}
		return jsondoc.Array(items...)
	}
	names := []string{"a", "b", "id", "x y", "0", "d-e", "näme", "$f"}
	g.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	members := make([]jsondoc.Member, g.r.IntN(3)+1)
	for i := range members {
		members[i] = jsondoc.M(names[i], g.document(depth-1))
	}
	return jsondoc.Object(members...)
}

// A placedRule is a rule at a path expression.
type placedRule struct {
	path, entry string
	tokens      []string
	weight      int
	// good makes values that the rule takes of those it applies to.
	good func(jsondoc.Value) jsondoc.Value
}

// expression generalises a place to a path expression. Its weight tells which
// of several rules applies.
func (g *generator) expression(at place) (r placedRule) {
	var b strings.Builder
	b.WriteByte('$')
	if g.version == 2 {
		b.WriteString(".body")
	}
	r.weight = 2
	for _, step := range at {
		name, isName := strings.CutPrefix(step, ".")
		token := step
		switch {
		case isName && g.chance(12), !isName && g.chance(12):
			token = "*"
			b.WriteString(".*")
		case !isName && g.chance(70):
			token = "[*]"
			b.WriteString("[*]")
		case !isName:
			b.WriteString("[" + step + "]")
		case strings.ContainsAny(name, " $'") || g.chance(25):
			b.WriteString("['" + name + "']")
		default:
			b.WriteString("." + name)
		}
		if !strings.Contains(token, "*") {
			r.weight *= 2
		}
		r.tokens = append(r.tokens, token)
	}
	r.weight *= len(at) + 1
	r.path = b.String()
	return r
}

// covers reports whether a rule's expression leads to a place.
func (r placedRule) covers(at place) bool {
	if len(at) != len(r.tokens) {
		return false
	}
	for i, token := range r.tokens {
		if token != "*" && token != at[i] && (token != "[*]" || strings.HasPrefix(at[i], ".")) {
			return false
		}
	}
	return true
}

// json is a JSON body under rules.
func (g *generator) json() (string, gotMessage) {
	example := g.document(3)
	var rules []placedRule
	for range g.r.IntN(4) {
		rule, changed, ok := g.placeRule(example)
		// The reference leaves rules of equal weight to chance.
		if ok && !slices.ContainsFunc(rules, func(r placedRule) bool { return r.weight == rule.weight }) {
			rules, example = append(rules, rule), changed
		}
	}
	actual := example
	for _, rule := range rules {
		switch {
		case g.chance(75):
			actual = replaceAt(actual, nil, rule.covers, rule.good)
		case g.chance(40):
			actual = replaceAt(actual, nil, rule.covers, func(jsondoc.Value) jsondoc.Value { return g.scalar() })
		}
	}
	for range pick(g, 0, 0, 1, 1, 2) {
		actual = g.mutate(actual)
	}
	keys, entries := make([]string, 0, len(rules)), make(map[string]string)
	for _, rule := range rules {
		keys = append(keys, rule.path)
		entries[rule.path] = rule.entry
	}
	written := ""
	if len(keys) > 0 {
		written = g.rules("body", keys, entries)
	}
	contentType := pick(g, "application/json", "application/json", "application/hal+json")
	want := g.message(contentType, string(example.AppendCompact(nil)), written)
	return want, gotMessage{
		headers: [][2]string{{"Content-Type", contentType + pick(g, "", "", ";charset=utf-8")}},
		body:    string(actual.AppendCompact(nil)),
	}
}

// placeRule puts a rule on a random place of the example, which is changed to
// suit it.
func (g *generator) placeRule(example jsondoc.Value) (rule placedRule, changed jsondoc.Value, ok bool) {
	var places []place
	var values []jsondoc.Value
	walk(example, nil, func(at place, v jsondoc.Value) {
		places, values = append(places, at), append(values, v)
	})
	n := g.r.IntN(len(places))
	rule = g.expression(places[n])
	value := values[n]
	if value.Kind == jsondoc.KindArray || value.Kind == jsondoc.KindObject {
		if g.chance(85) {
			rule.entry, rule.good = g.containerRule(value)
			return rule, example, true
		}
	}
	scalar := g.scalarRule(false)
	var second func() string
	if g.version > 2 {
		second = func() string { return g.scalarRule(false).json }
	}
	rule.entry = scalar.json
	if g.version > 2 {
		rule.entry = g.matchers(scalar.json, second)
	}
	rule.good = func(v jsondoc.Value) jsondoc.Value {
		if scalar.name == "type" {
			return g.like(v)
		}
		return scalar.good
	}
	if value.Kind == jsondoc.KindArray || value.Kind == jsondoc.KindObject || g.chance(15) {
		return rule, example, true
	}
	return rule, replaceAt(example, nil, rule.covers, func(jsondoc.Value) jsondoc.Value { return scalar.example }), true
}

// containerRule is a rule on an array or object.
func (g *generator) containerRule(v jsondoc.Value) (entry string, good func(jsondoc.Value) jsondoc.Value) {
	names := []string{"type", "type", "min", "max", "min max"}
	if g.version > 2 {
		names = append(names, "values", "equality", "notEmpty")
	}
	if g.version > 3 || g.chance(10) {
		names = append(names, "arrayContains", "eachKey", "eachValue", "eachKey")
	}
	name := names[g.r.IntN(len(names))]
	if v.Kind == jsondoc.KindObject && name == "arrayContains" {
		name = "eachKey"
	}
	good = g.varied
	switch name {
	case "type", "values", "equality", "notEmpty":
		entry = fmt.Sprintf(`{"match":%q}`, name)
	case "min":
		entry = fmt.Sprintf(`{"match":"type","min":%d}`, g.r.IntN(3))
	case "max":
		entry = fmt.Sprintf(`{"match":"type","max":%d}`, g.r.IntN(3)+1)
	case "min max":
		entry = fmt.Sprintf(`{"match":"type","min":%d,"max":%d}`, g.r.IntN(2), g.r.IntN(3)+1)
	case "eachKey":
		entry = fmt.Sprintf(`{"match":"eachKey","rules":[%s]}`, pick(g, g.regexRule().json, `{"match":"regex","regex":"\\w+"}`, `{"match":"type"}`))
	case "eachValue":
		entry = fmt.Sprintf(`{"match":"eachValue","rules":[%s]}`, pick(g, g.scalarRule(false).json, `{"match":"type"}`))
	case "arrayContains":
		entry = g.variants(v)
		good = func(v jsondoc.Value) jsondoc.Value {
			v.Items = append([]jsondoc.Value{g.scalar()}, v.Items...)
			return v
		}
	}
	g.use(strings.Split(name, " ")[0])
	if g.version == 2 {
		return entry, good
	}
	return g.matchers(entry, func() string {
		return pick(g, `{"match":"type"}`, `{"match":"values"}`, `{"match":"null"}`, `{"match":"type","min":2}`, g.scalarRule(false).json)
	}), good
}

// variants is a rule arrayContains on some of the items.
func (g *generator) variants(v jsondoc.Value) string {
	var list []string
	for i := range v.Items {
		rules := pick(g, "", at("$", `{"match":"type"}`), at("$", `{"match":"equality"}`), at("$.a", `{"match":"type"}`), at("$.*", `{"match":"type"}`))
		if g.chance(70) {
			list = append(list, fmt.Sprintf(`{"index":%d,"rules":{%s},"generators":{}}`, i, rules))
		}
	}
	return fmt.Sprintf(`{"match":"arrayContains","variants":[%s]}`, strings.Join(list, ","))
}

// varied is a container with other values of the same kinds, and now and then
// other names and numbers of them.
func (g *generator) varied(v jsondoc.Value) jsondoc.Value {
	switch v.Kind {
	case jsondoc.KindArray:
		items := make([]jsondoc.Value, 0, len(v.Items)+1)
		for _, item := range v.Items {
			items = append(items, g.varied(item))
		}
		if len(items) > 0 && g.chance(50) {
			items = append(items, g.varied(items[0]))
		}
		return jsondoc.Array(items...)
	case jsondoc.KindObject:
		members := slices.Clone(v.Members)
		for i := range members {
			members[i].Value = g.varied(members[i].Value)
			if g.chance(15) {
				members[i].Name = pick(g, "zz", "12", "red") + strconv.Itoa(i)
			}
		}
		return jsondoc.Object(members...)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	if g.chance(50) {
		return v
	}
	return g.like(v)
}

// replaceAt is a document with the values at the places that are meant
// replaced.
func replaceAt(v jsondoc.Value, at place, meant func(place) bool, f func(jsondoc.Value) jsondoc.Value) jsondoc.Value {
	if meant(at) {
		return f(v)
	}
	v.Members, v.Items = slices.Clone(v.Members), slices.Clone(v.Items)
	for i, m := range v.Members {
		v.Members[i].Value = replaceAt(m.Value, append(slices.Clip(at), "."+m.Name), meant, f)
	}
	for i, item := range v.Items {
		v.Items[i] = replaceAt(item, append(slices.Clip(at), strconv.Itoa(i)), meant, f)
	}
	return v
}

// mutate changes one place of a document.
func (g *generator) mutate(v jsondoc.Value) jsondoc.Value {
	var places []string
	walk(v, nil, func(at place, _ jsondoc.Value) { places = append(places, strings.Join(at, "\x00")) })
	target := pick(g, places...)
	return replaceAt(v, nil, func(at place) bool { return strings.Join(at, "\x00") == target }, g.mutated)
}

func (g *generator) mutated(v jsondoc.Value) jsondoc.Value {
	if g.chance(12) {
		return g.document(1)
	}
	switch v.Kind {
	case jsondoc.KindArray:
		items := slices.Clone(v.Items)
		switch n := len(items); {
		case n == 0 || g.chance(20):
			items = append(items, g.scalar())
		case g.chance(40):
			items = items[:n-1]
		case g.chance(50):
			items = append(items, items[0])
		default:
			slices.Reverse(items)
		}
		return jsondoc.Array(items...)
	case jsondoc.KindObject:
		members := slices.Clone(v.Members)
		switch n := len(members); {
		case n == 0 || g.chance(50):
			members = append(members, jsondoc.M("extra", g.scalar()))
		case g.chance(40):
			members = members[:n-1]
		case g.chance(50):
			members[0].Name = pick(g, "renamed", "9")
		default:
			slices.Reverse(members)
		}
		return jsondoc.Object(members...)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return pick(g, g.scalar(), g.like(v))
}
