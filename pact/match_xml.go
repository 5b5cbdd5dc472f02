package pact

import "fmt"

// An xmlWalker compares XML documents as the reference does (pact_matching,
// xml.rs). Paths name elements without an index, attributes with an @ and
// text as #text; names hold the URI of their namespace.
type xmlWalker struct {
	rules ruleSet
	// strict is the direction of requests: attributes and elements that the
	// example lacks are mismatches.
	strict bool
	// brief asks for the verdict alone: the walk ends at the first mismatch,
	// which says nothing.
	brief bool
	steps []step
	found []Mismatch
}

func (b bodyMatch) xml() []Mismatch {
	want, err := b.want.content().asXML()
	if err != nil {
		return b.report(BodyMismatch, "the example is not valid XML: "+err.Error())
	}
	got, err := b.got.asXML()
	if err != nil {
		return b.report(BodyMismatch, "expected an XML body but it is not valid XML: "+err.Error())
	}
	w := &xmlWalker{rules: b.rules, strict: b.strict, brief: b.brief}
	w.at(want.key(), func() { w.element(want, got) })
	return w.found
}

// at calls f one step further down.
func (w *xmlWalker) at(name string, f func()) {
	w.steps = append(w.steps, step{name: name})
	f()
	w.steps = w.steps[:len(w.steps)-1]
}

// over reports whether the walk may end.
func (w *xmlWalker) over() bool { return w.brief && len(w.found) > 0 }

func (w *xmlWalker) report(want, got, message string) {
	w.found = append(w.found, Mismatch{
		Kind: BodyMismatch, In: CategoryBody,
		Path: pathOf(w.steps), Want: clip(want), Got: clip(got), Message: message,
	})
}

func (w *xmlWalker) element(want, got *xmlElement) {
	if w.over() {
		return
	}
	entry, cascaded := w.rules.best(w.steps)
	if entry == nil {
		entry = &ruleEntry{rules: []rule{equalityRule{}}}
	}
	reasons := entry.judge(func(r rule) string {
		if er, ok := r.(elementRule); ok {
			return er.element(want, got, cascaded)
		}
		return fmt.Sprintf("the element <%s> cannot match such a rule", got.local)
	})
	if len(reasons) > 0 {
		for _, reason := range reasons {
			w.report(want.key(), got.key(), reason)
		}
		return
	}
	w.attributes(want, got)
	w.children(want, got)
	w.at("#text", func() { w.text(want.text, got.text) })
}

// text compares a text or the value of an attribute.
func (w *xmlWalker) text(want, got string) {
	entry, _ := w.rules.best(w.steps)
	if entry == nil {
		if want == got {
			return
		}
		if w.brief {
			w.found = append(w.found, Mismatch{})
			return
		}
		entry = &ruleEntry{rules: []rule{equalityRule{}}}
	}
	for _, reason := range entry.text(want, got) {
		w.report(want, got, reason)
	}
}

func (w *xmlWalker) attributes(want, got *xmlElement) {
	for _, a := range want.attributes {
		w.at("@"+a.key, func() {
			if value, ok := got.attribute(a.key); ok {
				w.text(a.value, value)
			} else {
				w.report(a.value, "", fmt.Sprintf("expected the attribute '%s' but it was missing", a.key))
			}
		})
	}
	if !w.strict || w.over() {
		return
	}
	for _, a := range got.attributes {
		if _, ok := want.attribute(a.key); !ok {
			w.at("@"+a.key, func() {
				w.report("", a.value, fmt.Sprintf("unexpected attribute '%s'", a.key))
			})
		}
	}
}

// children compares the elements inside, name by name; the order of names does
// not matter.
func (w *xmlWalker) children(want, got *xmlElement) {
	for _, g := range got.groups.list {
		if w.over() {
			return
		}
		w.at(g.name, func() { w.named(want.groups.of(g.name), g.elements) })
	}
	for _, g := range want.groups.list {
		if _, there := got.groups.find(g.name); !there {
			w.at(g.name, func() { w.named(g.elements, nil) })
		}
	}
}

// named compares the elements of one name. Under a type rule each is compared
// with the first example.
func (w *xmlWalker) named(want, got []*xmlElement) {
	typed := w.rules.typed(w.steps)
	switch {
	case len(want) == 0:
		if w.strict || typed {
			w.report("", got[0].key(), fmt.Sprintf("unexpected element <%s>", got[0].key()))
		}
		return
	case len(got) > 0 && typed:
		for _, e := range got {
			w.element(want[0], e)
		}
		return
	}
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			if w.strict {
				w.report("", got[i].key(), fmt.Sprintf("unexpected element <%s>", got[i].key()))
			}
		case i >= len(got):
			w.report(want[i].key(), "", fmt.Sprintf("expected an element <%s> but it was missing", want[i].key()))
		default:
			w.element(want[i], got[i])
		}
	}
}

// typed reports whether any rule on a path or above wants a type.
func (s ruleSet) typed(steps []step) bool {
	for _, e := range s.entries {
		if _, ok := e.path.match(steps); !ok {
			continue
		}
		for _, r := range e.rules {
			if _, ok := r.(typeRule); ok {
				return true
			}
		}
	}
	return false
}
