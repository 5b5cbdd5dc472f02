package xmldoc

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Matcher is a compiled regular expression.
type Matcher interface{ MatchString(s string) bool }

// A Pattern is a document to be similar to. It is immutable and safe for
// concurrent use.
type Pattern struct {
	document *Document
	// placeholders are the compiled regular expressions, by text.
	placeholders map[string]Matcher
}

// Compile makes a pattern of a document. Its texts and attribute values may be
// placeholders of XMLUnit: ${xmlunit.ignore}, ${xmlunit.isNumber},
// ${xmlunit.isDateTime} and ${xmlunit.matchesRegex(…)}, which must occur in the
// value. compile is what compiles those, nil for package regexp.
func Compile(d *Document, compile func(expr string) (Matcher, error)) (*Pattern, error) {
	if compile == nil {
		compile = func(expr string) (Matcher, error) { return regexp.Compile(expr) }
	}
	p := &Pattern{d, map[string]Matcher{}}
	return p, p.collect(d.top, compile)
}

func (p *Pattern) collect(n *node, compile func(string) (Matcher, error)) error {
	texts := []string{n.text}
	for _, a := range n.attrs {
		texts = append(texts, a.value)
	}
	for _, text := range texts {
		expr, ok := regexPlaceholder(text)
		if !ok || p.placeholders[expr] != nil {
			continue
		}
		re, err := compile(expr)
		if err != nil {
			return err
		}
		p.placeholders[expr] = re
	}
	for _, child := range n.children {
		if err := p.collect(child, compile); err != nil {
			return err
		}
	}
	return nil
}

// regexPlaceholder takes ${xmlunit.matchesRegex(expr)} apart.
func regexPlaceholder(text string) (expr string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "${xmlunit.matchesRegex(")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, ")}")
}

// Difference says in which way d is not similar to the pattern, "" if it is:
// the same elements, those of one name in the same order, with the same
// attributes in any order and the same texts, whatever the prefixes of their
// namespaces. White space
// at the ends of texts and comments do not count; within, any amount of white
// space is one space (MockServer XmlStringMatcher).
func (p *Pattern) Difference(d *Document) string {
	return p.children(p.document.top, d.top, "")
}

func (p *Pattern) element(want, got *node, path string) string {
	path += "/" + want.qualified()
	if want.name != got.name {
		return fmt.Sprintf("%s: found %s", path, named(got))
	}
	if difference := p.attributes(want, got, path); difference != "" {
		return difference
	}
	return p.children(want, got, path)
}

// named is the name of an element with its namespace.
func named(n *node) string {
	if n.name.Space == "" {
		return n.qualified()
	}
	return fmt.Sprintf("%s of namespace %q", n.qualified(), n.name.Space)
}

func (p *Pattern) attributes(want, got *node, path string) string {
	wanted, found := sortedAttrs(want.attrs), sortedAttrs(got.attrs)
	for len(wanted) > 0 || len(found) > 0 {
		switch {
		case len(found) == 0 || len(wanted) > 0 && compareNames(wanted[0].name, found[0].name) < 0:
			return fmt.Sprintf("%s: no attribute %s", path, joined(wanted[0].prefix, wanted[0].name.Local))
		case len(wanted) == 0 || wanted[0].name != found[0].name:
			return fmt.Sprintf("%s: an attribute %s", path, joined(found[0].prefix, found[0].name.Local))
		case !p.text(wanted[0].value, found[0].value):
			return fmt.Sprintf("%s/@%s: %q, wanted %q", path, joined(wanted[0].prefix, wanted[0].name.Local), found[0].value, wanted[0].value)
		}
		wanted, found = wanted[1:], found[1:]
	}
	return ""
}

func sortedAttrs(attrs []attr) []attr {
	return slices.SortedFunc(slices.Values(attrs), func(a, b attr) int { return compareNames(a.name, b.name) })
}

func compareNames(a, b xml.Name) int {
	return cmp.Or(strings.Compare(a.Space, b.Space), strings.Compare(a.Local, b.Local))
}

func (p *Pattern) children(want, got *node, path string) string {
	wanted, found := content(want), content(got)
	if len(wanted) == 1 && isIgnore(wanted[0].text) {
		return ""
	}
	if len(wanted) == 0 && len(found) == 1 && found[0].isText() || len(found) == 0 && len(wanted) == 1 && wanted[0].isText() {
		var a, b string
		if len(wanted) > 0 {
			a = wanted[0].text
		} else {
			b = found[0].text
		}
		if p.text(a, b) {
			return ""
		}
		return fmt.Sprintf("%s: text %q, wanted %q", path, normal(b), normal(a))
	}
	partners := newPartners(found)
	for _, a := range wanted {
		b := partners.of(a)
		difference := ""
		switch {
		case b == nil && a.isText():
			difference = fmt.Sprintf("%s: no text %q", path, normal(a.text))
		case b == nil:
			difference = fmt.Sprintf("%s: no element %s%s", cmp.Or(path, "/"), named(a), firstElement(found))
		case !a.isText():
			difference = p.element(a, b, path)
		case !p.text(a.text, b.text):
			difference = fmt.Sprintf("%s: text %q, wanted %q", path, normal(b.text), normal(a.text))
		}
		if difference != "" {
			return difference
		}
	}
	if len(wanted) != len(found) {
		return fmt.Sprintf("%s: %d elements and texts, wanted %d", cmp.Or(path, "/"), len(found), len(wanted))
	}
	return ""
}

// firstElement says which is the first element there.
func firstElement(found []*node) string {
	for _, n := range found {
		if !n.isText() {
			return ", found " + named(n)
		}
	}
	return ""
}

// partners are the children that wanted ones are compared with: the first of
// the same name that is left, or the first text (XMLUnit DefaultNodeMatcher
// with ElementSelectors.byName, which looks behind the last one found first).
type partners struct {
	byName map[xml.Name][]int
	found  []*node
	last   int
}

func newPartners(found []*node) *partners {
	p := &partners{byName: make(map[xml.Name][]int, len(found)), found: found}
	for i, n := range found {
		p.byName[n.name] = append(p.byName[n.name], i)
	}
	return p
}

// of returns the partner of a wanted child and takes it away; nil if there is
// none.
func (p *partners) of(want *node) *node {
	left := p.byName[want.name]
	if len(left) == 0 {
		return nil
	}
	i, _ := slices.BinarySearch(left, p.last)
	i %= len(left)
	p.last = left[i]
	p.byName[want.name] = slices.Delete(left, i, i+1)
	return p.found[p.last]
}

// content is the children less those texts that are white space alone.
func content(n *node) []*node {
	return slices.DeleteFunc(slices.Clone(n.children), func(c *node) bool {
		return c.isText() && strings.TrimSpace(c.text) == ""
	})
}

// normal is a text with its white space as one space, none at the ends.
func normal(s string) string { return strings.Join(strings.Fields(s), " ") }

func isIgnore(text string) bool { return strings.TrimSpace(text) == "${xmlunit.ignore}" }

// text compares two texts; want may be a placeholder (XMLUnit
// PlaceholderDifferenceEvaluator).
func (p *Pattern) text(want, got string) bool {
	got = normal(got)
	switch want = normal(want); want {
	case got, "${xmlunit.ignore}":
		return true
	case "${xmlunit.isNumber}":
		_, err := strconv.ParseFloat(got, 64)
		return err == nil && strings.Trim(got, "+-.0123456789eE") == ""
	case "${xmlunit.isDateTime}":
		return isDateTime(got)
	}
	expr, ok := regexPlaceholder(want)
	return ok && p.placeholders[expr] != nil && p.placeholders[expr].MatchString(got)
}

// isDateTime reports whether s is an ISO 8601 date, or date and time.
func isDateTime(s string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly, "2006-01-02Z07:00"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}
