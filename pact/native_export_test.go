package pact_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// A provider serves the last answers of recordings by method and target, with
// fresh values where a secret was recorded.
type provider struct {
	cases []recorded
	// change changes an answer before it is sent.
	change func(r *http.Request, a *expectations.Answer)
}

func (p provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, c := range p.cases {
		target, err := url.Parse(c.target)
		if err != nil || c.method != r.Method || target.Path != r.URL.Path || target.Query().Encode() != r.URL.Query().Encode() || c.authority != "" {
			continue
		}
		last := c.answers[len(c.answers)-1]
		a := expectations.Answer{Status: last.Status, Header: last.Header.Clone()}
		if last.Body != nil {
			a.Body = &expectations.AnswerBody{Bytes: bytes.ReplaceAll(last.Body.Bytes, []byte(`"tok-`), []byte(`"fresh-`))}
		}
		if r.URL.Path == "/me" && r.Header.Get("Authorization") != "Bearer real" {
			a.Status = http.StatusUnauthorized
		}
		if p.change != nil {
			p.change(r, &a)
		}
		maps.Copy(w.Header(), a.Header)
		w.WriteHeader(a.Status)
		if a.Body != nil {
			_, _ = w.Write(a.Body.Bytes) // a lost connection shows as a verdict
		}
		return
	}
	http.NotFound(w, r)
}

// failures runs a contract against a provider, by the official native verifier
// and by ours, and returns the descriptions of what failed.
func failures(t *testing.T, doc *pact.Document, p http.Handler) (native, ours map[string]bool) {
	t.Helper()
	server := httptest.NewServer(p)
	defer server.Close()
	native, ours = make(map[string]bool), make(map[string]bool)
	for name, ok := range nativeVerify(t, doc.Append(nil), server.URL, "Authorization=Bearer real").verdicts() {
		if !ok {
			native[name] = true
		}
	}
	result, err := verifier.Run(t.Context(), doc, verifier.Options{
		ProviderURL: server.URL, Transport: server.Client().Transport,
		Header: http.Header{"Authorization": {"Bearer real"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range result.Interactions {
		if !it.Verified {
			ours[it.Description] = true
		}
	}
	return native, ours
}

func bodyChange(path, from, to string) func(*http.Request, *expectations.Answer) {
	return func(r *http.Request, a *expectations.Answer) {
		if r.URL.Path == path && a.Body != nil {
			a.Body.Bytes = bytes.Replace(a.Body.Bytes, []byte(from), []byte(to), 1)
		}
	}
}

func headerChange(path, name string, values ...string) func(*http.Request, *expectations.Answer) {
	return func(r *http.Request, a *expectations.Answer) {
		if r.URL.Path == path {
			a.Header[name] = values
		}
	}
}

// TestNativeExport has the official native verifier judge a contract of
// recordings: it accepts the provider they were made from, and refuses exactly
// the interactions whose answers change. Ours agrees.
func TestNativeExport(t *testing.T) {
	t.Parallel()
	all := capturedCases()
	cases := all[:0:0]
	for _, c := range all {
		if c.authority == "" {
			cases = append(cases, c)
		}
	}
	doc, _ := export(t, pact.ExportOptions{ResponseHeaders: []string{"Allow", "Vary", "Cache-Control"}}, capturedExpectations(cases)...)
	if len(doc.Interactions) < 12 {
		t.Fatalf("only %d interactions", len(doc.Interactions))
	}
	const json = "application/json; charset=utf-8"
	for _, tc := range []struct {
		name   string
		change func(*http.Request, *expectations.Answer)
		want   []string
	}{
		{"unchanged", nil, nil},
		{"further member", bodyChange("/me", `{"id"`, `{"new":1,"id"`), nil},
		{"other secret", bodyChange("/login", "fresh-2", "another"), nil},
		{"secret of another kind", bodyChange("/login", `"fresh-2"`, `12`), []string{"POST /login"}},
		{"secret in a list of another kind", bodyChange("/login", `"fresh-3"`, `null`), []string{"POST /login"}},
		{"value", bodyChange("/me", `7`, `8`), []string{"GET /me"}},
		{"integer becomes decimal", bodyChange("/me", `7`, `7.0`), []string{"GET /me"}},
		{"renamed member", bodyChange("/me", `id`, `uid`), []string{"GET /me"}},
		{"dropped item member", bodyChange("/login", `,"n":1`, ``), []string{"POST /login"}},
		{"longer list", bodyChange("/u.x", `[1]`, `[1,1]`), []string{"GET /u.x"}},
		{"empty list filled", bodyChange("/u.x", `[]`, `[1]`), []string{"GET /u.x?page=2"}},
		{"list becomes object", bodyChange("/u.x", `[1]`, `{"a":1}`), []string{"GET /u.x"}},
		{"text", bodyChange("/regex(like)+$/.*", "plain", "Plain"), []string{"GET /regex(like)+$/.*"}},
		{"bytes", bodyChange("/bin", "\xde", "\xdd"), []string{"GET /bin"}},
		{"not json", bodyChange("/poll", `{`, `<`), []string{"GET /poll"}},
		{"content type", headerChange("/me", "Content-Type", "text/plain"), []string{"GET /me"}},
		{"content type parameter", headerChange("/me", "Content-Type", "application/json"), []string{"GET /me"}},
		// The header may have further parameters, but the reference then holds
		// the bodies to be of different types.
		{"content type parameter added", headerChange("/me", "Content-Type", json+"; v=1"), []string{"GET /me"}},
		{"location", headerChange("/login", "Location", "/you"), []string{"POST /login"}},
		{"location gone", headerChange("/login", "Location"), []string{"POST /login"}},
		{"list header on lines", headerChange("/u.x", "Allow", "GET", "POST"), nil},
		{"list header shorter", headerChange("/u.x", "Allow", "GET"), []string{"OPTIONS /u.x"}},
		{"status", func(r *http.Request, a *expectations.Answer) {
			if r.URL.Path == "/form" {
				a.Status = 200
			}
		}, []string{"POST /form"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := make(map[string]bool)
			for _, name := range tc.want {
				want[name] = true
			}
			native, ours := failures(t, doc, provider{cases, tc.change})
			if diff := cmp.Diff(want, native); diff != "" {
				t.Errorf("the native verifier refuses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, ours); diff != "" {
				t.Errorf("ours refuses (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNativeUserExport has the official native verifier and mock server judge
// a contract of hand-made expectations.
func TestNativeUserExport(t *testing.T) {
	t.Parallel()
	archive := archives(t)["testdata/export/user.txtar"]
	es, err := wire.DecodeExpectations(archive.Files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := export(t, pact.ExportOptions{}, es...)
	space := newSpace(t, es...)
	native, ours := failures(t, doc, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveSpace(t, space, w, r)
	}))
	want := map[string]bool{"GET /text (2)": true} // the first of two equal requests answers both
	if diff := cmp.Diff(want, native); diff != "" {
		t.Errorf("the native verifier refuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, ours); diff != "" {
		t.Errorf("ours refuses (-want +got):\n%s", diff)
	}
}

// serveSpace answers from expectations.
func serveSpace(t *testing.T, space *expectations.Space, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		t.Error(err)
	}
	hit, ok, err := space.Match(r.Context(), &expectations.Request{
		Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery,
		Host: r.Host, Header: r.Header, Body: expectations.Body{Bytes: body.Bytes(), Size: int64(body.Len())},
	}, expectations.MatchOptions{Peek: true})
	if err != nil || !ok {
		http.NotFound(w, r)
		return
	}
	respond, ok := hit.Expectation.Action.(*expectations.Respond)
	if !ok {
		t.Errorf("action %T", hit.Expectation.Action)
		return
	}
	a := respond.Answers[0]
	maps.Copy(w.Header(), a.Header)
	if a.Body != nil && a.Body.ContentType != "" && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", a.Body.ContentType)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header()["Content-Type"] = nil
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	if a.Body != nil {
		_, _ = w.Write(a.Body.Bytes)
	}
}
