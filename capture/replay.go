package capture

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

// maxGuests bounds the cursors of callers that were not recorded; those
// beyond share one for each expectation.
const maxGuests = 1 << 16

// maxListed bounds the answers of one expectation that [Learned.All] shows:
// the last ones.
const maxListed = 1000

// A cursor is a place in a sequence: how often its present run was used.
type cursor struct {
	run        uint32 // counted from the first run ever
	used       uint32
	generation uint32
}

// A guestID is a caller that was not recorded, at an expectation.
type guestID struct {
	expectation uuid.UUID
	caller      uint64
}

// A guest follows the sequence of a recorded caller.
type guest struct {
	caller uint64
	cursor cursor
}

// Find implements [expectations.Captured]. The request may still be encoded,
// and is redacted here. The expectation of the hit has only the answer chosen.
func (l *Learned) Find(ctx context.Context, req *expectations.Request, peek bool) (expectations.Hit, bool, error) {
	if l.Len() == 0 {
		return expectations.Hit{}, false, nil
	}
	if req.Body.Encoded {
		if body, err := content.Decode(req.Body, l.o.MaxBody); err == nil {
			decoded := *req
			decoded.Body = body
			req = &decoded
		}
	}
	if l.o.Redactor != nil {
		req, _ = l.o.Redactor.Request(req)
	}
	// Retention may take away an answer between the choice and the reading;
	// then there is another, or none.
	for attempt := 0; ; attempt++ {
		id, pos, ok := l.choose(req, peek)
		if !ok {
			return expectations.Hit{}, false, nil
		}
		r, err := l.read(ctx, pos)
		if err == nil {
			e := r.expectation(id)
			e.Action = &expectations.Respond{Answers: []*expectations.Answer{r.answer}}
			e.Redactions = r.redactions
			return expectations.Hit{Expectation: e, Answer: r.answer}, true, nil
		}
		if attempt == 1 || ctx.Err() != nil || l.holds(id, pos) {
			return expectations.Hit{}, false, fmt.Errorf("replay %s: %w", id, err)
		}
	}
}

// choose picks the answer that is next for a request.
func (l *Learned) choose(req *expectations.Request, peek bool) (id uuid.UUID, pos journal.Position, ok bool) {
	caller := CallerOf(req)
	key := KeyOf(req, l.headers)
	l.mu.Lock()
	e := l.lookup(key, req.Host)
	mask := e == nil && l.masked+len(l.masks) > 0
	l.mu.Unlock()
	foreign := false
	if mask {
		foreign = l.mask.Foreign(req)
		key = KeyOf(l.mask.Mask(req), l.headers)
		key.Masked = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e = l.lookup(key, req.Host); e == nil && foreign {
		e = nearest(newestFirst(l.masks[key.Hash]), key, req.Host)
	}
	if e == nil {
		return id, pos, false
	}
	pos, ok = l.next(e, caller, peek)
	return e.id, pos, ok
}

// lookup finds the entry of a key.
func (l *Learned) lookup(key Key, host string) *entry {
	return nearest(func(yield func(*entry) bool) {
		for e := l.index[indexKey{key.Hash, key.Masked}]; e != nil && yield(e); e = e.same {
		}
	}, key, host)
}

func newestFirst(entries []*entry) iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for _, e := range slices.Backward(entries) {
			if !yield(e) {
				return
			}
		}
	}
}

// nearest chooses among entries, the one learned last first, by their
// authority. Without one, on either side, any other will do: for a request,
// its own Host first.
func nearest(entries iter.Seq[*entry], key Key, host string) *entry {
	var found *entry
	for e := range entries {
		switch {
		case e.key.Authority == key.Authority:
			return e
		case e.key.Authority == "":
			found = e
		case key.Authority != "":
		case strings.EqualFold(strings.TrimSuffix(e.key.Authority, httpsPort), strings.TrimSuffix(host, httpsPort)):
			return e
		case found == nil:
			found = e
		}
	}
	return found
}

// next returns the answer that is next for a caller and, without peek, moves
// on behind it. A caller that was not recorded gets the answers of the one
// recorded last, and so ends on the latest of all.
func (l *Learned) next(e *entry, caller uint64, peek bool) (journal.Position, bool) {
	for i := range e.sequences {
		if s := &e.sequences[i]; s.caller == caller && len(s.runs) > 0 {
			return l.advance(s, &s.cursor, peek), true
		}
	}
	if len(e.sequences) == 0 {
		return journal.Position{}, false
	}
	latest := e.newestSequence()
	if peek && l.guests[guestID{e.id, caller}] == nil {
		return l.advance(latest, &cursor{generation: l.generation}, true), true
	}
	if len(l.guests) >= maxGuests {
		caller = otherCallers
	}
	g := l.guests[guestID{e.id, caller}]
	if g == nil {
		g = &guest{caller: latest.caller}
		l.guests[guestID{e.id, caller}] = g
	}
	for i := range e.sequences {
		if s := &e.sequences[i]; s.caller == g.caller && len(s.runs) > 0 {
			latest = s
		}
	}
	return l.advance(latest, &g.cursor, peek), true
}

// newestSequence is that of the caller recorded last; it has a run.
func (e *entry) newestSequence() *sequence {
	newest := &e.sequences[e.latest]
	for i := range e.sequences {
		s := &e.sequences[i]
		if len(newest.runs) == 0 || len(s.runs) > 0 && newest.last().Before(s.last()) {
			newest = s
		}
	}
	return newest
}

func (s *sequence) last() journal.Position { return s.runs[len(s.runs)-1].pos }

// advance returns the answer at a cursor and, without peek, counts it as
// used. A run is left when it was used as often as it was recorded; the last
// one never is.
func (l *Learned) advance(s *sequence, c *cursor, peek bool) journal.Position {
	now := *c
	if now.generation != l.generation {
		now = cursor{generation: l.generation}
	}
	if now.run < s.forgotten {
		now.run, now.used = s.forgotten, 0
	}
	last := s.forgotten + uint32(len(s.runs)) - 1
	now.run = min(now.run, last)
	if r := s.runs[now.run-s.forgotten]; now.used >= r.n && now.run < last {
		now.run++
		now.used = 0
	}
	r := s.runs[now.run-s.forgotten]
	if !peek {
		now.used = min(now.used+1, r.n)
		*c = now
	}
	return r.pos
}

// Rewind implements [expectations.Captured].
func (l *Learned) Rewind() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.generation++
	clear(l.guests)
}

// holds reports whether an answer is still in the view.
func (l *Learned) holds(id uuid.UUID, pos journal.Position) bool {
	return slices.Contains(l.answers(id), pos)
}

// answers returns the places of an expectation's answers in the order they
// were given, of all callers.
func (l *Learned) answers(id uuid.UUID) []journal.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byID[id]
	if e == nil {
		return nil
	}
	var all []journal.Position
	for i := range e.sequences {
		for _, r := range e.sequences[i].runs {
			all = append(all, r.pos)
		}
	}
	if len(e.sequences) > 1 {
		slices.SortFunc(all, func(a, b journal.Position) int {
			if a.Before(b) {
				return -1
			}
			return 1
		})
	}
	if len(all) > maxListed {
		all = all[len(all)-maxListed:]
	}
	return all
}

// All implements [expectations.Captured]. Of an expectation with more than a
// thousand different answers in a row it shows the last thousand.
func (l *Learned) All(ctx context.Context) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, id := range l.ids() {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			e, err := l.expectation(ctx, id)
			if e == nil && err == nil {
				continue // it left meanwhile
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// ids are those of the expectations, oldest first.
func (l *Learned) ids() []uuid.UUID {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make([]uuid.UUID, 0, len(l.byID))
	for e := l.oldest; e != nil; e = e.next {
		ids = append(ids, e.id)
	}
	return ids
}

// expectation reads one captured expectation back; nil if it is not in the
// view any more.
func (l *Learned) expectation(ctx context.Context, id uuid.UUID) (*expectations.Expectation, error) {
	var (
		e       *expectations.Expectation
		respond = &expectations.Respond{}
		digest  uint64
	)
	for _, pos := range l.answers(id) {
		r, err := l.read(ctx, pos)
		if err != nil {
			if !l.holds(id, pos) {
				continue
			}
			return nil, fmt.Errorf("read captured expectation %s: %w", id, err)
		}
		if e == nil {
			e = r.expectation(id)
			e.Action = respond
		} else if r.digest == digest {
			continue // what two callers were answered alike
		}
		digest = r.digest
		respond.Answers = append(respond.Answers, r.answer)
		for _, place := range r.redactions {
			if !slices.Contains(e.Redactions, place) {
				e.Redactions = append(e.Redactions, place)
			}
		}
	}
	return e, nil
}
