package capture

import (
	"container/list"
	"sync"

	"github.com/pactape/pactape/capture/journal"
)

// An AnswerCache keeps recorded answers, bounded by bytes: the least recently
// used leave. It is safe for concurrent use; nil keeps nothing.
type AnswerCache struct {
	max int64

	mu    sync.Mutex
	used  int64
	items map[cacheKey]*list.Element // of *cacheItem
	order *list.List                 // most recently used first
}

type cacheKey struct {
	owner *Learned
	pos   journal.Position
}

type cacheItem struct {
	key   cacheKey
	value *rendered
}

// NewAnswerCache makes a cache of at most the given size, in bytes.
func NewAnswerCache(maxBytes int64) *AnswerCache {
	return &AnswerCache{max: maxBytes, items: make(map[cacheKey]*list.Element), order: list.New()}
}

// Bytes is the size of what is kept, about.
func (c *AnswerCache) Bytes() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

func (c *AnswerCache) get(k cacheKey) *rendered {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.items[k]
	if element == nil {
		return nil
	}
	c.order.MoveToFront(element)
	item, _ := element.Value.(*cacheItem)
	return item.value
}

func (c *AnswerCache) put(k cacheKey, r *rendered) {
	if c == nil || r.size > c.max/4 { // one answer must not drive out all others
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items[k] != nil {
		return
	}
	c.items[k] = c.order.PushFront(&cacheItem{k, r})
	c.used += r.size
	for c.used > c.max {
		oldest := c.order.Back()
		item, _ := c.order.Remove(oldest).(*cacheItem)
		delete(c.items, item.key)
		c.used -= item.value.size
	}
}

// drop forgets what belongs to owner.
func (c *AnswerCache) drop(owner *Learned) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, element := range c.items {
		if k.owner == owner {
			item, _ := c.order.Remove(element).(*cacheItem)
			delete(c.items, k)
			c.used -= item.value.size
		}
	}
}
