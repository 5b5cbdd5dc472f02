package capture

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/pactape/pactape/capture/journal"
)

// Standing yields, in the order of recording, the exchanges that taught
// something and that nothing took out of the view since: no clear, reset or
// claim. Those of expectations that left the view for its bound are among
// them. What counts is what the journal holds when Standing is called, each
// time the sequence is ranged over; [Session.Sync] first waits for what is
// queued. Damaged lines are passed over as the view passes over them, which
// [SessionStats] counts. An error is about one exchange that cannot be read
// back, and iteration goes on, unless it is ctx's.
func (s *Session) Standing(ctx context.Context) iter.Seq2[*Exchange, error] {
	removed := s.removed()
	return func(yield func(*Exchange, error) bool) {
		for rec, err := range s.journal.Scan(removed.start) {
			if ctxErr := ctx.Err(); ctxErr != nil {
				yield(nil, ctxErr)
				return
			}
			if !rec.Position.Before(removed.end) {
				return
			}
			if err != nil {
				continue
			}
			ex, ok, err := s.standing(rec, removed)
			if (ok || err != nil) && !yield(ex, err) {
				return
			}
		}
	}
}

// removals are what records of the view say of the exchanges before them.
type removals struct {
	// start and end are the part of the journal that is looked at.
	start, end journal.Position
	// last is where the expectation of an id was last taken out.
	last    map[uuid.UUID]journal.Position
	claimed map[uuid.UUID]bool
}

// removed reads the records of the view.
func (s *Session) removed() *removals {
	r := &removals{
		start: s.counts.start(), end: s.journal.End(),
		last: make(map[uuid.UUID]journal.Position), claimed: make(map[uuid.UUID]bool),
	}
	for rec, err := range s.journal.Scan(r.start) {
		if !rec.Position.Before(r.end) {
			break
		}
		h := lineHead{rules: s.rules}
		if err != nil || h.read(rec.Line) != nil {
			continue
		}
		switch h.kind {
		case recordReset:
			r.start = rec.Position
			clear(r.last)
			clear(r.claimed)
		case recordClear, recordClaim:
			for _, text := range h.ids {
				id, err := uuid.Parse(text)
				if err != nil {
					continue
				}
				r.last[id] = rec.Position
				r.claimed[id] = r.claimed[id] || h.kind == recordClaim
			}
		case recordExchange, recordSession, recordLoss:
		}
	}
	return r
}

// standing reads an exchange off its record; ok is false for any other record
// and for an exchange that does not stand.
func (s *Session) standing(rec journal.Record, removed *removals) (ex *Exchange, ok bool, err error) {
	h := lineHead{rules: s.rules}
	if h.read(rec.Line) != nil || h.kind != recordExchange ||
		h.hasLesson && removed.has(h.lesson.Key.ID(), rec.Position) {
		return nil, false, nil
	}
	ex, err = s.decode(rec.Position, rec.Line)
	if errors.Is(err, errSkip) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("session %q, record %s: %w", s.id, rec.Position, err)
	}
	if learnable, _ := Learnable(ex); !learnable {
		return nil, false, nil
	}
	// It may have been taken out by the id under the rules in force now.
	other := len(removed.last) > 0 && (!h.hasLesson || h.lesson.Rules != s.rules)
	if other && removed.has(s.learned.Relearn(ex).Key.ID(), rec.Position) {
		return nil, false, nil
	}
	return ex, true, nil
}

// has reports whether the expectation of an id was taken out after a place.
func (r *removals) has(id uuid.UUID, pos journal.Position) bool {
	return r.claimed[id] || pos.Before(r.last[id])
}
