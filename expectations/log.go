package expectations

import (
	"encoding/binary"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/google/uuid"
)

// An Outcome is what became of a request.
type Outcome string

const (
	// Matched says that an expectation answered (MockServer EXPECTATION_RESPONSE).
	Matched Outcome = "matched"
	// NotMatched says that nothing answered (MockServer NO_MATCH_RESPONSE).
	NotMatched Outcome = "not_matched"
	// Forwarded says that the upstream answered (MockServer FORWARDED_REQUEST).
	Forwarded Outcome = "forwarded"
	// Failed says that it was forwarded, and the upstream did not answer.
	Failed Outcome = "failed"
	// Pending says that the response is still running.
	Pending Outcome = "pending"
)

// An Entry of a [Log] is one request received, and what became of it.
type Entry struct {
	// Seq is the entry's number, from 1, given by [Log.Add].
	Seq uint64
	// Time is when the request was received.
	Time time.Time
	// Request is never nil. It is as received, with nothing redacted.
	Request *Request
	// Response is nil while the entry is pending, or where there was none.
	Response *Response
	// Outcome is what became of it.
	Outcome Outcome
	// ExpectationID is the expectation that answered or forwarded it, if any.
	ExpectationID string
	// Expectation is that one as it was then, if it is one that a user made
	// or imported. It counts for the account of events alone.
	Expectation *Expectation
	// UsedUp says that it has answered for the last time.
	UsedUp bool
	// CorrelationID ties it to other records of the same request; "" is the
	// one that [Log.Correlation] makes.
	CorrelationID string
	// Reason is why it was not matched or failed, for people.
	Reason string
}

// DefaultLogBytes is the size of a [Log] unless told otherwise.
const DefaultLogBytes = 64 << 20

// A Log keeps the latest requests of a space with their responses, in memory
// and as received: it is what retrieve and verify look at. Between them it
// keeps notes of what else was done ([Note]). It is bounded by an estimate of
// the bytes it holds, and where [Log.Limit] says so by a number; the oldest
// make room for new ones.
//
// It is safe for concurrent use. Requests and responses in it are shared and
// must not change.
type Log struct {
	max  int64
	salt uuid.UUID // of correlation ids

	mu         sync.Mutex
	entries    ring[Entry]
	notes      ring[Note]
	maxEntries int // 0 for no bound
	bytes      int64
	seq        uint64
	evicted    uint64
}

// NewLog returns a log of about maxBytes bytes; 0 is [DefaultLogBytes].
func NewLog(maxBytes int64) *Log {
	if maxBytes <= 0 {
		maxBytes = DefaultLogBytes
	}
	return &Log{max: maxBytes, salt: uuid.New()}
}

// Add appends an entry and returns its number. The bodies of one that alone
// exceeds the bound are left out of it.
func (l *Log) Add(e Entry) uint64 {
	added := l.fit(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	added.Seq = l.seq
	l.entries.push(added)
	l.bytes += added.size()
	l.shrink()
	return added.Seq
}

// Limit bounds the number of entries, and as many notes; 0 does not. The
// oldest beyond it leave at once.
func (l *Log) Limit(entries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maxEntries = entries
	l.shrink()
}

// Correlation is the id that ties together what is said of an entry: a UUID
// that is the entry's for as long as the log lives.
func (l *Log) Correlation(e *Entry) string {
	if e.CorrelationID != "" {
		return e.CorrelationID
	}
	return uuid.NewSHA1(l.salt, binary.BigEndian.AppendUint64(nil, e.Seq)).String()
}

// Finish replaces the pending entry of a number, if it is still there and
// pending, and keeps its place. Time, Request, ExpectationID and CorrelationID
// are kept where e leaves them out.
func (l *Log) Finish(seq uint64, e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, ok := l.find(seq)
	if !ok || l.entries.at(i).Outcome != Pending {
		return
	}
	old := l.entries.at(i)
	e.Seq = seq
	if e.Time.IsZero() {
		e.Time = old.Time
	}
	if e.Request == nil {
		e.Request = old.Request
	}
	if e.ExpectationID == "" {
		e.ExpectationID = old.ExpectationID
	}
	if e.CorrelationID == "" {
		e.CorrelationID = old.CorrelationID
	}
	if e.Expectation == nil {
		e.Expectation = old.Expectation
	}
	finished := l.fit(e)
	l.bytes += finished.size() - old.size()
	l.entries.put(i, finished)
	l.shrink()
}

// All returns the entries, the newest last.
func (l *Log) All() []Entry { return l.Select(nil) }

// Select returns the entries whose request the filter matches, the newest
// last; nil matches all.
func (l *Log) Select(f *Compiled) []Entry {
	all := l.snapshot()
	out := make([]Entry, 0, len(all))
	for _, e := range all {
		if f.Match(e.Request) {
			out = append(out, *e)
		}
	}
	return out
}

// Clear drops the entries whose request the filter matches, and the notes on
// what it applies to, and returns how many entries; nil matches all.
func (l *Log) Clear(f *Compiled) int {
	if f == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		n := l.entries.count
		l.entries, l.notes, l.bytes = ring[Entry]{}, ring[Note]{}, 0
		return n
	}
	// Matching takes its time and is done without the lock. What is added
	// meanwhile stays.
	drop := map[uint64]bool{}
	for _, e := range l.snapshot() {
		if f.Match(e.Request) {
			drop[e.Seq] = true
		}
	}
	for _, n := range l.Notes(f) {
		if n.Request != nil {
			drop[n.Seq] = true
		}
	}
	return l.remove(drop)
}

// Len is the number of entries.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries.count
}

// Bytes is the estimated memory the entries take, in bytes.
func (l *Log) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// Evicted is how many entries made room for others.
func (l *Log) Evicted() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.evicted
}

func (l *Log) snapshot() []*Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries.all()
}

// shrink drops the oldest beyond the bounds, but the last entry.
func (l *Log) shrink() {
	for l.maxEntries > 0 && l.entries.count > l.maxEntries {
		l.evict()
	}
	for l.maxEntries > 0 && l.notes.count > l.maxEntries {
		l.bytes -= l.notes.pop().size()
	}
	for l.bytes > l.max {
		switch {
		case l.notes.count > 0 && (l.entries.count == 0 || l.notes.at(0).Seq < l.entries.at(0).Seq):
			l.bytes -= l.notes.pop().size()
		case l.entries.count > 1:
			l.evict()
		case l.notes.count > 0:
			l.bytes -= l.notes.pop().size()
		default:
			return
		}
	}
}

// evict drops the oldest entry.
func (l *Log) evict() {
	l.bytes -= l.entries.pop().size()
	l.evicted++
}

// find returns the position of the entry of a number. Numbers ascend.
func (l *Log) find(seq uint64) (int, bool) {
	i := sort.Search(l.entries.count, func(i int) bool { return l.entries.at(i).Seq >= seq })
	return i, i < l.entries.count && l.entries.at(i).Seq == seq
}

// remove drops entries and notes by their numbers and returns how many
// entries.
func (l *Log) remove(drop map[uint64]bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries, notes := l.entries.all(), l.notes.all()
	before := l.entries.count
	l.entries, l.notes, l.bytes = ring[Entry]{}, ring[Note]{}, 0
	for _, e := range entries {
		if !drop[e.Seq] {
			l.entries.push(e)
			l.bytes += e.size()
		}
	}
	for _, n := range notes {
		if !drop[n.Seq] {
			l.notes.push(n)
			l.bytes += n.size()
		}
	}
	return before - l.entries.count
}

// fit returns a copy of e; without its bodies if they do not fit the log.
func (l *Log) fit(e Entry) *Entry {
	if e.size() <= l.max {
		return &e
	}
	request := *e.Request
	request.Body.Bytes, request.Body.Truncated = nil, true
	e.Request = &request
	if e.Response != nil {
		response := *e.Response
		response.Body.Bytes, response.Body.Truncated = nil, true
		e.Response = &response
	}
	return &e
}

// received returns the requests of entries.
func received(entries []Entry) []*Request {
	return slices.Collect(func(yield func(*Request) bool) {
		for i := range entries {
			if !yield(entries[i].Request) {
				return
			}
		}
	})
}
