package main_test

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
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// officialTool runs the official command line tool, which npm installs beside
// the tests of package pact, or in the folder that PACTAPE_NATIVE_VERIFIER
// names.
func officialTool(t *testing.T, args ...string) result {
	t.Helper()
	dir := os.Getenv("PACTAPE_NATIVE_VERIFIER")
	if dir == "" {
		dir = filepath.Join("..", "..", "pact", "testdata", "native")
	}
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	tool, err := filepath.Abs(filepath.Join(dir, "node_modules", "@pact-foundation", "pact-cli-"+runtime.GOOS+"-"+arch, "standalone", "pact"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); errors.Is(err, os.ErrNotExist) {
		missing(t, "the official tool @pact-foundation/pact-cli (npm install in pact/testdata/native)")
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Env = cleanEnviron("PACT_DO_NOT_TRACK=true", "NO_COLOR=1")
	cmd.Dir = t.TempDir()
	cmd.WaitDelay = 5 * time.Second
	return finish(t, cmd)
}

// TestE2EBroker is the loop between two teams: a client is recorded, its
// contract published, fetched and held against the API by our verifier and by
// the official one, the results published, and the gate asked by both tools.
// After a change of the API all of them say no. The broker is spoken to over
// HTTPS by us and over HTTP by the official tool.
func TestE2EBroker(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	api := &changeable{api: shop.New()}
	u := startUpstream(t, "shop", api)
	contract := recordShop(t, h, u, 7)
	token, err := shop.Login(t.Context(), &http.Client{Transport: through(t, nil, u.ca).Transport}, "https://"+u.addr, "bob")
	if err != nil {
		t.Fatal(err)
	}
	b := &brokertest.Broker{Prefix: "/tools/pacts", Token: "s3cr3t-token"}
	b.Deploy("shop", "7", "production")
	plain := httptest.NewServer(b)
	t.Cleanup(plain.Close)
	safe := startUpstream(t, "broker", b)
	ours := []string{"--broker-url", safe.url + b.Prefix, "--broker-token", b.Token, "--upstream-ca", safe.ca}
	theirs := plain.URL + b.Prefix

	said := h.pactape(t, append([]string{"publish", contract, "-a", "1", "--branch", "main"}, ours...)...).want(t, 0)
	if !strings.Contains(said.stdout, "published web -> shop, version 1, branch main") || strings.Contains(said.String(), b.Token) {
		t.Errorf("publish said: %s", said)
	}
	host, port, err := net.SplitHostPort(u.addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(*http.Request, *httptest.ResponseRecorder)
		code   int
	}{
		{"as recorded", nil, 0},
		{"changed", replaceIn("/items/1", "80", `"80"`), 1},
	} {
		t.Run(tc.name, func(t *testing.T) { // one after the other: they change the API
			api.change.Store(&tc.change)
			gate := func() {
				t.Helper()
				h.pactape(t, append([]string{"can-i-deploy", "-a", "web", "-e", "1", "--to-environment", "production"}, ours...)...).want(t, tc.code)
				officialTool(t, "broker", "can-i-deploy", "-b", theirs, "-k", b.Token, "-a", "web", "-e", "1", "--to-environment", "production").want(t, tc.code)
			}
			before := len(b.Results())
			h.pactape(t, append([]string{
				"verify", "--provider", "shop", "--provider-url", u.url, "--upstream-ca", u.ca, "--header", "Authorization: " + token,
				"--main-branch", "--provider-version", "7", "--provider-branch", "main", "--publish-results",
			}, ours...)...).want(t, tc.code)
			gate()
			officialTool(t, "verifier", "-b", theirs, "-t", b.Token, "-n", "shop", "-h", host, "-p", port, "--transport", "https",
				"--disable-ssl-verification", "-H", "Authorization="+token, "--consumer-version-selectors", `{"mainBranch":true}`,
				"--publish", "--provider-version", "7", "--provider-branch", "main").want(t, tc.code)
			gate()
			results := b.Results()[before:]
			if len(results) != 2 {
				t.Fatalf("%d results arrived", len(results))
			}
			want, got := failures(t, results[1]), failures(t, results[0])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("results published (-official +ours):\n%s", diff)
			}
			if (len(got) > 0) != (tc.code > 0) || results[0].Success != (tc.code == 0) {
				t.Errorf("failures %v, success %v", got, results[0].Success)
			}
		})
	}
}

// failures are the interactions that failed in a published result, and where.
func failures(t *testing.T, r brokertest.Result) map[string][]string {
	t.Helper()
	var body struct {
		TestResults []struct {
			InteractionID, InteractionDescription string
			Success                               bool
			Mismatches                            []struct{ Attribute, Identifier string }
		}
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	if len(body.TestResults) != 7 {
		t.Errorf("%d interactions in a result, want 7", len(body.TestResults))
	}
	out := make(map[string][]string)
	for _, it := range body.TestResults {
		if it.InteractionID == "" {
			t.Errorf("%s has no id", it.InteractionDescription)
		}
		for _, m := range it.Mismatches {
			out[it.InteractionDescription] = append(out[it.InteractionDescription], m.Attribute+" "+m.Identifier)
		}
		if it.Success != (len(it.Mismatches) == 0) {
			t.Errorf("%s: success %v with mismatches %v", it.InteractionDescription, it.Success, it.Mismatches)
		}
	}
	return out
}
