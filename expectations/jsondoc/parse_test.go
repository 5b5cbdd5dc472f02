package jsondoc_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     jsondoc.Value
	}{
		{"null", ` null `, jsondoc.Null()},
		{"booleans", `[true,false]`, jsondoc.Array(jsondoc.Bool(true), jsondoc.Bool(false))},
		{"number text is kept", `[1.10, -0, 1E+02]`, jsondoc.Array(
			jsondoc.Number("1.10"), jsondoc.Number("-0"), jsondoc.Number("1E+02"))},
		{"order and duplicates are kept", `{"b":1,"a":2,"b":3}`, jsondoc.Object(
			jsondoc.M("b", jsondoc.Int(1)), jsondoc.M("a", jsondoc.Int(2)), jsondoc.M("b", jsondoc.Int(3)))},
		{"escapes", `"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"`, jsondoc.String("a\"\\/\b\f\n\r\té😀z")},
		{"lone surrogates", `"\ud800x\udc00\ud800\u0041"`, jsondoc.String("\ufffdx\ufffd\ufffdA")},
		{"invalid UTF-8", "\"a\xffb\xc3\"", jsondoc.String("a\ufffdb\ufffd")},
		{"text beyond ASCII is shared", `{"é":"ü\n"}`, jsondoc.Object(jsondoc.M("é", jsondoc.String("ü\n")))},
		{"empty containers", `[{},[]]`, jsondoc.Array(
			jsondoc.Value{Kind: jsondoc.KindObject, Members: []jsondoc.Member{}},
			jsondoc.Value{Kind: jsondoc.KindArray, Items: []jsondoc.Value{}})},
		{"nested siblings", `[[1,[2]],{"a":[{"b":3}]},4]`, jsondoc.Array(
			jsondoc.Array(jsondoc.Int(1), jsondoc.Array(jsondoc.Int(2))),
			jsondoc.Object(jsondoc.M("a", jsondoc.Array(jsondoc.Object(jsondoc.M("b", jsondoc.Int(3)))))),
			jsondoc.Int(4))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := jsondoc.Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", ``, `line 1, column 1: unexpected end of input where a value should begin`},
		{"position counts lines", "{\n  \"a\": tru\n}", `line 2, column 8: unexpected character 't' where a value should begin`},
		{"trailing text", `{} x`, `line 1, column 4: unexpected character 'x' after the document`},
		{"trailing comma", `[1,]`, `line 1, column 4: unexpected character ']' where a value should begin`},
		{"name without quotes", `{a:1}`, `line 1, column 2: unexpected character 'a' where a name should begin`},
		{"missing colon", `{"a" 1}`, `line 1, column 6: unexpected character '1' where a colon should follow a name`},
		{"open array", `[1`, `line 1, column 3: unexpected end of input in an array`},
		{"open string", `"abc`, `line 1, column 5: string is not closed`},
		{"open escape", `"abc\`, `line 1, column 6: string is not closed`},
		{"control character", "\"a\x01\"", `line 1, column 3: unexpected character '\x01' in a string`},
		{"control character after an escape", "\"\\n\x01\"", `line 1, column 4: unexpected character '\x01' in a string`},
		{"bad escape", `"\x"`, `line 1, column 3: unexpected character 'x' in an escape sequence`},
		{"bad unicode escape", `"\u12g4"`, `line 1, column 6: unexpected character 'g' in a \u escape`},
		{"leading zero", `01`, `line 1, column 2: unexpected character '1' after the document`},
		{"bare minus", `-`, `line 1, column 2: unexpected end of input in a number`},
		{"bare fraction", `1.`, `line 1, column 3: unexpected end of input in a number`},
		{"bare exponent", `1e+`, `line 1, column 4: unexpected end of input in a number`},
		{"NaN", `NaN`, `line 1, column 1: unexpected character 'N' where a value should begin`},
		{"comment", `/**/1`, `line 1, column 1: unexpected character '/' where a value should begin`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := jsondoc.Parse([]byte(tt.in))
			var syntax *jsondoc.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if diff := cmp.Diff(tt.want, syntax.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseDepth(t *testing.T) {
	t.Parallel()
	nested := func(n int) []byte {
		return []byte(strings.Repeat(`[{"a":`, n/2) + "1" + strings.Repeat("}]", n/2))
	}
	if _, err := jsondoc.Parse(nested(jsondoc.MaxDepth)); err != nil {
		t.Errorf("%d levels: %v", jsondoc.MaxDepth, err)
	}
	for _, parse := range []func([]byte) (jsondoc.Value, error){jsondoc.Parse, jsondoc.ParseLenient} {
		_, err := parse(nested(jsondoc.MaxDepth + 2))
		if !errors.Is(err, jsondoc.ErrDepth) {
			t.Errorf("got %v, want ErrDepth", err)
		}
	}
	// Depth is nesting, not the number of containers.
	if _, err := jsondoc.Parse([]byte("[" + strings.Repeat("[],{},", 2*jsondoc.MaxDepth) + "1]")); err != nil {
		t.Error(err)
	}
}

func TestParseLenient(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"strict JSON", `{"a":[1,"b",null,true,-1.5e3]}`, `{"a":[1,"b",null,true,-1.5e3]}`},
		{"byte order mark", "\ufeff{}", `{}`},
		{"comments", "// a\n{ /* b */ \"x\" # c\r\n : /**/ 1 // d\n} # e", `{"x":1}`},
		{"single quotes", `{'a':'it\'s "b"'}`, `{"a":"it's \"b\""}`},
		{"names without quotes", `{a:1, $b_2:2, é-x:3, 4:4}`, `{"a":1,"$b_2":2,"é-x":3,"4":4}`},
		{"trailing commas", `{"a":[1,2,],}`, `{"a":[1,2]}`},
		{"missing values", `[,1,,2]`, `[null,1,null,2]`},
		{"leading zeros", `[007, -00.5, 000, 0, -0, 0.5]`, `[7,-0.5,0,0,-0,0.5]`},
		{"not numbers", `[NaN, Infinity, +Infinity, -Infinity, -INF]`, `["NaN","Infinity","Infinity","-Infinity","-Infinity"]`},
		{"raw control characters", "\"a\tb\nc\"", `"a\tb\nc"`},
		{"any escape", `"\a\'\é"`, `"a'é"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := jsondoc.ParseLenient([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got.AppendCompact(nil))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseLenientErrors(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, `#`, `/* open`, `/`, `{,}`, `{a}`, `{"a":}`, `{a b:1}`, `{:1}`, `'open`, `truex`, `NaNx`, `+1`, `.5`, `1.`,
		`-NaN`, `0x1F`, `[1 2]`, `{} {}`, `"\u00"`, `"\`,
	} {
		if v, err := jsondoc.ParseLenient([]byte(in)); err == nil {
			t.Errorf("%q was read as %s", in, v.AppendCompact(nil))
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	v, err := jsondoc.Parse([]byte(`{"a":1,"b":2,"a":3}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := v.Get("a"); !ok || got.Text != "3" {
		t.Errorf("the last of two: %v, %v", got, ok)
	}
	if got, ok := v.Get("c"); ok {
		t.Errorf("a missing one: %v", got)
	}
	if got, ok := jsondoc.String("a").Get("a"); ok {
		t.Errorf("of a string: %v", got)
	}
}

func BenchmarkParse(b *testing.B) {
	doc := benchDocument()
	b.Run("jsondoc", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsondoc.Parse(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json-any", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(doc, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendJackson(b *testing.B) {
	v, err := jsondoc.Parse(benchDocument())
	if err != nil {
		b.Fatal(err)
	}
	buf := v.AppendJackson(nil)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = v.AppendJackson(buf[:0])
	}
}

func BenchmarkAppendJacksonText(b *testing.B) {
	doc := benchDocument()
	var buf []byte
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = jsondoc.AppendJacksonText(buf[:0], doc, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// benchDocument is a list as an API would answer it, about 12 KB.
func benchDocument() []byte {
	item := `{"id":"3f1c9a6e-6f0b-4e5a-9a59-0f4a3a0b1c2d","name":"Ärmel\tlang","price":12.50,"tags":["a","b"],"stock":{"n":3,"ok":true,"next":null}}`
	return []byte("[" + strings.Repeat(item+",", 80) + item + "]")
}
