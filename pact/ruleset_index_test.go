package pact_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// TestManyRules: rules that nothing is about change no verdict. There are
// enough of them that rules are looked up rather than scanned.
func TestManyRules(t *testing.T) {
	t.Parallel()
	paths := []string{
		"$", "$.a", "$.b", "$.*", "$[*]", "$[0]", "$.a.*", "$.a[*]", "$.a[1]", "$.*.b", "$.a.b", "$.a[*].b", "$.a.*.b",
		"$.*[*].b", "$['0']", "$.a['1'].b", "$.*.*", "$.*.*.*",
	}
	matchers := []string{`{"match":"type"}`, `{"match":"integer"}`, `{"match":"regex","regex":"\\d"}`, `{"match":"type","min":1}`, `{"match":"equality"}`, `{"match":"values"}`}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var rules pact.Rules
		for range 1 + r.IntN(7) {
			rules = append(rules, bodyRule(t, paths[r.IntN(len(paths))], matchers[r.IntN(len(matchers))]))
		}
		want, got := manyDocument(r), manyDocument(r)
		few := verdict(want, got, rules)
		for i := range 20 {
			rules = append(rules, bodyRule(t, fmt.Sprintf("$.nowhere%d", i), matchers[0]))
		}
		if diff := cmp.Diff(few, verdict(want, got, rules)); diff != "" {
			t.Fatalf("%s as %s under %v (-few rules +many):\n%s", got.AppendCompact(nil), want.AppendCompact(nil), rules, diff)
		}
	}
}

func bodyRule(t *testing.T, path, matcher string) pact.Rule {
	t.Helper()
	p, err := pact.ParsePath(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jsondoc.Parse([]byte(matcher))
	if err != nil {
		t.Fatal(err)
	}
	return pact.Rule{Category: pact.CategoryBody, Path: p, Matchers: []pact.Matcher{{Value: m}}}
}

func manyDocument(r *rand.Rand) jsondoc.Value {
	leaf := func() jsondoc.Value {
		return []jsondoc.Value{jsondoc.Int(1), jsondoc.Int(12), jsondoc.String("7"), jsondoc.String("x"), jsondoc.Null()}[r.IntN(5)]
	}
	inner := func() jsondoc.Value {
		o := jsondoc.Object(jsondoc.M("b", leaf()), jsondoc.M("1", leaf()))
		return []jsondoc.Value{leaf(), o, jsondoc.Array(o, leaf()), jsondoc.Array(), jsondoc.Object(jsondoc.M("1", o))}[r.IntN(5)]
	}
	if r.IntN(4) == 0 {
		return jsondoc.Array(inner(), inner())
	}
	return jsondoc.Object(jsondoc.M("a", inner()), jsondoc.M("b", inner()), jsondoc.M("0", leaf()))
}

func verdict(want, got jsondoc.Value, rules pact.Rules) []pact.Mismatch {
	m := pact.CompileResponse(&pact.Response{Body: pact.Body{Kind: pact.BodyJSON, JSON: want}, Rules: rules})
	return m.Match(&expectations.Response{Status: 200, Body: expectations.Body{Bytes: got.AppendCompact(nil)}})
}
