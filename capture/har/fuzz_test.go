package har_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// Whatever was recorded, the archive is HAR 1.2.
func FuzzWriteExchanges(f *testing.F) {
	f.Add("/a%2", "x=%zz&=1", "a=b; Path=/", "text/plain", []byte("\xff"), int64(5))
	f.Add("*", "", "", "application/x-www-form-urlencoded", []byte("a=1&b"), int64(-1))
	f.Add("/\"#<>{}|é", "#", "x; Expires=Thu, 01 Jan 0001 00:00:00 GMT", "application/json; charset=\xff", []byte("{}"), int64(1<<40))
	f.Fuzz(func(t *testing.T, path, query, field, contentType string, body []byte, nanoseconds int64) {
		header := http.Header{"Content-Type": {contentType}, "Cookie": {field}, "Set-Cookie": {field}, "Location": {field}}
		content := expectations.Body{Bytes: body, Size: int64(len(body)), Coding: "gzip", Encoded: len(field)%2 == 0}
		d := time.Duration(nanoseconds)
		entries(t, archive(t, &capture.Exchange{
			Started: time.Unix(nanoseconds%1e10, 0), Upstream: field,
			Timings:  capture.Timings{DNS: d / 2, TLS: d / 3, Send: d, Wait: d / 7, Total: d},
			Request:  &expectations.Request{Method: field, Authority: "a.test", Path: "/" + path, RawQuery: query, Header: header, Body: content},
			Response: &expectations.Response{Status: 200, Header: header, Trailer: header, Body: content},
			Failure:  &capture.Failure{Kind: capture.FailAborted, Message: field},
		}))
	})
}
