package expectations

import (
	"cmp"
	"context"
	"iter"
	"sync/atomic"
)

// SpaceOptions are the options of [NewSpace].
type SpaceOptions struct {
	// ID names the space.
	ID SessionID
	// Mode is the mode it starts in; "" is [Spy], as MockServer starts.
	Mode Mode
	// Set and Log are new ones if nil, with their default bounds.
	Set *Set
	Log *Log
	// Captured is [NoCaptured] if nil.
	Captured Captured
	// Tokens signs the tokens that templates make; nil is one for this space.
	Tokens *Issuer
}

// A Space is all there is to one session: the active expectations, the
// request log, the mode. It is safe for concurrent use; its fields are set
// once, by [NewSpace].
type Space struct {
	// ID names the space.
	ID SessionID
	// Set holds the expectations a user made or imported. Put goes through
	// [Space.Put], which knows about captured ones too.
	Set *Set
	// Log holds the latest requests.
	Log *Log
	// Captured holds what was learned from recorded traffic; never nil.
	Captured Captured
	// Scenarios holds the states that expectations are bound to.
	Scenarios Scenarios

	tokens *Issuer
	mode   atomic.Pointer[Mode]
	// open decides about scenarios by their states here; it is made once,
	// since making it costs an allocation.
	open func(ScenarioGate) bool
}

// NewSpace returns a space.
func NewSpace(o SpaceOptions) *Space {
	s := &Space{ID: o.ID, Set: o.Set, Log: o.Log, Captured: o.Captured, tokens: cmp.Or(o.Tokens, &Issuer{})}
	if s.Set == nil {
		s.Set = NewSet(SetOptions{})
	}
	if s.Log == nil {
		s.Log = NewLog(0)
	}
	if s.Captured == nil {
		s.Captured = NoCaptured{}
	}
	if o.Mode == "" {
		o.Mode = Spy
	}
	s.mode.Store(&o.Mode)
	s.open = gatekeeper{scenarios: &s.Scenarios}.open
	return s
}

// Mode is the mode now.
func (s *Space) Mode() Mode { return *s.mode.Load() }

// SetMode changes the mode and puts every sequence and replay cursor back to
// its first answer. Call Captured.Sync before it where requests that follow
// are to be answered from what was just recorded.
func (s *Space) SetMode(m Mode) {
	s.mode.Store(&m)
	s.rewind()
}

func (s *Space) rewind() {
	s.Set.rewind()
	s.Captured.Rewind()
}

// MatchOptions are the options of [Space.Match].
type MatchOptions struct {
	// Captured lets captured expectations answer too.
	Captured bool
	// Peek moves no cursor and leaves times alone.
	Peek bool
	// Where, if not nil, must hold for the expectation too; see
	// [FindOptions].
	Where func(*Expectation) bool
	// States holds the states of scenarios, by name, that count for this
	// request alone; the others are those of the space. The match leaves them
	// as they are.
	States map[string]string
	// Provider holds the provider states for this one request; nil leaves those
	// of the space.
	Provider *ProviderStates
	// AnyState has no provider state keep an expectation from answering.
	AnyState bool
}

// Match returns the first active expectation that matches the request, and
// the answer that it gives now. Captured ones rank behind those of the set
// with priority 0 and before those below. err is a failure to read a
// recording. See [Space.NeedsBody] about the body.
func (s *Space) Match(ctx context.Context, req *Request, o MatchOptions) (Hit, bool, error) {
	v := newView(req)
	gates, open := gatekeeper{scenarios: &s.Scenarios, own: o.scenarioStates()}, s.open
	if gates.own != nil {
		open = gates.open
	}
	for {
		it := s.pick(&v, o, open)
		if o.Captured && (it == nil || it.expectation.Priority < 0) {
			if hit, ok, err := s.matchCaptured(ctx, req, o); ok || err != nil {
				return hit, ok, err
			}
		}
		if it == nil {
			return Hit{}, false, nil
		}
		n, ok := it.used.Load()+1, true
		if !o.Peek {
			ok = gates.pass(it.expectation.Scenario, func() (used bool) {
				n, used = s.Set.use(it)
				return used
			})
		}
		if ok {
			answer := it.answer(n).Loaded()
			if !o.Peek {
				answer = it.answer(n).To(req)
			}
			return Hit{Expectation: it.expectation, Answer: answer, Last: !o.Peek && it.exhausted()}, true, nil
		}
		// Another request took the last of its times, or moved its scenario
		// on; what is next?
	}
}

func (s *Space) matchCaptured(ctx context.Context, req *Request, o MatchOptions) (Hit, bool, error) {
	if o.Where == nil {
		return s.Captured.Find(ctx, req, o.Peek)
	}
	hit, ok, err := s.Captured.Find(ctx, req, true)
	if err != nil || !ok || !o.Where(hit.Expectation) {
		return Hit{}, false, err
	}
	if o.Peek {
		return hit, true, nil
	}
	return s.Captured.Find(ctx, req, false)
}

// NeedsBody reports whether the body of the request counts for
// [Space.Match]: where it does, it must be read, and decoded, before. With
// captured, captured expectations answer too, and theirs always counts.
func (s *Space) NeedsBody(req *Request, captured bool) bool {
	return captured && s.Captured.Len() > 0 || s.Set.NeedsBody(req)
}

// Active yields all active expectations in the order in which they are tried,
// captured ones included, after everything recorded so far is among them. An
// error is about one captured expectation, or the end of ctx, which ends it.
func (s *Space) Active(ctx context.Context) iter.Seq2[*Expectation, error] {
	return func(yield func(*Expectation, error) bool) {
		if err := s.Captured.Sync(ctx); err != nil {
			yield(nil, err)
			return
		}
		all := s.Set.All()
		for len(all) > 0 && all[0].Priority >= 0 {
			if !yield(all[0], nil) {
				return
			}
			all = all[1:]
		}
		for e, err := range s.Captured.All(ctx) {
			if !yield(e, err) {
				return
			}
		}
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Put is [Set.Put]; a captured expectation of the same id becomes the user's.
func (s *Space) Put(es ...*Expectation) ([]*Expectation, error) {
	kinds := make([]NoteKind, len(es))
	for i, e := range es {
		kinds[i] = NoteCreated
		if _, known := s.Set.Get(e.ID); known {
			kinds[i] = NoteUpdated
		}
	}
	put, err := s.Set.Put(es...)
	if err != nil {
		return nil, err
	}
	notes := make([]Note, len(put))
	for i, e := range put {
		s.Captured.Claim(e.ID)
		notes[i] = Note{Kind: kinds[i], Request: e.Request, Expectation: e}
	}
	s.Log.Note(notes...)
	return put, nil
}

// Get returns the active expectation of the id, captured or not.
func (s *Space) Get(ctx context.Context, id string) (*Expectation, bool, error) {
	if e, ok := s.Set.Get(id); ok {
		return e, true, nil
	}
	if err := s.Captured.Sync(ctx); err != nil {
		return nil, false, err
	}
	for e, err := range s.Captured.All(ctx) {
		if err == nil && e.ID == id {
			return e, true, nil
		}
	}
	return nil, false, nil
}

// Remove takes the active expectations of the ids out, captured or not.
func (s *Space) Remove(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if e, ok := s.Set.Get(id); ok {
			s.Log.Note(Note{Kind: NoteRemoved, Request: e.Request, Expectation: e})
		}
	}
	s.Set.Remove(ids...)
	if err := s.Captured.Sync(ctx); err != nil {
		return err
	}
	return s.Captured.Remove(ctx, ids)
}

// A ClearKind is what [Space.Clear] clears (MockServer ClearType).
type ClearKind string

const (
	// ClearAll clears the log and the expectations.
	ClearAll ClearKind = "all"
	// ClearLog clears the request log.
	ClearLog ClearKind = "log"
	// ClearExpectations clears the active expectations.
	ClearExpectations ClearKind = "expectations"
)

// Clear drops the log entries and takes out the active expectations to which
// the filter applies; nil applies to all.
func (s *Space) Clear(ctx context.Context, what ClearKind, filter *Compiled) error {
	err := s.clear(ctx, what, filter)
	if err == nil {
		s.Log.Note(Note{Kind: NoteCleared, Request: filter.Source(), Text: clearedText(what)})
	}
	return err
}

// clearedText is MockServer's word for what was cleared.
func clearedText(what ClearKind) string {
	switch what {
	case ClearLog:
		return "clearing request logs"
	case ClearExpectations:
		return "clearing expectations"
	case ClearAll:
	}
	return "clearing expectations and request logs"
}

func (s *Space) clear(ctx context.Context, what ClearKind, filter *Compiled) error {
	if what == ClearAll || what == ClearLog {
		s.Log.Clear(filter)
	}
	if what == ClearLog {
		return nil
	}
	s.Set.Clear(filter)
	if err := s.Captured.Sync(ctx); err != nil {
		return err
	}
	if filter == nil {
		return s.Captured.RemoveAll(ctx)
	}
	var ids []string
	for e, err := range s.Captured.All(ctx) {
		if err == nil && filter.MatchExpectation(e) {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.Captured.Remove(ctx, ids)
}

// Reset clears everything, rewinds the cursors, puts the scenarios back to
// their beginning and forgets the provider states. The mode stays (MockServer).
func (s *Space) Reset(ctx context.Context) error {
	err := s.clear(ctx, ClearAll, nil)
	s.rewind()
	s.Scenarios.Reset()
	if err == nil {
		s.Log.Note(Note{Kind: NoteCleared, Text: "resetting all expectations and request logs"})
	}
	return err
}
