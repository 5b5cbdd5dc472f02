package broker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

func TestCanIDeploy(t *testing.T) {
	t.Parallel()
	b := &brokertest.Broker{}
	c := client(t, serve(t, b), broker.Auth{})
	publish(t, c, broker.Version{Number: "1"}, contract(t, "web", "users", 1))
	b.Deploy("users", "7", "production")
	gate := broker.Gate{Participants: []broker.Participant{{Name: "web", Version: "1"}}, Environment: "production"}
	ask := func() *broker.Matrix {
		t.Helper()
		m, err := c.CanIDeploy(t.Context(), gate)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := ask(); m.Deployable || m.Unknown != 1 || len(m.Rows) != 1 || m.Rows[0].Success != nil {
		t.Errorf("before a result: %+v", m)
	}
	p := fetchOne(t, c, "users")
	for _, success := range []bool{false, true} {
		result := pact.NewResult()
		result.Verified = success
		if _, err := c.PublishResult(t.Context(), p, result, broker.Version{Number: "7"}); err != nil {
			t.Fatal(err)
		}
		m := ask()
		if m.Deployable != success || m.Unknown != 0 || m.Reason == "" || len(m.Notices) != 1 {
			t.Errorf("after a result %v: %+v", success, m)
		}
		want := []broker.Row{{Consumer: "web", ConsumerVersion: "1", Provider: "users", ProviderVersion: "7", Success: &success, URL: m.Rows[0].URL}}
		if diff := cmp.Diff(want, m.Rows); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
	gate.Environment = "moon"
	if _, err := c.CanIDeploy(t.Context(), gate); err == nil || !strings.Contains(err.Error(), "Environment with name 'moon' does not exist") {
		t.Errorf("unknown environment: %v", err)
	}
}

// TestGateQuery pins what the broker is asked, order included: a broker begins
// a new application where its key comes again.
func TestGateQuery(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		gate broker.Gate
		want string
	}{
		{"latest", broker.Gate{Participants: []broker.Participant{{Name: "a b", Version: "1"}}}, "q[][pacticipant]=a+b&q[][version]=1&latestby=cvp&latest=true"},
		{"environment", broker.Gate{Participants: []broker.Participant{{Name: "a", Latest: true, Branch: "x/y"}}, Environment: "prod"}, "q[][pacticipant]=a&q[][latest]=true&q[][branch]=x/y&latestby=cvp&environment=prod"},
		{
			"several, ignoring one",
			broker.Gate{
				Participants: []broker.Participant{{Name: "a", Version: "1"}, {Name: "b", MainBranch: true}},
				ToTag:        "prod", Ignore: []broker.Participant{{Name: "c", Version: "2"}},
			},
			"q[][pacticipant]=a&q[][version]=1&q[][pacticipant]=b&q[][mainBranch]=true&latestby=cvpv&latest=true&tag=prod&ignore[][pacticipant]=c&ignore[][version]=2",
		},
		{"merge", broker.Gate{Participants: []broker.Participant{{Name: "a", Version: "1"}}, MainBranches: true}, "q[][pacticipant]=a&q[][version]=1&latestby=cvp&latest=true&mainBranch=true"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r.URL.RawQuery
				_, _ = w.Write([]byte(`{"summary":{"deployable":true}}`))
			}))
			defer server.Close()
			if _, err := client(t, server.URL, broker.Auth{}).CanIDeploy(t.Context(), tc.gate); err != nil {
				t.Fatal(err)
			}
			got = strings.NewReplacer("%5B", "[", "%5D", "]", "%2F", "/").Replace(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAwaitDeploy waits for a result that arrives before the third question.
func TestAwaitDeploy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		times      int
		deployable bool
		waited     time.Duration
	}{
		{"comes in time", 5, true, 20 * time.Second},
		{"comes too late", 1, false, 10 * time.Second},
		{"is not waited for", 0, false, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := newClient(t, broker.Options{BaseURL: "http://broker", Transport: answering(func(*http.Request) (int, string) {
					if asked++; asked > 2 {
						return 200, `{"summary":{"deployable":true,"unknown":0}}`
					}
					return 200, `{"summary":{"deployable":null,"unknown":1}}`
				})})
				var told []int
				start := time.Now()
				m, err := c.AwaitDeploy(t.Context(), broker.Gate{Participants: []broker.Participant{{Name: "a"}}}, broker.Patience{
					Times: tc.times, Interval: 10 * time.Second, Waiting: func(unknown, left int) { told = append(told, unknown, left) },
				})
				if err != nil {
					t.Fatal(err)
				}
				if m.Deployable != tc.deployable || time.Since(start) != tc.waited || len(told) != 2*int(tc.waited/(10*time.Second)) {
					t.Errorf("deployable %v after %s, told %v", m.Deployable, time.Since(start), told)
				}
			})
		})
	}
}
