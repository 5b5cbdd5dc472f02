package pact

import (
	"strings"
	"time"
)

// dateWords are those of date expressions.
type dateWords struct{}

func (dateWords) base(now time.Time, n int, tokens []string) (t time.Time, used int, ok bool) {
	if n != 0 || len(tokens) == 0 {
		return now, 0, false
	}
	days, ok := map[string]int{"now": 0, "today": 0, "tomorrow": 1, "yesterday": -1}[tokens[0]]
	return now.AddDate(0, 0, days), 1, ok
}

func (w dateWords) unit(t time.Time, n int, unit string, written bool) (time.Time, bool) {
	name := unit
	if written {
		name = strings.TrimSuffix(unit, "s")
	}
	switch name {
	case "day":
		return t.AddDate(0, 0, n), true
	case "week":
		return t.AddDate(0, 0, 7*n), true
	case "month":
		return addMonths(t, n), true
	case "year":
		if moved := t.AddDate(n, 0, 0); moved.Day() == t.Day() {
			return moved, true
		}
		// There is no 29 February in that year: as in the reference the date
		// stays as it is.
		return t, true
	}
	if written {
		return t, false
	}
	return w.named(t, n, unit)
}

// named moves to the next or the last weekday or month of a name, which is
// never the present one; a month from its first day on.
func (dateWords) named(t time.Time, n int, name string) (time.Time, bool) {
	if name == "fortnight" {
		return t.AddDate(0, 0, 14*n), true
	}
	if day, ok := weekdayNames()[name]; ok {
		days := (int(day-t.Weekday())*n + 7) % 7
		if days == 0 {
			days = 7
		}
		return t.AddDate(0, 0, days*n), true
	}
	month, ok := monthNames()[name]
	if !ok {
		return t, false
	}
	year := t.Year()
	if later := month > t.Month(); n > 0 && !later {
		year++
	} else if earlier := month < t.Month(); n < 0 && !earlier {
		year--
	}
	return time.Date(year, month, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()), true
}

func weekdayNames() map[string]time.Weekday {
	return map[string]time.Weekday{
		"monday": time.Monday, "mon": time.Monday, "tuesday": time.Tuesday, "tues": time.Tuesday,
		"wednesday": time.Wednesday, "wed": time.Wednesday, "thursday": time.Thursday, "thurs": time.Thursday,
		"friday": time.Friday, "fri": time.Friday, "saturday": time.Saturday, "sat": time.Saturday,
		"sunday": time.Sunday, "sun": time.Sunday,
	}
}

func monthNames() map[string]time.Month {
	return map[string]time.Month{
		"january": time.January, "jan": time.January, "february": time.February, "feb": time.February,
		"march": time.March, "mar": time.March, "april": time.April, "apr": time.April, "may": time.May,
		"june": time.June, "jun": time.June, "july": time.July, "jul": time.July, "august": time.August, "aug": time.August,
		"september": time.September, "sept": time.September, "sep": time.September, "october": time.October, "oct": time.October,
		"november": time.November, "nov": time.November, "december": time.December, "dec": time.December,
	}
}

// addMonths keeps the day of the month. Where the month has no such day it is,
// as in the reference, the month's first day on the way forward and its last
// on the way back.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()).AddDate(0, n, 0)
	last := daysIn(first.Year(), int(first.Month()))
	switch {
	case t.Day() <= last:
		return first.AddDate(0, 0, t.Day()-1)
	case n > 0:
		return first
	}
	return first.AddDate(0, 0, last-1)
}

// timeWords are those of time expressions.
type timeWords struct{}

func (timeWords) base(now time.Time, n int, tokens []string) (t time.Time, used int, ok bool) {
	at := func(hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
	}
	if len(tokens) == 0 {
		return now, 0, false
	}
	if n == 0 {
		switch tokens[0] {
		case "now":
			return now, 1, true
		case "midnight":
			return at(0), 1, true
		case "noon":
			return at(12), 1, true
		}
		return now, 0, false
	}
	if tokens[0] != "o'clock" || n > 12 {
		return now, 0, false
	}
	half := ""
	if len(tokens) > 1 {
		half = tokens[1]
	}
	switch {
	case half == "am":
		return at(n), 2, true
	case half == "pm":
		return at(n%12 + 12), 2, true
	case now.Hour() < 12:
		return at(n%12 + 12), 1, true
	}
	return at(n), 1, true
}

func (timeWords) unit(t time.Time, n int, unit string, written bool) (time.Time, bool) {
	if written {
		unit = strings.TrimSuffix(unit, "s")
	}
	length, ok := map[string]time.Duration{
		"hour": time.Hour, "minute": time.Minute, "second": time.Second, "millisecond": time.Millisecond,
	}[unit]
	return t.Add(time.Duration(n) * length), ok
}
