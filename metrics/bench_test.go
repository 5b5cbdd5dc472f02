package metrics_test

import (
	"testing"
	"time"

	"github.com/pactape/pactape/metrics"
)

// BenchmarkForwarded is what one forwarded, recorded exchange costs in
// counting; it must not allocate.
func BenchmarkForwarded(b *testing.B) {
	m := metrics.New(metrics.Options{})
	b.ReportAllocs()
	for b.Loop() {
		m.Upstream("api.example", 200, "HTTP/1.1", time.Millisecond)
		m.FirstByte(time.Millisecond)
		m.Request("CAPTURE", metrics.Forwarded, time.Millisecond)
		m.Recorded(1024)
		m.RecordDelay(time.Millisecond)
		m.DedupeHit()
		m.Redacted(2)
	}
}

// BenchmarkMatched is what serving one stub costs in counting.
func BenchmarkMatched(b *testing.B) {
	m := metrics.New(metrics.Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Request("SIMULATE", metrics.Matched, time.Millisecond)
		}
	})
}

func TestCountingDoesNotAllocate(t *testing.T) {
	m := metrics.New(metrics.Options{MockServer: true})
	got := testing.AllocsPerRun(100, func() {
		m.Upstream("api.example", 200, "HTTP/1.1", time.Millisecond)
		m.FirstByte(time.Millisecond)
		m.Request("CAPTURE", metrics.Forwarded, time.Millisecond)
		m.Tunnel(metrics.TunnelIntercepted)
		m.Recorded(1024)
	})
	if got != 0 {
		t.Errorf("%v allocations per exchange, want none", got)
	}
}
