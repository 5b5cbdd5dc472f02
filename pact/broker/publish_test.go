package broker_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// writes are the calls that changed something.
func writes(b *brokertest.Broker) []string {
	return slices.DeleteFunc(b.Calls(), func(call string) bool { return strings.HasPrefix(call, "GET ") })
}

func TestPublish(t *testing.T) {
	t.Parallel()
	version := broker.Version{Number: "1.0/2", Branch: "feat/x", Tags: []string{"dev", "a b"}, BuildURL: "https://ci/1"}
	for _, tc := range []struct {
		name      string
		old       bool
		prefix    string
		contracts []broker.Contract
		calls     []string
		versions  []brokertest.Version
	}{
		{
			name:   "two contracts of one consumer in one call, below a path",
			prefix: "/tools/broker",
			contracts: []broker.Contract{
				contract(t, "web app", "users/api", 1), contract(t, "web app", "orders", 1),
			},
			calls: []string{"POST /contracts/publish"},
			versions: []brokertest.Version{
				{Application: "web app", Number: "1.0/2", BuildURL: "https://ci/1", Branches: []string{"feat/x"}, Tags: []string{"dev", "a b"}},
			},
		},
		{
			name:      "two consumers",
			contracts: []broker.Contract{contract(t, "web", "users", 1), contract(t, "ios", "users", 1)},
			calls:     []string{"POST /contracts/publish", "POST /contracts/publish"},
			versions: []brokertest.Version{
				{Application: "web", Number: "1.0/2", BuildURL: "https://ci/1", Branches: []string{"feat/x"}, Tags: []string{"dev", "a b"}},
				{Application: "ios", Number: "1.0/2", BuildURL: "https://ci/1", Branches: []string{"feat/x"}, Tags: []string{"dev", "a b"}},
			},
		},
		{
			name:      "the older calls, tags first; branches are unknown",
			old:       true,
			contracts: []broker.Contract{contract(t, "web app", "users/api", 1)},
			calls: []string{
				"PUT /pacticipants/web%20app/branches/feat%2Fx/versions/1.0%2F2",
				"PUT /pacticipants/web%20app/versions/1.0%2F2/tags/dev",
				"PUT /pacticipants/web%20app/versions/1.0%2F2/tags/a%20b",
				"PUT /pacts/provider/users%2Fapi/consumer/web%20app/version/1.0%2F2",
			},
			versions: []brokertest.Version{{Application: "web app", Number: "1.0/2", Tags: []string{"dev", "a b"}}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := &brokertest.Broker{Old: tc.old, Prefix: tc.prefix}
			result := publish(t, client(t, serve(t, b), broker.Auth{}), version, tc.contracts...)
			if diff := cmp.Diff(tc.calls, writes(b)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.versions, b.Versions(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
			if len(b.Pacts()) != len(tc.contracts) || len(result.Published) != len(tc.contracts) {
				t.Errorf("%d contracts arrived, %d reported, want %d", len(b.Pacts()), len(result.Published), len(tc.contracts))
			}
			for i, p := range result.Published {
				if p.Provider != tc.contracts[i].Provider || !strings.Contains(p.URL, "/pact-version/") {
					t.Errorf("published %+v", p)
				}
			}
			if len(result.Notices) == 0 {
				t.Error("no notices")
			}
		})
	}
}

// TestPublishSameParties pins that two files between the same parties become
// one contract, both by the newer and the older calls.
func TestPublishSameParties(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		b := &brokertest.Broker{Old: old}
		c := client(t, serve(t, b), broker.Auth{})
		publish(t, c, broker.Version{Number: "1"}, contract(t, "web", "users", 1), contract(t, "web", "users", 2))
		pacts := b.Pacts()
		if len(pacts) != 1 {
			t.Fatalf("old %v: %d contracts", old, len(pacts))
		}
		if list, _ := pacts[0].Content.Get("interactions"); len(list.Items) != 3 {
			t.Errorf("old %v: %d interactions, want 3", old, len(list.Items))
		}
	}
}

func TestPublishConflict(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		b := &brokertest.Broker{Immutable: true, Old: old}
		c := client(t, serve(t, b), broker.Auth{})
		v := broker.Version{Number: "1"}
		publish(t, c, v, contract(t, "web", "users", 1))
		publish(t, c, v, contract(t, "web", "users", 1)) // the same again
		_, err := c.Publish(t.Context(), broker.Publication{Version: v, Contracts: []broker.Contract{contract(t, "web", "users", 2)}})
		if !errors.Is(err, broker.ErrConflict) || !strings.Contains(err.Error(), "Cannot change the content") {
			t.Errorf("old %v: %v", old, err)
		}
		if _, err := c.Publish(t.Context(), broker.Publication{Version: v, Merge: true, Contracts: []broker.Contract{contract(t, "web", "users", 2)}}); err != nil {
			t.Errorf("old %v: merge: %v", old, err)
		}
	}
}

func TestReadContract(t *testing.T) {
	t.Parallel()
	read := contract(t, "web", "users", 1)
	doc, err := pact.Parse(read.Content)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := broker.ReadContract(broker.ContractOf(doc).Content); err != nil || made.Consumer != "web" || made.Provider != "users" {
		t.Errorf("made of a document: %+v, %v", made, err)
	}
	for _, tc := range []struct{ name, in, want string }{
		{"not JSON", `<pact/>`, "unexpected"},
		{"no interactions", `{}`, "no interactions"},
		{"no names", `{"interactions":[]}`, "does not name"},
	} {
		if _, err := broker.ReadContract([]byte(tc.in)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	b := &brokertest.Broker{}
	if _, err := client(t, serve(t, b), broker.Auth{}).Publish(t.Context(), broker.Publication{Contracts: []broker.Contract{contract(t, "a", "b", 1)}}); err == nil {
		t.Error("published without a version")
	}
	if calls := b.Calls(); len(calls) > 0 {
		t.Errorf("calls without a version: %q", calls)
	}
}
