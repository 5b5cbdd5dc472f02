package expectations

import "slices"

// Remove takes the expectations of the ids out and returns how many there
// were.
func (s *Set) Remove(ids ...string) int {
	s.mu.Lock()
	defer s.unlock()
	s.drain()
	version := s.current.Load().version + 1
	removed := 0
	for _, id := range ids {
		if it := s.byID[id]; it != nil {
			s.drop(it, version)
			removed++
		}
	}
	if removed > 0 {
		s.publish(version, nil)
	}
	return removed
}

// Clear takes out the expectations to which the filter applies (see
// [Compiled.MatchExpectation]) and returns their ids in match order. A nil
// filter applies to all.
func (s *Set) Clear(filter *Compiled) []string {
	s.mu.Lock()
	defer s.unlock()
	s.drain()
	var ids []string
	sn := s.current.Load()
	version := sn.version + 1
	for _, it := range sn.all(s.now) {
		if filter == nil || filter.covers(it.compiled) {
			s.drop(it, version)
			ids = append(ids, it.expectation.ID)
		}
	}
	if len(ids) > 0 {
		s.publish(version, nil)
	}
	return ids
}

// Reset takes everything out.
func (s *Set) Reset() {
	s.mu.Lock()
	defer s.unlock()
	s.drain()
	version := s.current.Load().version + 1
	for s.oldest != nil {
		s.drop(s.oldest, version)
	}
	s.replace(&snapshot{version: version, seed: s.seed})
}

// rewind puts the cursors of all sequences back to their first answer.
func (s *Set) rewind() {
	for _, seg := range s.current.Load().segments {
		for _, it := range seg.items {
			it.used.Store(0)
		}
	}
}

const (
	// growth is how much larger than what is added a segment must be to stay
	// as it is.
	growth = 4
	// smallSegment is the size of segments always rebuilt.
	smallSegment = 16
)

// publish makes the next snapshot: that of now with fresh items, and without
// those removed as of its version. s.mu is held.
//
// Indexing everything anew for each change would make n changes cost n². So
// the new items get a segment of their own, which swallows those before it
// that are not [growth] times larger. Sizes fall geometrically, a lookup sees
// a handful of segments, and n calls of Put cost about n log n; one call with
// n items makes one segment. When more than half of all items are dead, the
// whole is rebuilt.
func (s *Set) publish(version uint64, fresh []*item) {
	segments := slices.Clone(s.current.Load().segments)
	slices.SortFunc(fresh, rank)
	for len(segments) > 0 && len(fresh) > 0 {
		last := segments[len(segments)-1].items
		if len(last) > max(smallSegment, growth*len(fresh)) {
			break
		}
		fresh = mergeItems(s.survivors(last, version), fresh)
		segments = segments[:len(segments)-1]
	}
	if len(fresh) > 0 {
		segments = append(segments, newSegment(s.seed, fresh))
	}
	held := 0
	for _, seg := range segments {
		held += len(seg.items)
	}
	if held > 2*len(s.byID)+64 {
		segments = s.compact()
	}
	s.replace(&snapshot{version: version, segments: segments, seed: s.seed})
}

// replace makes next the current snapshot. s.mu is held.
func (s *Set) replace(next *snapshot) {
	s.live.Add(s.change)
	s.change = 0
	s.current.Store(next)
}

// compact indexes all items anew.
func (s *Set) compact() []*segment {
	items := make([]*item, 0, len(s.byID))
	for it := s.oldest; it != nil; it = it.after {
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil
	}
	slices.SortFunc(items, rank)
	return []*segment{newSegment(s.seed, items)}
}

// survivors returns the items that are still alive; what has expired is
// dropped from the set.
func (s *Set) survivors(items []*item, version uint64) []*item {
	search := search{version: version, clock: s.now}
	alive := make([]*item, 0, len(items))
	for _, it := range items {
		if search.alive(it) {
			alive = append(alive, it)
		} else if it.removed.Load() == 0 {
			s.drop(it, version)
		}
	}
	return alive
}

// insert puts an item into the list and the map, in the place of its
// predecessor if there is one. s.mu is held.
func (s *Set) insert(it *item, version uint64) {
	id := it.expectation.ID
	if old := s.byID[id]; old != nil {
		it.place = old.place
		it.before, it.after = old.before, old.after
		if old.lose() {
			s.change--
		}
		old.before, old.after = nil, nil
		old.removed.Store(version)
	} else {
		s.places++
		it.place = s.places
		it.before = s.newest
	}
	s.relink(it)
	s.byID[id] = it
	s.change++
	if it.exhausted() {
		s.drop(it, version)
	}
}

// relink makes the neighbours of it point to it.
func (s *Set) relink(it *item) {
	if it.before != nil {
		it.before.after = it
	} else {
		s.oldest = it
	}
	if it.after != nil {
		it.after.before = it
	} else {
		s.newest = it
	}
}

// drop takes an item out of the list and the map. s.mu is held.
func (s *Set) drop(it *item, version uint64) {
	if it.before != nil {
		it.before.after = it.after
	} else {
		s.oldest = it.after
	}
	if it.after != nil {
		it.after.before = it.before
	} else {
		s.newest = it.before
	}
	it.before, it.after = nil, nil
	delete(s.byID, it.expectation.ID)
	it.removed.Store(version)
	if it.lose() {
		s.change--
	}
}

// retire takes out an item whose times are used up. Readers call it, so it
// does not wait for s.mu: whoever holds that does the work on leaving it.
func (s *Set) retire(it *item) {
	if it.lose() {
		s.live.Add(-1)
	}
	for {
		top := s.exhausted.Load()
		it.exhaustedNext = top
		if s.exhausted.CompareAndSwap(top, it) {
			break
		}
	}
	s.collect()
}

// unlock gives s.mu back and takes out what was used up meanwhile.
func (s *Set) unlock() {
	s.mu.Unlock()
	s.collect()
}

// collect drains the stack of exhausted items unless someone else will.
func (s *Set) collect() {
	for s.exhausted.Load() != nil && s.mu.TryLock() {
		if s.drain() {
			s.publish(s.current.Load().version+1, nil)
		}
		s.mu.Unlock()
	}
}

// drain takes the exhausted items out; readers do not see them anyway. It
// reports whether there were any. s.mu is held.
func (s *Set) drain() bool {
	it := s.exhausted.Swap(nil)
	found := it != nil
	for it != nil {
		next := it.exhaustedNext
		it.exhaustedNext = nil
		if s.byID[it.expectation.ID] == it {
			s.drop(it, s.current.Load().version+1)
		}
		it = next
	}
	return found
}
