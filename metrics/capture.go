package metrics

import "time"

// Reasons of [Metrics.Dropped] that are known beforehand and therefore shown
// at zero; others may be passed.
const (
	// DropQueueFull: the recorder could not keep up.
	DropQueueFull = "queue_full"
	// DropWriteFailed: the journal could not be written (full disk).
	DropWriteFailed = "write_failed"
	// DropClosed: the recorder or the session had been closed.
	DropClosed = "closed"
	// DropNoSession: the exchange's session had not been opened.
	DropNoSession = "no_session"
	// DropInternal: a panic in the pipeline was contained.
	DropInternal = "internal"
)

// Kinds of [Metrics.Evicted] that are known beforehand.
const (
	// EvictJournal: a journal segment went by the retention rule.
	EvictJournal = "journal_segment"
	// EvictCaptured: a captured expectation left the active view.
	EvictCaptured = "captured_expectation"
)

func (m *Metrics) addCapture(f factory) {
	m.recorded = f.counter("pactape_exchanges_recorded_total",
		"Exchanges whose journal record was acknowledged.")
	m.recordedBytes = f.counter("pactape_recorded_bytes_total",
		"Bytes of journal records acknowledged, bodies included.")
	m.recordDelay = f.histogram("pactape_record_delay_seconds",
		"Time from the end of an answer to the acknowledgement of its record.")
	m.dropped = newBoundedCounter(f.counters("pactape_exchanges_dropped_total",
		"Exchanges that were not recorded, by reason.", "reason"),
		DropQueueFull, DropWriteFailed, DropClosed, DropNoSession, DropInternal)
	m.notLearned = newBoundedCounter(f.counters("pactape_exchanges_not_learned_total",
		"Exchanges recorded but not turned into expectations, by reason.", "reason"))
	m.truncated = f.counter("pactape_exchanges_truncated_total",
		"Exchanges of which a body was recorded in part only.")
	m.dedupeHits = f.counter("pactape_dedupe_hits_total",
		"Exchanges that repeated the last answer recorded for their request.")
	m.redactions = f.counter("pactape_redactions_total",
		"Values replaced before they were stored.")
	m.evictions = newBoundedCounter(f.counters("pactape_evictions_total",
		"Items that left a bounded store to make room, by kind.", "kind"), EvictJournal, EvictCaptured)
}

// Recorded counts one exchange whose record of the given size in bytes was
// acknowledged.
func (m *Metrics) Recorded(bytes int64) {
	if m == nil {
		return
	}
	m.recorded.Inc()
	m.recordedBytes.Add(float64(max(bytes, 0)))
}

// RecordDelay observes the time between the end of an answer and the
// acknowledgement of its record: what a crash can lose.
func (m *Metrics) RecordDelay(d time.Duration) {
	if m == nil {
		return
	}
	m.recordDelay.Observe(d.Seconds())
}

// Dropped counts one exchange that was not recorded.
func (m *Metrics) Dropped(reason string) {
	if m == nil {
		return
	}
	m.dropped.add(reason, 1)
}

// NotLearned counts one exchange that was recorded but not turned into an
// expectation.
func (m *Metrics) NotLearned(reason string) {
	if m == nil {
		return
	}
	m.notLearned.add(reason, 1)
}

// Truncated counts one exchange of which a body was recorded in part.
func (m *Metrics) Truncated() {
	if m == nil {
		return
	}
	m.truncated.Inc()
}

// DedupeHit counts one exchange that repeated the last answer of its
// expectation: nothing new was learned from it.
func (m *Metrics) DedupeHit() {
	if m == nil {
		return
	}
	m.dedupeHits.Inc()
}

// Redacted counts n values replaced before they were stored.
func (m *Metrics) Redacted(n int) {
	if m == nil || n <= 0 {
		return
	}
	m.redactions.Add(float64(n))
}

// Evicted counts n items of a kind that left a bounded store to make room.
func (m *Metrics) Evicted(kind string, n int) {
	if m == nil {
		return
	}
	m.evictions.add(kind, n)
}
