package capture

import (
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

// add puts an exchange into the session's batch and returns how many bytes
// that took. The writer calls it with mu held, and then commit.
func (s *Session) add(it item) int64 {
	if s.closed {
		s.lost(it.ex, DropClosed)
		return 0
	}
	if s.batch == nil {
		if err := s.begin(); err != nil {
			s.lost(it.ex, DropWriteFailed, "error", err)
			return 0
		}
	}
	p := &s.next
	*p = pending{ex: it.ex, since: it.since}
	s.prepare(p)
	before := s.batch.Size()
	var err error
	if p.pos, err = s.batch.Append(func(dst []byte) []byte {
		return s.enc.exchange(dst, &p.stored, &p.lesson)
	}); err != nil {
		s.lost(it.ex, DropInternal, "error", err)
		return 0
	}
	p.bytes = s.batch.Size() - before
	s.pending = append(s.pending, *p)
	return p.bytes
}

// begin starts a batch with what is to stand before the next exchange.
func (s *Session) begin() error {
	batch, err := s.journal.Begin()
	if err != nil {
		return err
	}
	now := time.Now()
	if !s.announced {
		if _, err := batch.Append(func(dst []byte) []byte {
			return appendSession(dst, now, s.id.String(), false)
		}); err != nil {
			return err
		}
	}
	for _, l := range s.counts.owed() {
		if _, err := batch.Append(func(dst []byte) []byte { return appendLoss(dst, now, l) }); err != nil {
			return err
		}
	}
	s.batch, s.enc.blob = batch, batch.Blob
	return nil
}

// prepare works out what is stored of an exchange and what it teaches. The
// exchange itself, which others may hold too, is not changed.
func (s *Session) prepare(p *pending) {
	p.stored = *p.ex
	ex := &p.stored
	ex.Session = s.id
	ex.RequestBuffer, ex.ResponseBuffer = nil, nil
	if ex.ID == (ExchangeID{}) {
		ex.ID = uuid.Must(uuid.NewV7())
	}
	if ex.Request.Body.Encoded {
		req := *ex.Request
		req.Body = s.decoded(req.Body)
		ex.Request = &req
	}
	if ex.Response != nil && ex.Response.Body.Encoded {
		resp := *ex.Response
		resp.Body = s.decoded(resp.Body)
		ex.Response = &resp
	}
	s.redact(ex)
	p.lesson = s.learned.Lesson(ex)
}

// decoded undoes a body's coding. One that cannot be decoded is kept as it
// is, its coding noted.
func (s *Session) decoded(b expectations.Body) expectations.Body {
	plain, err := content.Decode(b, s.r.o.MaxBody)
	if err != nil {
		s.r.o.Logger.Debug("recorded body cannot be decoded", "session", s.id.String(), "error", err)
	}
	return plain
}

// redact replaces the secrets of an exchange by tokens.
func (s *Session) redact(ex *Exchange) {
	if s.r.o.Redactor == nil {
		return
	}
	var list []expectations.Redaction
	ex.Request, list = s.r.o.Redactor.Request(ex.Request)
	ex.Redactions = list
	if ex.Response == nil {
		return
	}
	ex.Response, list = s.r.o.Redactor.Response(ex.Response)
	if len(ex.Redactions) == 0 {
		ex.Redactions = list
		return
	}
	ex.Redactions = append(ex.Redactions, list...)
}

// commit writes the session's batch and then gives what it holds to the view.
// The writer calls it with mu held.
func (s *Session) commit() {
	if s.batch == nil {
		return
	}
	err := s.batch.Commit()
	s.batch, s.enc.blob = nil, nil
	for i := range s.pending {
		if p := &s.pending[i]; err != nil {
			s.lost(p.ex, DropWriteFailed, "error", err)
		} else {
			s.acknowledged(p)
		}
		s.pending[i] = pending{} // the memory is used again
	}
	s.pending = s.pending[:0]
	if err == nil {
		s.announced = true
		s.counts.paid()
	}
}

// acknowledged is called for each exchange whose record was written.
func (s *Session) acknowledged(p *pending) {
	defer p.ex.Release()
	o := s.r.o.Observer
	o.Recorded(p.bytes)
	o.RecordDelay(time.Since(p.since))
	if p.stored.Truncated() {
		o.Truncated()
	}
	if n := len(p.stored.Redactions); n > 0 {
		o.Redacted(n)
	}
	s.counts.recorded(p.pos, &p.stored)
	defer func() {
		if v := recover(); v != nil {
			s.r.o.Logger.Error("learning from an exchange failed", "session", s.id.String(), "panic", v)
		}
	}()
	result := s.learned.Learn(p.lesson, p.pos)
	if result.Skip != "" {
		o.NotLearned(result.Skip)
	}
	if result.Repeat {
		o.DedupeHit()
	}
	if result.Evicted {
		o.Evicted(evictCaptured, 1)
	}
}

// commitLosses writes the losses that no record tells of yet; mu is held.
func (s *Session) commitLosses() {
	owed := s.counts.owed()
	if len(owed) == 0 || s.closed {
		return
	}
	now := time.Now()
	records := make([]func([]byte) []byte, len(owed))
	for i, l := range owed {
		records[i] = func(dst []byte) []byte { return appendLoss(dst, now, l) }
	}
	if err := s.appendRecords(records...); err != nil {
		s.r.o.Logger.Debug("losses cannot be recorded", "session", s.id.String(), "error", err)
		return
	}
	s.counts.paid()
}
