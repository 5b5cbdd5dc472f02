package jsondoc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// print prints v by the pieces of a Printer.
func print(p *jsondoc.Printer, v jsondoc.Value) {
	switch v.Kind {
	case jsondoc.KindArray:
		p.BeginArray()
		for _, item := range v.Items {
			p.Item()
			print(p, item)
		}
		p.EndArray()
	case jsondoc.KindObject:
		p.BeginObject()
		for _, m := range v.Members {
			p.Key(m.Name)
			print(p, m.Value)
		}
		p.EndObject()
	case jsondoc.KindString:
		p.String(v.Text)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
		p.Value(v)
	}
}

// Pieces print what the whole prints.
func TestPrinter(t *testing.T) {
	t.Parallel()
	for _, in := range documents {
		v, err := jsondoc.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		p := jsondoc.NewPrinter([]byte("x"))
		print(&p, v)
		if diff := cmp.Diff(string(v.AppendJackson([]byte("x"))), string(p.Bytes())); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPrinterMembers(t *testing.T) {
	t.Parallel()
	var p jsondoc.Printer
	p.BeginObject()
	p.Text("text", "a")
	p.Number("number", -5)
	p.Bool("bool", true)
	p.Base64("base64", []byte{0, 255})
	p.Key("strings")
	p.Strings([]string{"a", "b"})
	p.Key("raw")
	if err := p.Raw([]byte(`{"a":[1]}`)); err != nil {
		t.Fatal(err)
	}
	before := p
	p.Key("broken")
	if err := p.Raw([]byte(`{`)); err == nil {
		t.Error("broken JSON was printed")
	}
	p = before
	p.Key("array")
	p.BeginArray()
	if !p.Empty() {
		t.Error("a new array is not empty")
	}
	p.EndArray()
	head := string(p.Bytes())
	p.Flush()
	p.Text("after", "")
	p.EndObject()
	want := `{
  "text" : "a",
  "number" : -5,
  "bool" : true,
  "base64" : "AP8=",
  "strings" : [ "a", "b" ],
  "raw" : {
    "a" : [ 1 ]
  },
  "array" : [ ],
  "after" : ""
}`
	if diff := cmp.Diff(want, head+string(p.Bytes())); diff != "" {
		t.Error(diff)
	}
}
