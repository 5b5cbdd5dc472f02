package metrics_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/pactape/pactape/metrics"
)

var update = flag.Bool("update", false, "write the golden files")

// events drives every method of Metrics once, and says which family must then
// show it. TestEveryMethodCounts compares it with the method set.
func events() map[string]struct {
	drive  func(m *metrics.Metrics)
	family string
} {
	type row = struct {
		drive  func(m *metrics.Metrics)
		family string
	}
	return map[string]row{
		"Request": {
			func(m *metrics.Metrics) { m.Request("SPY", metrics.Forwarded, 3*time.Millisecond) },
			`pactape_requests_total{mode="SPY",outcome="forwarded"} 1`,
		},
		"Upstream": {
			func(m *metrics.Metrics) { m.Upstream("api.example", 201, "HTTP/2.0", 2*time.Millisecond) },
			`pactape_upstream_requests_total{host="api.example",protocol="HTTP/2.0",status="2xx"} 1`,
		},
		"FirstByte": {
			func(m *metrics.Metrics) { m.FirstByte(time.Millisecond) },
			`pactape_upstream_first_byte_seconds_count 1`,
		},
		"Recorded": {
			func(m *metrics.Metrics) { m.Recorded(2048) },
			`pactape_recorded_bytes_total 2048`,
		},
		"RecordDelay": {
			func(m *metrics.Metrics) { m.RecordDelay(4 * time.Millisecond) },
			`pactape_record_delay_seconds_count 1`,
		},
		"Dropped": {
			func(m *metrics.Metrics) { m.Dropped(metrics.DropQueueFull) },
			`pactape_exchanges_dropped_total{reason="queue_full"} 1`,
		},
		"NotLearned": {
			func(m *metrics.Metrics) { m.NotLearned("truncated") },
			`pactape_exchanges_not_learned_total{reason="truncated"} 1`,
		},
		"Truncated": {
			func(m *metrics.Metrics) { m.Truncated() },
			`pactape_exchanges_truncated_total 1`,
		},
		"DedupeHit": {
			func(m *metrics.Metrics) { m.DedupeHit() },
			`pactape_dedupe_hits_total 1`,
		},
		"Redacted": {
			func(m *metrics.Metrics) { m.Redacted(3) },
			`pactape_redactions_total 3`,
		},
		"Evicted": {
			func(m *metrics.Metrics) { m.Evicted(metrics.EvictJournal, 2) },
			`pactape_evictions_total{kind="journal_segment"} 2`,
		},
		"CertMinted": {
			func(m *metrics.Metrics) { m.CertMinted() },
			`pactape_certificates_minted_total 1`,
		},
		"CertCacheHit": {
			func(m *metrics.Metrics) { m.CertCacheHit() },
			`pactape_certificate_cache_hits_total 1`,
		},
		"ClientTLSFailure": {
			func(m *metrics.Metrics) { m.ClientTLSFailure() },
			`pactape_client_tls_failures_total 1`,
		},
		"Tunnel": {
			func(m *metrics.Metrics) { m.Tunnel(metrics.TunnelBlind) },
			`pactape_tunnels_total{kind="blind"} 1`,
		},
		"Routed": {
			func(m *metrics.Metrics) { m.Routed("SIMULATE", metrics.Forwarded, 3*time.Millisecond) },
			`pactape_requests_total{mode="SIMULATE",outcome="forwarded"} 1`,
		},
		"SideRequest": {
			func(m *metrics.Metrics) { m.SideRequest(metrics.SideDropped) },
			`pactape_side_requests_total{outcome="dropped"} 1`,
		},
		"Panic": {
			func(m *metrics.Metrics) { m.Panic() },
			`pactape_panics_total 1`,
		},
		"Gauges": {
			func(m *metrics.Metrics) { m.Gauges(gauges()) },
			`pactape_expectations_active{origin="captured"} 7`,
		},
	}
}

func gauges() metrics.GaugeFuncs {
	return metrics.GaugeFuncs{
		QueueDepth:         func() float64 { return 5 },
		BytesInFlight:      func() float64 { return 4096 },
		Sessions:           func() float64 { return 2 },
		ActiveExpectations: func() map[string]int { return map[string]int{"user": 1, "captured": 7, "imported": 0} },
		ActiveActions:      func() map[string]int { return map[string]int{"response": 8} },
		CallbackClients:    func() float64 { return 3 },
		CallbackHandlers:   func() (int, int) { return 2, 1 },
		LogEvictions:       func() uint64 { return 9 },
	}
}

func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if w.Code != http.StatusOK {
		t.Fatalf("status = %d, body %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// lines keeps the lines of one tool's metrics, comments included.
func lines(exposition string, keep func(name string) bool) string {
	var b strings.Builder
	for line := range strings.Lines(exposition) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if keep(name) {
			b.WriteString(strings.ReplaceAll(line, runtime.Version(), "GOVERSION"))
		}
	}
	return b.String()
}

func pactape(name string) bool { return strings.HasPrefix(name, "pactape_") }

func goOrProcess(name string) bool {
	return strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("exposition differs from %s (-want +got), -update writes it:\n%s", file, diff)
	}
}

func TestExposition(t *testing.T) {
	t.Parallel()
	m := metrics.New(metrics.Options{Version: "v1.2.3", Revision: "abc"})
	for _, event := range events() {
		event.drive(m)
	}
	golden(t, "testdata/exposition.txt", lines(scrape(t, m), pactape))
}

func TestMockServerNames(t *testing.T) {
	t.Parallel()
	m := metrics.New(metrics.Options{Version: "v1.2.3", Revision: "abc", MockServer: true})
	m.Gauges(gauges())
	for _, outcome := range []metrics.Outcome{
		metrics.Matched, metrics.Forwarded, metrics.NotMatched, metrics.Failed, metrics.Admin, metrics.Refused,
	} {
		m.Request("SPY", outcome, 1500*time.Millisecond)
	}
	m.Routed("SPY", metrics.Forwarded, time.Millisecond)
	theirs := func(name string) bool { return !pactape(name) && !goOrProcess(name) }
	golden(t, "testdata/mockserver.txt", lines(scrape(t, m), theirs))
	plain := scrape(t, metrics.New(metrics.Options{}))
	if got := lines(plain, theirs); got != "" {
		t.Errorf("MockServer's names without the option:\n%s", got)
	}
}

func TestMockServerCounts(t *testing.T) {
	t.Parallel()
	if got := metrics.New(metrics.Options{}).MockServerCounts(); got != nil {
		t.Errorf("counts without the option: %v", got)
	}
	m := metrics.New(metrics.Options{MockServer: true})
	m.Gauges(gauges())
	m.Request("SPY", metrics.Matched, time.Millisecond)
	m.Request("SPY", metrics.NotMatched, time.Millisecond)
	m.Routed("SPY", metrics.Failed, time.Millisecond)
	got := m.MockServerCounts()
	for name, want := range map[string]int64{
		"REQUESTS_RECEIVED_COUNT": 3, "FORWARD_EXPECTATIONS_MATCHED_COUNT": 1, "RESPONSE_EXPECTATIONS_MATCHED_COUNT": 1, "EXPECTATIONS_NOT_MATCHED_COUNT": 1,
		"WEBSOCKET_CALLBACK_CLIENTS_COUNT": 3, "ERROR_ACTIONS_COUNT": 0,
	} {
		if n, ok := got[name]; !ok || n != want {
			t.Errorf("%s is %d (%t), want %d", name, n, ok, want)
		}
	}
	for name := range got {
		if strings.HasPrefix(name, "PACTAPE") || strings.HasPrefix(name, "GO_") {
			t.Errorf("%s is none of MockServer's", name)
		}
	}
}

func TestEveryMethodCounts(t *testing.T) {
	t.Parallel()
	rows := events()
	typ := reflect.TypeFor[*metrics.Metrics]()
	for method := range typ.Methods() {
		name := method.Name
		row, ok := rows[name]
		if !ok && name != "Handler" && name != "MockServerCounts" { // those two print
			t.Errorf("method %s has no row in events", name)
		}
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := metrics.New(metrics.Options{})
			if strings.Contains(scrape(t, m), row.family+"\n") {
				t.Fatalf("%s is there before the event", row.family)
			}
			row.drive(m)
			if !strings.Contains(scrape(t, m), row.family+"\n") {
				t.Errorf("no %s after the event", row.family)
			}
		})
	}
}

func TestNilCountsNothing(t *testing.T) {
	t.Parallel()
	var m *metrics.Metrics
	for _, row := range events() {
		row.drive(m)
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if w.Code != http.StatusNotFound {
		t.Errorf("status = %d, want 404", w.Code)
	}
}

func TestGoAndProcessCollectors(t *testing.T) {
	t.Parallel()
	got := scrape(t, metrics.New(metrics.Options{}))
	for _, name := range []string{"go_goroutines ", "process_start_time_seconds "} {
		if !strings.Contains(got, "\n"+name) && runtime.GOOS == "linux" {
			t.Errorf("no %sin the exposition", name)
		}
	}
}

func TestBuildInfoOfTheBinary(t *testing.T) {
	t.Parallel()
	got := scrape(t, metrics.New(metrics.Options{}))
	if want := `goversion="` + runtime.Version() + `"`; !strings.Contains(got, want) {
		t.Errorf("no %s in pactape_build_info", want)
	}
}

func TestPromlint(t *testing.T) {
	t.Parallel()
	m := metrics.New(metrics.Options{})
	for _, event := range events() {
		event.drive(m)
	}
	problems, err := promlint.New(strings.NewReader(scrape(t, m))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestPromtool runs what operators run.
func TestPromtool(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal("PACTAPE_E2E=require, but promtool is not installed")
		}
		t.Skip("promtool is not installed")
	}
	m := metrics.New(metrics.Options{})
	for _, event := range events() {
		event.drive(m)
	}
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = resp.Body
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}
