package wire_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

func TestDecodeRequest(t *testing.T) {
	t.Parallel()
	base := func(change func(*expectations.Request)) *expectations.Request {
		r := &expectations.Request{Method: "GET", Path: "/", Header: http.Header{}, Protocol: "HTTP/1.1", KeepAlive: true}
		change(r)
		return r
	}
	tests := []struct {
		name, text string
		want       *expectations.Request
	}{
		{"nothing said", `{}`, base(func(*expectations.Request) {})},
		{"everything", `{"httpRequest": {"method": "PUT", "path": "/a", "queryStringParameters": {"q": ["1", "a b"], "!r": ["2"]},
			"headers": {"host": ["a.test"], "x-id": ["7"], "?opt": ["8"], "x-not": ["!9"]}, "cookies": {"c": "d"},
			"secure": true, "keepAlive": false, "protocol": "HTTP_2", "body": "text"}}`, base(func(r *expectations.Request) {
			r.Method, r.Path, r.RawQuery, r.Host = "PUT", "/a", "q=1&q=a+b", "a.test"
			r.Header = http.Header{"X-Id": {"7"}, "Cookie": {"c=d"}}
			r.Secure, r.KeepAlive, r.Protocol = true, false, "HTTP/2.0"
			r.Body = expectations.Body{Bytes: []byte("text"), Size: 4}
		})},
		{"JSON", `{"body": {"a": 1}}`, base(func(r *expectations.Request) {
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			r.Body = expectations.Body{Bytes: []byte(`{"a":1}`), Size: 7}
		})},
		{"a form", `{"body": {"type": "PARAMETERS", "parameters": {"p": ["1"]}}}`, base(func(r *expectations.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Body = expectations.Body{Bytes: []byte("p=1"), Size: 3}
		})},
		{"bytes", `{"body": {"base64Bytes": "AP8="}}`, base(func(r *expectations.Request) {
			r.Body = expectations.Body{Bytes: []byte("\x00\xff"), Size: 2}
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := wire.DecodeRequest([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	for text, want := range map[string]string{
		"":                         "a request definition is required",
		`{"id": "x"}`:              "not the id of an expectation",
		`{"pathh": "/"}`:           "$.pathh: is not defined in the schema",
		`{"body": {"regex": "."}}`: "a body of type REGEX is a condition",
	} {
		if _, err := wire.DecodeRequest([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
