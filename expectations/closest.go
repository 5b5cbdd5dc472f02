package expectations

// Closest returns the expectation that fails on the fewest fields of the
// request and all its reasons, nil if there is no expectation. Among equals
// the one whose path has the most in common with the request's is closest,
// then the first in order. One that matches has no mismatches.
//
// It looks at every expectation: it is for telling a person why, not for the
// path of each request.
func (s *Set) Closest(req *Request) (*Expectation, []Mismatch) {
	v := newView(req)
	var best *item
	fewest, nearest := MatcherFields+1, -1
	for _, it := range s.current.Load().all(s.now) {
		misses := it.compiled.misses(&v, fewest)
		if misses > fewest {
			continue
		}
		near := it.compiled.nearness(&v)
		if misses < fewest || near > nearest {
			best, fewest, nearest = it, misses, near
		}
	}
	if best == nil {
		return nil, nil
	}
	return best.current(), best.compiled.explain(&v)
}

// MatcherFields is how many fields a [RequestMatcher] has, by the names of
// [Mismatch].
const MatcherFields = 10

// countFields is how many fields mismatches are about.
func countFields(all []Mismatch) int {
	seen := make(map[string]bool, len(all))
	for _, m := range all {
		seen[m.Field] = true
	}
	return len(seen)
}

// misses counts the fields the request fails on. It may stop counting above
// limit.
func (c *Compiled) misses(v *view, limit int) int {
	if c.not {
		if c.match(v) {
			return 0
		}
		return 1
	}
	m, n := c.source, 0
	if m.Contract != nil || c.any != nil {
		return countFields(c.explain(v))
	}
	miss := func(ok bool) {
		if !ok {
			n++
		}
	}
	miss(c.method.match(v.req.Method))
	miss(c.path.match(v))
	miss(m.KeepAlive == nil || *m.KeepAlive == v.req.KeepAlive)
	miss(m.Secure == nil || *m.Secure == v.req.Secure)
	miss(m.Protocol == "" || m.Protocol == protocolName(v.req.Protocol))
	if n > limit {
		return n
	}
	miss(c.path.matchParams(v))
	miss(c.headers.matchHeaders(v))
	miss(len(c.cookies.entries) == 0 || c.cookies.match(c.cookies.ofCookies(v)))
	miss(len(c.query.entries) == 0 || c.query.match(c.query.ofQuery(v)))
	if n > limit {
		return n
	}
	miss(c.matchBody(v))
	return n
}

// nearness is how much of the request's path the condition has in common
// with it: the bytes equal ignoring case at the beginning.
func (p *pathMatcher) nearness(v *view) int {
	path, want := v.req.Path, p.text.value
	if p.match(v) {
		return len(path) + 1
	}
	n := 0
	for n < len(path) && n < len(want) && lower(path[n]) == lower(want[n]) {
		n++
	}
	return n
}
