package admin_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
	"github.com/pactape/pactape/proxy/admin"
	"github.com/pactape/pactape/proxy/settings"
)

// testCA stands for a certificate; nobody reads it here.
const testCA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

// A rig is the API over real spaces and a real recording, served over HTTP,
// and beside it traffic as the proxy would report it.
type rig struct {
	t          testing.TB
	server     *httptest.Server
	spaces     *expectations.Spaces
	recordings *capture.Recordings
	logs       *syncBuffer
	clock      time.Time
}

// start runs a rig until the end of the test.
func start(t testing.TB, change ...func(*admin.Options)) *rig {
	t.Helper()
	r := &rig{t: t, logs: &syncBuffer{}, clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	r.record()
	now := r.clock
	r.spaces = expectations.NewSpaces(expectations.SpacesOptions{Max: 10, Open: func(id expectations.SessionID) (*expectations.Space, error) {
		session, err := r.recordings.Session(id, capture.SessionOptions{})
		if err != nil {
			return nil, err
		}
		return expectations.NewSpace(expectations.SpaceOptions{
			ID: id, Captured: session,
			Set: expectations.NewSet(expectations.SetOptions{Now: func() time.Time { return now }}),
		}), nil
	}})
	live, err := settings.New(settings.Default())
	if err != nil {
		t.Fatal(err)
	}
	o := admin.Options{
		Spaces:    r.spaces,
		Settings:  live,
		Bind:      bind,
		Publisher: published{},
		Stop:      func() {},
		Counts: func() map[string]int64 {
			return map[string]int64{"REQUESTS_RECEIVED_COUNT": 3, "ERROR_ACTIONS_COUNT": 0}
		},
		OwnHost: ownHost,
		Ports:   func() []int { return []int{1080, 1081} },
		CA:      []byte(testCA),
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			_, _ = io.WriteString(w, "up 1\n")
		}),
		Export: pact.ExportOptions{ToolVersion: "1.2.3"},
		Samples: func(ctx context.Context, space *expectations.Space) iter.Seq2[infer.Sample, error] {
			return standing(ctx, space.Captured)
		},
		Logger: slog.New(slog.NewTextHandler(r.logs, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	r.server = httptest.NewServer(admin.New(o))
	t.Cleanup(r.server.Close)
	return r
}

// bind stands for the listeners of the server: port 7 is taken, and 1090 the
// one that is free.
func bind(_ context.Context, ports []int) ([]int, error) {
	for i, port := range ports {
		switch port {
		case 7:
			return nil, errors.New("port 7: port already in use")
		case 0:
			ports[i] = 1090
		}
	}
	return ports, nil
}

// standing are the samples behind a session's captured expectations.
func standing(ctx context.Context, captured expectations.Captured) iter.Seq2[infer.Sample, error] {
	session, ok := captured.(*capture.Session)
	if !ok { // one that cannot be read
		return func(yield func(infer.Sample, error) bool) {
			for _, err := range captured.All(ctx) {
				if !yield(infer.Sample{}, err) {
					return
				}
			}
		}
	}
	exchanges := session.Standing(ctx)
	return func(yield func(infer.Sample, error) bool) {
		for ex, err := range exchanges {
			if err != nil {
				yield(infer.Sample{}, err)
				return
			}
			if !yield(infer.Sample{Request: ex.Request, Response: ex.Response, Redactions: ex.Redactions}, nil) {
				return
			}
		}
	}
}

// record opens the recordings and runs their writer.
func (r *rig) record() {
	r.t.Helper()
	recordings, err := capture.Open(capture.Options{Dir: r.t.TempDir()})
	if err != nil {
		r.t.Fatal(err)
	}
	r.recordings = recordings
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- recordings.Run(ctx) }()
	r.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("recorder: %v", err)
		}
		if err := recordings.Close(); err != nil {
			r.t.Errorf("close recordings: %v", err)
		}
	})
}

// ownHost is the rule of package proxy, with one name of the operator's.
func ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || host == "pactape.test" || net.ParseIP(strings.Trim(host, "[]")).IsLoopback()
}

func (r *rig) space(id expectations.SessionID) *expectations.Space {
	r.t.Helper()
	space, err := r.spaces.Get(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return space
}

// An answer is what a call was answered.
type answer struct {
	status int
	header http.Header
	body   string
}

// call makes a call with headers given as name, value, ….
func (r *rig) call(method, target, body string, headers ...string) answer {
	r.t.Helper()
	got, err := r.try(method, target, strings.NewReader(body), headers...)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, target, err)
	}
	return got
}

func (r *rig) try(method, target string, body io.Reader, headers ...string) (answer, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL+target, body)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := r.server.Client().Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(data)}, err
}

// A message is a request or a response as text: a first line, headers, a
// blank line, a body.
type message struct {
	first  []string // words
	header http.Header
	body   []byte
}

func parseMessage(t testing.TB, text string) message {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	first, fields, _ := strings.Cut(strings.TrimSuffix(head, "\n"), "\n")
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(fields + "\n\n"))).ReadMIMEHeader()
	if err != nil {
		t.Fatalf("message %q: %v", text, err)
	}
	return message{strings.SplitN(first, " ", 3), http.Header(header), []byte(strings.TrimSuffix(body, "\n"))}
}

// session takes the session out of a message's headers.
func (m message) session() expectations.SessionID {
	id := m.header.Get("Session")
	m.header.Del("Session")
	return expectations.SessionID(id)
}

// request is a message as the proxy would report it.
func (m message) request(t testing.TB) *expectations.Request {
	t.Helper()
	u, err := url.Parse(m.first[1])
	if err != nil {
		t.Fatal(err)
	}
	return &expectations.Request{
		Method: m.first[0], Authority: u.Host, Host: u.Host, Secure: u.Scheme == "https",
		Path: u.EscapedPath(), RawQuery: u.RawQuery, Header: m.header, Body: bodyOf(m.body),
		Protocol: "HTTP/1.1", KeepAlive: true, ClientAddr: "127.0.0.1:50712", LocalAddr: "127.0.0.1:1080",
	}
}

func bodyOf(data []byte) expectations.Body {
	if len(data) == 0 {
		return expectations.Body{}
	}
	return expectations.Body{Bytes: data, Size: int64(len(data))}
}

// tick is the time of the next event.
func (r *rig) tick() time.Time {
	r.clock = r.clock.Add(time.Second)
	return r.clock
}

// traffic is a request that expectations answer, or nobody.
func (r *rig) traffic(text string) {
	r.t.Helper()
	m := parseMessage(r.t, text)
	space := r.space(m.session())
	e := expectations.Entry{Time: r.tick(), Request: m.request(r.t), Outcome: expectations.NotMatched}
	hit, ok, err := space.Match(r.t.Context(), e.Request, expectations.MatchOptions{Captured: space.Mode() == expectations.Simulate})
	if err != nil {
		r.t.Fatal(err)
	}
	e.Response = &expectations.Response{Status: http.StatusNotFound}
	if ok {
		e.Outcome, e.ExpectationID = expectations.Matched, hit.Expectation.ID
		e.Expectation, e.UsedUp = hit.Expectation, hit.Last
		e.Response = responseOf(hit.Answer)
	}
	space.Log.Add(e)
}

func responseOf(a *expectations.Answer) *expectations.Response {
	resp := &expectations.Response{Status: a.Status, Reason: a.Reason, Header: a.Header}
	if resp.Status == 0 {
		resp.Status = http.StatusOK
	}
	if a.Body != nil {
		resp.Body = bodyOf(a.Body.Bytes)
	}
	return resp
}

// exchange is a request that was forwarded and recorded, and its response
// below a line of "=".
func (r *rig) exchange(text string) {
	r.t.Helper()
	sent, got, ok := strings.Cut(text, "=====\n")
	if !ok {
		r.t.Fatalf("exchange without a response: %q", text)
	}
	m, back := parseMessage(r.t, strings.TrimSuffix(sent, "\n")), parseMessage(r.t, got)
	ex := &capture.Exchange{Session: m.session(), Mode: expectations.Spy, Started: r.tick(), Request: m.request(r.t)}
	status, reason := back.first[0], strings.Join(back.first[1:], " ")
	ex.Response = &expectations.Response{
		Status: statusCode(r.t, status), Reason: reason, Header: back.header, Body: bodyOf(back.body), Protocol: "HTTP/1.1",
	}
	r.space(ex.Session).Log.Add(expectations.Entry{
		Time: ex.Started, Request: ex.Request, Response: ex.Response, Outcome: expectations.Forwarded,
	})
	r.recordings.Record(ex)
}

func statusCode(t testing.TB, text string) int {
	t.Helper()
	n := 0
	for _, digit := range text {
		n = n*10 + int(digit-'0')
	}
	return n
}

// headerText prints headers, sorted, without those that every answer has.
func headerText(h http.Header) string {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name == "Date" || name == "Version" { // the latter has a test of its own
			continue
		}
		for _, v := range h[name] {
			b.WriteString(name + ": " + v + "\n")
		}
	}
	return b.String()
}

// A syncBuffer is a buffer that several goroutines write to.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
