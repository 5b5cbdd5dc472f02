package broker

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Selector chooses consumer versions whose contracts are to be verified
// (https://docs.pact.io/pact_broker/advanced_topics/consumer_version_selectors).
// The zero value of a field leaves it out.
type Selector struct {
	// MainBranch chooses the latest version of each consumer's main branch.
	MainBranch bool
	// Branch chooses the latest version of a branch, FallbackBranch where
	// there is none; MatchingBranch that of the provider's own branch.
	Branch, FallbackBranch string
	MatchingBranch         bool
	// Tag chooses all versions with a tag, the last alone with Latest;
	// FallbackTag where there is none. Latest alone is the last of all.
	Tag, FallbackTag string
	Latest           bool
	// Deployed, Released and DeployedOrReleased choose what runs in any
	// environment, or in Environment.
	Deployed, Released, DeployedOrReleased bool
	Environment                            string
	// Consumer narrows the selector to one consumer.
	Consumer string
}

// A selectorKey is a member of a selector in JSON: one of the two.
type selectorKey struct {
	name string
	flag func(*Selector) *bool
	text func(*Selector) *string
}

// selectorKeys are the members, in the order they are written.
func selectorKeys() []selectorKey {
	return []selectorKey{
		{"mainBranch", func(s *Selector) *bool { return &s.MainBranch }, nil},
		{"branch", nil, func(s *Selector) *string { return &s.Branch }},
		{"fallbackBranch", nil, func(s *Selector) *string { return &s.FallbackBranch }},
		{"matchingBranch", func(s *Selector) *bool { return &s.MatchingBranch }, nil},
		{"tag", nil, func(s *Selector) *string { return &s.Tag }},
		{"fallbackTag", nil, func(s *Selector) *string { return &s.FallbackTag }},
		{"latest", func(s *Selector) *bool { return &s.Latest }, nil},
		{"deployed", func(s *Selector) *bool { return &s.Deployed }, nil},
		{"released", func(s *Selector) *bool { return &s.Released }, nil},
		{"deployedOrReleased", func(s *Selector) *bool { return &s.DeployedOrReleased }, nil},
		{"environment", nil, func(s *Selector) *string { return &s.Environment }},
		{"consumer", nil, func(s *Selector) *string { return &s.Consumer }},
	}
}

// ParseSelectors reads selectors in JSON: one, or a list. An unknown member is
// an error: misspelt, it would choose other contracts than were meant.
func ParseSelectors(data []byte) ([]Selector, error) {
	root, err := jsondoc.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("consumer version selector: %w", err)
	}
	items := []jsondoc.Value{root}
	if root.Kind == jsondoc.KindArray {
		items = root.Items
	}
	selectors := make([]Selector, 0, len(items))
	for _, item := range items {
		s, err := readSelector(item)
		if err != nil {
			return nil, fmt.Errorf("consumer version selector %s: %w", item.AppendCompact(nil), err)
		}
		selectors = append(selectors, s)
	}
	return selectors, nil
}

func readSelector(v jsondoc.Value) (Selector, error) {
	var s Selector
	if v.Kind != jsondoc.KindObject {
		return s, fmt.Errorf("object expected, found %s", v.Kind)
	}
	if len(v.Members) == 0 {
		return s, errors.New("it chooses nothing")
	}
	keys := selectorKeys()
	for _, m := range v.Members {
		i := slices.IndexFunc(keys, func(k selectorKey) bool { return k.name == m.Name })
		if i < 0 {
			var known []string
			for _, k := range keys {
				known = append(known, k.name)
			}
			return s, fmt.Errorf("unknown member %q (there are %s)", m.Name, strings.Join(known, ", "))
		}
		switch k := keys[i]; {
		case k.flag != nil && m.Value.Kind == jsondoc.KindBool:
			*k.flag(&s) = m.Value.Bool
		case k.text != nil && m.Value.Kind == jsondoc.KindString:
			*k.text(&s) = m.Value.Text
		default:
			return s, fmt.Errorf("%s: a %s cannot be used here", m.Name, m.Value.Kind)
		}
	}
	return s, nil
}

func (s Selector) json() jsondoc.Value {
	var members []jsondoc.Member
	for _, k := range selectorKeys() {
		switch {
		case k.flag != nil && *k.flag(&s):
			members = append(members, jsondoc.M(k.name, jsondoc.Bool(true)))
		case k.text != nil:
			members = addText(members, k.name, *k.text(&s))
		}
	}
	return jsondoc.Object(members...)
}

// plain returns the tag of a selector that an old broker understands too: the
// latest of all ("") or of a tag.
func (s Selector) plain() (tag string, ok bool) {
	tag = s.Tag
	s.Tag = ""
	return tag, s == Selector{Latest: true}
}
