package expectations_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func TestSpacesGet(t *testing.T) {
	t.Parallel()
	spaces := expectations.NewSpaces(expectations.SpacesOptions{Max: 2})
	if _, ok := spaces.Lookup("a"); ok {
		t.Error("there is a space before the first use")
	}
	b, err := spaces.Get("b")
	if err != nil || b.ID != "b" {
		t.Fatal(b, err)
	}
	if again, err := spaces.Get("b"); again != b || err != nil {
		t.Errorf("another space the second time: %v", err)
	}
	if _, err := spaces.Get(""); err != nil {
		t.Fatal(err)
	}
	if _, err := spaces.Get("c"); !errors.Is(err, expectations.ErrTooManySessions) {
		t.Errorf("a third of two: %v", err)
	}
	var names []string
	for _, s := range spaces.All() {
		names = append(names, s.ID.String())
	}
	if diff := cmp.Diff([]string{"default", "b"}, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if removed, ok := spaces.Remove("b"); !ok || removed != b {
		t.Errorf("removed %v", removed)
	}
	if _, ok := spaces.Remove("b"); ok {
		t.Error("removed twice")
	}
	if c, err := spaces.Get("c"); err != nil || c == nil {
		t.Errorf("no room after a removal: %v", err)
	}
}

func TestSpacesOpenFails(t *testing.T) {
	t.Parallel()
	fault := errors.New("disk")
	fails := true
	spaces := expectations.NewSpaces(expectations.SpacesOptions{
		Max: 1,
		Open: func(id expectations.SessionID) (*expectations.Space, error) {
			switch {
			case id == "nil":
				return nil, nil
			case id == "panic":
				panic("in Open")
			case fails:
				return nil, fault
			}
			return expectations.NewSpace(expectations.SpaceOptions{ID: id}), nil
		},
	})
	if _, err := spaces.Get("a"); !errors.Is(err, fault) {
		t.Errorf("error %v", err)
	}
	if _, err := spaces.Get("nil"); err == nil {
		t.Error("no space, no error")
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_, _ = spaces.Get("panic")
	}()
	// None of these took the place of one that works, nor is remembered.
	fails = false
	if s, err := spaces.Get("a"); err != nil || s.ID != "a" {
		t.Errorf("%v, %v", s, err)
	}
}

// TestSpacesOpenOnce: those who come while a space is being made wait for it,
// and others do not.
func TestSpacesOpenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		opened := 0
		spaces := expectations.NewSpaces(expectations.SpacesOptions{
			Open: func(id expectations.SessionID) (*expectations.Space, error) {
				if id == "slow" {
					opened++
					<-release
				}
				return expectations.NewSpace(expectations.SpaceOptions{ID: id}), nil
			},
		})
		got := make(chan *expectations.Space, 10)
		for range 10 {
			go func() {
				s, err := spaces.Get("slow")
				if err != nil {
					t.Error(err)
				}
				got <- s
			}()
		}
		synctest.Wait()
		if _, err := spaces.Get("other"); err != nil {
			t.Error(err)
		}
		if len(got) != 0 {
			t.Error("somebody did not wait")
		}
		close(release)
		first := <-got
		for range 9 {
			if s := <-got; s != first || s == nil {
				t.Error("another space")
			}
		}
		if opened != 1 {
			t.Errorf("opened %d times", opened)
		}
	})
}
