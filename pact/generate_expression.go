package pact

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxAdjustment bounds the numbers of date expressions, so that no expression
// leads out of the calendar.
const maxAdjustment = 100_000

// adjustTime is a time moved as an expression of a generator says: a date
// expression for Date, a time expression for Time, and for DateTime either or
// both with an @ between them (pact_models, datetime_expressions).
//
//	date  now | today | tomorrow | yesterday | next UNIT | last UNIT, then + or - N UNIT
//	time  now | midnight | noon | N o'clock [am | pm] | next UNIT | last UNIT, then + or - N UNIT
func adjustTime(kind string, now time.Time, expression string) (time.Time, error) {
	dates, times := expression, ""
	switch kind {
	case "Time":
		dates, times = "", expression
	case "DateTime":
		dates, times, _ = strings.Cut(expression, "@")
	}
	t, err := parseExpression(dates, dateWords{}).from(now)
	if err == nil {
		t, err = parseExpression(times, timeWords{}).from(t)
	}
	if err != nil {
		return now, fmt.Errorf("the expression %q of %s: %w", expression, kind, err)
	}
	if t.Year() < 0 || t.Year() > 9999 {
		return now, fmt.Errorf("the expression %q of %s leads to the year %d", expression, kind, t.Year())
	}
	return t, nil
}

// words are what an expression is made of beside operators.
type words interface {
	// base is the time that a word stands for, with a number before it or 0.
	base(now time.Time, n int, words []string) (t time.Time, used int, ok bool)
	// unit moves a time by n of a unit, which may be plural if n is written.
	unit(t time.Time, n int, unit string, written bool) (time.Time, bool)
}

// An expression is split into its words: names, numbers, + and -.
type expression struct {
	words  words
	tokens []string
	err    error
}

func parseExpression(text string, w words) expression {
	e := expression{words: w}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if n == 0 {
			n = len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz'"))
		}
		if n == 0 && (rest[0] == '+' || rest[0] == '-') {
			n = 1
		}
		if n == 0 {
			e.err = fmt.Errorf("%q is not understood", clip(rest))
			return e
		}
		e.tokens = append(e.tokens, rest[:n])
		rest = rest[n:]
	}
	return e
}

func (e expression) from(now time.Time) (time.Time, error) {
	if e.err != nil || len(e.tokens) == 0 {
		return now, e.err
	}
	t, tokens := now, e.tokens
	switch first := tokens[0]; {
	case first == "+" || first == "-":
	case (first == "next" || first == "last") && len(tokens) > 1:
		n := map[string]int{"next": 1, "last": -1}[first]
		var ok bool
		if t, ok = e.words.unit(t, n, tokens[1], false); !ok {
			return now, fmt.Errorf("%q is no unit here", tokens[1])
		}
		tokens = tokens[2:]
	default:
		n, numbered := number(first)
		if numbered {
			tokens = tokens[1:]
		}
		base, used, ok := e.words.base(now, n, tokens)
		if !ok {
			return now, fmt.Errorf("%q is not understood", first)
		}
		t, tokens = base, tokens[used:]
	}
	return e.durations(t, tokens)
}

// durations adds and subtracts what follows: + 1 day - 2 weeks.
func (e expression) durations(t time.Time, tokens []string) (time.Time, error) {
	for len(tokens) > 0 {
		if len(tokens) < 3 || tokens[0] != "+" && tokens[0] != "-" {
			return t, fmt.Errorf("+ or -, a number and a unit expected at %q", strings.Join(tokens, " "))
		}
		n, ok := number(tokens[1])
		if !ok || n > maxAdjustment {
			return t, fmt.Errorf("%q is no number up to %d", tokens[1], maxAdjustment)
		}
		if tokens[0] == "-" {
			n = -n
		}
		if t, ok = e.words.unit(t, n, tokens[2], true); !ok {
			return t, fmt.Errorf("%q is no unit here", tokens[2])
		}
		tokens = tokens[3:]
	}
	return t, nil
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}
