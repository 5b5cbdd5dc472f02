package broker_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact/broker"
)

func TestParseResource(t *testing.T) {
	t.Parallel()
	r, err := broker.ParseResource([]byte(`{"_links":{
		"self":{"href":"/a","name":"n","title":"t"},"many":[{"href":"/b"},{"href":"/c"},{"title":"no href"},7],"odd":7,"empty":[]},
		"_embedded":{"list":[{"x":1},{"x":2},3],"one":{"x":3},"odd":"y"}}`))
	if err != nil {
		t.Fatal(err)
	}
	self, ok := r.Link("self")
	if diff := cmp.Diff(broker.Link{Href: "/a", Name: "n", Title: "t"}, self); diff != "" || !ok {
		t.Errorf("self (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]broker.Link{{Href: "/b"}, {Href: "/c"}}, r.Links("many")); diff != "" {
		t.Errorf("many (-want +got):\n%s", diff)
	}
	for _, rel := range []string{"odd", "empty", "none"} {
		if _, ok := r.Link(rel); ok {
			t.Errorf("link %s", rel)
		}
	}
	for rel, want := range map[string]int{"list": 2, "one": 1, "odd": 0, "none": 0} {
		if got := len(r.Embedded(rel)); got != want {
			t.Errorf("embedded %s: %d, want %d", rel, got, want)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "x/y z", "b": "é?#%&=", "dots": "..", "empty": ""}
	for _, tc := range []struct{ href, want, err string }{
		{"http://h/p", "http://h/p", ""},
		{"/{a}/{b}", "/x%2Fy%20z/%C3%A9%3F%23%25%26%3D", ""},
		{"/{dots}/{empty}/", "/%2E%2E//", ""},
		{"/x?n={a}&m={a}", "/x?n=x%2Fy%20z&m=x%2Fy%20z", ""},
		{"/{c}", "", "{c}"},
		{"/{a", "", "{a}"},
		{"/{?a,b}", "", "{?a,b}"},
	} {
		got, err := broker.Link{Href: tc.href}.Expand(values)
		if got != tc.want || (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: %q, %v", tc.href, got, err)
		}
	}
}

// FuzzParseResource: whatever is read can be asked for everything, and a
// template that was filled in has kept the value a segment of its own.
func FuzzParseResource(f *testing.F) {
	f.Add([]byte(`{"_links":{"self":{"href":"/a/{x}"},"l":[{"href":"b"}]},"_embedded":{"pacts":[{"_links":{"self":{"href":"/c"}}}]}}`), "a/b")
	f.Add([]byte(`{"_links":[],"_embedded":7}`), "..")
	f.Add([]byte(`{"_links":{"self":[[{"href":"{"}]]}}`), "\x00")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		r, err := broker.ParseResource(data)
		if err != nil {
			return
		}
		links, _ := r.Value.Get("_links")
		for _, m := range links.Members {
			for _, link := range r.Links(m.Name) {
				if _, err := link.Expand(map[string]string{"x": value}); err != nil && !strings.Contains(link.Href, "{") {
					t.Errorf("%q: %v", link.Href, err)
				}
			}
		}
		embedded, _ := r.Value.Get("_embedded")
		for _, m := range embedded.Members {
			for _, e := range r.Embedded(m.Name) {
				e.Link("self")
			}
		}
		href, err := broker.Link{Href: "http://h/{x}/z"}.Expand(map[string]string{"x": value})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(href)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", value, href, err)
		}
		if u.Path != "/"+value+"/z" || strings.Count(u.EscapedPath(), "/") != 2 {
			t.Errorf("%q becomes %q", value, href)
		}
	})
}
