package infer

import (
	"strings"
)

// A class is what one segment of a path looks like.
type class uint8

const (
	classLiteral class = iota
	classInteger
	classUUID
	classULID
	classHex
	classSecret
	// The rest need several samples to be told from a name.
	classDate
	classEmail
	classToken
	// classGiven is a parameter of a template that was handed in.
	classGiven
)

// classes are the classes of segments: the name a parameter of the class
// gets, an expression for it that Java, Ruby and RE2 read alike, and whether
// one value suffices to know it.
var classes = [...]struct {
	name, pattern, what string
	strong              bool
}{
	classLiteral: {"", "", "a name", false},
	classInteger: {"id", `\d+`, "an integer", true},
	classUUID:    {"uuid", `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`, "a UUID", true},
	classULID:    {"ulid", `[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}`, "a ULID", true},
	classHex:     {"hex", `[0-9a-fA-F]{12,}`, "hexadecimal", true},
	classSecret:  {"secret", `[^/]+`, "redacted", true},
	classDate:    {"date", `\d{4}-\d{2}-\d{2}`, "a date", false},
	classEmail:   {"email", `[^/]+(?:@|%40)[^/]+`, "an e-mail address", false},
	classToken:   {"token", `[A-Za-z0-9_~.-]{16,}`, "an opaque token", false},
	classGiven:   {"", `[^/]+`, "given", true},
}

// classify says what a segment looks like by itself.
func classify(s string) class {
	switch {
	case s == "":
		return classLiteral
	case isDigits(s):
		return classInteger
	case redacted(s):
		return classSecret
	case isUUID(s):
		return classUUID
	case isULID(s):
		return classULID
	case len(s) >= 12 && isHex(s) && strings.ContainsAny(s, "0123456789"):
		return classHex
	case isDate(s):
		return classDate
	case isEmail(s):
		return classEmail
	case isToken(s):
		return classToken
	}
	return classLiteral
}

// segmentClasses says what the segments of a path are by themselves and by
// where they stand: the first is a parameter only if it is a UUID or a ULID,
// which no route is called, and a small number after "api" or the like is a
// version.
func segmentClasses(segments []string) []class {
	out := make([]class, len(segments))
	for i, s := range segments {
		c := classify(s)
		switch {
		case c == classLiteral, c == classUUID, c == classULID, c == classSecret:
		case i == 0:
			c = classLiteral
		case c == classInteger && len(s) <= 2 && versioned(segments[i-1]):
			c = classLiteral
		}
		out[i] = c
	}
	return out
}

func versioned(before string) bool {
	switch strings.ToLower(before) {
	case "api", "rest", "v", "version", "versions":
		return true
	}
	return false
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
		isHex(s[:8]) && isHex(s[9:13]) && isHex(s[14:18]) && isHex(s[19:23]) && isHex(s[24:])
}

// isULID wants digits too: 26 letters may be a word.
func isULID(s string) bool {
	if len(s) != 26 || s[0] < '0' || s[0] > '7' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", rune(c)) {
			return false
		}
	}
	return true
}

func isDate(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && isDigits(s[:4]) && isDigits(s[5:7]) && isDigits(s[8:])
}

func isEmail(s string) bool {
	local, domain, ok := strings.Cut(strings.ReplaceAll(s, "%40", "@"), "@")
	return ok && local != "" && !strings.ContainsAny(local, " /<>") && strings.Contains(domain, ".") &&
		!strings.ContainsAny(domain, " @/<>") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

// isToken wants 16 characters or more that mix letters and digits in one
// piece, as names with a number at the end do not.
func isToken(s string) bool {
	if len(s) < 16 {
		return false
	}
	changes, kind := 0, byte(0)
	for i := range len(s) {
		now := byte('a')
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			now = '0'
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case strings.IndexByte("_~.-", c) >= 0:
			continue
		default:
			return false
		}
		if kind != 0 && kind != now {
			changes++
		}
		kind = now
	}
	return changes >= 3
}

// quote is an expression for a literal text.
func quote(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`\.+*?()|[]{}^$`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// singular is a plain guess at the singular of a collection's name, e.g.
// "order" for "orders" and "category" for "categories".
func singular(noun string) string {
	noun = strings.NewReplacer("-", " ", "_", " ").Replace(noun)
	lower := strings.ToLower(noun)
	for _, end := range [...]struct{ plural, singular string }{
		{"ies", "y"},
		{"sses", "ss"},
		{"ches", "ch"},
		{"shes", "sh"},
		{"xes", "x"},
		{"uses", "us"},
		{"ss", "ss"},
		{"us", "us"},
		{"is", "is"},
		{"s", ""},
	} {
		if strings.HasSuffix(lower, end.plural) && len(lower) > len(end.plural)+1 {
			return noun[:len(noun)-len(end.plural)] + end.singular
		}
	}
	return noun
}
