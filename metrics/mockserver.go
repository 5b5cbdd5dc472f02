package metrics

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// slowRequest is from when MockServer calls a request slow
// (slowRequestThresholdMillis).
const slowRequest = time.Second

// mockServer holds MockServer's own metrics (MockServer 7 Metrics), for
// dashboards that were built on it. A nil one counts nothing.
//
// Its counts are gauges there and therefore here. What pactape has none of
// (class callbacks, server-sent events) is printed as the zero that it is, so that a panel
// shows 0 and not a gap.
type mockServer struct {
	received, notMatched, matched, forwarded prometheus.Gauge
	duration                                 prometheus.Histogram
	slow                                     prometheus.Counter
}

func newMockServer(f factory, o Options, sources *atomic.Pointer[GaugeFuncs]) *mockServer {
	gauge := func(name, help string) prometheus.Gauge {
		return f.gauge(prometheus.Opts{Name: name, Help: help})
	}
	version, revision := buildInfo(o)
	f.gauge(prometheus.Opts{
		Name:        "mock_server_build_info",
		Help:        "Mock Server build information",
		ConstLabels: prometheus.Labels{"version": version, "git_hash": revision},
	}).Set(1)
	f.registry.MustRegister(newActionCollector(sources))
	duration := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "mock_server_request_duration_seconds",
		Help: "Request duration in seconds",
		// MockServer 7 Metrics: half a millisecond to ten seconds.
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})
	f.registry.MustRegister(duration)
	registerCallbacks(f, sources)
	return &mockServer{
		received:   gauge("requests_received_count", "Requests Received"),
		notMatched: gauge("expectations_not_matched_count", "Expectations Not Matched"),
		forwarded:  gauge("forward_expectations_matched_count", "Forward Expectations Matched"),
		matched:    gauge("response_expectations_matched_count", "Response Expectations Matched"),
		duration:   duration,
		slow:       f.counter("mock_server_slow_requests_total", "Slow requests"),
	}
}

// registerCallbacks prints what there is to callbacks (MockServer 7
// WebSocketClientRegistry): a handler is a question to a client that has not
// been answered yet.
func registerCallbacks(f factory, sources *atomic.Pointer[GaugeFuncs]) {
	read := func(name, help string, value func(*GaugeFuncs) float64) {
		f.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			if g := sources.Load(); g != nil {
				return value(g)
			}
			return 0
		}))
	}
	handlers := func(g *GaugeFuncs) (responses, forwards int) {
		if g.CallbackHandlers == nil {
			return 0, 0
		}
		return g.CallbackHandlers()
	}
	read("websocket_callback_clients_count", "Websocket Callback Clients", func(g *GaugeFuncs) float64 {
		if g.CallbackClients == nil {
			return 0
		}
		return g.CallbackClients()
	})
	read("websocket_callback_response_handlers_count", "Websocket Callback Response Handlers", func(g *GaugeFuncs) float64 {
		responses, _ := handlers(g)
		return float64(responses)
	})
	read("websocket_callback_forward_handlers_count", "Websocket Callback Forward Handlers", func(g *GaugeFuncs) float64 {
		_, forwards := handlers(g)
		return float64(forwards)
	})
}

// request counts as MockServer does: an admin call is a request received, and
// a request that was forwarded without an expectation saying so was not
// matched.
func (s *mockServer) request(outcome Outcome, total time.Duration) {
	if s == nil {
		return
	}
	s.observe(total)
	switch outcome {
	case Matched:
		s.matched.Inc()
	case NotMatched, Forwarded, Failed:
		s.notMatched.Inc()
	case Admin, Refused:
	}
}

// routed counts a request that an expectation had forwarded.
func (s *mockServer) routed(total time.Duration) {
	if s != nil {
		s.observe(total)
		s.forwarded.Inc()
	}
}

func (s *mockServer) observe(total time.Duration) {
	s.received.Inc()
	s.duration.Observe(total.Seconds())
	if total >= slowRequest {
		s.slow.Inc()
	}
}

// actionNames are MockServer's names of actions.
func actionNames() []string {
	return []string{
		"error",
		"forward", "forward_class_callback", "forward_object_callback", "forward_replace", "forward_template",
		"response", "response_class_callback", "response_object_callback", "response_template",
		"sse_response",
	}
}

// actionCollector prints active expectations by action: a gauge for each, and
// all of them once more with a label.
type actionCollector struct {
	sources *atomic.Pointer[GaugeFuncs]
	byType  *prometheus.Desc
	counts  map[string]*prometheus.Desc
}

func newActionCollector(sources *atomic.Pointer[GaugeFuncs]) *actionCollector {
	c := &actionCollector{
		sources: sources,
		byType: prometheus.NewDesc("mock_server_expectations_by_type",
			"Active expectations by action type", []string{"action_type"}, nil),
		counts: make(map[string]*prometheus.Desc),
	}
	for _, action := range actionNames() {
		c.counts[action] = prometheus.NewDesc(action+"_actions_count", "Active expectations with this action", nil, nil)
	}
	return c
}

// Describe implements [prometheus.Collector].
func (c *actionCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.byType
	for _, desc := range c.counts {
		ch <- desc
	}
}

// Collect implements [prometheus.Collector].
func (c *actionCollector) Collect(ch chan<- prometheus.Metric) {
	g := c.sources.Load()
	if g == nil || g.ActiveActions == nil {
		return
	}
	active := g.ActiveActions()
	for _, action := range actionNames() {
		n := float64(active[action])
		ch <- prometheus.MustNewConstMetric(c.counts[action], prometheus.GaugeValue, n)
		ch <- prometheus.MustNewConstMetric(c.byType, prometheus.GaugeValue, n, action)
	}
}

// MockServerCounts returns MockServer's gauges by its names for them in
// retrieve of type METRICS, e.g. REQUESTS_RECEIVED_COUNT; nil unless
// [Options.MockServer] asks for them. Safe for concurrent use.
func (m *Metrics) MockServerCounts() map[string]int64 {
	if m.mockServer == nil {
		return nil
	}
	families, err := m.registry.Gather()
	if err != nil {
		return nil // the next scrape says why
	}
	counts := map[string]int64{}
	for _, family := range families {
		name := family.GetName()
		if family.GetType() != dto.MetricType_GAUGE || !strings.HasSuffix(name, "_count") || strings.HasPrefix(name, "pactape_") {
			continue
		}
		for _, metric := range family.GetMetric() {
			counts[strings.ToUpper(name)] += int64(metric.GetGauge().GetValue())
		}
	}
	return counts
}
