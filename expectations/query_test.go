package expectations_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, in string
		want     []expectations.Param
	}{
		{"empty", "", nil},
		{"order and repetition", "b=2&a=1&b=3", []expectations.Param{{"b", "2"}, {"a", "1"}, {"b", "3"}}},
		{"no value", "a&b=", []expectations.Param{{"a", ""}, {"b", ""}}},
		{"no name", "=x", []expectations.Param{{"", "x"}}},
		{"empty pieces", "&a=1&&b=2&", []expectations.Param{{"a", "1"}, {"b", "2"}}},
		{"second equals sign", "a=1=2", []expectations.Param{{"a", "1=2"}}},
		{"plus and escapes", "a+b=c%20d%2B", []expectations.Param{{"a b", "c d+"}}},
		{"bad escapes stay", "a=%zz&b=%2&c=100%", []expectations.Param{{"a", "%zz"}, {"b", "%2"}, {"c", "100%"}}},
		{"escaped separators", "a%3D1%26b=2", []expectations.Param{{"a=1&b", "2"}}},
		{"semicolon is text", "a=1;b=2", []expectations.Param{{"a", "1;b=2"}}},
		{"only separators", "&&", []expectations.Param{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, expectations.ParseQuery(test.in)); diff != "" {
				t.Errorf("ParseQuery(%q): -want +got\n%s", test.in, diff)
			}
		})
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"", "a=1&b=2", "a=%zz&%", "+=+", "a=%e9&a=%C3%A9", "a;b=1&&=", "%26=%3D"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		params := expectations.ParseQuery(raw)
		// What is read, written and read again is the same.
		var written string
		for i, p := range params {
			if i > 0 {
				written += "&"
			}
			written += url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
		}
		again := expectations.ParseQuery(written)
		if len(params) > 0 {
			if diff := cmp.Diff(params, again); diff != "" {
				t.Errorf("%q reads as -first +second\n%s", raw, diff)
			}
		}
		// Where net/url has no objection, it reads the same.
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		got := url.Values{}
		for _, p := range params {
			got.Add(p.Name, p.Value)
		}
		if diff := cmp.Diff(values, got); diff != "" {
			t.Errorf("%q: -net/url +got\n%s", raw, diff)
		}
	})
}

func TestDecodedPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/a":         "/a",
		"/a%20b":     "/a b",
		"/a+b":       "/a+b",
		"/%C3%A9":    "/é",
		"/a%2Fb":     "/a/b",
		"/100%":      "/100%",
		"/%zz%4":     "/%zz%4",
		"*":          "*",
		"/%25%32%30": "/%20",
	} {
		if got := expectations.DecodedPath(in); got != want {
			t.Errorf("DecodedPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHeaderValues(t *testing.T) {
	t.Parallel()
	req := &expectations.Request{
		Host:   "api.test",
		Header: http.Header{"X-A": {"1", "2"}, "x-raw": {"3"}},
	}
	for name, want := range map[string][]string{
		"x-a":   {"1", "2"},
		"X-RAW": {"3"},
		"host":  {"api.test"},
		"X-B":   nil,
	} {
		if diff := cmp.Diff(want, req.HeaderValues(name)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	if got := (&expectations.Request{}).HeaderValues("Host"); got != nil {
		t.Errorf("Host of a request without one: %q", got)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	req := &expectations.Request{Header: http.Header{"Cookie": {`a=1; b="two words";c=x=y; ; d`, "a=2; =nameless"}}}
	want := []expectations.Cookie{{"a", "1"}, {"b", "two words"}, {"c", "x=y"}, {"d", ""}, {"a", "2"}}
	if diff := cmp.Diff(want, req.Cookies()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
