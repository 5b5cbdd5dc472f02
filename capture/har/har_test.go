package har_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations"
)

// noon is not in UTC and has more than milliseconds.
var noon = time.Date(2026, 9, 1, 12, 0, 0, 123_456_789, time.FixedZone("", 2*3600))

func form() *capture.Exchange {
	return &capture.Exchange{
		Started: noon, Upstream: "192.0.2.7:8443",
		Timings: capture.Timings{
			DNS: 1500 * time.Microsecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond,
			Send: time.Millisecond, Wait: 20 * time.Millisecond, Receive: 4 * time.Millisecond, Total: 40 * time.Millisecond,
		},
		Request: &expectations.Request{
			Method: "POST", Secure: true, Authority: "api.test:8443", Host: "api.test:8443",
			Path: "/a%20b", RawQuery: "x=1&y=a+b", Protocol: "HTTP/2.0", ClientAddr: "127.0.0.1:50712",
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {"s=1"}, "Accept": {"a", "b"}},
			Body:   expectations.Body{Bytes: []byte("p=1&q=%C3%A9"), Size: 12},
		},
		Response: &expectations.Response{
			Status: 302, Protocol: "HTTP/2.0",
			Header: http.Header{
				"Content-Type": {"text/plain; charset=utf-8"}, "Location": {"/next"},
				"Set-Cookie": {"t=2; Path=/; Domain=api.test; Expires=Tue, 01 Sep 2026 10:00:00 GMT; HttpOnly; Secure"},
			},
			Trailer: http.Header{"Grpc-Status": {"0"}},
			Body:    expectations.Body{Bytes: []byte("über"), Size: 5},
		},
	}
}

func TestWriteExchanges(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(filepath.Join("testdata", "exchange.har"))
	if err != nil {
		t.Fatal(err)
	}
	got := archive(t, form())
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Error(diff)
	}
	if problems := validate(got); problems != nil {
		t.Error(problems)
	}
}

// archive writes the exchanges.
func archive(t *testing.T, exchanges ...*capture.Exchange) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := har.WriteExchanges(&out, all(exchanges), har.Options{Version: "1.0"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func all[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// An exchange in the shape tests look at.
type exchangeJSON struct {
	Time    float64
	Request struct {
		URL      string
		BodySize int
		PostData map[string]any
	}
	Response struct {
		Status, BodySize        int
		StatusText, HTTPVersion string
		Content                 map[string]any
	}
	Timings         map[string]float64
	ServerIPAddress *string
	Comment         string
	Error           string `json:"_error"`
}

// entries reads an archive, which must be valid.
func entries(t *testing.T, data []byte) []exchangeJSON {
	t.Helper()
	if problems := validate(data); problems != nil {
		t.Fatalf("not HAR 1.2: %s\n%s", strings.Join(problems, "\n"), data)
	}
	var doc struct {
		Log struct{ Entries []exchangeJSON }
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Log.Entries
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type bodyTest struct {
	name              string
	body              expectations.Body
	postData, content map[string]any
	bodySize          int
}

// bodies are recorded bodies, and what is written of them.
func bodies(t *testing.T) []bodyTest {
	t.Helper()
	long := strings.Repeat("a", 1000)
	gz := zipped(t, long)
	return []bodyTest{
		{"none", expectations.Body{}, nil, map[string]any{"size": 0.0}, 0},
		{
			"text",
			expectations.Body{Bytes: []byte("{}"), Size: 2},
			map[string]any{"text": "{}"},
			map[string]any{"size": 2.0, "text": "{}"},
			2,
		},
		{
			"binary",
			expectations.Body{Bytes: []byte{0, 255}, Size: 2},
			map[string]any{"text": "AP8=", "_encoding": "base64"},
			map[string]any{"size": 2.0, "text": "AP8=", "encoding": "base64"},
			2,
		},
		{
			"encoded",
			expectations.Body{Bytes: gz, Size: int64(len(gz)), Coding: "gzip", Encoded: true},
			map[string]any{"text": long},
			map[string]any{"size": 1000.0, "compression": float64(1000 - len(gz)), "text": long},
			len(gz),
		},
		{
			"decoded before",
			expectations.Body{Bytes: []byte(long), Size: 30, Coding: "gzip"},
			map[string]any{"text": long},
			map[string]any{"size": 1000.0, "compression": 970.0, "text": long},
			30,
		},
		{
			"truncated",
			expectations.Body{Bytes: []byte("abc"), Size: 1 << 30, Truncated: true},
			map[string]any{"text": "abc", "comment": "truncated: the first 3 bytes of what was sent"},
			map[string]any{"size": 3.0, "text": "abc", "comment": "truncated: the first 3 bytes of what was sent"},
			1 << 30,
		},
		{
			"of an unknown coding",
			expectations.Body{Bytes: []byte("abc"), Size: 3, Coding: "x-own", Encoded: true},
			map[string]any{"text": "abc"},
			map[string]any{"size": 3.0, "text": "abc"},
			3,
		},
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for _, tt := range bodies(t) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Content-Type": {"a/b"}}
			got := entries(t, archive(t, &capture.Exchange{
				Request:  &expectations.Request{Method: "PUT", Host: "h", Path: "/", Header: header, Body: tt.body},
				Response: &expectations.Response{Status: 200, Header: header, Body: tt.body},
			}))[0]
			if tt.postData != nil {
				tt.postData["mimeType"] = "a/b"
			}
			tt.content["mimeType"] = "a/b"
			if tt.body.Coding == "x-own" {
				for _, body := range []map[string]any{got.Request.PostData, got.Response.Content} {
					if comment, _ := body["comment"].(string); !strings.HasPrefix(comment, "still encoded: ") {
						t.Errorf("comment %q", comment)
					}
					delete(body, "comment")
				}
			}
			if diff := cmp.Diff(tt.postData, got.Request.PostData); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.content, got.Response.Content); diff != "" {
				t.Error(diff)
			}
			if got.Request.BodySize != tt.bodySize || got.Response.BodySize != tt.bodySize {
				t.Errorf("sizes %d and %d", got.Request.BodySize, got.Response.BodySize)
			}
		})
	}
}

func TestExchangesWithoutResponse(t *testing.T) {
	t.Parallel()
	got := entries(t, archive(t, &capture.Exchange{
		Request: &expectations.Request{Method: "OPTIONS", Authority: "[::1]:80", Path: "*"}, Upstream: "[::1]:80",
		Failure: &capture.Failure{Kind: capture.FailUpstream, Message: "connection refused"},
	}, &capture.Exchange{
		Request:    &expectations.Request{Method: "GET", Path: "/", ClientAddr: "@"},
		Response:   &expectations.Response{Status: 299},
		AnsweredBy: "an-id", Upstream: "not an address", Timings: capture.Timings{Total: 7 * time.Millisecond},
	}))
	refused, answered := got[0], got[1]
	if refused.Response.Status != 0 || refused.Response.BodySize != -1 || refused.Error != "upstream: connection refused" ||
		refused.Request.URL != "http://[::1]:80" || refused.ServerIPAddress == nil || *refused.ServerIPAddress != "::1" {
		t.Errorf("refused: %+v", refused)
	}
	if answered.Comment != "answered by expectation an-id" || answered.ServerIPAddress != nil ||
		answered.Timings["wait"] != 7 || answered.Time != 7 || answered.Request.URL != "http://localhost/" {
		t.Errorf("answered: %+v", answered)
	}
}

func TestWriteEntries(t *testing.T) {
	t.Parallel()
	log := []expectations.Entry{
		{
			Time: noon, Outcome: expectations.Matched, ExpectationID: "x", Reason: "for people",
			Request: form().Request, Response: form().Response,
		},
		{Time: noon, Outcome: expectations.Failed, Reason: "connection refused", Request: form().Request},
	}
	var out bytes.Buffer
	if err := har.WriteEntries(&out, slices.Values(log), har.Options{}); err != nil {
		t.Fatal(err)
	}
	got := entries(t, out.Bytes())
	if got[0].Response.Status != 302 || got[0].Comment != "answered by expectation x" || got[0].Error != "" || got[0].Timings["dns"] != -1 {
		t.Errorf("matched: %+v", got[0])
	}
	if got[1].Response.Status != 0 || got[1].Error != "connection refused" {
		t.Errorf("failed: %+v", got[1])
	}
	out.Reset()
	if err := har.WriteRequests(&out, slices.Values(log), har.Options{Creator: "c", Version: "v"}); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries(t, out.Bytes()) {
		if e.Response.Status != 0 || e.Response.StatusText != "" || e.Request.PostData == nil {
			t.Errorf("request: %+v", e)
		}
	}
	if !bytes.Contains(out.Bytes(), []byte(`"name" : "c"`)) || !bytes.Contains(out.Bytes(), []byte(`"version" : "v"`)) {
		t.Error("the creator is missing")
	}
}

func TestWriteNothing(t *testing.T) {
	t.Parallel()
	if got := entries(t, archive(t)); len(got) != 0 {
		t.Errorf("%d entries", len(got))
	}
}

func TestErrorsAreLeftOut(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	var out bytes.Buffer
	err := har.WriteExchanges(&out, func(yield func(*capture.Exchange, error) bool) {
		_ = yield(form(), nil) && yield(nil, lost) && yield(form(), nil)
	}, har.Options{})
	if !errors.Is(err, lost) {
		t.Errorf("got %v, want lost", err)
	}
	if got := entries(t, out.Bytes()); len(got) != 2 {
		t.Errorf("%d entries", len(got))
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestArchivesAreStreamed(t *testing.T) {
	t.Parallel()
	longest, yielded, gone := 0, 0, errors.New("gone")
	exchanges := func(yield func(*capture.Exchange, error) bool) {
		for yielded < 5000 && yield(form(), nil) {
			yielded++
		}
	}
	err := har.WriteExchanges(writerFunc(func(p []byte) (int, error) {
		longest = max(longest, len(p))
		return len(p), nil
	}), exchanges, har.Options{})
	if err != nil || longest > 64<<10 {
		t.Errorf("%d bytes at once, %v", longest, err)
	}
	yielded = 0
	err = har.WriteExchanges(writerFunc(func([]byte) (int, error) { return 0, gone }), exchanges, har.Options{})
	if !errors.Is(err, gone) || yielded > 100 {
		t.Errorf("got %v after %d exchanges", err, yielded)
	}
}

func BenchmarkWriteExchanges10000(b *testing.B) {
	ex := form()
	b.ReportAllocs()
	for b.Loop() {
		err := har.WriteExchanges(io.Discard, func(yield func(*capture.Exchange, error) bool) {
			for range 10_000 {
				if !yield(ex, nil) {
					return
				}
			}
		}, har.Options{})
		if err != nil {
			b.Fatal(err)
		}
	}
}
