package pact

import (
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A Filter narrows a set of expectations. The zero value takes all.
type Filter struct {
	// Host is one origin server: captured expectations of that authority, and
	// user-made ones whose Host condition allows it. A host without a port
	// stands for all its ports. "" is all.
	Host string
	// Origin is [expectations.OriginCaptured] for what recording learned, or
	// one of the others for what was made by hand or imported. "" is all.
	Origin expectations.Origin
}

// Takes reports whether the filter lets an expectation pass.
func (f Filter) Takes(e *expectations.Expectation) bool {
	captured := e.Origin == expectations.OriginCaptured
	if f.Origin != "" && captured != (f.Origin == expectations.OriginCaptured) {
		return false
	}
	switch {
	case f.Host == "":
		return true
	case captured:
		return e.Authority == "" || sameHost(f.Host, e.Authority)
	}
	return allowsHost(e.Request, f.Host)
}

// sameHost reports whether an authority belongs to a host, which stands for
// all its ports if it names none.
func sameHost(host, authority string) bool {
	host, authority = strings.ToLower(host), strings.ToLower(authority)
	if host == authority {
		return true
	}
	port, ok := strings.CutPrefix(authority, host+":")
	return ok && port != "" && strings.Trim(port, "0123456789") == ""
}

// allowsHost reports whether a matcher's Host condition, if it has one, is
// that of the host.
func allowsHost(m *expectations.RequestMatcher, host string) bool {
	if m == nil {
		return true
	}
	for _, entry := range m.Headers.Entries {
		if !strings.EqualFold(entry.Name.Value, "Host") || entry.Name.Not {
			continue
		}
		for _, v := range entry.Values {
			if !v.Not && v.Value != "" && !sameHost(host, v.Value) {
				return false
			}
		}
	}
	return true
}
