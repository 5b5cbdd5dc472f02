package mustache_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactape/pactape/expectations/mustache"
)

type scope map[string]mustache.Value

func (s scope) Get(name string) (mustache.Value, bool) { v, ok := s[name]; return v, ok }
func (s scope) String() string                         { return "scope" }

// own is a list of "x" and nothing.
type own struct{}

func (own) Items() mustache.List { return mustache.List{"x", nil} }
func (own) String() string       { return "[o]" }

func names() scope {
	return scope{
		"s": `<'&"=` + "`>", "empty": "", "zero": mustache.Number("0.0"), "n": mustache.Number("7"), "yes": true, "no": false, "null": nil,
		"list": mustache.List{"a", "b", mustache.Number("3")}, "none": mustache.List{},
		"a":    scope{"b": scope{"c": "deep"}, "s": "inner", "list": mustache.List{scope{"x": "1"}, scope{"x": "2"}}},
		"a.b":  "whole",
		"call": mustache.Func(func() mustache.Value { return "called" }),
		"half": mustache.Number("0.5"), "own": own{},
		"up": mustache.Section(func(a mustache.Argument) string { return strings.ToUpper(a.Text) }),
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ template, want string }{
		{"text { } {{! comment }}", "text { } "},
		{"{{s}} {{{s}}} {{& s }}", "&lt;&#39;&amp;&quot;&#x3D;&#x60;&gt; <'&\"=`> <'&\"=`>"},
		{"{{n}}{{yes}}{{no}}{{null}}{{missing}}{{missing.more}}{{call}}", "7truefalsecalled"},
		{"{{a.b.c}} {{a.b}} {{a.list.1.x}} {{list.0}} {{list.3}} {{list.-1}} {{list}} {{list.size}}", "deep whole 2 a   [a, b, 3] 3"},
		{"{{#list}}{{.}}{{^-last}},{{/-last}}{{/list}} {{#list}}{{-index}}{{#-first}}!{{/-first}}{{/list}}", "a,b,3 1!23"},
		{"{{#a}}{{s}}{{n}}{{#b}}{{c}}{{s}}{{/b}}{{/a}}", "inner7deepinner"},
		{"{{#empty}}x{{/empty}}{{#zero}}x{{/zero}}{{#no}}x{{/no}}{{#null}}x{{/null}}{{#none}}x{{/none}}{{#missing}}x{{/missing}}", ""},
		{"{{^empty}}1{{/empty}}{{^zero}}2{{/zero}}{{^no}}3{{/no}}{{^none}}4{{/none}}{{^missing}}5{{/missing}}{{^yes}}x{{/yes}}", "12345"},
		{"{{#n}}{{this}}{{/n}}{{#yes}}{{n}}{{/yes}}{{#s}}{{{.}}}{{/s}}", "77<'&\"=`>"},
		{"{{#up}}a{{n}}{{#list}}x{{/list}}{{/up}}", "A7XXX"},
		{"{{=<% %>=}}<%n%> {{n}} <%={{ }}=%>{{n}}", "7 {{n}} 7"},
		{"a\n  {{#yes}}  \nb\n{{/yes}}\r\nc\n{{! gone }}\n", "a\nb\nc\n"},
		{"a {{#yes}}\nb {{/yes}}\n", "a \nb \n"},
		{"{{#yes}}\nx{{/yes}}", "x"},
		{"a {{ b", "a {{ b"},
		{"a {{b {{n}}", "a {{b 7"},
		{"a {{b} {{n}} c", "a {{b} 7 c"},
		{"{{ {n} }} {{n}b}}|", "{{ {n} }} |"},
		{`{"a":{"b":{{n}}}} {{{n}}}}`, `{"a":{"b":7}} 7}`},
		{"{{=| |=}}|n||#yes|<|n|>|/yes|", "7<7>"},
		{"{{-first}}{{-last}}{{-index}} {{#list}}{{#a}}{{-index}}{{/a}}{{/list}}", "falsefalse0 123"},
		{"{{$block}}{{n}}{{/block}}", "7"},
		{"{{half}}{{#half}}x{{/half}}{{^half}}F{{/half}}", "0.5F"},
		{"{{call.get}}{{call.length}}{{#call}}<{{.}}>{{/call}}{{^call}}x{{/call}}", "called<called>"},
		{"{{up}}{{^up}}x{{/up}}", ""},
		{"{{a.s.length}} {{a.s.toUpperCase}} {{s.isEmpty}}{{empty.empty}} {{n.doubleValue}} {{half.intValue}}{{yes.toString}}", "5 INNER falsetrue 7.0 0true"},
		{"{{list.size}}{{list.isEmpty}}{{list.length}} {{list.00}}{{list.0x}}", "3false a"},
		{"{{own}} {{own.0}} {{#own}}<{{.}}>{{/own}} {{own.size}}{{^own}}x{{/own}}", "[o] x <x><> 2"},
		{"{{list.}}|{{.list}}|{{a..b}}|{{n.x.y}}|{{a b}}", "[a, b, 3]||||"},
		{"x\n  {{! c }}  ", "x\n    "},
		{"  {{! c }}\nx", "x"},
		{"{{#yes}}  \n  {{/yes}}|", "  |"},
		{"{{! a }} {{! b }}\nx", " \nx"},
		{"{{#yes}}\n{{#n}}\nx\n{{/n}}\n{{/yes}}\ny\n", "x\ny\n"},
	} {
		parsed, err := mustache.Parse(tt.template, mustache.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.template, err)
			continue
		}
		if got, err := parsed.Render(names()); err != nil || got != tt.want {
			t.Errorf("%s\n%q, %v\nwant %q", tt.template, got, err, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"a\n{{b\nc}}":                           "line 2: the tag \"b\\nc\" has a line break in it",
		"{{{a}}":                                "a tag has no end: write }}}",
		"{{ }}":                                 "a tag has no name",
		"{{#}}":                                 "a tag has no name",
		"\n{{#a}}\n{{b}}":                       `section "a" has no end: write {{/a}}`,
		"{{/a}}":                                `"a" ends no section that is open here`,
		"{{#a}}{{#b}}{{/a}}{{/b}}":              `"a" ends no section`,
		"{{> /etc/passwd }}":                    `has the partial "/etc/passwd": partials are not supported`,
		"{{=<%=}}":                              "new delimiters are written {{=<% %>=}}",
		"{{=}}":                                 "new delimiters are written {{=<% %>=}}",
		"{{=<<< >>>=}}":                         "new delimiters are written",
		"{{= =}}":                               "new delimiters are written",
		"{{#a}}{{/a}}\n{{#a}}{{<p}}":            "line 2: has the partial \"p\"",
		strings.Repeat("{{#a}}", 65):            "nested more than 64 deep",
		"{{a" + strings.Repeat(".b", 65) + "}}": "has more than 64 parts",
	} {
		if parsed, err := mustache.Parse(template, mustache.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", template, parsed, err)
		}
	}
}

func TestRenderIsBounded(t *testing.T) {
	t.Parallel()
	many := make(mustache.List, 1000)
	for i := range many {
		many[i] = strings.Repeat("x", 1000)
	}
	for _, template := range []string{
		"{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}",
		"{{#l}}{{#l}}{{.}}{{/l}}{{/l}}",
		"{{#l}}{{#f}}{{l}}{{/f}}{{#f}}{{l}}{{/f}}{{#f}}{{l}}{{/f}}{{/l}}",
	} {
		parsed, err := mustache.Parse(template, mustache.Options{})
		if err != nil {
			t.Fatal(err)
		}
		f := mustache.Section(func(a mustache.Argument) string { return a.Text })
		if got, err := parsed.Render(scope{"l": many, "f": f}); !errors.Is(err, mustache.ErrTooMuch) {
			t.Errorf("%s: %d bytes, %v", template, len(got), err)
		}
	}
}

// What a section is called with is made of its text once, where it can be.
func TestPrepare(t *testing.T) {
	t.Parallel()
	calls := 0
	o := mustache.Options{Prepare: map[string]func(string) (any, error){"f": func(text string) (any, error) {
		if calls++; text == "bad" {
			return nil, errors.New("no good")
		}
		return text + "!", nil
	}}}
	parsed, err := mustache.Parse("{{#f}}a{{/f}}{{#f}}{{n}}{{/f}}{{#f}}\nb\n{{/f}}{{#g}}bad{{/g}}{{^f}}bad{{/f}}", o)
	if err != nil {
		t.Fatal(err)
	}
	f := mustache.Section(func(a mustache.Argument) string { return fmt.Sprintf("<%q %v>", a.Text, a.Prepared) })
	for range 2 {
		if got, err := parsed.Render(scope{"f": f, "n": "7"}); err != nil || got != "<\"a\" a!><\"7\" <nil>><\"\\nb\\n\" \nb\n!>" {
			t.Errorf("%s, %v", got, err)
		}
	}
	if calls != 2 {
		t.Errorf("made %d times", calls)
	}
	o.Check = func(name string) error {
		if name == "secret" {
			return errors.New("no secrets")
		}
		return nil
	}
	for _, template := range []string{"\n{{secret}}", "\n{{&secret}}", "\n{{#secret}}x{{/secret}}", "\n{{^secret}}{{/secret}}"} {
		if _, err := mustache.Parse(template, o); err == nil || err.Error() != "line 2: no secrets" {
			t.Errorf("%s: %v", template, err)
		}
	}
	if _, err := mustache.Parse("{{!secret}}{{$secret}}{{/secret}}secret{{secret.not}}", o); err != nil {
		t.Error(err)
	}
	if _, err := mustache.Parse("a\n{{#f}}bad{{/f}}\n\n", o); err == nil || err.Error() != `line 2: section "f": no good` {
		t.Error(err)
	}
}

func TestRenderTakesTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := mustache.Section(func(mustache.Argument) string {
			<-time.After(mustache.MaxTime / 4)
			return "."
		})
		for template, want := range map[string]error{
			strings.Repeat("{{#f}}{{/f}}", 4): nil,
			strings.Repeat("{{#f}}{{/f}}", 5): mustache.ErrTooMuch,
		} {
			parsed, err := mustache.Parse(template, mustache.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parsed.Render(scope{"f": slow}); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
	})
}

// Doubles as a Java program prints them.
func TestDouble(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]mustache.Number{
		0: "0.0", math.Copysign(0, -1): "-0.0", 1: "1.0", 100: "100.0", 1.5: "1.5", 0.001: "0.001", 0.0001: "1.0E-4", 1e7: "1.0E7",
		9999999: "9999999.0", 123456789.125: "1.23456789125E8", 1.5e300: "1.5E300", -1e-10: "-1.0E-10", math.Inf(1): "Infinity", math.Inf(-1): "-Infinity",
	} {
		if got := mustache.Double(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	if got := mustache.Double(math.NaN()); got != "NaN" {
		t.Error(got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"{{a.b.c}}{{{s}}}{{&s}}", "{{#list}}{{.}}{{^-last}},{{/-last}}{{/list}}", "{{=<% %>=}}<%#a%>\n<%/a%>",
		"a\n {{! c }} \r\nb{{#up}}{{n}}{{/up}}", "{{> p}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := mustache.Parse(text, mustache.Options{})
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without text")
			}
			return
		}
		first, err := parsed.Render(names())
		again, _ := parsed.Render(names())
		if err == nil && first != again {
			t.Fatalf("%q, then %q", first, again)
		}
		if !strings.Contains(text, "}}") && first != text {
			t.Fatalf("%q became %q", text, first)
		}
	})
}
