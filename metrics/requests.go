package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Other is the label value of whatever is beyond a bound or not in a list.
const Other = "other"

// An Outcome is what became of a request, as the outcome label says it.
type Outcome string

// The outcomes. Any other value counts as [Other].
const (
	// Matched: an expectation answered.
	Matched Outcome = "matched"
	// Forwarded: an upstream answered.
	Forwarded Outcome = "forwarded"
	// NotMatched: no expectation matched and nothing was forwarded (404).
	NotMatched Outcome = "not_matched"
	// Failed: forwarding failed or was cut short (502, 504, client gone).
	Failed Outcome = "failed"
	// Refused: not allowed here (credentials, loops, passthrough in SIMULATE).
	Refused Outcome = "refused"
	// Admin: answered by pactape itself.
	Admin Outcome = "admin"
)

// outcomes and modes are what is counted without looking labels up.
func outcomes() []Outcome {
	return []Outcome{Matched, Forwarded, NotMatched, Failed, Refused, Admin}
}

func modes() []string { return []string{"SIMULATE", "SPY", "CAPTURE", noMode} }

const (
	outcomeCount = 6
	modeCount    = 4
	// noMode is how a request that belongs to no space is labelled.
	noMode = "none"
)

// outcomeIndex is the index of o in outcomes, or outcomeCount.
func outcomeIndex(o Outcome) int {
	switch o {
	case Matched:
		return 0
	case Forwarded:
		return 1
	case NotMatched:
		return 2
	case Failed:
		return 3
	case Refused:
		return 4
	case Admin:
		return 5
	default:
		return outcomeCount
	}
}

// modeIndex is the index of mode in modes, or modeCount.
func modeIndex(mode string) int {
	switch mode {
	case "SIMULATE":
		return 0
	case "SPY":
		return 1
	case "CAPTURE":
		return 2
	case "", noMode:
		return 3
	default:
		return modeCount
	}
}

// requestCounters count whole requests. The children of known labels are
// resolved once: counting a request neither hashes labels nor allocates.
type requestCounters struct {
	totals    *prometheus.CounterVec
	durations *prometheus.HistogramVec
	total     [modeCount][outcomeCount]prometheus.Counter
	duration  [outcomeCount]prometheus.Observer
}

func newRequestCounters(f factory) requestCounters {
	c := requestCounters{
		totals: f.counters("pactape_requests_total",
			"Requests received, by the mode in force and by what became of them.", "mode", "outcome"),
		durations: f.histograms("pactape_request_duration_seconds",
			"Time from the request head to the end of the answer.", "outcome"),
	}
	for _, outcome := range outcomes() {
		i := outcomeIndex(outcome)
		c.duration[i] = c.durations.WithLabelValues(string(outcome))
		for _, mode := range modes() {
			if (mode == noMode) != (outcome == Admin) {
				continue // these do not occur, or hardly ever
			}
			c.total[modeIndex(mode)][i] = c.totals.WithLabelValues(mode, string(outcome))
		}
	}
	return c
}

func (c *requestCounters) observe(mode string, outcome Outcome, total time.Duration) {
	i, j := modeIndex(mode), outcomeIndex(outcome)
	if i < modeCount && j < outcomeCount && c.total[i][j] != nil {
		c.total[i][j].Inc()
		c.duration[j].Observe(total.Seconds())
		return
	}
	switch {
	case i == modeCount:
		mode = Other
	case mode == "":
		mode = noMode
	}
	if j == outcomeCount {
		outcome = Other
	}
	c.totals.WithLabelValues(mode, string(outcome)).Inc()
	c.durations.WithLabelValues(string(outcome)).Observe(total.Seconds())
}

func (m *Metrics) addRequests(f factory, o Options) {
	m.requests = newRequestCounters(f)
	if o.MaxHosts <= 0 {
		o.MaxHosts = DefaultMaxHosts
	}
	m.upstreams = newHostCounters(f.counters("pactape_upstream_requests_total",
		"Requests sent to upstreams, by host, class of status and protocol.", "host", "status", "protocol"), o.MaxHosts)
	m.upstreamTime = f.histogram("pactape_upstream_duration_seconds",
		"Time from forwarding a request to the end of the upstream's answer.")
	m.firstByte = f.histogram("pactape_upstream_first_byte_seconds",
		"Time from forwarding a request to the first byte of the upstream's answer.")
}

// Request counts one request that has ended: its mode (SIMULATE, SPY,
// CAPTURE; empty for a call to pactape itself), what became of it, and the
// time since its head was read.
func (m *Metrics) Request(mode string, outcome Outcome, total time.Duration) {
	if m == nil {
		return
	}
	m.requests.observe(mode, outcome, total)
	m.mockServer.request(outcome, total)
}

// Routed is as [Metrics.Request] for a request that an expectation had
// forwarded.
func (m *Metrics) Routed(mode string, outcome Outcome, total time.Duration) {
	if m == nil {
		return
	}
	m.requests.observe(mode, outcome, total)
	m.mockServer.routed(total)
}

// Upstream counts one request sent to an upstream: the host as the client
// named it (without port), the status received (0: none, the call failed),
// the protocol of the answer as [net/http.Response.Proto] says it, and the
// time to the end of the answer.
func (m *Metrics) Upstream(host string, status int, proto string, d time.Duration) {
	if m == nil {
		return
	}
	m.upstreams.inc(host, status, proto)
	m.upstreamTime.Observe(d.Seconds())
}

// FirstByte observes the time from forwarding a request to the first byte of
// the upstream's answer.
func (m *Metrics) FirstByte(d time.Duration) {
	if m == nil {
		return
	}
	m.firstByte.Observe(d.Seconds())
}
