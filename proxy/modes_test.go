package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func text(s string) *expectations.Answer {
	return &expectations.Answer{Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte(s)}}
}

// fakeCaptured is a recording of one path.
type fakeCaptured struct {
	expectations.NoCaptured
	path   string
	answer *expectations.Answer
}

func (f *fakeCaptured) Len() int { return 1 }

func (f *fakeCaptured) Find(_ context.Context, req *expectations.Request, _ bool) (expectations.Hit, bool, error) {
	if req.Path == "/broken" {
		return expectations.Hit{}, false, io.ErrUnexpectedEOF
	}
	if req.Path != f.path {
		return expectations.Hit{}, false, nil
	}
	return expectations.Hit{
		Expectation: &expectations.Expectation{ID: "captured", Origin: expectations.OriginCaptured}, Answer: f.answer,
	}, true, nil
}

// TestModes pins what each mode does with a request for another server that a
// user's expectation, a captured one, or none matches.
func TestModes(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "upstream") })
	plain := upstreamFunc(t, server.Config.Handler.ServeHTTP)
	for _, tt := range []struct {
		mode     expectations.Mode
		path     string
		want     string
		outcome  expectations.Outcome
		recorded bool
	}{
		{expectations.Simulate, "/user", "200 user", expectations.Matched, false},
		{expectations.Simulate, "/captured", "200 captured", expectations.Matched, false},
		{expectations.Simulate, "/none", "404 ", expectations.NotMatched, false},
		{expectations.Simulate, "/broken", "502 pactape: a recorded answer cannot be read\n", expectations.Failed, false},
		{expectations.Spy, "/user", "200 user", expectations.Matched, true},
		{expectations.Spy, "/captured", "200 upstream", expectations.Forwarded, true},
		{expectations.Spy, "/none", "200 upstream", expectations.Forwarded, true},
		{expectations.Capture, "/user", "200 upstream", expectations.Forwarded, true},
		{expectations.Capture, "/captured", "200 upstream", expectations.Forwarded, true},
		{expectations.Capture, "/none", "200 upstream", expectations.Forwarded, true},
	} {
		t.Run(string(tt.mode)+tt.path, func(t *testing.T) {
			t.Parallel()
			r := start(t, trusting(server), inMode(tt.mode), func(c *config) {
				c.captured = &fakeCaptured{path: "/captured", answer: text("captured")}
			})
			e := r.put("/user", text("user"))
			for i, base := range []string{plain.URL, server.URL} {
				resp, body := get(t, r.client(), base+tt.path)
				if got := fmt.Sprint(resp.StatusCode, " ", body); got != tt.want {
					t.Errorf("answer is %q, want %q", got, tt.want)
				}
				entry := r.space().Log.All()[i]
				if entry.Outcome != tt.outcome || entry.Response == nil {
					t.Errorf("log entry %+v", entry)
				}
				if tt.path == "/user" && tt.outcome == expectations.Matched && entry.ExpectationID != e.ID {
					t.Errorf("log names expectation %q, want %q", entry.ExpectationID, e.ID)
				}
			}
			if all := r.tape.all(); tt.recorded != (len(all) == 2) || !tt.recorded && len(all) > 0 {
				t.Errorf("%d exchanges recorded", len(all))
			} else if tt.recorded && (all[0].AnsweredBy != "") != (tt.outcome == expectations.Matched) {
				t.Errorf("answered by %q", all[0].AnsweredBy)
			}
		})
	}
}

// TestDirectStubIsNotRecorded: a request sent straight to us is no traffic of
// somebody else.
func TestDirectStubIsNotRecorded(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.put("/stub", text("stub"))
	get(t, r.direct(), "http://"+r.addr+"/stub")
	get(t, r.direct(), "http://"+r.addr+"/none")
	if n := len(r.tape.all()); n != 0 {
		t.Errorf("%d exchanges recorded", n)
	}
	if n := len(r.space().Log.All()); n != 2 {
		t.Errorf("%d log entries", n)
	}
}

// TestModeIsOneSnapshot: a change of mode while a request runs is for the next
// request.
func TestModeIsOneSnapshot(t *testing.T) {
	t.Parallel()
	var r *rig
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		r.space().SetMode(expectations.Simulate)
		_, _ = io.WriteString(w, "ok")
	})
	r = start(t, inMode(expectations.Capture))
	client := r.client()
	if resp, _ := get(t, client, server.URL); resp.StatusCode != 200 {
		t.Errorf("answer is %d", resp.StatusCode)
	}
	if ex := r.tape.only(t); ex.Mode != expectations.Capture {
		t.Errorf("recorded with mode %s", ex.Mode)
	}
	if resp, _ := get(t, client, server.URL); resp.StatusCode != 404 {
		t.Errorf("answer after the change is %d", resp.StatusCode)
	}
}

// TestBodyThatWasReadForMatchingIsForwarded, whatever its size.
func TestBodyThatWasReadForMatchingIsForwarded(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%d %d", r.ContentLength, len(body))
	})
	r := start(t, trusting(server), func(c *config) { c.MaxBody = 1000 })
	r.putAny(&expectations.Expectation{
		Request: &expectations.RequestMatcher{Body: &expectations.BodyMatcher{Kind: expectations.StringBody{Value: "wanted"}}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{text("stub")}},
	})
	for _, client := range []*http.Client{r.client(), r.client(h2Only)} {
		for _, tt := range []struct {
			size   int
			length int64
			want   string
		}{
			{10, 10, "10 10"},
			{1000, 1000, "1000 1000"},
			{50_000, 50_000, "50000 50000"},
			{10, -1, "-1 10"},
			{1000, -1, "-1 1000"},
			{50_000, -1, "-1 50000"},
		} {
			before := len(r.tape.all())
			req := newRequest(t, "POST", server.URL, bytes.NewReader(bytes.Repeat([]byte("b"), tt.size)))
			req.ContentLength = tt.length
			if _, body := send(t, client, req); body != tt.want {
				t.Errorf("upstream got %q, want %q", body, tt.want)
			}
			b := r.tape.all()[before].Request.Body
			if len(b.Bytes) != min(tt.size, 1000) || b.Truncated != (tt.size > 1000) || b.Size != int64(tt.size) {
				t.Errorf("recorded %d bytes, truncated %v, size %d of %d", len(b.Bytes), b.Truncated, b.Size, tt.size)
			}
		}
		if _, body := send(t, client, newRequest(t, "POST", server.URL, strings.NewReader("wanted"))); body != "stub" {
			t.Errorf("answer is %q", body)
		}
	}
}

// TestLogHoldsBodiesOfAnsweredRequests, although matching did not want them.
func TestLogHoldsBodiesOfAnsweredRequests(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.put("/stub", text("stub"))
	for i, path := range []string{"/stub", "/none"} {
		send(t, r.direct(), newRequest(t, "POST", "http://"+r.addr+path, strings.NewReader("content")))
		if b := r.space().Log.All()[i].Request.Body; string(b.Bytes) != "content" || b.Truncated {
			t.Errorf("%s: logged body %+v", path, b)
		}
	}
}

// TestStreamingClientIsAnswered though it does not end its request before it
// has the answer.
func TestStreamingClientIsAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	r.put("/bidi", text("answer"))
	pr, pw := io.Pipe()
	defer pw.Close()
	go func() { _, _ = io.WriteString(pw, "first") }()
	req := newRequest(t, "POST", "https://"+r.addr+"/bidi", pr)
	resp, err := r.client(h2Only, func(tr *http.Transport) { tr.Proxy = nil }).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "answer" {
		t.Errorf("answer is %q", body)
	}
	if b := r.space().Log.All()[0].Request.Body; string(b.Bytes) != "first" || !b.Truncated {
		t.Errorf("logged body %+v", b)
	}
}

// An answerCase is an expectation's answer and what a client sees of it.
type answerCase struct {
	name   string
	method string
	answer *expectations.Answer
	status string
	header http.Header
	body   string
}

var big = strings.Repeat("0123456789", 10_000)

var answerCases = []answerCase{
	{"nothing", "GET", &expectations.Answer{}, "200 OK", http.Header{"Content-Length": {"0"}}, ""},
	{"body alone", "GET", text("hi"), "200 OK", http.Header{"Content-Length": {"2"}}, "hi"},
	{"large body", "GET", text(big), "200 OK", http.Header{"Content-Length": {"100000"}}, big},
	{
		"typed body", "GET",
		&expectations.Answer{Body: &expectations.AnswerBody{Bytes: []byte("{}"), ContentType: "application/json"}},
		"200 OK",
		http.Header{"Content-Length": {"2"}, "Content-Type": {"application/json"}},
		"{}",
	},
	{
		"type as written wins", "GET",
		&expectations.Answer{
			Header: http.Header{"content-type": {"text/x"}},
			Body:   &expectations.AnswerBody{Bytes: []byte("{}"), ContentType: "application/json"},
		},
		"200 OK",
		http.Header{"Content-Length": {"2"}, "Content-Type": {"text/x"}},
		"{}",
	},
	{
		"status, lists and cookies", "GET",
		&expectations.Answer{
			Status:  201,
			Header:  http.Header{"X-List": {"1", "2"}, "Set-Cookie": {"a=b"}},
			Cookies: []expectations.Cookie{{Name: "c", Value: "d"}},
		},
		"201 Created",
		http.Header{"Content-Length": {"0"}, "X-List": {"1", "2"}, "Set-Cookie": {"a=b", "c=d"}},
		"",
	},
	{
		"framing is ours", "GET",
		&expectations.Answer{
			Header: http.Header{"Content-Length": {"999"}, "transfer-encoding": {"chunked"}},
			Body:   &expectations.AnswerBody{Bytes: []byte("four")},
		},
		"200 OK",
		http.Header{"Content-Length": {"4"}},
		"four",
	},
	{"HEAD", "HEAD", text("four"), "200 OK", http.Header{"Content-Length": {"4"}}, ""},
	{
		"HEAD with a length", "HEAD", &expectations.Answer{Header: http.Header{"Content-Length": {"999"}}},
		"200 OK",
		http.Header{"Content-Length": {"999"}},
		"",
	},
	{"204", "GET", &expectations.Answer{Status: 204, Body: text("ignored").Body}, "204 No Content", http.Header{}, ""},
	{
		"304", "GET", &expectations.Answer{Status: 304, Header: http.Header{"Etag": {`"1"`}}},
		"304 Not Modified",
		http.Header{"Etag": {`"1"`}},
		"",
	},
	{
		"trailers", "GET",
		&expectations.Answer{Trailer: http.Header{"Grpc-Status": {"0"}}, Body: text("data").Body},
		"200 OK",
		http.Header{},
		"data",
	},
}

// TestAnswers: an expectation's answer on the wire, straight and through a
// tunnel, over HTTP/1.1 and 2.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range answerCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, inMode(expectations.Simulate))
			r.put("/x", tt.answer)
			direct := func(tr *http.Transport) { tr.Proxy = nil }
			for name, do := range map[string]struct {
				client *http.Client
				url    string
			}{
				"direct h1":  {r.direct(), "http://" + r.addr},
				"direct h2":  {r.client(h2Only, direct), "https://" + r.addr},
				"direct h2c": {r.client(h2cOnly, direct), "http://" + r.addr},
				"proxied":    {r.client(), "http://api.test"},
				"tunnelled":  {r.client(), "https://api.test"},
				"h2 inside":  {r.client(h2Only), "https://api.test"},
			} {
				resp, body := send(t, do.client, newRequest(t, tt.method, do.url+"/x", nil))
				if resp.Status != tt.status || body != tt.body {
					t.Errorf("%s: answer is %q %.20q", name, resp.Status, body)
				}
				if resp.Header.Get("Date") == "" {
					t.Errorf("%s: no Date", name)
				}
				resp.Header.Del("Date")
				if diff := cmp.Diff(tt.header, resp.Header); diff != "" {
					t.Errorf("%s: header (-want +got):\n%s", name, diff)
				}
				if want := tt.answer.Trailer; !cmp.Equal(want, resp.Trailer) {
					t.Errorf("%s: trailer %v, want %v", name, resp.Trailer, want)
				}
			}
		})
	}
}

func TestAnswerWithReason(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.put("/x", &expectations.Answer{Status: 200, Reason: "Made Up", Body: text("ok").Body})
	for name, do := range map[string]struct {
		client *http.Client
		url    string
	}{
		"direct":    {r.direct(), "http://" + r.addr},
		"tls":       {r.direct(), "https://" + r.addr},
		"tunnelled": {r.client(), "https://api.test"},
	} {
		for range 2 { // the second time on the same connection
			if resp, body := get(t, do.client, do.url+"/x"); resp.Status != "200 Made Up" || body != "ok" {
				t.Errorf("%s: answer is %q %q", name, resp.Status, body)
			}
		}
	}
}

func TestAnswerThatIsDelayed(t *testing.T) {
	t.Parallel()
	r := start(t)
	a := text("late")
	a.Delay = expectations.Delay{Value: 50, Unit: expectations.Milliseconds}
	r.put("/late", a)
	never := text("never")
	never.Delay = expectations.Delay{Value: 1 << 62, Unit: expectations.Days}
	r.put("/never", never)

	began := time.Now()
	if _, body := get(t, r.direct(), "http://"+r.addr+"/late"); body != "late" {
		t.Errorf("answer is %q", body)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	// A client that leaves is not waited for.
	c := r.dial()
	_, _ = io.WriteString(c, "GET /never HTTP/1.1\r\nHost: "+r.addr+"\r\n\r\n")
	_ = c.Close()
	eventually(t, "the call ends", func() bool { return len(r.space().Log.All()) == 2 })
}
