package broker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// TestToVerify asks a broker with three versions of one consumer and one of
// another.
func TestToVerify(t *testing.T) {
	t.Parallel()
	fill := func(t *testing.T, b *brokertest.Broker) *broker.Client {
		c := client(t, serve(t, b), broker.Auth{})
		publish(t, c, broker.Version{Number: "1", Branch: "main", Tags: []string{"prod"}}, contract(t, "web", "users", 1))
		publish(t, c, broker.Version{Number: "2", Branch: "feat/x", Tags: []string{"dev"}}, contract(t, "web", "users", 2))
		publish(t, c, broker.Version{Number: "3", Branch: "main"}, contract(t, "web", "users", 3), contract(t, "web", "orders", 3))
		publish(t, c, broker.Version{Number: "9", Tags: []string{"prod"}}, contract(t, "ios", "users", 9))
		b.Deploy("web", "1", "production")
		return c
	}
	for _, tc := range []struct {
		name      string
		old       bool
		selectors string
		query     broker.Query
		want      []string
		err       string
	}{
		{name: "left to the broker", want: []string{"ios 9", "web 3"}},
		{name: "main branch", selectors: `{"mainBranch":true}`, want: []string{"web 3"}},
		{name: "branch", selectors: `[{"branch":"feat/x"}]`, want: []string{"web 2"}},
		{name: "fallback", selectors: `{"branch":"none","fallbackBranch":"main"}`, want: []string{"web 3"}},
		{name: "matching branch", selectors: `{"matchingBranch":true}`, query: broker.Query{Version: broker.Version{Branch: "feat/x"}}, want: []string{"web 2"}},
		{name: "each once", selectors: `[{"tag":"prod","latest":true},{"deployedOrReleased":true}]`, want: []string{"ios 9", "web 1"}},
		{name: "environment and consumer", selectors: `{"deployed":true,"environment":"production","consumer":"web"}`, want: []string{"web 1"}},
		{name: "pending", query: broker.Query{Pending: true}, want: []string{"ios 9 pending", "web 3 pending"}},
		{name: "work in progress", selectors: `{"mainBranch":true}`, query: broker.Query{WIPSince: "2026-01-01"}, want: []string{"web 3", "web 2 pending wip"}},
		{name: "unknown provider", query: broker.Query{Provider: "nobody"}},
		{name: "old", old: true, want: []string{"ios", "web"}},
		{name: "old, tag", old: true, selectors: `{"tag":"dev","latest":true}`, want: []string{"web"}},
		{name: "old, too much asked", old: true, selectors: `{"mainBranch":true}`, err: `cannot be asked for {"mainBranch":true}`},
		{name: "old, pending", old: true, query: broker.Query{Pending: true}, err: "neither pending"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := fill(t, &brokertest.Broker{Old: tc.old})
			if tc.query.Provider == "" {
				tc.query.Provider = "users"
			}
			if tc.selectors != "" {
				var err error
				if tc.query.Selectors, err = broker.ParseSelectors([]byte(tc.selectors)); err != nil {
					t.Fatal(err)
				}
			}
			refs, err := c.ToVerify(t.Context(), tc.query)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("error %v, want %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ref := range refs {
				p, err := c.Fetch(t.Context(), ref)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, summary(ref, p))
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("contracts (-want +got):\n%s", diff)
			}
		})
	}
}

// summary is the consumer, the version if the name tells, and the state.
func summary(ref broker.Ref, p *broker.Pact) string {
	s := p.Document.Consumer
	if _, rest, ok := strings.Cut(ref.Name, s+" ("); ok {
		number, _, _ := strings.Cut(rest, ")")
		s += " " + number
	}
	if ref.Pending {
		s += " pending"
	}
	if ref.WIP {
		s += " wip"
	}
	if p.Document.Interactions[0].ID == "" {
		s += " without ids"
	}
	return s
}

func TestParseSelectors(t *testing.T) {
	t.Parallel()
	got, err := broker.ParseSelectors([]byte(`[{"tag":"t","fallbackTag":"u","latest":true},{"released":true,"consumer":"c"}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []broker.Selector{{Tag: "t", FallbackTag: "u", Latest: true}, {Released: true, Consumer: "c"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("selectors (-want +got):\n%s", diff)
	}
	for _, tc := range []struct{ in, want string }{
		{`main`, "consumer version selector"},
		{`"main"`, "object expected"},
		{`{}`, "chooses nothing"},
		{`{"mainbranch":true}`, `unknown member "mainbranch" (there are mainBranch, branch,`},
		{`{"mainBranch":"yes"}`, "mainBranch: a string cannot be used here"},
		{`{"branch":true}`, "branch: a boolean cannot be used here"},
	} {
		if _, err := broker.ParseSelectors([]byte(tc.in)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.in, err, tc.want)
		}
	}
}
