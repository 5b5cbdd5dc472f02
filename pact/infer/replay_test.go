package infer_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact/infer"
)

// A tape is captured expectations that are found by method, path and body.
type tape struct {
	expectations.NoCaptured
	recorded []*expectations.Expectation
	bodies   []string
}

func (t *tape) record(method, path, sent string, status int, header http.Header, body string) {
	t.recorded = append(t.recorded, &expectations.Expectation{
		ID: method + path, Origin: expectations.OriginCaptured, Authority: "api.test:80",
		Request: &expectations.RequestMatcher{Method: expectations.Text{Value: method}, Path: expectations.Text{Value: path}},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Status: status, Header: header, Body: &expectations.AnswerBody{Bytes: []byte(body)},
		}}},
	})
	t.bodies = append(t.bodies, sent)
}

// first is the first answer of a recorded expectation.
func first(e *expectations.Expectation) *expectations.Answer {
	respond, ok := e.Action.(*expectations.Respond)
	if !ok {
		return nil
	}
	return respond.Answers[0]
}

func (t *tape) Len() int { return len(t.recorded) }

func (t *tape) All(context.Context) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, e := range t.recorded {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (t *tape) Find(_ context.Context, req *expectations.Request, _ bool) (expectations.Hit, bool, error) {
	for i, e := range t.recorded {
		if e.Request.Method.Value == req.Method && e.Request.Path.Value == req.Path && t.bodies[i] == string(req.Body.Bytes) {
			return expectations.Hit{Expectation: e, Answer: first(e)}, true, nil
		}
	}
	return expectations.Hit{}, false, nil
}

// TestReplay: a request for another id is answered from a recording of one
// like it, with its own ids where the recorded ones meant the same.
func TestReplay(t *testing.T) {
	t.Parallel()
	const one, two = "5ec7e700-0000-4000-8000-000000000001", "5ec7e700-0000-4000-8000-000000000002"
	rec := new(tape)
	rec.record("GET", "/v1/users/99", "", 404, nil, `{"error":"no user 99"}`)
	rec.record("GET", "/v1/users/1", "", 200, http.Header{"Link": {`</v1/users/1/orders>; rel="orders", </v1/users/12>`}},
		`{"id":1,"name":"Ada","visits":1,"self":"https://api.test/v1/users/1","team":{"id":1,"user_id":"1"},"price":1.50}`)
	rec.record("GET", "/v1/users/me", "", 200, nil, `{"id":5}`)
	rec.record("GET", "/v1/users/1/orders/70001", "", 200, nil, `{"id":70001,"userId":1,"count":1,"text":"order 70001 of 700012"}`)
	rec.record("GET", "/v1/files/"+one, "", 200, nil, "file "+one+"\n")
	rec.record("PUT", "/v1/users/1", `{"id":1,"name":"B"}`, 200, nil, `{"id":1}`)
	rec.record("GET", "/v1/things/red", "", 200, nil, `{}`)
	replay, err := infer.NewReplay(rec, []string{"/v1/things/{colour}"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, method, target, body, want, from string }{
		{"as it was recorded", "GET", "/v1/users/1", "", `{"id":1,"name":"Ada","visits":1,"self":"https://api.test/v1/users/1","team":{"id":1,"user_id":"1"},"price":1.50}`, ""},
		{"an error that was recorded", "GET", "/v1/users/99", "", `{"error":"no user 99"}`, ""},
		{
			"another id", "GET", "/v1/users/7", "",
			`{"id":7,"name":"Ada","visits":1,"self":"https://api.test/v1/users/7","team":{"id":1,"user_id":"7"},"price":1.50}`, "/v1/users/1",
		},
		{"two ids", "GET", "/v1/users/7/orders/80002", "", `{"id":80002,"userId":7,"count":1,"text":"order 80002 of 700012"}`, "/v1/users/1/orders/70001"},
		{"the outer id", "GET", "/v1/users/7/orders/70001", "", `{"id":70001,"userId":7,"count":1,"text":"order 70001 of 700012"}`, "/v1/users/1/orders/70001"},
		{"a text", "GET", "/v1/files/" + two, "", "file " + two + "\n", "/v1/files/" + one},
		{"an id in the body too", "PUT", "/v1/users/7", `{"id":7,"name":"B"}`, `{"id":7}`, "/v1/users/1"},
		{"a given template", "GET", "/v1/things/blue", "", `{}`, "/v1/things/red"},
		{"another body", "PUT", "/v1/users/7", `{"id":7,"name":"C"}`, "", ""},
		{"a name", "GET", "/v1/users/you", "", "", ""},
		{"another class", "GET", "/v1/users/" + two, "", "", ""},
		{"another method", "DELETE", "/v1/users/7", "", "", ""},
		{"no path", "OPTIONS", "*", "", "", ""},
	} {
		hit, ok, err := replay.Find(t.Context(), &expectations.Request{
			Method: tc.method, Authority: "api.test:80", Path: tc.target, Body: expectations.Body{Bytes: []byte(tc.body)},
		}, false)
		if err != nil || ok != (tc.want != "") {
			t.Errorf("%s: found %t, %v", tc.name, ok, err)
		}
		if !ok {
			continue
		}
		if diff := cmp.Diff(tc.want, strings.ReplaceAll(string(hit.Answer.Body.Bytes), ": ", ":")); diff != "" && tc.want != string(hit.Answer.Body.Bytes) {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		if from := hit.Answer.Header.Get(infer.HeaderReplayed); from != tc.from {
			t.Errorf("%s: from %q, want %q", tc.name, from, tc.from)
		}
		if link := hit.Answer.Header.Get("Link"); tc.name == "another id" && link != `</v1/users/7/orders>; rel="orders", </v1/users/12>` {
			t.Errorf("link %s", link)
		}
	}
	if got := first(rec.recorded[1]); got.Header.Get(infer.HeaderReplayed) != "" || !strings.Contains(string(got.Body.Bytes), `"id":1`) {
		t.Errorf("the recording itself was changed: %s", got.Body.Bytes)
	}
	if _, ok, _ := replay.Find(t.Context(), &expectations.Request{Method: "GET", Authority: "other.test:80", Path: "/v1/users/7"}, false); ok {
		t.Error("a recording of another server answers")
	}
	rec.record("GET", "/v1/teams/3", "", 200, nil, `{"id":3}`)
	if _, ok, err := replay.Find(t.Context(), &expectations.Request{Method: "GET", Authority: "api.test:80", Path: "/v1/teams/4"}, true); !ok || err != nil {
		t.Errorf("what was recorded since is not found: %v", err)
	}
}

// TestReplayTogether: many ask at once, while the recording changes.
func TestReplayTogether(t *testing.T) {
	t.Parallel()
	rec := new(tape)
	rec.record("GET", "/v1/users/1", "", 200, nil, `{"id":1}`)
	replay, err := infer.NewReplay(rec, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 20 {
				if i == 0 {
					replay.Rewind()
				}
				id := strconv.Itoa(2 + i*20 + j)
				hit, ok, err := replay.Find(t.Context(), &expectations.Request{Method: "GET", Authority: "api.test:80", Path: "/v1/users/" + id}, false)
				if err != nil || !ok || string(hit.Answer.Body.Bytes) != `{"id":`+id+`}` {
					t.Errorf("%s: %t, %v", id, ok, err)
				}
			}
		})
	}
	all.Wait()
	if err := replay.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := replay.Find(gone, &expectations.Request{Method: "GET", Authority: "api.test:80", Path: "/v1/users/7"}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("after its client went: %v", err)
	}
	if _, ok, err := replay.Find(t.Context(), &expectations.Request{Method: "GET", Authority: "api.test:80", Path: "/v1/users/7"}, false); !ok || err != nil {
		t.Errorf("another client afterwards: %t, %v", ok, err)
	}
}
