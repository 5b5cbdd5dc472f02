package pact

import (
	"fmt"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A rule is one compiled matcher. Its methods compare what was got with the
// example and return why it is not accepted, "" if it is.
type rule interface {
	// text compares header and query values, form fields, paths and texts.
	text(want, got string) string
	// scalar compares JSON values where the example is a scalar; got may be
	// of any kind.
	scalar(want, got jsondoc.Value) string
	// container compares two arrays or two objects as a whole; what is in
	// them is compared afterwards.
	container(c container) string
}

// A container is two arrays, two objects or two lists of values.
type container struct {
	// object says that they are objects.
	object bool
	// want and got are the numbers of elements.
	want, got int
	// cascaded says that the rule was written for a place above.
	cascaded bool
	// equal compares them deeply.
	equal func() bool
}

// An objectRule is a rule that compares the members of objects itself, in
// place of the comparison by name.
type objectRule interface {
	rule
	// members compares the members of got at the walker's place.
	members(w *walker, want, got jsondoc.Value)
}

// A nameRule is a rule on the names of an object's members, in place of the
// comparison of names.
type nameRule interface {
	rule
	names(w *walker, got members)
}

// A listRule is a rule that compares the items of arrays itself. own says
// that it did, and that nothing else is to be compared.
type listRule interface {
	rule
	items(w *walker, want, got jsondoc.Value, cascaded bool) (own bool)
}

// A valueRule is a rule that compares the values of a query parameter, a form
// field or a header as a whole, in place of one by one.
type valueRule interface {
	rule
	values(want, got []string, cascaded bool) string
}

// An elementRule is a rule that can be held against an XML element.
type elementRule interface {
	rule
	element(want, got *xmlElement, cascaded bool) string
}

// A ruleKind is a row of the table of matching rules.
type ruleKind struct {
	// name is the one it is written under; the rule lives in rule_<name>.go.
	name string
	// aliases are other names it is read under.
	aliases []string
	// compile makes the rule from its JSON object.
	compile func(attributes jsondoc.Value) (rule, error)
}

// ruleKinds are the matching rules of this version, one row each: a function,
// since some rules are compiled of others.
func ruleKinds() []ruleKind {
	return []ruleKind{
		{"equality", nil, compileEquality},
		{"regex", nil, compileRegex},
		{"type", []string{"min", "max", "min-type", "max-type", "min-max-type"}, compileType},
		{"include", nil, compileInclude},
		{"number", nil, compileNumber},
		{"integer", nil, compileInteger},
		{"decimal", []string{"real"}, compileDecimal},
		{"boolean", nil, compileBoolean},
		{"null", nil, compileNull},
		{"date", nil, compileDate},
		{"time", nil, compileTime},
		{"datetime", []string{"timestamp"}, compileDatetime},
		{"values", nil, compileValues},
		{"notEmpty", []string{"not-empty"}, compileNotEmpty},
		{"semver", nil, compileSemver},
		{"statusCode", []string{"status-code"}, compileStatusCode},
		{"contentType", []string{"content-type"}, compileContentType},
		{"arrayContains", []string{"array-contains"}, compileArrayContains},
		{"eachKey", []string{"each-key"}, compileEachKey},
		{"eachValue", []string{"each-value"}, compileEachValue},
	}
}

// RuleNames are the names of the matching rules that this version implements.
func RuleNames() []string {
	names := make([]string, 0, len(ruleKinds()))
	for _, k := range ruleKinds() {
		names = append(names, k.name)
	}
	return names
}

// compile makes the matcher executable. The error names what is unsupported
// or wrong.
func (m Matcher) compile() (rule, error) {
	name := m.Name()
	for _, k := range ruleKinds() {
		if k.name == name || slices.Contains(k.aliases, name) {
			return k.compile(m.Value)
		}
	}
	if name == "" {
		return nil, fmt.Errorf("matching rule without a name: %s", m.Value.AppendCompact(nil))
	}
	return nil, fmt.Errorf("unsupported matching rule %q", name)
}

// describe prints a JSON value for a message, cut to a readable length.
func describe(v jsondoc.Value) string { return clip(string(v.AppendCompact(nil))) }

const maxDescribed = 200

// clip cuts a text for a message.
func clip(s string) string {
	if len(s) <= maxDescribed {
		return s
	}
	cut := maxDescribed
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "..."
}
