package infer

import (
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A fieldStat is what is kept of the values of one name: a query parameter, a
// field of a form or a header.
type fieldStat struct {
	name string
	// samples is how many messages have it.
	samples int
	// first are the values of the earliest.
	first []string
	// uneven says that not all have as many values.
	uneven bool
	// lines says that a message has other values than the first.
	varied bool
	text   textStat
}

// fieldSet is the names of one part of a group's messages, in the order of
// the earliest.
type fieldSet struct {
	fields []*fieldStat
	index  map[string]*fieldStat
}

// maxFields bounds the names kept of one part of a message.
const maxFields = 512

// add merges the values of a name.
func (s *fieldSet) add(name string, values []string, a *acceptors) {
	f := s.index[name]
	if f == nil {
		if len(s.fields) >= maxFields {
			return
		}
		if s.index == nil {
			s.index = make(map[string]*fieldStat)
		}
		f = &fieldStat{name: name, first: slices.Clone(values)}
		for i := range f.first {
			f.first[i] = strings.Clone(f.first[i])
		}
		s.index[name] = f
		s.fields = append(s.fields, f)
	}
	f.samples++
	f.uneven = f.uneven || len(values) != len(f.first)
	f.varied = f.varied || !slices.Equal(values, f.first)
	for _, v := range values {
		f.text.add(v, a)
	}
}

// addParams merges the parameters of a query or a form.
func (s *fieldSet) addParams(params []expectations.Param, a *acceptors) {
	for i, p := range params {
		if slices.ContainsFunc(params[:i], func(q expectations.Param) bool { return q.Name == p.Name }) {
			continue
		}
		var values []string
		for _, q := range params[i:] {
			if q.Name == p.Name {
				values = append(values, q.Value)
			}
		}
		s.add(p.Name, values, a)
	}
}

// names are the different names of parameters, sorted.
func names(params []expectations.Param) []string {
	out := make([]string, 0, len(params))
	for _, p := range params {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// paging reports whether a parameter is called like one that says which part
// of a result is wanted, or that defeats caches: its value is data even if it
// was seen once.
func paging(name string) bool {
	switch strings.ToLower(name) {
	case "page", "limit", "offset", "cursor", "since", "until", "ts", "_", "per_page", "perpage", "pagesize",
		"page_size", "size", "skip", "take", "after", "before", "start", "end", "from", "to", "timestamp", "nonce":
		return true
	}
	return false
}
