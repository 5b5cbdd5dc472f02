package proxy_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/pactape/pactape/proxy"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"":                                 "unclear",
		"\x16":                             "tls",
		"\x16\x03\x01":                     "tls",
		"\x15\x03\x01":                     "other",
		"G":                                "unclear",
		"GET":                              "unclear",
		"GET ":                             "unclear",
		"GET /":                            "http",
		"OPTIONS *":                        "http",
		"GET h":                            "unclear",
		"GET http://x":                     "http",
		"GET hello":                        "other",
		"M-SEARCH /":                       "http",
		"PRI":                              "unclear",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": "http",
		"PRI /":                            "http",
		"get /":                            "other",
		"SSH-2.0-x y":                      "other",
		"EHLO name":                        "other",
		"PING\r\n":                         "other",
		" /":                               "other",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ /":     "other",
	} {
		if got := proxy.Sniff([]byte(head)); got != want {
			t.Errorf("%q is %s, want %s", head, got, want)
		}
	}
}

// FuzzSniff: once it is clear what a beginning is, more bytes do not change
// it; and it becomes clear within the bytes that are looked at.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n"))
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	f.Add([]byte{22, 3, 1})
	f.Add([]byte("SSH-2.0-OpenSSH_9.6 Debian"))
	f.Fuzz(func(t *testing.T, data []byte) {
		verdict := "unclear"
		for i := range data {
			now := proxy.Sniff(data[:i+1])
			if verdict != "unclear" && now != verdict {
				t.Fatalf("%q is %s, and with one byte more %s", data[:i], verdict, now)
			}
			verdict = now
		}
		if len(data) >= 32 && verdict == "unclear" {
			t.Fatalf("%q is unclear", data)
		}
	})
}

func TestBasicUser(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString
	for credentials, want := range map[string]string{
		"Basic " + b64([]byte("user:pass")): "user",
		"basic " + b64([]byte("user:")):     "user",
		"Basic  " + b64([]byte("a:b:c")):    "a",
		"Basic " + b64([]byte("user")):      "-",
		"Basic !!":                          "-",
		"Bearer x":                          "-",
		"Basic":                             "-",
		"":                                  "-",
	} {
		got, ok := proxy.BasicUser(credentials)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: user %q, want %q", credentials, got, want)
		}
	}
}

func FuzzBasicUser(f *testing.F) {
	f.Add("Basic dXNlcjpwYXNz")
	f.Add("Basic :")
	f.Fuzz(func(t *testing.T, credentials string) {
		if user, ok := proxy.BasicUser(credentials); !ok && user != "" || strings.Contains(user, ":") {
			t.Errorf("user %q, %v", user, ok)
		}
	})
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ scheme, host, want string }{
		{"http", "Example.COM:80", "example.com"},
		{"http", "example.com:443", "example.com:443"},
		{"https", "example.com:443", "example.com"},
		{"https", "example.com:", "example.com"},
		{"https", "[::1]:443", "[::1]"},
		{"https", "[::1]", "[::1]"},
		{"http", "[2001:DB8::80]", "[2001:db8::80]"},
		{"http", "", ""},
	} {
		if got := proxy.Authority(tt.scheme, tt.host); got != tt.want {
			t.Errorf("%s://%s: authority %q, want %q", tt.scheme, tt.host, got, tt.want)
		}
	}
}
