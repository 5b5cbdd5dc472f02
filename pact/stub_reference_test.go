package pact_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// TestStubsAgreeWithReference: imported, printed and read back, an interaction
// answers the requests that the official mock server answers, and no others:
// its recorded verdicts decide. All contracts of a specification are active at
// once.
func TestStubsAgreeWithReference(t *testing.T) {
	t.Parallel()
	recorded, known := readRecorded(t), differences(t)
	for _, version := range []int{0, 2, 3, 4} {
		t.Run("v"+strconv.Itoa(version), func(t *testing.T) {
			t.Parallel()
			stubs := newStubs(t)
			judged := 0
			for i, c := range refCases() {
				if !c.request || c.version != version || known[c.name] != "" {
					continue
				}
				judged++
				id := stubs.add(c, i)
				if got := stubs.answers(c, i, id); got != recorded[c.name] {
					t.Errorf("%s: answered %v, by the official mock server %v", c.name, got, recorded[c.name])
				}
			}
			if judged == 0 {
				t.Error("no cases")
			}
			t.Logf("%d requests, %d stubs active at last", judged, stubs.space.Set.Len())
		})
	}
}

// stubs are the imported contracts of many cases.
type stubs struct {
	t     *testing.T
	space *expectations.Space
}

func newStubs(t *testing.T) *stubs {
	return &stubs{t, expectations.NewSpace(expectations.SpaceOptions{})}
}

// add imports the contract of a case and returns the id of its expectation; ""
// if it was refused, since nothing could ever match.
func (s *stubs) add(c refCase, i int) string {
	s.t.Helper()
	doc, err := pact.Parse(document(c.version, c.interaction(i)))
	if err != nil {
		return ""
	}
	es, _, err := pact.Import(doc, pact.ImportOptions{})
	if err != nil {
		return ""
	}
	var text strings.Builder
	if err := wire.EncodeExpectations(&text, wire.All(es)); err != nil {
		s.t.Fatalf("%s: %v", c.name, err)
	}
	back, err := wire.DecodeExpectations([]byte(text.String()))
	if err == nil {
		err = pact.Revive(pact.ImportOptions{}, back...)
	}
	if err != nil {
		s.t.Fatalf("%s: %v", c.name, err)
	}
	put, err := s.space.Put(back...)
	if err != nil {
		s.t.Fatalf("%s: %v", c.name, err)
	}
	return put[0].ID
}

// answers reports whether the request of a case is answered by its own stub.
func (s *stubs) answers(c refCase, i int, id string) bool {
	s.t.Helper()
	header := make(http.Header)
	for _, h := range c.got.headers {
		header.Add(h[0], h[1])
	}
	header.Set("X-Case", strconv.Itoa(i))
	path, query, _ := strings.Cut(c.got.target, "?")
	if path == "" {
		path = "/case"
	}
	req := &expectations.Request{
		Method: http.MethodPost, Path: path, RawQuery: query, Header: header, Body: expectations.Body{Bytes: []byte(c.got.body)},
	}
	hit, ok, err := s.space.Match(s.t.Context(), req, expectations.MatchOptions{})
	if err != nil {
		s.t.Fatalf("%s: %v", c.name, err)
	}
	if ok && hit.Expectation.ID != id {
		s.t.Errorf("%s: another stub answered", c.name)
	}
	return ok
}
