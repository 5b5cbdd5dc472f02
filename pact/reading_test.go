package pact_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// TestContractsShareAReading: what contracts make of a request for one another
// changes no verdict, nor does it matter whether reasons are asked for.
func TestContractsShareAReading(t *testing.T) {
	t.Parallel()
	var contracts []expectations.Contract
	var requests []*expectations.Request
	for i, c := range refCases() {
		if !c.request || i%3 != 0 {
			continue
		}
		doc, err := pact.Parse(document(c.version, c.interaction(0)))
		if err != nil {
			continue
		}
		es, _, err := pact.Import(doc, pact.ImportOptions{})
		if err != nil {
			continue
		}
		header := http.Header{"X-Case": {"0"}}
		for _, h := range c.got.headers {
			header.Add(h[0], h[1])
		}
		path, query, _ := strings.Cut(c.got.target, "?")
		if path == "" {
			path = "/case"
		}
		contracts = append(contracts, es[0].Request.Contract)
		requests = append(requests, &expectations.Request{
			Method: http.MethodPost, Path: path, RawQuery: query, Header: header, Body: expectations.Body{Bytes: []byte(c.got.body)},
		})
	}
	if len(contracts) < 500 {
		t.Fatalf("%d contracts", len(contracts))
	}
	r := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for i, req := range requests {
		memo := new(expectations.Memo)
		for j := range 20 {
			c := contracts[r.IntN(len(contracts))]
			if j == 10 {
				c = contracts[i]
			}
			want := len(c.Explain(req, nil)) == 0
			if got, shared := c.Accepts(req, nil), c.Accepts(req, memo); got != want || shared != want {
				t.Fatalf("%s: accepts %v, with a memo %v; explained as %v", c.Document().AppendCompact(nil), got, shared, want)
			}
			if again := c.Explain(req, memo); (len(again) == 0) != want {
				t.Fatalf("%s: with a memo explained by %v", c.Document().AppendCompact(nil), again)
			}
			if want {
				accepted++
			}
		}
	}
	t.Logf("%d contracts, %d accepted", len(contracts), accepted)
}

// TestSearchParsesOnce: a search among contracts of one method and path makes
// no more of a body than one of them needs. It counts allocations, so it runs
// alone.
func TestSearchParsesOnce(t *testing.T) {
	for name, kind := range searches() {
		t.Run(name, func(t *testing.T) {
			among := func(n int) (allocated float64) {
				space, req := searchSpace(t, kind, n)
				req.Body.Bytes = []byte(kind.body(n - 1))
				hit, ok, err := space.Match(t.Context(), req, expectations.MatchOptions{})
				if err != nil || !ok {
					t.Fatalf("no answer: %v", err)
				}
				if stub, ok := hit.Expectation.Request.Contract.(*pact.Stub); !ok || stub.Interaction().Description != strconv.Itoa(n-1) {
					t.Fatalf("answered by %v", hit.Expectation.Request.Contract)
				}
				return testing.AllocsPerRun(5, func() { ask(t, space, req) })
			}
			few, many := among(2), among(200)
			if each := (many - few) / 198; each > few/4 {
				t.Errorf("%v allocations for one, %v more for each further one", few, each)
			}
		})
	}
}

// TestBriefVerdicts: the verdict on a document alone is that of the reasons,
// with many members, members of one name, and rules on some.
func TestBriefVerdicts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var object func(depth int) string
	object = func(depth int) string {
		var members []string
		for range r.IntN(13) {
			value := strconv.Itoa(r.IntN(2))
			switch r.IntN(6) {
			case 0:
				if depth < 2 {
					value = object(depth + 1)
				}
			case 1:
				value = "[" + value + "," + value + "]"
			}
			members = append(members, `"`+string(rune('a'+r.IntN(14)))+`":`+value)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	matchers := []string{`{"match":"type"}`, `{"match":"integer"}`, `{"match":"values"}`, `{"match":"eachKey","rules":[{"match":"regex","regex":"[a-m]"}]}`}
	var contracts []expectations.Contract
	var bodies []string
	for range 60 {
		bodies = append(bodies, object(0))
		rules := make([]string, 0, 4)
		for range r.IntN(4) {
			rules = append(rules, fmt.Sprintf(`"$.%c":{"matchers":[%s]}`, 'a'+r.IntN(14), matchers[r.IntN(len(matchers))]))
		}
		es, _, err := pact.Import(parsed(t, document(3, fmt.Sprintf(`{"description":"d","request":{"method":"POST","path":"/","headers":{"Content-Type":"application/json"},
			"body":%s,"matchingRules":{"body":{%s}}},"response":{"status":200}}`, bodies[len(bodies)-1], strings.Join(rules, ",")))), pact.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		contracts = append(contracts, es[0].Request.Contract)
	}
	for _, body := range bodies[:len(contracts)] { // and those that are almost what is wanted
		inside := strings.TrimSuffix(strings.TrimPrefix(body, "{"), "}")
		one, others, _ := strings.Cut(inside, ",")
		bodies = append(bodies, "{"+strings.TrimPrefix(inside+`,"a":1`, ",")+"}", "{"+strings.TrimPrefix(`"b":1,`+inside, ",")+"}", `{"z":0}`)
		if strings.Count(one, "{")+strings.Count(one, "[") == 0 {
			bodies = append(bodies, "{"+others+"}")
		}
	}
	accepted := 0
	for _, body := range bodies {
		body = strings.ReplaceAll(body, ",}", "}")
		memo := new(expectations.Memo)
		req := &expectations.Request{
			Method: http.MethodPost, Path: "/", Header: http.Header{"Content-Type": {"application/json"}}, Body: expectations.Body{Bytes: []byte(body)},
		}
		for _, c := range contracts {
			want := len(c.Explain(req, nil)) == 0
			if got := c.Accepts(req, memo); got != want {
				t.Fatalf("%s: accepts %s: %v; explained as %v", c.Document().AppendCompact(nil), body, got, want)
			}
			if want {
				accepted++
			}
		}
	}
	if accepted < len(contracts) {
		t.Errorf("%d accepted", accepted)
	}
}

// TestSearchesAtOnce: contracts are asked by many requests at a time, the
// first of which take their examples apart.
func TestSearchesAtOnce(t *testing.T) {
	t.Parallel()
	for name, kind := range searches() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 20
			space, asked := searchSpace(t, kind, n)
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					req := *asked
					req.Body.Bytes = []byte(kind.body(i))
					hit, ok, err := space.Match(t.Context(), &req, expectations.MatchOptions{})
					if err != nil || !ok {
						t.Errorf("no answer: %v", err)
						return
					}
					if stub, ok := hit.Expectation.Request.Contract.(*pact.Stub); !ok || stub.Interaction().Description != strconv.Itoa(i) {
						t.Errorf("%d is answered by %v", i, hit.Expectation.Request.Contract)
					}
				})
			}
			wg.Wait()
		})
	}
}
