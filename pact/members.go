package pact

import "github.com/pactape/pactape/expectations/jsondoc"

// members are the members of an object by name. Of duplicates the last one
// counts, as in most JSON parsers.
type members struct {
	list []jsondoc.Member
	// byName is nil for small objects without duplicates, which are scanned.
	byName map[string]int
}

// Objects of up to so many members are scanned rather than indexed.
const scanned = 8

func newMembers(v jsondoc.Value) members {
	m := members{list: v.Members}
	if len(m.list) <= scanned && !m.duplicated() {
		return m
	}
	m.byName = make(map[string]int, len(m.list))
	for i := range m.list {
		m.byName[m.list[i].Name] = i
	}
	return m
}

func (m members) duplicated() bool {
	for i := range m.list {
		for j := range m.list[:i] {
			if m.list[i].Name == m.list[j].Name {
				return true
			}
		}
	}
	return false
}

func (m members) len() int {
	if m.byName != nil {
		return len(m.byName)
	}
	return len(m.list)
}

func (m members) get(name string) (jsondoc.Value, bool) {
	if m.byName != nil {
		i, ok := m.byName[name]
		if !ok {
			return jsondoc.Value{}, false
		}
		return m.list[i].Value, true
	}
	for i := range m.list {
		if m.list[i].Name == name {
			return m.list[i].Value, true
		}
	}
	return jsondoc.Value{}, false
}

// each calls f with every member that counts, in order.
func (m members) each(f func(name string, v jsondoc.Value)) {
	for i := range m.list {
		if m.byName == nil || m.byName[m.list[i].Name] == i {
			f(m.list[i].Name, m.list[i].Value)
		}
	}
}

// first is the member whose name sorts first.
func (m members) first() (v jsondoc.Value, ok bool) {
	name := ""
	m.each(func(n string, value jsondoc.Value) {
		if !ok || n < name {
			name, v, ok = n, value, true
		}
	})
	return v, ok
}
