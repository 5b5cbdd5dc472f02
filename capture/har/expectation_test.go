package har_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations"
)

func text(s string) expectations.Text { return expectations.Text{Value: s} }

func TestWriteExpectations(t *testing.T) {
	t.Parallel()
	multi := func(name expectations.Text, values ...expectations.Text) expectations.MultiMatcher {
		return expectations.MultiMatcher{Entries: []expectations.NamedTexts{{Name: name, Values: values}}}
	}
	secure := true
	es := []*expectations.Expectation{
		{ID: "any", Created: noon, Action: &expectations.Respond{Answers: []*expectations.Answer{{}}}},
		{
			ID: "list", Authority: "api.test",
			Request: &expectations.RequestMatcher{
				Method: text("POST"), Path: text("/a b"), Secure: &secure, Protocol: "HTTP_2",
				Query: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
					{Name: text("q"), Values: []expectations.Text{text("1 2"), {Value: "3", Not: true}}},
					{Name: expectations.Text{Value: "r", Not: true}, Values: []expectations.Text{text("4")}},
				}},
				Headers: multi(text("Host"), text("api.test")),
				Cookies: []expectations.NamedText{{Name: text("c"), Value: text("d")}, {Name: text("e"), Value: expectations.Text{Not: true}}},
				Body:    &expectations.BodyMatcher{Kind: expectations.ParametersBody{Parameters: multi(text("p"), text("é"))}},
			},
			Action: &expectations.Respond{List: true, Answers: []*expectations.Answer{
				{Status: 201, Cookies: []expectations.Cookie{{Name: "s", Value: "1"}}},
				{Status: 503, Reason: "No", Body: &expectations.AnswerBody{Bytes: []byte("[]"), ContentType: "application/json"}},
			}},
		},
	}
	var out bytes.Buffer
	if err := har.WriteExpectations(&out, all(es), har.Options{}); err != nil {
		t.Fatal(err)
	}
	got := entries(t, out.Bytes())
	if len(got) != 3 {
		t.Fatalf("%d entries", len(got))
	}
	for i, want := range []struct {
		url, text, comment string
		status             int
	}{
		{"http://localhost/", "OK", "expectation any", 200},
		{"https://api.test/a%20b?q=1+2", "Created", "expectation list", 201},
		{"https://api.test/a%20b?q=1+2", "No", "expectation list", 503},
	} {
		e := got[i]
		if e.Request.URL != want.url || e.Response.Status != want.status || e.Response.StatusText != want.text || e.Comment != want.comment {
			t.Errorf("%d: %+v", i, e)
		}
	}
	params := []any{map[string]any{"name": "p", "value": "é"}}
	if diff := cmp.Diff(params, got[1].Request.PostData["params"]); diff != "" {
		t.Error(diff)
	}
	if got[2].Response.Content["mimeType"] != "application/json" || got[2].Response.Content["text"] != "[]" {
		t.Errorf("content %v", got[2].Response.Content)
	}
}

func TestExpectationBodies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body expectations.BodyMatcher
		want map[string]any
	}{
		{"string", expectations.BodyMatcher{Kind: expectations.StringBody{Value: "x"}}, map[string]any{"mimeType": "", "text": "x"}},
		{"JSON", expectations.BodyMatcher{Kind: expectations.JSONBody{Raw: []byte(`[1]`)}}, map[string]any{"mimeType": "application/json; charset=utf-8", "text": "[1]"}},
		{"binary", expectations.BodyMatcher{ContentType: "image/png", Kind: expectations.BinaryBody{Bytes: []byte{255}}}, map[string]any{"mimeType": "image/png", "text": "/w==", "_encoding": "base64"}},
		{"regex", expectations.BodyMatcher{Kind: expectations.RegexBody{Pattern: "a.*"}}, nil},
		{"negated", expectations.BodyMatcher{Not: true, Kind: expectations.StringBody{Value: "x"}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := &expectations.Expectation{
				Request: &expectations.RequestMatcher{Body: &tt.body},
				Action:  &expectations.Respond{Answers: []*expectations.Answer{{}}},
			}
			var out bytes.Buffer
			if err := har.WriteExpectations(&out, all([]*expectations.Expectation{e}), har.Options{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, entries(t, out.Bytes())[0].Request.PostData); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnreadableExpectationIsLeftOut(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	var out bytes.Buffer
	err := har.WriteExpectations(&out, func(yield func(*expectations.Expectation, error) bool) { yield(nil, lost) }, har.Options{})
	if !errors.Is(err, lost) || len(entries(t, out.Bytes())) != 0 {
		t.Errorf("got %v, want lost", err)
	}
}
