package pact

import (
	"fmt"
	"strconv"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A walker compares JSON documents as the reference does
// (pact_matching, json.rs).
type walker struct {
	rules ruleSet
	// strict is the direction of requests: members that the example lacks are
	// mismatches.
	strict bool
	// brief asks for the verdict alone: the walk ends at the first mismatch,
	// which says nothing.
	brief bool
	// unique says that no object of the example has two members of a name.
	unique bool
	// looked are the large objects of what is compared that were looked into,
	// where one example after another is compared with it.
	looked  map[*jsondoc.Member]members
	steps   []step
	found   []Mismatch
	verdict [1]Mismatch
}

func matchJSON(want, got jsondoc.Value, rules ruleSet, strict bool) []Mismatch {
	w := &walker{rules: rules, strict: strict}
	w.compare(want, got)
	return w.found
}

// over reports whether the walk may end.
func (w *walker) over() bool { return w.brief && len(w.found) > 0 }

// fail adds a mismatch that says nothing if that will do.
func (w *walker) fail() bool {
	if w.brief {
		w.found = w.verdict[:]
	}
	return w.brief
}

// report adds a mismatch at the walker's place.
func (w *walker) report(want, got, message string) {
	w.found = append(w.found, Mismatch{
		Kind: BodyMismatch, In: CategoryBody,
		Path: pathOf(w.steps), Want: want, Got: got, Message: message,
	})
}

// below compares one step further down.
func (w *walker) below(s step, want, got jsondoc.Value) {
	w.steps = append(w.steps, s)
	w.compare(want, got)
	w.steps = w.steps[:len(w.steps)-1]
}

// compare compares two values. An object and an array are held to their kind
// before any rule is looked at.
func (w *walker) compare(want, got jsondoc.Value) {
	if w.over() {
		return
	}
	switch want.Kind {
	case jsondoc.KindObject, jsondoc.KindArray:
		if got.Kind != want.Kind {
			if w.fail() {
				return
			}
			w.report(describe(want), describe(got),
				fmt.Sprintf("expected an %s but was %s", want.Kind, kindOf(got)))
			return
		}
		if want.Kind == jsondoc.KindObject {
			w.objects(want, got)
		} else {
			w.arrays(want, got)
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
		w.scalars(want, got)
	}
}

// kindOf is a value's kind with its article, and its text if short.
func kindOf(v jsondoc.Value) string {
	switch v.Kind {
	case jsondoc.KindNull:
		return "null"
	case jsondoc.KindArray, jsondoc.KindObject:
		return "an " + v.Kind.String()
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return "the " + v.Kind.String() + " " + describe(v)
}

func (w *walker) scalars(want, got jsondoc.Value) {
	entry, _ := w.rules.best(w.steps)
	if entry == nil {
		if jsondoc.Equal(want, got) || w.fail() {
			return
		}
		entry = &ruleEntry{rules: []rule{equalityRule{}}}
	}
	for _, reason := range entry.judge(func(r rule) string { return r.scalar(want, got) }) {
		w.report(describe(want), describe(got), reason)
	}
}

// objects compares two objects. Every rule must hold, whatever they are
// combined by: that is what the reference does.
func (w *walker) objects(want, got jsondoc.Value) {
	examples, actual := w.examples(want), w.actual(got)
	if w.strict && examples.len() == 0 && actual.len() > 0 {
		w.report("{}", describe(got), "expected an empty object")
		return
	}
	entry, cascaded := w.rules.best(w.steps)
	if entry == nil {
		w.names(examples, actual)
		w.memberValues(examples, actual)
		return
	}
	own, byName := false, false
	for _, r := range entry.rules {
		if or, ok := r.(objectRule); ok && !cascaded {
			own = true
			or.members(w, want, got)
			continue
		}
		if nr, ok := r.(nameRule); ok && !cascaded {
			own = true
			nr.names(w, actual)
		}
		byName = true
		if reason := r.container(w.container(want, got, cascaded)); reason != "" {
			w.report(describe(want), describe(got), reason)
		}
	}
	if byName {
		if !own {
			w.names(examples, actual)
		}
		w.memberValues(examples, actual)
	}
}

func (w *walker) examples(want jsondoc.Value) members {
	if w.brief && w.unique {
		return members{list: want.Members}
	}
	return newMembers(want)
}

func (w *walker) actual(got jsondoc.Value) members {
	if !w.brief || len(got.Members) <= scanned {
		return newMembers(got)
	}
	m, ok := w.looked[&got.Members[0]]
	if !ok {
		m = newMembers(got)
		if w.looked == nil {
			w.looked = make(map[*jsondoc.Member]members)
		}
		w.looked[&got.Members[0]] = m
	}
	return m
}

func (w *walker) container(want, got jsondoc.Value, cascaded bool) container {
	c := container{
		object: want.Kind == jsondoc.KindObject, cascaded: cascaded,
		equal: func() bool { return jsondoc.Equal(want, got) },
	}
	if c.object {
		c.want, c.got = newMembers(want).len(), newMembers(got).len()
	} else {
		c.want, c.got = len(want.Items), len(got.Items)
	}
	return c
}

// names reports members that are missing and, in requests, unexpected ones.
func (w *walker) names(want, got members) {
	if w.brief {
		missing := w.strict && want.len() != got.len()
		want.each(func(name string, _ jsondoc.Value) {
			if !missing {
				_, ok := got.get(name)
				missing = !ok
			}
		})
		if missing {
			w.fail()
		}
		return
	}
	want.each(func(name string, v jsondoc.Value) {
		if _, ok := got.get(name); !ok {
			w.steps = append(w.steps, step{name: name})
			w.report(describe(v), "", "expected a member "+strconv.Quote(name)+" but it was missing")
			w.steps = w.steps[:len(w.steps)-1]
		}
	})
	if !w.strict {
		return
	}
	got.each(func(name string, v jsondoc.Value) {
		if _, ok := want.get(name); !ok {
			w.steps = append(w.steps, step{name: name})
			w.report("", describe(v), "unexpected member "+strconv.Quote(name))
			w.steps = w.steps[:len(w.steps)-1]
		}
	})
}

func (w *walker) memberValues(want, got members) {
	if w.over() {
		return
	}
	want.each(func(name string, v jsondoc.Value) {
		if other, ok := got.get(name); ok && !w.over() {
			w.below(step{name: name}, v, other)
		}
	})
}

// arrays compares two arrays. Without a rule they have the same length; with
// one, further items are compared with the first example and missing ones are
// forgiven. An empty example with a rule accepts any array.
func (w *walker) arrays(want, got jsondoc.Value) {
	entry, cascaded := w.rules.best(w.steps)
	switch {
	case entry == nil:
		if len(want.Items) != len(got.Items) && !w.fail() {
			w.report(describe(want), describe(got), fmt.Sprintf(
				"expected an array of %d item(s) but was %d", len(want.Items), len(got.Items)))
		}
		w.items(want, got, false)
	case len(want.Items) > 0:
		w.ruledArray(entry, cascaded, want, got)
	}
}

// ruledArray compares two arrays by each rule in turn and combines what was
// found.
func (w *walker) ruledArray(entry *ruleEntry, cascaded bool, want, got jsondoc.Value) {
	before := w.found
	var all []Mismatch
	itemsDone := false
	for _, r := range entry.rules {
		w.found = nil
		if lr, ok := r.(listRule); !ok || !lr.items(w, want, got, cascaded) {
			if reason := r.container(w.container(want, got, cascaded)); reason != "" {
				w.report(describe(want), describe(got), reason)
			}
			if !itemsDone || entry.any {
				w.items(want, got, true)
				itemsDone = true
			}
		}
		if len(w.found) == 0 && entry.any {
			all = nil
			break
		}
		all = append(all, w.found...)
	}
	w.found = append(before, all...)
}

// items compares the items that are there: surplus ones with the first
// example if a rule applies, else not at all, as the length tells.
func (w *walker) items(want, got jsondoc.Value, ruled bool) {
	for i := range got.Items {
		if w.over() {
			return
		}
		example := i
		if i >= len(want.Items) {
			if !ruled || len(want.Items) == 0 {
				return
			}
			example = 0
		}
		w.below(indexStep(i), want.Items[example], got.Items[i])
	}
	// Missing items are only tolerated because a rule cascades to them; where
	// none does, the length has been reported.
}
