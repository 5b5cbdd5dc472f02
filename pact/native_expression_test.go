package pact_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/pact"
)

// TestNativeExpressions has the official verifier apply generators with date
// and time expressions, and compares what it sends with what we would. An
// expression that the reference cannot read leaves its example as it is; ours
// is an error.
func TestNativeExpressions(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		kind, format string
		expressions  []string
	}{
		{"Time", "HH:mm", []string{
			"", "now", "  noon ", "now + 3 hours", "midnight", "noon", "1 o'clock", "2 o'clock", "11 o'clock", "1 o'clock am",
			"11 o'clock pm", "0 o'clock", "13 o'clock", "13 o'clock pm", "next hour", "last hour", "next minute + 2 hours - 1 second",
			"last minute - 1 hour - 1 hour", "+1hour", "-30 minutes", "+ 5 milliseconds", "NOW", "Next Hour", "nonsense", "@ noon",
			"noon + 1 hour", "next day", "+ 1 day", "1 o'clock + 90 minutes", "next", "noon noon", "+", "+ 1", "now + now",
		}},
		{"Date", "yyyy-MM-dd", append([]string{
			"", "now", "today", "tomorrow", "yesterday", "+ 1 day", "+1day", "+ 1 month", "- 1 month", "+ 3 months", "- 13 months",
			"+ 1 year", "last year", "next year", "next week", "last week", "next day", "next month", "last month", "next fortnight", "last fortnight",
			"next june + 2 weeks", "next june + 2 weeks + 1 day", "last mon + 2 weeks - 1 day", "today + 1 day - 2 weeks",
			"tomorrow+ 4 years", "nonsense", " + 2 fortnights", "+ 1 monday", "@ noon", "next week @ noon", "next tue", "next thu", "noon", "+ 1 hour",
			"+ 40 days - 1 month", "+ 34 days - 1 month", "+ 3 days + 1 month",
		}, named()...)},
		{"DateTime", "yyyy-MM-dd'T'HH:mm", []string{
			"@ noon", "@ + 1 hour", "tomorrow @ midnight", "next monday @ 3 o'clock am", "tomorrow", "+ 1 day @ + 1 hour", "@ + 20 hours",
			"@", "tomorrow @", "noon", "+ 1 hour", "@ next hour", "today @ 5 o'clock pm + 1 hour", "a @ b",
		}},
	}
	var interactions []string
	for _, k := range kinds {
		for i, e := range k.expressions {
			interactions = append(interactions, fmt.Sprintf(`{"description":"%s %d","request":{"method":"GET","path":"/","query":{"q":["example"]},
				"headers":{"X-Case":"%s %d"},"generators":{"query":{"q":{"type":%q,"format":%q,"expression":%q}}}},"response":{"status":200}}`,
				k.kind, i, k.kind, i, k.kind, k.format, e))
		}
	}
	var mu sync.Mutex
	sent := make(map[string]string)
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent[r.Header.Get("X-Case")] = r.URL.Query().Get("q")
	}))
	defer provider.Close()
	data := document(3, interactions...)
	before := time.Now()
	nativeVerify(t, data, provider.URL)
	after := time.Now()
	doc := parsed(t, data)
	ours := func(i int, now time.Time) string {
		made, err := doc.Interactions[i].Request.Generate(pact.GenerateOptions{Now: now})
		if err != nil {
			return "example"
		}
		values, _ := made.Query.Get("q", false)
		return strings.Join(values, ",")
	}
	n := 0
	for _, k := range kinds {
		for i, e := range k.expressions {
			got := sent[fmt.Sprintf("%s %d", k.kind, i)]
			if first, last := ours(n, before), ours(n, after); got != first && got != last {
				t.Errorf("%s %q: the reference sent %q, we %q", k.kind, e, got, first)
			}
			n++
		}
	}
	t.Logf("%d expressions", n)
}

// named are expressions with every name of a weekday and a month.
func named() []string {
	var list []string
	for name := range strings.FieldsSeq(`monday mon tuesday tues wednesday wed thursday thurs friday fri saturday sat sunday sun
		january jan february feb march mar april apr may june jun july jul august aug september sept sep october oct november nov december dec`) {
		list = append(list, "next "+name, "last "+name)
	}
	return list
}
