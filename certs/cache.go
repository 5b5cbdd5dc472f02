package certs

import (
	"container/list"
	"crypto/tls"
	"sync"
	"time"
)

// A leafCache keeps the leaves used last, and lets one caller mint while the
// others who want the same leaf wait for it.
type leafCache struct {
	size int

	mu      sync.Mutex
	entries map[string]*list.Element // of *cachedLeaf
	recent  list.List                // most recent first
}

// A cachedLeaf is a leaf, or the wait for one. What is below done is written
// before done is closed and read after.
type cachedLeaf struct {
	host  string
	done  chan struct{}
	cert  *tls.Certificate
	renew time.Time
	err   error
}

func newLeafCache(size int) *leafCache {
	return &leafCache{size: size, entries: make(map[string]*list.Element, size)}
}

// get returns the leaf of a host; hit says that it was there or on its way.
// Errors are handed to those who wait, and not kept.
func (c *leafCache) get(host string, now time.Time, mint func() (*tls.Certificate, time.Time, error)) (cert *tls.Certificate, hit bool, err error) {
	c.mu.Lock()
	if el, ok := c.entries[host]; ok {
		if e, ok := el.Value.(*cachedLeaf); ok && e.usable(now) {
			c.recent.MoveToFront(el)
			c.mu.Unlock()
			<-e.done
			return e.cert, e.err == nil, e.err
		}
		c.drop(el)
	}
	e := &cachedLeaf{host: host, done: make(chan struct{})}
	el := c.recent.PushFront(e)
	c.entries[host] = el
	if c.recent.Len() > c.size {
		c.drop(c.recent.Back())
	}
	c.mu.Unlock()

	defer close(e.done)
	e.cert, e.renew, e.err = mint()
	if e.err != nil {
		c.mu.Lock()
		if c.entries[host] == el {
			c.drop(el)
		}
		c.mu.Unlock()
	}
	return e.cert, false, e.err
}

// usable says whether the leaf is on its way or good for some time.
func (e *cachedLeaf) usable(now time.Time) bool {
	select {
	case <-e.done:
		return now.Before(e.renew)
	default:
		return true
	}
}

// drop forgets an entry; c.mu is held.
func (c *leafCache) drop(el *list.Element) {
	if e, ok := c.recent.Remove(el).(*cachedLeaf); ok && c.entries[e.host] == el {
		delete(c.entries, e.host)
	}
}
