package expectations

import (
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Definition is how a [RequestMatcher] was written that is operations of an
// OpenAPI description (MockServer 7 OpenAPIDefinition). It is printed; what
// counts is what was made of it, which stands beside it.
type Definition struct {
	// Spec is the description, or as a string its text or where it is.
	Spec jsondoc.Value
	// OperationID is the operation; "" is any.
	OperationID string
	// ContextPath is put before every path.
	ContextPath string
}

// compileAny compiles the alternatives of m.
func (c *Compiled) compileAny(m *RequestMatcher, compile textCompiler) error {
	for _, one := range m.Any {
		alternative, err := compileMatcher(one, compile)
		if err != nil {
			return err
		}
		c.any = append(c.any, alternative)
	}
	return nil
}

// matchAny reports whether an alternative accepts the request, if there are
// any.
func (c *Compiled) matchAny(v *view) bool {
	return len(c.any) == 0 || slices.ContainsFunc(c.any, func(one *Compiled) bool { return one.match(v) })
}

// matchAnyHead is matchAny but for the body. An alternative that is inverted
// may accept the request for its body.
func (c *Compiled) matchAnyHead(v *view) bool {
	return len(c.any) == 0 || slices.ContainsFunc(c.any, func(one *Compiled) bool { return one.not || one.matchHead(v) })
}

// explainAny is why the alternative that comes closest does not accept the
// request.
func (c *Compiled) explainAny(v *view) []Mismatch {
	var closest []Mismatch
	for i, one := range c.any {
		why := one.explain(v)
		if i == 0 || countFields(why) < countFields(closest) {
			closest = why
		}
		if len(why) == 0 {
			return nil
		}
	}
	return closest
}

// nearness is how near the path of the request is to that of the nearest
// alternative.
func (c *Compiled) nearness(v *view) int {
	if len(c.any) == 0 {
		return c.path.nearness(v)
	}
	near := 0
	for _, one := range c.any {
		near = max(near, one.nearness(v))
	}
	return near
}

// alternatives are those of c, or c.
func (c *Compiled) alternatives() []*Compiled {
	if len(c.any) == 0 {
		return []*Compiled{c}
	}
	return c.any
}

// ofPath is the first alternative that has the path; nil for none.
func (m *RequestMatcher) ofPath(path string) *RequestMatcher {
	for _, one := range m.Any {
		if p, err := compilePath(one, compileText); err == nil && p.segments != nil && p.matchTemplate(path) {
			return one
		}
	}
	return nil
}
