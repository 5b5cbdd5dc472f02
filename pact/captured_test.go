package pact_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// recorded is a captured expectation as package capture renders one.
type recorded struct {
	id, method, target string
	headers            []string // "Name: value"
	body               expectations.BodyKind
	answers            []*expectations.Answer
	redactions         []expectations.Redaction
	authority          string
}

func (r recorded) expectation() *expectations.Expectation {
	path, query, _ := strings.Cut(r.target, "?")
	if r.authority == "" {
		r.authority = "api.test"
	}
	m := &expectations.RequestMatcher{
		Method:  expectations.Text{Value: r.method},
		Path:    expectations.Text{Value: path},
		Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{text("Host", r.authority)}},
	}
	for _, p := range expectations.ParseQuery(query) {
		m.Query.Entries = append(m.Query.Entries, text(p.Name, p.Value))
	}
	for _, h := range r.headers {
		name, value, _ := strings.Cut(h, ": ")
		m.Headers.Entries = append(m.Headers.Entries, text(name, value))
	}
	if r.body != nil {
		m.Body = &expectations.BodyMatcher{Kind: r.body}
	}
	return &expectations.Expectation{
		ID: r.id, Origin: expectations.OriginCaptured, Authority: r.authority, Request: m,
		Action: &expectations.Respond{Answers: r.answers}, Redactions: r.redactions,
	}
}

func text(name string, values ...string) expectations.NamedTexts {
	entry := expectations.NamedTexts{Name: expectations.Text{Value: name}}
	for _, v := range values {
		entry.Values = append(entry.Values, expectations.Text{Value: v})
	}
	return entry
}

// answer is a recorded answer; headers are "Name: value".
func answer(status int, body string, headers ...string) *expectations.Answer {
	a := &expectations.Answer{Status: status, Header: make(http.Header)}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		a.Header[name] = append(a.Header[name], value)
	}
	if body != "" {
		a.Body = &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte(body)}
	}
	return a
}

// capturedCases are recordings, each of which becomes one interaction.
func capturedCases() []recorded {
	const jsonType = "Content-Type: application/json; charset=utf-8"
	place := func(message, in, name, class string) expectations.Redaction {
		return expectations.Redaction{Message: message, In: in, Name: name, Class: class}
	}
	return []recorded{
		{id: "1", method: "GET", target: "/u.x?page=2", headers: []string{"Accept: text/html, application/json;q=0.9"}, answers: []*expectations.Answer{
			answer(200, `{"b":1.50,"a":[]}`, jsonType, "Date: now", "Server: x", "Cache-Control: no-cache, no-store", "Set-Cookie: a=b"),
		}},
		{id: "2", method: "GET", target: "/u.x", headers: []string{"Accept: */*"}, answers: []*expectations.Answer{answer(200, `[1]`, jsonType)}},
		{
			id: "3", method: "POST", target: "/login", headers: []string{"Content-Type: application/json"},
			body: expectations.JSONBody{Raw: []byte(`{"user":"u","password":"tok-1"}`), Strict: true},
			answers: []*expectations.Answer{answer(200, `{"token":"tok-2","expires":3600,"items":[{"key":"tok-3","n":1}]}`, jsonType,
				"Set-Cookie: session=tok-4", "Location: /me")},
			redactions: []expectations.Redaction{
				place("request", "json", "$.password", "string"), place("response", "json", "$.token", "jwt"),
				place("response", "json", "$.items[0].key", "string"), place("response", "json", "$.gone", "string"),
				place("response", "cookie", "session", "cookie"), place("request", "header", "Referer", "jwt"),
			},
		},
		{
			id: "4", method: "GET", target: "/me", answers: []*expectations.Answer{answer(200, `{"id":7}`, jsonType)},
			redactions: []expectations.Redaction{
				place("request", "header", "Authorization", "bearer"), place("request", "header", "X-Api-Key", "string"),
				place("request", "cookie", "session", "cookie"), place("request", "header", "Proxy-Authorization", "basic"),
			},
		},
		{
			id: "5", method: "GET", target: "/basic", answers: []*expectations.Answer{answer(401, "", "WWW-Authenticate: Basic realm=x", "WWW-Authenticate: Bearer")},
			redactions: []expectations.Redaction{place("request", "header", "Authorization", "basic")},
		},
		{
			id: "6", method: "GET", target: "/poll?api_key=tok-5", answers: []*expectations.Answer{
				answer(202, `{"state":"pending"}`, jsonType), answer(200, `{"state":"done"}`, jsonType),
			},
			redactions: []expectations.Redaction{place("request", "query", "api_key", "string")},
		},
		{
			id: "7", method: "GET", target: "/events", answers: []*expectations.Answer{answer(200, "data: {\"token\":\"tok-6\"}\n\n", "Content-Type: text/event-stream")},
			redactions: []expectations.Redaction{place("response", "json", "$.token", "string")},
		},
		{id: "8", method: "GET", target: "/bin", answers: []*expectations.Answer{answer(200, "\xde\xad\xbe\xef", "Content-Type: application/octet-stream")}},
		{
			id: "9", method: "POST", target: "/form", headers: []string{"Content-Type: application/x-www-form-urlencoded"},
			body:       expectations.ParametersBody{Parameters: expectations.MultiMatcher{Entries: []expectations.NamedTexts{text("user", "u"), text("pass word", "tok-7")}}},
			answers:    []*expectations.Answer{answer(204, "")},
			redactions: []expectations.Redaction{place("request", "form", "pass word", "string")},
		},
		{id: "a", method: "GET", target: "/regex(like)+$/.*", answers: []*expectations.Answer{answer(200, "plain ^text$ .*", "Content-Type: text/plain")}},
		{id: "b", method: "OPTIONS", target: "/u.x", answers: []*expectations.Answer{answer(204, "", "Allow: GET, POST", "Vary: Accept, Origin")}},
		{
			id: "c", method: "GET", target: "/xml", answers: []*expectations.Answer{answer(200, "<a>tok-8</a>", "Content-Type: application/xml")},
			redactions: []expectations.Redaction{place("response", "body", "a", "string")},
		},
		{id: "d", method: "GET", target: "/text-json", answers: []*expectations.Answer{answer(200, `{ "a": 1 }`, "Content-Type: text/json")}},
		{id: "e", method: "GET", target: "/moved", answers: []*expectations.Answer{answer(302, "", "Location: /new")}},
		{
			id: "f", method: "GET", target: "/secret/tok-9", answers: []*expectations.Answer{answer(200, "")},
			redactions: []expectations.Redaction{place("request", "path", "", "jwt")},
		},
		{id: "g", method: "GET", target: "/u.x", authority: "other.test:8080", answers: []*expectations.Answer{answer(200, `{}`, jsonType)}},
	}
}

func capturedExpectations(cases []recorded) []*expectations.Expectation {
	var es []*expectations.Expectation
	for _, c := range cases {
		es = append(es, c.expectation())
	}
	return es
}

// TestExportCaptured compares the contract of recordings with a golden file.
func TestExportCaptured(t *testing.T) {
	t.Parallel()
	es := capturedExpectations(capturedCases())
	o := pact.ExportOptions{Consumer: "web", Provider: "api", ToolVersion: "1.2.3", ResponseHeaders: []string{"Allow", "Vary", "Cache-Control"}}
	doc, skipped := export(t, o, es...)
	text := string(doc.Append(nil))
	goldenFile(t, "captured.pact.json", text)
	goldenFile(t, "captured.skipped.txt", lines(skipped))
	for _, secret := range []string{"Host", "other.test", "api.test"} {
		if strings.Contains(text, secret) {
			t.Errorf("the contract names %q", secret)
		}
	}
	want := []string{"X-Api-Key", "Cookie", "Authorization"}
	if diff := cmp.Diff(want, doc.NeededHeaders(), sorted); diff != "" {
		t.Errorf("needed headers (-want +got):\n%s", diff)
	}

	// Every example satisfies its own rules.
	for _, it := range doc.Interactions {
		if found := pact.CompileRequest(it.Request).Match(pact.BuildRequest(it)); found != nil {
			t.Errorf("%s: request %+v", it.Description, found)
		}
		if found := pact.CompileResponse(it.Response).Match(responseOf(it.Response)); found != nil {
			t.Errorf("%s: response %+v", it.Description, found)
		}
	}

	// The order of recording makes no difference.
	for i, j := 0, len(es)-1; i < j; i, j = i+1, j-1 {
		es[i], es[j] = es[j], es[i]
	}
	again, _ := export(t, o, es...)
	if diff := cmp.Diff(text, string(again.Append(nil))); diff != "" {
		t.Errorf("exported in another order (-want +got):\n%s", diff)
	}
}

func TestExportFilter(t *testing.T) {
	t.Parallel()
	user := &expectations.Expectation{
		ID: "mine", Origin: expectations.OriginUser,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/mine"}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{answer(200, "")}},
	}
	hosted := &expectations.Expectation{
		ID: "hosted", Origin: expectations.OriginImported,
		Request: &expectations.RequestMatcher{
			Path:    expectations.Text{Value: "/mine"},
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{text("Host", "a.test:81")}},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{answer(200, "")}},
	}
	a := recorded{id: "a", method: "GET", target: "/a", authority: "a.test", answers: []*expectations.Answer{answer(200, "")}}.expectation()
	b := recorded{id: "b", method: "GET", target: "/b", authority: "b.test:8443", answers: []*expectations.Answer{answer(200, "")}}.expectation()
	for _, tc := range []struct {
		name   string
		host   string
		origin expectations.Origin
		want   []string
	}{
		{"all", "", "", []string{"mine", "hosted", "GET /a", "GET /b"}},
		{"user", "", expectations.OriginUser, []string{"mine", "hosted"}},
		{"captured", "", expectations.OriginCaptured, []string{"GET /a", "GET /b"}},
		{"host", "A.test", "", []string{"mine", "hosted", "GET /a"}},
		{"host with port", "a.test:81", "", []string{"mine", "hosted"}},
		{"host without its port", "b.test", expectations.OriginCaptured, []string{"GET /b"}},
		{"host and port", "b.test:8443", "", []string{"mine", "GET /b"}},
		{"part of a host", "test", expectations.OriginCaptured, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := export(t, pact.ExportOptions{Host: tc.host, Origin: tc.origin}, user, hosted, a, b)
			var got []string
			for _, it := range doc.Interactions {
				got = append(got, it.Description)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExportDescriptions(t *testing.T) {
	t.Parallel()
	get := func(id, target string) *expectations.Expectation {
		return recorded{id: id, method: "GET", target: target, answers: []*expectations.Answer{answer(200, "")}}.expectation()
	}
	const uuid = "6f0de5a5-9e5e-4e06-8a8f-4b3b4b1b1b1"
	user := get("GET /a", "/c")
	user.Origin = expectations.OriginUser
	doc, _ := export(t, pact.ExportOptions{}, get(uuid+"1", "/a?x=1"), get(uuid+"2", "/a"), get(uuid+"3", "/a"), get(uuid+"4", "/b?x=1"),
		get(uuid+"5", "/a?x=2"), user)
	got := make(map[string]bool)
	for _, it := range doc.Interactions {
		got[it.Description] = true
	}
	want := map[string]bool{"GET /a?x=1": true, "GET /a?x=2": true, "GET /a": true, "GET /a (2)": true, "GET /a (3)": true, "GET /b": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
