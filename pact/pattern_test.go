package pact_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// exportedHeader exports an expectation that wants a header value, and returns
// the example and the expression of its rule, "" if it has none. ok is false
// if it was skipped, with the reason.
func exportedHeader(t *testing.T, value string) (example, regex string, ok bool, reason string) {
	t.Helper()
	e := &expectations.Expectation{
		ID: "e", Origin: expectations.OriginUser,
		Request: &expectations.RequestMatcher{
			Path:    expectations.Text{Value: "/a"},
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{text("X-A", value)}},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{answer(200, "")}},
	}
	doc, skipped := export(t, pact.ExportOptions{}, e)
	if len(doc.Interactions) == 0 {
		return "", "", false, skipped[0].Reason
	}
	r := doc.Interactions[0].Request
	values, _ := r.Headers.Get("x-a", true)
	for _, rule := range r.Rules {
		v, _ := rule.Matchers[0].Value.Get("regex")
		regex = v.Text
	}
	return values[0], regex, true, ""
}

// TestPatterns pins which strings of a matcher are expressions, and what they
// become.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, example, regex string }{
		// Literals.
		{"application/vnd.api+json", "application/vnd.api+json", ""},
		{"/v1.0/x?", "/v1.0/x?", ""},
		{"a+b*c?", "a+b*c?", ""},
		{"*/*", "*/*", ""},
		{"text/*", "text/*", ""},
		{"a{2}", "a{2}", ""},
		{"$5", "$5", ""},
		{"a^b", "a^b", ""},
		{"c$d", "c$d", ""},
		{"x]", "x]", ""},
		{"x[", "x[", ""},
		{"f()", "", ""},
		{"[]", "[]", ""},
		{`1\.0`, "1.0", ""},
		{`\Qab\E`, "ab", ""},
		{`\Qa.*b\E`, "a.*b", `^a\.\*b$`},
		{`a\`, `a\`, ""},
		{"W/\"abc\"", "W/\"abc\"", ""},
		// Expressions.
		{"[a-z]+", "a", "^[a-z]+$"},
		{"a|b", "a", "^(?:a|b)$"},
		{"(a|b)c", "ac", "^(a|b)c$"},
		{"^abc", "abc", "^abc$"},
		{"abc$", "abc", "^abc$"},
		{`\d{3}`, "111", `^\d{3}$`},
		{".*", "a", "^.*$"},
		{".+x", "ax", "^.+x$"},
		{"a.{3}", "aaaa", "^a.{3}$"},
		{"^a|b$", "a", "^(?:^a|b$)$"},
		{`.*\Qa.b|\E.*`, "aa.b|a", `^.*a\.b\|.*$`},
		{"(?P<n>x)", "x", "^(?<n>x)$"},
		{"(?i)abc.*", "ABCa", "^(?i)abc.*$"},
		{`\bfoo\b.*`, "foo", `^\bfoo\b.*$`},
		{`[^a-zA-Z0-9]+`, "-", `^[^a-zA-Z0-9]+$`},
		{`\p{Lu}x`, "Ax", `^\p{Lu}x$`},
		{`abc\$$`, "", ""},
		{`[0-9a-f]{8}-[0-9a-f]{4}`, "11111111-1111", `^[0-9a-f]{8}-[0-9a-f]{4}$`},
	} {
		example, regex, ok, reason := exportedHeader(t, tc.in)
		if tc.example == "" {
			continue // either way will do
		}
		if !ok || example != tc.example || regex != tc.regex {
			t.Errorf("%q became %q under %q (%s), want %q under %q", tc.in, example, regex, reason, tc.example, tc.regex)
		}
	}
	for in, want := range map[string]string{
		`a\b\Bb[x]`: "no example could be generated",
		`(?s).*`:    "implementations disagree",
		`\pL+`:      `implementations disagree on \p`,
		`\h+`:       `implementations disagree on \h`,
		`[a&&b]`:    "intersections",
		`a.*^b`:     "no example could be generated",
	} {
		if example, regex, ok, reason := exportedHeader(t, in); ok || !strings.Contains(reason, want) {
			t.Errorf("%q became %q under %q, %q, want it skipped: %s", in, example, regex, reason, want)
		}
	}
}

// FuzzExportPattern exports arbitrary strings: the example of a rule satisfies
// it, and the rule is anchored.
func FuzzExportPattern(f *testing.F) {
	for _, seed := range []string{"[a-z]+", `\d{2,5}-(x|y)?z*`, `.*\Qa|b\E.*`, "^a|b$", `(?i)\w+@\w+\.com`, `[^\s]+`, `\u0061.*`, `a{,3}(b)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		example, regex, ok, _ := exportedHeader(t, pattern)
		if !ok || regex == "" {
			return
		}
		if !strings.HasPrefix(regex, "^") || !strings.HasSuffix(regex, "$") {
			t.Errorf("%q became %q, which is not anchored", pattern, regex)
		}
		if re, err := regexp.Compile(regex); err == nil && !re.MatchString(example) {
			t.Errorf("%q became %q, which %q does not match", pattern, regex, example)
		}
	})
}
