package expectations_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func TestSubstitution(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ regex, replacement, path, want string }{
		{`^/(.+)/(.+)$`, `/prefix/$1/infix/$2/postfix`, "/some/longer/path", "/prefix/some/longer/infix/path/postfix"},
		{`/`, `\$\\`, "/a/b", `$\a$\b`},
		{`a(b)?`, `[$1]`, "/abaa", "/[b][][]"},
		{`(?<x>b)`, `${x}$0$11`, "/b", "/bbb1"},
		{`b`, ``, "/abcb", "/ac"},
		{`B`, `x`, "/b", "/b"},
		{`(?<=a)(b)`, `<$1>`, "/bab", "/ba<b>"},
		{`(?<x>a)(?=b)`, `${x}-$1`, "/abac", "/a-abac"},
		{`(a)\1`, `$1`, "/aaab", "/aab"},
		{`nothing`, `x`, "/é%20", "/é%20"},
	} {
		s, err := expectations.NewSubstitution(tt.regex, tt.replacement)
		if err != nil {
			t.Errorf("%s: %v", tt.regex, err)
			continue
		}
		if got := s.Apply(tt.path); got != tt.want {
			t.Errorf("%s → %s: %s becomes %s, want %s", tt.regex, tt.replacement, tt.path, got, tt.want)
		}
	}
	for _, tt := range []struct{ regex, replacement, want string }{
		{`a(`, ``, "missing closing"},
		{`a`, `$1`, "names none of the regex's 0 groups"},
		{`a`, `$`, "names none"},
		{`(?<=a)`, `$x`, "names none"},
		{`(?<x>a)`, `${y}`, `a group "y"`},
		{`a`, `\`, "ends with"},
	} {
		s, err := expectations.NewSubstitution(tt.regex, tt.replacement)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s → %s: %v, %v", tt.regex, tt.replacement, s, err)
		}
		_, pattern := errors.AsType[*expectations.PatternError](err)
		if pattern != (tt.regex == "a(") {
			t.Errorf("%s: %T", tt.regex, err)
		}
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	received := &expectations.Request{
		Method: "GET", Path: "/a|b", RawQuery: "x=1&&y=%7e&x=2&z", Host: "a.test",
		Header: http.Header{"Cookie": {"a=1"}, "Content-Encoding": {"gzip"}, "X": {"1"}},
		Body:   expectations.Body{Bytes: []byte("zipped")},
	}
	values := func(name string, vs ...string) []expectations.NamedValues {
		return []expectations.NamedValues{{Name: name, Values: vs}}
	}
	before := *received
	for name, tt := range map[string]struct {
		o    *expectations.Outgoing
		m    *expectations.RequestModifier
		want expectations.Request
	}{
		"nothing": {nil, nil, before},
		"query": {
			&expectations.Outgoing{Query: values("x", "3 4")}, &expectations.RequestModifier{Query: &expectations.ValuesModifier{Remove: []string{"z"}}},
			expectations.Request{Method: "GET", Path: "/a|b", RawQuery: "&y=%7e&x=3+4", Host: "a.test", Header: before.Header, Body: before.Body},
		},
		"body": {
			&expectations.Outgoing{Method: "PUT", Path: "c?d#%zz", Body: &expectations.AnswerBody{Bytes: []byte("new"), ContentType: "text/x"}},
			&expectations.RequestModifier{Header: &expectations.ValuesModifier{Add: values("x", "2"), Remove: []string{"COOKIE"}}},
			expectations.Request{
				Method: "PUT", Path: "/c%3Fd%23%25zz", RawQuery: before.RawQuery, Host: "a.test",
				Header: http.Header{"X": {"1", "2"}, "Content-Type": {"text/x"}}, Body: expectations.Body{Bytes: []byte("new"), Size: 3},
			},
		},
		"host and cookies": {
			&expectations.Outgoing{Header: http.Header{"host": {"b.test"}}, Cookies: []expectations.Cookie{{Name: "a", Value: "2"}, {Name: "b", Value: "3"}}},
			&expectations.RequestModifier{Cookies: &expectations.ValuesModifier{Remove: []string{"a"}}},
			expectations.Request{
				Method: "GET", Path: "/a|b", RawQuery: before.RawQuery, Host: "b.test",
				Header: http.Header{"Cookie": {"b=3"}, "Content-Encoding": {"gzip"}, "X": {"1"}}, Body: before.Body,
			},
		},
	} {
		got := expectations.Rewrite(received, tt.o, tt.m)
		if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(&before, received); diff != "" || len(received.Header["X"]) != 1 {
			t.Errorf("%s changed what was received: %s", name, diff)
		}
	}
}
