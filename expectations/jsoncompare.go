package expectations

import "github.com/pactape/pactape/expectations/jsondoc"

// A jsonComparison compares JSON values by one set of rules.
type jsonComparison struct {
	// strict: see [JSONBody.Strict]; loose: see [JSONBody.NumbersAsStrings].
	strict, loose bool
}

// agree reports whether v is what w wants.
func (c jsonComparison) agree(w *jsonWant, v *jsondoc.Value) bool {
	if w.any != anyNone {
		return w.agreesWithAny(v)
	}
	if w.value.Kind != v.Kind {
		return false
	}
	switch v.Kind {
	case jsondoc.KindNull:
		return true
	case jsondoc.KindBool:
		return w.value.Bool == v.Bool
	case jsondoc.KindNumber:
		if c.loose {
			return jsondoc.SameNumber(w.value.Text, v.Text)
		}
		return jsondoc.EqualNumbers(w.value.Text, v.Text)
	case jsondoc.KindString:
		return w.value.Text == v.Text
	case jsondoc.KindArray:
		if c.strict {
			return c.sameItems(w.items, v.Items)
		}
		return c.containsItems(w.items, v.Items)
	case jsondoc.KindObject:
		return c.members(w, v.Members)
	}
	return false
}

// sameItems compares arrays item by item.
func (c jsonComparison) sameItems(want []jsonWant, items []jsondoc.Value) bool {
	if len(want) != len(items) {
		return false
	}
	for i := range want {
		if !c.agree(&want[i], &items[i]) {
			return false
		}
	}
	return true
}

// members compares objects. Of a name that occurs twice in v the last counts.
func (c jsonComparison) members(w *jsonWant, members []jsondoc.Member) bool {
	if !c.strict && len(members) < len(w.members) && !w.ignoresElements() {
		return false
	}
	find := memberFinder(members, len(w.members))
	for i := range w.members {
		want := &w.members[i]
		v := find(want.name)
		if v == nil {
			if want.want.any != anyElement {
				return false
			}
			continue
		}
		if !c.agree(&want.want, v) {
			return false
		}
	}
	if c.strict {
		for i := range members {
			if _, ok := w.names[members[i].Name]; !ok {
				return false
			}
		}
	}
	return true
}

// ignoresElements reports whether a member may be missing.
func (w *jsonWant) ignoresElements() bool {
	for i := range w.members {
		if w.members[i].want.any == anyElement {
			return true
		}
	}
	return false
}

// memberFinder returns a lookup by name; for n lookups in a large object it
// builds an index, so that hostile bodies do not cost the square of their
// size.
func memberFinder(members []jsondoc.Member, n int) func(name string) *jsondoc.Value {
	if len(members)*n <= 1024 {
		return func(name string) *jsondoc.Value {
			for i := len(members) - 1; i >= 0; i-- {
				if members[i].Name == name {
					return &members[i].Value
				}
			}
			return nil
		}
	}
	index := make(map[string]*jsondoc.Value, len(members))
	for i := range members {
		index[members[i].Name] = &members[i].Value
	}
	return func(name string) *jsondoc.Value { return index[name] }
}

// maxPairings bounds the memory of an assignment, in pairs of items.
const maxPairings = 1 << 22

// containsItems reports whether each wanted item agrees with an item of its
// own, in any order (JSON-Unit IGNORING_ARRAY_ORDER and
// IGNORING_EXTRA_ARRAY_ITEMS).
//
// It first gives each wanted item the next free one that agrees, beginning
// behind the last one found, which settles arrays in the same order in one
// pass. Where that fails, an item may have taken what only another could use
// ({} and {"a":1} over [{"a":1},{}]), so it looks for a full assignment
// (augmenting paths). Beyond [maxPairings] pairs the first answer stands.
func (c jsonComparison) containsItems(want []jsonWant, items []jsondoc.Value) bool {
	optional := 0
	for i := range want {
		if want[i].any == anyElement {
			optional++
		}
	}
	if len(want)-optional > len(items) {
		return false
	}
	taken := make([]int, len(items)) // 1 + the index in want
	next, overlapping := 0, false
	for i := range want {
		if want[i].any == anyElement {
			continue
		}
		overlapping = overlapping || want[i].overlaps()
		found := false
		for k := range items {
			j := (next + k) % len(items)
			if taken[j] == 0 && c.agree(&want[i], &items[j]) {
				taken[j], next, found = i+1, j+1, true
				break
			}
		}
		if found {
			continue
		}
		if !overlapping || len(want)*len(items) > maxPairings {
			return false
		}
		a := assignment{c: c, want: want, items: items, taken: taken}
		return a.complete(i)
	}
	return true
}

// overlaps reports whether two wanted items may agree with one value and yet
// want different things. Plain scalars do not.
func (w *jsonWant) overlaps() bool {
	return w.any != anyNone || w.value.Kind == jsondoc.KindArray || w.value.Kind == jsondoc.KindObject
}

// An assignment gives wanted items an item each by augmenting paths (Kuhn).
type assignment struct {
	c     jsonComparison
	want  []jsonWant
	items []jsondoc.Value
	taken []int  // 1 + the index in want, by item
	known []int8 // by pair: 0 unknown, 1 agrees, -1 does not
	tried []bool // by item
}

// complete places the wanted items from the given one on; those before it
// have a place.
func (a *assignment) complete(from int) bool {
	a.known = make([]int8, len(a.want)*len(a.items))
	a.tried = make([]bool, len(a.items))
	for i := from; i < len(a.want); i++ {
		if a.want[i].any == anyElement {
			continue
		}
		clear(a.tried)
		if !a.place(i) {
			return false
		}
	}
	return true
}

// place finds an item for want[i], moving others where needed.
func (a *assignment) place(i int) bool {
	for j := range a.items {
		if a.tried[j] || !a.agrees(i, j) {
			continue
		}
		a.tried[j] = true
		if a.taken[j] == 0 || a.place(a.taken[j]-1) {
			a.taken[j] = i + 1
			return true
		}
	}
	return false
}

func (a *assignment) agrees(i, j int) bool {
	known := &a.known[i*len(a.items)+j]
	if *known == 0 {
		*known = -1
		if a.c.agree(&a.want[i], &a.items[j]) {
			*known = 1
		}
	}
	return *known > 0
}
