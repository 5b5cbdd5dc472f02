package upstream_test

import (
	"crypto/tls"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/proxy/upstream"
)

func parseMap(t *testing.T, entries ...string) map[string]*url.URL {
	t.Helper()
	m, err := upstream.ParseMap(entries)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMap(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	plain := serve(t, echo, nil)
	config := func(host string) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, host)}}
	}
	original := serve(t, echo, config("api.example"))
	staging := serve(t, echo, config("staging.localhost"))
	tests := []struct {
		name, entry, url string
		host, serverName string
	}{
		{"address only, plain", "api.example=" + plain, "http://api.example/", "api.example", ""},
		{"address only keeps TLS and its name", "api.example=" + original, "https://api.example/", "api.example", "api.example"},
		{"host only keeps the port", "api.example=127.0.0.1", "http://api.example:" + port(plain) + "/", "api.example:" + port(plain), ""},
		{"to plain HTTP", "api.example=http://" + plain, "https://api.example/", "api.example", ""},
		{"to TLS at an address: the original name", "api.example=https://" + original, "http://api.example/", "api.example", "api.example"},
		{"to TLS at a name: that name", "api.example=https://staging.localhost:" + port(staging), "https://api.example/", "api.example", "staging.localhost"},
		{"from plain to TLS at a name", "api.example=https://staging.localhost:" + port(staging) + "/", "http://api.example:81/", "api.example:81", "staging.localhost"},
		{"host and port", "api.example:8080=" + plain, "http://api.example:8080/", "api.example:8080", ""},
		{"the default port", "api.example:443=http://" + plain, "https://api.example/", "api.example", ""},
		{"a name below localhost", "api.localhost=" + plain, "http://api.localhost/", "api.localhost", ""},
		{"ignoring case", "API.Example.=" + plain, "http://Api.EXAMPLE/", "Api.EXAMPLE", ""},
		{"an address mapped", "192.0.2.1=" + plain, "http://192.0.2.1/", "192.0.2.1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}, Map: parseMap(t, tt.entry)})
			req := request(t.Context(), t, tt.url)
			before := *req.URL
			header, _ := do(t, tr, req)
			got := []string{header.Get("X-Host"), header.Get("X-Server-Name")}
			if d := cmp.Diff([]string{tt.host, tt.serverName}, got); d != "" {
				t.Errorf("Host and server name (-want +got):\n%s", d)
			}
			if *req.URL != before {
				t.Errorf("the caller's request was changed: %v", req.URL)
			}
		})
	}
}

func TestMapPortGoesFirst(t *testing.T) {
	t.Parallel()
	one, two := serve(t, switchProtocols, nil), serve(t, echo, nil)
	tr := newTransport(t, upstream.Options{Map: parseMap(t, "api.example="+one, "api.example:8080="+two)})
	if header, _ := get(t, tr, "http://api.example:8080/"); header.Get("X-Proto") == "" {
		t.Error("HOST:PORT does not go before HOST")
	}
	if header, _ := get(t, tr, "http://api.example:81/"); header.Get("X-Proto") != "" {
		t.Error("HOST:PORT took another port")
	}
}

// Two names may be mapped to each other's servers.
func TestMapDoesNotChain(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	config := func(host string) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, host)}}
	}
	a, b := serve(t, echo, config("a.localhost")), serve(t, echo, config("b.localhost"))
	tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}, Map: parseMap(t,
		"a.localhost=https://b.localhost:"+port(b), "b.localhost=https://a.localhost:"+port(a))})
	for host, want := range map[string]string{"a.localhost": "b.localhost", "b.localhost": "a.localhost"} {
		header, _ := get(t, tr, "https://"+host+"/")
		if got := header.Get("X-Server-Name"); got != want {
			t.Errorf("%s went to %s, want %s", host, got, want)
		}
	}
}

// Hosts that share an address must not share connections: the certificate is
// that of one of them.
func TestMapSeparatesHostsOfOneAddress(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	addr := serve(t, echo, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, "a.example")}})
	tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}, Map: parseMap(t, "a.example="+addr, "b.example="+addr)})
	get(t, tr, "https://a.example/")
	if _, reason := upstream.Classify(failure(t, tr, "https://b.example/")); reason != "certificate is not valid for b.example" {
		t.Errorf("reason %q", reason)
	}
}

func TestMapUpgradesAndTunnels(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	leaf := ca.leaf(t, nil, "staging.localhost")
	addr := serve(t, switchProtocols, &tls.Config{Certificates: []tls.Certificate{leaf}})
	tr := newTransport(t, upstream.Options{
		CAFiles: []string{ca.file(t)}, Map: parseMap(t, "api.example=https://staging.localhost:"+port(addr)),
	})
	exchange(t, tr, "http://api.example/")
	conn, err := tr.DialTunnel(t.Context(), "api.example:443")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.RemoteAddr().String(); got != addr {
		t.Errorf("the tunnel ends at %s, want %s", got, addr)
	}
}

// The proxy is asked for the address that the host is mapped to.
func TestMapThroughProxy(t *testing.T) {
	t.Parallel()
	addr := serve(t, echo, nil)
	c := &chain{hosts: map[string]string{"staging.example:8080": addr}}
	tr := newTransport(t, upstream.Options{Proxy: c.start(t, nil), Map: parseMap(t, "api.example=http://staging.example:8080")})
	if header, _ := get(t, tr, "https://api.example/"); header.Get("X-Host") != "api.example" {
		t.Errorf("Host %q was sent", header.Get("X-Host"))
	}
	if d := cmp.Diff([]string{"CONNECT staging.example:8080"}, c.asked()); d != "" {
		t.Errorf("the proxy was asked (-want +got):\n%s", d)
	}
}

func TestParseMapErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		entries []string
		want    string
	}{
		{[]string{"api.example"}, "HOST=URL is expected"},
		{[]string{"=http://x"}, "not a host name"},
		{[]string{"a b=http://x"}, "not a host name"},
		{[]string{"*.example=http://x"}, "not a host name"},
		{[]string{"a:0=http://x"}, "not a port"},
		{[]string{"a=ftp://x"}, "http or https"},
		{[]string{"a=http://"}, "no host"},
		{[]string{"a="}, "no host"},
		{[]string{"a=http://u:geheim@x"}, "credentials"},
		{[]string{"a=http://x:99999"}, "not a port"},
		{[]string{"a=http://x:"}, ""},
		{[]string{"a=http://x/path"}, "paths are not mapped"},
		{[]string{"a=http://x?q"}, "paths are not mapped"},
		{[]string{"a=http://[x"}, "malformed"},
		{[]string{"a=http://[fe80::1%25eth0]"}, "zone"},
		{[]string{"a=http://b", "A.=http://c"}, "mapped twice"},
	}
	for _, tt := range tests {
		_, err := upstream.ParseMap(tt.entries)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.entries, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want one with %q", tt.entries, err, tt.want)
		}
	}
}

func FuzzParseMap(f *testing.F) {
	for _, s := range []string{
		"api.example=http://127.0.0.1:80", "a:1=b", "[::1]:8=https://x.example/", "a=b=c", "=", "bücher.de=//x", "a=http://[::1%25eth0]:1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		m, err := upstream.ParseMap([]string{entry})
		if err != nil {
			return
		}
		if len(m) != 1 {
			t.Fatalf("%d entries from %q", len(m), entry)
		}
		if _, err := upstream.New(upstream.Options{Map: m}); err != nil {
			t.Fatalf("%q parses, and New refuses it: %v", entry, err)
		}
		for key, u := range m {
			if again, err := upstream.ParseMap([]string{key + "=" + u.String()}); err != nil || again[key].String() != u.String() {
				t.Fatalf("%q: its printed form %s=%s reads %v, %v", entry, key, u, again, err)
			}
		}
	})
}
