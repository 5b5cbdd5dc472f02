package mustache_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/mustache"
)

type scope map[string]mustache.Value

func (s scope) Get(name string) (mustache.Value, bool) { v, ok := s[name]; return v, ok }
func (s scope) String() string                         { return "scope" }

func names() scope {
	return scope{
		"s": `<'&"=` + "`>", "empty": "", "zero": mustache.Number("0.0"), "n": mustache.Number("7"), "yes": true, "no": false, "null": nil,
		"list": mustache.List{"a", "b", mustache.Number("3")}, "none": mustache.List{},
		"a":    scope{"b": scope{"c": "deep"}, "s": "inner", "list": mustache.List{scope{"x": "1"}, scope{"x": "2"}}},
		"a.b":  "whole",
		"call": mustache.Func(func() mustache.Value { return "called" }),
		"up":   mustache.Section(strings.ToUpper),
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
	} {
		parsed, err := mustache.Parse(tt.template)
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
		"a\n{{b":                     "line 2: a tag has no end: write }}",
		"{{{a}}":                     "a tag has no end: write }}}",
		"{{ }}":                      "a tag has no name",
		"{{#}}":                      "a tag has no name",
		"\n{{#a}}\n{{b}}":            `section "a" has no end: write {{/a}}`,
		"{{/a}}":                     `"a" ends no section that is open here`,
		"{{#a}}{{#b}}{{/a}}{{/b}}":   `"a" ends no section`,
		"{{> /etc/passwd }}":         `has the partial "/etc/passwd": partials are not supported`,
		"{{=<%=}}":                   "new delimiters are written {{=<% %>=}}",
		"{{=}}":                      "a tag has no name",
		strings.Repeat("{{#a}}", 65): "nested more than 64 deep",
	} {
		if parsed, err := mustache.Parse(template); err == nil || !strings.Contains(err.Error(), want) {
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
		parsed, err := mustache.Parse(template)
		if err != nil {
			t.Fatal(err)
		}
		f := mustache.Section(func(text string) string { return text })
		if got, err := parsed.Render(scope{"l": many, "f": f}); !errors.Is(err, mustache.ErrTooMuch) {
			t.Errorf("%s: %d bytes, %v", template, len(got), err)
		}
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
		parsed, err := mustache.Parse(text)
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
		if !strings.Contains(text, "{{") && first != text {
			t.Fatalf("%q became %q", text, first)
		}
	})
}
