package capture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// FuzzDecodeExchange: no line makes the decoder panic, and what it reads is
// written and read again the same.
func FuzzDecodeExchange(f *testing.F) {
	f.Add(capture.AppendExchange(nil, fullExchange(), fullLesson(), 1<<20, nil))
	f.Add([]byte(`{"v":1,"type":"exchange","request":{"headers":{"A":["\ud83d\ude00"]},"body":{"json":[1],"end":"\n"}}}`))
	f.Add([]byte(`{"v":1,"type":"exchange","request":{"path":{"base64":"/w=="},"body":{"blob":{"offset":0,"length":3,"crc32c":"abcd"}}}}`))
	f.Add([]byte(`{"v":1,"type":"clear","ids":["a"]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if _, err := capture.ReadHead(line); err != nil && errors.Is(err, capture.ErrSkip) {
			return
		}
		aside := blobs{[]byte("xyz")}
		first, err := capture.DecodeExchange(line, aside.get)
		if err != nil {
			return
		}
		again := capture.AppendExchange(nil, first, &capture.Lesson{Skip: "x"}, 1<<20, nil)
		if !json.Valid(again) {
			t.Fatalf("not JSON: %q", again)
		}
		second, err := capture.DecodeExchange(again, nil)
		if err != nil {
			t.Fatalf("decode again %q: %v", again, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error(diff)
		}
	})
}

// FuzzBody: every body comes back byte for byte.
func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"a":1}`+"\n"), 100)
	f.Add([]byte("\xff\x00"), 1)
	f.Add([]byte("[[[1.5e-3,\"\\u12ab\"]]]"), 1000)
	f.Fuzz(func(t *testing.T, body []byte, inline int) {
		ex := &capture.Exchange{Request: &expectations.Request{Path: string(body), Body: expectations.Body{Bytes: body}}}
		_, back := roundTrip(t, ex, inline)
		if !bytes.Equal(body, back.Request.Body.Bytes) || back.Request.Path != string(body) {
			t.Errorf("body %q came back as %q, path as %q", body, back.Request.Body.Bytes, back.Request.Path)
		}
	})
}
