package pact_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// generatorOf is a request whose query parameter q a generator makes.
func generatorOf(t *testing.T, attributes map[string]string) *pact.Request {
	t.Helper()
	generator, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, document(3, fmt.Sprintf(`{"description":"d","request":{"method":"GET","path":"/","query":{"q":["example"]},
		"generators":{"query":{"q":%s}}},"response":{"status":200}}`, generator))).Interactions[0].Request
}

// FuzzExpression holds that a date expression is refused or leads to a date
// that is the same each time, and to another if a day is added to it.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"now", "next monday", "tomorrow + 4 years", "last feb - 2 weeks", "+ 99999 months", "@ noon", "- 100000 years", "é"} {
		f.Add(s)
	}
	now := time.Date(2024, 2, 29, 11, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		made := func(kind, expression string) (string, bool) {
			r, err := generatorOf(t, map[string]string{"type": kind, "expression": expression, "format": "yyyy-MM-dd'T'HH:mm:ss.SSS"}).
				Generate(pact.GenerateOptions{Now: now})
			if err != nil {
				return "", false
			}
			values, _ := r.Query.Get("q", false)
			return values[0], true
		}
		for _, kind := range []string{"Date", "Time", "DateTime"} {
			first, ok := made(kind, expression)
			if second, again := made(kind, expression); first != second || ok != again {
				t.Errorf("%s %q: %s, then %s", kind, expression, first, second)
			}
		}
		if date, ok := made("Date", expression); ok && expression != "" {
			if next, ok := made("Date", expression+" + 1 day"); ok && next == date {
				t.Errorf("%q: a day later is %s too", expression, next)
			}
		}
	})
}

// shortYear is a year of one letter or three, which is printed in full, and of
// which the reference reads so many digits.
var shortYear = regexp.MustCompile(`(^|[^y])(y|yyy)([^y]|$)|(^|[^u])(u|uuu)([^u]|$)`)

// ambiguous reports whether fields follow one another with nothing but a space,
// a dash, a slash or a point between them.
func ambiguous(format string) bool {
	isLetter := func(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
	for i := 1; i < len(format); i++ {
		if c, next := format[i-1], format[i]; isLetter(c) && next != c && !strings.ContainsRune(" -/.,", rune(next)) {
			return true
		}
	}
	return false
}

// FuzzDateFormat holds that a date in a format is one to the rule of the same
// format, wherever both can be said.
func FuzzDateFormat(f *testing.F) {
	for _, s := range []string{"yyyy-MM-dd", "EEE, d MMM yyyy HH:mm:ss Z", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "hh 'o''clock' a", "DDD", "kk:mm", "''", "yyyyyyyyyy"} {
		f.Add(s, int64(1_700_000_000))
	}
	f.Fuzz(func(t *testing.T, format string, seconds int64) {
		now := time.Unix(seconds%253_402_300_799, 0).UTC()
		if now.Year() < 1 || !utf8.ValidString(format) || shortYear.MatchString(format) || ambiguous(format) {
			return
		}
		r, err := generatorOf(t, map[string]string{"type": "DateTime", "format": format}).Generate(pact.GenerateOptions{Now: now})
		if err != nil {
			return
		}
		values, _ := r.Query.Get("q", false)
		rule, err := json.Marshal(map[string]string{"match": "datetime", "format": format})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := pact.Parse(document(3, fmt.Sprintf(`{"description":"d","request":{},"response":{"headers":{"Content-Type":"text/plain"},"body":"x",
			"matchingRules":{"body":{"$":{"matchers":[%s]}}}}}`, rule)))
		if err != nil {
			t.Fatal(err)
		}
		got := &expectations.Response{Status: 200, Header: map[string][]string{"Content-Type": {"text/plain"}}, Body: expectations.Body{Bytes: []byte(values[0])}}
		for _, m := range pact.CompileResponse(doc.Interactions[0].Response).Match(got) {
			if m.Kind != pact.UnsupportedRule && values[0] != "" {
				t.Errorf("%s in the format %q is %q: %s", now, format, values[0], m.Message)
			}
		}
	})
}

// FuzzRandomText holds that a text made of an expression is one that the rule
// of the same expression takes.
func FuzzRandomText(f *testing.F) {
	for _, s := range []string{`\d{3}-[a-z]+`, `(?=.*\d)[a-z\d]{2,9}`, `a|b|[^c]`, `(x{2,5}){3}`, `\p{L}\w\s?`, `[[:alpha:]]*`, `(?i)abc`, `^$`, `[\s\S]{4}(?!\))`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		r, err := generatorOf(t, map[string]string{"type": "Regex", "regex": pattern}).Generate(pact.GenerateOptions{})
		if err != nil {
			return
		}
		values, _ := r.Query.Get("q", false)
		rule, err := json.Marshal(map[string]string{"match": "regex", "regex": pattern})
		if err != nil {
			t.Fatal(err)
		}
		doc := parsed(t, document(3, fmt.Sprintf(`{"description":"d","request":{"method":"GET","path":"/","query":{"q":["x"]},
			"matchingRules":{"query":{"q":{"matchers":[%s]}}}},"response":{}}`, rule)))
		found := pact.CompileRequest(doc.Interactions[0].Request).Match(&expectations.Request{
			Method: "GET", Path: "/", RawQuery: "q=" + url.QueryEscape(values[0]),
		})
		if len(found) > 0 {
			t.Errorf("%q made %q: %v", pattern, values[0], found)
		}
	})
}
