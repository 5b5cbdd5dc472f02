package redact_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// document is JSON of about 1 KB; the last member is as given.
func document(last string) string {
	var b strings.Builder
	b.WriteString(`{"id":"5d8ef4a1-90d6-4d3c-9a6e-0d6a2f3f3b6e","created":"2026-01-02T03:04:05Z","items":[`)
	for i := range 9 {
		fmt.Fprintf(&b, `{"sku":"A-%04d","title":"A thing of some kind","price":12.50,"quantity":%d,"tags":["a","b"]},`, i, i)
	}
	b.WriteString(`{}],` + last + `}`)
	return b.String()
}

func exchange(body string, h http.Header) (*expectations.Request, *expectations.Response) {
	req := &expectations.Request{
		Method: "POST", Path: "/v1/orders/42/items", RawQuery: "page=2&sort=created", Header: h,
		Body: expectations.Body{Bytes: []byte(body)},
	}
	resp := &expectations.Response{Status: 200, Header: http.Header{
		"Content-Type": {"application/json"}, "Date": {"Mon, 02 Jan 2026 15:04:05 GMT"},
		"Etag": {`"33a64df551425fcc55e4d42a148795d9f25f89d4"`}, "Cache-Control": {"private, max-age=0"},
	}, Body: expectations.Body{Bytes: []byte(body)}}
	return req, resp
}

func cleanHeader() http.Header {
	return http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"Go-http-client/1.1"},
		"Accept-Encoding": {"gzip"}, "X-Request-Id": {"5d8ef4a1-90d6-4d3c-9a6e-0d6a2f3f3b6e"},
	}
}

func BenchmarkClean(b *testing.B) {
	r := newRedactor(b, redact.Options{})
	body := document(`"author":"me","total":12`)
	req, resp := exchange(body, cleanHeader())
	b.SetBytes(int64(2 * len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := r.Request(req); got != req {
			b.Fatal("changed")
		}
		if got, _ := r.Response(resp); got != resp {
			b.Fatal("changed")
		}
	}
}

func BenchmarkDirty(b *testing.B) {
	r := newRedactor(b, redact.Options{})
	body := document(`"access_token":"` + jwt + `","password":"abc"`)
	h := cleanHeader()
	h.Set("Authorization", "Bearer "+jwt)
	h.Set("Cookie", "sid=abc; theme=dark")
	req, resp := exchange(body, h)
	b.SetBytes(int64(2 * len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := r.Request(req); got == req {
			b.Fatal("not changed")
		}
		if got, _ := r.Response(resp); got == resp {
			b.Fatal("not changed")
		}
	}
}

func BenchmarkText(b *testing.B) {
	r := newRedactor(b, redact.Options{})
	body := strings.Repeat("<p class=\"x\">Some text with digits 12 and 2026-01-02, and a link /a?b=c&amp;d=e.</p>\n", 800)
	resp := &expectations.Response{Header: http.Header{"Content-Type": {"text/html"}}, Body: expectations.Body{Bytes: []byte(body)}}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r.Response(resp)
	}
}

// TestCleanAllocations pins what redaction costs where there is nothing to
// redact: nothing.
func TestCleanAllocations(t *testing.T) {
	r := newRedactor(t, redact.Options{})
	req, resp := exchange(document(`"author":"me"`), cleanHeader())
	least := math.Inf(1)
	for range 20 { // the pool may lose what it holds at any time
		least = min(least, testing.AllocsPerRun(1, func() {
			r.Request(req)
			r.Response(resp)
		}))
	}
	if least > 0 {
		t.Errorf("%v allocations for an exchange without secrets", least)
	}
}
