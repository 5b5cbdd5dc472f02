package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// documents are compact and as encoding/json prints them.
var documents = []string{
	`null`, `true`, `12`, `"a<b>&\"\\\u2028\u0001\u007f"`, `[]`, `{}`,
	`[1,[2,[]],{}]`, `{"a":{"b":[{"c":1},{"d":[]}]},"e":[]}`, `["\b\f\n\r\t"]`,
}

func TestAppendCompact(t *testing.T) {
	t.Parallel()
	for _, in := range documents {
		v, err := jsondoc.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(json.RawMessage(in)); err != nil {
			t.Fatal(err)
		}
		want.Truncate(want.Len() - 1)
		got := v.AppendCompact([]byte("x"))
		// RawMessage keeps the escape of DEL, which needs none.
		if diff := cmp.Diff("x"+string(bytes.ReplaceAll(want.Bytes(), []byte(`\u007f`), []byte("\x7f"))), string(got)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAppendIndent(t *testing.T) {
	t.Parallel()
	for _, in := range documents {
		v, err := jsondoc.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, v.AppendCompact(nil), "", "  "); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("x"+want.String(), string(v.AppendIndent([]byte("x"), "  "))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAppendJackson(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"scalars in an array", `{"ports":[1080,1081]}`, "{\n  \"ports\" : [ 1080, 1081 ]\n}"},
		{"empty", `{"a":{},"b":[]}`, "{\n  \"a\" : { },\n  \"b\" : [ ]\n}"},
		{"empty document", `[]`, "[ ]"},
		{
			"objects in an array", `[{"a":1},{"b":[{"c":2}]}]`,
			"[ {\n  \"a\" : 1\n}, {\n  \"b\" : [ {\n    \"c\" : 2\n  } ]\n} ]",
		},
		{"arrays in arrays", `[[1],[[]]]`, "[ [ 1 ], [ [ ] ] ]"},
		{"nothing but what must be is escaped", `"é\u2028/<\u001f\n\"\\\u007f"`, "\"é\u2028/<\\u001F\\n\\\"\\\\\u007f\""},
		{"numbers stay as written", `[1.10,1e5]`, "[ 1.10, 1e5 ]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := jsondoc.Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("x"+tt.want, string(v.AppendJackson([]byte("x")))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A part printed at its level is what the whole prints there.
func TestAppendJacksonAt(t *testing.T) {
	t.Parallel()
	part, err := jsondoc.Parse([]byte(`{"a":[{"b":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	whole := jsondoc.Object(jsondoc.M("x", jsondoc.Array(part)))
	got := part.AppendJacksonAt([]byte("{\n  \"x\" : [ "), 1)
	got = append(jsondoc.AppendJacksonLine(append(got, " ]"...), 0), '}')
	if diff := cmp.Diff(string(whole.AppendJackson(nil)), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAppendJacksonText(t *testing.T) {
	t.Parallel()
	for _, in := range documents {
		v, err := jsondoc.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		got, err := jsondoc.AppendJacksonText([]byte("x"), []byte(" "+in+"\n"), 2)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(v.AppendJacksonAt([]byte("x"), 2)), string(got)); diff != "" {
			t.Error(diff)
		}
	}
	for _, in := range []string{``, `[1,]`, `{"a":1`, `{a:1}`, `[1 2]`, `{} {}`, `"\x"`, `{"a" 1}`, `tru`} {
		got, err := jsondoc.AppendJacksonText([]byte("x"), []byte(in), 0)
		if err == nil || string(got) != "x" {
			t.Errorf("%q was printed as %s", in, got)
		}
	}
}

func TestInvalidUTF8IsNeverPrinted(t *testing.T) {
	t.Parallel()
	v := jsondoc.String("a\xffb\xe2\x80")
	if diff := cmp.Diff(`"a\ufffdb\ufffd\ufffd"`, string(v.AppendCompact(nil))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("\"a\ufffdb\ufffd\ufffd\"", string(v.AppendJackson(nil))); diff != "" {
		t.Error(diff)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	v, err := jsondoc.Parse(benchDocument())
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 1<<16)
	if n := testing.AllocsPerRun(10, func() { v.AppendJackson(buf) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
