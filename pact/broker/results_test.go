package broker_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// fetchOne fetches the only contract of a provider.
func fetchOne(t *testing.T, c *broker.Client, provider string) *broker.Pact {
	t.Helper()
	refs, err := c.ToVerify(t.Context(), broker.Query{Provider: provider})
	if err != nil || len(refs) != 1 {
		t.Fatalf("contracts of %s: %v, %v", provider, refs, err)
	}
	p, err := c.Fetch(t.Context(), refs[0])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishResult(t *testing.T) {
	t.Parallel()
	b := &brokertest.Broker{Prefix: "/b"}
	c := client(t, serve(t, b), broker.Auth{})
	publish(t, c, broker.Version{Number: "1"}, contract(t, "web", "users/api", 1))
	p := fetchOne(t, c, "users/api")
	result := pact.NewResult()
	first, second := pact.NewInteractionResult(p.Document.Interactions[0]), pact.NewInteractionResult(p.Document.Interactions[1])
	first.Reason = "body mismatch"
	first.Mismatches = []pact.Mismatch{
		{Kind: pact.BodyMismatch, In: pact.CategoryBody, Path: "$.id", Want: "1", Got: "2", Message: "expected 1 but was 2"},
		{Kind: pact.StatusMismatch, In: pact.CategoryStatus, Message: "expected 200 but was 201"},
	}
	second.Reason = "no answer: connection refused"
	result.Add(first)
	result.Add(second)
	v := broker.Version{Number: "7", Branch: "main", Tags: []string{"a/b"}, BuildURL: "https://ci/7"}
	if _, err := c.DescribeProvider(t.Context(), p, v); err != nil {
		t.Fatal(err)
	}
	url, err := c.PublishResult(t.Context(), p, result, v)
	if err != nil || url == "" {
		t.Fatalf("%q, %v", url, err)
	}
	results := b.Results()
	if len(results) != 1 {
		t.Fatalf("%d results", len(results))
	}
	got := results[0]
	if diff := cmp.Diff([]any{"7", false, []string{"main"}, []string{"a/b"}}, []any{got.ProviderVersion, got.Success, got.Branches, got.Tags}); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	var body bytes.Buffer
	if err := json.Indent(&body, got.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	want := `{
  "success": false,
  "providerApplicationVersion": "7",
  "buildUrl": "https://ci/7",
  "verifiedBy": {
    "implementation": "pactape",
    "version": "1.2"
  },
  "testResults": [
    {
      "interactionId": "` + p.Document.Interactions[0].ID + `",
      "interactionDescription": "a user",
      "success": false,
      "mismatches": [
        {
          "attribute": "body",
          "identifier": "$.id",
          "description": "expected 1 but was 2"
        },
        {
          "attribute": "status",
          "description": "expected 200 but was 201"
        }
      ]
    },
    {
      "interactionId": "` + p.Document.Interactions[1].ID + `",
      "interactionDescription": "no user",
      "success": false,
      "exceptions": [
        {
          "message": "no answer: connection refused"
        }
      ]
    }
  ]
}`
	if diff := cmp.Diff(want, body.String()); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

// TestPendingUntilFulfilled pins that a contract is pending until a version of
// the provider's branch has fulfilled it.
func TestPendingUntilFulfilled(t *testing.T) {
	t.Parallel()
	c := client(t, serve(t, &brokertest.Broker{}), broker.Auth{})
	publish(t, c, broker.Version{Number: "1"}, contract(t, "web", "users", 1))
	pending := func(branch string) bool {
		t.Helper()
		refs, err := c.ToVerify(t.Context(), broker.Query{Provider: "users", Pending: true, Version: broker.Version{Branch: branch}})
		if err != nil || len(refs) != 1 {
			t.Fatalf("%v, %v", refs, err)
		}
		return refs[0].Pending
	}
	if !pending("main") {
		t.Error("not pending at first")
	}
	p := fetchOne(t, c, "users")
	v := broker.Version{Number: "7", Branch: "main"}
	if _, err := c.DescribeProvider(t.Context(), p, v); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PublishResult(t.Context(), p, pact.NewResult(), v); err != nil {
		t.Fatal(err)
	}
	if pending("main") || !pending("other") {
		t.Error("a success counts for its branch")
	}
}
