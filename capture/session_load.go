package capture

import (
	"errors"
	"time"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
)

// openSession opens a session's journal and reads it back.
func (r *Recordings) openSession(id expectations.SessionID, o SessionOptions) (*Session, error) {
	s := &Session{id: id, r: r, enc: encoder{inline: max(r.o.InlineBody, 0)}}
	s.learned = s.newLearned()
	s.rules = s.learned.Rules()
	l := loader{s: s, ignore: o.Fresh}
	var err error
	s.journal, err = journal.Open(r.sessionDir(id), journal.Options{
		SegmentBytes: r.o.SegmentBytes,
		MaxBytes:     r.o.RetainBytes,
		Sync:         r.o.Sync,
		Load:         l.load,
		Report:       s.report,
		Removed:      s.retired,
		OpenFile:     r.o.openFile,
	})
	if err != nil {
		return nil, err
	}
	if l.stale {
		l.relearn()
	}
	s.counts.loaded()
	if end := s.journal.End(); o.Fresh && end != (journal.Position{}) {
		s.startFresh(end)
	}
	return s, nil
}

// newLearned makes an empty view.
func (s *Session) newLearned() *Learned {
	return NewLearned(LearnedOptions{
		Redactor:     s.r.o.Redactor,
		MatchHeaders: s.r.o.MatchHeaders,
		MaxCaptured:  s.r.o.MaxCaptured,
		MaxBody:      s.r.o.MaxBody,
		Cache:        s.r.cache,
		Reader:       s,
		Log:          s,
	})
}

// startFresh marks what is in the journal as not part of the session.
func (s *Session) startFresh(end journal.Position) {
	s.counts.restart(end)
	now := time.Now()
	err := s.appendRecords(func(dst []byte) []byte { return appendSession(dst, now, s.id.String(), true) })
	if err != nil {
		s.r.o.Logger.Error("cannot mark the recording as started over; the next start will load what is ignored now",
			"session", s.id.String(), "error", err)
		return
	}
	s.announced = true
}

// report logs a bad record.
func (s *Session) report(err error) {
	s.counts.bad()
	s.r.o.Logger.Warn("recording is damaged; the rest of it is used", "session", s.id.String(), "error", err)
}

// retired is called by the journal when retention removed all segments before
// first.
func (s *Session) retired(first uint32) {
	s.learned.Retire(first)
	if n := s.counts.retire(first); n > 0 {
		s.r.o.Observer.Evicted(evictSegment, n)
	}
}

// A loader reads a recording back.
type loader struct {
	s      *Session
	ignore bool
	// stale is set when a record's lesson has to be worked out again, which
	// takes an open journal; from says where the first one is.
	stale bool
	from  journal.Position
}

// load is [journal.Options.Load].
func (l *loader) load(pos journal.Position, line []byte) error {
	h := lineHead{rules: l.s.rules, redacted: l.s.counts.redacted}
	if l.ignore || l.stale {
		h.redacted = nil
	}
	if err := h.read(line); err != nil {
		if errors.Is(err, errSkip) {
			return nil
		}
		return err
	}
	if l.ignore {
		return nil
	}
	if !l.stale && h.kind == recordExchange && (!h.hasLesson || h.lesson.Rules != l.s.rules) {
		l.stale, l.from = true, pos
		return nil // its redactions are counted once more below
	}
	if !l.stale {
		l.s.replay(pos, &h)
	}
	return nil
}

// replay does what a record did when it was written. It is only called while
// the session is being opened.
func (s *Session) replay(pos journal.Position, h *lineHead) {
	switch h.kind {
	case recordExchange:
		s.counts.exchange(pos)
		s.learned.Learn(h.lesson, pos)
	case recordClear, recordReset, recordClaim:
		s.learned.Apply(ViewRecord{Kind: ViewKind(h.kind), IDs: h.ids})
	case recordSession:
		if h.fresh {
			s.learned = s.newLearned()
			s.counts.restart(pos)
		}
	case recordLoss:
		s.counts.lostBefore(h.reason, h.count)
	}
}

// relearn reads the recording from the first record on whose lesson is not of
// the rules in force, working the lessons out from the exchanges themselves.
func (l *loader) relearn() {
	s := l.s
	for rec, err := range s.journal.Scan(l.from) {
		if err != nil {
			continue // reported by Open
		}
		h := lineHead{rules: s.rules, redacted: s.counts.redacted}
		if rec.Position == l.from {
			h.redacted = nil // load counted them
		}
		if h.read(rec.Line) != nil {
			continue
		}
		if h.kind == recordExchange && (!h.hasLesson || h.lesson.Rules != s.rules) {
			ex, err := s.decode(rec.Position, rec.Line)
			if err != nil {
				s.report(&journal.RecordError{Position: rec.Position, Err: err})
				continue
			}
			h.lesson = s.learned.Relearn(ex)
		}
		s.replay(rec.Position, &h)
	}
}
