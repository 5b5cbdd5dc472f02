package proxy_test

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/proxy"
)

const (
	greetOpen  = "\x05\x01\x00"
	greetBoth  = "\x05\x02\x00\x02"
	loginGood  = "\x01\x04good\x02pw"
	loginBad   = "\x01\x03bad\x02pw"
	toName     = "\x05\x01\x00\x03\x0bapi.example\x01\xbb"
	saysOpen   = "\x05\x00"
	saysLogin  = "\x05\x02"
	saysIn     = "\x01\x00"
	saysOut    = "\x01\x01"
	says5      = "\x00\x01\x00\x00\x00\x00\x00\x00" // behind version and reply
	saysNo4    = "\x00\x5b\x00\x00\x00\x00\x00\x00"
	noMethod   = "\x05\xff"
	apiExample = "api.example:443"
)

func TestSOCKSConversation(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, says     string
		locked         bool
		want, answered string
		err            string
	}{
		{"name", greetOpen + toName, false, apiExample, saysOpen, ""},
		{"IPv4", greetOpen + "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50", false, "127.0.0.1:80", saysOpen, ""},
		{"IPv6", greetOpen + "\x05\x01\x00\x04" + strings.Repeat("\x00", 15) + "\x01\x00\x50", false, "[::1]:80", saysOpen, ""},
		{"IPv4 in IPv6", greetOpen + "\x05\x01\x00\x04" + strings.Repeat("\x00", 10) + "\xff\xff\x01\x02\x03\x04\x00\x50", false, "1.2.3.4:80", saysOpen, ""},
		{"address as name", greetOpen + "\x05\x01\x00\x03\x03::1\x00\x50", false, "[::1]:80", saysOpen, ""},
		{"login where one is possible", greetBoth + loginGood + toName, false, apiExample, saysLogin + saysIn, ""},
		{"login refused", greetBoth + loginBad, false, "", saysLogin + saysOut, "the password is wrong"},
		{"login of another version", greetBoth + "\x05\x04good\x02pw", false, "", saysLogin + saysOut, "version"},
		{"login demanded", greetBoth + loginGood + toName, true, apiExample, saysLogin + saysIn, ""},
		{"login demanded and not offered", greetOpen + toName, true, "", noMethod, "no method"},
		{"no method in common", "\x05\x01\x01", false, "", noMethod, "no method"},
		{"no method at all", "\x05\x00", false, "", noMethod, "no method"},
		{"BIND", greetOpen + "\x05\x02" + toName[2:], false, "", saysOpen + "\x05\x07" + says5, "only CONNECT"},
		{"UDP ASSOCIATE", greetOpen + "\x05\x03" + toName[2:], false, "", saysOpen + "\x05\x07" + says5, "only CONNECT"},
		{"kind of address", greetOpen + "\x05\x01\x00\x02\x00", false, "", saysOpen + "\x05\x08" + says5, "address is unknown"},
		{"version of the request", greetOpen + "\x04" + toName[1:], false, "", saysOpen + "\x05\x01" + says5, "version"},
		{"empty name", greetOpen + "\x05\x01\x00\x03\x00\x00\x50", false, "", saysOpen + "\x05\x01" + says5, "not a name"},
		{"no name", greetOpen + "\x05\x01\x00\x03\x05a b/c\x00\x50", false, "", saysOpen + "\x05\x01" + says5, "not a name"},
		{"line in a name", greetOpen + "\x05\x01\x00\x03\x03a\r\n\x00\x50", false, "", saysOpen + "\x05\x01" + says5, "not a name"},
		{"zone", greetOpen + "\x05\x01\x00\x03\x08fe80::1%\x00\x50", false, "", saysOpen + "\x05\x01" + says5, "not a name"},
		{"no text", greetOpen + "\x05\x01\x00\x03\x02\xff\xfe\x00\x50", false, "", saysOpen + "\x05\x01" + says5, "not a name"},

		{"SOCKS4", "\x04\x01\x00\x50\x01\x02\x03\x04user\x00", false, "1.2.3.4:80", "", ""},
		{"SOCKS4a", "\x04\x01\x01\xbb\x00\x00\x00\x01\x00api.example\x00", false, apiExample, "", ""},
		{"SOCKS4 BIND", "\x04\x02\x00\x50\x01\x02\x03\x04\x00", false, "", saysNo4, "only CONNECT"},
		{"SOCKS4 has no password", "\x04\x01\x00\x50\x01\x02\x03\x04good\x00", true, "", saysNo4, "SOCKS 4"},
		{"SOCKS4 user without end", "\x04\x01\x00\x50\x01\x02\x03\x04" + strings.Repeat("u", 300), false, "", saysNo4, "too long"},
		{"SOCKS4a name without end", "\x04\x01\x00\x50\x00\x00\x00\x01\x00" + strings.Repeat("n", 300), false, "", saysNo4, "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, answered, _, err := proxy.HearSOCKS([]byte(tt.says), tt.locked)
			if got != tt.want || string(answered) != tt.answered {
				t.Errorf("%q answered %q, want %q answered %q", got, answered, tt.want, tt.answered)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if tt.err != "" {
				return
			}
			// What comes behind is the tunnel's; what is missing is missed.
			_, _, rest, err := proxy.HearSOCKS([]byte(tt.says+"rest"), tt.locked)
			if string(rest) != "rest" || err != nil {
				t.Errorf("the rest is %q, %v", rest, err)
			}
			for n := range tt.says {
				if got, _, _, err := proxy.HearSOCKS([]byte(tt.says[:n]), tt.locked); err == nil {
					t.Errorf("%q is enough for %q", tt.says[:n], got)
				}
			}
		})
	}
}

// FuzzSOCKS: a client that is let through wants a host and a port that can be
// dialed, is answered nothing but what it waits for, and has logged in if it
// must. What it says behind its request is untouched.
func FuzzSOCKS(f *testing.F) {
	for _, says := range []string{
		greetOpen + toName, greetBoth + loginGood + toName, greetBoth + loginBad, "\x05\x00",
		greetOpen + "\x05\x01\x00\x04" + strings.Repeat("\x00", 18), "\x04\x01\x00\x50\x00\x00\x00\x01\x00a.example\x00",
	} {
		f.Add([]byte(says), false)
		f.Add([]byte(says), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, locked bool) {
		hostport, answers, rest, err := proxy.HearSOCKS(data, locked)
		if !bytes.HasSuffix(data, rest) {
			t.Fatalf("the rest %q is not the end of %q", rest, data)
		}
		if len(answers) > 2+2+10 {
			t.Fatalf("answered %q", answers)
		}
		if err != nil {
			if hostport != "" {
				t.Fatalf("%v, and a tunnel to %q", err, hostport)
			}
			return
		}
		if locked && !bytes.Contains(data, []byte("\x04good")) {
			t.Fatalf("%q has logged in", data)
		}
		host, port, err := net.SplitHostPort(hostport)
		if err != nil || host == "" || strings.ContainsAny(host, " /@\r\n\x00%") {
			t.Fatalf("a tunnel to %q: %v", hostport, err)
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			t.Fatal(err)
		}
	})
}
