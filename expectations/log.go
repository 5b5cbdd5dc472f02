package expectations

import (
	"slices"
	"sync"
	"time"
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
	// CorrelationID ties it to other records of the same request.
	CorrelationID string
	// Reason is why it was not matched or failed, for people.
	Reason string
}

// DefaultLogBytes is the size of a [Log] unless told otherwise.
const DefaultLogBytes = 64 << 20

// A Log keeps the latest requests of a space with their responses, in memory
// and as received: it is what retrieve and verify look at. It is bounded by an
// estimate of the bytes it holds; the oldest entries make room for new ones.
//
// It is safe for concurrent use. Requests and responses in it are shared and
// must not change.
type Log struct {
	max int64

	mu      sync.Mutex
	entries []*Entry // a ring; its length is a power of two
	first   int      // index of the oldest
	count   int
	bytes   int64
	seq     uint64
	evicted uint64
}

// NewLog returns a log of about maxBytes bytes; 0 is [DefaultLogBytes].
func NewLog(maxBytes int64) *Log {
	if maxBytes <= 0 {
		maxBytes = DefaultLogBytes
	}
	return &Log{max: maxBytes}
}

// Add appends an entry and returns its number. The bodies of one that alone
// exceeds the bound are left out of it.
func (l *Log) Add(e Entry) uint64 {
	added := l.fit(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	added.Seq = l.seq
	l.push(added)
	l.shrink()
	return added.Seq
}

// Finish replaces the pending entry of a number, if it is still there and
// pending, and keeps its place. Time, Request, ExpectationID and CorrelationID
// are kept where e leaves them out.
func (l *Log) Finish(seq uint64, e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, ok := l.find(seq)
	if !ok || l.at(i).Outcome != Pending {
		return
	}
	old := l.at(i)
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
	finished := l.fit(e)
	l.bytes += finished.size() - old.size()
	l.entries[(l.first+i)&(len(l.entries)-1)] = finished
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

// Clear drops the entries whose request the filter matches and returns how
// many; nil matches all.
func (l *Log) Clear(f *Compiled) int {
	if f == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		n := l.count
		l.entries, l.first, l.count, l.bytes = nil, 0, 0, 0
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
	return l.remove(drop)
}

// Len is the number of entries.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
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
	all := make([]*Entry, l.count)
	for i := range all {
		all[i] = l.at(i)
	}
	return all
}

// at returns the i-th oldest entry.
func (l *Log) at(i int) *Entry { return l.entries[(l.first+i)&(len(l.entries)-1)] }

func (l *Log) push(e *Entry) {
	if l.count == len(l.entries) {
		grown := make([]*Entry, max(64, 2*len(l.entries)))
		for i := range l.count {
			grown[i] = l.at(i)
		}
		l.entries, l.first = grown, 0
	}
	l.entries[(l.first+l.count)&(len(l.entries)-1)] = e
	l.count++
	l.bytes += e.size()
}

// shrink drops the oldest entries beyond the bound.
func (l *Log) shrink() {
	for l.bytes > l.max && l.count > 1 {
		l.bytes -= l.at(0).size()
		l.entries[l.first] = nil
		l.first = (l.first + 1) & (len(l.entries) - 1)
		l.count--
		l.evicted++
	}
}

// find returns the position of the entry of a number. Numbers ascend.
func (l *Log) find(seq uint64) (int, bool) {
	low, high := 0, l.count
	for low < high {
		mid := (low + high) / 2
		if l.at(mid).Seq < seq {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < l.count && l.at(low).Seq == seq
}

func (l *Log) remove(drop map[uint64]bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := make([]*Entry, 0, l.count)
	for i := range l.count {
		if e := l.at(i); !drop[e.Seq] {
			kept = append(kept, e)
		}
	}
	removed := l.count - len(kept)
	l.entries, l.first, l.count, l.bytes = nil, 0, 0, 0
	for _, e := range kept {
		l.push(e)
	}
	return removed
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

// entryOverhead is what an entry takes besides its strings and bodies, in
// bytes: the structs, and the headers of maps and slices.
const entryOverhead = 768

// size estimates the memory an entry takes, in bytes.
func (e *Entry) size() int64 {
	n := entryOverhead + len(e.ExpectationID) + len(e.CorrelationID) + len(e.Reason)
	if r := e.Request; r != nil {
		n += len(r.Path) + len(r.RawQuery) + len(r.Host) + cap(r.Body.Bytes) +
			headerSize(r.Header) + headerSize(r.Trailer)
	}
	if r := e.Response; r != nil {
		n += cap(r.Body.Bytes) + headerSize(r.Header) + headerSize(r.Trailer)
	}
	return int64(n)
}

// headerSize estimates the memory of a header map.
func headerSize(h map[string][]string) int {
	const field, value = 64, 16
	n := 0
	for name, values := range h {
		n += field + len(name) + len(values)*value
		for _, v := range values {
			n += len(v)
		}
	}
	return n
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
