package main_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// metric is the value of a series, written as in the exposition; 0 if there
// is none.
func (s *server) metric(t *testing.T, series string) float64 {
	t.Helper()
	text := s.call(t, http.MethodGet, "/metrics", "").body
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (\S+)$`).FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// wantMetric waits until a series has the value: recording goes on behind the
// answers.
func (s *server) wantMetric(t *testing.T, series string, value float64) {
	t.Helper()
	until(t, fmt.Sprintf("%s is %v", series, value), func() bool { return s.metric(t, series) == value })
}

// TestE2EMetrics has promtool judge the metrics of a server that has seen
// traffic of every kind, under both of their paths.
func TestE2EMetrics(t *testing.T) {
	t.Parallel()
	promtool := program(t, "promtool")
	u := startUpstream(t, "shop", shop.New())
	s := newHome(t).serve(t, "--upstream-ca", u.ca)
	if _, err := shop.Browse(t.Context(), s.through(t, ""), u.url); err != nil {
		t.Fatal(err)
	}
	s.put(t, http.StatusCreated, "expectation", `{"httpRequest":{"path":"/stub"},"httpResponse":{"statusCode":204}}`)
	if a := s.call(t, http.MethodGet, "/stub", ""); a.status != http.StatusNoContent {
		t.Fatalf("stub answered %d", a.status)
	}
	a, err := send(t.Context(), s.through(t, ""), http.MethodGet, "https://nowhere.localhost:1/", "")
	if err != nil || a.status != http.StatusBadGateway {
		t.Fatalf("unreachable upstream: %d, %v", a.status, err)
	}
	s.wantMetric(t, "pactape_exchanges_recorded_total", 15)
	for series, want := range map[string]float64{
		`pactape_requests_total{mode="SPY",outcome="forwarded"}`: 14,
		`pactape_requests_total{mode="SPY",outcome="matched"}`:   1,
		`pactape_requests_total{mode="SPY",outcome="failed"}`:    1,
		`pactape_expectations_active{origin="user"}`:             1,
		`pactape_dedupe_hits_total`:                              1, // the poll that found nothing new
	} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s is %v, want %v", series, got, want)
		}
	}
	for _, path := range []string{"/metrics", "/mockserver/metrics"} {
		text := s.call(t, http.MethodGet, path, "").body
		for _, name := range []string{"pactape_build_info", "go_goroutines", "process_", "pactape_certificates_minted_total"} {
			if !strings.Contains(text, "\n"+name) {
				t.Errorf("%s has no %s", path, name)
			}
		}
		cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		cmd.Stdin = strings.NewReader(text)
		if r := finish(t, cmd); r.code != 0 || r.stdout+r.stderr != "" {
			t.Errorf("promtool on %s: %s", path, r)
		}
	}
}
