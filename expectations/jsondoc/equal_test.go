package jsondoc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/jsondoc"
)

func TestEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b           string
		equal, numeric bool
	}{
		{`null`, `null`, true, true},
		{`null`, `false`, false, false},
		{`true`, `false`, false, false},
		{`"a"`, `"A"`, false, false},
		{`"\u0061"`, `"a"`, true, true},
		{`1`, `1`, true, true},
		{`1`, `1.0`, false, true},
		{`1`, `1e0`, false, true},
		{`1.10`, `1.1`, true, true},
		{`11e-1`, `1.1`, true, true},
		{`0.001E+3`, `1.0`, true, true},
		{`100`, `1e2`, false, true},
		{`1`, `-1`, false, false},
		{`0`, `-0`, true, true},
		{`0.0`, `-0e9`, true, true},
		{`0`, `0e99999999999999999999`, false, true},
		{`12345678901234567890`, `12345678901234567891`, false, false},
		{`0.1`, `0.10000000000000000001`, false, false},
		{`1e99999999999999999999`, `1e99999999999999999999`, true, true},
		{`1e99999999999999999999`, `10e99999999999999999998`, false, false},
		{`1e4611686018427387903`, `0.1e4611686018427387903`, false, false},
		{`"1"`, `1`, false, false},
		{`[1,2]`, `[1,2]`, true, true},
		{`[1,2]`, `[2,1]`, false, false},
		{`[1]`, `[1,1]`, false, false},
		{`[]`, `{}`, false, false},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true, true},
		{`{"a":1,"b":2}`, `{"a":1}`, false, false},
		{`{"a":1}`, `{"b":1}`, false, false},
		{`{"a":1}`, `{"a":null}`, false, false},
		{`{"a":{"x":[1.0]}}`, `{"a":{"x":[1]}}`, false, true},
		{`{"a":1,"a":2}`, `{"a":2}`, true, true},
		{`{"a":1,"a":2}`, `{"a":2,"a":1}`, false, false},
		{`{"a":1,"a":2}`, `{"a":3,"a":2}`, true, true},
		{`{"a":1,"a":2}`, `{"a":1,"b":2}`, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.a+" "+tt.b, func(t *testing.T) {
			t.Parallel()
			a, b := mustParse(t, tt.a), mustParse(t, tt.b)
			for _, pair := range [][2]jsondoc.Value{{a, b}, {b, a}} {
				if got := jsondoc.Equal(pair[0], pair[1]); got != tt.equal {
					t.Errorf("Equal = %v", got)
				}
				if got := jsondoc.EqualNumeric(pair[0], pair[1]); got != tt.numeric {
					t.Errorf("EqualNumeric = %v", got)
				}
			}
			same := string(a.AppendCanonical(nil)) == string(b.AppendCanonical(nil))
			if same != tt.equal {
				t.Errorf("canonical texts %s and %s", a.AppendCanonical(nil), b.AppendCanonical(nil))
			}
		})
	}
}

// An object of many members in another order is compared in good time.
func TestEqualLargeObjects(t *testing.T) {
	t.Parallel()
	const n = 50_000
	var up, down strings.Builder
	for i := range n {
		fmt.Fprintf(&up, `"%d":%d,`, i, i)
		fmt.Fprintf(&down, `"%d":%d,`, n-1-i, n-1-i)
	}
	a, b := mustParse(t, "{"+up.String()+`"x":1}`), mustParse(t, "{"+down.String()+`"x":1}`)
	if !jsondoc.Equal(a, b) {
		t.Error("not equal")
	}
	b.Members[n].Value = jsondoc.Int(2)
	if jsondoc.Equal(a, b) {
		t.Error("equal")
	}
}

func mustParse(t *testing.T, s string) jsondoc.Value {
	t.Helper()
	v, err := jsondoc.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
