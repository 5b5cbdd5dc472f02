package jsonpath_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/jsonpath"
)

// store is the document of Stefan Gössner's article, which the documentation
// of Jayway JsonPath and of MockServer uses.
const store = `{"store":{"book":[
	{"category":"reference","author":"Nigel Rees","title":"Sayings","price":8.95},
	{"category":"fiction","author":"Evelyn Waugh","title":"Sword","price":12.99},
	{"category":"fiction","author":"Herman Melville","title":"Moby","isbn":"0-553-21311-3","price":8.99},
	{"category":"fiction","author":"J. R. R. Tolkien","title":"Rings","isbn":"0-395-19395-8","price":22.99}],
	"bicycle":{"color":"red","price":19.95}},
	"expensive":10,"empty":[],"none":null,"é.x":{"a b":1},"tags":["a","b"],"nested":[[1,2],[3]],"n":"10"}`

func find(t *testing.T, path, doc string) string {
	t.Helper()
	p, err := jsonpath.Compile(path, jsonpath.Options{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	v, err := jsondoc.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	found, err := p.Select(&v)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		out = append(out, string(f.AppendCompact(nil)))
	}
	return strings.Join(out, " ")
}

func TestSelect(t *testing.T) {
	t.Parallel()
	const all = `"Sayings" "Sword" "Moby" "Rings"`
	for _, test := range []struct{ path, want string }{
		{"$.store.book[*].title", all},
		{"$..title", all},
		{"store.book[*].title", all},
		{"$['store']['book'][*]['title']", all},
		{`$["store"].book.*.title`, all},
		{"$.['store'].book[0].title", `"Sayings"`},
		{"$.store..price", `8.95 12.99 8.99 22.99 19.95`},
		{"$..book[2].title", `"Moby"`},
		{"$..book[-1].title", `"Rings"`},
		{"$..book[0,1].title", `"Sayings" "Sword"`},
		{"$..book[ : 2 ].title", `"Sayings" "Sword"`},
		{"$..book[1:2].title", `"Sword"`},
		{"$..book[-2:].title", `"Moby" "Rings"`},
		{"$..book[::-2].title", `"Rings" "Sword"`},
		{"$..book[::0].title", ""},
		{"$.tags[5:]", ""},
		{"$['expensive','n']", `10 "10"`},
		{"$['é.x']['a b']", "1"},
		{`$['\u00e9.x']["a b"]`, "1"},
		{"$.nested[*][0]", "1 3"},
		{"$.nested..*", "[1,2] [3] 1 2 3"},
		{"$.none", "null"},
		{"$.missing", ""},
		{"$.expensive.deeper", ""},
		{"$.tags.a", ""},
		{"$", ""}, // below
	} {
		if test.path == "$" {
			continue
		}
		if diff := cmp.Diff(test.want, find(t, test.path, store)); diff != "" {
			t.Errorf("%s\n%s", test.path, diff)
		}
	}
	if got := find(t, "$", `[1]`); got != "[1]" {
		t.Errorf("$: %s", got)
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ filter, want string }{
		{"(@.isbn)", `"Moby" "Rings"`},
		{"@.isbn", `"Moby" "Rings"`},
		{"(!@.isbn)", `"Sayings" "Sword"`},
		{"(@.price < 10)", `"Sayings" "Moby"`},
		{"(@.price<10)", `"Sayings" "Moby"`},
		{"(@['price'] >= 12.99)", `"Sword" "Rings"`},
		{"(10 > @.price)", `"Sayings" "Moby"`},
		{"(@.price <= $['expensive'])", `"Sayings" "Moby"`},
		{"(@.price <= $.n)", ``},
		{"(@.price == 8.950)", `"Sayings"`},
		{"(@.price == '8.95')", `"Sayings"`},
		{"(@.price === '8.95')", ``},
		{"(@.price !== '8.95' && @.price !== 8.95)", `"Sword" "Moby" "Rings"`},
		{"(@.category != 'fiction')", `"Sayings"`},
		{`(@.category == "fiction" && @.price < 10 || @.title == 'Sayings')`, `"Sayings" "Moby"`},
		{`(@.category == "fiction" && (@.price > 20 || @.price < 10))`, `"Moby" "Rings"`},
		{"(!(@.price < 10) && !@.isbn)", `"Sword"`},
		{"(@.author =~ /.*REES/i)", `"Sayings"`},
		{"(@.author =~ /REES/i)", ``},
		{`(@.isbn =~ /0-\d{3}-[\d\/-]+/)`, `"Moby" "Rings"`},
		{"(@.title in ['Moby', 'Rings'])", `"Moby" "Rings"`},
		{`(@.title nin ["Moby","Rings"])`, `"Sayings" "Sword"`},
		{"(@.title IN ['Moby'])", `"Moby"`},
		{"(@.author contains 'R.')", `"Rings"`},
		{"(@.title size 4)", `"Moby"`},
		{"(@.title empty false && length(@.title) == 5)", `"Sword" "Rings"`},
		{"(@.title < 'N')", `"Moby"`},
		{"(@.missing == null)", ``},
		{"(@.missing != 1)", `"Sayings" "Sword" "Moby" "Rings"`},
		{"(@.price < 'x')", ``},
		{"length(@.title) == 4", `"Moby"`},
		{"count(@.*) == 5 && match(@.title, '[M-Z].*s')", `"Rings"`},
		{"search(@.author, 'R\\\\. R')", `"Rings"`},
		{"value(@..price) > 20", `"Rings"`},
		{"($.tags contains 'a' && @.isbn)", `"Moby" "Rings"`},
		{"(['a'] subsetof $.tags && @.isbn)", `"Moby" "Rings"`},
		{"(['a','x'] anyof $.tags && ['y'] noneof $.tags)", `"Sayings" "Sword" "Moby" "Rings"`},
		{"(@.tags anyof ['a'])", ``},
		{"(true)", `"Sayings" "Sword" "Moby" "Rings"`},
		{"(false)", ``},
	} {
		if diff := cmp.Diff(test.want, find(t, "$.store.book[?"+test.filter+"].title", store)); diff != "" {
			t.Errorf("%s\n%s", test.filter, diff)
		}
	}
	if got := find(t, "$.x[?(@.a[?(@ > 1)])].b", `{"x":[{"a":[1],"b":1},{"a":[1,2],"b":2}]}`); got != "2" {
		t.Errorf("nested filter: %s", got)
	}
	if got := find(t, "$[?(@.a == true)].b", `{"x":{"a":true,"b":1},"a":true,"b":2}`); got != "2" {
		t.Errorf("filter of an object: %s", got)
	}
	if got := find(t, "$..[?(@.a > 1)].b", `{"x":[{"a":2,"b":1},{"a":1,"b":2},{"a":"3","b":3}],"y":{"a":4,"b":4}}`); got != "1 4" {
		t.Errorf("filter of what is below: %s", got)
	}
	if got := find(t, "$..[?(@ > 1)]", `{"x":[1,2,[3]]}`); got != "2 3" {
		t.Errorf("filter of items below: %s", got)
	}
	if got := find(t, "$[?(@ =~ /a+/)]", `["a",["x","aa"],1]`); got != `"a" ["x","aa"]` {
		t.Errorf("regex over items: %s", got)
	}
}

func TestFunction(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"$.store.book.length()":         "4",
		"$.store.book.size()":           "4",
		"$..title.count()":              "4",
		"$.tags[0].length()":            "",
		"$.expensive.length()":          "",
		"$.store.bicycle.keys()":        `["color","price"]`,
		"$..price.min()":                "8.95",
		"$..price.max()":                "22.99",
		"$.nested[0].sum()":             "3.0",
		"$.nested[0].avg()":             "1.5",
		"$.empty.avg()":                 "",
		"$.tags.sum()":                  "",
		"$.tags.first()":                `"a"`,
		"$.tags.last()":                 `"b"`,
		"$.tags.index(1)":               `"b"`,
		"$.tags.index(-3)":              "",
		"$.missing.length()":            "",
		"$.store.book[?(@.x)].length()": "0",
	} {
		if got := find(t, path, store); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"$.expensive":                   true,
		"$.missing":                     false,
		"$.none":                        false,
		"$.empty":                       false,
		"$.tags":                        true,
		"$.store":                       true,
		"$..none":                       true,
		"$..missing":                    false,
		"$.empty[*]":                    false,
		"$.store.book[?(@.price > 99)]": false,
		"$.store.book[?(@.price > 9)]":  true,
		"$.tags.length()":               true,
		"$.expensive.length()":          false,
	} {
		p, err := jsonpath.Compile(path, jsonpath.Options{})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsondoc.Parse([]byte(store))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Matches(&doc); got != want || err != nil {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
}

func TestCompileRejects(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"":                               "the path is empty at character 1",
		" ":                              "the path is empty",
		"$.":                             "a name is missing: the path ends here at character 3",
		"$..":                            "a name is missing",
		"$[":                             "a whole number is missing: the path ends here",
		"$[]":                            "a whole number is missing: ']' found at character 3",
		"$['a":                           "a string is not ended",
		"$['a'":                          `"]" is missing`,
		"$[?]":                           "without a condition is not supported",
		"$[(@.length-1)]":                "a script expression is not supported",
		"$.a.concat('x')":                "the function concat() is not supported",
		"$.a.length(1)":                  "the arguments of length() are not supported",
		"$.a.length().b":                 "nothing can follow the function length()",
		"$[?(@.a near 1)]":               "an operator is missing or not supported by this version: 'n' found at character 9",
		"$[?(@.a = 1)]":                  "missing: '=' found",
		"$[?(@.a == )]":                  "a path from @ or $, or a value, is missing: ')' found at character 12",
		"$[?(@.a == 1]":                  `")" is missing`,
		"$[?(@.a =~ /(/)]":               "the regular expression is wrong",
		"$[?(@.a =~ /a)]":                "is not ended by /",
		"$[?(@.a in ['x')]":              "not JSON",
		"$[?(count(1) > 1)]":             "the argument of count() must be a path",
		"$ x":                            "a path goes on with '.' or '[': 'x' found",
		"$.a]":                           "']' found",
		"$[99999999999]":                 "a whole number is missing",
		"$.\xff":                         "not UTF-8",
		"$[?(@ == 1-)]":                  "1- is not a number",
		`$['\u12']`:                      "a wrong escape",
		"$" + strings.Repeat(".a", 5000): "longer than 8192",
		"$[?" + strings.Repeat("(", 100): "nested more than 64 deep",
	} {
		_, err := jsonpath.Compile(path, jsonpath.Options{})
		if _, ok := errors.AsType[*jsonpath.SyntaxError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", path, err, want)
		}
	}
}

// TestBounded: a path whose findings grow with a power of the document is
// given up.
func TestBounded(t *testing.T) {
	t.Parallel()
	deep, err := jsondoc.Parse([]byte(strings.Repeat("[", 400) + strings.Repeat("]", 400)))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := jsondoc.Parse([]byte("[" + strings.Repeat("[1,2],", 5000) + "[]]"))
	if err != nil {
		t.Fatal(err)
	}
	for path, doc := range map[string]*jsondoc.Value{
		"$..*..*..*":                   &deep,
		"$[?(count($..*) > 99999)]":    &wide,
		"$[?($ subsetof $ || false)]":  &wide,
		"$..[?(@..[?(@..[?(@..*)])])]": &deep,
	} {
		p, err := jsonpath.Compile(path, jsonpath.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Matches(doc); got || !errors.Is(err, jsonpath.ErrTooMuch) {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"$.store.book[?(@.price < 10 && @.isbn)].title", "$..[?(@.author =~ /.*rees/i)]", "$..book[-1:,0]['a',\"b\"]",
		"$[?(length(@.a) in [1,{'b':null}] || !@.b empty true)].x.index(-1)", "a.b.sum()", "$[::-1]", `$['\ud83d\ude00\'']`,
		"$[?@.a nin $..*]", "$[?search(@['a'], 'x')]", "$..*..*",
	} {
		f.Add(path, store)
	}
	f.Fuzz(func(t *testing.T, path, document string) {
		p, err := jsonpath.Compile(path, jsonpath.Options{})
		if err != nil {
			if e, ok := errors.AsType[*jsonpath.SyntaxError](err); !ok || e.Offset > len(path) {
				t.Fatalf("%#v", err)
			}
			return
		}
		doc, err := jsondoc.Parse([]byte(document))
		if err != nil {
			return
		}
		found, err := p.Select(&doc)
		if matches, again := p.Matches(&doc); matches && (len(found) == 0 || again != nil) || (err == nil) != (again == nil) {
			t.Errorf("%s matches with %d findings, %v", path, len(found), err)
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	p, err := jsonpath.Compile("$.store.book[?(@.price < 10 && @.isbn)]", jsonpath.Options{})
	if err != nil {
		b.Fatal(err)
	}
	doc, err := jsondoc.Parse([]byte(store))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, _ := p.Matches(&doc); !ok {
			b.Fatal("no match")
		}
	}
}
