package pact_test

import (
	"fmt"
	"slices"
	"strings"
)

// A randomElement is an XML element.
type randomElement struct {
	name       string
	attributes [][2]string
	children   []*randomElement
	text       string
}

func (e *randomElement) clone() *randomElement {
	c := *e
	c.attributes = slices.Clone(e.attributes)
	c.children = nil
	for _, child := range e.children {
		c.children = append(c.children, child.clone())
	}
	return &c
}

func (e *randomElement) String() string {
	var b strings.Builder
	b.WriteString("<" + e.name)
	for _, a := range e.attributes {
		fmt.Fprintf(&b, ` %s="%s"`, a[0], a[1])
	}
	b.WriteString(">" + e.text)
	for _, c := range e.children {
		b.WriteString(c.String())
	}
	b.WriteString("</" + e.name + ">")
	return b.String()
}

func (g *generator) element(depth int) *randomElement {
	e := &randomElement{name: pick(g, "a", "b", "item", "d-e")}
	if g.chance(50) {
		e.attributes = append(e.attributes, [2]string{"id", pick(g, "1", "x")})
	}
	if g.chance(20) {
		e.attributes = append(e.attributes, [2]string{"lang", "en"})
	}
	if depth == 0 || g.chance(25) {
		e.text = pick(g, "", "text", "12")
		return e
	}
	for range g.r.IntN(3) {
		child := g.element(depth - 1)
		e.children = append(e.children, child)
		if g.chance(30) {
			e.children = append(e.children, child.clone())
		}
	}
	return e
}

// An xmlPlace is an element, an attribute of it or its text, and the path to
// it.
type xmlPlace struct {
	path []string
	set  func(value string)
	kind string
}

func (e *randomElement) places(at []string) []xmlPlace {
	path := append(slices.Clip(at), e.name)
	list := []xmlPlace{{path: path, kind: "element"}}
	for i := range e.attributes {
		list = append(list, xmlPlace{append(slices.Clip(path), "@"+e.attributes[i][0]), func(v string) { e.attributes[i][1] = v }, "attribute"})
	}
	if len(e.children) == 0 {
		list = append(list, xmlPlace{append(slices.Clip(path), "#text"), func(v string) { e.text = v }, "text"})
	}
	for _, c := range e.children {
		list = append(list, c.places(path)...)
	}
	return list
}

func (g *generator) xmlExpression(path []string) (text string, weight int) {
	text, weight = "$", 2*(len(path)+1)
	if g.version == 2 {
		text = "$.body"
	}
	for i, step := range path {
		switch {
		case g.chance(10) && i > 0:
			text += ".*"
			continue
		case strings.HasPrefix(step, "@"), strings.HasPrefix(step, "#"), g.chance(20):
			text += "['" + step + "']"
		default:
			text += "." + step
		}
		weight *= 2
	}
	return text, weight
}

func (g *generator) xml() (string, gotMessage) {
	example := g.element(2)
	var keys []string
	var weights []int
	entries := make(map[string]string)
	type good struct{ path, value string }
	var goods []good
	for range g.r.IntN(4) {
		places := example.places(nil)
		p := places[g.r.IntN(len(places))]
		key, weight := g.xmlExpression(p.path)
		if slices.Contains(weights, weight) {
			continue
		}
		rule := randomRule{name: "type", json: `{"match":"type"}`}
		if p.kind != "element" {
			rule = g.scalarRule(true)
			p.set(rule.example.Text)
			goods = append(goods, good{strings.Join(p.path, "/"), rule.good.Text})
		} else if g.version > 2 {
			rule = pick(g, rule, randomRule{name: "min", json: `{"match":"type","min":1}`}, randomRule{name: "max", json: `{"match":"type","max":2}`},
				randomRule{name: "equality", json: `{"match":"equality"}`}, randomRule{name: "notEmpty", json: `{"match":"notEmpty"}`})
			g.use(rule.name)
		}
		weights, keys, entries[key] = append(weights, weight), append(keys, key), rule.json
		if g.version > 2 {
			entries[key] = g.matchers(rule.json, func() string { return g.scalarRule(true).json })
		}
	}
	actual := example.clone()
	for _, p := range actual.places(nil) {
		for _, good := range goods {
			if p.set != nil && strings.Join(p.path, "/") == good.path && g.chance(75) {
				p.set(good.value)
			}
		}
	}
	for range pick(g, 0, 0, 1) {
		g.mutateXML(actual)
	}
	written := ""
	if len(keys) > 0 {
		written = g.rules("body", keys, entries)
	}
	contentType := pick(g, "application/xml", "text/xml", "application/atom+xml")
	return g.message(contentType, quoted(example.String()), written),
		gotMessage{headers: [][2]string{{"Content-Type", contentType}}, body: pick(g, "", "<?xml version=\"1.0\"?>\n") + actual.String()}
}

// mutateXML changes one place of an element.
func (g *generator) mutateXML(e *randomElement) {
	for len(e.children) > 0 && g.chance(60) {
		e = pick(g, e.children...)
	}
	switch n := len(e.children); {
	case n == 0 && g.chance(50):
		e.text = pick(g, "changed", "7", "")
	case g.chance(25):
		e.attributes = append(e.attributes, [2]string{"more", "1"})
	case g.chance(25) && len(e.attributes) > 0:
		e.attributes = e.attributes[1:]
	case n > 0 && g.chance(30):
		e.children = e.children[1:]
	case n > 0 && g.chance(50):
		e.children = append(e.children, e.children[0].clone())
	default:
		e.children = append(e.children, &randomElement{name: pick(g, "a", "new")})
	}
}

func (g *generator) multipart() (string, gotMessage) {
	const boundary = "frontier"
	type part struct{ name, contentType, want, got string }
	var parts []part
	var keys []string
	entries := make(map[string]string)
	root := "$."
	if g.version == 2 {
		root = "$.body."
	}
	names := []string{"a", "b", "file"}
	for _, name := range names[:g.r.IntN(3)+1] {
		p := part{name: name, want: pick(g, "one", "two")}
		p.got = p.want
		if name == "file" {
			p.contentType = pick(g, "text/plain", "application/json", "application/octet-stream")
		}
		switch {
		case p.contentType == "application/json":
			p.want, p.got = `{"n":1}`, pick(g, `{"n": 1}`, `{"n":2}`, `{"n":1,"m":2}`, `{"n":"x"}`)
			if g.chance(60) {
				g.use("type")
				keys, entries[root+"file.n"] = append(keys, root+"file.n"), g.entry(`{"match":"type"}`)
			}
		case g.chance(60):
			rule := g.scalarRule(true)
			p.want, p.got = rule.example.Text, pick(g, rule.good.Text, rule.good.Text, "something")
			keys, entries[root+name] = append(keys, root+name), g.entry(rule.json)
		case g.chance(30):
			p.got = "other"
		}
		parts = append(parts, p)
	}
	printed := func(parts []part, value func(part) string) string {
		var b strings.Builder
		for _, p := range parts {
			fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q", boundary, p.name)
			if p.contentType != "" {
				fmt.Fprintf(&b, "; filename=\"f\"\r\nContent-Type: %s", p.contentType)
			}
			fmt.Fprintf(&b, "\r\n\r\n%s\r\n", value(p))
		}
		return b.String() + "--" + boundary + "--\r\n"
	}
	example := printed(parts, func(p part) string { return p.want })
	actual := slices.Clone(parts)
	switch {
	case g.chance(10):
		actual = append(actual, part{name: "more", got: "1"})
	case g.chance(10):
		actual = actual[:len(actual)-1]
	case g.chance(10):
		slices.Reverse(actual)
	}
	written := ""
	if len(keys) > 0 {
		written = g.rules("body", keys, entries)
	}
	contentType := "multipart/form-data; boundary=" + boundary
	return g.message(contentType, quoted(example), written), gotMessage{
		headers: [][2]string{{"Content-Type", contentType}},
		body:    printed(actual, func(p part) string { return p.got }),
	}
}

// entry is a rule entry of one matcher or two.
func (g *generator) entry(matcher string) string {
	if g.version == 2 {
		return matcher
	}
	return g.matchers(matcher, func() string { return g.scalarRule(true).json })
}
