package verifier_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact/verifier"
)

// A stateHandler is a provider's, which answers in turn.
type stateHandler struct {
	mu      sync.Mutex // guards what follows
	calls   []string
	answers []string // "STATUS BODY"; the last one stays
}

func (h *stateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, strings.TrimSpace(r.Method+" "+r.URL.RawQuery+" "+r.Header.Get("Content-Type")+" "+string(body)))
	answer := h.answers[0]
	if len(h.answers) > 1 {
		h.answers = h.answers[1:]
	}
	var status int
	var text string
	_, _ = fmt.Sscanf(answer, "%d %s", &status, &text)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

const withState = `{"description":"a","providerStates":[{"name":"user exists","params":{"id":1}}],
	"request":{"method":"GET","path":"/users/1","headers":{"X-Id":"x"},"generators":{
		"path":{"type":"ProviderState","expression":"/users/${id}"},
		"header":{"X-Id":{"type":"ProviderState","expression":"id"}}}},
	"response":{"status":200}}`

func TestStates(t *testing.T) {
	t.Parallel()
	const setup = `POST  application/json {"action":"setup","params":{"id":1},"state":"user exists"}`
	const failed = `setup of provider state "user exists" failed: the state handler answered `
	teardown := strings.Replace(setup, "setup", "teardown", 1)
	for _, tc := range []struct {
		name    string
		answers []string
		options verifier.Options
		calls   []string
		sent    string
		reason  string
	}{
		{"returned values win", []string{`200 {"id":99}`}, verifier.Options{}, []string{setup}, "/users/99 99", ""},
		{"parameters", []string{`204`}, verifier.Options{}, []string{setup}, "/users/1 1", ""},
		{"no JSON", []string{`200 done`}, verifier.Options{}, []string{setup}, "/users/1 1", ""},
		{"teardown", []string{`200`}, verifier.Options{StateTeardown: true}, []string{setup, teardown}, "/users/1 1", ""},
		{"query", []string{`200`}, verifier.Options{StateAsQuery: true}, []string{"POST action=setup&id=1&state=user+exists"}, "/users/1 1", ""},
		{"again", []string{`503`, `200 {"id":7}`}, verifier.Options{}, []string{setup, setup}, "/users/7 7", ""},
		{"fails", []string{`500`}, verifier.Options{}, []string{setup, setup, setup}, "", failed + "500"},
		{"refused", []string{`404`}, verifier.Options{}, []string{setup}, "", failed + "404"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			states := &stateHandler{answers: tc.answers}
			server := httptest.NewServer(states)
			t.Cleanup(server.Close)
			sent := ""
			o := tc.options
			o.StateURL = server.URL
			result := verify(t, contract(t, withState), func(_ http.ResponseWriter, r *http.Request) {
				sent = r.URL.Path + " " + r.Header.Get("X-Id")
			}, o)
			if diff := cmp.Diff(tc.calls, states.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if got := result.Interactions[0]; got.Reason != tc.reason || got.Verified != (tc.reason == "") || sent != tc.sent {
				t.Errorf("%+v, sent %q, want %q", got, sent, tc.sent)
			}
			if len(result.Warnings) > 0 {
				t.Errorf("warnings %q", result.Warnings)
			}
		})
	}
}

// Values of the state handler go into bodies of XML and forms too.
func TestStatesInBodies(t *testing.T) {
	t.Parallel()
	const state = `"providerStates":[{"name":"user exists","params":{"id":1}}]`
	for _, tc := range []struct{ name, message, want, reason string }{
		{
			"XML", `"headers":{"Content-Type":"application/xml"},"body":"<user id=\"1\"><of>1</of></user>","generators":{"body":{
			"$.user['@id']":{"type":"ProviderState","expression":"${id}"},"$.user.of['#text']":{"type":"ProviderState","expression":"u-${id}"}}}`,
			`<user id="99"><of>u-99</of></user>`, "",
		},
		{
			"form", `"headers":{"Content-Type":"application/x-www-form-urlencoded"},"body":"name=x&id=1","generators":{"body":{
			"$.id":{"type":"ProviderState","expression":"${id}"}}}`, `name=x&id=99`, "",
		},
		{
			"text", `"headers":{"Content-Type":"text/plain"},"body":"x","generators":{"body":{"$.id":{"type":"ProviderState","expression":"${id}"}}}`,
			"", "cannot generate body $.id: a body of type text/plain has no values to generate but the whole, $: only JSON, XML and forms have",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			states := httptest.NewServer(&stateHandler{answers: []string{`200 {"id":99}`}})
			t.Cleanup(states.Close)
			sent := ""
			it := fmt.Sprintf(`{"description":"a",%s,"request":{"method":"POST","path":"/",%s},"response":{"status":200}}`, state, tc.message)
			result := verify(t, contract(t, it), func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				sent = string(body)
			}, verifier.Options{StateURL: states.URL})
			if got := result.Interactions[0]; got.Reason != tc.reason || sent != tc.want {
				t.Errorf("%+v, sent %q, want %q", got, sent, tc.want)
			}
		})
	}
}

// The handler hears of interactions without states too, as the reference has it;
// it need not know the state without a name, but it has to be there.
func TestNoState(t *testing.T) {
	t.Parallel()
	const setup = `POST  application/json {"action":"setup","params":{},"state":""}`
	teardown := strings.Replace(setup, "setup", "teardown", 1)
	for _, tc := range []struct {
		answer  string
		options verifier.Options
		calls   []string
		reason  string
	}{
		{"200", verifier.Options{StateTeardown: true}, []string{setup, teardown}, ""},
		{"404", verifier.Options{StateTeardown: true}, []string{setup, teardown}, ""},
		{"200", verifier.Options{StateAsQuery: true}, []string{"POST action=setup&state="}, ""},
		{"500", verifier.Options{}, []string{setup, setup, setup}, `setup of provider state "" failed: the state handler answered 500`},
		{"200", verifier.Options{Parallel: 2}, nil, ""},
	} {
		states := &stateHandler{answers: []string{tc.answer}}
		server := httptest.NewServer(states)
		t.Cleanup(server.Close)
		o := tc.options
		o.StateURL = server.URL
		result := verify(t, contract(t, `{"description":"a","request":{"path":"/"},"response":{"status":200}}`), func(http.ResponseWriter, *http.Request) {}, o)
		if diff := cmp.Diff(tc.calls, states.calls); diff != "" {
			t.Errorf("%s %+v: calls (-want +got):\n%s", tc.answer, tc.options, diff)
		}
		if got := result.Interactions[0]; got.Reason != tc.reason {
			t.Errorf("%s: %+v", tc.answer, got)
		}
	}
}
