package infer

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A format is a kind of text that strings can have in common.
type format struct {
	// what names it in reports.
	what string
	// match and attribute are the matching rule: its name and, for a regex
	// the expression, for a date its format in the letters of Java.
	match, attribute string
	// fits is a quick test that holds for nothing the rule refuses, as far
	// as it can tell; the rule has the last word.
	fits func(s string) bool
	// one says that one value suffices to know it.
	one bool
}

const (
	isoDate  = "yyyy-MM-dd"
	isoTime  = isoDate + "'T'HH:mm:ss"
	sqlTime  = isoDate + " HH:mm:ss"
	isoAny   = `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?`
	isoZone  = `(?:Z|[+-]\d{2}(?::?\d{2})?)`
	httpDate = `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$`
)

// formats are those that are looked for. The first that all values of a place
// have in common is taken, so a narrow one goes before a wide one.
var formats = [...]format{
	{"UUID", "regex", "^" + `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}` + "$", isUUID, true},
	{"ULID", "regex", "^" + `[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}` + "$", isULID, false},
	{"date and time", "datetime", isoTime + "XXX", stamped('T', 0, zoneColon), true},
	{"date and time with milliseconds", "datetime", isoTime + ".SSSXXX", stamped('T', 3, zoneColon), true},
	{"date and time with microseconds", "datetime", isoTime + ".SSSSSSXXX", stamped('T', 6, zoneColon), true},
	{"date and time with nanoseconds", "datetime", isoTime + ".SSSSSSSSSXXX", stamped('T', 9, zoneColon), false},
	{"date and time without zone", "datetime", isoTime, stamped('T', 0, zoneNone), true},
	{"date and time with milliseconds, without zone", "datetime", isoTime + ".SSS", stamped('T', 3, zoneNone), true},
	{"date and time with microseconds, without zone", "datetime", isoTime + ".SSSSSS", stamped('T', 6, zoneNone), true},
	{"date and time with a blank", "datetime", sqlTime, stamped(' ', 0, zoneNone), true},
	{"date and time (ISO 8601)", "regex", isoAny + isoZone + "$", stamped('T', anyDigits, zoneAny), true},
	{"date and time without zone (ISO 8601)", "regex", isoAny + "$", stamped('T', anyDigits, zoneNone), true},
	{"date and time of HTTP", "regex", httpDate, func(s string) bool { return len(s) == 29 && strings.HasSuffix(s, " GMT") }, true},
	{"date", "date", isoDate, isDate, true},
	{"time of day", "time", "HH:mm:ss", func(s string) bool {
		return len(s) == 8 && s[2] == ':' && s[5] == ':' && isDigits(s[:2]+s[3:5]+s[6:])
	}, true},
	{"e-mail address", "regex", `^[^@\s]+@[^@\s]+\.[^@\s]+$`, isEmail, false},
	{"URL", "regex", `^https?://\S+$`, isURL, false},
	{"IPv4 address", "regex", `^\d{1,3}(?:\.\d{1,3}){3}$`, isIPv4, false},
	{"semantic version", "regex", `^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$`, isSemver, false},
	{"JWT", "regex", `^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`, isJWT, false},
	{"hexadecimal", "regex", `^[0-9a-fA-F]{12,}$`, func(s string) bool {
		return len(s) >= 12 && isHex(s) && strings.ContainsAny(s, "0123456789") && !isDigits(s)
	}, false},
}

// formatSet is a set of formats by index.
type formatSet uint32

// allFormats is the set of every format.
const allFormats formatSet = 1<<len(formats) - 1

// matcher is the format's rule.
func (f format) matcher() pact.Matcher {
	key := "format"
	if f.match == "regex" {
		key = "regex"
	}
	return pact.Matcher{Value: jsondoc.Object(
		jsondoc.M("match", jsondoc.String(f.match)), jsondoc.M(key, jsondoc.String(f.attribute)))}
}

// acceptors are the conditions of the formats' rules, compiled once for an
// inference.
type acceptors [len(formats)]func(string) bool

func newAcceptors() *acceptors {
	a := new(acceptors)
	for i, f := range formats {
		accepts, err := f.matcher().Accepts()
		if err != nil {
			accepts = func(string) bool { return false }
		}
		a[i] = accepts
	}
	return a
}

// narrow removes from the set the formats that a text does not have.
func (a *acceptors) narrow(set formatSet, text string) formatSet {
	for i := range formats {
		if bit := formatSet(1) << i; set&bit != 0 && (!formats[i].fits(text) || !a[i](text)) {
			set &^= bit
		}
	}
	return set
}

// first is the format to take of those that are left.
func (s formatSet) first(single bool) (format, bool) {
	for i, f := range formats {
		if s&(1<<i) != 0 && (f.one || !single) {
			return f, true
		}
	}
	return format{}, false
}

// What a stamp says of its zone.
type zoneForm uint8

const (
	zoneNone zoneForm = iota
	// zoneColon is Z or ±hh:mm.
	zoneColon
	zoneAny
)

const anyDigits = -1

// stamped tests for a date and a time with a letter between them, a number of
// digits of fraction, and a zone.
func stamped(between byte, digits int, zone zoneForm) func(string) bool {
	return func(s string) bool {
		if len(s) < 19 || !isDate(s[:10]) || s[10] != between || s[13] != ':' || s[16] != ':' ||
			!isDigits(s[11:13]) || !isDigits(s[14:16]) || !isDigits(s[17:19]) {
			return false
		}
		rest := s[19:]
		n := 0
		if strings.HasPrefix(rest, ".") {
			n = len(rest[1:]) - len(strings.TrimLeft(rest[1:], "0123456789"))
			if n == 0 {
				return false
			}
			rest = rest[1+n:]
		}
		if digits != anyDigits && digits != n {
			return false
		}
		return zone.fits(rest)
	}
}

func (z zoneForm) fits(s string) bool {
	switch {
	case z == zoneNone:
		return s == ""
	case s == "Z":
		return true
	case s == "" || s[0] != '+' && s[0] != '-':
		return false
	case len(s) == 6 && s[3] == ':':
		return isDigits(s[1:3]) && isDigits(s[4:])
	}
	return z == zoneAny && (len(s) == 3 || len(s) == 5) && isDigits(s[1:])
}

func isURL(s string) bool {
	if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != ""
}

func isIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

func isSemver(s string) bool {
	core, _, _ := strings.Cut(s, "-")
	core, _, _ = strings.Cut(core, "+")
	parts := strings.Split(core, ".")
	return len(parts) == 3 && isDigits(parts[0]) && isDigits(parts[1]) && isDigits(parts[2])
}

func isJWT(s string) bool { return strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") == 2 }
