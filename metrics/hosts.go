package metrics

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	statusCount   = 6
	protocolCount = 4
	// maxLabel bounds a label value in bytes; a DNS name has at most 253
	// (RFC 1035 §2.3.4).
	maxLabel = 253
)

// statusNames are label values by index: the class of a status (RFC 9110
// §15), or error where no status came.
func statusNames() [statusCount]string {
	return [...]string{"error", "1xx", "2xx", "3xx", "4xx", "5xx"}
}

func statusIndex(status int) int {
	if status < 100 || status > 599 {
		return 0
	}
	return status / 100
}

func protocolNames() [protocolCount]string {
	return [...]string{"HTTP/1.0", "HTTP/1.1", "HTTP/2.0", Other}
}

func protocolIndex(proto string) int {
	switch proto {
	case "HTTP/1.0":
		return 0
	case "HTTP/1.1":
		return 1
	case "HTTP/2.0", "HTTP/2":
		return 2
	default:
		return 3
	}
}

// hostCounters are the children of pactape_upstream_requests_total. Readers
// take a snapshot of the map; a host seen for the first time copies it.
type hostCounters struct {
	vec  *prometheus.CounterVec
	max  int
	rest *hostCounter

	mu    sync.Mutex // guards replacing hosts
	hosts atomic.Pointer[map[string]*hostCounter]
}

// hostCounter holds one host's children, resolved when first needed: most of
// the combinations never are.
type hostCounter struct {
	label    string
	children [statusCount][protocolCount]atomic.Pointer[prometheus.Counter]
}

func newHostCounters(vec *prometheus.CounterVec, maxHosts int) *hostCounters {
	h := &hostCounters{vec: vec, max: maxHosts, rest: &hostCounter{label: Other}}
	h.hosts.Store(&map[string]*hostCounter{})
	return h
}

func (h *hostCounters) inc(host string, status int, proto string) {
	c, ok := (*h.hosts.Load())[host]
	if !ok {
		c = h.add(host)
	}
	s, p := statusIndex(status), protocolIndex(proto)
	child := c.children[s][p].Load()
	if child == nil {
		counter := h.vec.WithLabelValues(c.label, statusNames()[s], protocolNames()[p])
		child = &counter
		c.children[s][p].Store(child)
	}
	(*child).Inc()
}

// add makes room for a host, or returns the counters of the rest.
func (h *hostCounters) add(host string) *hostCounter {
	if len(*h.hosts.Load()) >= h.max {
		return h.rest
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	old := *h.hosts.Load()
	if c, ok := old[host]; ok {
		return c
	}
	if len(old) >= h.max {
		return h.rest
	}
	next := make(map[string]*hostCounter, len(old)+1)
	maps.Copy(next, old)
	host = strings.Clone(host) // the caller's may be part of a large buffer
	c := &hostCounter{label: labelValue(host)}
	next[host] = c
	h.hosts.Store(&next)
	return c
}

// labelValue makes a string fit for a label: valid UTF-8 (or the scrape would
// fail), lower case, of bounded length.
func labelValue(s string) string {
	if len(s) > maxLabel {
		s = s[:maxLabel]
	}
	return strings.ToLower(strings.ToValidUTF8(s, "�"))
}

// boundedCounter is a counter with one label of at most maxReasons values.
type boundedCounter struct {
	vec *prometheus.CounterVec

	mu    sync.Mutex // guards seen
	known map[string]prometheus.Counter
}

func newBoundedCounter(vec *prometheus.CounterVec, known ...string) *boundedCounter {
	b := &boundedCounter{vec: vec, known: make(map[string]prometheus.Counter, len(known))}
	for _, value := range known {
		b.known[value] = vec.WithLabelValues(value)
	}
	return b
}

func (b *boundedCounter) add(value string, n int) {
	if n <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.known[value]
	if !ok {
		label := labelValue(value)
		if len(b.known) >= maxReasons {
			label = Other
		}
		c = b.vec.WithLabelValues(label)
		if label != Other {
			b.known[strings.Clone(value)] = c
		}
	}
	c.Add(float64(n))
}
