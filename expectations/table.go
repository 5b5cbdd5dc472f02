package expectations

// A table finds items by hash: open addressing, probed one after another. The
// zero value is empty. It is read by many goroutines once nobody adds to it.
//
// A map with the paths as keys costs a lookup among many expectations twice
// the trips to memory: its groups, the text of the key, a bucket, the bucket's
// lists. Here an entry leads to the item itself.
type table struct {
	entries []tableEntry // a power of two of them; at most half are in use
	used    int
}

// A tableEntry holds the items of one key in rank order.
type tableEntry struct {
	key   uint64
	first *item // nil in an entry not in use
	more  *[]*item
}

// find returns the entry of the key, or nil.
func (t *table) find(key uint64) *tableEntry {
	if t.used == 0 {
		return nil
	}
	if e := t.probe(key); e.first != nil {
		return e
	}
	return nil
}

// add puts an item behind those of the same key.
func (t *table) add(key uint64, it *item) {
	if 2*(t.used+1) > len(t.entries) {
		t.grow()
	}
	e := t.probe(key)
	if e.first != nil {
		if e.more == nil {
			e.more = new([]*item)
		}
		*e.more = append(*e.more, it)
		return
	}
	e.key, e.first = key, it
	t.used++
}

// probe returns the entry in which the key is, or should be.
func (t *table) probe(key uint64) *tableEntry {
	last := uint64(len(t.entries) - 1)
	i := key & last
	for t.entries[i].first != nil && t.entries[i].key != key {
		i = (i + 1) & last
	}
	return &t.entries[i]
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]tableEntry, max(2, 2*len(old)))
	for _, e := range old {
		if e.first != nil {
			*t.probe(e.key) = e
		}
	}
}
