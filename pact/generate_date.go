package pact

import (
	"fmt"
	"strings"
	"time"
)

// formatDate prints a time in a format of Java's DateTimeFormatter, so that the
// rule of the same format takes it.
func formatDate(t time.Time, format string) (string, error) {
	pattern, err := parseDatePattern(format)
	if err != nil {
		return "", fmt.Errorf("the format %q: %w", format, err)
	}
	var b strings.Builder
	for _, f := range pattern.fields {
		text := f.text
		if f.letter != 0 {
			var ok bool
			if text, ok = printedField(t, f.letter, f.count); !ok {
				return "", fmt.Errorf("the letters %q in the format %q are not supported", strings.Repeat(string(f.letter), f.count), format)
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// printedField prints one field of n equal letters.
func printedField(t time.Time, letter byte, n int) (text string, ok bool) {
	number := func(v int) (string, bool) { return fmt.Sprintf("%0*d", n, v), true }
	switch letter {
	case 'y', 'u':
		if n == 2 {
			return t.Format("06"), true
		}
		return number(t.Year())
	case 'M':
		switch {
		case n == 3:
			return t.Format("Jan"), true
		case n > 3:
			return t.Format("January"), true
		}
		return number(int(t.Month()))
	case 'L':
		text, _ := number(int(t.Month()))
		return text, n <= 2
	case 'd':
		return number(t.Day())
	case 'D':
		text, _ := number(t.YearDay())
		return text, n <= 3
	case 'Q', 'q':
		text, _ := number((int(t.Month()) + 2) / 3)
		return text, n <= 2
	case 'G':
		return "AD", n <= 3
	case 'E':
		if n > 3 {
			return t.Format("Monday"), true
		}
		return t.Format("Mon"), true
	case 'H':
		return number(t.Hour())
	case 'k':
		return number((t.Hour()+23)%24 + 1)
	case 'h':
		return number((t.Hour()+11)%12 + 1)
	case 'K':
		return number(t.Hour() % 12)
	case 'm':
		return number(t.Minute())
	case 's':
		return number(t.Second())
	case 'S':
		return fmt.Sprintf("%09d", t.Nanosecond())[:min(n, 9)], n <= 9
	case 'a':
		return t.Format("PM"), true
	case 'X', 'x', 'Z':
		return dateZone(t, letter, n)
	}
	return "", false
}

func dateZone(t time.Time, letter byte, n int) (text string, ok bool) {
	if _, offset := t.Zone(); offset == 0 && letter == 'X' {
		return "Z", true
	}
	switch {
	case letter == 'Z' && n <= 3, letter != 'Z' && n == 2:
		return t.Format("-0700"), true
	case letter != 'Z' && n == 1:
		return t.Format("-07"), true
	case letter != 'Z' && n == 3, letter == 'Z' && n == 5:
		return t.Format("-07:00"), true
	}
	return "", false
}
