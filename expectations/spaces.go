package expectations

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrTooManySessions is wrapped by the error of [Spaces.Get] when no more
// spaces may be made.
var ErrTooManySessions = errors.New("too many sessions")

// DefaultMaxSpaces is how many spaces there may be unless told otherwise.
const DefaultMaxSpaces = 1000

// SpacesOptions are the options of [NewSpaces].
type SpacesOptions struct {
	// Open makes the space of a session, reading back what was recorded. It
	// may block, and may be called for several sessions at once, but not
	// twice at once for one. nil makes one with [NewSpace].
	Open func(SessionID) (*Space, error)
	// Max is how many spaces there may be; 0 is [DefaultMaxSpaces].
	Max int
}

// Spaces holds the spaces of all sessions. It is safe for concurrent use;
// finding a space that exists takes no lock.
type Spaces struct {
	open func(SessionID) (*Space, error)
	max  int

	// spaces is replaced, never changed.
	spaces atomic.Pointer[map[SessionID]*Space]

	mu      sync.Mutex // guards what follows, and replacing spaces
	opening map[SessionID]*opening
}

// An opening is a space about to be.
type opening struct {
	done  chan struct{} // closed when space and err are set
	space *Space
	err   error
}

// NewSpaces returns an empty Spaces.
func NewSpaces(o SpacesOptions) *Spaces {
	s := &Spaces{open: o.Open, max: o.Max, opening: map[SessionID]*opening{}}
	if s.open == nil {
		s.open = func(id SessionID) (*Space, error) { return NewSpace(SpaceOptions{ID: id}), nil }
	}
	if s.max <= 0 {
		s.max = DefaultMaxSpaces
	}
	s.spaces.Store(&map[SessionID]*Space{})
	return s
}

// Get returns the space of a session and makes it on first use. Calls that
// come while it is being made wait for it. The error is that of Open, which
// is not remembered, or wraps [ErrTooManySessions].
func (s *Spaces) Get(id SessionID) (*Space, error) {
	if space, ok := s.Lookup(id); ok {
		return space, nil
	}
	s.mu.Lock()
	if space, ok := s.Lookup(id); ok {
		s.mu.Unlock()
		return space, nil
	}
	if o := s.opening[id]; o != nil {
		s.mu.Unlock()
		<-o.done
		return o.space, o.err
	}
	if len(*s.spaces.Load())+len(s.opening) >= s.max {
		s.mu.Unlock()
		return nil, fmt.Errorf("session %q: %w (%d)", id, ErrTooManySessions, s.max)
	}
	o := &opening{done: make(chan struct{}), err: fmt.Errorf("session %q: opening it panicked", id)}
	s.opening[id] = o
	s.mu.Unlock()

	defer s.opened(id, o)
	o.space, o.err = s.open(id)
	if o.err == nil && o.space == nil {
		o.err = fmt.Errorf("session %q: no space", id)
	}
	return o.space, o.err
}

// opened ends an opening, also one that panicked.
func (s *Spaces) opened(id SessionID, o *opening) {
	s.mu.Lock()
	if o.err == nil {
		spaces := maps.Clone(*s.spaces.Load())
		spaces[id] = o.space
		s.spaces.Store(&spaces)
	}
	delete(s.opening, id)
	s.mu.Unlock()
	close(o.done)
}

// Lookup returns the space of a session if there is one.
func (s *Spaces) Lookup(id SessionID) (*Space, bool) {
	space, ok := (*s.spaces.Load())[id]
	return space, ok
}

// All returns the spaces there are, by session name.
func (s *Spaces) All() []*Space {
	return slices.SortedFunc(maps.Values(*s.spaces.Load()), func(a, b *Space) int {
		return cmp.Compare(a.ID, b.ID)
	})
}

// Remove forgets the space of a session and returns it, for the caller to
// close what it holds. The next Get makes a new one.
func (s *Spaces) Remove(id SessionID) (*Space, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	space, ok := s.Lookup(id)
	if ok {
		spaces := maps.Clone(*s.spaces.Load())
		delete(spaces, id)
		s.spaces.Store(&spaces)
	}
	return space, ok
}
