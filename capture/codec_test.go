package capture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
)

// fullExchange has a value in every field.
func fullExchange() *capture.Exchange {
	return &capture.Exchange{
		ID:      uuid.MustParse("0190a5c8-7b1e-7c3d-9f00-0123456789ab"),
		Session: "checkout",
		Mode:    expectations.Spy,
		Started: time.Date(2026, 11, 23, 1, 40, 2, 123456789, time.UTC),
		Timings: capture.Timings{
			DNS: 1, Connect: time.Millisecond, TLS: 1500 * time.Microsecond, Send: time.Second,
			Wait: 12345678, Receive: time.Hour, Total: -1,
		},
		Upstream:   "[::1]:8443",
		AnsweredBy: "my \"own\" id",
		Request: &expectations.Request{
			Method: "POST", Secure: true, Authority: "api.example:8443", Host: "api.example:8443",
			Path: "/a%20b/ü\xff", RawQuery: "q=1&q=2&x=\"\\", Protocol: "HTTP/1.1", KeepAlive: true,
			ClientAddr: "127.0.0.1:50000", LocalAddr: "127.0.0.1:1080",
			Header:  http.Header{"Accept": {"a", "b"}, "X-Latin": {"caf\xe9"}, "X-Empty": {""}},
			Trailer: http.Header{"X-Sum": {"1"}},
			Body:    expectations.Body{Bytes: []byte(`{"a":[1,2.0,"\u0000"]}`), Size: 20, Coding: "gzip"},
		},
		Response: &expectations.Response{
			Status: 201, Reason: "Created", Protocol: "HTTP/2.0",
			Header:  http.Header{"Content-Type": {"text/plain"}, "Set-Cookie": {"a=1", "b=2"}},
			Trailer: http.Header{"Grpc-Status": {"0"}},
			Body:    expectations.Body{Bytes: []byte("a\tb\r\nc\x01\u2028\"\\"), Size: 99, Coding: "br", Encoded: true, Truncated: true},
		},
		Failure: &capture.Failure{Kind: capture.FailAborted, Message: "client went away"},
		Redactions: []expectations.Redaction{
			{Message: "request", In: "header", Name: "Authorization", Class: "bearer"},
			{Message: "response", In: "json", Name: "$.user['a\"b']", Class: "string"},
		},
	}
}

func fullLesson() *capture.Lesson {
	return &capture.Lesson{
		Rules:  "1 accept",
		Key:    capture.Key{Hash: [16]byte{1, 2, 0xff}, Authority: "api.example:8443", Masked: true},
		Caller: 1<<64 - 1,
		Answer: 42,
	}
}

// blobs is a bodies file in memory.
type blobs [][]byte

func (b *blobs) put(p []byte) journal.Blob {
	*b = append(*b, p)
	return journal.Blob{Offset: int64(len(*b) - 1), Length: int64(len(p)), Sum: 0x0000abcd}
}

func (b *blobs) get(at journal.Blob) ([]byte, error) {
	if at.Offset >= int64(len(*b)) || at.Sum != 0xabcd {
		return nil, errors.New("no such blob")
	}
	return (*b)[at.Offset], nil
}

// roundTrip encodes and decodes, checking that the line is valid JSON.
func roundTrip(t *testing.T, ex *capture.Exchange, inline int) (line []byte, back *capture.Exchange) {
	t.Helper()
	var aside blobs
	line = capture.AppendExchange(nil, ex, fullLesson(), inline, aside.put)
	if !json.Valid(line) || bytes.IndexByte(line, '\n') >= 0 {
		t.Fatalf("not a line of JSON: %s", line)
	}
	back, err := capture.DecodeExchange(line, aside.get)
	if err != nil {
		t.Fatalf("decode %s: %v", line, err)
	}
	return line, back
}

func TestExchangeRoundTrip(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*capture.Exchange){
		"full":           func(*capture.Exchange) {},
		"no response":    func(ex *capture.Exchange) { ex.Response = nil },
		"no failure":     func(ex *capture.Exchange) { ex.Failure = nil },
		"no redactions":  func(ex *capture.Exchange) { ex.Redactions = nil },
		"zero":           func(ex *capture.Exchange) { *ex = capture.Exchange{Request: &expectations.Request{}} },
		"nil headers":    func(ex *capture.Exchange) { ex.Request.Header, ex.Response.Trailer = nil, nil },
		"empty headers":  func(ex *capture.Exchange) { ex.Request.Header = http.Header{} },
		"empty trailers": func(ex *capture.Exchange) { ex.Response.Trailer = http.Header{} },
		"many headers": func(ex *capture.Exchange) {
			for i := range 100 {
				name := "X-" + strings.Repeat("a", i+1)
				ex.Request.Header[name] = slices.Repeat([]string{name}, i%5+1)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := fullExchange()
			change(want)
			_, got := roundTrip(t, want, 1<<20)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBodyRoundTrip(t *testing.T) {
	t.Parallel()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, test := range map[string]struct {
		body   string
		inline int
		want   string // what the line says
	}{
		"text":                   {body: "hello", want: `"text":"hello"`},
		"empty":                  {body: "", want: `"text":""`},
		"control characters":     {body: string(all[:0x80]), want: `"text":"\u0000`},
		"not UTF-8":              {body: string(all), want: `"base64":"AAEC`},
		"half a character":       {body: "\xe2\x82", want: `"base64":"4oI="`},
		"json object":            {body: `{"a": 1.10, "a":2}`, want: `"json":{"a": 1.10, "a":2}}`},
		"json array":             {body: `[1e400,"\ud800"]`, want: `"json":[1e400,"\ud800"]}`},
		"json with a newline":    {body: "{\"a\":1}\n", want: `"json":{"a":1},"end":"\n"}`},
		"json and spaces":        {body: "[] \t\r\n\n", want: `"json":[],"end":" \t\r\n\n"}`},
		"json with space before": {body: " {}", want: `"text":" {}"`},
		"json over lines":        {body: "{\n  \"a\": 1\n}", want: `"text":"{\n  \"a\": 1\n}"`},
		"json with returns":      {body: "{\r}", want: `"text":"{\r}"`},
		"json scalar":            {body: "null", want: `"text":"null"`},
		"json not UTF-8":         {body: "{\"a\":\"\xff\"}", want: `"base64":"`},
		"two json texts":         {body: "{}{}", want: `"text":"{}{}"`},
		"json cut short":         {body: `{"a":[1,`, want: `"text":"{\"a\":[1,"`},
		"json with a raw tab":    {body: "{\"a\":\"\t\"}", want: `"text":"{`},
		"json bad number":        {body: "[01]", want: `"text":"[01]"`},
		"json bad escape":        {body: `["\x"]`, want: `"text":"[`},
		"json trailing comma":    {body: `[1,]`, want: `"text":"[1,]"`},
		"json too deep": {
			body: strings.Repeat("[", 201) + strings.Repeat("]", 201),
			want: `"text":"[[[`,
		},
		"aside":      {body: "0123456789", inline: 9, want: `"blob":{"offset":0,"length":10,"crc32c":"0000abcd"}`},
		"not aside":  {body: "012345678", inline: 9, want: `"text":"012345678"`},
		"json aside": {body: `{"a":"long"}`, inline: 9, want: `"blob":{`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.inline == 0 {
				test.inline = 1 << 20
			}
			want := &capture.Exchange{
				Request:  &expectations.Request{},
				Response: &expectations.Response{Body: expectations.Body{Bytes: []byte(test.body), Size: int64(len(test.body))}},
			}
			line, got := roundTrip(t, want, test.inline)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(string(line), test.want) {
				t.Errorf("line %s\nlacks %s", line, test.want)
			}
		})
	}
}

// TestGoldenLine pins the format: recordings are read by later versions.
func TestGoldenLine(t *testing.T) {
	t.Parallel()
	ex := fullExchange()
	ex.Request.Path = "/pay"
	ex.Request.Header = http.Header{"Accept": {"a", "b"}}
	got := string(capture.AppendExchange(nil, ex, fullLesson(), 1<<20, nil))
	want := `{"v":1,"type":"exchange","id":"0190a5c8-7b1e-7c3d-9f00-0123456789ab",` +
		`"learn":{"rules":"1 accept","key":"~0102ff00000000000000000000000000@api.example:8443","caller":"ffffffffffffffff","answer":"000000000000002a"},` +
		`"redactions":[{"in":"header","name":"Authorization","message":"request","class":"bearer"},` +
		`{"in":"json","name":"$.user['a\"b']","message":"response","class":"string"}],` +
		`"session":"checkout","mode":"SPY","started":"2026-11-23T01:40:02.123456789Z",` +
		`"timings":{"dns":0.000001,"connect":1,"tls":1.5,"send":1000,"wait":12.345678,"receive":3600000,"total":-0.000001},` +
		`"upstream":"[::1]:8443","answeredBy":"my \"own\" id","failure":{"kind":"aborted","message":"client went away"},` +
		`"request":{"method":"POST","secure":true,"authority":"api.example:8443","host":"api.example:8443","path":"/pay",` +
		`"query":"q=1&q=2&x=\"\\","protocol":"HTTP/1.1","keepAlive":true,"client":"127.0.0.1:50000","local":"127.0.0.1:1080",` +
		`"headers":{"Accept":["a","b"]},"trailers":{"X-Sum":["1"]},"body":{"size":20,"coding":"gzip","json":{"a":[1,2.0,"\u0000"]}}},` +
		`"response":{"status":201,"reason":"Created","protocol":"HTTP/2.0","headers":{"Content-Type":["text/plain"],"Set-Cookie":["a=1","b=2"]},` +
		`"trailers":{"Grpc-Status":["0"]},"body":{"size":99,"coding":"br","encoded":true,"truncated":true,"text":"a\tb\r\nc\u0001` + "\u2028" + `\"\\"}}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReformatted: lines that went through other tools read the same.
func TestReformatted(t *testing.T) {
	t.Parallel()
	want := fullExchange()
	line := capture.AppendExchange(nil, want, fullLesson(), 1<<20, nil)
	var tree map[string]any
	if err := json.Unmarshal(line, &tree); err != nil {
		t.Fatal(err)
	}
	tree["later"] = map[string]any{"unknown": []int{1}}
	sorted, err := json.MarshalIndent(tree, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got, err := capture.DecodeExchange(sorted, nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Request.Body.Bytes, got.Request.Body.Bytes = nil, nil // JSON: other white space
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	head, err := capture.ReadHead(sorted)
	if err != nil || head.Kind != "exchange" {
		t.Errorf("head: %+v, %v", head, err)
	}
}

func TestReadHead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line string
		want capture.Head
	}{
		"exchange": {
			line: string(capture.AppendExchange(nil, fullExchange(), fullLesson(), 1<<20, nil)),
			want: capture.Head{
				Kind: "exchange", Lesson: *fullLesson(), HasLesson: true,
				Redacted: []string{"header Authorization", `json $.user['a"b']`},
			},
		},
		"exchange not learned": {
			line: string(capture.AppendExchange(nil, fullExchange(), &capture.Lesson{Rules: "1", Skip: "truncated"}, 1<<20, nil)),
			want: capture.Head{
				Kind: "exchange", Lesson: capture.Lesson{Rules: "1", Skip: "truncated"}, HasLesson: true,
				Redacted: []string{"header Authorization", `json $.user['a"b']`},
			},
		},
		"exchange without a lesson": {
			line: `{"v":1,"type":"exchange","id":"x","request":{`,
			want: capture.Head{Kind: "exchange"},
		},
		"exchange with a foreign lesson": {
			line: `{"v":1,"type":"exchange","id":"x","learn":{"rules":"9","key":"short","caller":"1"},"request":{`,
			want: capture.Head{Kind: "exchange", Lesson: capture.Lesson{Rules: "9"}},
		},
		"clear": {
			line: string(capture.AppendViewRecord(nil, capture.ViewRecord{Kind: capture.ViewClear, IDs: []string{"a", "b\xff"}})),
			want: capture.Head{Kind: "clear", IDs: []string{"a", "b\uFFFD"}},
		},
		"claim": {
			line: string(capture.AppendViewRecord(nil, capture.ViewRecord{Kind: capture.ViewClaim, IDs: []string{"a"}})),
			want: capture.Head{Kind: "claim", IDs: []string{"a"}},
		},
		"reset": {
			line: string(capture.AppendViewRecord(nil, capture.ViewRecord{Kind: capture.ViewReset})),
			want: capture.Head{Kind: "reset"},
		},
		"loss": {
			line: string(capture.AppendLossRecord(nil, "queue_full", 7)),
			want: capture.Head{Kind: "loss", Count: 7, Reason: "queue_full"},
		},
		"session": {
			line: `{"v":1,"type":"session","time":"2026-11-23T01:40:02Z","session":"x","fresh":true,"new":[{}]}`,
			want: capture.Head{Kind: "session", Fresh: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := capture.ReadHead([]byte(test.line))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnknownRecords(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"type":    `{"v":1,"type":"hologram","request":{}}`,
		"version": `{"v":2,"type":"exchange","request":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := capture.ReadHead([]byte(line)); !errors.Is(err, capture.ErrSkip) {
				t.Errorf("head: %v", err)
			}
			if _, err := capture.DecodeExchange([]byte(line), nil); !errors.Is(err, capture.ErrSkip) {
				t.Errorf("exchange: %v", err)
			}
		})
	}
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"empty":             ``,
		"no object":         `[]`,
		"no version":        `{"type":"exchange","request":{}}`,
		"no type":           `{"v":1,"request":{}}`,
		"no request":        `{"v":1,"type":"exchange"}`,
		"cut":               `{"v":1,"type":"exchange","request":{"method":"GE`,
		"text behind":       `{"v":1,"type":"exchange","request":{}}x`,
		"bad id":            `{"v":1,"type":"exchange","id":"x","request":{}}`,
		"bad time":          `{"v":1,"type":"exchange","started":"now","request":{}}`,
		"bad duration":      `{"v":1,"type":"exchange","timings":{"dns":1e3},"request":{}}`,
		"duration too long": `{"v":1,"type":"exchange","timings":{"dns":9223372036854.9},"request":{}}`,
		"bad base64":        `{"v":1,"type":"exchange","request":{"body":{"base64":"!"}}}`,
		"bad checksum":      `{"v":1,"type":"exchange","request":{"body":{"blob":{"offset":0,"length":1,"crc32c":"x"}}}}`,
		"blob not at hand":  `{"v":1,"type":"exchange","request":{"body":{"blob":{"offset":0,"length":1,"crc32c":"0"}}}}`,
		"status a string":   `{"v":1,"type":"exchange","request":{},"response":{"status":"200"}}`,
		"too deep":          `{"v":1,"type":"exchange","x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `,"request":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if ex, err := capture.DecodeExchange([]byte(line), nil); err == nil || errors.Is(err, capture.ErrSkip) {
				t.Errorf("decoded %+v, %v", ex, err)
			}
		})
	}
}

func TestCommonWordsSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(capture.CommonWords()) {
		t.Error("common words are not in order, so that some are never found")
	}
}

// TestStrings tries every byte at every place of a machine word.
func TestStrings(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		for at := range 20 {
			text := strings.Repeat("a", at) + string([]byte{byte(b), '\\', byte(b)}) + strings.Repeat("z", 20-at)
			ex := &capture.Exchange{Request: &expectations.Request{
				Path: text, Body: expectations.Body{Bytes: []byte(text)},
			}}
			_, got := roundTrip(t, ex, 1000)
			if got.Request.Path != text || string(got.Request.Body.Bytes) != text {
				t.Fatalf("%q came back as %q and %q", text, got.Request.Path, got.Request.Body.Bytes)
			}
		}
	}
}
