package xmldoc_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/xmldoc"
)

func parse(t *testing.T, text string) *xmldoc.Document {
	t.Helper()
	d, err := xmldoc.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%.60s: %v", text, err)
	}
	return d
}

func TestParseRejects(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                 "no element",
		"text":             "text outside of the root element",
		"<a>":              "the element a is not closed",
		"<a></b>":          "the end tag b closes nothing",
		"</a>":             "the end tag a closes nothing",
		"<a/><b/>":         "more than one root element",
		"<a/>x":            "text outside",
		`<a b="1" b="2"/>`: "the attribute b occurs twice in a",
		`<x:a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`: "the attribute y:b occurs twice",
		"<a>&nbsp;</a>": "invalid character entity",
		`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`:      "invalid character entity &x;",
		`<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>`: "invalid character entity &b;",
		`<?xml version="1.0" encoding="EBCDIC"?><a/>`:                           `the encoding "EBCDIC" is not supported`,
		strings.Repeat("<a>", 513) + strings.Repeat("</a>", 513):                "nested more than 512 deep",
		"<a>" + strings.Repeat("<b/>", 250_000) + "</a>":                        "more than 250000",
		"<a><b>" + strings.Repeat("<c d='1'/>x", 130_000) + "</b></a>":          "more than 250000",
		"\xff\xfe<\x00a\x00": "",
	} {
		if _, err := xmldoc.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

func TestParseEncodings(t *testing.T) {
	t.Parallel()
	const want = `{"b":"é"}`
	utf16 := "\xff\xfe"
	for _, r := range `<a><b>é</b></a>` {
		utf16 += string([]byte{byte(r), 0})
	}
	for _, text := range []string{
		`<a><b>é</b></a>`,
		"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a><b>é</b></a>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a><b>\xe9</b></a>",
		"<?xml version='1.0'?><!DOCTYPE a><a><b>&#233;</b></a>",
		"<a><b><![CDATA[é]]></b></a>",
		utf16,
	} {
		if got := string(parse(t, text).JSON().AppendCompact(nil)); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	d, err := xmldoc.ParseText("<?xml version='1.0' encoding='ISO-8859-1'?><a><b>é</b></a>")
	if err != nil || string(d.JSON().AppendCompact(nil)) != want {
		t.Errorf("decoded before: %v", err)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want, got, difference string }{
		{"same", `<a b="1"><c>x</c></a>`, `<a b="1"><c>x</c></a>`, ""},
		{"order of attributes", `<a b="1" c="2"/>`, `<a c='2' b='1'></a>`, ""},
		{"white space", "<a>\n  <b> x \n y </b>\n</a>", "<a><b>x y</b></a>", ""},
		{"comments", "<a><!-- c --><b>x<!-- d -->y</b></a>", "<a><b>xy</b></a>", ""},
		{"CDATA", "<a><![CDATA[<x>]]></a>", "<a>&lt;x&gt;</a>", ""},
		{"prefixes", `<n:a xmlns:n="u"><n:b n:c="1"/></n:a>`, `<a xmlns="u" xmlns:m="u"><m:b m:c="1"/></a>`, ""},
		{"declaration", `<?xml version="1.0"?><a/>`, `<!DOCTYPE a><a/>`, ""},
		{"namespaces", `<a xmlns="u"/>`, `<a xmlns="v"/>`, `/: no element a of namespace "u", found a of namespace "v"`},
		{"namespace missing", `<a xmlns="u"/>`, `<a/>`, `/: no element a of namespace "u", found a`},
		{"name", `<a><b/></a>`, `<a><c/></a>`, `/a: no element b, found c`},
		{"text", `<a><b>1</b></a>`, `<a><b>2</b></a>`, `/a/b: text "2", wanted "1"`},
		{"case", `<a>x</a>`, `<a>X</a>`, `/a: text "X", wanted "x"`},
		{"text missing", `<a>x</a>`, `<a/>`, `/a: text "", wanted "x"`},
		{"text too much", `<a/>`, `<a>x</a>`, `/a: text "x", wanted ""`},
		{"attribute", `<a b="1"/>`, `<a b="2"/>`, `/a/@b: "2", wanted "1"`},
		{"attribute missing", `<a b="1" c="1"/>`, `<a c="1"/>`, `/a: no attribute b`},
		{"attribute too much", `<a c="1"/>`, `<a b="1" c="1"/>`, `/a: an attribute b`},
		{"order of elements", `<a><b/><c/></a>`, `<a><c/><b/></a>`, ""},
		{"order of elements of a name", `<a><b>1</b><c/><b>2</b></a>`, `<a><b>2</b><c/><b>1</b></a>`, `/a/b: text "2", wanted "1"`},
		{"partner behind the last", `<a><c/><b>1</b></a>`, `<a><b>2</b><c/><b>1</b></a>`, `/a: 3 elements and texts, wanted 2`},
		{"element missing", `<a><b/><b/></a>`, `<a><b/></a>`, `/a: no element b, found b`},
		{"element for text", `<a>x<b/></a>`, `<a><b/>x</a>`, ""},
		{"text for element", `<a><b/>x</a>`, `<a>x<b/></a>`, ""},
		{"ignore", `<a>${xmlunit.ignore}</a>`, `<a><b/>x</a>`, ""},
		{"ignore nothing", `<a>${xmlunit.ignore}</a>`, `<a/>`, ""},
		{"ignore an attribute", `<a b="${xmlunit.ignore}"/>`, `<a b="7"/>`, ""},
		{"number", `<a>${xmlunit.isNumber}</a>`, `<a>-1.5e3</a>`, ""},
		{"no number", `<a>${xmlunit.isNumber}</a>`, `<a>NaN</a>`, `/a: text "NaN", wanted "${xmlunit.isNumber}"`},
		{"date", `<a>${xmlunit.isDateTime}</a>`, `<a>2026-02-03T04:05:06Z</a>`, ""},
		{"no date", `<a>${xmlunit.isDateTime}</a>`, `<a>x</a>`, `/a: text "x", wanted "${xmlunit.isDateTime}"`},
		{"regex", `<a b="${xmlunit.matchesRegex(^[0-9]{2}$)}">${xmlunit.matchesRegex(\(x\))}</a>`, `<a b="12">(x)</a>`, ""},
		{"regex differs", `<a>${xmlunit.matchesRegex(^x$)}</a>`, `<a>y</a>`, `/a: text "y", wanted "${xmlunit.matchesRegex(^x$)}"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := xmldoc.Compile(parse(t, test.want), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.difference, p.Difference(parse(t, test.got))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := xmldoc.Compile(parse(t, `<a>${xmlunit.matchesRegex(()}</a>`), nil); err == nil {
		t.Error("a bad expression is no error")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<r><a>1</a><b>x</b><b>true</b><b>1.50</b><c><d> y </d></c></r>`: `{"a":1,"b":["x",true,1.5],"c":{"d":"y"}}`,
		`<r x="1"><e/>text<a>null</a></r>`:                               `{"a":null}`,
		`<r>007</r>`:                                                     `7`,
		`<r/>`:                                                           `null`,
		`<n:r xmlns:n="u"><n:a>1e400</n:a><n:b>2.0</n:b></n:r>`: `{"n:a":"1e400","n:b":2.0}`,
		`<r><a><x>1</x></a><a><x>2</x></a><a>3</a></r>`:         `{"a":[{"x":1},{"x":2},3]}`,
	} {
		if got := string(parse(t, text).JSON().AppendCompact(nil)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

const books = `<store xmlns:p="http://prices"><book id="1"><title>Sayings</title><p:price>8.95</p:price></book>` +
	`<book id="2"><title>Sword</title><p:price>12.99</p:price></book><empty/></store>`

func TestXPath(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		xpath      string
		namespaces map[string]string
		want       bool
	}{
		{"/store/book", nil, true},
		{"/store/magazine", nil, false},
		{"//book[@id='2']", nil, true},
		{"//book[@id='3']", nil, false},
		{"//book[title='Sword']/@id", nil, true},
		{"//book[p:price > 10]", nil, true},
		{"//book[p:price > 20]", nil, false},
		{"//x:price", map[string]string{"x": "http://prices"}, true},
		{"//x:price", map[string]string{"x": "http://other"}, false},
		{"//book[2]/preceding-sibling::book", nil, true},
		{"count(//book)", nil, true},
		{"count(//book) - 2", nil, false},
		{"count(//book) = 2", nil, true},
		{"number('x')", nil, false},
		{"string(//title)", nil, true},
		{"string(//empty)", nil, false},
		{"contains(//title, 'ay')", nil, true},
		{"not(//book)", nil, false},
		{"//text()[. = 'Sword']", nil, true},
		{"/store/empty", nil, true},
		{"starts-with(name(/*), 's')", nil, true},
	} {
		x, err := xmldoc.CompileXPath(test.xpath, test.namespaces)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time with the expression that was used
			if got, err := x.Holds(parse(t, books)); got != test.want || err != nil {
				t.Errorf("%s: %v, %v", test.xpath, got, err)
			}
		}
	}
}

func TestCompileXPathRejects(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "//[", "//a[", "nonsense(1)", "'a", "$x", "//a:b:c", strings.Repeat("(", 9000)} {
		if x, err := xmldoc.CompileXPath(text, nil); err == nil {
			t.Errorf("%q compiles to %v", text, x)
		}
	}
	if _, err := xmldoc.CompileXPath("//b:a", map[string]string{"a": "u"}); err == nil || !strings.Contains(err.Error(), "b") {
		t.Errorf("a prefix of no namespace: %v", err)
	}
}

func TestXPathIsBounded(t *testing.T) {
	t.Parallel()
	d := parse(t, "<a>"+strings.Repeat("<b><c/></b>", 20_000)+"</a>")
	x, err := xmldoc.CompileXPath("//*[count(//*[count(//*) > 1]) > 1]", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := x.Holds(d); got || !errors.Is(err, xmldoc.ErrTooMuch) {
		t.Errorf("%v, %v", got, err)
	}
	// It can be used again.
	if got, err := x.Holds(parse(t, "<a><b/></a>")); !got || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestXPathConcurrently: many goroutines share an expression.
func TestXPathConcurrently(t *testing.T) {
	t.Parallel()
	x, err := xmldoc.CompileXPath("count(//book[p:price > 10]) = 1 and //book[last()]/@id = '2'", nil)
	if err != nil {
		t.Fatal(err)
	}
	d := parse(t, books)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got, err := x.Holds(d); !got || err != nil {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		books, `<a b="${xmlunit.ignore}">${xmlunit.matchesRegex(x)}</a>`, "<a><![CDATA[x]]><!--c--></a>", "\xff\xfe<\x00",
		`<!DOCTYPE a [<!ENTITY x "y">]><a>&#x41;</a>`, "<?xml version='1.0' encoding='latin1'?><a>\xe9</a>", "<a:b xmlns:a='u'/>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := xmldoc.Parse(data)
		if err != nil {
			return
		}
		d.JSON()
		p, err := xmldoc.Compile(d, nil)
		if err == nil {
			if difference := p.Difference(d); difference != "" && !strings.Contains(string(data), "xmlunit") && !strings.Contains(string(data), "\x00") {
				t.Errorf("%q differs from itself: %s", data, difference)
			}
		}
	})
}

func FuzzXPath(f *testing.F) {
	for _, seed := range []string{
		"//book[@id='2']", "count(//*) > substring('abc', 2)", "//a[position() = last()]/..", "sum(//p:price) div 0", "matches(//title, '(')",
		"string-join(//a, //b)", "//*[contains(., 1)]", "substring(//a, //b)", "ancestor-or-self::*|//@*", "replace(//a, '[', '')", "-(//a) mod 0",
	} {
		f.Add(seed, books)
	}
	f.Fuzz(func(_ *testing.T, text, document string) {
		x, err := xmldoc.CompileXPath(text, nil)
		if err != nil {
			return
		}
		d, err := xmldoc.Parse([]byte(document))
		if err != nil {
			return
		}
		_, _ = x.Holds(d)
		_, _ = x.Holds(d)
	})
}
