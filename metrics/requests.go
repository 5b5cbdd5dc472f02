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

const (
	outcomeCount = 7
	modeCount    = 4
)

// outcomeNames and modeNames are label values by index; the last is Other.
func outcomeNames() [outcomeCount]Outcome {
	return [...]Outcome{Matched, Forwarded, NotMatched, Failed, Refused, Admin, Other}
}

func modeNames() [modeCount]string {
	return [...]string{"SIMULATE", "SPY", "CAPTURE", Other}
}

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
		return 6
	}
}

func modeIndex(mode string) int {
	switch mode {
	case "SIMULATE":
		return 0
	case "SPY":
		return 1
	case "CAPTURE":
		return 2
	default:
		return 3
	}
}

// requestCounters are the children of pactape_requests_total, resolved once:
// counting a request neither hashes labels nor allocates.
type requestCounters [modeCount][outcomeCount]prometheus.Counter

func (m *Metrics) addRequests(f factory, o Options) {
	requests := f.counters("pactape_requests_total",
		"Requests received, by the mode in force and by what became of them.", "mode", "outcome")
	durations := f.histograms("pactape_request_duration_seconds",
		"Time from the request head to the end of the answer.", "outcome")
	for i, outcome := range outcomeNames() {
		m.requestDuration[i] = durations.WithLabelValues(string(outcome))
		for j, mode := range modeNames() {
			m.requests[j][i] = requests.WithLabelValues(mode, string(outcome))
		}
	}
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
// CAPTURE), what became of it, and the time since its head was read.
func (m *Metrics) Request(mode string, outcome Outcome, total time.Duration) {
	if m == nil {
		return
	}
	i := outcomeIndex(outcome)
	m.requests[modeIndex(mode)][i].Inc()
	m.requestDuration[i].Observe(total.Seconds())
	m.mockServer.request(outcome, total)
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
