package capture

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pactape/pactape/capture/journal"
)

// maxRedactionNames bounds the names that redactions are counted by; those
// beyond are counted as [OtherRedactions].
const maxRedactionNames = 1000

// OtherRedactions is the name that redactions of too many different names are
// counted under.
const OtherRedactions = "other"

// SessionStats describe a session's recording since it was last started
// fresh, as far as retention has left it.
type SessionStats struct {
	// Exchanges is the number recorded; Loaded those of them that were read
	// back when the session was opened.
	Exchanges, Loaded int64
	// Learned says what became of them as expectations, with the reasons
	// for those not learned.
	Learned LearnedStats
	// Dropped counts exchanges that were not recorded, by reason (a Drop…
	// constant), with those that the journal knows of.
	Dropped map[string]int64
	// Truncated counts exchanges with an incomplete body, Failed those with
	// a failure, both of this process.
	Truncated, Failed int64
	// Redactions counts replaced values by place and name, e.g. "header
	// Authorization" or "json $.password".
	Redactions map[string]int64
	// Damaged is the number of bad records met.
	Damaged int
	// Journal describes the files.
	Journal journal.Stats
}

// DroppedTotal is the number of exchanges that were not recorded.
func (s SessionStats) DroppedTotal() int64 {
	var n int64
	for _, v := range s.Dropped {
		n += v
	}
	return n
}

// Stats returns the session's present figures.
func (s *Session) Stats() SessionStats {
	stats := s.counts.stats()
	stats.Learned = s.learned.Stats()
	stats.Journal = s.journal.Stats()
	return stats
}

// A redactionName is a place and a name.
type redactionName struct{ in, name string }

// counts are a session's figures.
type counts struct {
	mu sync.Mutex // guards what follows

	from      journal.Position // where the session begins
	exchanges map[uint32]int64 // by segment
	stat      SessionStats
	names     map[redactionName]*int64
	dropped   map[string]int64
	debts     []loss // losses that no record tells of
	billed    []loss // those in the batch being written
	told      map[string]bool
}

// start is where the session begins in the journal.
func (c *counts) start() journal.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.from
}

// restart forgets what was counted: the session begins at pos.
func (c *counts) restart(pos journal.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = pos
	c.exchanges, c.names, c.dropped = nil, nil, nil
	c.stat = SessionStats{Damaged: c.stat.Damaged}
}

// exchange counts one that is in the journal.
func (c *counts) exchange(pos journal.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchangeLocked(pos)
}

func (c *counts) exchangeLocked(pos journal.Position) {
	if c.exchanges == nil {
		c.exchanges = map[uint32]int64{}
	}
	c.exchanges[pos.Segment]++
	c.stat.Exchanges++
}

// loaded notes that everything counted so far was read back.
func (c *counts) loaded() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stat.Loaded = c.stat.Exchanges
}

// recorded counts an exchange that was written.
func (c *counts) recorded(pos journal.Position, ex *Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchangeLocked(pos)
	if ex.Truncated() {
		c.stat.Truncated++
	}
	if ex.Failure != nil {
		c.stat.Failed++
	}
	for i := range ex.Redactions {
		r := &ex.Redactions[i]
		c.redactedLocked(redactionName{in: r.In, name: r.Name})
	}
}

// redacted counts a redaction that was read back.
func (c *counts) redacted(in, name []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.names[redactionName{string(in), string(name)}]; ok {
		*n++ // without an allocation
		return
	}
	c.redactedLocked(redactionName{string(in), string(name)})
}

func (c *counts) redactedLocked(name redactionName) {
	n, ok := c.names[name]
	if !ok && len(c.names) >= maxRedactionNames {
		name = redactionName{name: OtherRedactions}
		n, ok = c.names[name]
	}
	if !ok {
		if c.names == nil {
			c.names = map[redactionName]*int64{}
		}
		n = new(int64)
		c.names[name] = n
	}
	*n++
}

// bad counts a bad record.
func (c *counts) bad() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stat.Damaged++
}

// retire forgets the exchanges in segments before first and returns how many
// segments that were.
func (c *counts) retire(first uint32) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for segment, exchanges := range c.exchanges {
		if segment < first {
			c.stat.Exchanges -= exchanges
			delete(c.exchanges, segment)
			n++
		}
	}
	return n
}

// lose counts a lost exchange and reports whether it is the first for its
// reason.
func (c *counts) lose(reason string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lostLocked(reason, 1)
	i := slices.IndexFunc(c.debts, func(l loss) bool { return l.reason == reason })
	if i < 0 {
		i = len(c.debts)
		c.debts = append(c.debts, loss{reason: reason, since: time.Now()})
	}
	c.debts[i].count++
	if c.told[reason] {
		return false
	}
	if c.told == nil {
		c.told = map[string]bool{}
	}
	c.told[reason] = true
	return true
}

// lostBefore counts losses that the journal tells of.
func (c *counts) lostBefore(reason string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lostLocked(reason, n)
}

func (c *counts) lostLocked(reason string, n int64) {
	if c.dropped == nil {
		c.dropped = map[string]int64{}
	}
	c.dropped[reason] += n
}

// owed returns the losses that are to be written; paid follows if they were.
func (c *counts) owed() []loss {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.billed = append(c.billed[:0], c.debts...)
	return c.billed
}

// paid takes off what owed returned last.
func (c *counts) paid() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.billed {
		i := slices.IndexFunc(c.debts, func(l loss) bool { return l.reason == b.reason })
		if c.debts[i].count -= b.count; c.debts[i].count == 0 {
			c.debts = slices.Delete(c.debts, i, i+1)
		} else {
			c.debts[i].since = time.Now()
		}
	}
	c.billed = c.billed[:0]
}

// stats returns what is counted here.
func (c *counts) stats() SessionStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stat
	s.Dropped = maps.Clone(c.dropped)
	if len(c.names) > 0 {
		s.Redactions = make(map[string]int64, len(c.names))
	}
	for n, count := range c.names {
		key := n.name
		if n.in != "" {
			key = n.in + " " + n.name
		}
		s.Redactions[key] += *count
	}
	return s
}
