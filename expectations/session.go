package expectations

import (
	"fmt"
	"strings"
)

// A SessionID names a space. The zero value is MockServer's single space; it
// prints as "default". See [ParseSessionID].
type SessionID string

// A Mode says what the proxy does with traffic in a space (MockServer
// MockMode). Package proxy gives it its meaning.
type Mode string

const (
	// Simulate answers everything from expectations.
	Simulate Mode = "SIMULATE"
	// Spy answers from user-made expectations, forwards and records the rest.
	Spy Mode = "SPY"
	// Capture forwards and records everything.
	Capture Mode = "CAPTURE"
)

// DefaultSession is how the empty [SessionID] prints.
const DefaultSession = "default"

// maxSessionID is the longest session name, in bytes. It keeps a name usable
// as a directory name everywhere.
const maxSessionID = 64

// ParseSessionID checks a session name from outside: 1 to 64 of the
// characters a-z, 0-9, dot, underscore and hyphen, but not "." or "..", since
// recordings live in a directory of that name. The empty string and
// "default" both name MockServer's single space, the empty id.
func ParseSessionID(s string) (SessionID, error) {
	if s == "" || s == DefaultSession {
		return "", nil
	}
	if len(s) > maxSessionID {
		return "", fmt.Errorf("session name is longer than %d characters", maxSessionID)
	}
	if s == "." || s == ".." {
		return "", fmt.Errorf("session name %q is not allowed", s)
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return "", fmt.Errorf("session name %q has characters other than a-z, 0-9, '.', '_' and '-'", s)
		}
	}
	return SessionID(s), nil
}

// String returns the name, "default" for the empty id.
func (id SessionID) String() string {
	if id == "" {
		return DefaultSession
	}
	return string(id)
}

// ParseMode reads a mode name in any case. The error text is MockServer's.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(strings.ToUpper(s)); m {
	case Simulate, Spy, Capture:
		return m, nil
	}
	return "", fmt.Errorf("unknown mode '%s' (expected one of SIMULATE, SPY, CAPTURE)", s)
}
