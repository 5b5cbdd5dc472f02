package capture_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// apiExchange is what an API call usually looks like: about 1 KB of JSON in
// the answer, a dozen header fields, a bearer token.
func apiExchange(n int) *capture.Exchange {
	body := fmt.Sprintf(`{"id":%d,"name":"Ada Lovelace","email":"ada@example.org","tags":["one","two","three"],"notes":"%s"}`,
		n, strings.Repeat("lorem ipsum ", 75))
	return &capture.Exchange{
		Mode:     expectations.Spy,
		Started:  time.Date(2026, 11, 23, 1, 40, 2, 123456000, time.UTC),
		Timings:  capture.Timings{Send: 20 * time.Microsecond, Wait: 1234567, Receive: 45678, Total: 1400000},
		Upstream: "192.0.2.7:443",
		Request: &expectations.Request{
			Method: "GET", Secure: true, Authority: "api.example", Host: "api.example",
			Path: fmt.Sprintf("/v1/customers/%d", n%1000), RawQuery: "expand=orders&limit=10",
			Header: http.Header{
				"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"Go-http-client/2.0"},
				"Authorization": {"Bearer 0123456789abcdef0123456789abcdef"}, "X-Request-Id": {"9f2c1e34"},
			},
			Protocol: "HTTP/2.0", KeepAlive: true, ClientAddr: "127.0.0.1:50000", LocalAddr: "127.0.0.1:1080",
		},
		Response: &expectations.Response{
			Status: 200, Protocol: "HTTP/2.0",
			Header: http.Header{
				"Content-Type": {"application/json"}, "Date": {"Mon, 23 Nov 2026 01:40:02 GMT"}, "Server": {"nginx"},
				"Cache-Control": {"no-cache"}, "Etag": {`"33a64df5"`}, "Vary": {"Accept-Encoding"}, "Content-Length": {"1020"},
			},
			Body: expectations.Body{Bytes: []byte(body), Size: int64(len(body))},
		},
	}
}

func BenchmarkEncodeExchange(b *testing.B) {
	text := apiExchange(1)
	text.Response.Body.Bytes = []byte(strings.Repeat("some text with \"quotes\" and\nlines ", 30))
	binary := apiExchange(1)
	binary.Response.Body.Bytes = []byte(strings.Repeat("\xff\xfe\x00", 340))
	for name, ex := range map[string]*capture.Exchange{"json": apiExchange(1), "text": text, "binary": binary} {
		b.Run(name, func(b *testing.B) {
			encode, lesson := capture.ExchangeEncoder(16<<10), fullLesson()
			line := encode(nil, ex, lesson)
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				line = encode(line[:0], ex, lesson)
			}
		})
	}
}

func BenchmarkDecodeExchange(b *testing.B) {
	line := capture.AppendExchange(nil, apiExchange(1), fullLesson(), 16<<10, nil)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := capture.DecodeExchange(line, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeExchangeReflect is the yardstick: encoding/json into a tree.
func BenchmarkDecodeExchangeReflect(b *testing.B) {
	line := capture.AppendExchange(nil, apiExchange(1), fullLesson(), 16<<10, nil)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		var tree map[string]any
		if err := json.Unmarshal(line, &tree); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadHead(b *testing.B) {
	line := capture.AppendExchange(nil, apiExchange(1), fullLesson(), 16<<10, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := capture.ReadHead(line); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecord is the whole pipeline for a 1 KB exchange, from Record to
// the view, with the writer saturated: what recording costs beside the tee.
func BenchmarkRecord(b *testing.B) {
	for _, test := range []struct {
		name string
		o    capture.Options
	}{
		{"redact", capture.Options{Redactor: redactor(b)}},
		{"plain", capture.Options{}},
	} {
		b.Run(test.name, func(b *testing.B) {
			test.o.Dir, test.o.RetainBytes = b.TempDir(), 256<<20
			tp := openTape(b, test.o).run(b)
			s := tp.session(b, "")
			made := make([]*capture.Exchange, 1000)
			for i := range made {
				made[i] = apiExchange(i)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				ex := *made[n%len(made)]
				tp.Record(&ex)
				if n++; n%1000 == 0 {
					tp.flush(b)
				}
			}
			tp.flush(b)
			if dropped := s.Stats().DroppedTotal(); dropped > 0 {
				b.Fatalf("%d dropped", dropped)
			}
		})
	}
}

// BenchmarkRecordDelay measures the time between Record and acknowledgement
// for exchanges that come one at a time, and reports percentiles.
func BenchmarkRecordDelay(b *testing.B) {
	w := &watcher{}
	tp := openTape(b, capture.Options{Dir: b.TempDir(), Redactor: redactor(b), Observer: w}).run(b)
	tp.session(b, "")
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	for b.Loop() {
		tp.Record(apiExchange(1))
		<-tick.C
	}
	tp.flush(b)
	slices.Sort(w.delays)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(w.delays[len(w.delays)*p/100].Microseconds()), fmt.Sprintf("µs-p%d", p))
	}
}

// BenchmarkReadBack opens a recording of 100 000 exchanges.
func BenchmarkReadBack(b *testing.B) {
	o := capture.Options{Dir: b.TempDir(), Redactor: redactor(b), Queue: 100_000}
	tp := openTape(b, o).run(b)
	tp.session(b, "")
	const total = 100_000
	for n := range total {
		ex := *apiExchange(n)
		tp.Record(&ex)
		if n%10_000 == 0 {
			tp.flush(b)
		}
	}
	tp.stop()
	if err := tp.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tp := openTape(b, o)
		s := tp.session(b, "")
		b.StopTimer()
		if n := s.Stats().Loaded; n != total {
			b.Fatalf("%d loaded", n)
		}
		if err := tp.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkExchanges reads everything of a recording of 10 000 exchanges.
func BenchmarkExchanges(b *testing.B) {
	tp := openTape(b, capture.Options{Dir: b.TempDir(), Queue: 10_000}).run(b)
	s := tp.session(b, "")
	for n := range 10_000 {
		tp.Record(apiExchange(n))
	}
	tp.flush(b)
	for b.Loop() {
		n := 0
		for _, err := range s.Exchanges(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 10_000 {
			b.Fatalf("%d exchanges", n)
		}
	}
}
