package expectations_test

import (
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

func TestParseSessionID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in   string
		want expectations.SessionID
		ok   bool
	}{
		{"", "", true},
		{"default", "", true},
		{"checkout", "checkout", true},
		{"a.b_c-9", "a.b_c-9", true},
		{"...", "...", true},
		{strings.Repeat("x", 64), expectations.SessionID(strings.Repeat("x", 64)), true},
		{strings.Repeat("x", 65), "", false},
		{".", "", false},
		{"..", "", false},
		{"Checkout", "", false},
		{"a/b", "", false},
		{`a\b`, "", false},
		{"a b", "", false},
		{"é", "", false},
		{"a\x00", "", false},
	} {
		got, err := expectations.ParseSessionID(test.in)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("ParseSessionID(%q) = %q, %v; want %q, ok %v", test.in, got, err, test.want, test.ok)
		}
	}
}

func TestSessionIDString(t *testing.T) {
	t.Parallel()
	if got := expectations.SessionID("").String(); got != "default" {
		t.Errorf("the empty id prints as %q", got)
	}
	if got := expectations.SessionID("a").String(); got != "a" {
		t.Errorf("a prints as %q", got)
	}
}

func TestParseMode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]expectations.Mode{
		"SPY": expectations.Spy, "spy": expectations.Spy,
		"Simulate": expectations.Simulate, "capture": expectations.Capture,
	} {
		if got, err := expectations.ParseMode(in); got != want || err != nil {
			t.Errorf("ParseMode(%q) = %q, %v", in, got, err)
		}
	}
	_, err := expectations.ParseMode("x")
	if want := "unknown mode 'x' (expected one of SIMULATE, SPY, CAPTURE)"; err == nil || err.Error() != want {
		t.Errorf("ParseMode(x): %v, want %s", err, want)
	}
}
