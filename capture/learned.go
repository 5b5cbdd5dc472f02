package capture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// DefaultMaxCaptured is the number of captured expectations a session keeps
// active unless told otherwise.
const DefaultMaxCaptured = 10_000

// maxRuns bounds the runs of answers a session keeps, over all expectations.
// At the bound an expectation that gets a further answer gives up its oldest.
const maxRuns = 1 << 20

// maxCallers and maxSessionCallers bound the callers that are told from each
// other, of one expectation and of all; those beyond count as one.
const (
	maxCallers        = 256
	maxSessionCallers = 1 << 18
)

// otherCallers stands for the callers beyond the bound.
const otherCallers = 1<<64 - 1

// An ExchangeReader reads a recorded exchange back: redacted, its bodies
// decoded. It is called from any goroutine. The exchange is the caller's.
type ExchangeReader interface {
	ReadExchange(ctx context.Context, pos journal.Position) (*Exchange, error)
}

// A ViewKind says what a [ViewRecord] does to the view.
type ViewKind string

// The kinds of view record.
const (
	// ViewClear takes the expectations of the ids out of the view.
	ViewClear ViewKind = "clear"
	// ViewReset empties the view and forgets claims.
	ViewReset ViewKind = "reset"
	// ViewClaim hands the expectations of the ids to the user for good.
	ViewClaim ViewKind = "claim"
)

// A ViewRecord changes what is active among what was recorded.
type ViewRecord struct {
	Kind ViewKind
	// IDs are expectation ids; unused by [ViewReset].
	IDs []string
}

// A ViewLog makes changes of the view last. Its methods are called from any
// goroutine.
type ViewLog interface {
	// AppendView appends a record after everything recorded so far, calls
	// [Learned.Apply] with it in its turn, and returns when both are done. If
	// the record could not be stored it is applied all the same and the error
	// returned.
	AppendView(ctx context.Context, rec ViewRecord) error
	// QueueView is AppendView without waiting: for [ViewClaim], which
	// Learned has applied already.
	QueueView(rec ViewRecord)
	// Sync waits until everything recorded before the call has been given to
	// [Learned.Learn].
	Sync(ctx context.Context) error
}

// LearnedOptions is what a [Learned] works with.
type LearnedOptions struct {
	// Redactor redacts a request before it is compared with what was
	// recorded; nil where recording is not redacted.
	Redactor *redact.Redactor
	// MatchHeaders are header names significant beside Content-Type and
	// Accept.
	MatchHeaders []string
	// MaxCaptured bounds the number of active expectations; 0 is
	// [DefaultMaxCaptured].
	MaxCaptured int
	// MaxBody bounds the decoding of a request's body, in bytes; 0 is
	// content.DefaultMax.
	MaxBody int64
	// Cache keeps answers read back; nil for none. Sessions share one.
	Cache *AnswerCache
	// Reader reads exchanges back. Required.
	Reader ExchangeReader
	// Log makes changes of the view last; nil applies them in memory only.
	Log ViewLog
}

// Learned is the captured half of one session's active set: an index from
// request keys to the places of their answers in the journal. It implements
// [expectations.Captured]; the methods that feed it ([Learned.Learn],
// [Learned.Apply], [Learned.Retire]) are called by one goroutine at a time.
type Learned struct {
	o       LearnedOptions
	headers []string // canonical, sorted
	rules   string
	mask    *redact.Redactor

	mu sync.Mutex // guards what follows; never held during I/O
	// index finds the entries of a key, which differ in their authority and
	// are linked by entry.same.
	index map[indexKey]*entry
	byID  map[uuid.UUID]*entry
	// masks finds entries by [Lesson.Mask].
	masks map[[16]byte][]*entry
	// oldest and newest are the ends of the list in the order of learning.
	oldest, newest *entry
	claimed        map[uuid.UUID]struct{}
	masked         int // entries with a masked key
	runs, callers  int
	stats          LearnedStats
	evicted        []uuid.UUID // the last ones
	generation     uint32      // of cursors; see Rewind
	guests         map[guestID]*guest
}

var _ expectations.Captured = (*Learned)(nil)

// NewLearned makes an empty one.
func NewLearned(o LearnedOptions) *Learned {
	if o.MaxCaptured <= 0 {
		o.MaxCaptured = DefaultMaxCaptured
	}
	l := &Learned{
		o:       o,
		mask:    maskOf(o.Redactor),
		index:   make(map[indexKey]*entry),
		masks:   make(map[[16]byte][]*entry),
		byID:    make(map[uuid.UUID]*entry),
		claimed: make(map[uuid.UUID]struct{}),
		stats:   LearnedStats{Skipped: make(map[string]uint64)},
		guests:  make(map[guestID]*guest),
	}
	for _, name := range o.MatchHeaders {
		l.headers = append(l.headers, http.CanonicalHeaderKey(strings.TrimSpace(name)))
	}
	slices.Sort(l.headers)
	l.headers = slices.Compact(l.headers)
	l.rules = l.rulesID()
	return l
}

// rulesID is the version of the key with a digest of all it depends on.
func (l *Learned) rulesID() string {
	h := sha256.New()
	for _, name := range l.headers {
		h.Write([]byte(name + "\n"))
	}
	if l.o.Redactor != nil {
		h.Write([]byte(l.o.Redactor.Fingerprint()))
	}
	return keyVersion + "-" + hex.EncodeToString(h.Sum(nil)[:6])
}

// Len implements [expectations.Captured].
func (l *Learned) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.byID)
}

// Remove implements [expectations.Captured].
func (l *Learned) Remove(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return l.change(ctx, ViewRecord{Kind: ViewClear, IDs: ids})
}

// RemoveAll implements [expectations.Captured].
func (l *Learned) RemoveAll(ctx context.Context) error {
	return l.change(ctx, ViewRecord{Kind: ViewReset})
}

func (l *Learned) change(ctx context.Context, rec ViewRecord) error {
	if l.o.Log == nil {
		l.Apply(rec)
		return nil
	}
	return l.o.Log.AppendView(ctx, rec)
}

// Claim implements [expectations.Captured].
func (l *Learned) Claim(id string) bool {
	key, err := uuid.Parse(id)
	if err != nil {
		return false
	}
	l.mu.Lock()
	_, ok := l.byID[key]
	if ok {
		l.claim(key)
	}
	l.mu.Unlock()
	if ok && l.o.Log != nil {
		l.o.Log.QueueView(ViewRecord{Kind: ViewClaim, IDs: []string{id}})
	}
	return ok
}

// Sync implements [expectations.Captured].
func (l *Learned) Sync(ctx context.Context) error {
	if l.o.Log == nil {
		return nil
	}
	return l.o.Log.Sync(ctx)
}

// LearnedStats counts what a [Learned] holds and did.
type LearnedStats struct {
	// Active is the number of captured expectations, Answers the number of
	// their runs of equal answers.
	Active, Answers int
	// Learned and Repeats count exchanges; a repeat is one of the learned
	// that gave the same answer as the one before.
	Learned, Repeats uint64
	// Skipped counts exchanges that were not learned, by reason.
	Skipped map[string]uint64
	// Evicted counts expectations that left for MaxCaptured, Forgotten
	// answers that left for the bound on answers. They stay in the journal.
	Evicted, Forgotten uint64
	// EvictedIDs are the ids of the last of the evicted.
	EvictedIDs []string
}

// Stats returns the current counts.
func (l *Learned) Stats() LearnedStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Active, s.Answers = len(l.byID), l.runs
	s.Skipped = maps.Clone(l.stats.Skipped)
	for _, id := range l.evicted {
		s.EvictedIDs = append(s.EvictedIDs, id.String())
	}
	return s
}
