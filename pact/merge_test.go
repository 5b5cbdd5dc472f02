package pact_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	const (
		a      = `{"description":"a","request":{"method":"GET","path":"/a"},"response":{"status":200,"body":{"x":1,"y":2}}}`
		aOrder = `{"description":"a","response":{"body":{"y":2,"x":1},"status":200},"request":{"path":"/a","method":"GET"}}`
		aOther = `{"description":"a","request":{"method":"GET","path":"/a"},"response":{"status":404}}`
		aState = `{"description":"a","providerStates":[{"name":"s"}],"request":{"method":"GET","path":"/a"},"response":{"status":404}}`
		b      = `{"description":"b","request":{"method":"GET","path":"/b"},"response":{"status":200}}`
	)
	parse := func(interactions ...string) *pact.Document {
		doc, err := pact.Parse(document(0, interactions...))
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for _, tc := range []struct {
		name        string
		old, update *pact.Document
		want        []string
		conflict    []string
	}{
		{"new ones are appended", parse(b), parse(a, b), []string{"b", "a"}, nil},
		{"same content in another order", parse(a), parse(aOrder), []string{"a"}, nil},
		{"another state", parse(a), parse(aState), []string{"a", "a"}, nil},
		{"conflict", parse(a, b), parse(aOther), nil, []string{`"a"`}},
		{"conflict under a state", parse(aState), parse(aState, `{"description":"a","providerStates":["s"],"response":{"status":200}}`), nil, []string{`"a" given "s"`}},
		{"duplicates", parse(a, a), parse(a), []string{"a"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			merged, err := pact.Merge(tc.old, tc.update)
			if conflict, ok := errors.AsType[*pact.ConflictError](err); ok || tc.conflict != nil {
				if !ok {
					t.Fatalf("error %v, want a conflict", err)
				}
				if diff := cmp.Diff(tc.conflict, conflict.Interactions); diff != "" {
					t.Errorf("conflicts (-want +got):\n%s", diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, it := range merged.Interactions {
				got = append(got, it.Description)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	other := parse(a)
	other.Provider = "other"
	if _, err := pact.Merge(parse(a), other); err == nil {
		t.Error("documents between other parties are merged")
	}
}
