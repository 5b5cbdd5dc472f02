package capture

import (
	"slices"

	"github.com/google/uuid"

	"github.com/pactape/pactape/capture/journal"
)

// maxEvictedIDs bounds [LearnedStats.EvictedIDs].
const maxEvictedIDs = 32

type indexKey struct {
	hash   [16]byte
	masked bool
}

// An entry is one captured expectation. A session has up to MaxCaptured of
// them, so it is small: answers are places in the journal.
type entry struct {
	key        Key
	id         uuid.UUID
	prev, next *entry // in the order of learning
	same       *entry // another authority with the same hash
	mask       [16]byte
	// sequences are the answers, by caller; latest is the one learned from
	// last.
	sequences []sequence
	latest    int
}

// A sequence is what one caller was answered, in order.
type sequence struct {
	caller uint64
	answer uint64 // digest of the last
	runs   []run
	// forgotten is the number of runs that left at the front.
	forgotten uint32
	cursor    cursor
}

// A run is a number of equal answers, one after the other.
type run struct {
	pos journal.Position // of the last of them
	n   uint32
}

// A LearnResult says what became of an exchange.
type LearnResult struct {
	// Skip is why it was not learned; "" if it was.
	Skip string
	// Repeat says that it repeated the answer before it.
	Repeat bool
	// Evicted says that another expectation left to make room.
	Evicted bool
}

// Learn puts a recorded exchange into the view.
func (l *Learned) Learn(lesson Lesson, pos journal.Position) LearnResult {
	id := lesson.Key.ID()
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.claimed[id]; ok && lesson.Skip == "" {
		lesson.Skip = "claimed by the user"
	}
	if lesson.Skip != "" {
		l.stats.Skipped[lesson.Skip]++
		return LearnResult{Skip: lesson.Skip}
	}
	l.stats.Learned++
	var result LearnResult
	e := l.byID[id]
	if e == nil {
		if len(l.byID) >= l.o.MaxCaptured {
			l.evict()
			result.Evicted = true
		}
		e = &entry{key: lesson.Key, id: id, mask: lesson.Mask}
		l.insert(e)
	}
	e.latest = l.sequence(e, lesson.Caller)
	s := &e.sequences[e.latest]
	if n := len(s.runs); n > 0 && s.answer == lesson.Answer {
		s.runs[n-1].n++
		s.runs[n-1].pos = pos
		l.stats.Repeats++
		result.Repeat = true
		return result
	}
	if l.runs >= maxRuns && len(s.runs) > 0 {
		s.runs = s.runs[1:]
		s.forgotten++
		l.runs--
		l.stats.Forgotten++
	}
	s.runs = append(s.runs, run{pos: pos, n: 1})
	s.answer = lesson.Answer
	l.runs++
	return result
}

// sequence returns the place of a caller's sequence in e, which it makes if
// need be.
func (l *Learned) sequence(e *entry, caller uint64) int {
	n := len(e.sequences)
	for i := range e.sequences {
		if e.sequences[i].caller == caller {
			return i
		}
	}
	if n > 0 && e.sequences[n-1].caller == otherCallers {
		return n - 1
	}
	if n >= maxCallers-1 || n > 0 && l.callers >= maxSessionCallers {
		caller = otherCallers
	}
	l.callers++
	e.sequences = append(e.sequences, sequence{caller: caller})
	return n
}

// insert puts a new entry into the index.
func (l *Learned) insert(e *entry) {
	k := indexKey{e.key.Hash, e.key.Masked}
	e.same = l.index[k]
	l.index[k] = e
	l.byID[e.id] = e
	if e.prev = l.newest; e.prev != nil {
		e.prev.next = e
	} else {
		l.oldest = e
	}
	l.newest = e
	if e.key.Masked {
		l.masked++
	}
	if e.mask != [16]byte{} {
		l.masks[e.mask] = append(l.masks[e.mask], e)
	}
}

// remove takes an entry out of the index.
func (l *Learned) remove(e *entry) {
	k := indexKey{e.key.Hash, e.key.Masked}
	switch first := l.index[k]; {
	case first != e:
		for first.same != e {
			first = first.same
		}
		first.same = e.same
	case e.same != nil:
		l.index[k] = e.same
	default:
		delete(l.index, k)
	}
	delete(l.byID, e.id)
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		l.oldest = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		l.newest = e.prev
	}
	if e.key.Masked {
		l.masked--
	}
	if e.mask != [16]byte{} {
		l.masks[e.mask] = slices.DeleteFunc(l.masks[e.mask], func(other *entry) bool { return other == e })
		if len(l.masks[e.mask]) == 0 {
			delete(l.masks, e.mask)
		}
	}
	for i := range e.sequences {
		l.runs -= len(e.sequences[i].runs)
	}
	l.callers -= len(e.sequences)
	e.sequences = nil // All may still hold e
}

// evict takes out the oldest entry.
func (l *Learned) evict() {
	if len(l.evicted) >= maxEvictedIDs {
		l.evicted = slices.Delete(l.evicted, 0, 1)
	}
	l.evicted = append(l.evicted, l.oldest.id)
	l.remove(l.oldest)
	l.stats.Evicted++
}

// claim takes an id out of the view for good.
func (l *Learned) claim(id uuid.UUID) {
	if e := l.byID[id]; e != nil {
		l.remove(e)
	}
	l.claimed[id] = struct{}{}
}

// Apply changes the view as a record says, both when it is acknowledged and
// when it is read back.
func (l *Learned) Apply(rec ViewRecord) {
	if rec.Kind == ViewReset {
		l.reset()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range rec.IDs {
		id, err := uuid.Parse(text)
		if err != nil {
			continue // not one of ours
		}
		switch e := l.byID[id]; {
		case rec.Kind == ViewClaim:
			l.claim(id)
		case rec.Kind == ViewClear && e != nil:
			l.remove(e)
		}
	}
}

// reset empties the view.
func (l *Learned) reset() {
	l.mu.Lock()
	for e := l.oldest; e != nil; e = l.oldest {
		l.remove(e)
	}
	clear(l.claimed)
	clear(l.guests)
	l.mu.Unlock()
	l.o.Cache.drop(l)
}

// Retire forgets what lies in segments before the given one.
func (l *Learned) Retire(segment uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := l.oldest; e != nil; {
		next := e.next
		if !l.retire(e, segment) {
			l.remove(e)
		}
		e = next
	}
}

// retire reports whether something is left of an entry.
func (l *Learned) retire(e *entry, segment uint32) bool {
	left := false
	for i := range e.sequences {
		s := &e.sequences[i]
		gone := 0
		for gone < len(s.runs) && s.runs[gone].pos.Segment < segment {
			gone++
		}
		s.runs = s.runs[gone:]
		s.forgotten += uint32(gone)
		l.runs -= gone
		left = left || len(s.runs) > 0
	}
	return left
}
