package pact

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Category says which part of a message a matching rule is about.
type Category string

// The categories of Pact V3 and V4, in the order they are written.
const (
	CategoryMethod Category = "method"
	CategoryPath   Category = "path"
	CategoryQuery  Category = "query"
	CategoryHeader Category = "header"
	CategoryBody   Category = "body"
	CategoryStatus Category = "status"
)

// named reports whether rules of the category are kept by name or path.
func (c Category) named() bool {
	return c == CategoryQuery || c == CategoryHeader || c == CategoryBody
}

// Rules are the matching rules of a message in the order written.
type Rules []Rule

// A Rule says how one place of a message is compared.
type Rule struct {
	// Category is the part of the message.
	Category Category
	// Path is the place in it: an expression for the body, a name below the
	// root for a header or query parameter, empty for the rest.
	Path Path
	// Any says that one of the Matchers is enough ("combine": "OR"); else all
	// must accept.
	Any bool
	// Matchers are the conditions.
	Matchers []Matcher
	// Invalid says why the rule cannot be read, "" if it can. Such a rule
	// fails its interaction by name.
	Invalid string
	// written is the key of an invalid rule, and raw what was written under
	// it where that could not be read; they are written back.
	written string
	raw     jsondoc.Value
}

// A Matcher is one condition as it is written in a document.
type Matcher struct {
	// Value is the object, e.g. {"match":"type","min":1}.
	Value jsondoc.Value
}

// RegexMatcher is a condition on the whole value.
func RegexMatcher(pattern string) Matcher {
	return Matcher{jsondoc.Object(
		jsondoc.M("match", jsondoc.String("regex")), jsondoc.M("regex", jsondoc.String(pattern)))}
}

// TypeMatcher wants a value of the kind of the example's.
func TypeMatcher() Matcher {
	return Matcher{jsondoc.Object(jsondoc.M("match", jsondoc.String("type")))}
}

// ContentTypeMatcher wants bytes that look like a media type.
func ContentTypeMatcher(mediaType string) Matcher {
	return Matcher{jsondoc.Object(jsondoc.M("match", jsondoc.String("contentType")), jsondoc.M("value", jsondoc.String(mediaType)))}
}

// Name is the matcher's name as written or, where it is left out, as its
// attributes imply; "" if there is neither.
func (m Matcher) Name() string {
	if v, ok := m.Value.Get("match"); ok {
		return scalarText(v)
	}
	for _, implied := range [...]struct{ attribute, name string }{
		{"regex", "regex"},
		{"min", "type"},
		{"max", "type"},
		{"timestamp", "datetime"},
		{"time", "time"},
		{"date", "date"},
	} {
		if _, ok := m.Value.Get(implied.attribute); ok {
			return implied.name
		}
	}
	return ""
}

// json is the matcher as it is written: the name first.
func (m Matcher) json() jsondoc.Value {
	if _, ok := m.Value.Get("match"); ok || m.Value.Kind != jsondoc.KindObject {
		return m.Value
	}
	members := []jsondoc.Member{jsondoc.M("match", jsondoc.String(m.Name()))}
	return jsondoc.Object(append(members, m.Value.Members...)...)
}

// of returns the rules of a category.
func (r Rules) of(c Category) Rules {
	var out Rules
	for _, rule := range r {
		if rule.Category == c {
			out = append(out, rule)
		}
	}
	return out
}

// readRules reads a matchingRules member in either dialect. The dialect is
// known by its first key: V2 paths start with $ (pact_models).
func readRules(v jsondoc.Value) (Rules, error) {
	if v.Kind == jsondoc.KindNull {
		return nil, nil
	}
	if v.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("matchingRules: object expected, found %s", v.Kind)
	}
	if len(v.Members) > 0 && strings.HasPrefix(v.Members[0].Name, "$") {
		return readRulesV2(v), nil
	}
	return readRulesV3(v)
}

func readRulesV3(v jsondoc.Value) (Rules, error) {
	var rules Rules
	for _, m := range v.Members {
		category, ok := readCategory(m.Name)
		if !ok {
			if !m.Value.IsZero() {
				rules = append(rules, unknownCategory(m.Name, m.Value))
			}
			continue
		}
		if m.Value.Kind != jsondoc.KindObject {
			return nil, fmt.Errorf("matchingRules.%s: object expected, found %s", m.Name, m.Value.Kind)
		}
		if !category.named() {
			rules = append(rules, readDirect(category, m.Value)...)
			continue
		}
		for _, entry := range m.Value.Members {
			rule := readRuleList(category, entry.Value)
			rule.Path, rule.Invalid = readRulePath(category, entry.Name, rule.Invalid)
			rule.written = entry.Name
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// readBodyRules reads a map of path expressions to lists of matchers, as it
// stands below "body".
func readBodyRules(v jsondoc.Value) (Rules, error) {
	switch v.Kind {
	case jsondoc.KindNull:
		return nil, nil
	case jsondoc.KindObject:
		return readRulesV3(jsondoc.Object(jsondoc.M(string(CategoryBody), v)))
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString, jsondoc.KindArray:
	}
	return nil, fmt.Errorf("rules: object expected, found %s", v.Kind)
}

// unknownCategory is what is kept of a category that is not Pact's.
func unknownCategory(name string, v jsondoc.Value) Rule {
	return Rule{
		Category: Category(name), raw: v,
		Invalid: fmt.Sprintf("unsupported matching rule category %q", name),
	}
}

// readDirect reads the rules of a category without names. Some writers put
// them below an empty name all the same.
func readDirect(c Category, v jsondoc.Value) Rules {
	if _, ok := v.Get("matchers"); !ok {
		if nested, ok := v.Get(""); ok {
			v = nested
		}
	}
	if len(v.Members) == 0 {
		return nil
	}
	return Rules{readRuleList(c, v)}
}

func readCategory(name string) (Category, bool) {
	switch c := Category(strings.ToLower(name)); c {
	case "headers":
		return CategoryHeader, true
	case CategoryMethod, CategoryPath, CategoryQuery, CategoryHeader, CategoryBody, CategoryStatus:
		return c, true
	}
	return "", false
}

// readRulePath reads the key of a rule: an expression in a body, a literal
// name elsewhere.
func readRulePath(c Category, key, invalid string) (Path, string) {
	if c != CategoryBody {
		return namePath(key), invalid
	}
	path, err := ParsePath(key)
	if err != nil && invalid == "" {
		invalid = err.Error()
	}
	return path, invalid
}

func readRuleList(c Category, v jsondoc.Value) Rule {
	rule := Rule{Category: c}
	combine, _ := v.Get("combine")
	rule.Any = strings.EqualFold(combine.Text, "OR")
	matchers, ok := v.Get("matchers")
	if !ok || matchers.Kind != jsondoc.KindArray {
		rule.Invalid = "matching rule without a list of matchers"
		rule.raw = v
		return rule
	}
	for _, m := range matchers.Items {
		rule.Matchers = append(rule.Matchers, Matcher{m})
	}
	return rule
}

// readRulesV2 reads the flat map of Pact V2: one matcher for each path, which
// starts with the part of the message.
func readRulesV2(v jsondoc.Value) Rules {
	var rules Rules
	for _, m := range v.Members {
		rule := Rule{Category: CategoryBody, Matchers: []Matcher{{m.Value}}, written: m.Name}
		path, err := ParsePath(m.Name)
		switch {
		case err != nil:
			rule.Invalid = err.Error()
		case len(path.tokens) < 2:
			rule.Invalid = fmt.Sprintf("%v %q: names no part of the message", ErrPath, m.Name)
		default:
			category, ok := readCategory(path.tokens[1].name)
			if !ok {
				rule = unknownCategory(path.tokens[1].name, jsondoc.Object(jsondoc.M(m.Name, rule.json())))
				break
			}
			rule.Category = category
			if category.named() {
				rule.Path = Path{append([]token{{kind: tokenRoot}}, path.tokens[2:]...)}
			}
			if category == CategoryQuery && len(rule.Path.tokens) > 2 {
				// An index after the name of a parameter means nothing.
				rule.Path.tokens = rule.Path.tokens[:2]
			}
		}
		rules = rules.join(rule)
	}
	return rules
}

// join adds a rule, to the one of the same place if there is one.
func (r Rules) join(rule Rule) Rules {
	for i := range r {
		if r[i].Invalid == "" && rule.Invalid == "" && r[i].Category == rule.Category && r[i].key() == rule.key() {
			r[i].Matchers = append(r[i].Matchers, rule.Matchers...)
			return r
		}
	}
	return append(r, rule)
}

// writeRules is a matchingRules member as Pact V3 has it; ok is false if there
// are none.
func writeRules(rules Rules) (v jsondoc.Value, ok bool) {
	var members []jsondoc.Member
	for _, c := range [...]Category{
		CategoryMethod, CategoryPath, CategoryQuery,
		CategoryHeader, CategoryBody, CategoryStatus,
	} {
		of := rules.of(c)
		switch {
		case len(of) == 0:
		case !c.named():
			members = append(members, jsondoc.M(string(c), of[0].json()))
		default:
			var named []jsondoc.Member
			for _, r := range of {
				named = append(named, jsondoc.M(r.key(), r.json()))
			}
			members = append(members, jsondoc.M(string(c), jsondoc.Object(named...)))
		}
	}
	for _, r := range rules {
		if _, known := readCategory(string(r.Category)); !known {
			members = append(members, jsondoc.M(string(r.Category), r.raw))
		}
	}
	return jsondoc.Object(members...), len(members) > 0
}

// key is the name a rule is written under.
func (r Rule) key() string {
	if r.Invalid != "" && r.written != "" {
		return r.written
	}
	if r.Category != CategoryBody && len(r.Path.tokens) == 2 {
		return r.Path.tokens[1].name
	}
	return r.Path.String()
}

func (r Rule) json() jsondoc.Value {
	if r.raw.Kind != jsondoc.KindNull {
		return r.raw
	}
	combine := "AND"
	if r.Any {
		combine = "OR"
	}
	items := make([]jsondoc.Value, 0, len(r.Matchers))
	for _, m := range r.Matchers {
		items = append(items, m.json())
	}
	return jsondoc.Object(jsondoc.M("combine", jsondoc.String(combine)),
		jsondoc.M("matchers", jsondoc.Array(items...)))
}

// scalarText is a JSON scalar as text: a string's value, else its JSON.
func scalarText(v jsondoc.Value) string {
	if v.Kind == jsondoc.KindString {
		return v.Text
	}
	return string(v.AppendCompact(nil))
}
