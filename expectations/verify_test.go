package expectations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// received is a log of requests; "/a!" is one that nothing answered.
func received(requests ...string) *expectations.Log {
	log := expectations.NewLog(0)
	for _, path := range requests {
		e := entry(strings.TrimSuffix(path, "!"))
		if strings.HasSuffix(path, "!") {
			e.Outcome, e.ExpectationID = expectations.NotMatched, ""
		}
		log.Add(e)
	}
	return log
}

func on(path string) *expectations.RequestMatcher {
	return &expectations.RequestMatcher{Path: text(path)}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	n := func(n int) *int { return &n }
	log := received("/a", "/b", "/a!", "/c")
	for _, test := range []struct {
		name string
		v    expectations.Verification
		want string // Times of the failure, "" if verified
	}{
		{"default", expectations.Verification{Request: on("/a")}, ""},
		{"default fails", expectations.Verification{Request: on("/x")}, "at least once"},
		{"any request", expectations.Verification{AtLeast: n(4), AtMost: n(4)}, ""},
		{"at least", expectations.Verification{Request: on("/a"), AtLeast: n(2)}, ""},
		{"at least fails", expectations.Verification{Request: on("/a"), AtLeast: n(3)}, "at least 3 times"},
		{"at most", expectations.Verification{Request: on("/a"), AtMost: n(2)}, ""},
		{"at most fails", expectations.Verification{Request: on("/a"), AtMost: n(1)}, "at most once"},
		{"exactly", expectations.Verification{Request: on("/b"), AtLeast: n(1), AtMost: n(1)}, ""},
		{"exactly fails", expectations.Verification{Request: on("/a"), AtLeast: n(1), AtMost: n(1)}, "exactly once"},
		{"between fails", expectations.Verification{Request: on("/x"), AtLeast: n(1), AtMost: n(2)}, "between 1 and 2 times"},
		{"none", expectations.Verification{Request: on("/x"), AtMost: n(0)}, ""},
		{"none fails", expectations.Verification{AtMost: n(0)}, "at most 0 times"},
		{"exactly none fails", expectations.Verification{Request: on("/b"), AtLeast: n(0), AtMost: n(0)}, "exactly 0 times"},
		{"no bounds", expectations.Verification{Request: on("/x"), AtLeast: n(-1), AtMost: n(-1)}, ""},
		{"by id", expectations.Verification{ExpectationID: "id/a", AtLeast: n(1), AtMost: n(1)}, ""},
		{"by id fails", expectations.Verification{ExpectationID: "id/x"}, "at least once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := expectations.Verify(log, test.v)
			f, failed := errors.AsType[*expectations.VerificationFailure](err)
			if failed != (test.want != "") || failed && f.Times != test.want || !failed && err != nil {
				t.Errorf("got %v, want failure %q", err, test.want)
			}
		})
	}
}

func TestVerificationFailure(t *testing.T) {
	t.Parallel()
	matcher := on("/x")
	f, _ := errors.AsType[*expectations.VerificationFailure](
		expectations.Verify(received("/a", "/b"), expectations.Verification{Request: matcher}))
	want := &expectations.VerificationFailure{
		Wanted: []*expectations.RequestMatcher{matcher}, Times: "at least once", Total: 2,
		Requests: []*expectations.Request{get("/a"), get("/b")},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, want := f.Error(), "request not found at least once: found 0 among 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	// From the limit on the requests are not listed.
	two := 2
	f, _ = errors.AsType[*expectations.VerificationFailure](
		expectations.Verify(received("/a", "/b"), expectations.Verification{Request: matcher, MaxReturned: &two}))
	if f.Requests != nil || f.Total != 2 {
		t.Errorf("%d listed of %d", len(f.Requests), f.Total)
	}
	many := make([]string, expectations.DefaultMaxReturned)
	for i := range many {
		many[i] = "/a"
	}
	f, _ = errors.AsType[*expectations.VerificationFailure](
		expectations.Verify(received(many...), expectations.Verification{Request: matcher}))
	if f.Requests != nil {
		t.Errorf("%d listed by default", len(f.Requests))
	}

	// By id only what expectations answered counts.
	f, _ = errors.AsType[*expectations.VerificationFailure](
		expectations.Verify(received("/a", "/b!"), expectations.Verification{ExpectationID: "x"}))
	if f.Total != 1 || !cmp.Equal(f.WantedIDs, []string{"x"}) || f.Wanted != nil {
		t.Errorf("by id: %+v", f)
	}

	_, pattern := errors.AsType[*expectations.PatternError](
		expectations.Verify(received(), expectations.Verification{Request: on(`\d\X`)}))
	if !pattern {
		t.Error("a bad pattern is no error")
	}
}

func TestVerifySequence(t *testing.T) {
	t.Parallel()
	log := received("/a", "/b", "/a", "/c", "/d!")
	type sequence = expectations.VerificationSequence
	for _, test := range []struct {
		name  string
		v     sequence
		found int // of a failure, -1 if verified
	}{
		{"in order", sequence{Requests: []*expectations.RequestMatcher{on("/a"), on("/b"), on("/c")}}, -1},
		{"with gaps", sequence{Requests: []*expectations.RequestMatcher{on("/b"), on("/d")}}, -1},
		{"nothing", sequence{}, -1},
		{"any request", sequence{Requests: []*expectations.RequestMatcher{nil, nil, nil, nil, nil}}, -1},
		{"one too many", sequence{Requests: []*expectations.RequestMatcher{nil, nil, nil, nil, nil, nil}}, 5},
		{"out of order", sequence{Requests: []*expectations.RequestMatcher{on("/c"), on("/a")}}, 1},
		{"each request once", sequence{Requests: []*expectations.RequestMatcher{on("/b"), on("/b")}}, 1},
		{"by id", sequence{ExpectationIDs: []string{"id/a", "id/a", "id/c"}}, -1},
		{"by id fails", sequence{ExpectationIDs: []string{"id/b", "id/d"}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := expectations.VerifySequence(log, test.v)
			f, failed := errors.AsType[*expectations.VerificationFailure](err)
			if failed != (test.found >= 0) || failed && (f.Found != test.found || !f.Sequence) {
				t.Errorf("got %v, want %d found", err, test.found)
			}
		})
	}
	err := expectations.VerifySequence(log, sequence{Requests: []*expectations.RequestMatcher{on("/x")}})
	if want := "request sequence not found: 0 of 1 requests in order, 5 received"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = expectations.VerifySequence(log, sequence{Requests: []*expectations.RequestMatcher{on(`\d\X`)}})
	if _, pattern := errors.AsType[*expectations.PatternError](err); !pattern {
		t.Errorf("a bad pattern: %v", err)
	}
}
