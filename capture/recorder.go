package capture

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// groupBytes ends a group commit when so many bytes are collected.
	groupBytes = 1 << 20
	// hurryShare is the part of the queue that, once filled, is written
	// without waiting for more.
	hurryShare = 8
)

// An item is an exchange or something to do in its turn.
type item struct {
	ex    *Exchange
	since time.Time // when it was queued
	op    func()
}

// A queue hands items from many goroutines to the writer. Its bound counts
// exchanges; operations come from the admin API and are few.
type queue struct {
	limit int
	delay time.Duration
	// wake has a token when the queue became non-empty or closed, hurry when
	// what it holds should not wait. drained is closed when the last item has
	// been processed.
	wake, hurry, drained chan struct{}

	mu        sync.Mutex // guards what follows
	items     []item
	spare     []item // the last batch, for its memory
	exchanges int
	closed    bool
}

func newQueue(limit int, delay time.Duration) *queue {
	return &queue{
		limit:   limit,
		delay:   delay,
		wake:    make(chan struct{}, 1),
		hurry:   make(chan struct{}, 1),
		drained: make(chan struct{}),
	}
}

// push adds an exchange, or returns why it was dropped.
func (q *queue) push(ex *Exchange) string {
	now := time.Now()
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return DropClosed
	}
	if q.exchanges >= q.limit {
		q.mu.Unlock()
		return DropQueueFull
	}
	first := len(q.items) == 0
	q.items = append(q.items, item{ex: ex, since: now})
	q.exchanges++
	hurry := q.exchanges == 1+q.limit/hurryShare
	q.mu.Unlock()
	if first {
		signal(q.wake)
	}
	if hurry {
		signal(q.hurry)
	}
	return ""
}

// pushOp adds an operation and reports whether the queue was open.
func (q *queue) pushOp(op func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.items = append(q.items, item{op: op})
	signal(q.hurry)
	signal(q.wake)
	return true
}

// close lets nothing more in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// depth is the number of exchanges queued.
func (q *queue) depth() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.exchanges
}

// take empties the queue. The slice is valid until the next call.
func (q *queue) take() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items, q.spare = q.spare[:0], items
	q.exchanges = 0
	// A token that came with one of these items must not cut the gathering
	// of the next ones short.
	select {
	case <-q.hurry:
	default:
	}
	return items
}

// gather waits until there is something in the queue and then, for the
// queue's delay, for more. It returns false when ctx has ended.
func (q *queue) gather(ctx context.Context, timer *time.Timer) bool {
	select {
	case <-q.wake:
	case <-ctx.Done():
		return false
	}
	if q.delay < 0 {
		return true
	}
	timer.Reset(q.delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-q.hurry:
	case <-ctx.Done():
		return false
	}
	return true
}

// signal leaves a token in c.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run writes what is recorded until ctx ends; then it lets nothing more in,
// writes what is queued, and returns nil. It must be called once. The journals
// stay open for reading until [Recordings.Close].
func (r *Recordings) Run(ctx context.Context) error {
	if r.running.Swap(true) {
		return errors.New("recordings are run already")
	}
	defer close(r.queue.drained)
	timer := time.NewTimer(0)
	defer timer.Stop()
	w := writer{r: r}
	for r.queue.gather(ctx, timer) {
		w.process(r.queue.take())
	}
	r.queue.close()
	w.process(r.queue.take())
	w.finish()
	return nil
}

// A writer is the state of Run: the sessions of the group being collected.
type writer struct {
	r     *Recordings
	group []*Session
	bytes int64
}

// process works through a batch of items in order.
func (w *writer) process(items []item) {
	for i := range items {
		it := items[i]
		items[i] = item{} // the memory is used again
		if it.ex != nil {
			w.add(it)
			continue
		}
		w.commit()
		it.op()
	}
	w.commit()
}

// add puts an exchange into its session's group.
func (w *writer) add(it item) {
	s, err := w.r.lookup(it.ex.Session)
	if err != nil {
		w.r.lose(it.ex, DropClosed)
		return
	}
	if s == nil {
		w.r.lose(it.ex, DropNoSession)
		return
	}
	if !s.grouped {
		s.mu.Lock() // until commit
		s.grouped = true
		w.group = append(w.group, s)
	}
	w.bytes += w.addTo(s, it)
	if w.bytes >= groupBytes {
		w.commit()
	}
}

// addTo contains a panic in the pipeline: one exchange is lost, not the
// process.
func (w *writer) addTo(s *Session, it item) (n int64) {
	defer func() {
		if p := recover(); p != nil {
			s.lost(it.ex, DropInternal, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return s.add(it)
}

// commit writes the groups of all sessions.
func (w *writer) commit() {
	for i, s := range w.group {
		s.commit()
		s.grouped = false
		s.mu.Unlock()
		w.group[i] = nil
	}
	w.group, w.bytes = w.group[:0], 0
}

// finish writes what is still owed: the counts of losses.
func (w *writer) finish() {
	w.r.mu.RLock()
	sessions := make([]*Session, 0, len(w.r.sessions))
	for _, s := range w.r.sessions {
		sessions = append(sessions, s)
	}
	w.r.mu.RUnlock()
	for _, s := range sessions {
		s.mu.Lock()
		s.commitLosses()
		s.mu.Unlock()
	}
}

// lose counts an exchange that never reached its session's group.
func (r *Recordings) lose(ex *Exchange, reason string) {
	if s, _ := r.lookup(ex.Session); s != nil {
		s.lost(ex, reason)
		return
	}
	ex.Release()
	r.o.Observer.Dropped(reason)
	r.o.Logger.Debug("exchange dropped", "session", ex.Session.String(), "reason", reason)
}

// abandon deals with an item that Run never got to.
func (r *Recordings) abandon(it item) {
	if it.ex != nil {
		r.lose(it.ex, DropClosed)
		return
	}
	it.op()
}
