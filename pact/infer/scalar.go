package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A choice is the rule for a scalar, and why.
type choice struct {
	decision string
	matcher  pact.Matcher
	reason   string
}

// scalar writes a place where only scalars were seen, null among them.
func (w *treeWriter) scalar(n *node, s spot) jsondoc.Value {
	kinds := n.scalars()
	c := w.choose(n, s, kinds)
	matchers := []pact.Matcher{c.matcher}
	for _, k := range kinds[1:] {
		// Several kinds: one of them is enough. The example is of the
		// first.
		if k == jsondoc.KindNumber {
			matchers = append(matchers, named("number"))
		} else {
			matchers = append(matchers, named("boolean"))
		}
	}
	if nulls := n.kinds[jsondoc.KindNull]; nulls > 0 {
		matchers = append([]pact.Matcher{named("null")}, matchers...)
		c.decision = "null or " + c.decision
		c.reason += fmt.Sprintf("; null in %d of %d", nulls, n.seen)
	}
	w.anyRule(s, c.decision, matchers, "%s", c.reason)
	w.leaf(s, n)
	switch kinds[0] {
	case jsondoc.KindString:
		return jsondoc.String(n.text.first)
	case jsondoc.KindNumber:
		return jsondoc.Number(n.numbers.first)
	default:
		return jsondoc.Bool(n.boolean)
	}
}

func (w *treeWriter) choose(n *node, s spot, kinds []jsondoc.Kind) choice {
	mode := w.draft.options.Mode
	switch {
	case len(kinds) > 1:
		return choice{w.kinds(n), pact.TypeMatcher(), "values of several kinds"}
	case mode == Types || w.draft.widened[w.place(s)] >= widenType:
		return choice{"type", pact.TypeMatcher(), "a " + kinds[0].String() + " in " + plural(n.kinds[kinds[0]], "value")}
	case kinds[0] == jsondoc.KindString:
		return textChoice(&n.text, mode)
	case kinds[0] == jsondoc.KindNumber:
		return n.numbers.choose(s.name)
	}
	return choice{"type", pact.TypeMatcher(), "a boolean in " + plural(n.kinds[jsondoc.KindBool], "value")}
}

// textChoice is the rule for strings.
func textChoice(t *textStat, mode Mode) choice {
	values := plural(t.n, "value")
	if t.secret > 0 {
		return choice{"type", pact.TypeMatcher(), "redacted: its content is unknown"}
	}
	if f, ok := t.format(); ok {
		return choice{f.what, f.matcher(), "all of " + values}
	}
	if list, ok := t.enumeration(); ok && mode == Strict {
		var names []string
		for _, v := range list {
			names = append(names, v.text)
		}
		slices.Sort(names)
		pattern := "^(?:" + strings.Join(names, "|") + ")$"
		return choice{"one of " + strings.Join(names, ", "), pact.RegexMatcher(pattern), "no other in " + values}
	}
	return choice{"type", pact.TypeMatcher(), "strings without a common format in " + values}
}

// choose is the rule for numbers.
func (s *numberStat) choose(name string) choice {
	count := s.integers + s.decimals
	switch {
	case s.secret:
		return choice{"type", pact.TypeMatcher(), "redacted: its content is unknown"}
	case s.integers > 0 && s.decimals > 0:
		return choice{"number", named("number"), fmt.Sprintf("%d of %d values written without fraction", s.integers, count)}
	case s.decimals > 0 && len(s.values) >= manyNumbers:
		return choice{"decimal", named("decimal"), plural(count, "value") + " written with a fraction"}
	case s.decimals > 0:
		return choice{"number", named("number"), "a fraction in " + plural(count, "value") + ", too few to rule out whole numbers"}
	case s.large:
		return choice{"number", named("number"), "integers beyond 18 digits"}
	case idName(name) || countName(name):
		return choice{"integer", named("integer"), plural(count, "value") + " written without fraction, and a name that promises it"}
	case count < 3, measureName(name) && len(s.values) < manyNumbers:
		return choice{"number", named("number"), plural(count, "value") + " written without fraction, too few to rule one out"}
	}
	return choice{"integer", named("integer"), plural(count, "value") + " written without fraction"}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
