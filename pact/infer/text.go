package infer

import "strings"

// A textStat is what is kept of the texts seen in one place.
type textStat struct {
	n     int
	first string
	// varied says that not all are like the first.
	varied bool
	// empty, secret: how many were empty or a placeholder for a secret.
	empty, secret int
	formats       formatSet
	// digits says that all are unsigned integers of at most 18 digits.
	digits bool
	// values counts the different ones, unless they became too many or too
	// long.
	values   []counted
	overflow bool
}

type counted struct {
	text string
	n    int
}

// Bounds of what is kept of values.
const (
	maxValues      = 8
	maxValueLength = 64
)

func (t *textStat) add(s string, a *acceptors) {
	if t.n == 0 {
		t.first, t.formats, t.digits = strings.Clone(s), allFormats, true
	}
	t.n++
	if redacted(s) {
		t.secret++
		return
	}
	t.varied = t.varied || s != t.first
	if t.count(s) {
		return // all that can be said of it is known
	}
	if s == "" {
		t.empty++
	}
	t.digits = t.digits && isDigits(s) && len(s) <= 18
	if t.formats != 0 {
		t.formats = a.narrow(t.formats, s)
	}
}

// count counts a value; known says that it was seen before.
func (t *textStat) count(s string) (known bool) {
	if t.overflow {
		return false
	}
	for i := range t.values {
		if t.values[i].text == s {
			t.values[i].n++
			if s == "" {
				t.empty++
			}
			return true
		}
	}
	if len(t.values) >= maxValues || len(s) > maxValueLength {
		t.values, t.overflow = nil, true
		return false
	}
	t.values = append(t.values, counted{strings.Clone(s), 1})
	return false
}

// distinct is how many different values were seen, at least.
func (t *textStat) distinct() int {
	switch {
	case t.overflow && t.varied:
		return maxValues + 1
	case t.overflow:
		return 1
	}
	return len(t.values)
}

// merge adds what another place saw.
func (t *textStat) merge(o *textStat) {
	if o.n == 0 {
		return
	}
	if t.n == 0 {
		*t = *o
		t.values = append([]counted(nil), o.values...)
		return
	}
	t.n += o.n
	t.empty += o.empty
	t.secret += o.secret
	t.varied = t.varied || o.varied || t.first != o.first
	t.formats &= o.formats
	t.digits = t.digits && o.digits
	if t.overflow || o.overflow {
		t.values, t.overflow = nil, true
		return
	}
	for _, v := range o.values {
		t.join(v)
	}
}

func (t *textStat) join(v counted) {
	for i := range t.values {
		if t.values[i].text == v.text {
			t.values[i].n += v.n
			return
		}
	}
	if t.values = append(t.values, v); len(t.values) > maxValues {
		t.values, t.overflow = nil, true
	}
}

// format is the format that all values have.
func (t *textStat) format() (format, bool) {
	if t.empty > 0 || t.secret > 0 || t.n == 0 {
		return format{}, false
	}
	return t.formats.first(t.distinct() < 2)
}

// enumeration are the values of a place that many samples show to have few:
// identifier-like ones, each seen twice.
func (t *textStat) enumeration() ([]counted, bool) {
	if t.n < 10 || t.secret > 0 || t.overflow || len(t.values) == 0 || len(t.values) > 6 {
		return nil, false
	}
	for _, v := range t.values {
		if v.n < 2 || !identifierLike(v.text) {
			return nil, false
		}
	}
	return t.values, true
}

func identifierLike(s string) bool {
	if s == "" || len(s) > 40 || isDigits(s[:1]) {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
