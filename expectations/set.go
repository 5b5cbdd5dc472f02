package expectations

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// ErrNoAction is wrapped by the error of [Set.Put] for an expectation that
// has no action, or no answer to give.
var ErrNoAction = errors.New("no action")

// DefaultMaxExpectations is how many expectations a [Set] holds unless told
// otherwise.
const DefaultMaxExpectations = 100_000

// SetOptions are the options of [NewSet].
type SetOptions struct {
	// MaxExpectations is how many expectations the set holds; the oldest make
	// room for new ones. 0 is [DefaultMaxExpectations].
	MaxExpectations int
	// Now is the clock for TimeToLive; nil is time.Now.
	Now func() time.Time
}

// A Set holds the expectations a user made or imported, in the order in which
// they are tried: by priority, the highest first, and among equals the oldest
// first.
//
// It is safe for concurrent use. Readers take no lock: they work on an
// immutable snapshot, which [Set.Put], [Set.Remove], [Set.Clear] and
// [Set.Reset] replace, each as a whole. A lookup costs about the same among
// one expectation and among 50 000, as long as their paths differ at the
// beginning: expectations whose path gives the index nothing to go by (none,
// an inverted one, a leading wildcard), and those of one path and method, are
// tried one after another.
//
// Expired expectations are never seen; their memory is given back by later
// calls of Put.
type Set struct {
	now       func() time.Time
	seed      maphash.Seed // of the keys of the index
	max       int
	current   atomic.Pointer[snapshot]
	live      atomic.Int64         // items neither removed nor exhausted
	evicted   atomic.Uint64        // by MaxExpectations
	exhausted atomic.Pointer[item] // a stack of items to take out

	mu     sync.Mutex // guards what follows, and replacing current
	byID   map[string]*item
	oldest *item // the list of items in order of place
	newest *item
	places uint64 // the last place given
	change int64  // to live, with the next snapshot
}

// NewSet returns an empty set.
func NewSet(o SetOptions) *Set {
	s := &Set{now: o.Now, seed: maphash.MakeSeed(), max: o.MaxExpectations, byID: map[string]*item{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.max <= 0 {
		s.max = DefaultMaxExpectations
	}
	s.current.Store(&snapshot{seed: s.seed})
	return s
}

// Put adds expectations, or replaces those of equal id, which keep their
// place in the order; counts and cursors start over. It is all or nothing: on
// an error nothing has changed. The error is a [*PatternError] or wraps
// [ErrNoAction].
//
// It returns what is in the set now, in the order given: copies with ID (a
// random UUID where there was none), Created and Origin filled in. The caller
// must not change what they share with the originals.
func (s *Set) Put(es ...*Expectation) ([]*Expectation, error) {
	if len(es) == 0 {
		return nil, nil
	}
	now := s.now()
	items := make([]*item, len(es))
	put := make([]*Expectation, len(es))
	for i, e := range es {
		it, err := prepare(e, now)
		if err != nil {
			return nil, err
		}
		items[i], put[i] = it, it.expectation
	}

	s.mu.Lock()
	defer s.unlock()
	s.drain()
	version := s.current.Load().version + 1
	for _, it := range items {
		s.insert(it, version)
	}
	s.evict(version)
	s.publish(version, slices.DeleteFunc(items, func(it *item) bool { return it.removed.Load() != 0 }))
	return put, nil
}

// evict drops the oldest beyond the bound. s.mu is held.
func (s *Set) evict(version uint64) (dropped bool) {
	for len(s.byID) > s.max {
		s.drop(s.oldest, version)
		s.evicted.Add(1)
		dropped = true
	}
	return dropped
}

// Limit changes how many expectations the set holds; the oldest beyond it
// leave at once. 0 is [DefaultMaxExpectations].
func (s *Set) Limit(expectations int) {
	if expectations <= 0 {
		expectations = DefaultMaxExpectations
	}
	s.mu.Lock()
	defer s.unlock()
	s.max = expectations
	s.drain()
	if version := s.current.Load().version + 1; s.evict(version) {
		s.publish(version, nil)
	}
}

// prepare copies and compiles an expectation.
func prepare(e *Expectation, now time.Time) (*item, error) {
	copied := *e
	if copied.ID == "" {
		copied.ID = uuid.NewString()
	}
	if copied.Created.IsZero() {
		copied.Created = now
	}
	if copied.Origin == "" {
		copied.Origin = OriginUser
	}
	if err := copied.checkActions(); err != nil {
		return nil, fmt.Errorf("expectation %q: %w", copied.ID, err)
	}
	compiled, err := Compile(copied.Request)
	if err != nil {
		return nil, err
	}
	return newItem(&copied, compiled, now), nil
}

// FindOptions are the options of [Set.Find].
type FindOptions struct {
	// Peek leaves the expectation's times alone.
	Peek bool
	// Where, if not nil, must hold for the expectation too. It may be called
	// for several, must be quick, and must not call the set.
	Where func(*Expectation) bool
	// States are the active provider states; see [ProviderStates].
	States *ProviderStates
	// open decides about scenarios; nil lets all pass.
	open func(ScenarioGate) bool
	// provider is the state of [ProviderScenario] that goes with States; ""
	// leaves it to open.
	provider string
}

// Find returns the first expectation that matches the request and, unless it
// only peeks, uses it once; one whose times are used up is gone. See
// [Compiled.Match] about the body.
func (s *Set) Find(req *Request, o FindOptions) (*Expectation, bool) {
	v := newView(req)
	for {
		it := s.first(&v, o)
		if it == nil {
			return nil, false
		}
		if o.Peek {
			return it.expectation, true
		}
		if _, ok := s.use(it); ok {
			return it.expectation, true
		}
	}
}

// first returns the first item that matches, without using it.
func (s *Set) first(v *view, o FindOptions) *item {
	search := search{v: v, clock: s.now, where: o.Where, peek: o.Peek, scenarios: o.open, provider: o.provider, states: o.States}
	return search.run(s.current.Load())
}

// use uses an item once and returns the number of the use, from 1. ok is
// false if others used it up first.
func (s *Set) use(it *item) (n uint64, ok bool) {
	n, ok, last := it.take()
	if last {
		s.retire(it)
	}
	return n, ok
}

// NeedsBody reports whether there is an expectation with a condition on the
// body that the request may match: everything else about it does.
func (s *Set) NeedsBody(req *Request) bool {
	sn := s.current.Load()
	if !slices.ContainsFunc(sn.segments, func(seg *segment) bool { return seg.bodies > 0 }) {
		return false
	}
	v := newView(req)
	search := search{v: &v, clock: s.now, wantsBody: true}
	return search.run(sn) != nil
}

// All returns the expectations in the order in which they are tried, their
// Times as they are now.
func (s *Set) All() []*Expectation {
	items := s.current.Load().all(s.now)
	all := make([]*Expectation, len(items))
	for i, it := range items {
		all[i] = it.current()
	}
	return all
}

// Len is the number of expectations.
func (s *Set) Len() int {
	sn := s.current.Load()
	if !slices.ContainsFunc(sn.segments, func(seg *segment) bool { return seg.mortals > 0 }) {
		return int(s.live.Load())
	}
	return len(sn.all(s.now))
}

// Version changes whenever expectations enter or leave the set, those that
// were used up or ran out some time later.
func (s *Set) Version() uint64 { return s.current.Load().version }

// Evicted is how many expectations made room for others since the set was
// made.
func (s *Set) Evicted() uint64 { return s.evicted.Load() }

// Get returns the expectation of the id. Unlike the other readers it waits
// for a running change.
func (s *Set) Get(id string) (*Expectation, bool) {
	s.mu.Lock()
	defer s.unlock()
	it := s.byID[id]
	search := search{version: s.current.Load().version, clock: s.now}
	if it == nil || !search.alive(it) {
		return nil, false
	}
	return it.current(), true
}
