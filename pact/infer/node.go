package infer

import (
	"maps"
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A node is one place of the merged tree of JSON bodies: what was seen there.
type node struct {
	seen  int
	kinds [jsondoc.KindObject + 1]int
	// text is of the strings seen.
	text    textStat
	numbers numberStat
	// boolean is the first one.
	boolean bool
	list    *listStat
	object  *objectStat
}

// A numberStat is what is kept of numbers.
type numberStat struct {
	// integers and decimals are how many were written without and with a
	// fraction or an exponent.
	integers, decimals int
	// large says that an integer has more than 18 digits, which not every
	// reader takes for one, or is -0.
	large, secret bool
	first         string
	// values are the different ones, as many as needed.
	values map[string]bool
}

// manyNumbers is how many different numbers make sure that they have their
// form by rule.
const manyNumbers = 10

// A listStat is what is kept of arrays.
type listStat struct {
	// empty is how many had no items.
	empty int
	// most is how many items one had at most.
	most int
	// item is all items of all arrays.
	item node
}

// An objectStat is what is kept of objects.
type objectStat struct {
	count int
	// empty is how many had no members.
	empty   int
	members []*member
	index   map[string]int
	// folded is all members, once there were too many names to keep, and
	// example one of the names.
	folded  *node
	example string
}

type member struct {
	name string
	// present is how many objects have it.
	present int
	last    int
	value   node
}

// maxMembers bounds the names kept of one place.
const maxMembers = 256

// add merges a value into the place.
func (n *node) add(v jsondoc.Value, a *acceptors) {
	n.seen++
	switch v.Kind {
	case jsondoc.KindString:
		n.text.add(v.Text, a)
	case jsondoc.KindNumber:
		n.numbers.add(v.Text)
	case jsondoc.KindBool:
		if n.kinds[jsondoc.KindBool] == 0 {
			n.boolean = v.Bool
		}
	case jsondoc.KindArray:
		if n.list == nil {
			n.list = new(listStat)
		}
		if len(v.Items) == 0 {
			n.list.empty++
		}
		n.list.most = max(n.list.most, len(v.Items))
		for i := range v.Items {
			n.list.item.add(v.Items[i], a)
		}
	case jsondoc.KindObject:
		if n.object == nil {
			n.object = new(objectStat)
		}
		n.object.add(v, a)
	case jsondoc.KindNull:
	}
	n.kinds[v.Kind]++
}

func (s *numberStat) add(text string) {
	if s.first == "" {
		s.first = text
	}
	s.secret = s.secret || text == expectations.PlaceholderDigits
	if jsondoc.IsInteger(text) {
		s.integers++
		s.large = s.large || len(text) > 18 || text == "-0"
	} else {
		s.decimals++
	}
	if len(s.values) < manyNumbers && !s.values[text] {
		if s.values == nil {
			s.values = make(map[string]bool)
		}
		s.values[text] = true
	}
}

func (s *objectStat) add(v jsondoc.Value, a *acceptors) {
	s.count++
	if len(v.Members) == 0 {
		s.empty++
	}
	for i := range v.Members {
		m := &v.Members[i]
		if s.folded != nil {
			s.folded.add(m.Value, a)
			continue
		}
		have := s.find(i, m.Name)
		if have == nil {
			have = s.newMember(m.Name)
		}
		if have == nil {
			s.folded.add(m.Value, a)
			continue
		}
		if have.last != s.count {
			have.last = s.count
			have.present++
		}
		have.value.add(m.Value, a)
	}
}

// find looks for a member, first at the place where it was before.
func (s *objectStat) find(hint int, name string) *member {
	if hint < len(s.members) && s.members[hint].name == name {
		return s.members[hint]
	}
	if i, ok := s.index[name]; ok {
		return s.members[i]
	}
	return nil
}

// newMember adds a name; nil says that there were too many and they have been
// folded.
func (s *objectStat) newMember(name string) *member {
	if len(s.members) >= maxMembers {
		s.fold()
		return nil
	}
	if s.index == nil {
		s.index = make(map[string]int)
	}
	m := &member{name: name}
	s.index[name] = len(s.members)
	s.members = append(s.members, m)
	return m
}

// fold gives up the names.
func (s *objectStat) fold() {
	s.folded, s.example = s.together(), s.members[0].name
	s.members, s.index = nil, nil
}

// together is the values of all members as those of one place.
func (s *objectStat) together() *node {
	all := new(node)
	for _, m := range s.members {
		all.merge(&m.value)
	}
	return all
}

// merge adds what another place saw, and leaves that as it is.
func (n *node) merge(o *node) {
	if o.kinds[jsondoc.KindBool] > 0 && n.kinds[jsondoc.KindBool] == 0 {
		n.boolean = o.boolean
	}
	n.seen += o.seen
	for k := range n.kinds {
		n.kinds[k] += o.kinds[k]
	}
	n.text.merge(&o.text)
	n.numbers.merge(&o.numbers)
	if o.list != nil {
		if n.list == nil {
			n.list = new(listStat)
		}
		n.list.empty += o.list.empty
		n.list.most = max(n.list.most, o.list.most)
		n.list.item.merge(&o.list.item)
	}
	if o.object != nil {
		if n.object == nil {
			n.object = new(objectStat)
		}
		n.object.merge(o.object)
	}
}

func (s *numberStat) merge(o *numberStat) {
	if s.first == "" {
		s.first = o.first
	}
	s.integers += o.integers
	s.decimals += o.decimals
	s.large = s.large || o.large
	s.secret = s.secret || o.secret
	if len(o.values) > 0 {
		values := maps.Clone(o.values)
		maps.Copy(values, s.values)
		s.values = values
	}
}

func (s *objectStat) merge(o *objectStat) {
	s.count += o.count
	s.empty += o.empty
	if o.folded != nil {
		if s.folded == nil {
			all := s.together()
			s.folded, s.example = all, o.example
			s.members, s.index = nil, nil
		}
		s.folded.merge(o.folded)
		return
	}
	for _, m := range o.members {
		if s.folded != nil {
			s.folded.merge(&m.value)
			continue
		}
		have := s.find(0, m.name)
		if have == nil {
			have = s.newMember(m.name)
		}
		if have == nil {
			s.folded.merge(&m.value)
			continue
		}
		have.present += m.present
		have.value.merge(&m.value)
	}
}

// scalars are the kinds of scalars seen, without null.
func (n *node) scalars() []jsondoc.Kind {
	var out []jsondoc.Kind
	for _, k := range [...]jsondoc.Kind{jsondoc.KindString, jsondoc.KindNumber, jsondoc.KindBool} {
		if n.kinds[k] > 0 {
			out = append(out, k)
		}
	}
	return out
}

// dynamic reports whether objects of the place are maps, whose names are data:
// and the node of all their values, and a name for the example.
func (s *objectStat) dynamic() (values *node, name string, ok bool) {
	if s.folded != nil {
		return s.folded, s.example, true
	}
	if len(s.members) == 0 {
		return nil, "", false
	}
	ids, everywhere := true, false
	for _, m := range s.members {
		ids = ids && classes[classify(m.name)].name != "" && classify(m.name) != classSecret
		everywhere = everywhere || m.present == s.count
	}
	// Names that no object has to have, three or more, and whose values are
	// alike: a record has at least one member that is always there.
	if !ids && (everywhere || len(s.members) < 3 || s.count < 2) || !s.alike() {
		return nil, "", false
	}
	return s.together(), s.members[0].name, true
}

// alike reports whether the values of all members have one shape.
func (s *objectStat) alike() bool {
	first := &s.members[0].value
	return !slices.ContainsFunc(s.members[1:], func(m *member) bool { return !first.like(&m.value) })
}

// like reports whether two places saw the same kind of values, and objects of
// the same names.
func (n *node) like(o *node) bool {
	for k := range n.kinds {
		if k != int(jsondoc.KindNull) && (n.kinds[k] > 0) != (o.kinds[k] > 0) {
			return false
		}
	}
	if n.object == nil || o.object == nil {
		return true
	}
	if len(n.object.members) != len(o.object.members) {
		return false
	}
	for _, m := range n.object.members {
		if o.object.find(0, m.name) == nil {
			return false
		}
	}
	return true
}

// leaves counts the scalars below a place; a list or a map without any counts
// as one.
func (n *node) leaves() int {
	count := 0
	if len(n.scalars()) > 0 || n.seen == n.kinds[jsondoc.KindNull] {
		count++
	}
	if n.list != nil {
		count += max(1, n.list.item.leaves())
	}
	if n.object != nil {
		if values, _, ok := n.object.dynamic(); ok {
			return count + values.leaves()
		}
		for _, m := range n.object.members {
			count += m.value.leaves()
		}
	}
	return count
}
