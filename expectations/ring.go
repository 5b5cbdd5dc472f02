package expectations

// A ring is a queue of pointers. The zero value is empty.
type ring[T any] struct {
	items []*T // its length is a power of two
	first int  // index of the oldest
	count int
}

// at returns the i-th oldest.
func (r *ring[T]) at(i int) *T { return r.items[(r.first+i)&(len(r.items)-1)] }

// put replaces the i-th oldest.
func (r *ring[T]) put(i int, item *T) { r.items[(r.first+i)&(len(r.items)-1)] = item }

// push adds the newest.
func (r *ring[T]) push(item *T) {
	if r.count == len(r.items) {
		*r = ring[T]{items: append(r.all(), make([]*T, max(64, len(r.items)))...), count: r.count}
	}
	r.count++
	r.put(r.count-1, item)
}

// pop takes the oldest out.
func (r *ring[T]) pop() *T {
	oldest := r.at(0)
	r.put(0, nil)
	r.first = (r.first + 1) & (len(r.items) - 1)
	r.count--
	return oldest
}

// all are the items, the newest last.
func (r *ring[T]) all() []*T {
	all := make([]*T, r.count)
	for i := range all {
		all[i] = r.at(i)
	}
	return all
}
