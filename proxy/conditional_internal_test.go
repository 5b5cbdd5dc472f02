package proxy

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
)

func TestConditional(t *testing.T) {
	t.Parallel()
	const date, before = "Wed, 21 Oct 2026 07:28:00 GMT", "Tue, 20 Oct 2026 07:28:00 GMT"
	captured := expectations.OriginCaptured
	tests := []struct {
		name    string
		method  string
		status  int
		origin  expectations.Origin
		answer  http.Header
		request http.Header
		want    int
	}{
		{"same tag", "GET", 200, captured, http.Header{"Etag": {`"a"`}}, http.Header{"If-None-Match": {`"a"`}}, 304},
		{"one of several", "GET", 200, captured, http.Header{"Etag": {`"a,b"`}}, http.Header{"If-None-Match": {`"x", W/"a,b"`}}, 304},
		{"weak", "HEAD", 200, captured, http.Header{"Etag": {`W/"a"`}}, http.Header{"If-None-Match": {`"a"`}}, 304},
		{"any", "GET", 200, captured, http.Header{}, http.Header{"If-None-Match": {`*`}}, 304},
		{"other tag", "GET", 200, captured, http.Header{"Etag": {`"a"`}}, http.Header{"If-None-Match": {`"b"`}}, 200},
		{"no tag", "GET", 200, captured, http.Header{}, http.Header{"If-None-Match": {`""`}}, 200},
		{
			"tag goes before date", "GET", 200, captured,
			http.Header{"Etag": {`"a"`}, "Last-Modified": {date}},
			http.Header{"If-None-Match": {`"b"`}, "If-Modified-Since": {date}},
			200,
		},
		{"not modified since", "GET", 200, captured, http.Header{"Last-Modified": {date}}, http.Header{"If-Modified-Since": {date}}, 304},
		{"modified since", "GET", 200, captured, http.Header{"Last-Modified": {date}}, http.Header{"If-Modified-Since": {before}}, 200},
		{"no condition", "GET", 200, captured, http.Header{"Etag": {`"a"`}}, http.Header{}, 200},
		{"not a read", "POST", 200, captured, http.Header{"Etag": {`"a"`}}, http.Header{"If-None-Match": {`"a"`}}, 200},
		{"not a success", "GET", 404, captured, http.Header{"Etag": {`"a"`}}, http.Header{"If-None-Match": {`"a"`}}, 404},
		{"made by hand", "GET", 200, expectations.OriginUser, http.Header{"Etag": {`"a"`}}, http.Header{"If-None-Match": {`"a"`}}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.answer.Set("Content-Type", "text/plain")
			rp := &reply{status: tt.status, header: tt.answer, body: []byte("content")}
			rp.conditional(&http.Request{Method: tt.method, Header: tt.request}, tt.origin)
			if rp.status != tt.want {
				t.Fatalf("status %d, want %d", rp.status, tt.want)
			}
			if rp.status != http.StatusNotModified {
				return
			}
			if rp.body != nil || rp.header.Get("Content-Type") != "" {
				t.Errorf("content is left: %q %v", rp.body, rp.header)
			}
			if rp.header.Get("Etag") != tt.answer.Get("Etag") {
				t.Errorf("the tag is lost: %v", rp.header)
			}
		})
	}
}
