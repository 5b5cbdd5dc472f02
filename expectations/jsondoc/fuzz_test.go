package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// Parse accepts what encoding/json accepts and reads the same strings; what
// it prints, in any form, reads back as the same document.
func FuzzParse(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	f.Add([]byte(`{"a":1,"a":[-0.10e+2,"\ud83d\ude00\ud800"]}`))
	f.Add([]byte("\"\xff\xe2\x80\xa8\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := jsondoc.Parse(data)
		if errors.Is(err, jsondoc.ErrDepth) {
			t.Skip()
		}
		if json.Valid(data) != (err == nil) {
			t.Fatalf("json.Valid says %v, Parse says %v", json.Valid(data), err)
		}
		printed, printErr := jsondoc.AppendJacksonText(nil, data, 0)
		if fmt.Sprint(err) != fmt.Sprint(printErr) {
			t.Fatalf("Parse says %v, AppendJacksonText says %v", err, printErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(string(v.AppendJackson(nil)), string(printed)); diff != "" {
			t.Fatal(diff)
		}
		checkStrings(t, data, v)
		checkRoundTrips(t, v)
		lenient, err := jsondoc.ParseLenient(data)
		if err != nil {
			t.Fatalf("ParseLenient refuses strict JSON: %v", err)
		}
		if diff := cmp.Diff(v, lenient); diff != "" {
			t.Fatalf("ParseLenient reads strict JSON otherwise: %s", diff)
		}
	})
}

// What ParseLenient accepts is strict JSON once it is printed.
func FuzzParseLenient(f *testing.F) {
	f.Add([]byte(`{a:'b',/*c*/"d":[,007,NaN,-Infinity,],} # e`))
	f.Add([]byte("// x\n\ufeff['\\x', \"\t\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := jsondoc.ParseLenient(data)
		if err != nil {
			return
		}
		checkRoundTrips(t, v)
	})
}

func checkRoundTrips(t *testing.T, v jsondoc.Value) {
	t.Helper()
	for name, printed := range map[string][]byte{
		"compact": v.AppendCompact(nil),
		"indent":  v.AppendIndent(nil, "\t"),
		"jackson": v.AppendJackson(nil),
	} {
		back, err := jsondoc.Parse(printed)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, printed)
		}
		if diff := cmp.Diff(v, back); diff != "" {
			t.Fatalf("%s: %s", name, diff)
		}
	}
	if !jsondoc.Equal(v, v) || !jsondoc.EqualNumeric(v, v) {
		t.Fatal("a document does not equal itself")
	}
	canonical := v.AppendCanonical(nil)
	back, err := jsondoc.Parse(canonical)
	if err != nil {
		t.Fatalf("canonical: %v\n%s", err, canonical)
	}
	if !jsondoc.Equal(v, back) || !bytes.Equal(canonical, back.AppendCanonical(nil)) {
		t.Fatalf("canonical text is another document: %s", canonical)
	}
}

// checkStrings compares with what encoding/json reads.
func checkStrings(t *testing.T, data []byte, v jsondoc.Value) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var want any
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, plain(v)); diff != "" {
		t.Fatal(diff)
	}
}

// plain is v as encoding/json would have it.
func plain(v jsondoc.Value) any {
	switch v.Kind {
	case jsondoc.KindBool:
		return v.Bool
	case jsondoc.KindNumber:
		return json.Number(v.Text)
	case jsondoc.KindString:
		return v.Text
	case jsondoc.KindArray:
		items := []any{}
		for _, item := range v.Items {
			items = append(items, plain(item))
		}
		return items
	case jsondoc.KindObject:
		members := map[string]any{}
		for _, m := range v.Members {
			members[m.Name] = plain(m.Value)
		}
		return members
	case jsondoc.KindNull:
	}
	return nil
}
