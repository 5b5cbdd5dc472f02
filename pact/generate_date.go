package pact

import (
	"fmt"
	"strings"
	"time"
)

// formatDate prints a time in a format of Java's DateTimeFormatter.
func formatDate(t time.Time, format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); {
		c := format[i]
		n := len(format[i:]) - len(strings.TrimLeft(format[i:], string(c)))
		switch {
		case c == '\'':
			end := strings.IndexByte(format[i+1:], '\'')
			switch end {
			case -1:
				return "", fmt.Errorf("unterminated quote in the format %q", format)
			case 0:
				b.WriteByte('\'')
			default:
				b.WriteString(format[i+1 : i+1+end])
			}
			i += end + 2
			continue
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			text, ok := printedField(t, c, n)
			if !ok {
				return "", fmt.Errorf("the letters %q in the format %q are not supported", strings.Repeat(string(c), n), format)
			}
			b.WriteString(text)
			i += n
			continue
		}
		b.WriteByte(c)
		i++
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
	case 'M', 'L':
		switch n {
		case 3:
			return t.Format("Jan"), true
		case 4:
			return t.Format("January"), true
		}
		return number(int(t.Month()))
	case 'd':
		return number(t.Day())
	case 'D':
		return number(t.YearDay())
	case 'E':
		if n == 4 {
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
