package verifier_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// page is a report as a browser reads it.
func page(t *testing.T, suites ...verifier.Suite) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := verifier.WriteHTML(&b, "pactape 1.2", suites); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// texts are the texts of the elements with a name and a class ("" is any), one
// space for each run of white space.
func texts(root *html.Node, name, class string) []string {
	var out []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (class == "" || slices.Contains(strings.Fields(attribute(n, "class")), class)) {
			var b strings.Builder
			for child := range n.Descendants() {
				if child.Type == html.TextNode {
					b.WriteString(child.Data)
				}
			}
			out = append(out, strings.Join(strings.Fields(b.String()), " "))
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestHTML(t *testing.T) {
	t.Parallel()
	hostile := pact.NewResult()
	hostile.Warnings = []string{"<b>careful</b>"}
	hostile.Add(pact.InteractionResult{
		Description: `<script>alert(1)</script>`, States: []string{"a", `"><img src=x onerror=y>`}, Reason: "no answer: refused", NeededHeaders: []string{"X-<i>"},
	})
	root := page(t,
		verifier.Suite{Name: "one.json", Parties: "web and api", Result: badResult()},
		verifier.Suite{Name: "two", Result: badResult(), Pending: true},
		verifier.Suite{Name: "three", Err: errors.New("not a Pact: \x00")},
		verifier.Suite{Name: "four", Result: hostile},
	)
	for _, want := range []struct {
		name, class string
		texts       []string
	}{
		{"title", "", []string{"failed · Pact verification"}},
		{"ul", "counts", []string{"4 contract(s) 2 verified 2 failed 1 failed, but pending 1 not judged"}},
		{"header", "contract", []string{
			"one.json1 of 2 failedweb and api", "two1 of 2 failed, pending", "threenot judged", "four1 of 1 failed",
		}},
		{"p", "note", []string{"<b>careful</b>"}},
		{"p", "error", []string{"not a Pact: ?", "no answer: refused"}},
		{"div", "ok", []string{"okgood given a user12ms", "okgood given a user12ms"}},
		{"summary", "failed", []string{"failedbad <&> ?[31m3ms", `failed<script>alert(1)</script> given a, "><img src=x onerror=y>`}},
		{"summary", "pending", []string{"pendingbad <&> ?[31m3ms"}},
		{"del", "", []string{"200", "one", "two", "200", "one", "two"}},
		{"ins", "", []string{"404", "?]0;title?", "404", "?]0;title?"}},
		{"ul", "differences", []string{
			"status: expected 200 but was 404 200404 body $.a: 50%: expected a, b onetwo?]0;title?",
			"status: expected 200 but was 404 200404 body $.a: 50%: expected a, b onetwo?]0;title?",
			"header X-<i> was sent as a placeholder: supply it with --header 'X-<i>: …'",
		}},
	} {
		if diff := cmp.Diff(want.texts, texts(root, want.name, want.class)); diff != "" {
			t.Errorf("<%s class=%q> (-want +got):\n%s", want.name, want.class, diff)
		}
	}
	// It stands alone: nothing is loaded, nothing runs.
	for n := range root.Descendants() {
		if slices.Contains([]string{"script", "img", "link", "iframe", "a", "b", "i"}, n.Data) && n.Type == html.ElementNode {
			t.Errorf("there is a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("there is <%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
}

// The verdict is the run's: what is pending fails nothing.
func TestHTMLVerdict(t *testing.T) {
	t.Parallel()
	good := pact.NewResult()
	good.Add(pact.InteractionResult{Description: "good", Verified: true})
	for want, suites := range map[string][]verifier.Suite{
		"all verified":                  {{Result: good}},
		"passed, with pending failures": {{Result: good}, {Result: badResult(), Pending: true}},
		"failed":                        {{Result: good}, {Result: badResult()}},
		"nothing to verify":             nil,
	} {
		if got := texts(page(t, suites...), "h1", ""); !slices.Equal(got, []string{"Pact verification: " + want}) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
