package broker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// answering is a transport that answers by itself. A status below 0 is a
// connection that breaks.
type answering func(*http.Request) (status int, body string)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := a(r)
	if status < 0 {
		return nil, &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	}
	body, after, _ := strings.Cut(body, "\nretry-after: ")
	resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/hal+json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	if after != "" {
		resp.Header.Set("Retry-After", after)
	}
	return resp, nil
}

// TestRetry pins how long a broker in trouble is waited for.
func TestRetry(t *testing.T) {
	t.Parallel()
	const fine = `{"_embedded":{"pacts":[]},"_links":{"pb:provider-pacts-for-verification":{"href":"http://broker/x"}}}`
	for _, tc := range []struct {
		name    string
		answers []string // "STATUS BODY"; the last one stays
		retries int
		waited  time.Duration
		tries   int
		is      error
	}{
		{"comes back", []string{"503 ", "502 ", "200 " + fine}, 0, 1500 * time.Millisecond, 4, nil},
		{"connection breaks once", []string{"-1 ", "200 " + fine}, 0, 500 * time.Millisecond, 3, nil},
		{"stays away", []string{"500 "}, 0, 7500 * time.Millisecond, 5, broker.ErrUnavailable},
		{"no repetitions", []string{"503 "}, -1, 0, 1, broker.ErrUnavailable},
		{"seconds", []string{"429 \nretry-after: 7", "200 " + fine}, 0, 7 * time.Second, 3, nil},
		{"sooner than our own delay", []string{"429 \nretry-after: 0", "200 " + fine}, 0, 500 * time.Millisecond, 3, nil},
		{"date", []string{"503 \nretry-after: Sat, 01 Jan 2000 00:00:09 GMT", "200 " + fine}, 0, 9 * time.Second, 3, nil},
		{"date gone by", []string{"503 \nretry-after: Sat, 01 Jan 1999 00:00:00 GMT", "200 " + fine}, 0, 500 * time.Millisecond, 3, nil},
		{"nonsense", []string{"503 \nretry-after: soon", "200 " + fine}, 0, 500 * time.Millisecond, 3, nil},
		{"longer than we wait", []string{"503 \nretry-after: 3600"}, 0, 0, 1, broker.ErrUnavailable},
		{"absurd", []string{"503 \nretry-after: 99999999999999999999"}, 1, 500 * time.Millisecond, 2, broker.ErrUnavailable},
		{"request timeout", []string{"408 ", "200 " + fine}, 0, 500 * time.Millisecond, 3, nil},
		{"not for a refusal", []string{"401 "}, 0, 0, 1, broker.ErrUnauthorized},
		{"not for what is not there", []string{"404 "}, 0, 0, 1, broker.ErrNotFound},
		{"not for what is not implemented", []string{"501 "}, 0, 0, 1, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				c := newClient(t, broker.Options{BaseURL: "http://broker", Retries: tc.retries, Transport: answering(func(*http.Request) (int, string) {
					text := tc.answers[min(tries, len(tc.answers)-1)]
					tries++
					var status int
					_, _ = fmt.Sscan(text, &status)
					return status, strings.SplitN(text, " ", 2)[1]
				})})
				start := time.Now()
				_, err := c.ToVerify(t.Context(), broker.Query{Provider: "p"})
				if tc.is != nil && !errors.Is(err, tc.is) {
					t.Errorf("error %v, want %v", err, tc.is)
				}
				if last := tc.answers[len(tc.answers)-1]; strings.HasPrefix(last, "2") != (err == nil) {
					t.Errorf("error %v after %s", err, last)
				}
				if diff := cmp.Diff([]any{tc.waited, tc.tries}, []any{time.Since(start), tries}); diff != "" {
					t.Errorf("waited, tried (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestRetryEnds pins that the end of the context ends the wait.
func TestRetryEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c := newClient(t, broker.Options{BaseURL: "http://broker", Transport: answering(func(*http.Request) (int, string) { return 503, "\nretry-after: 30" })})
		start := time.Now()
		_, err := c.ToVerify(ctx, broker.Query{Provider: "p"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

// TestBadBrokers pins what is said of answers that are none.
func TestBadBrokers(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	const secret = "s3cr3t-token"
	for _, tc := range []struct {
		name   string
		serve  http.HandlerFunc
		want   []string
		is     error
		secret bool
	}{
		{"login page", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Sign in\x1b[31m</title></head></html>")
		}, []string{`a web page ("Sign in[31m"), not HAL`, "is this the address of a Pact Broker?"}, broker.ErrNotBroker, false},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, []string{"the answer is empty"}, broker.ErrNotBroker, false},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }, []string{"not HAL"}, broker.ErrNotBroker, false},
		{"a list", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }, []string{"object expected, found array"}, broker.ErrNotBroker, false},
		{"401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, []string{"401 Unauthorized", "give a token"}, broker.ErrUnauthorized, false},
		{"403", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"error":{"message":"read only","reference":"x1"}}`)
		}, []string{"403 Forbidden: read only", "read-write"}, broker.ErrForbidden, false},
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, []string{"404 Not Found"}, broker.ErrNotFound, false},
		{"409", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(409)
			_, _ = io.WriteString(w, `{"errors":{"contracts":["differ","twice"]}}`)
		}, []string{"409 Conflict: contracts differ; contracts twice"}, broker.ErrConflict, false},
		{"problem details", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"title":"Validation errors","errors":[{"type":"u","title":"bad","detail":"is missing","status":400}]}`)
		}, []string{"400 Bad Request: bad; is missing"}, nil, false},
		{"503", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
			_, _ = io.WriteString(w, "<title>Down for maintenance</title>")
		}, []string{"503 Service Unavailable", `"Down for maintenance"`, "again in 1h0m0s"}, broker.ErrUnavailable, false},
		{"repeats the secret", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":"bad header `+r.Header.Get("Authorization")+`"}`)
		}, []string{"bad header Bearer ***"}, nil, false},
		{"hangs", func(http.ResponseWriter, *http.Request) { <-hang }, []string{"no complete answer within 50ms"}, nil, false},
		{"hangs in the middle", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"_links":`)
			_ = http.NewResponseController(w).Flush()
			<-hang
		}, []string{"no complete answer within 50ms"}, nil, false},
		{"closes early", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"_links":`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, []string{"read the answer: unexpected EOF"}, nil, false},
		{"too long", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat(" ", 2000)) }, []string{"longer than 1000 bytes"}, nil, false},
		{"round and round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, []string{"more than 5 redirects"}, nil, false},
		{"template without a value", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"_links":{"pb:provider-pacts-for-verification":{"href":"/x/{provider}/{colour}"}}}`)
		}, []string{"nothing is known for {colour}"}, nil, false},
		{"link elsewhere", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"_links":{"pb:provider-pacts-for-verification":{"href":"file:///etc/passwd"}}}`)
		}, []string{"not an http:// or https:// URL"}, nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(tc.serve)
			t.Cleanup(server.CloseClientConnections)
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			timeout := 20 * time.Second
			if strings.HasPrefix(tc.name, "hangs") {
				timeout = 50 * time.Millisecond
			}
			c := newClient(t, broker.Options{
				BaseURL: server.URL, Transport: transport, Retries: -1, MaxAnswer: 1000, Timeout: timeout, Auth: broker.Auth{Token: secret + "\n"},
			})
			_, err := c.ToVerify(t.Context(), broker.Query{Provider: "p"})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("error %v is not %v", err, tc.is)
			}
			if strings.Contains(err.Error(), secret) || strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	_, err = client(t, "http://"+ln.Addr().String(), broker.Auth{}).ToVerify(t.Context(), broker.Query{Provider: "p"})
	if err == nil || strings.Count(err.Error(), "http://") != 1 {
		t.Errorf("error %v", err)
	}
}

func TestAuth(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		broker *brokertest.Broker
		auth   broker.Auth
		user   string // in the URL
		ok     bool
	}{
		{"token", &brokertest.Broker{Token: "abcd"}, broker.Auth{Token: "abcd"}, "", true},
		{"wrong token", &brokertest.Broker{Token: "abcd"}, broker.Auth{Token: "abce"}, "", false},
		{"basic", &brokertest.Broker{Username: "u", Password: "p:w"}, broker.Auth{Username: "u", Password: "p:w"}, "", true},
		{"none", &brokertest.Broker{Username: "u", Password: "p"}, broker.Auth{}, "", false},
		{"in the URL", &brokertest.Broker{Username: "u", Password: "p/w"}, broker.Auth{}, "u:p%2Fw@", true},
		{"beats the URL", &brokertest.Broker{Token: "abcd"}, broker.Auth{Token: "abcd"}, "u:pass@", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			url := strings.Replace(serve(t, tc.broker), "//", "//"+tc.user, 1)
			c := client(t, url, tc.auth)
			_, err := c.ToVerify(t.Context(), broker.Query{Provider: "p"})
			if tc.ok != (err == nil) {
				t.Errorf("error %v", err)
			}
			if strings.Contains(c.String(), "@") {
				t.Errorf("client prints as %s", c)
			}
		})
	}
	auth := broker.Auth{Username: "u", Password: "hidden"}
	if text := fmt.Sprintf("%v %+v %#v %s", auth, auth, auth, auth); strings.Contains(text, "hidden") {
		t.Errorf("printed as %s", text)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		o    broker.Options
	}{
		{"no URL", broker.Options{}},
		{"no scheme", broker.Options{BaseURL: "broker.example"}},
		{"unreadable", broker.Options{BaseURL: "http://u:hid%zz@broker"}},
		{"both kinds", broker.Options{BaseURL: "http://b", Auth: broker.Auth{Token: "hidden", Username: "u"}}},
		{"password alone", broker.Options{BaseURL: "http://b", Auth: broker.Auth{Password: "hidden"}}},
		{"token on two lines", broker.Options{BaseURL: "http://b", Auth: broker.Auth{Token: "hid\nden"}}},
	} {
		tc.o.Transport = &http.Transport{}
		if _, err := broker.New(tc.o); err == nil || strings.Contains(err.Error(), "hid") {
			t.Errorf("%s: error %v", tc.name, err)
		}
	}
	if _, err := broker.New(broker.Options{BaseURL: "http://b"}); err == nil {
		t.Error("no transport: no error")
	}
}

// TestCredentialsStayHome pins that a link or a redirect to another host gets
// no credentials, and that its refusal says why.
func TestCredentialsStayHome(t *testing.T) {
	t.Parallel()
	var got []string
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization")+r.Header.Get("X-Key"))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(foreign.Close)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirected" {
			http.Redirect(w, r, foreign.URL, http.StatusTemporaryRedirect)
			return
		}
		if r.Header.Get("X-Key") != "k" {
			t.Error("the broker's own host lacks the header")
		}
		_, _ = fmt.Fprintf(w, `{"_links":{"pb:provider-pacts-for-verification":{"href":"%s/x"}}}`, foreign.URL)
	}))
	t.Cleanup(home.Close)
	for _, path := range []string{"", "/redirected"} {
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		c := newClient(t, broker.Options{
			BaseURL: home.URL + path, Transport: transport, Retries: -1, Auth: broker.Auth{Token: "abcd"}, Header: http.Header{"X-Key": {"k"}},
		})
		_, err := c.ToVerify(t.Context(), broker.Query{Provider: "p"})
		if !errors.Is(err, broker.ErrUnauthorized) || !strings.Contains(err.Error(), "kept back") {
			t.Errorf("%q: error %v", path, err)
		}
	}
	if diff := cmp.Diff([]string{"", ""}, got); diff != "" {
		t.Errorf("credentials elsewhere (-want +got):\n%s", diff)
	}
}

// TestRedirectKeepsMethod pins that a call that changes something is never
// turned into a GET.
func TestRedirectKeepsMethod(t *testing.T) {
	t.Parallel()
	b := &brokertest.Broker{}
	target := serve(t, b)
	for _, tc := range []struct {
		status int
		ok     bool
	}{{http.StatusMovedPermanently, false}, {http.StatusPermanentRedirect, true}} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = fmt.Fprint(w, `{"_links":{"pb:publish-contracts":{"href":"/contracts/publish"}}}`)
				return
			}
			http.Redirect(w, r, target+r.URL.Path, tc.status)
		}))
		t.Cleanup(server.Close)
		_, err := client(t, server.URL, broker.Auth{}).Publish(t.Context(), broker.Publication{
			Version: broker.Version{Number: "1"}, Contracts: []broker.Contract{contract(t, "a", "b", 1)},
		})
		if tc.ok != (err == nil) || !tc.ok && !strings.Contains(err.Error(), "it redirects") {
			t.Errorf("%d: %v", tc.status, err)
		}
	}
	if n := len(b.Pacts()); n != 1 {
		t.Errorf("%d contracts arrived", n)
	}
}
