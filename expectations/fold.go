package expectations

import (
	"unicode"
	"unicode/utf8"
)

// appendFold appends s with every letter replaced by the canonical one of
// those equal to it ignoring case, so that two strings fold to the same bytes
// if and only if [equalFold] holds. Bytes that are not UTF-8 stay.
func appendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = append(dst, lower(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, c)
		} else {
			dst = utf8.AppendRune(dst, foldRune(r))
		}
		i += size
	}
	return dst
}

// foldRune returns the canonical rune of those equal to r ignoring case
// (Unicode simple folding, as in package regexp). For ASCII letters it is the
// lower-case one.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least
}

// equalFold reports whether a and b are equal ignoring case.
func equalFold(a, b string) bool {
	if a == b {
		return true
	}
	for i := 0; ; i++ {
		if i == len(a) || i == len(b) {
			return len(a) == len(b)
		}
		x, y := a[i], b[i]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			return string(appendFold(nil, a[i:])) == string(appendFold(nil, b[i:]))
		}
		if x != y && lower(x) != lower(y) {
			return false
		}
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
