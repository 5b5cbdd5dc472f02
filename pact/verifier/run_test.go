package verifier_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// contract is a document of interactions.
func contract(t *testing.T, interactions ...string) *pact.Document {
	t.Helper()
	doc, err := pact.Parse(fmt.Appendf(nil, `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[%s],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, strings.Join(interactions, ",")))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// verify runs a document against a handler.
func verify(t *testing.T, doc *pact.Document, h http.HandlerFunc, o verifier.Options) *pact.Result {
	t.Helper()
	provider := httptest.NewServer(h)
	t.Cleanup(provider.Close)
	o.ProviderURL = provider.URL + o.ProviderURL
	o.Transport = provider.Client().Transport
	result, err := verifier.Run(t.Context(), doc, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestRequest(t *testing.T) {
	t.Parallel()
	doc := contract(t, `{"description":"a","request":{"method":"post","path":"/a%20b/","query":{"z":["1"],"a":["x y","2"]},
		"headers":{"Accept":["a/b","c/d"],"X-A":"1","Authorization":"Bearer old","Content-Type":"application/json","Host":"virtual.test"},"body":{"n":1.50}},"response":{"status":200}}`)
	type sent struct {
		Method, Target, Host, Body string
		Accept, Auth, Agent        []string
	}
	var got sent
	result := verify(t, doc, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = sent{r.Method, r.RequestURI, r.Host, string(body), r.Header["Accept"], r.Header["Authorization"], r.Header["User-Agent"]}
	}, verifier.Options{ProviderURL: "/base/", Header: http.Header{"authorization": {"Bearer new"}}, UserAgent: "pactape/1"})
	if !result.Verified {
		t.Fatalf("%+v", result)
	}
	want := sent{
		"POST", "/base/a%20b/?a=x+y&a=2&z=1", "virtual.test", `{"n":1.50}`,
		[]string{"a/b", "c/d"},
		[]string{"Bearer new"},
		[]string{"pactape/1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const jsonType = `"headers":{"Content-Type":"application/json"}`
	for _, tc := range []struct {
		name     string
		response string
		handler  http.HandlerFunc
		reason   string
		places   []string
	}{
		{name: "good", response: `{"status":200,` + jsonType + `,"body":{"a":1}}`, handler: answerJSON(200, `{"a":1,"b":2}`)},
		{
			name: "status", response: `{"status":201}`, handler: answerJSON(200, `{}`),
			reason: "status code mismatch: expected 201 but was 200", places: []string{"status"},
		},
		{
			name: "all differences", response: `{"status":200,"headers":{"X-A":"1"},"body":{"a":1,"b":[{"c":1}]}}`, handler: answerJSON(404, `{"a":2,"b":[{}]}`),
			reason: "status code mismatch: expected 200 but was 404", places: []string{"status", "header X-A", "body $.a", "body $.b[0].c"},
		},
		{name: "redirect is not followed", response: `{"status":302,"headers":{"Location":"/new"}}`, handler: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/new", http.StatusFound)
		}},
		{name: "gzip", response: `{"status":200,` + jsonType + `,"body":{"a":1}}`, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(`{"a":1}`))
			_ = z.Close()
		}},
		{name: "broken coding", response: `{"status":200}`, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("not gzip"))
		}, reason: "no answer: decode the answer's body (Content-Encoding: gzip): "},
		{name: "too long", response: `{"status":200}`, handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 2000))
		}, reason: "no answer: the answer's body is longer than 1000 bytes"},
		{name: "inflates too far", response: `{"status":200}`, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(bytes.Repeat([]byte("x"), 100_000))
			_ = z.Close()
		}, reason: "no answer: the answer's body is longer than 1000 bytes"},
		{name: "cut short", response: `{"status":200}`, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		}, reason: "no answer: read the answer's body: unexpected EOF"},
		{name: "closes early", response: `{"status":200}`, handler: func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, reason: "no answer: the provider closed the connection (EOF)"},
		{
			name: "unsupported rule", response: `{"status":200,"body":{"v":"1.0.0"},"matchingRules":{"body":{"$.v":{"matchers":[{"match":"plugin"}]}}}}`,
			handler: answerJSON(200, `{"v":"1.0.0"}`), reason: `unsupported matching rule "plugin" at body $.v`, places: []string{"body $.v"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := contract(t, `{"description":"d","request":{"method":"GET","path":"/"},"response":`+tc.response+`}`)
			result := verify(t, doc, tc.handler, verifier.Options{MaxBody: 1000})
			it := result.Interactions[0]
			if it.Verified != (tc.reason == "") || !strings.HasPrefix(it.Reason, tc.reason) {
				t.Errorf("verified %v, reason %q, want %q", it.Verified, it.Reason, tc.reason)
			}
			var places []string
			for _, m := range it.Mismatches {
				places = append(places, m.Place())
			}
			if diff := cmp.Diff(tc.places, places); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
		})
	}
}

func answerJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// transport is a provider that is not there.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestHangingProvider(t *testing.T) {
	t.Parallel()
	doc := contract(t, `{"description":"d","request":{"path":"/"},"response":{"status":200}}`)
	synctest.Test(t, func(t *testing.T) {
		result, err := verifier.Run(t.Context(), doc, verifier.Options{
			ProviderURL: "http://provider.test",
			Timeout:     5 * time.Second,
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Interactions[0]; got.Verified || got.Reason != "no complete answer within 5s" || got.Duration != 5*time.Second {
			t.Errorf("%+v", got)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	doc := contract(t, `{"description":"d","request":{"path":"/"},"response":{"status":200}}`)
	result, err := verifier.Run(t.Context(), doc, verifier.Options{
		ProviderURL: "http://provider.test",
		Transport:   transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }),
	})
	if err != nil || result.Verified || result.Interactions[0].Reason != "no answer: connection refused" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	nowhere := transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("nothing was to be sent") })
	doc := contract(t, `{"description":"d","request":{"path":"/"},"response":{"status":200}}`)
	for _, url := range []string{"", "provider.test:80", "ftp://provider.test", "http://", "http://a b"} {
		if _, err := verifier.Run(t.Context(), doc, verifier.Options{ProviderURL: url, Transport: nowhere}); err == nil {
			t.Errorf("%q is taken for a provider's URL", url)
		}
	}
	if _, err := verifier.Run(t.Context(), doc, verifier.Options{ProviderURL: "http://provider.test"}); err == nil {
		t.Error("there is nothing to send requests with")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verifier.Run(ctx, doc, verifier.Options{ProviderURL: "http://provider.test", Transport: nowhere}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	doc := contract(t,
		`{"description":"me","request":{"path":"/me","headers":{"Authorization":["Bearer `+pact.Placeholder+`"]}},"response":{"status":200}}`,
		`{"description":"open","request":{"path":"/open"},"response":{"status":200}}`)
	guarded := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/me" && r.Header.Get("Authorization") != "Bearer real" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	if diff := cmp.Diff([]string{"Authorization"}, verifier.MissingHeaders(doc, nil)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	without := verify(t, doc, guarded, verifier.Options{})
	if without.Verified || len(without.Warnings) != 1 || !strings.Contains(without.Warnings[0], "Authorization") {
		t.Errorf("without the header: %+v", without)
	}
	if diff := cmp.Diff([]string{"Authorization"}, without.Interactions[0].NeededHeaders); diff != "" {
		t.Errorf("needed (-want +got):\n%s", diff)
	}
	with := verify(t, doc, guarded, verifier.Options{Header: http.Header{"authorization": {"Bearer real"}}})
	if !with.Verified || len(with.Warnings) > 0 {
		t.Errorf("with the header: %+v", with)
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	doc := contract(t,
		`{"description":"good","providerStates":[{"name":"user exists"}],"request":{"path":"/a","generators":{"path":{"type":"Uuid"}}},"response":{"status":200}}`,
		`{"description":"bad","request":{"path":"/b","headers":{"X-Api-Key":["`+pact.Placeholder+`"]}},"response":{"status":201,"headers":{"X-A":"1"},"body":{"a":1}}}`,
		`{"description":"message","type":"Asynchronous/Messages","request":{"path":"/b"}}`,
		`{"request":{"path":"/b"}}`)
	result := verify(t, doc, answerJSON(200, `{"a":"x"}`), verifier.Options{})
	for i := range result.Interactions {
		result.Interactions[i].Duration = 0
	}
	var b strings.Builder
	if err := verifier.Print(&b, doc, result); err != nil {
		t.Fatal(err)
	}
	want := `Verifying the contract between web and api
warning: the contract holds a placeholder for X-Api-Key: supply the real value with --header
warning: provider states are ignored: 1 interaction(s) have some

  ok      good (given user exists)
  FAILED  bad
          status: expected 201 but was 200
          header X-A: expected header 'X-A' but it was missing
          body $.a: expected 1 but was "x"
          header X-Api-Key was sent as a placeholder: supply it with --header 'X-Api-Key: …'
  FAILED  message
          unsupported interaction type "Asynchronous/Messages"
  FAILED  (unnamed interaction)
          interaction has no response definition

3 of 4 interaction(s) failed
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantJSON := `{
  "verified": false,
  "interactions": [
    {
      "description": "good",
      "verified": true
    },
    {
      "description": "bad",
      "verified": false,
      "reason": "status code mismatch: expected 201 but was 200",
      "mismatches": [
        {
          "type": "StatusMismatch",
          "in": "status",
          "expected": "201",
          "actual": "200",
          "mismatch": "expected 201 but was 200"
        },
`
	if got := string(verifier.AppendJSON(nil, result)); !strings.HasPrefix(got, wantJSON) {
		t.Errorf("JSON (-want +got):\n%s", cmp.Diff(wantJSON, got))
	}
}

// An interaction of Pact V4 that is pending may fail: the contract holds all the
// same, and every report says so.
func TestPending(t *testing.T) {
	t.Parallel()
	for status, holds := range map[string]bool{"200": true, "202": false} {
		doc, err := pact.Parse([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[
			{"type":"Synchronous/HTTP","description":"works","pending":true,"request":{"path":"/"},"response":{"status":200}},
			{"type":"Synchronous/HTTP","description":"to come","pending":true,"request":{"path":"/"},"response":{"status":201}},
			{"type":"Synchronous/HTTP","description":"due","pending":false,"request":{"path":"/"},"response":{"status":` + status + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		result := verify(t, doc, func(http.ResponseWriter, *http.Request) {}, verifier.Options{StopAtFirst: true})
		if result.Holds() != holds || result.Verified || len(result.Interactions) != 3 {
			t.Errorf("status %s: %+v", status, result)
		}
		if !holds {
			continue
		}
		for i := range result.Interactions {
			result.Interactions[i].Duration = 0
		}
		var text, junit, notes strings.Builder
		suites := []verifier.Suite{{Name: "c.json", Result: result}}
		for _, err := range []error{verifier.Print(&text, doc, result), verifier.WriteJUnit(&junit, suites), verifier.Annotate(&notes, suites)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := "  ok      works\n  pending to come\n          status: expected 201 but was 200\n  ok      due\n\n2 of 3 interaction(s) verified, 1 failed but pending\n"; !strings.HasSuffix(text.String(), want) {
			t.Errorf("printed %q, want an end of %q", text.String(), want)
		}
		if !strings.Contains(junit.String(), `tests="3" failures="0" errors="0" skipped="1"`) {
			t.Errorf("JUnit: %s", junit.String())
		}
		if !strings.HasPrefix(notes.String(), "::warning title=c.json%3A to come") {
			t.Errorf("annotations: %s", notes.String())
		}
		if got := texts(page(t, suites...), "h1", ""); !slices.Equal(got, []string{"Pact verification: passed, with pending failures"}) {
			t.Errorf("page: %q", got)
		}
	}
}
