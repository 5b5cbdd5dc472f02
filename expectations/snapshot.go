package expectations

import (
	"hash/maphash"
	"slices"
	"time"
)

// A snapshot is an immutable state of a [Set]. Its items are spread over
// segments, largest first, each with its own index; see [Set.publish].
//
// Items taken out of the set stay in their segment until that is rebuilt.
// A snapshot of version v holds those items whose removed is 0 or above v, so
// that a call which changes many shows at once, and readers of an older
// snapshot go on seeing what it held.
type snapshot struct {
	version  uint64
	segments []*segment
	// seed is that of the segments' keys.
	seed maphash.Seed
}

// A search looks for an item in a snapshot. It is used once, by one
// goroutine.
type search struct {
	v     *view
	clock func() time.Time
	where func(*Expectation) bool
	// states are the active provider states.
	states *ProviderStates
	// wantsBody makes it look for an item with a condition on the body that
	// the rest of the request fulfils, instead of the first that matches.
	wantsBody bool
	// peek says that what is found will not be used: chance counts as good.
	peek bool
	// scenarios decides about them; nil lets all pass. A function, since what
	// it calls would move the search to the heap.
	scenarios func(ScenarioGate) bool
	// provider is the state of [ProviderScenario], which was read together
	// with states; "" leaves it to scenarios.
	provider string

	version uint64
	now     int64 // Unix nanoseconds; 0 if not yet asked
	dice    dice
}

// run returns the first item in rank order that matches. What is best so far
// goes from hand to hand and not into s: that way the view, and with it each
// lookup, stays off the heap.
func (s *search) run(sn *snapshot) *item {
	s.version = sn.version
	var best *item
	var buf [128]byte
	methods := methodKeys(sn.seed, s.v.req.Method)
	key := appendFold(buf[:0], s.v.req.Path)
	for _, seg := range sn.segments {
		if s.skips(seg) {
			continue
		}
		best = s.keyed(seg, key, methods, best)
		for _, method := range methods {
			best = s.bucket(&seg.rest, method, best)
		}
	}
	if len(s.v.decoded) != len(s.v.req.Path) {
		key = appendFold(buf[:0], s.v.decoded)
		for _, seg := range sn.segments {
			if !s.skips(seg) {
				best = s.keyed(seg, key, methods, best)
			}
		}
	}
	return best
}

func (s *search) skips(seg *segment) bool { return s.wantsBody && seg.bodies == 0 }

// keyed tries the items whose path is, or begins with, the key.
func (s *search) keyed(seg *segment, key []byte, methods [2]uint64, best *item) *item {
	if seg.literal.used > 0 {
		path := maphash.Bytes(seg.seed, key)
		for _, method := range methods {
			best = s.bucket(&seg.literal, path^method, best)
		}
	}
	for _, n := range seg.lengths {
		if n > len(key) {
			break
		}
		path := maphash.Bytes(seg.seed, key[:n])
		for _, method := range methods {
			best = s.bucket(&seg.prefix, path^method, best)
		}
	}
	return best
}

// bucket tries the items of one key.
func (s *search) bucket(t *table, key uint64, best *item) *item {
	e := t.find(key)
	if e == nil {
		return best
	}
	if best != nil && rank(e.first, best) >= 0 {
		return best
	}
	if s.matches(e.first) {
		return e.first
	}
	if e.more == nil {
		return best
	}
	return s.list(*e.more, best)
}

// list tries items in rank order while they rank before the best so far.
func (s *search) list(items []*item, best *item) *item {
	for _, it := range items {
		if best != nil && rank(it, best) >= 0 {
			break
		}
		if s.matches(it) {
			return it
		}
	}
	return best
}

func (s *search) matches(it *item) bool {
	if s.wantsBody {
		return it.compiled.NeedsBody() && s.alive(it) && it.compiled.matchHead(s.v)
	}
	return s.alive(it) && (s.has(it) || it.compiled.match(s.v)) && s.stands(it) && (s.where == nil || s.where(it.expectation)) &&
		(!it.gated || s.open(it))
}

// has reports whether the request has the texts that are all the item asks.
func (s *search) has(it *item) bool {
	return it.path != "" && it.path == s.v.req.Path && (it.method == "" || it.method == s.v.req.Method)
}

// alive reports whether the item is in the snapshot and has neither expired
// nor been used up.
func (s *search) alive(it *item) bool {
	if removed := it.removed.Load(); removed != 0 && removed <= s.version || it.exhausted() {
		return false
	}
	if it.expires == 0 {
		return true
	}
	if s.now == 0 {
		s.now = s.clock().UnixNano()
	}
	return s.now < it.expires
}

// all returns the live items of a snapshot in rank order.
func (sn *snapshot) all(clock func() time.Time) []*item {
	s := search{version: sn.version, clock: clock}
	var all []*item
	for _, seg := range sn.segments {
		all = mergeItems(all, seg.items)
	}
	return slices.DeleteFunc(slices.Clone(all), func(it *item) bool { return !s.alive(it) })
}

// mergeItems merges two lists in rank order.
func mergeItems(a, b []*item) []*item {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	merged := make([]*item, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if rank(a[0], b[0]) <= 0 {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}
