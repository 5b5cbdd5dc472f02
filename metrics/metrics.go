package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Defaults of [Options].
const (
	// DefaultMaxHosts is how many upstream hosts are counted by name.
	DefaultMaxHosts = 100
	// maxReasons bounds labels whose values are reasons and kinds: short
	// lists in the code of the callers, bounded here lest one of them passes
	// an error text by mistake.
	maxReasons = 32
)

// Options says how to build [Metrics]. The zero value is what tests want.
type Options struct {
	// Version, Revision name the build in pactape_build_info. Empty: what
	// the Go toolchain stamped into the binary.
	Version, Revision string
	// MaxHosts bounds the host label of upstream requests; the rest is
	// counted as [Other]. 0 means [DefaultMaxHosts].
	MaxHosts int
	// MockServer adds MockServer's own names (requests_received_count, …).
	// They do not follow Prometheus' naming rules.
	MockServer bool
	// Logger hears of a scrape that failed; nil discards.
	Logger *slog.Logger
}

// Metrics holds every metric of one pactape. Make it with [New].
type Metrics struct {
	registry *prometheus.Registry
	handler  http.Handler
	sources  atomic.Pointer[GaugeFuncs]

	requests     requestCounters
	upstreams    *hostCounters
	upstreamTime prometheus.Histogram
	firstByte    prometheus.Histogram

	recorded      prometheus.Counter
	recordedBytes prometheus.Counter
	recordDelay   prometheus.Histogram
	dropped       *boundedCounter
	notLearned    *boundedCounter
	truncated     prometheus.Counter
	dedupeHits    prometheus.Counter
	redactions    prometheus.Counter
	evictions     *boundedCounter

	certsMinted    prometheus.Counter
	certCacheHits  prometheus.Counter
	clientTLSFails prometheus.Counter
	tunnels        *boundedCounter
	sideRequests   *boundedCounter
	panics         prometheus.Counter

	mockServer *mockServer // nil unless asked for
}

// New returns metrics at zero, with Go and process collectors registered.
func New(o Options) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	f := factory{m.registry}
	m.addRequests(f, o)
	m.addCapture(f)
	m.addConnections(f)
	m.addBuildInfo(f, o)
	m.registry.MustRegister(
		newSourceCollector(&m.sources),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if o.MockServer {
		m.mockServer = newMockServer(f, o, &m.sources)
	}
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:     promhttp.ContinueOnError,
		ErrorLog:          errorLog{o.Logger},
		EnableOpenMetrics: true,
	})
	return m
}

// Handler serves the exposition in the format that the scraper asks for. On a
// nil Metrics it answers 404.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return m.handler
}

func (m *Metrics) addBuildInfo(f factory, o Options) {
	version, revision := buildInfo(o)
	f.gauge(prometheus.Opts{
		Name:        "pactape_build_info",
		Help:        "Always 1; the labels name the build.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "goversion": runtime.Version()},
	}).Set(1)
}

// buildInfo is the version and revision of o, or of the running binary.
func buildInfo(o Options) (version, revision string) {
	version, revision = o.Version, o.Revision
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, revision
	}
	if version == "" {
		version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && revision == "" {
			revision = s.Value
		}
	}
	return version, revision
}

// factory makes metrics that are registered at once. Registering panics on a
// name used twice, which is a programmer's error and shows in every test.
type factory struct{ registry *prometheus.Registry }

func (f factory) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	f.registry.MustRegister(c)
	return c
}

func (f factory) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	f.registry.MustRegister(c)
	return c
}

func (f factory) gauge(o prometheus.Opts) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts(o))
	f.registry.MustRegister(g)
	return g
}

func (f factory) histogram(name, help string) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: durationBuckets()})
	f.registry.MustRegister(h)
	return h
}

func (f factory) histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: durationBuckets()}, labels)
	f.registry.MustRegister(h)
	return h
}

// durationBuckets are seconds: from a stub answered out of memory to a
// long-polling call.
func durationBuckets() []float64 {
	return []float64{
		.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60,
	}
}

// errorLog gives promhttp's errors to slog.
type errorLog struct{ logger *slog.Logger }

// Println implements [promhttp.Logger].
func (l errorLog) Println(v ...any) {
	if l.logger == nil {
		return
	}
	var err error
	for _, x := range v {
		if e, ok := x.(error); ok {
			err = e
		}
	}
	l.logger.Warn("metrics scrape failed", slog.Any("err", err))
}
