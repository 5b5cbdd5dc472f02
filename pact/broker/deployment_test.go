package broker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// recorders are the official tool and ours: each tells the broker at a URL of
// something, and returns what went wrong.
func recorders(t *testing.T) map[string]func(url, what string, s broker.Stay) string {
	return map[string]func(url, what string, s broker.Stay) string{
		"ours": func(url, what string, s broker.Stay) string {
			c := client(t, url, broker.Auth{Token: "abcd"})
			tell := map[string]func() error{
				"record-deployment":    func() error { _, err := c.RecordDeployment(t.Context(), s); return err },
				"record-undeployment":  func() error { _, err := c.RecordUndeployment(t.Context(), s); return err },
				"record-release":       func() error { _, err := c.RecordRelease(t.Context(), s); return err },
				"record-support-ended": func() error { _, err := c.RecordSupportEnded(t.Context(), s); return err },
			}[what]
			if err := tell(); err != nil {
				return err.Error()
			}
			return ""
		},
		"official": func(url, what string, s broker.Stay) string {
			args := []string{"broker", what, "-b", url, "-k", "abcd", "-a", s.Application, "--environment", s.Environment}
			if s.Version != "" {
				args = append(args, "-e", s.Version)
			}
			if s.Instance != "" {
				args = append(args, "--application-instance", s.Instance)
			}
			code, out := official(t, args...)
			if code == 0 {
				return ""
			}
			return out
		},
	}
}

// TestStays: what a broker is told of environments arrives, by our client as by
// the official one.
func TestStays(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"ours", "official"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			record := recorders(t)[who]
			b := &brokertest.Broker{Token: "abcd", Prefix: "/context"}
			url := serve(t, b)
			for _, number := range []string{"1", "2"} {
				publish(t, client(t, url, broker.Auth{Token: "abcd"}), broker.Version{Number: number}, contract(t, "web app", "api", 1))
			}
			web := func(version, instance string) broker.Stay {
				return broker.Stay{Application: "web app", Environment: "test", Version: version, Instance: instance}
			}
			for _, step := range []struct {
				what  string
				stay  broker.Stay
				wrong string // what our error says
				want  []string
			}{
				{"record-deployment", web("1", ""), "", []string{"1"}},
				{"record-deployment", web("1", "blue"), "", []string{"1", "1 blue"}},
				{"record-deployment", web("2", ""), "", []string{"1 blue", "2"}},
				{"record-deployment", web("9", ""), "record deployment of web app 9: the broker has no such version: GET ", []string{"1 blue", "2"}},
				{
					"record-deployment",
					broker.Stay{Application: "web app", Environment: "moon", Version: "1"},
					`record deployment of web app 1: there is no environment "moon" at the broker (there are test, production)`,
					[]string{"1 blue", "2"},
				},
				{"record-release", web("1", ""), "", []string{"1 blue", "2", "1 released"}},
				{"record-release", web("2", ""), "", []string{"1 blue", "2", "1 released", "2 released"}},
				{"record-support-ended", web("1", ""), "", []string{"1 blue", "2", "2 released"}},
				{"record-support-ended", web("1", ""), "record end of support of web app 1: it is not in environment test", []string{"1 blue", "2", "2 released"}},
				{"record-undeployment", web("", ""), "", []string{"1 blue", "2 released"}},
				{
					"record-undeployment", web("", ""),
					`record undeployment of web app: it is in environment test as the instances ["blue"] only; name one`,
					[]string{"1 blue", "2 released"},
				},
				{"record-undeployment", web("", "blue"), "", []string{"2 released"}},
			} {
				got := record(url, step.what, step.stay)
				if (got == "") != (step.wrong == "") || who == "ours" && !strings.HasPrefix(got, step.wrong) {
					t.Errorf("%s %+v: got %q, want %q", step.what, step.stay, got, step.wrong)
				}
				var now []string
				for _, s := range b.Stays() {
					line := strings.TrimSpace(s.Version + " " + s.Instance)
					if s.Released {
						line += " released"
					}
					now = append(now, line)
				}
				if diff := cmp.Diff(step.want, now, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("after %s %+v (-want +got):\n%s", step.what, step.stay, diff)
				}
			}
		})
	}
}

// A broker that leaves the query aside does not make us end what others did.
func TestStaysOfOthers(t *testing.T) {
	t.Parallel()
	b := new(brokertest.Broker)
	b.Deploy("other", "1", "test")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			r.URL.RawQuery = "pacticipant=other"
		}
		b.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	_, err := client(t, server.URL, broker.Auth{}).RecordUndeployment(t.Context(), broker.Stay{Application: "web", Environment: "test"})
	if err == nil || err.Error() != "record undeployment of web: it is not in environment test" || len(b.Stays()) != 1 {
		t.Errorf("got %v; there are %v", err, b.Stays())
	}
}

// An old broker knows no environments.
func TestStaysOldBroker(t *testing.T) {
	t.Parallel()
	c := client(t, serve(t, &brokertest.Broker{Old: true}), broker.Auth{})
	_, err := c.RecordUndeployment(t.Context(), broker.Stay{Application: "web", Environment: "test"})
	if err == nil || !strings.Contains(err.Error(), "Pact Broker 2.80 or later is needed") {
		t.Errorf("got error %v", err)
	}
}
