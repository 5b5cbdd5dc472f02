package metrics

import (
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// GaugeFuncs are read at each scrape. Each may be nil (then its metric is
// absent), must be safe for concurrent use and should be quick.
type GaugeFuncs struct {
	// QueueDepth is the number of exchanges that wait to be recorded.
	QueueDepth func() float64
	// BytesInFlight is how much of the capture budget is in use, in bytes.
	BytesInFlight func() float64
	// ActiveExpectations counts active expectations by origin.
	ActiveExpectations func() map[string]int
	// ActiveActions counts active expectations by the name that MockServer's
	// metrics give their action: response, forward, error, …. Only read for
	// MockServer's own names.
	ActiveActions func() map[string]int
	// CallbackClients is the number of programs that are connected to answer
	// for expectations. Only read for MockServer's own names.
	CallbackClients func() float64
	// CallbackHandlers is how many of them are waited for now: for responses,
	// and for requests to forward. Only read for MockServer's own names.
	CallbackHandlers func() (responses, forwards int)
	// LogEvictions is the number of entries that request logs evicted, in
	// all spaces that exist now.
	LogEvictions func() uint64
	// Sessions is the number of spaces that exist now.
	Sessions func() float64
}

// Gauges sets what is read at each scrape, replacing what was set before.
func (m *Metrics) Gauges(g GaugeFuncs) {
	if m == nil {
		return
	}
	m.sources.Store(&g)
}

// sourceDescs describe what is read at each scrape.
type sourceDescs struct {
	queueDepth, bytesInFlight, sessions, active, logEvictions *prometheus.Desc
}

func newSourceDescs() sourceDescs {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return sourceDescs{
		queueDepth:    desc("pactape_recorder_queue_depth", "Exchanges that wait to be recorded."),
		bytesInFlight: desc("pactape_capture_in_flight_bytes", "Recorded bytes held in memory until they are written."),
		sessions:      desc("pactape_sessions", "Sessions open now."),
		active:        desc("pactape_expectations_active", "Active expectations, by origin.", "origin"),
		logEvictions:  desc("pactape_request_log_evictions_total", "Entries that left a request log to make room."),
	}
}

// sourceCollector turns GaugeFuncs into metrics.
type sourceCollector struct {
	sources *atomic.Pointer[GaugeFuncs]
	descs   sourceDescs

	mu        sync.Mutex // guards what follows
	evictions monotonic
}

func newSourceCollector(sources *atomic.Pointer[GaugeFuncs]) *sourceCollector {
	return &sourceCollector{sources: sources, descs: newSourceDescs()}
}

// Describe implements [prometheus.Collector].
func (c *sourceCollector) Describe(ch chan<- *prometheus.Desc) {
	d := c.descs
	for _, desc := range []*prometheus.Desc{d.queueDepth, d.bytesInFlight, d.sessions, d.active, d.logEvictions} {
		ch <- desc
	}
}

// Collect implements [prometheus.Collector].
func (c *sourceCollector) Collect(ch chan<- prometheus.Metric) {
	g := c.sources.Load()
	if g == nil {
		return
	}
	gauge := func(desc *prometheus.Desc, read func() float64) {
		if read != nil {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, read())
		}
	}
	gauge(c.descs.queueDepth, g.QueueDepth)
	gauge(c.descs.bytesInFlight, g.BytesInFlight)
	gauge(c.descs.sessions, g.Sessions)
	if g.ActiveExpectations != nil {
		for origin, n := range g.ActiveExpectations() {
			ch <- prometheus.MustNewConstMetric(c.descs.active, prometheus.GaugeValue, float64(n), labelValue(origin))
		}
	}
	if g.LogEvictions != nil {
		total := c.countEvictions(g.LogEvictions())
		ch <- prometheus.MustNewConstMetric(c.descs.logEvictions, prometheus.CounterValue, float64(total))
	}
}

func (c *sourceCollector) countEvictions(now uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.evictions.observe(now)
}

// monotonic makes a counter of a sum that can shrink: spaces take their
// counts with them when they are removed, a Prometheus counter must not fall.
type monotonic struct{ last, total uint64 }

func (m *monotonic) observe(now uint64) uint64 {
	if now > m.last {
		m.total += now - m.last
	}
	m.last = now
	return m.total
}
