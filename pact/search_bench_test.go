package pact_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

const searched = 5_000

// A searchKind is a content type, and bodies of it that differ in one place.
type searchKind struct {
	contentType string
	body        func(n int) string
}

// searches are kinds of bodies in a search among contracts of one method and
// path.
func searches() map[string]searchKind {
	query := "query Order($id: ID!) { order(id: $id) { id lines { sku count price } customer { name email } } }"
	fields := func(n int, format string) string {
		var b strings.Builder
		for i := range 20 {
			fmt.Fprintf(&b, format, i, i)
		}
		return strings.ReplaceAll(b.String(), "ID", fmt.Sprint(n))
	}
	return map[string]searchKind{
		"JSON": {"application/json", func(n int) string {
			return fmt.Sprintf(`{"operationName":"Order","query":%q,"variables":{"id":%d,"with":{"lines":true,"tags":["a","b","c"]}}}`, query, n)
		}},
		"wide JSON": {"application/json", func(n int) string {
			return "{" + strings.TrimSuffix(fields(n, `"f%d":{"id":ID,"n":%d},`), ",") + "}"
		}},
		"XML":  {"application/xml", func(n int) string { return "<order>" + fields(n, `<f%d id="ID">%d</f%[1]d>`) + "</order>" }},
		"form": {"application/x-www-form-urlencoded", func(n int) string { return strings.TrimSuffix(fields(n, `f%d=ID-%d&`), "&") }},
		"multipart": {"multipart/form-data; boundary=x", func(n int) string {
			return fields(n, "--x\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nID-%d\r\n") + "--x--\r\n"
		}},
	}
}

// BenchmarkSearch looks for the interaction of a request among 5 000 of its
// method and path: the one in the middle.
func BenchmarkSearch(b *testing.B) {
	for name, kind := range searches() {
		b.Run(name, func(b *testing.B) {
			space, req := searchSpace(b, kind, searched)
			ask(b, space, req) // the first search reads the examples
			b.ReportAllocs()
			for b.Loop() {
				if ask(b, space, req) == nil {
					b.Fatal("no answer")
				}
			}
		})
	}
}

// searchSpace has n contracts, and a request for the one in the middle.
func searchSpace(t testing.TB, kind searchKind, n int) (*expectations.Space, *expectations.Request) {
	t.Helper()
	list := make([]string, 0, n)
	for i := range n {
		list = append(list, fmt.Sprintf(`{"description":"%d","request":{"method":"POST","path":"/graphql","headers":{"Content-Type":%s},
			"body":{"content":%s,"contentType":%[2]s,"encoded":"JSON"},
			"matchingRules":{"body":{"$.variables.with.lines":{"matchers":[{"match":"type"}]}}}},"response":{"status":200}}`,
			i, jsonText(kind.contentType), jsonText(kind.body(i))))
	}
	space, _ := importPact(t, string(document(4, list...)))
	return space, &expectations.Request{
		Method: http.MethodPost, Path: "/graphql", Header: http.Header{"Content-Type": {kind.contentType}},
		Body: expectations.Body{Bytes: []byte(kind.body(n / 2))},
	}
}
