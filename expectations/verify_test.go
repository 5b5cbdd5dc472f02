package expectations_test

import (
	"errors"
	"net/http"
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

// answered is a log of a request that an expectation answered, one that was
// forwarded, and one that nothing answered.
func answered() *expectations.Log {
	log := expectations.NewLog(0)
	for _, e := range []expectations.Entry{
		{Request: get("/a"), Outcome: expectations.Matched, ExpectationID: "id/a", Response: &expectations.Response{
			Status: 201, Reason: "Made", Header: http.Header{"X-A": {"1"}, "Set-Cookie": {"s=secret; Path=/"}},
			Body: expectations.Body{Bytes: []byte(`{"a":1,"b":2}`)},
		}},
		{Request: get("/b"), Outcome: expectations.Forwarded, Response: &expectations.Response{
			Status: 200, Body: expectations.Body{Bytes: []byte("coded"), Coding: "own", Encoded: true},
		}},
		{Request: get("/c"), Outcome: expectations.NotMatched, Response: &expectations.Response{Status: 404}},
	} {
		log.Add(e)
	}
	return log
}

func TestVerifyResponse(t *testing.T) {
	t.Parallel()
	decode := func(b expectations.Body) expectations.Body {
		if b.Encoded {
			return expectations.Body{Bytes: []byte("plain")}
		}
		return b
	}
	for _, test := range []struct {
		name    string
		request *expectations.RequestMatcher
		id      string
		m       expectations.ResponseMatcher
		want    int // how many are found
	}{
		{"any", nil, "", expectations.ResponseMatcher{}, 2},
		{"any of a request", on("/a"), "", expectations.ResponseMatcher{}, 1},
		{"any of an expectation", nil, "id/a", expectations.ResponseMatcher{}, 1},
		{"not of one without answer", on("/c"), "", expectations.ResponseMatcher{}, 0},
		{"status", nil, "", expectations.ResponseMatcher{Status: 201}, 1},
		{"other status", on("/a"), "", expectations.ResponseMatcher{Status: 200}, 0},
		{"reason", nil, "", expectations.ResponseMatcher{Reason: text("M.*")}, 1},
		{"header", nil, "", expectations.ResponseMatcher{Headers: expectations.MultiMatcher{
			Entries: []expectations.NamedTexts{{Name: text("x-a"), Values: []expectations.Text{text("[0-9]")}}},
		}}, 1},
		{"cookie", nil, "", expectations.ResponseMatcher{Cookies: []expectations.NamedText{{Name: text("s"), Value: text("secret")}}}, 1},
		{"body", nil, "", expectations.ResponseMatcher{Body: &expectations.BodyMatcher{Kind: expectations.StringBody{Value: "plain"}}}, 1},
		{"other body", nil, "", expectations.ResponseMatcher{Body: &expectations.BodyMatcher{Kind: expectations.StringBody{Value: "coded"}}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := expectations.Verification{Request: test.request, ExpectationID: test.id, Response: &test.m, Decode: decode, AtLeast: new(test.want), AtMost: new(test.want)}
			if err := expectations.Verify(answered(), v); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestVerifyResponseSequence(t *testing.T) {
	t.Parallel()
	status := func(codes ...int) (all []*expectations.ResponseMatcher) {
		for _, code := range codes {
			all = append(all, &expectations.ResponseMatcher{Status: code})
		}
		return all
	}
	for _, test := range []struct {
		name string
		v    expectations.VerificationSequence
		want string
	}{
		{"responses", expectations.VerificationSequence{Responses: status(201, 200)}, ""},
		{"other order", expectations.VerificationSequence{Responses: status(200, 201)}, "response sequence not found: 1 of 2 responses in order, 2 received"},
		{"both", expectations.VerificationSequence{Requests: []*expectations.RequestMatcher{on("/a"), on("/b")}, Responses: status(201, 200)}, ""},
		{
			"other request",
			expectations.VerificationSequence{Requests: []*expectations.RequestMatcher{on("/b"), on("/b")}, Responses: status(201, 200)},
			"response sequence not found: 0 of 2 responses in order, 2 received",
		},
		{"id", expectations.VerificationSequence{ExpectationIDs: []string{"id/a"}, Responses: status(201)}, ""},
		{"unanswered", expectations.VerificationSequence{Responses: status(404)}, "response sequence not found: 0 of 1 responses in order, 2 received"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := expectations.VerifySequence(answered(), test.v); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestResponseMatcherExplain(t *testing.T) {
	t.Parallel()
	c, err := expectations.CompileResponse(&expectations.ResponseMatcher{Status: 299, Reason: text("Other"), Cookies: []expectations.NamedText{{Name: text("s"), Value: text("x")}}})
	if err != nil {
		t.Fatal(err)
	}
	resp := answered().All()[0].Response
	var fields []string
	for _, m := range c.Explain(resp) {
		fields = append(fields, m.Field)
	}
	if diff := cmp.Diff([]string{"statusCode", "reasonPhrase", "cookies"}, fields); diff != "" || c.Match(resp) {
		t.Error(diff)
	}
}
