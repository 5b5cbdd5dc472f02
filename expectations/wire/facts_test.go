package wire_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

func TestEncodeRequests(t *testing.T) {
	t.Parallel()
	req := &expectations.Request{
		Method: "POST", Secure: true, Authority: "api.test:8443", Host: "api.test:8443",
		Path: "/a%20b", RawQuery: "x=1&y=%21z&x=2&empty",
		Header: http.Header{
			"Content-Length": {"8"}, "Accept": {"a", "b"}, "Cookie": {"s=1; t=2"},
		},
		Body: expectations.Body{Bytes: []byte("someBody")}, Protocol: "HTTP/2.0", KeepAlive: true,
		ClientAddr: "127.0.0.1:50712", LocalAddr: "127.0.0.1:1080",
	}
	full := `{
  "method" : "POST",
  "path" : "/a%20b",
  "queryStringParameters" : {
    "y" : [ "!z" ],
    "x" : [ "1", "2" ],
    "empty" : [ "" ]
  },
  "headers" : {
    "Host" : [ "api.test:8443" ],
    "Cookie" : [ "s=1; t=2" ],
    "Content-Length" : [ "8" ],
    "Accept" : [ "a", "b" ]
  },
  "cookies" : {
    "s" : "1",
    "t" : "2"
  },
  "keepAlive" : true,
  "secure" : true,
  "socketAddress" : {
    "host" : "api.test",
    "port" : 8443,
    "scheme" : "HTTPS"
  },
  "protocol" : "HTTP_2",
  "localAddress" : "127.0.0.1:1080",
  "remoteAddress" : "127.0.0.1:50712",
  "body" : "someBody"
}`
	if diff := cmp.Diff(full, string(wire.RequestJSON(req).AppendJackson(nil))); diff != "" {
		t.Error(diff)
	}
	var out strings.Builder
	if err := wire.EncodeRequests(&out, slices.Values([]expectations.Entry{{Request: req}})); err != nil {
		t.Fatal(err)
	}
	want := `[ {
  "body" : "someBody",
  "cookies" : {
    "s" : "1",
    "t" : "2"
  },
  "headers" : {
    "Host" : [ "api.test:8443" ],
    "Cookie" : [ "s=1; t=2" ],
    "Content-Length" : [ "8" ],
    "Accept" : [ "a", "b" ]
  },
  "keepAlive" : true,
  "method" : "POST",
  "path" : "/a%20b",
  "protocol" : "HTTP_2",
  "queryStringParameters" : {
    "y" : [ "!z" ],
    "x" : [ "1", "2" ],
    "empty" : [ "" ]
  },
  "secure" : true
} ]`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeNothing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	none := slices.Values([]expectations.Entry(nil))
	if err := wire.EncodeRequests(&out, none); err != nil {
		t.Fatal(err)
	}
	if err := wire.EncodeRequestResponses(&out, none); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("[][]", out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRequestResponses(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 1, 8, 7, 6, 5_000_000, time.Local)
	req := &expectations.Request{Method: "GET", Path: "/", Protocol: "HTTP/1.1"}
	entries := []expectations.Entry{
		{Time: at, Outcome: expectations.Matched, Request: req, Response: &expectations.Response{
			Status: 201, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
			Body: expectations.Body{Bytes: []byte(`{"name":"one"}`)},
		}},
		{Time: at, Outcome: expectations.Failed, Request: req},
	}
	var out strings.Builder
	if err := wire.EncodeRequestResponses(&out, slices.Values(entries)); err != nil {
		t.Fatal(err)
	}
	want := `[ {
  "httpRequest" : {
    "method" : "GET",
    "path" : "/",
    "keepAlive" : false,
    "secure" : false,
    "protocol" : "HTTP_1_1"
  },
  "httpResponse" : {
    "statusCode" : 201,
    "headers" : {
      "Content-Type" : [ "application/json; charset=utf-8" ]
    },
    "body" : "{\"name\":\"one\"}"
  },
  "timestamp" : "2026-09-01 08:07:06.005"
}, {
  "httpRequest" : {
    "method" : "GET",
    "path" : "/",
    "keepAlive" : false,
    "secure" : false,
    "protocol" : "HTTP_1_1"
  },
  "timestamp" : "2026-09-01 08:07:06.005"
} ]`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// The form of a recorded body follows from its content type; that of an
// answered one from how it was likely written.
func TestRecordedBodies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, body string
		recorded, answered      string // compact
	}{
		{"nothing", "text/plain", "", `none`, `none`},
		{"no type", "", "text", `"text"`, `"text"`},
		{"text", "text/plain", "text", `{"type":"STRING","string":"text","rawBytes":"dGV4dA==","contentType":"text/plain"}`, `"text"`},
		{"form", "application/x-www-form-urlencoded", "a=1", `{"type":"STRING","string":"a=1","rawBytes":"YT0x","contentType":"application/x-www-form-urlencoded"}`, `"a=1"`},
		{"standard JSON", "application/json; charset=utf-8", `{"a":1}`, `{"a":1}`, `"{\"a\":1}"`},
		{"JSON as Jackson prints it", "application/json", "{\n  \"a\" : 1\n}", `{"contentType":"application/json","type":"JSON","json":{"a":1},"rawBytes":"ewogICJhIiA6IDEKfQ=="}`, `{"a":1}`},
		{"JSON", "application/json", `{"a":1}`, `{"contentType":"application/json","type":"JSON","json":{"a":1}}`, `"{\"a\":1}"`},
		{"JSON that looks typed", "application/json; charset=utf-8", `{"string":"x"}`, `{"type":"JSON","json":{"string":"x"}}`, `"{\"string\":\"x\"}"`},
		{"JSON string", "application/json", `"a"`, `{"contentType":"application/json","type":"JSON","json":"\"a\""}`, `"\"a\""`},
		{"broken JSON", "application/json", `{"a":`, `{"type":"STRING","string":"{\"a\":","rawBytes":"eyJhIjo=","contentType":"application/json"}`, `"{\"a\":"`},
		{"XML", "text/xml", `<a/>`, `{"type":"XML","xml":"<a/>","rawBytes":"PGEvPg==","contentType":"text/xml"}`, `"<a/>"`},
		{"binary", "image/png", "\x89PNG", `{"type":"BINARY","base64Bytes":"iVBORw==","contentType":"image/png"}`, `{"type":"BINARY","base64Bytes":"iVBORw=="}`},
		{"text that is none", "text/plain", "\xff", `{"type":"BINARY","base64Bytes":"/w==","contentType":"text/plain"}`, `{"type":"BINARY","base64Bytes":"/w=="}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := &expectations.Response{Status: 200, Body: expectations.Body{Bytes: []byte(tt.body)}}
			if tt.contentType != "" {
				resp.Header = http.Header{"Content-Type": {tt.contentType}}
			}
			for outcome, want := range map[expectations.Outcome]string{
				expectations.Forwarded: tt.recorded, expectations.Matched: tt.answered,
			} {
				var out bytes.Buffer
				entry := expectations.Entry{Outcome: outcome, Request: &expectations.Request{}, Response: resp}
				if err := wire.EncodeRequestResponses(&out, slices.Values([]expectations.Entry{entry})); err != nil {
					t.Fatal(err)
				}
				doc, err := jsondoc.Parse(out.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, bodyOf(doc.Items[0])); diff != "" {
					t.Errorf("%s: %s", outcome, diff)
				}
			}
			req := &expectations.Request{Header: resp.Header, Body: resp.Body}
			got := "none"
			if body, ok := wire.RequestJSON(req).Get("body"); ok {
				got = string(body.AppendCompact(nil))
			}
			if diff := cmp.Diff(tt.recorded, got); diff != "" {
				t.Errorf("request: %s", diff)
			}
		})
	}
}

func TestCompressedBodyIsPrintedDecoded(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte("plain")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	doc := wire.RequestJSON(&expectations.Request{
		Body: expectations.Body{Bytes: zipped.Bytes(), Coding: "gzip", Encoded: true},
	})
	body, _ := doc.Get("body")
	original, _ := doc.Get("originalBody")
	if body.Text != "plain" || !strings.HasPrefix(original.Text, "H4sI") {
		t.Errorf("%s", doc.AppendCompact(nil))
	}
	resp := wire.ResponseJSON(&expectations.Response{
		Status: 200, Body: expectations.Body{Bytes: []byte("not gzip"), Coding: "gzip", Encoded: true},
	})
	if diff := cmp.Diff(`{"statusCode":200,"body":"not gzip"}`, string(resp.AppendCompact(nil))); diff != "" {
		t.Error(diff)
	}
}

func TestSocketAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		req  expectations.Request
		want string
	}{
		{expectations.Request{Authority: "a.test"}, `{"host":"a.test","port":80,"scheme":"HTTP"}`},
		{expectations.Request{Authority: "a.test", Secure: true}, `{"host":"a.test","port":443,"scheme":"HTTPS"}`},
		{expectations.Request{Host: "b.test:81"}, `{"host":"b.test","port":81,"scheme":"HTTP"}`},
		{expectations.Request{Authority: "[::1]:82"}, `{"host":"::1","port":82,"scheme":"HTTP"}`},
		{expectations.Request{Authority: "[::1]"}, `{"host":"::1","port":80,"scheme":"HTTP"}`},
		{expectations.Request{}, ``},
	}
	for _, tt := range tests {
		got := ""
		if a, ok := wire.RequestJSON(&tt.req).Get("socketAddress"); ok {
			got = string(a.AppendCompact(nil))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: %s", tt.req, diff)
		}
	}
}
