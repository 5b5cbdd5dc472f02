package capture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// Defaults of [Options].
const (
	// DefaultQueue is the number of exchanges that may wait for the writer.
	DefaultQueue = 4096
	// DefaultMaxBody bounds a recorded body after decoding, in bytes.
	DefaultMaxBody = 10 << 20
	// DefaultInlineBody is the largest body in bytes that stands in a
	// record; larger ones go to the bodies file.
	DefaultInlineBody = 16 << 10
	// DefaultCommitDelay is how long the writer lets exchanges gather.
	DefaultCommitDelay = time.Millisecond
	// DefaultCacheBytes bounds the answers kept in memory for replay.
	DefaultCacheBytes = 16 << 20
)

// ErrClosed is returned when the recordings, or a session, are closed.
var ErrClosed = errors.New("recordings are closed")

// ErrInUse is wrapped by the error of a session that another process has open.
var ErrInUse = journal.ErrLocked

// Options configure [Open]. All but Dir may be left zero.
type Options struct {
	// Dir holds one directory per session; it is created when needed.
	Dir string
	// Redactor replaces secrets before anything is stored; nil stores them
	// as they are.
	Redactor *redact.Redactor
	// Queue bounds the exchanges that wait to be written; 0 is
	// [DefaultQueue].
	Queue int
	// MaxBody bounds a recorded body after decoding, in bytes; 0 is
	// [DefaultMaxBody].
	MaxBody int64
	// InlineBody is the largest body in bytes that stands in a record; 0 is
	// [DefaultInlineBody], less than 0 puts every body aside.
	InlineBody int
	// CommitDelay is how long the writer lets exchanges gather after the
	// first before it writes them together; 0 is [DefaultCommitDelay], less
	// than 0 is none. [Recordings.Flush] never waits for it.
	CommitDelay time.Duration
	// SegmentBytes and RetainBytes are the journal's: the size of a segment
	// (0 is 64 MiB) and the bound on a session's recording (0 is none; whole
	// segments go, the oldest first).
	SegmentBytes, RetainBytes int64
	// Sync says when records are forced to the disk.
	Sync journal.SyncPolicy
	// Fresh makes every session start over; see [SessionOptions].
	Fresh bool
	// MaxCaptured bounds the active captured expectations of a session; 0 is
	// [DefaultMaxCaptured].
	MaxCaptured int
	// CacheBytes bounds the answers kept in memory over all sessions; 0 is
	// [DefaultCacheBytes].
	CacheBytes int64
	// MatchHeaders are request headers that distinguish captured requests,
	// beside Content-Type and Accept.
	MatchHeaders []string
	// Logger is told of trouble; nil discards.
	Logger *slog.Logger
	// Observer is told what happens; nil if nobody wants to know.
	Observer Observer

	// openFile replaces the journal's access to files in tests.
	openFile func(name string, flag int, perm fs.FileMode) (journal.File, error)
}

// An Observer is told what becomes of exchanges; *metrics.Metrics is one. The
// methods must be safe for concurrent use, and quick: they are called by the
// goroutine that writes and, Dropped, by those that serve traffic.
type Observer interface {
	// Recorded: an exchange of that many bytes, bodies included, was
	// acknowledged.
	Recorded(bytes int64)
	// RecordDelay is the time from Record to that.
	RecordDelay(d time.Duration)
	// Dropped: an exchange was not recorded; see the Drop… constants.
	Dropped(reason string)
	// Truncated: an exchange was recorded with an incomplete body.
	Truncated()
	// Redacted: so many values were replaced in an exchange.
	Redacted(n int)
	// NotLearned: an exchange did not become an expectation.
	NotLearned(reason string)
	// DedupeHit: an exchange repeated the last answer of its expectation.
	DedupeHit()
	// Evicted: n items of a kind ("journal_segment", "captured_expectation")
	// left a bounded store.
	Evicted(kind string, n int)
}

// Why an exchange was not recorded.
const (
	// DropQueueFull: the writer could not keep up.
	DropQueueFull = "queue_full"
	// DropWriteFailed: the journal could not be written.
	DropWriteFailed = "write_failed"
	// DropClosed: the recordings or the session had been closed.
	DropClosed = "closed"
	// DropNoSession: the exchange's session had not been opened.
	DropNoSession = "no_session"
	// DropInternal: a panic in the pipeline was contained.
	DropInternal = "internal"
)

// Kinds of [Observer.Evicted].
const (
	evictSegment  = "journal_segment"
	evictCaptured = "captured_expectation"
)

// Recordings are the sessions under one directory and the pipeline that
// writes them. All methods are safe for concurrent use.
type Recordings struct {
	o       Options
	queue   *queue
	cache   *AnswerCache
	running atomic.Bool

	opening  sync.Mutex // serializes opening and deleting of sessions
	mu       sync.RWMutex
	sessions map[expectations.SessionID]*Session
	closed   bool
}

// Open prepares the recordings under o.Dir. No session is opened yet, and
// nothing is written until [Recordings.Run] is called. The result must be
// closed.
func Open(o Options) (*Recordings, error) {
	if o.Dir == "" {
		return nil, errors.New("open recordings: no directory given")
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.InlineBody == 0 {
		o.InlineBody = DefaultInlineBody
	}
	if o.CommitDelay == 0 {
		o.CommitDelay = DefaultCommitDelay
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = noObserver{}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open recordings: %w", err)
	}
	return &Recordings{
		o:        o,
		queue:    newQueue(o.Queue, o.CommitDelay),
		cache:    NewAnswerCache(o.CacheBytes),
		sessions: map[expectations.SessionID]*Session{},
	}, nil
}

// Session returns the session of an id, opening it first if need be: its
// journal is locked and read back, and what it holds is among its captured
// expectations when Session returns. Options only count for the call that
// opens it. If another process has it, the error wraps [ErrInUse].
func (r *Recordings) Session(id expectations.SessionID, o SessionOptions) (*Session, error) {
	id, err := expectations.ParseSessionID(string(id))
	if err != nil {
		return nil, err
	}
	if s, err := r.lookup(id); s != nil || err != nil {
		return s, err
	}
	r.opening.Lock()
	defer r.opening.Unlock()
	if s, err := r.lookup(id); s != nil || err != nil {
		return s, err
	}
	o.Fresh = o.Fresh || r.o.Fresh
	s, err := r.openSession(id, o)
	if errors.Is(err, journal.ErrLocked) {
		return nil, fmt.Errorf("open session %q: %w; stop that, or use another session or data directory", id, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open session %q: %w", id, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errors.Join(ErrClosed, s.close())
	}
	r.sessions[id] = s
	return s, nil
}

// lookup returns an open session, or nil.
func (r *Recordings) lookup(id expectations.SessionID) (*Session, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return nil, ErrClosed
	}
	return r.sessions[id], nil
}

// sessionDir is where a session's journal is.
func (r *Recordings) sessionDir(id expectations.SessionID) string {
	return filepath.Join(r.o.Dir, id.String())
}

// A SessionInfo describes a session's recording on disk.
type SessionInfo struct {
	// ID is the session.
	ID expectations.SessionID
	// Info is its size and age.
	journal.Info
	// Open says that these recordings have it open.
	Open bool
}

// List describes the sessions that have been recorded or are open, sorted by
// id. Directories that are no sessions are left out.
func (r *Recordings) List() ([]SessionInfo, error) {
	entries, err := os.ReadDir(r.o.Dir)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	var infos []SessionInfo
	for _, e := range entries {
		id, err := expectations.ParseSessionID(e.Name())
		if err != nil || !e.IsDir() || id.String() != e.Name() {
			continue
		}
		info, err := journal.Inspect(filepath.Join(r.o.Dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		s, err := r.lookup(id)
		if err != nil {
			return nil, err
		}
		if s == nil && info.Segments == 0 {
			continue
		}
		infos = append(infos, SessionInfo{ID: id, Info: info, Open: s != nil})
	}
	slices.SortFunc(infos, func(a, b SessionInfo) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return infos, nil
}

// Delete removes a session's recording from the disk. If it is open it is
// closed first: the *Session then has nothing captured, and exchanges that
// are still recorded for it are dropped. The error wraps [fs.ErrNotExist] if
// there is none, and [journal.ErrLocked] if another process has it open.
func (r *Recordings) Delete(id expectations.SessionID) error {
	id, err := expectations.ParseSessionID(string(id))
	if err != nil {
		return err
	}
	r.opening.Lock()
	defer r.opening.Unlock()
	r.mu.Lock()
	s := r.sessions[id]
	delete(r.sessions, id)
	r.mu.Unlock()
	if s != nil {
		err = s.remove()
	} else {
		err = journal.Delete(r.sessionDir(id))
	}
	if err != nil {
		return fmt.Errorf("delete session %q: %w", id, err)
	}
	return nil
}

// Close closes all sessions, forcing what is written to the disk. Run must
// have returned; exchanges still queued are lost. Closing twice is allowed.
func (r *Recordings) Close() error {
	r.queue.close()
	r.mu.Lock()
	sessions := r.sessions
	r.sessions, r.closed = nil, true
	r.mu.Unlock()
	var errs []error
	for _, s := range sessions {
		errs = append(errs, s.close())
	}
	for _, it := range r.queue.take() {
		r.abandon(it)
	}
	if !r.running.Swap(true) {
		close(r.queue.drained) // Run will not do it
	}
	return errors.Join(errs...)
}

// QueueDepth is the number of exchanges that wait to be written.
func (r *Recordings) QueueDepth() int { return r.queue.depth() }

// Record hands an exchange to the pipeline; it never blocks. The exchange
// must not be touched afterwards. One that cannot be taken is counted as
// dropped, and what it held of the budget is released.
func (r *Recordings) Record(ex *Exchange) {
	if reason := r.queue.push(ex); reason != "" {
		r.lose(ex, reason)
	}
}

// Flush waits until everything recorded before the call is acknowledged,
// which means written or counted as lost, and learned. It needs
// [Recordings.Run] to be running or to have ended.
func (r *Recordings) Flush(ctx context.Context) error {
	if err := r.do(ctx, nil); err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("flush recordings: %w", err)
	}
	return nil
}

// do has the writer call op in its turn and waits for it. It returns
// ErrClosed, at once, if there will be no turn.
func (r *Recordings) do(ctx context.Context, op func()) error {
	done := make(chan struct{})
	if !r.queue.pushOp(func() {
		if op != nil {
			op()
		}
		close(done)
	}) {
		return r.drained(ctx)
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drained waits until the writer has ended.
func (r *Recordings) drained(ctx context.Context) error {
	select {
	case <-r.queue.drained:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// noObserver is the default Observer.
type noObserver struct{}

func (noObserver) Recorded(int64)            {}
func (noObserver) RecordDelay(time.Duration) {}
func (noObserver) Dropped(string)            {}
func (noObserver) Truncated()                {}
func (noObserver) Redacted(int)              {}
func (noObserver) NotLearned(string)         {}
func (noObserver) DedupeHit()                {}
func (noObserver) Evicted(string, int)       {}
