package capture

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
)

var (
	_ expectations.Captured = (*Session)(nil)
	_ ExchangeReader        = (*Session)(nil)
	_ ViewLog               = (*Session)(nil)
)

// SessionOptions say how a session is opened.
type SessionOptions struct {
	// Fresh starts over: what was recorded before is neither loaded nor
	// among [Session.Exchanges], now and whenever the session is opened
	// later. It stays in the journal until retention or deletion.
	Fresh bool
}

// A Session is one session's recording: its journal and, as
// [expectations.Captured], what was learned from it. All methods are safe for
// concurrent use. Those that write wait for their turn behind what is
// recorded and so need [Recordings.Run].
type Session struct {
	id      expectations.SessionID
	r       *Recordings
	learned *Learned
	rules   string
	journal *journal.Journal

	// grouped says that the session is part of the writer's group, which
	// then holds mu. Only the writer's goroutine touches it.
	grouped bool

	// mu serializes writing to the journal: by the writer, by Delete and by
	// Close. It is held during I/O, and by nothing that serves traffic.
	mu        sync.Mutex
	enc       encoder
	batch     *journal.Batch
	pending   []pending
	next      pending // the one being prepared
	announced bool    // the session record of this process is written
	closed    bool

	counts counts
}

// pending is an exchange between encoding and acknowledgement.
type pending struct {
	ex     *Exchange
	stored Exchange // redacted, decoded
	lesson Lesson
	pos    journal.Position
	bytes  int64
	since  time.Time
}

// ID is the session's id.
func (s *Session) ID() expectations.SessionID { return s.id }

// Find implements [expectations.Captured].
func (s *Session) Find(ctx context.Context, req *expectations.Request, peek bool) (expectations.Hit, bool, error) {
	return s.learned.Find(ctx, req, peek)
}

// All implements [expectations.Captured].
func (s *Session) All(ctx context.Context) iter.Seq2[*expectations.Expectation, error] {
	return s.learned.All(ctx)
}

// Len implements [expectations.Captured].
func (s *Session) Len() int { return s.learned.Len() }

// Remove implements [expectations.Captured].
func (s *Session) Remove(ctx context.Context, ids []string) error {
	return s.learned.Remove(ctx, ids)
}

// RemoveAll implements [expectations.Captured].
func (s *Session) RemoveAll(ctx context.Context) error { return s.learned.RemoveAll(ctx) }

// Claim implements [expectations.Captured].
func (s *Session) Claim(id string) bool { return s.learned.Claim(id) }

// Rewind implements [expectations.Captured].
func (s *Session) Rewind() { s.learned.Rewind() }

// Sync implements [expectations.Captured] and [ViewLog]: see
// [Recordings.Flush].
func (s *Session) Sync(ctx context.Context) error { return s.r.Flush(ctx) }

// AppendView implements [ViewLog].
func (s *Session) AppendView(ctx context.Context, rec ViewRecord) error {
	var stored error
	if err := s.r.do(ctx, func() { stored = s.writeView(rec) }); err != nil {
		return fmt.Errorf("record %s: %w", rec.Kind, err)
	}
	if stored != nil {
		return fmt.Errorf("record %s: %w", rec.Kind, stored)
	}
	return nil
}

// QueueView implements [ViewLog].
func (s *Session) QueueView(rec ViewRecord) {
	if !s.r.queue.pushOp(func() {
		if err := s.writeView(rec); err != nil {
			s.r.o.Logger.Error("cannot record a change of the captured expectations",
				"session", s.id.String(), "change", string(rec.Kind), "error", err)
		}
	}) {
		s.r.o.Logger.Warn("a change of the captured expectations came too late to be recorded",
			"session", s.id.String(), "change", string(rec.Kind))
	}
}

// writeView appends a record that changes the view, and applies it.
func (s *Session) writeView(rec ViewRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.learned.Apply(rec)
	if !s.closed && s.journal.End() == (journal.Position{}) {
		return nil // nothing recorded, nothing to change
	}
	now := time.Now()
	return s.appendRecords(func(dst []byte) []byte { return appendView(dst, now, rec) })
}

// appendRecords commits control records; mu is held.
func (s *Session) appendRecords(encode ...func(dst []byte) []byte) error {
	if s.closed {
		return ErrClosed
	}
	batch, err := s.journal.Begin()
	if err != nil {
		return err
	}
	for _, e := range encode {
		if _, err := batch.Append(e); err != nil {
			return err
		}
	}
	return batch.Commit()
}

// ReadExchange implements [ExchangeReader]. The exchange is the caller's.
func (s *Session) ReadExchange(_ context.Context, pos journal.Position) (*Exchange, error) {
	line, err := s.journal.Read(pos)
	if err != nil {
		return nil, err
	}
	ex, err := s.decode(pos, line)
	if err != nil {
		return nil, fmt.Errorf("read exchange at %s: %w", pos, err)
	}
	return ex, nil
}

// decode reads an exchange off its line.
func (s *Session) decode(pos journal.Position, line []byte) (*Exchange, error) {
	d := decoder{blob: func(b journal.Blob) ([]byte, error) {
		return s.journal.ReadBlob(pos.Segment, b)
	}}
	ex, err := d.exchange(line)
	if ex != nil {
		ex.Session = s.id // the directory's, should it have been renamed
	}
	return ex, err
}

// Exchanges yields what was recorded since the session was last started
// fresh, in the order of recording: redacted, bodies decoded, whatever clear
// and reset did to the view. It yields what is in the journal when it is
// called; [Session.Sync] first waits for what is queued. An error is about
// one record, and iteration goes on, unless it is ctx's.
func (s *Session) Exchanges(ctx context.Context) iter.Seq2[*Exchange, error] {
	return func(yield func(*Exchange, error) bool) {
		for rec, err := range s.journal.Scan(s.counts.start()) {
			if ctxErr := ctx.Err(); ctxErr != nil {
				yield(nil, ctxErr)
				return
			}
			var ex *Exchange
			if err == nil {
				if ex, err = s.decode(rec.Position, rec.Line); errors.Is(err, errSkip) {
					continue
				}
			}
			if err != nil {
				ex, err = nil, fmt.Errorf("session %q, record %s: %w", s.id, rec.Position, err)
			}
			if !yield(ex, err) {
				return
			}
		}
	}
}

// close closes the journal. A session that never recorded anything leaves no
// directory behind.
func (s *Session) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.journal.End() == (journal.Position{}) {
		return s.journal.Remove()
	}
	return s.journal.Close()
}

// remove deletes the journal and forgets what was learned from it.
func (s *Session) remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	defer s.learned.Apply(ViewRecord{Kind: ViewReset})
	return s.journal.Remove()
}

// lost counts an exchange that was not recorded, releases it, and tells the
// log the first time for each reason.
func (s *Session) lost(ex *Exchange, reason string, attrs ...any) {
	ex.Release()
	s.r.o.Observer.Dropped(reason)
	if !s.counts.lose(reason) {
		return
	}
	attrs = append(attrs, "session", s.id.String(), "reason", reason)
	s.r.o.Logger.Error("exchanges are not recorded; traffic is not affected, further losses are only counted", attrs...)
}
