package expectations_test

import (
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestPercentage: of the requests that match, about so many of 100 are
// answered; the others are for the next expectation.
func TestPercentage(t *testing.T) {
	t.Parallel()
	const tries = 4000
	for percentage, between := range map[int][2]int{0: {0, 0}, 30: {900, 1500}, 100: {tries, tries}} {
		s := expectations.NewSpace(expectations.SpaceOptions{})
		// The path is one that a lookup comes by twice.
		rare, rest := with("rare", "/a%20.*", 1), with("rest", "/a.*", 0)
		rare.Percentage = new(percentage)
		if _, err := s.Put(rare, rest); err != nil {
			t.Fatal(err)
		}
		n := 0
		for range tries {
			if match(t, s, "/a%20b", expectations.MatchOptions{}) == "rare" {
				n++
			}
		}
		if n < between[0] || n > between[1] {
			t.Errorf("%d%%: %d of %d", percentage, n, tries)
		}
		want := "rare"
		if percentage == 0 {
			want = "rest"
		}
		if got := match(t, s, "/a%20b", expectations.MatchOptions{Peek: true}); got != want {
			t.Errorf("%d%%: peeking sees %q", percentage, got)
		}
	}
}

// TestPercentagesAreIndependent: two coins that stand one behind the other
// fall apart.
func TestPercentagesAreIndependent(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	a, b := with("a", "/x", 1), with("b", "/x", 0)
	a.Percentage, b.Percentage = new(50), new(50)
	if _, err := s.Put(a, b); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for range 4000 {
		seen[match(t, s, "/x", expectations.MatchOptions{})]++
	}
	if seen["a"] < 1700 || seen["b"] < 750 || seen[""] < 750 {
		t.Errorf("seen %v", seen)
	}
}

// TestRandomAnswers: each answer of RANDOM comes, and in no fixed order.
func TestRandomAnswers(t *testing.T) {
	t.Parallel()
	s := expectations.NewSpace(expectations.SpaceOptions{})
	e := with("r", "/r", 0)
	action := respond(200, 201, 202)
	action.Mode = expectations.Random
	e.Action = action
	if _, err := s.Put(e); err != nil {
		t.Fatal(err)
	}
	seen, inTurn := map[int]int{}, 0
	for i := range 3000 {
		hit, ok, err := s.Match(t.Context(), get("/r"), expectations.MatchOptions{})
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		seen[hit.Answer.Status]++
		if hit.Answer.Status == 200+i%3 {
			inTurn++
		}
	}
	for status := 200; status < 203; status++ {
		if seen[status] < 800 {
			t.Errorf("%d came %d times", status, seen[status])
		}
	}
	if inTurn > 1500 {
		t.Errorf("%d of 3000 in turn", inTurn)
	}
}
