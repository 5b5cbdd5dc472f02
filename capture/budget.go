package capture

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pactape/pactape/expectations"
)

// DefaultCaptureMemory is the budget for recorded bytes in flight, in bytes.
const DefaultCaptureMemory = 64 << 20

// chunkSizes are the sizes a [Buffer] grows by, in bytes.
var chunkSizes = [...]int64{2 << 10, 16 << 10, 64 << 10}

// A Budget bounds the memory that recorded bodies hold between the wire and
// the journal, over all connections. It is safe for concurrent use. A nil
// Budget gives nil buffers, which record nothing.
type Budget struct {
	total int64
	used  atomic.Int64
	pools [len(chunkSizes)]sync.Pool
}

// NewBudget returns a budget of total bytes. With less than the smallest
// chunk (2 KiB) no byte is ever recorded.
func NewBudget(total int64) *Budget {
	return &Budget{total: total}
}

// Used is the number of bytes charged now: the chunks of buffers being
// filled, and the bodies handed over that nobody has released.
func (b *Budget) Used() int64 {
	if b == nil {
		return 0
	}
	return b.used.Load()
}

// NewBuffer returns a buffer that keeps up to limit bytes of one body. It must
// end in [Buffer.Discard] or in an exchange that is released.
func (b *Budget) NewBuffer(limit int64) *Buffer {
	if b == nil {
		return nil
	}
	return &Buffer{budget: b, limit: limit}
}

// take charges n bytes if they are left.
func (b *Budget) take(n int64) bool {
	for {
		used := b.used.Load()
		if used+n > b.total {
			return false
		}
		if b.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

// chunk returns an empty chunk for a write of the given length after one of
// the previous class, or nil if no size fits into the budget.
func (b *Budget) chunk(length int, class int) *chunk {
	for class < len(chunkSizes)-1 && int64(length) > chunkSizes[class] {
		class++
	}
	for ; class >= 0; class-- {
		if !b.take(chunkSizes[class]) {
			continue
		}
		if c, ok := b.pools[class].Get().(*chunk); ok {
			return c
		}
		return &chunk{class: class, bytes: make([]byte, 0, chunkSizes[class])}
	}
	return nil
}

// put gives a chunk back to its pool; the charge is the caller's business.
func (b *Budget) put(c *chunk) {
	c.bytes, c.next = c.bytes[:0], nil
	b.pools[c.class].Put(c)
}

// A chunk is a piece of a buffer.
type chunk struct {
	class int
	bytes []byte
	next  *chunk
}

// A Buffer collects the bytes of one body as they pass. Its methods may be
// called from several goroutines; a nil Buffer takes everything and keeps
// nothing.
type Buffer struct {
	budget *Budget
	limit  int64

	mu          sync.Mutex // guards what follows
	first, last *chunk
	size        int64 // bytes seen
	kept        int64 // bytes in the chunks
	charge      int64 // bytes charged on the budget
	truncated   bool
	done        bool
	body        expectations.Body
}

// Write takes the next bytes of the body. It never fails and never blocks on
// memory: beyond the buffer's maximum, or when the budget is spent, bytes are
// counted but not kept, and the body is marked truncated. After
// [Buffer.Body] or [Buffer.Discard] it does nothing.
func (b *Buffer) Write(p []byte) (int, error) {
	if b == nil {
		return len(p), nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return len(p), nil
	}
	b.size += int64(len(p))
	if !b.truncated {
		b.keep(p)
	}
	return len(p), nil
}

// keep copies p into chunks as far as it may.
func (b *Buffer) keep(p []byte) {
	if room := b.limit - b.kept; int64(len(p)) > room {
		b.truncated = true
		p = p[:max(room, 0)]
	}
	for len(p) > 0 {
		if b.last == nil || len(b.last.bytes) == cap(b.last.bytes) {
			if !b.grow(len(p)) {
				b.truncated = true
				return
			}
		}
		n := min(len(p), cap(b.last.bytes)-len(b.last.bytes))
		b.last.bytes = append(b.last.bytes, p[:n]...)
		b.kept += int64(n)
		p = p[n:]
	}
}

// grow adds a chunk for a write of the given length.
func (b *Buffer) grow(length int) bool {
	class := 0
	if b.last != nil {
		class = min(b.last.class+1, len(chunkSizes)-1)
	}
	c := b.budget.chunk(length, class)
	if c == nil {
		return false
	}
	b.charge += int64(cap(c.bytes))
	if b.last == nil {
		b.first = c
	} else {
		b.last.next = c
	}
	b.last = c
	return true
}

// Truncate marks the body as incomplete: it broke off before its end.
func (b *Buffer) Truncate() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.truncated = true
}

// Body ends the collecting and returns the body; coding is the
// Content-Encoding it was sent with. The bytes are a contiguous copy that the
// buffer never touches again. They stay charged on the budget until
// [Buffer.Discard] is called, which [Exchange.Release] does for the buffers an
// exchange carries. Further calls return the same body.
func (b *Buffer) Body(coding string) expectations.Body {
	if b == nil {
		return expectations.Body{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return b.body
	}
	b.done = true
	coding = strings.TrimSpace(coding)
	b.body = expectations.Body{
		Coding:    coding,
		Encoded:   b.size > 0 && coding != "" && !strings.EqualFold(coding, "identity"),
		Size:      b.size,
		Truncated: b.truncated,
	}
	if b.kept > 0 {
		b.body.Bytes = make([]byte, 0, b.kept)
		for c := b.first; c != nil; c = c.next {
			b.body.Bytes = append(b.body.Bytes, c.bytes...)
		}
	}
	b.free()
	b.budget.used.Add(b.kept - b.charge)
	b.charge = b.kept
	return b.body
}

// Discard ends the collecting and gives the charge back. It may be called at
// any time, also twice; bytes handed out by [Buffer.Body] stay valid.
func (b *Buffer) Discard() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	b.free()
	b.budget.used.Add(-b.charge)
	b.charge, b.kept = 0, 0
	b.body = expectations.Body{}
}

// free gives the chunks back to their pools.
func (b *Buffer) free() {
	for c := b.first; c != nil; {
		next := c.next
		b.budget.put(c)
		c = next
	}
	b.first, b.last = nil, nil
}
