package capture_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
)

// TestStanding: what was taken out of the view is no sample any more, also
// when another process reads the recording, and what came after is.
func TestStanding(t *testing.T) {
	t.Parallel()
	o := capture.Options{Dir: t.TempDir(), Redactor: redactor(t)}
	tp := openTape(t, o).run(t)
	s := tp.session(t, "shop")
	record := func(path, answer string) {
		t.Helper()
		tp.Record(in("shop", get(path, answer)))
		tp.flush(t)
	}
	id := func(path string) string {
		t.Helper()
		for e, err := range s.All(t.Context()) {
			if err == nil && e.Request.Path.Value == path {
				return e.ID
			}
		}
		t.Fatalf("no captured expectation of %s", path)
		return ""
	}
	record("/before", "0")
	if err := s.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/kept", "/cleared", "/claimed", "/kept", "/cleared"} {
		record(path, "1")
	}
	if err := s.Remove(t.Context(), []string{id("/cleared")}); err != nil {
		t.Fatal(err)
	}
	if !s.Claim(id("/claimed")) {
		t.Fatal("not claimed")
	}
	if err := s.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	sequence := s.Standing(t.Context())
	record("/cleared", "2")
	record("/claimed", "2")
	standing := func(s *capture.Session) (paths []string) {
		for ex, err := range s.Standing(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, ex.Request.Path+" "+string(ex.Response.Body.Bytes))
		}
		return paths
	}
	want := []string{"/kept 1", "/kept 1", "/cleared 2"}
	if diff := cmp.Diff(want, standing(s)); diff != "" {
		t.Errorf("standing (-want +got):\n%s", diff)
	}
	var earlier int
	for _, err := range sequence {
		if err != nil {
			t.Fatal(err)
		}
		earlier++
	}
	if earlier != 2 {
		t.Errorf("%d exchanges stood when it was asked, want 2", earlier)
	}
	again := tp.reopen(t, capture.Options{Dir: o.Dir})
	if diff := cmp.Diff(want, standing(again.session(t, "shop"))); diff != "" {
		t.Errorf("read back under other rules (-want +got):\n%s", diff)
	}
}
