package broker_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
	"github.com/pactape/pactape/pact/verifier"
)

// official runs the official command line tool and returns its exit code. It
// is found where npm installs it beside the tests of package pact, or in the
// folder that PACTAPE_NATIVE_VERIFIER names. A test is skipped where it is
// missing, and fails where PACTAPE_E2E is "require".
func official(t *testing.T, args ...string) (code int, output string) {
	t.Helper()
	dir := os.Getenv("PACTAPE_NATIVE_VERIFIER")
	if dir == "" {
		dir = filepath.Join("..", "testdata", "native")
	}
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	tool, err := filepath.Abs(filepath.Join(dir, "node_modules", "@pact-foundation", "pact-cli-"+runtime.GOOS+"-"+arch, "standalone", "pact"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		const what = "the official command line tool @pact-foundation/pact-cli (npm install in pact/testdata/native)"
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal(what + " is missing")
		}
		t.Skip(what + " is missing")
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true", "NO_COLOR=1")
	cmd.Dir = t.TempDir()
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// A side is one of the two tools that are to be interchangeable.
type side struct {
	name    string
	publish func(t *testing.T, url string, c broker.Contract)
	verify  func(t *testing.T, url, provider string) bool
	deploy  func(t *testing.T, url string) bool
}

func officialSide() side {
	return side{
		name: "official",
		publish: func(t *testing.T, url string, c broker.Contract) {
			file := filepath.Join(t.TempDir(), "pact.json")
			if err := os.WriteFile(file, c.Content, 0o600); err != nil {
				t.Fatal(err)
			}
			if code, out := official(t, "broker", "publish", file, "-b", url, "-k", "abcd", "-a", "1", "--branch", "main", "--tag", "dev"); code != 0 {
				t.Fatalf("publish: exit code %d\n%s", code, out)
			}
		},
		verify: func(t *testing.T, url, provider string) bool {
			host, port, err := net.SplitHostPort(provider)
			if err != nil {
				t.Fatal(err)
			}
			code, _ := official(t, "verifier", "-b", url, "-t", "abcd", "-n", "users/api", "-h", host, "-p", port,
				"--publish", "--provider-version", "7", "--provider-branch", "main", "--provider-tags", "prod",
				"--consumer-version-selectors", `{"mainBranch":true}`)
			return code == 0
		},
		deploy: func(t *testing.T, url string) bool {
			code, _ := official(t, "broker", "can-i-deploy", "-b", url, "-k", "abcd", "-a", "web app", "-e", "1", "--to-environment", "production")
			return code == 0
		},
	}
}

func ourSide() side {
	token := broker.Auth{Token: "abcd"}
	return side{
		name: "ours",
		publish: func(t *testing.T, url string, c broker.Contract) {
			publish(t, client(t, url, token), broker.Version{Number: "1", Branch: "main", Tags: []string{"dev"}}, c)
		},
		verify: func(t *testing.T, url, provider string) bool {
			c, v := client(t, url, token), broker.Version{Number: "7", Branch: "main", Tags: []string{"prod"}}
			refs, err := c.ToVerify(t.Context(), broker.Query{Provider: "users/api", Selectors: []broker.Selector{{MainBranch: true}}, Version: v})
			if err != nil || len(refs) != 1 {
				t.Fatalf("contracts: %v, %v", refs, err)
			}
			p, err := c.Fetch(t.Context(), refs[0])
			if err != nil {
				t.Fatal(err)
			}
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			result, err := verifier.Run(t.Context(), p.Document, verifier.Options{ProviderURL: "http://" + provider, Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.DescribeProvider(t.Context(), p, v); err != nil {
				t.Fatal(err)
			}
			if _, err := c.PublishResult(t.Context(), p, result, v); err != nil {
				t.Fatal(err)
			}
			return result.Verified
		},
		deploy: func(t *testing.T, url string) bool {
			m, err := client(t, url, token).CanIDeploy(t.Context(), broker.Gate{
				Participants: []broker.Participant{{Name: "web app", Version: "1"}}, Environment: "production",
			})
			if err != nil {
				t.Fatal(err)
			}
			return m.Deployable
		},
	}
}

// TestInterchangeable publishes with one tool, verifies with the other and
// asks the gate with the first again, against a provider that keeps the
// contract and one that does not. What arrives at the broker is the same.
func TestInterchangeable(t *testing.T) {
	t.Parallel()
	type arrived struct {
		Kept, Deployable  bool
		Versions          []brokertest.Version
		Success           bool
		Branches, Tags    []string
		Failed            []string
		NamedInteractions bool
	}
	flow := func(t *testing.T, first, second side, id string) arrived {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/users/1" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":` + id + `}`))
		}))
		t.Cleanup(provider.Close)
		b := &brokertest.Broker{Token: "abcd", Prefix: "/context"}
		b.Deploy("users/api", "7", "production")
		url := serve(t, b)
		first.publish(t, url, contract(t, "web app", "users/api", 1))
		kept := second.verify(t, url, provider.Listener.Addr().String())
		deployable := first.deploy(t, url)
		results := b.Results()
		if len(results) != 1 {
			t.Fatalf("%d results", len(results))
		}
		var body struct {
			TestResults []struct {
				InteractionID, InteractionDescription string
				Success                               bool
				Mismatches                            []struct{ Attribute, Identifier string }
			}
		}
		if err := json.Unmarshal(results[0].Body, &body); err != nil {
			t.Fatal(err)
		}
		out := arrived{kept, deployable, b.Versions(), results[0].Success, results[0].Branches, results[0].Tags, nil, len(body.TestResults) == 2}
		for _, it := range body.TestResults {
			out.NamedInteractions = out.NamedInteractions && len(it.InteractionID) == 40
			for _, m := range it.Mismatches {
				out.Failed = append(out.Failed, it.InteractionDescription+" "+m.Attribute+" "+m.Identifier)
			}
		}
		return out
	}
	versions := []brokertest.Version{
		{Application: "web app", Number: "1", Branches: []string{"main"}, Tags: []string{"dev"}},
		{Application: "users/api", Number: "7", Branches: []string{"main"}, Tags: []string{"prod"}},
	}
	for _, tc := range []struct{ first, second side }{
		{ourSide(), officialSide()}, {officialSide(), ourSide()}, {ourSide(), ourSide()}, {officialSide(), officialSide()},
	} {
		t.Run(tc.first.name+" and "+tc.second.name, func(t *testing.T) {
			t.Parallel()
			want := arrived{true, true, versions, true, []string{"main"}, []string{"prod"}, nil, true}
			if diff := cmp.Diff(want, flow(t, tc.first, tc.second, "1")); diff != "" {
				t.Errorf("contract kept (-want +got):\n%s", diff)
			}
			want = arrived{false, false, versions, false, []string{"main"}, []string{"prod"}, []string{"a user body $.id"}, true}
			if diff := cmp.Diff(want, flow(t, tc.first, tc.second, "2")); diff != "" {
				t.Errorf("contract broken (-want +got):\n%s", diff)
			}
		})
	}
}
