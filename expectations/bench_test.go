package expectations_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// get is the request most tests send.
func get(path string) *expectations.Request {
	return &expectations.Request{
		Method:   "GET",
		Path:     path,
		Host:     "api.test",
		Protocol: "HTTP/1.1",
		Header:   http.Header{"Accept": {"*/*"}, "User-Agent": {"test"}},
	}
}

// respond is an action that answers with a status.
func respond(status ...int) *expectations.Respond {
	r := &expectations.Respond{List: len(status) > 1}
	for _, s := range status {
		r.Answers = append(r.Answers, &expectations.Answer{Status: s})
	}
	return r
}

// onPath is an expectation for GET of a path.
func onPath(path string) *expectations.Expectation {
	return &expectations.Expectation{
		Request: &expectations.RequestMatcher{
			Method: expectations.Text{Value: "GET"},
			Path:   expectations.Text{Value: path},
		},
		Action: respond(200),
	}
}

// many is n expectations on the path format with their number in it.
func many(n int, format string) []*expectations.Expectation {
	es := make([]*expectations.Expectation, n)
	for i := range es {
		es[i] = onPath(fmt.Sprintf(format, i))
	}
	return es
}

// BenchmarkFindLiteral looks up literal paths, hot (three paths again and
// again) and spread (all of them in no order, whose cost is mostly what memory
// takes to come), beside the map of a server that knows nothing but paths.
func BenchmarkFindLiteral(b *testing.B) {
	for _, n := range []int{1, 1000, 50_000} {
		es := many(n, "/api/v1/items/%d")
		hot := []string{"/api/v1/items/0", fmt.Sprintf("/api/v1/items/%d", n/2), fmt.Sprintf("/api/v1/items/%d", n-1)}
		for _, o := range []struct {
			name  string
			paths []string
		}{{"hot", hot}, {"spread", spreadPaths(n)}} {
			b.Run(fmt.Sprintf("keys=%s/n=%d", o.name, n), func(b *testing.B) {
				b.Run("server=pactape", func(b *testing.B) { findPaths(b, es, o.paths) })
				b.Run("server=map", func(b *testing.B) { mapPaths(b, es, o.paths) })
			})
		}
	}
}

// spreadPaths are the n paths in random order, each written anew, as a request
// has it.
func spreadPaths(n int) []string {
	paths := make([]string, n)
	for i, j := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		paths[i] = fmt.Sprintf("/api/v1/items/%d", j)
	}
	return paths
}

func findPaths(b *testing.B, es []*expectations.Expectation, paths []string) {
	set := expectations.NewSet(expectations.SetOptions{})
	if _, err := set.Put(es...); err != nil {
		b.Fatal(err)
	}
	req, i := get(""), 0
	b.ReportAllocs()
	for b.Loop() {
		req.Path = paths[i]
		if _, ok := set.Find(req, expectations.FindOptions{}); !ok {
			b.Fatal("no match")
		}
		if i++; i == len(paths) {
			i = 0
		}
	}
}

func mapPaths(b *testing.B, es []*expectations.Expectation, paths []string) {
	byPath := make(map[string]*expectations.Expectation, len(es))
	for _, e := range es {
		byPath[strings.Clone(e.Request.Path.Value)] = e
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if e := byPath[paths[i]]; e == nil || e.Times.Limited {
			b.Fatal("no match")
		}
		if i++; i == len(paths) {
			i = 0
		}
	}
}

// BenchmarkFindLiteralSingles looks up in a set filled by single calls, whose
// index is in several segments.
func BenchmarkFindLiteralSingles(b *testing.B) {
	set := expectations.NewSet(expectations.SetOptions{})
	for _, e := range many(50_000, "/api/v1/items/%d") {
		if _, err := set.Put(e); err != nil {
			b.Fatal(err)
		}
	}
	req := get("/api/v1/items/4711")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := set.Find(req, expectations.FindOptions{}); !ok {
			b.Fatal("no match")
		}
	}
}

func BenchmarkFindRegex(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			set := expectations.NewSet(expectations.SetOptions{})
			if _, err := set.Put(many(n, "/items/%d/[a-z]+")...); err != nil {
				b.Fatal(err)
			}
			req := get(fmt.Sprintf("/items/%d/details", n-1))
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := set.Find(req, expectations.FindOptions{}); !ok {
					b.Fatal("no match")
				}
			}
		})
	}
}

func BenchmarkFindMiss(b *testing.B) {
	set := expectations.NewSet(expectations.SetOptions{})
	if _, err := set.Put(append(many(10_000, "/items/%d/[a-z]+"), many(10_000, "/items/%d")...)...); err != nil {
		b.Fatal(err)
	}
	req := get("/items/12345/DETAILS-1")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := set.Find(req, expectations.FindOptions{}); ok {
			b.Fatal("match")
		}
	}
}

func BenchmarkMatchWhole(b *testing.B) {
	text := func(s string) expectations.Text { return expectations.Text{Value: s} }
	c, err := expectations.Compile(&expectations.RequestMatcher{
		Method:  text("POST"),
		Path:    text("/orders"),
		Query:   expectations.MultiMatcher{Entries: []expectations.NamedTexts{{Name: text("v"), Values: []expectations.Text{text("1")}}}},
		Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{{Name: text("Content-Type"), Values: []expectations.Text{text("application/json")}}}},
		Body:    &expectations.BodyMatcher{Kind: expectations.JSONBody{Raw: []byte(`{"items":[{"sku":"b"}]}`)}},
	})
	if err != nil {
		b.Fatal(err)
	}
	req := get("/orders")
	req.Method, req.RawQuery = "POST", "v=1&page=2"
	req.Header.Set("Content-Type", "application/json")
	req.Body.Bytes = []byte(`{"id":7,"items":[{"sku":"a","n":1},{"sku":"b","n":2}]}`)
	b.ReportAllocs()
	for b.Loop() {
		if !c.Match(req) {
			b.Fatal("no match")
		}
	}
}

func BenchmarkPutBulk(b *testing.B) {
	es := many(50_000, "/api/v1/items/%d")
	b.ReportAllocs()
	for b.Loop() {
		set := expectations.NewSet(expectations.SetOptions{})
		if _, err := set.Put(es...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPutSingles(b *testing.B) {
	es := many(10_000, "/api/v1/items/%d")
	b.ReportAllocs()
	for b.Loop() {
		set := expectations.NewSet(expectations.SetOptions{})
		for _, e := range es {
			if _, err := set.Put(e); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLogAdd(b *testing.B) {
	log := expectations.NewLog(16 << 20)
	e := expectations.Entry{Request: get("/a"), Outcome: expectations.Matched}
	b.ReportAllocs()
	for b.Loop() {
		log.Add(e)
	}
}
