package expectations

import (
	"cmp"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// An item is an expectation in a [Set] with what changes as it is used.
type item struct {
	// Fixed once the item is published. What each lookup asks stands first
	// and here, though the expectation says it too: a trip to memory saved.
	//
	// method and path are texts that a request which has them matches, all
	// said: path is "" where there is more to ask, method is "" for any.
	method, path string
	expires      int64 // Unix nanoseconds; 0 for never
	limited      bool  // Times
	gated        bool  // more than the request decides if it matches

	// removed is the version of the first snapshot without the item; 0 while
	// it is there.
	removed atomic.Uint64
	// used counts the matches, which the cursor of a sequence is made of.
	used atomic.Uint64
	// remaining counts matches left where Times is limited.
	remaining atomic.Int64
	// gone says that the item does not count in Set.live any more.
	gone atomic.Bool

	// Fixed too.
	compiled    *Compiled
	expectation *Expectation
	respond     *Respond // nil for another action
	place       uint64   // in order of creation; kept by an update

	// Guarded by Set.mu: the neighbours in order of place.
	before, after *item
	// exhaustedNext links the stack Set.exhausted.
	exhaustedNext *item
}

func newItem(e *Expectation, c *Compiled, now time.Time) *item {
	it := &item{
		compiled:    c,
		expectation: e,
		limited:     e.Times.Limited,
		gated:       e.Percentage != nil || e.Scenario.State != "",
	}
	it.method, it.path = c.texts()
	it.respond, _ = e.Action.(*Respond)
	it.remaining.Store(int64(e.Times.Remaining))
	if ttl := e.TimeToLive; ttl.Limited {
		it.expires = expiry(e.Created, ttl, now)
	}
	return it
}

// expiry is when an expectation ends, in Unix nanoseconds. A duration that
// no int64 holds is for ever.
func expiry(created time.Time, ttl TimeToLive, now time.Time) int64 {
	unit := ttl.Unit.Duration()
	if unit <= 0 || ttl.Value <= 0 {
		return now.UnixNano()
	}
	if ttl.Value > math.MaxInt64/int64(unit) {
		return 0
	}
	start, length := created.UnixNano(), ttl.Value*int64(unit)
	if start > math.MaxInt64-length {
		return 0
	}
	return start + length
}

// Duration is the length of the unit; 0 for an unknown one.
func (u TimeUnit) Duration() time.Duration {
	switch u {
	case Days:
		return 24 * time.Hour
	case Hours:
		return time.Hour
	case Minutes:
		return time.Minute
	case Seconds:
		return time.Second
	case Milliseconds:
		return time.Millisecond
	case Microseconds:
		return time.Microsecond
	case Nanoseconds:
		return time.Nanosecond
	}
	return 0
}

// rank orders items as they are tried: higher priority first, then older.
func rank(a, b *item) int {
	if c := cmp.Compare(b.expectation.Priority, a.expectation.Priority); c != 0 {
		return c
	}
	return cmp.Compare(a.place, b.place)
}

// exhausted reports whether its times are used up.
func (it *item) exhausted() bool {
	return it.limited && it.remaining.Load() <= 0
}

// take uses the item once. ok is false if another goroutine took the last
// time; last says that this was the last.
func (it *item) take() (n uint64, ok, last bool) {
	if it.limited {
		left := it.remaining.Add(-1)
		if left < 0 {
			return 0, false, false
		}
		last = left == 0
	}
	return it.used.Add(1), true, last
}

// lose marks the item as gone and reports whether it was not yet.
func (it *item) lose() bool { return it.gone.CompareAndSwap(false, true) }

// answer is the answer of the n-th match, counted from 1 (MockServer
// SEQUENTIAL), or any (RANDOM); nil if the action is not a [Respond].
func (it *item) answer(n uint64) *Answer {
	if it.respond == nil {
		return nil
	}
	if it.respond.Mode == Random {
		return it.respond.Answers[rand.IntN(len(it.respond.Answers))]
	}
	return it.respond.Answers[(n-1)%uint64(len(it.respond.Answers))]
}

// current is the expectation with the times it has left.
func (it *item) current() *Expectation {
	e := it.expectation
	if !it.limited {
		return e
	}
	left := max(0, int(it.remaining.Load()))
	if left == e.Times.Remaining {
		return e
	}
	copied := *e
	copied.Times.Remaining = left
	return &copied
}
