package expectations_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// A model is what a Set should be, as simple as can be: a list, looked
// through from its beginning.
type model struct {
	list []*modelItem // in order of place
}

type modelItem struct {
	e        *expectations.Expectation
	compiled *expectations.Compiled
	head     *expectations.Compiled // without the body; nil if there is none
	left     int
}

func (m *model) put(t *testing.T, e *expectations.Expectation) {
	t.Helper()
	c, err := expectations.Compile(e.Request)
	if err != nil {
		t.Fatal(err)
	}
	it := &modelItem{e: e, compiled: c, left: e.Times.Remaining}
	if c.NeedsBody() {
		bodiless := *e.Request
		bodiless.Body, bodiless.Not = nil, false
		if it.head, err = expectations.Compile(&bodiless); err != nil {
			t.Fatal(err)
		}
	}
	i := slices.IndexFunc(m.list, func(o *modelItem) bool { return o.e.ID == e.ID })
	if i < 0 {
		m.list = append(m.list, it)
		return
	}
	m.list[i] = it
}

func (m *model) remove(id string) {
	m.list = slices.DeleteFunc(m.list, func(o *modelItem) bool { return o.e.ID == id })
}

// order is the list by priority.
func (m *model) order() []*modelItem {
	order := slices.Clone(m.list)
	slices.SortStableFunc(order, func(a, b *modelItem) int { return cmp.Compare(b.e.Priority, a.e.Priority) })
	return order
}

func (m *model) ids() []string {
	var out []string
	for _, it := range m.order() {
		out = append(out, it.e.ID)
	}
	return out
}

// find is a linear scan in the order of priority.
func (m *model) find(req *expectations.Request, peek bool) string {
	for _, it := range m.order() {
		if !it.compiled.Match(req) {
			continue
		}
		if !peek && it.e.Times.Limited {
			if it.left--; it.left == 0 {
				m.remove(it.e.ID)
			}
		}
		return it.e.ID
	}
	return ""
}

func (m *model) needsBody(req *expectations.Request) bool {
	return slices.ContainsFunc(m.list, func(it *modelItem) bool {
		return it.head != nil && it.head.Match(req)
	})
}

// pick returns one of the options.
func pick(r *rand.Rand, options ...string) string { return options[r.IntN(len(options))] }

func randomPath(r *rand.Rand) string {
	path := ""
	for range 1 + r.IntN(3) {
		path += pick(r, "/a", "/A", "/b", "/a.b", "/é", "/É", "/k", "/\u212a", "/a%20b", "/a b", "/a%2Fb", "/s", "/ſ", "/ab", "/\xff", "/")
	}
	return path
}

func randomPathPattern(r *rand.Rand) expectations.Text {
	if r.IntN(6) == 0 {
		return text(pick(r, "", ".*", "!", "/.*", "!/a.*", "[a-z/]+", "/a|/b", "(/a|/A)/b", "^/a.*$", ".*b", "(?-i:/a).*"))
	}
	path := ""
	for range 1 + r.IntN(3) {
		path += pick(r, "/a", "/A", "/b", "/é", "/k", "/\u212a", "/a%20b", "/a b", "/s", "/ab", "/{x}", "/{x}", "/{y}",
			"/[a-k]", "/a+", `/a\.b`, `/\Qa.b\E`, "/a.b", "/.*", "/a(b", "/a?", "(/b)?", "/(a|b)", "/", "\ufffd")
	}
	t := text(path)
	t.Not = r.IntN(12) == 0
	return t
}

func randomMatcher(r *rand.Rand) *expectations.RequestMatcher {
	m := &expectations.RequestMatcher{
		Not:    r.IntN(20) == 0,
		Method: text(pick(r, "", "GET", "GET", "get", "POST", "!GET", "GET|PUT", `P\w+`, ".*")),
		Path:   randomPathPattern(r),
	}
	if r.IntN(2) == 0 {
		m.PathParameters = oneOf(pick(r, "?x", "x", "?y"), pick(r, "a", ".*", "!b"))
	}
	if r.IntN(3) == 0 {
		m.Query = oneOf(pick(r, "q", "?q", "!q"), pick(r, "1", "[12]", "!1"))
	}
	if r.IntN(4) == 0 {
		m.Headers = multi(named(pick(r, "Accept", "?X-.*", "!X-A"), pick(r, `\*/\*`, "1")), named("Host"))
	}
	if r.IntN(4) == 0 {
		m.Body = &expectations.BodyMatcher{Not: r.IntN(4) == 0, Kind: expectations.StringBody{Value: pick(r, "x", "y")}}
	}
	return m
}

func randomRequest(r *rand.Rand) *expectations.Request {
	req := get(randomPath(r))
	req.Method = pick(r, "GET", "GET", "POST", "PUT", "get")
	req.RawQuery = pick(r, "", "q=1", "q=2&q=1")
	req.Body.Bytes = []byte(pick(r, "", "x", "y"))
	if r.IntN(3) == 0 {
		req.Header.Set("X-A", "1")
	}
	return req
}

func randomExpectation(r *rand.Rand, ids int) *expectations.Expectation {
	e := &expectations.Expectation{
		ID:       fmt.Sprint("id", r.IntN(ids)),
		Priority: r.IntN(4) - 1,
		Request:  randomMatcher(r),
		Action:   respond(200),
	}
	if r.IntN(4) == 0 {
		e.Times = expectations.Times{Limited: true, Remaining: 1 + r.IntN(3)}
	}
	return e
}

// TestSetIsAList does to a set and to a list what a user might and asks both
// the same: what the index finds must be what a scan in the order of priority
// finds.
func TestSetIsAList(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			set, list := newSet(t), &model{}
			ids := 20 + r.IntN(300)
			for range 40 {
				change(t, r, set, list, ids)
				compare(t, r, set, list)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// change does one random thing to both.
func change(t *testing.T, r *rand.Rand, set *expectations.Set, list *model, ids int) {
	t.Helper()
	switch r.IntN(8) {
	case 0, 1, 2:
		put1 := randomExpectation(r, ids)
		put(t, set, put1)
		list.put(t, put1)
	case 3, 4, 5:
		var batch []*expectations.Expectation
		for range r.IntN(40) {
			e := randomExpectation(r, ids)
			batch = append(batch, e)
			list.put(t, e)
		}
		put(t, set, batch...)
	case 6:
		for range r.IntN(10) {
			id := fmt.Sprint("id", r.IntN(ids))
			set.Remove(id)
			list.remove(id)
		}
	case 7:
		if r.IntN(8) == 0 {
			set.Reset()
			list.list = nil
		}
	}
}

// compare asks both the same.
func compare(t *testing.T, r *rand.Rand, set *expectations.Set, list *model) {
	t.Helper()
	if diff := gocmp.Diff(list.ids(), ids(set.All())); diff != "" {
		t.Fatalf("order: -list +set\n%s", diff)
	}
	if set.Len() != len(list.list) {
		t.Fatalf("%d in the set, %d in the list", set.Len(), len(list.list))
	}
	for range 20 {
		req := randomRequest(r)
		if len(list.list) > 0 && r.IntN(4) == 0 {
			// A pattern matches its own text too.
			req.Path = list.list[r.IntN(len(list.list))].e.Request.Path.Value
		}
		if want, got := list.needsBody(req), set.NeedsBody(req); got != want {
			t.Errorf("needs the body of %s %q: %v, want %v", req.Method, req.Path, got, want)
		}
		peek := r.IntN(3) > 0
		want, got := list.find(req, peek), ""
		if e, ok := set.Find(req, expectations.FindOptions{Peek: peek}); ok {
			got = e.ID
		}
		if got != want {
			t.Errorf("%s %q?%s: the set finds %q, the list %q", req.Method, req.Path, req.RawQuery, got, want)
		}
	}
}

// TestExplainAgreesWithMatch: there is a reason if and only if there is no
// match, and the closest expectation is one that matches where there is one.
func TestExplainAgreesWithMatch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	set := newSet(t)
	for i := range 300 {
		e := randomExpectation(r, 1000)
		e.Times = expectations.Times{}
		if i%10 == 0 {
			put(t, set, e)
		}
		c, err := expectations.Compile(e.Request)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			req := randomRequest(r)
			if match, why := c.Match(req), c.Explain(req); match != (len(why) == 0) {
				t.Fatalf("%+v\n%s %s: match %v, reasons %v", e.Request, req.Method, req.Path, match, why)
			}
			_, found := set.Find(req, expectations.FindOptions{Peek: true})
			if e, why := set.Closest(req); found != (e != nil && len(why) == 0) {
				t.Fatalf("%s %s: found %v, closest %v", req.Method, req.Path, found, why)
			}
		}
	}
}
