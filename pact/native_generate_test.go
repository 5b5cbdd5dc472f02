package pact_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// TestNativeGenerators has the official verifier send the bodies with
// generators, and the official mock server answer them: ours are the same,
// but for those in testdata/differences.txt, which differ.
func TestNativeGenerators(t *testing.T) {
	t.Parallel()
	for _, version := range []int{3, 4} {
		compare := comparison(t)
		for name, body := range nativeSends(t, version) {
			g := compare.cases[name]
			ours, err := g.made(t, version)
			compare.bodies(g, version, "sends", body, ours, err)
		}
		for name, body := range nativeAnswers(t, version) {
			g := compare.cases[name]
			ours, err := g.stubbed(t, version)
			compare.bodies(g, version, "answers", body, ours, err)
		}
		if want := 2 * len(compare.cases); compare.n != want {
			t.Errorf("v%d: %d of %d bodies were compared", version, compare.n, want)
		}
	}
}

// nativeSends are the bodies that the official verifier sends, by case.
func nativeSends(t *testing.T, version int) map[string]string {
	t.Helper()
	var mu sync.Mutex
	sent := make(map[string]string)
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		sent[r.Header.Get("X-Case")] = string(body)
	}))
	defer provider.Close()
	var interactions []string
	for _, g := range generatedBodies() {
		interactions = append(interactions, g.request(version))
	}
	nativeVerify(t, document(version, interactions...), provider.URL)
	mu.Lock()
	defer mu.Unlock()
	return sent
}

// nativeAnswers are the bodies that the official mock server answers, by case.
func nativeAnswers(t *testing.T, version int) map[string]string {
	t.Helper()
	var interactions []string
	for _, g := range generatedBodies() {
		interactions = append(interactions, g.response(version))
	}
	addr := mockServer(t, startMockServers(t), document(version, interactions...))
	answered := make(map[string]string)
	for _, g := range generatedBodies() {
		answer := native(t, addr, g.ask())
		answered[answer.header.Get("X-Case")] = string(answer.body)
	}
	return answered
}

// A bodyComparison compares bodies of ours with the reference's.
type bodyComparison struct {
	t     *testing.T
	cases map[string]generatedBody
	known map[string]string
	n     int
}

func comparison(t *testing.T) *bodyComparison {
	t.Helper()
	c := &bodyComparison{t: t, cases: make(map[string]generatedBody), known: generatorDifferences(t)}
	for _, g := range generatedBodies() {
		if _, twice := c.cases[g.name]; twice {
			t.Fatalf("two cases are called %q", g.name)
		}
		c.cases[g.name] = g
	}
	for name := range c.known {
		if _, ok := c.cases[name]; !ok {
			t.Errorf("%s: listed as a difference but there is no such case", name)
		}
	}
	return c
}

func (c *bodyComparison) bodies(g generatedBody, version int, does, reference, ours string, err error) {
	c.t.Helper()
	c.n++
	diff := cmp.Diff(comparable(g.contentType, reference), comparable(g.contentType, ours))
	if err != nil {
		diff = err.Error()
	}
	if reason, listed := c.known[g.name]; listed {
		if diff == "" {
			c.t.Errorf("%s, v%d: listed as a difference (%s) but it is none", g.name, version, reason)
		}
		return
	}
	if diff != "" {
		c.t.Errorf("%s, v%d: the reference %s\n %s\nours (-reference +ours):\n%s", g.name, version, does, reference, diff)
	}
}

// comparable is a body without what does not count in it.
func comparable(contentType, body string) any {
	if root, tree, err := pact.XMLTree([]byte(body)); err == nil {
		return string(jsondoc.Object(jsondoc.M(root, tree)).AppendCanonical(nil))
	}
	if !strings.HasPrefix(contentType, formType) {
		return body
	}
	var pairs [][2]string
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" {
			pairs = append(pairs, [2]string{unescaped(name), unescaped(value)})
		}
	}
	return pairs
}

func unescaped(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}
