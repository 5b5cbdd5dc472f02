package verifier_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	doc := contract(t,
		`{"description":"get a user","providerStates":[{"name":"user 1"},{"name":"admin"}],"request":{"path":"/"},"response":{"status":200}}`,
		`{"description":"get nobody","providerStates":[{"name":"no user"}],"request":{"path":"/"},"response":{"status":200}}`,
		`{"description":"health","request":{"path":"/"},"response":{"status":200}}`)
	for _, tc := range []struct {
		description, state string
		noState            bool
		consumers          []string
		want               []string
	}{
		{"", "", false, nil, []string{"get a user", "get nobody", "health"}},
		{"user|health", "", false, nil, []string{"get a user", "health"}},
		{"", "^admin$", false, nil, []string{"get a user"}},
		{"", "user", false, nil, []string{"get a user", "get nobody"}},
		{"", "", true, nil, []string{"health"}},
		{"", "admin", true, nil, []string{"get a user", "health"}},
		{"nobody", "admin", true, nil, nil},
		{"", "", false, []string{"other", "web"}, []string{"get a user", "get nobody", "health"}},
		{"", "", false, []string{"other"}, nil},
	} {
		f, err := verifier.NewFilter(tc.description, tc.state, tc.noState, tc.consumers)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, it := range f.Apply(doc).Interactions {
			got = append(got, it.Description)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tc, diff)
		}
	}
	if _, err := verifier.NewFilter("(", "", false, nil); err == nil {
		t.Error("a bad expression is taken")
	}
	if len(doc.Interactions) != 3 {
		t.Error("the document was changed")
	}
}

// Interactions without states run at once; those whose states are brought about
// run alone, after them.
func TestParallel(t *testing.T) {
	t.Parallel()
	const free, stateful = 6, 3
	var interactions []string
	for i := range free + stateful {
		states := ""
		if i%3 == 0 {
			states = `"providerStates":[{"name":"s"}],`
		}
		interactions = append(interactions, fmt.Sprintf(`{"description":"%d",%s"request":{"path":"/%d"},"response":{"status":%d}}`, i, states, i, 200+i))
	}
	var running atomic.Int64
	var together sync.WaitGroup
	together.Add(free)
	handler := func(w http.ResponseWriter, r *http.Request) {
		n := running.Add(1)
		defer running.Add(-1)
		var i int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &i)
		if i%3 != 0 {
			together.Done()
			together.Wait() // all of them are here before one goes on
		} else if n != 1 {
			t.Errorf("%d is not alone", i)
		}
		w.WriteHeader(200 + i)
	}
	states := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n := running.Load(); n != 0 {
			t.Errorf("a state is set up while %d requests run", n)
		}
	}))
	t.Cleanup(states.Close)
	result := verify(t, contract(t, interactions...), handler, verifier.Options{Parallel: free, StateURL: states.URL})
	if !result.Verified || len(result.Interactions) != free+stateful {
		t.Errorf("%+v", result)
	}
	for i, it := range result.Interactions {
		if it.Description != fmt.Sprint(i) {
			t.Errorf("place %d has %s", i, it.Description)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	doc := contract(t, `{"description":"d","request":{"path":"/a"},"response":{"status":200}}`,
		`{"description":"e","request":{"path":"/loop"},"response":{"status":200}}`)
	result := verify(t, doc, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "/b", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	}, verifier.Options{FollowRedirects: true})
	if it := result.Interactions; !it[0].Verified || it[1].Reason != "no answer: stopped after 10 redirects" {
		t.Errorf("%+v", it)
	}
}

// An interaction goes where its transport is, one that names none where http is,
// and the rest to the provider.
func TestTransports(t *testing.T) {
	t.Parallel()
	doc, err := pact.Parse([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[
		{"type":"Synchronous/HTTP","description":"none","request":{"method":"GET","path":"/1"},"response":{"status":200}},
		{"type":"Synchronous/HTTP","description":"http","transport":"http","request":{"method":"GET","path":"/2"},"response":{"status":200}},
		{"type":"Synchronous/HTTP","description":"admin","transport":"admin","request":{"method":"GET","path":"/3"},"response":{"status":200}},
		{"type":"Synchronous/HTTP","description":"other","transport":"other","request":{"method":"GET","path":"/4"},"response":{"status":200}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		transports map[string]string
		want       []string
	}{
		{nil, []string{"http://provider.test/1", "http://provider.test/2", "http://provider.test/3", "http://provider.test/4"}},
		{
			map[string]string{"http": "http://provider.test:81", "admin": "https://provider.test:82/a/"},
			[]string{"http://provider.test:81/1", "http://provider.test:81/2", "https://provider.test:82/a/3", "http://provider.test/4"},
		},
	} {
		var sent []string
		result, err := verifier.Run(t.Context(), doc, verifier.Options{
			ProviderURL: "http://provider.test", Transports: tc.transports,
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				sent = append(sent, r.URL.String())
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(""))}, nil
			}),
		})
		if err != nil || !result.Verified {
			t.Fatalf("%+v, %v", result, err)
		}
		if diff := cmp.Diff(tc.want, sent); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tc.transports, diff)
		}
	}
	_, err = verifier.Run(t.Context(), doc, verifier.Options{
		ProviderURL: "http://provider.test", Transports: map[string]string{"grpc": "grpc://x"}, Transport: http.DefaultTransport,
	})
	if err == nil || err.Error() != `URL of transport grpc "grpc://x": expected http://HOST or https://HOST` {
		t.Errorf("got error %v", err)
	}
}

// A provider that is waited for may listen later than one interaction may last;
// after that time nothing is sent again. So it is with its state handler.
func TestAwaitUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		doc := contract(t, `{"description":"d","providerStates":[{"name":"s"}],"request":{"method":"GET","path":"/"},"response":{"status":200}}`)
		started := time.Now()
		o := verifier.Options{
			ProviderURL: "http://provider.test", StateURL: "http://provider.test/states", Timeout: time.Second, AwaitUntil: started.Add(time.Minute),
			Transport: transport(func(*http.Request) (*http.Response, error) {
				if time.Since(started) < 20*time.Second {
					return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
				}
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(""))}, nil
			}),
		}
		if result, err := verifier.Run(t.Context(), doc, o); err != nil || !result.Verified {
			t.Errorf("%+v, %v; the provider listens in time", result, err)
		}
		started = time.Now().Add(time.Hour)
		o.AwaitUntil = time.Now().Add(10 * time.Second)
		if result, err := verifier.Run(t.Context(), doc, o); err != nil || result.Verified || time.Until(started) < 59*time.Minute {
			t.Errorf("%+v, %v after waiting until %s before it listens", result, err, time.Until(started))
		}
	})
}

// A provider that listens late is asked again, its body once more; one that
// answers is not.
func TestRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		doc := contract(t, `{"description":"d","request":{"method":"POST","path":"/","headers":{"Content-Type":"text/plain"},"body":"hello"},"response":{"status":200}}`)
		calls := 0
		refusing := func(times int) verifier.Options {
			calls = 0
			return verifier.Options{ProviderURL: "http://provider.test", Retries: 3, Transport: transport(func(r *http.Request) (*http.Response, error) {
				calls++
				body, _ := io.ReadAll(r.Body)
				if calls <= times {
					return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
				}
				return &http.Response{StatusCode: 200 + len(body) - len("hello"), Body: io.NopCloser(strings.NewReader(""))}, nil
			})}
		}
		for _, tc := range []struct {
			refused, calls int
			verified       bool
		}{{0, 1, true}, {2, 3, true}, {9, 4, false}} {
			result, err := verifier.Run(t.Context(), doc, refusing(tc.refused))
			if err != nil || result.Verified != tc.verified || calls != tc.calls {
				t.Errorf("refused %d times: %+v after %d calls, %v", tc.refused, result, calls, err)
			}
		}
		o := refusing(0)
		o.Transport = transport(func(*http.Request) (*http.Response, error) {
			calls++
			return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
		})
		if result, err := verifier.Run(t.Context(), doc, o); err != nil || result.Verified || calls != 1 {
			t.Errorf("reset: %+v after %d calls, %v", result, calls, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o = refusing(9)
		refuse := o.Transport
		o.Transport = transport(func(r *http.Request) (*http.Response, error) {
			cancel()
			return refuse.RoundTrip(r)
		})
		if _, err := verifier.Run(ctx, doc, o); err == nil || calls != 1 {
			t.Errorf("cancelled: %v after %d calls", err, calls)
		}
	})
}
