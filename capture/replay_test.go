package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// TestEachRequestItsOwnAnswer: requests of which one contains the other do not
// shadow each other, in whichever order they were recorded.
func TestEachRequestItsOwnAnswer(t *testing.T) {
	t.Parallel()
	requests := []*expectations.Request{
		asked("GET h/u", ""),
		asked("GET h/u?page=2", ""),
		asked("POST h/u", `{"a":1}`, jsonType),
		asked("POST h/u", `{"a":1,"b":2}`, jsonType),
		asked("POST h/u", "a=1", formType),
		asked("POST h/u", "a=1&b=2", formType),
		asked("GET h/u", "", "Accept: text/csv"),
	}
	backwards := slices.Clone(requests)
	slices.Reverse(backwards)
	for _, order := range [][]*expectations.Request{requests, backwards} {
		r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
		for i, req := range order {
			r.record(req, answered(200, fmt.Sprint(i)))
		}
		for i, req := range order {
			r.replays(req, fmt.Sprint("200 ", i))
		}
		r.replays(asked("GET h/u?page=3", ""), "")
		r.replays(asked("POST h/u", `{"a":2}`, jsonType), "")
		r.replays(asked("DELETE h/u", ""), "")
	}
}

func TestCallersGetTheirOwn(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	me := func(who string) *expectations.Request { return asked("GET h/me", "", "Authorization: Bearer "+who) }
	r.record(me("alice"), answered(200, "alice"))
	r.record(me("bob"), answered(200, "bob 1"))
	r.record(me("alice"), answered(200, "alice"))
	r.record(me("bob"), answered(200, "bob 2"))
	r.replays(me("bob"), "200 bob 1", "200 bob 2", "200 bob 2")
	r.replays(me("alice"), "200 alice", "200 alice", "200 alice")
	// One that was not recorded follows the one recorded last, to the latest.
	r.replays(me("carol"), "200 bob 1", "200 bob 2", "200 bob 2")
	r.replays(asked("GET h/me", ""), "200 bob 1", "200 bob 2")
	if diff := cmp.Diff([]string{"GET /me: 200 bob 1, 200 alice, 200 bob 2"}, r.all()); diff != "" {
		t.Error(diff)
	}
}

func TestPolling(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	job := asked("GET h/jobs/1", "")
	for i := range 3 {
		got := r.record(job, answered(200, "running", fmt.Sprint("Date: ", i), fmt.Sprint("X-Request-Id: ", i)))
		if got.Repeat != (i > 0) {
			t.Errorf("answer %d: %+v", i, got)
		}
	}
	r.record(job, answered(200, "done"))
	want := []string{"200 running", "200 running", "200 running", "200 done", "200 done", "200 done"}
	r.replays(job, want...)
	r.Rewind()
	r.replays(job, want...)
	if diff := cmp.Diff([]string{"GET /jobs/1: 200 running, 200 done"}, r.all()); diff != "" {
		t.Error(diff)
	}
	if got := r.Stats(); got.Answers != 2 || got.Repeats != 2 {
		t.Errorf("stats = %+v", got)
	}
	// What is recorded on goes on behind.
	r.record(job, answered(410, ""))
	r.replays(job, "410", "410")
}

// TestAnswersThatDiffer: what is not volatile makes an answer another one.
func TestAnswersThatDiffer(t *testing.T) {
	t.Parallel()
	base := answered(200, "x", "Etag: 1")
	for name, other := range map[string]*expectations.Response{
		"status":  answered(201, "x", "Etag: 1"),
		"header":  answered(200, "x", "Etag: 2"),
		"no etag": answered(200, "x"),
		"body":    answered(200, "y", "Etag: 1"),
		"cookie":  answered(200, "x", "Etag: 1", "Set-Cookie: a=b"),
	} {
		r := newReel(t, capture.LearnedOptions{})
		r.record(asked("GET h/", ""), base)
		if got := r.record(asked("GET h/", ""), other); got.Repeat {
			t.Errorf("another %s counts as a repeat", name)
		}
	}
}

func TestNotModified(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	r.record(asked("GET h/doc", ""), answered(200, "doc", "Etag: 1"))
	r.record(asked("GET h/doc", "", "If-None-Match: 1"), answered(304, "", "Etag: 1"))
	r.replays(asked("GET h/doc", ""), "200 doc", "200 doc")
	r.replays(asked("GET h/doc", "", "If-None-Match: 1"), "200 doc")
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	pay := func(key string) *expectations.Request {
		return asked("POST h/pay", `{"amount":5}`, jsonType, "Idempotency-Key: "+key, "Traceparent: 00-"+key, "User-Agent: "+key)
	}
	r.record(pay("5d8ef4a1"), answered(201, "paid"))
	r.replays(pay("another"), "201 paid")
}

func TestAuthorities(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	r.record(asked("GET a.test/u", ""), answered(200, "a"))
	r.record(asked("GET b.test:8443/u", ""), answered(200, "b"))
	direct := func(host string) *expectations.Request {
		req := asked("GET /u", "")
		req.Host = host
		return req
	}
	r.replays(asked("GET a.test/u", ""), "200 a")
	r.replays(asked("GET b.test:8443/u", ""), "200 b")
	r.replays(asked("GET c.test/u", ""), "")
	r.replays(direct("127.0.0.1:1080"), "200 b")
	r.replays(direct("A.test"), "200 a")

	r.record(direct("127.0.0.1:1080"), answered(200, "direct"))
	r.replays(asked("GET c.test/u", ""), "200 direct")
	r.replays(asked("GET a.test/u", ""), "200 a")
	r.replays(direct("elsewhere"), "200 direct")
	if err := r.Remove(t.Context(), []string{r.ids()[1]}); err != nil {
		t.Error(err)
	}
	r.replays(asked("GET a.test/u", ""), "200 a")
	r.replays(asked("GET b.test:8443/u", ""), "200 direct")
	r.record(asked("GET b.test:8443/u", ""), answered(200, "b"))
	if err := r.Remove(t.Context(), []string{r.ids()[2]}); err != nil {
		t.Error(err)
	}
	r.replays(asked("GET b.test:8443/u", ""), "200 direct")
	r.record(asked("GET b.test:8443/u", ""), answered(200, "b"))
	if r.Len() != 3 || len(slices.Compact(slices.Sorted(slices.Values(r.ids())))) != 3 {
		t.Errorf("ids = %q", r.ids())
	}
}

// TestSecretsReplay: what was recorded redacted is found by the real secret,
// and not by a wrong one.
func TestSecretsReplay(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	search := func(key string) *expectations.Request { return asked("GET h/search?q=x&api_key="+key, "") }
	login := func(password string) *expectations.Request {
		return asked("POST h/login", `{"user":"bob","password":"`+password+`"}`, jsonType)
	}
	form := func(password string) *expectations.Request {
		return asked("POST h/form", url.Values{"user": {"bob"}, "password": {password}}.Encode(), formType)
	}
	r.record(search("s3cr3t/+"), answered(200, "found"))
	r.record(login("hunter2"), answered(200, "in"))
	r.record(form("hunter2&"), answered(200, "in too"))
	for _, ex := range r.exchanges {
		if all := fmt.Sprintf("%+v %s", ex.Request, ex.Request.Body.Bytes); strings.Contains(all, "s3cr3t") || strings.Contains(all, "hunter2") {
			t.Errorf("a secret is in the recording: %s", all)
		}
	}
	r.replays(search("s3cr3t%2F%2B"), "")
	r.replays(search(url.QueryEscape("s3cr3t/ ")), "200 found") // "+" was a space
	r.replays(login("hunter2"), "200 in")
	r.replays(login("wrong"), "")
	r.replays(form("hunter2&"), "200 in too")
	r.replays(form("wrong"), "")

	again := r.replayed(capture.LearnedOptions{Redactor: keyed(t, 1)})
	again.replays(login("hunter2"), "200 in")
	again.replays(login("wrong"), "")
}

// TestLoginReplays: a client that is given the token of a recorded token goes
// on with it, and finds the answers that its original got.
func TestLoginReplays(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	login := func(user string) *expectations.Request {
		return asked("POST h/login", `{"user":"`+user+`","password":"pw-`+user+`"}`, jsonType)
	}
	me := func(bearer string) *expectations.Request {
		return asked("GET h/me", "", "Authorization: Bearer "+bearer)
	}
	for _, user := range []string{"alice", "bob"} {
		r.record(login(user), answered(200, `{"access_token":"tok-`+user+`","expires_in":3600}`, jsonType, "Set-Cookie: sid=sid-"+user+"; Path=/"))
		r.record(me("tok-"+user), answered(200, user))
		r.record(asked("GET h/home", "", "Cookie: sid=sid-"+user), answered(200, "home of "+user))
	}
	for _, user := range []string{"bob", "alice"} {
		hit, ok, err := r.Find(t.Context(), login(user), false)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		var answer struct {
			Token string `json:"access_token"`
			Left  int    `json:"expires_in"`
		}
		if err := json.Unmarshal(hit.Answer.Body.Bytes, &answer); err != nil || answer.Left != 3600 {
			t.Fatalf("%s: %v", hit.Answer.Body.Bytes, err)
		}
		if strings.Contains(answer.Token, user) {
			t.Errorf("the token is in the clear: %s", answer.Token)
		}
		r.replays(me(answer.Token), "200 "+user)
		r.replays(me("tok-"+user), "200 "+user)
		cookie, _, _ := strings.Cut(hit.Answer.Header.Get("Set-Cookie"), ";")
		r.replays(asked("GET h/home", "", "Cookie: "+cookie), "200 home of "+user)
	}
}

// TestAnotherKey: without the key that a recording was redacted with, its
// redacted places match any value.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	theirs := keyed(t, 2)
	login := func(user, password string) *expectations.Request {
		return asked("POST h/login?api_key="+password, `{"user":"`+user+`","password":"`+password+`"}`, jsonType)
	}
	recorded := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	recorded.record(login("bob", "hunter2"), answered(200, `{"token":"abc"}`, jsonType))
	recorded.record(asked("GET h/me", "", "Authorization: Bearer abc"), answered(200, "bob"))
	recorded.record(asked("GET h/me", "", "Authorization: Bearer xyz"), answered(200, "eve"))

	for name, o := range map[string]capture.LearnedOptions{
		"another key":  {Redactor: theirs},
		"no redaction": {},
	} {
		r := recorded.replayed(o)
		if r.Rules() == recorded.Rules() {
			t.Errorf("%s: the rules are the same", name)
		}
		hit, ok, err := r.Find(t.Context(), login("bob", "hunter2"), false)
		if !ok || err != nil {
			t.Fatalf("%s: %v, %v", name, ok, err)
		}
		if _, ok, _ := r.Find(t.Context(), login("bob", "anything"), false); !ok {
			t.Errorf("%s: a redacted place does not match another value", name)
		}
		r.replays(login("alice", "hunter2"), "")
		// The token it hands out is known again as that of its caller.
		var answer struct{ Token string }
		if err := json.Unmarshal(hit.Answer.Body.Bytes, &answer); err != nil {
			t.Fatal(err)
		}
		r.replays(asked("GET h/me", "", "Authorization: Bearer "+answer.Token), "200 bob")
	}

	raw := newReel(t, capture.LearnedOptions{})
	raw.record(login("bob", "hunter2"), answered(200, "in"))
	r := raw.replayed(capture.LearnedOptions{Redactor: theirs})
	r.replays(login("bob", "hunter2"), "200 in")
	r.replays(login("bob", "wrong"), "")
	for e, err := range r.All(t.Context()) {
		if shown := fmt.Sprintf("%+v %+v", e.Request.Query, e.Request.Body.Kind); err != nil || strings.Contains(shown, "hunter2") || len(e.Redactions) != 2 {
			t.Errorf("a secret recorded before redaction is shown: %s, %+v, %v", shown, e.Redactions, err)
		}
	}
}

func TestEncodedRequest(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	r.record(asked("POST h/u", `{"password":"x","a":1}`, jsonType), answered(200, "ok"))
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte(`{"a":1,"password":"x"}`)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	req := asked("POST h/u", zipped.String(), jsonType, "Content-Encoding: gzip")
	req.Body.Coding, req.Body.Encoded = "gzip", true
	r.replays(req, "200 ok")
	req.Body.Truncated = true
	r.replays(req, "")
}

// TestManyCallers: callers beyond the bound share their answers, and the ones
// told apart before keep theirs.
func TestManyCallers(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{})
	me := func(i int) *expectations.Request {
		return asked("GET h/me", "", fmt.Sprint("Authorization: Bearer ", i))
	}
	for i := range 300 {
		r.record(me(i), answered(200, fmt.Sprint(i)))
	}
	r.replays(me(0), "200 0", "200 0")
	r.replays(me(200), "200 200")
	r.replays(me(254), "200 254", "200 254")
	r.replays(me(299), "200 255", "200 256")
	r.replays(me(298), "200 255") // not recorded by itself: a guest of its own
}
