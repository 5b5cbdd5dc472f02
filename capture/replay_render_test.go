package capture_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

func TestRendering(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1), MatchHeaders: []string{"x-tenant", "Accept"}})
	req := asked("POST api.test:8443/a.b(c)/!x?q=%3Fa&q=%21b&tag=x+y&api_key=abc", `{"b":1.0,"password":"abc"}`,
		jsonType, "Accept: text/csv", "X-Tenant: t1", "User-Agent: x", "Authorization: Bearer abc")
	r.record(req, answered(201, `{"ok":true}`, jsonType, "Content-Encoding: gzip", "Content-Length: 11", "Transfer-Encoding: chunked", "Location: /a"))
	r.record(req, answered(409, "no", "Content-Type: text/plain"))
	var got *expectations.Expectation
	for e, err := range r.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = e
	}
	stored := r.exchanges[r.end].Request
	token := strings.TrimPrefix(stored.RawQuery[strings.Index(stored.RawQuery, "api_key="):], "api_key=")
	text := func(v string) expectations.Text { return expectations.Text{Value: v} }
	entry := func(name string, values ...string) expectations.NamedTexts {
		e := expectations.NamedTexts{Name: text(name)}
		for _, v := range values {
			e.Values = append(e.Values, text(v))
		}
		return e
	}
	redaction := func(in, name, class string) expectations.Redaction {
		return expectations.Redaction{Message: "request", In: in, Name: name, Class: class}
	}
	want := &expectations.Expectation{
		ID:     got.ID,
		Origin: expectations.OriginCaptured,
		Request: &expectations.RequestMatcher{
			Method: text("POST"),
			Path:   text("/a.b(c)/!x"),
			Query:  expectations.MultiMatcher{Entries: []expectations.NamedTexts{entry("q", "?a", "!b"), entry("tag", "x y"), entry("api_key", token)}},
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
				entry("Host", "api.test:8443"), entry("Content-Type", "application/json"), entry("Accept", "text/csv"), entry("X-Tenant", "t1"),
			}},
			Body: &expectations.BodyMatcher{Kind: expectations.JSONBody{Raw: []byte(`{"b":1.0,"password":"` + token + `"}`), Strict: true}},
		},
		Authority: "api.test:8443",
		Action: &expectations.Respond{Answers: []*expectations.Answer{
			{
				Status: 201, Header: http.Header{"Content-Type": {"application/json"}, "Location": {"/a"}},
				Body: &expectations.AnswerBody{Kind: expectations.AnswerJSON, Bytes: []byte(`{"ok":true}`)},
			},
			{
				Status: 409, Header: http.Header{"Content-Type": {"text/plain"}},
				Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte("no")},
			},
		}},
		Created: time.Unix(1_800_000_000, 0).UTC(),
		Redactions: []expectations.Redaction{
			redaction("query", "api_key", "string"), redaction("header", "Authorization", "bearer"), redaction("json", "$.password", "string"),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	hit, ok, err := r.Find(t.Context(), req, false)
	if !ok || err != nil || hit.Expectation.ID != got.ID || hit.Answer.Status != 201 || len(hit.Expectation.Redactions) != 3 {
		t.Errorf("hit = %+v, %v, %v", hit, ok, err)
	}
}

func TestBodyRendering(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, body string
		request                 expectations.BodyKind
		answer                  expectations.AnswerBodyKind
	}{
		{"json", "application/problem+json", `[1]`, expectations.JSONBody{Raw: []byte(`[1]`), Strict: true}, expectations.AnswerJSON},
		{"broken json", "application/json", `[1`, expectations.StringBody{Value: `[1`}, expectations.AnswerString},
		{"xml", "text/xml", `<a/>`, expectations.StringBody{Value: `<a/>`}, expectations.AnswerXML},
		{"no type", "", "abc", expectations.StringBody{Value: "abc"}, expectations.AnswerString},
		{"form", "application/x-www-form-urlencoded", "a=1&a=2", expectations.ParametersBody{Parameters: expectations.MultiMatcher{
			Entries: []expectations.NamedTexts{{Name: expectations.Text{Value: "a"}, Values: []expectations.Text{{Value: "1"}, {Value: "2"}}}},
		}}, expectations.AnswerString},
		{"image", "image/png", "\x89PNG", expectations.BinaryBody{Bytes: []byte("\x89PNG")}, expectations.AnswerBinary},
		{"not UTF-8", "text/plain", "\xff", expectations.BinaryBody{Bytes: []byte("\xff")}, expectations.AnswerBinary},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newReel(t, capture.LearnedOptions{})
			req, resp := asked("POST h/", tt.body), answered(200, tt.body)
			if tt.contentType != "" {
				req.Header.Set("Content-Type", tt.contentType)
				resp.Header.Set("Content-Type", tt.contentType)
			}
			r.record(req, resp)
			hit, ok, err := r.Find(t.Context(), req, true)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			if diff := cmp.Diff(tt.request, hit.Expectation.Request.Body.Kind); diff != "" {
				t.Error(diff)
			}
			if hit.Answer.Body.Kind != tt.answer || string(hit.Answer.Body.Bytes) != tt.body {
				t.Errorf("answer = %+v", hit.Answer.Body)
			}
		})
	}
}
