package infer

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A treeWriter turns the merged tree of a body into an example and rules.
type treeWriter struct {
	draft *draft
	// side is "request body" or "response body".
	side string
	// request says that nothing may be left out: a request has neither
	// optional nor further members.
	request bool
	rules   pact.Rules
	leaves  []leaf
	total   int
}

// A leaf is a scalar of the example that is asserted.
type leaf struct {
	place string
	// at leads to it in the example: member names, and "" for an item.
	at []string
	// kinds are those that were seen, which the rule accepts.
	kinds [jsondoc.KindObject + 1]bool
}

// A spot is a place of the tree on the way down.
type spot struct {
	// path is the expression of its rule.
	path string
	// name is the member's, "" for items.
	name string
	at   []string
}

func (s spot) member(name string) spot {
	return spot{s.path + step(name), name, append(slices.Clip(s.at), name)}
}

func (s spot) item() spot {
	return spot{s.path + "[*]", s.name, append(slices.Clip(s.at), "")}
}

func (s spot) any(name string) spot {
	return spot{s.path + ".*", "", append(slices.Clip(s.at), name)}
}

// step prints a member in a path expression as every implementation reads it.
func step(name string) string {
	if bare(name) {
		return "." + name
	}
	return "['" + name + "']"
}

func bare(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// nameable reports whether a path expression can name a member.
func nameable(name string) bool { return name != "" && !strings.ContainsAny(name, `'\`) }

func (w *treeWriter) place(s spot) string { return w.side + " " + s.path }

// A treeMark is how far a treeWriter has come.
type treeMark struct{ rules, leaves, reasons int }

func (w *treeWriter) mark() treeMark {
	return treeMark{len(w.rules), len(w.leaves), len(w.draft.report.Rules)}
}

// reset takes back the rules written since; the leaves stay counted, as ones
// that are not asserted.
func (w *treeWriter) reset(m treeMark) {
	w.rules, w.leaves = w.rules[:m.rules], w.leaves[:m.leaves]
	w.draft.report.Rules = w.draft.report.Rules[:m.reasons]
}

// skip leaves a place out; its leaves count as not asserted.
func (w *treeWriter) skip(n *node, s spot, reason string, args ...any) (jsondoc.Value, bool) {
	w.total += n.leaves()
	w.draft.report.notAsserted(w.place(s), reason, args...)
	return jsondoc.Value{}, false
}

// value is the example of a place; ok is false if it cannot be asserted and
// must be left out.
func (w *treeWriter) value(n *node, s spot) (example jsondoc.Value, ok bool) {
	place := w.place(s)
	o, forced := w.draft.overrides.at(w.draft.group, place)
	switch {
	case forced && o.Ignore && !w.request:
		return w.skip(n, s, "ignored by an override")
	case forced:
		return w.forced(n, s, o)
	case w.draft.widened[place] >= widenDrop && !w.request:
		return w.skip(n, s, "samples differ from any rule")
	}
	scalars, nulls := n.scalars(), n.kinds[jsondoc.KindNull]
	lists, objects := n.kinds[jsondoc.KindArray], n.kinds[jsondoc.KindObject]
	switch {
	case n.seen == nulls && !w.request:
		return w.skip(n, s, "null in all samples")
	case n.seen == nulls:
		w.rule(s, "null", named("null"), "null in all samples")
		w.leaf(s, n)
		return jsondoc.Null(), true
	case len(scalars) > 0 && lists+objects > 0, lists > 0 && objects > 0:
		return w.skip(n, s, "values of different kinds: %s", w.kinds(n))
	case lists+objects > 0 && nulls > 0:
		return w.skip(n, s, "null in %d of %d samples; a Pact cannot say null or %s", nulls, n.seen, w.kinds(n))
	case lists > 0:
		return w.list(n, s)
	case objects > 0:
		return w.object(n.object, s)
	}
	return w.scalar(n, s), true
}

func (w *treeWriter) kinds(n *node) string {
	var kinds []string
	for k, count := range n.kinds {
		if count > 0 && k != int(jsondoc.KindNull) {
			kinds = append(kinds, jsondoc.Kind(k).String())
		}
	}
	return strings.Join(kinds, ", ")
}

// list writes an array: an example of one item, which stands for all.
func (w *treeWriter) list(n *node, s spot) (jsondoc.Value, bool) {
	count, empty := n.kinds[jsondoc.KindArray], n.list.empty
	lowest := int64(1)
	if empty > 0 {
		lowest = 0
	}
	item, ok := jsondoc.Value{}, false
	if n.list.item.seen == 0 {
		w.total++
		w.draft.report.notAsserted(w.place(s.item()), "empty in all %d samples", count)
	} else {
		before := w.mark()
		if item, ok = w.value(&n.list.item, s.item()); !ok {
			// What was written below the item has no place any more.
			w.reset(before)
		}
	}
	if !ok {
		w.rule(s, "any list", minimum(0), "a list in all %d samples, whose items have nothing in common", count)
		return jsondoc.Array(), true
	}
	w.rule(s, "list", minimum(lowest), "%d of %d lists were empty", empty, count)
	return jsondoc.Array(item), true
}

// object writes an object: the members that every sample has, or one entry of
// a map.
func (w *treeWriter) object(o *objectStat, s spot) (jsondoc.Value, bool) {
	if values, name, ok := o.dynamic(); ok {
		return w.dynamic(o, s, values, name)
	}
	out := jsondoc.Object()
	for _, m := range o.members {
		at := s.member(m.name)
		switch {
		case m.present < o.count && w.request:
			return w.skip(&node{object: o, seen: o.count}, s, "members differ between samples")
		case m.present < o.count:
			w.skip(&m.value, at, "in %d of %d samples", m.present, o.count)
			continue
		case !nameable(m.name) && !w.request:
			w.skip(&m.value, at, "its name cannot be written in a path expression")
			continue
		}
		value, ok := w.value(&m.value, at)
		if !ok && w.request {
			return jsondoc.Value{}, false
		}
		if ok {
			out.Members = append(out.Members, jsondoc.M(m.name, value))
		}
	}
	return out, true
}

// dynamic writes a map: an example of one entry, whose value stands for all.
func (w *treeWriter) dynamic(o *objectStat, s spot, values *node, name string) (jsondoc.Value, bool) {
	before := w.mark()
	value, ok := w.value(values, s.any(name))
	if !ok || !nameable(name) {
		if w.request {
			return jsondoc.Value{}, false
		}
		w.reset(before)
		return jsondoc.Object(), true
	}
	w.rule(s, "map", named("values"), "names that differ between %d objects, values that are alike", o.count)
	return jsondoc.Object(jsondoc.M(name, value)), true
}

// forced applies an override.
func (w *treeWriter) forced(n *node, s spot, o Override) (jsondoc.Value, bool) {
	example, ok := n.example()
	if !ok {
		return w.skip(n, s, "without a value that could be its example")
	}
	matcher := pact.Matcher{Value: o.Rule}
	decision := ""
	switch {
	case o.Literal:
		matcher, decision = named("equality"), "literal"
	case o.Ignore: // a request cannot leave it out
		matcher, decision = pact.TypeMatcher(), "any value of its kind"
	default:
		decision = decisionOf(matcher)
	}
	w.rule(s, decision, matcher, "forced by an override")
	if len(n.scalars()) > 0 {
		w.leaf(s, n)
	} else {
		w.total += n.leaves()
	}
	return example, true
}

// example is the first value of a place, with all its members.
func (n *node) example() (jsondoc.Value, bool) {
	switch {
	case n.object != nil:
		out := jsondoc.Object()
		for _, m := range n.object.members {
			if v, ok := m.value.example(); ok && m.present == n.object.count {
				out.Members = append(out.Members, jsondoc.M(m.name, v))
			}
		}
		return out, true
	case n.list != nil:
		if v, ok := n.list.item.example(); ok {
			return jsondoc.Array(v), true
		}
		return jsondoc.Array(), true
	case n.kinds[jsondoc.KindString] > 0:
		return jsondoc.String(n.text.first), true
	case n.kinds[jsondoc.KindNumber] > 0:
		return jsondoc.Number(n.numbers.first), true
	case n.kinds[jsondoc.KindBool] > 0:
		return jsondoc.Bool(n.boolean), true
	}
	return jsondoc.Null(), n.seen > 0
}

// rule adds a rule of one matcher and says why.
func (w *treeWriter) rule(s spot, decision string, m pact.Matcher, reason string, args ...any) {
	w.anyRule(s, decision, []pact.Matcher{m}, reason, args...)
}

// anyRule adds a rule of which one matcher is enough.
func (w *treeWriter) anyRule(s spot, decision string, m []pact.Matcher, reason string, args ...any) {
	path, err := pact.ParsePath(s.path)
	if err != nil {
		w.draft.report.notAsserted(w.place(s), "its name cannot be written in a path expression")
		return
	}
	w.rules = append(w.rules, pact.Rule{
		Category: pact.CategoryBody, Path: path, Any: len(m) > 1, Matchers: m,
	})
	w.draft.report.rule(w.place(s), decision, reason, args...)
}

func (w *treeWriter) leaf(s spot, n *node) {
	w.total++
	l := leaf{place: w.place(s), at: s.at}
	for k, count := range n.kinds {
		l.kinds[k] = count > 0
	}
	w.leaves = append(w.leaves, l)
}

// named is a matcher without attributes.
func named(name string) pact.Matcher {
	return pact.Matcher{Value: jsondoc.Object(jsondoc.M("match", jsondoc.String(name)))}
}

// minimum is a type rule for lists.
func minimum(n int64) pact.Matcher {
	return pact.Matcher{Value: jsondoc.Object(
		jsondoc.M("match", jsondoc.String("type")), jsondoc.M("min", jsondoc.Int(n)))}
}
