package upstream_test

import (
	"strings"
	"testing"

	"github.com/pactape/pactape/proxy/upstream"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern string
		yes, no []string
	}{
		{"example.com", []string{"example.com:443", "example.com", "EXAMPLE.com.:80"}, []string{"a.example.com:443", "example.com.evil:443", "xexample.com:443", "com:443", ""}},
		{"*.example.com", []string{"a.example.com:443", "a.b.Example.Com"}, []string{"example.com:443", "xexample.com", "a.example.com.evil"}},
		{".example.com", []string{"example.com:443", "a.b.example.com:1"}, []string{"xexample.com:443"}},
		{"example.com:8443", []string{"example.com:8443"}, []string{"example.com:443", "example.com", "a.example.com:8443"}},
		{"*.example.com:8443", []string{"a.example.com:8443"}, []string{"a.example.com:443", "example.com:8443"}},
		{"192.0.2.7", []string{"192.0.2.7:443", "[::ffff:192.0.2.7]:443", "192.0.2.7"}, []string{"192.0.2.70:443", "1.192.0.2.7:1"}},
		{"192.0.2.0/24", []string{"192.0.2.1:443", "192.0.2.255", "[::ffff:192.0.2.9]:1"}, []string{"192.0.3.1:443", "example.com:443", "[2001:db8::1]:1"}},
		{"192.0.2.9/24", []string{"192.0.2.1:443"}, nil},
		{"10.0.0.0/8:5432", []string{"10.1.2.3:5432"}, []string{"10.1.2.3:443", "10.1.2.3"}},
		{"::1", []string{"[::1]:443", "::1", "[0:0:0:0:0:0:0:1]:1"}, []string{"[::2]:443", "127.0.0.1:1"}},
		{"[::1]", []string{"[::1]:443"}, nil},
		{"[::1]:8443", []string{"[::1]:8443"}, []string{"[::1]:443"}},
		{"2001:db8::/32", []string{"[2001:db8:1::1]:443"}, []string{"[2001:db9::1]:443"}},
		{"[2001:db8::]/32:80", []string{"[2001:db8::9]:80"}, []string{"[2001:db8::9]:81"}},
		{"*", []string{"example.com:443", "192.0.2.1:1", "[::1]:1", "x"}, nil},
		{"*:443", []string{"example.com:443", "192.0.2.1:443"}, []string{"example.com:80", "x"}},
		{"bücher.example", []string{"xn--bcher-kva.example:443", "BÜCHER.example:1"}, []string{"bucher.example:443"}},
		{"my_service", []string{"my_service:80"}, []string{"my-service:80"}},
		{"a.example, b.example\tc.example", []string{"a.example:1", "b.example:1", "c.example:1"}, []string{"d.example:1"}},
		{"", nil, []string{"example.com:443", ""}},
		{"a.example:1,a.example:2", []string{"a.example:1", "a.example:2"}, []string{"a.example:3"}},
	}
	for _, tt := range tests {
		h, err := upstream.ParseHosts([]string{tt.pattern})
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		for _, addr := range tt.yes {
			if !h.Match(addr) {
				t.Errorf("%q does not match %q", tt.pattern, addr)
			}
		}
		for _, addr := range tt.no {
			if h.Match(addr) {
				t.Errorf("%q matches %q", tt.pattern, addr)
			}
		}
	}
	var none *upstream.Hosts
	if none.Match("example.com:443") {
		t.Error("a nil set matches")
	}
}

func TestHostsErrors(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"http://example.com":  "neither a host nor a network",
		"192.0.2.0/33":        "neither a host nor a network",
		"192.0.2.0/24:0":      "not a port",
		"example.com:":        "not a port",
		"example.com:http":    "not a port",
		"example.com:65536":   "not a port",
		"a*.example.com":      "not a host name",
		"*.":                  "not a host name",
		".":                   "not a host name",
		"**.example.com":      "not a host name",
		"a..b":                "not a host name",
		"user@example.com":    "not a host name",
		"*.192.0.2.1":         "no names below it",
		"[::1]:x":             "not a port",
		"ok.example,bad/host": `host pattern "bad/host"`,
	} {
		if _, err := upstream.ParseHosts([]string{pattern}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", pattern, err, want)
		}
	}
}

func FuzzParseHosts(f *testing.F) {
	for _, s := range []string{"example.com", "*.example.com:1", ".x", "10.0.0.0/8:5432", "[::1]:8443", "*:443", "a,b c", "bücher.de", "[2001:db8::]/32"} {
		f.Add(s, "a.example.com:443")
	}
	f.Fuzz(func(t *testing.T, pattern, addr string) {
		h, err := upstream.ParseHosts([]string{pattern})
		if err != nil {
			return
		}
		got := h.Match(addr)
		if again := h.Match(strings.ToUpper(addr)); again != got && isASCII(addr) {
			t.Fatalf("%q and %q: case decides", pattern, addr)
		}
		// A pattern without wildcards, port or network matches itself.
		if !strings.ContainsAny(pattern, "*/:,[] \t\r\n") && pattern != "" && !h.Match(strings.TrimPrefix(pattern, ".")) {
			t.Fatalf("%q does not match itself", pattern)
		}
		if pattern == "*" && !got {
			t.Fatalf("* does not match %q", addr)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

func BenchmarkHostsMatch(b *testing.B) {
	h, err := upstream.ParseHosts([]string{"*.internal", "10.0.0.0/8", "example.com:8443", ".corp.example"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if h.Match("www.api.eu-west-1.example.com:443") {
			b.Fatal("matches")
		}
	}
}
