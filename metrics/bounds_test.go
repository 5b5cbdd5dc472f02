package metrics_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/metrics"
)

func TestLabelValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		drive func(m *metrics.Metrics)
		want  string
	}{
		"unknown mode": {
			func(m *metrics.Metrics) { m.Request("spying", metrics.Matched, 0) },
			`pactape_requests_total{mode="other",outcome="matched"} 1`,
		},
		"no mode": {
			func(m *metrics.Metrics) { m.Request("", metrics.Admin, 0); m.Request("", metrics.Admin, 0) },
			`pactape_requests_total{mode="none",outcome="admin"} 2`,
		},
		"no mode, refused": {
			func(m *metrics.Metrics) { m.Request("", metrics.Refused, 0) },
			`pactape_requests_total{mode="none",outcome="refused"} 1`,
		},
		"unknown outcome": {
			func(m *metrics.Metrics) { m.Request("SIMULATE", "lost", 0) },
			`pactape_requests_total{mode="SIMULATE",outcome="other"} 1`,
		},
		"no status": {
			func(m *metrics.Metrics) { m.Upstream("a", 0, "", 0) },
			`pactape_upstream_requests_total{host="a",protocol="other",status="error"} 1`,
		},
		"status beyond the classes": {
			func(m *metrics.Metrics) { m.Upstream("a", 999, "HTTP/1.0", 0) },
			`pactape_upstream_requests_total{host="a",protocol="HTTP/1.0",status="error"} 1`,
		},
		"informational": {
			func(m *metrics.Metrics) { m.Upstream("a", 101, "HTTP/1.1", 0) },
			`pactape_upstream_requests_total{host="a",protocol="HTTP/1.1",status="1xx"} 1`,
		},
		"host in upper case": {
			func(m *metrics.Metrics) {
				m.Upstream("API.Example", 503, "HTTP/2", 0)
				m.Upstream("api.example", 500, "HTTP/2.0", 0)
			},
			`pactape_upstream_requests_total{host="api.example",protocol="HTTP/2.0",status="5xx"} 2`,
		},
		"host that is no UTF-8": {
			func(m *metrics.Metrics) { m.Upstream("a\xffb", 200, "HTTP/1.1", 0) },
			`pactape_upstream_requests_total{host="a` + "\uFFFD" + `b",protocol="HTTP/1.1",status="2xx"} 1`,
		},
		"endless host": {
			func(m *metrics.Metrics) { m.Upstream(strings.Repeat("a", 300), 200, "HTTP/1.1", 0) },
			`pactape_upstream_requests_total{host="` + strings.Repeat("a", 253) + `",protocol="HTTP/1.1",status="2xx"} 1`,
		},
		"negative counts": {
			func(m *metrics.Metrics) { m.Redacted(-1); m.Recorded(-5); m.Evicted(metrics.EvictCaptured, -1) },
			`pactape_recorded_bytes_total 0`,
		},
		"origin that is no UTF-8": {
			func(m *metrics.Metrics) {
				m.Gauges(metrics.GaugeFuncs{ActiveExpectations: func() map[string]int { return map[string]int{"\xff": 1} }})
			},
			`pactape_expectations_active{origin="` + "\uFFFD" + `"} 1`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := metrics.New(metrics.Options{})
			tc.drive(m)
			if got := scrape(t, m); !strings.Contains(got, tc.want+"\n") {
				t.Errorf("no %s in\n%s", tc.want, lines(got, pactape))
			}
		})
	}
}

// TestBounds sends more values than a label may have, from several goroutines:
// the exposition must stay bounded and no event may be lost.
func TestBounds(t *testing.T) {
	t.Parallel()
	const workers, values = 4, 200
	m := metrics.New(metrics.Options{MaxHosts: 10})
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range values {
				m.Upstream(fmt.Sprintf("h%d.example", i), 200, "HTTP/1.1", time.Millisecond)
				m.Dropped(fmt.Sprintf("error %d", i))
			}
		})
	}
	wg.Wait()
	exposition := scrape(t, m)
	for _, tc := range []struct {
		family string
		series int
	}{
		{"pactape_upstream_requests_total{", 11},
		{"pactape_exchanges_dropped_total{", 33},
	} {
		var series int
		var total float64
		for line := range strings.Lines(exposition) {
			if !strings.HasPrefix(line, tc.family) {
				continue
			}
			var n float64
			if _, err := fmt.Sscan(line[strings.LastIndex(line, " "):], &n); err != nil {
				t.Fatal(err)
			}
			series++
			total += n
		}
		if series != tc.series || total != workers*values {
			t.Errorf("%s: %d series counting %v, want %d counting %d", tc.family, series, total, tc.series, workers*values)
		}
	}
	if !strings.Contains(exposition, `host="other"`) {
		t.Error(`no host="other"`)
	}
}

// TestLogEvictionsNeverFall: a space that is removed takes its count along.
func TestLogEvictionsNeverFall(t *testing.T) {
	t.Parallel()
	m := metrics.New(metrics.Options{})
	var now uint64
	m.Gauges(metrics.GaugeFuncs{LogEvictions: func() uint64 { return now }})
	for _, step := range []struct{ sum, want uint64 }{{5, 5}, {8, 8}, {2, 8}, {4, 10}} {
		now = step.sum
		want := fmt.Sprintf("pactape_request_log_evictions_total %d\n", step.want)
		if got := scrape(t, m); !strings.Contains(got, want) {
			t.Errorf("at a sum of %d: no %s", step.sum, want)
		}
	}
}

// TestScrapeTrouble: a collector that yields the same series twice must not
// hide the other metrics, and somebody hears of it.
func TestScrapeTrouble(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	m := metrics.New(metrics.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	m.Gauges(metrics.GaugeFuncs{ActiveExpectations: func() map[string]int {
		return map[string]int{"\xfe": 1, "\xff": 2} // the same label once they are made UTF-8
	}})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if !strings.Contains(w.Body.String(), "pactape_panics_total 0\n") {
		t.Errorf("status %d, the other metrics are gone:\n%s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "metrics scrape failed") {
		t.Errorf("nothing logged: %q", log.String())
	}
}
