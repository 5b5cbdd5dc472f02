package certs_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/certs"
)

// A counter counts what an authority does.
type counter struct{ minted, hits atomic.Int64 }

func (c *counter) CertMinted()   { c.minted.Add(1) }
func (c *counter) CertCacheHit() { c.hits.Add(1) }

func TestLeafNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a.", 60) + "example" // 127 bytes, over X.520's 64
	tests := []struct {
		host string
		dns  []string
		ip   string
		cn   string
	}{
		{host: "example.com", dns: []string{"example.com"}, cn: "example.com"},
		{host: "EXAMPLE.Com.", dns: []string{"example.com"}, cn: "example.com"},
		{host: "payments", dns: []string{"payments"}, cn: "payments"},
		{host: "my_service.local", dns: []string{"my_service.local"}, cn: "my_service.local"},
		{host: "r3---sn-x.example", dns: []string{"r3---sn-x.example"}, cn: "r3---sn-x.example"},
		{host: "Bücher.example", dns: []string{"xn--bcher-kva.example"}, cn: "xn--bcher-kva.example"},
		{host: "xn--bcher-kva.example", dns: []string{"xn--bcher-kva.example"}, cn: "xn--bcher-kva.example"},
		{host: long, dns: []string{long}},
		{host: "192.0.2.7", ip: "192.0.2.7", cn: "192.0.2.7"},
		{host: "2001:DB8::1", ip: "2001:db8::1", cn: "2001:db8::1"},
		{host: "[2001:db8::1]", ip: "2001:db8::1", cn: "2001:db8::1"},
		{host: "fe80::1%eth0", ip: "fe80::1", cn: "fe80::1"},
		{host: "::ffff:192.0.2.7", ip: "192.0.2.7", cn: "192.0.2.7"},
		{host: "127.0.0.1", dns: []string{"localhost"}, ip: "127.0.0.1", cn: "127.0.0.1"},
		{host: "::1", dns: []string{"localhost"}, ip: "::1", cn: "::1"},
	}
	a := load(t, certs.Options{})
	roots := pool(t, a.CertPEM())
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			t.Parallel()
			c, err := a.Certificate(tt.host)
			if err != nil {
				t.Fatal(err)
			}
			leaf := c.Leaf
			if d := cmp.Diff(tt.dns, leaf.DNSNames); d != "" {
				t.Errorf("DNS names (-want +got):\n%s", d)
			}
			if (tt.ip == "") != (len(leaf.IPAddresses) == 0) || tt.ip != "" && !leaf.IPAddresses[0].Equal(net.ParseIP(tt.ip)) {
				t.Errorf("IP addresses %v, want %q", leaf.IPAddresses, tt.ip)
			}
			if leaf.Subject.CommonName != tt.cn {
				t.Errorf("common name %q, want %q", leaf.Subject.CommonName, tt.cn)
			}
			name := tt.ip
			if name == "" {
				name = tt.dns[0]
			}
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
				t.Errorf("a client refuses it: %v", err)
			}
		})
	}
}

func TestLeafRefusesAbsurdNames(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	for _, host := range []string{
		"", ".", "a..b", ".example.com", "-x.example", "*.example.com", "a b", "a/b", "a:443", "user@host",
		"ex\x00ample.com", "ex\nample.com", "[::1", "::g", "例え..example", "\xff.example",
		strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 127) + "com", strings.Repeat("a", 1<<20),
	} {
		if c, err := a.Certificate(host); !errors.Is(err, certs.ErrHost) {
			t.Errorf("Certificate(%.40q) gave %v, %v; want ErrHost", host, c != nil, err)
		} else if len(err.Error()) > 3000 {
			t.Errorf("the error for %.40q has %d bytes", host, len(err.Error()))
		}
	}
}

func TestLeafIsWhatClientsAccept(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{})
	ca := parse(t, a.CertPEM())
	one, err := a.Certificate("one.example")
	if err != nil {
		t.Fatal(err)
	}
	two, err := a.Certificate("two.example")
	if err != nil {
		t.Fatal(err)
	}
	leaf := one.Leaf
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 398*24*time.Hour {
		t.Errorf("it lives %v, want at most 398 days", life)
	}
	if since := time.Since(leaf.NotBefore); since < time.Hour {
		t.Errorf("valid since %v only: a client whose clock is behind refuses it", since)
	}
	if !bytes.Equal(leaf.AuthorityKeyId, ca.SubjectKeyId) || len(leaf.SubjectKeyId) != 20 {
		t.Errorf("AKI %x, SKI %x; want %x and 20 bytes", leaf.AuthorityKeyId, leaf.SubjectKeyId, ca.SubjectKeyId)
	}
	if d := cmp.Diff([]x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, leaf.ExtKeyUsage); d != "" {
		t.Errorf("extended key usage (-want +got):\n%s", d)
	}
	if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature {
		t.Errorf("IsCA %v, KeyUsage %b", leaf.IsCA, leaf.KeyUsage)
	}
	if leaf.SerialNumber.Sign() <= 0 || leaf.SerialNumber.BitLen() < 100 || leaf.SerialNumber.Cmp(two.Leaf.SerialNumber) == 0 {
		t.Errorf("serial numbers %x and %x; want long and different ones", leaf.SerialNumber, two.Leaf.SerialNumber)
	}
	if sameKey(one, two) {
		t.Error("two leaves share a key")
	}
	// The same host under the same CA: nothing may be derived from them.
	again := load(t, certs.Options{Home: filepath.Dir(a.CertPath())})
	other, err := again.Certificate("one.example")
	if err != nil {
		t.Fatal(err)
	}
	if sameKey(one, other) || leaf.SerialNumber.Cmp(other.Leaf.SerialNumber) == 0 {
		t.Error("key or serial number are derived from the host and the CA")
	}
}

func sameKey(a, b *tls.Certificate) bool {
	key, ok := a.PrivateKey.(*ecdsa.PrivateKey)
	return !ok || key.Equal(b.PrivateKey)
}

// The strictest verifier at hand, which Python 3.13 follows.
func TestLeafPassesStrictOpenSSL(t *testing.T) {
	t.Parallel()
	tool := need(t, "openssl")
	a := load(t, certs.Options{})
	for _, host := range []string{"example.com", "192.0.2.7", strings.Repeat("a.", 60) + "example"} {
		c, err := a.Certificate(host)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "leaf.pem")
		data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), tool, "verify", "-x509_strict", "-purpose", "sslserver",
			"-CAfile", a.CertPath(), file).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", host, err, out)
		}
	}
}

// need returns the path of a tool, and skips without it unless the machine is
// set up to have all of them.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatalf("%s is required: %v", name, err)
		}
		t.Skipf("no %s here", name)
	}
	return path
}

func TestLeafMintedOnce(t *testing.T) {
	t.Parallel()
	var count counter
	a := load(t, certs.Options{Observer: &count})
	const n = 50
	got := make([]*tls.Certificate, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			host := "example.com"
			if i%2 == 1 {
				host = "EXAMPLE.com."
			}
			var err error
			if got[i], err = a.Certificate(host); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, c := range got {
		if c != got[0] {
			t.Fatal("callers got different leaves for one host")
		}
	}
	if m, h := count.minted.Load(), count.hits.Load(); m != 1 || h != n-1 {
		t.Errorf("minted %d, hits %d; want 1 and %d", m, h, n-1)
	}
}

func TestLeafCacheIsBounded(t *testing.T) {
	t.Parallel()
	var count counter
	a := load(t, certs.Options{Observer: &count, CacheSize: 2})
	for _, host := range []string{"a", "b", "a", "c", "a", "b"} { // c drives b out, then b drives c out
		if _, err := a.Certificate(host); err != nil {
			t.Fatal(err)
		}
	}
	if m, h := count.minted.Load(), count.hits.Load(); m != 4 || h != 2 {
		t.Errorf("minted %d, hits %d; want 4 and 2", m, h)
	}
}

func TestLeafRenewed(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	set := func(when time.Time) { now.Store(&when) }
	set(at("2026-03-01")())
	a := load(t, certs.Options{Now: func() time.Time { return *now.Load() }})
	get := func() *x509.Certificate {
		c, err := a.Certificate("example.com")
		if err != nil {
			t.Fatal(err)
		}
		if !c.Leaf.NotAfter.After(*now.Load()) || c.Leaf.NotAfter.After(a.NotAfter()) {
			t.Fatalf("on %v: valid until %v, the CA until %v", now.Load(), c.Leaf.NotAfter, a.NotAfter())
		}
		return c.Leaf
	}
	first := get()
	set(first.NotAfter.AddDate(0, 0, -31))
	if get() != first {
		t.Error("replaced 31 days before its end, want 30")
	}
	set(first.NotAfter.AddDate(0, 0, -29))
	second := get()
	if second == first {
		t.Error("not replaced 29 days before its end")
	}
	// No leaf outlives the CA, and none is minted in vain at its end.
	set(a.NotAfter().AddDate(0, 0, -10))
	if last := get(); !last.NotAfter.Equal(a.NotAfter()) || get() != last {
		t.Errorf("at the CA's end: a leaf until %v, minted again each time", last.NotAfter)
	}
	set(a.NotAfter())
	if _, err := a.Certificate("example.com"); !errors.Is(err, certs.ErrExpired) {
		t.Errorf("under an expired CA: %v, want ErrExpired", err)
	}
}

func FuzzCertificateHost(f *testing.F) {
	for _, host := range []string{"example.com", "EXAMPLE.com.", "192.0.2.7", "[::1]", "fe80::1%lo", "bücher.de", "a_b", "*.x", "-", "a..b", "xn--a"} {
		f.Add(host)
	}
	a, err := certs.Load(certs.Options{Home: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	roots := pool(f, a.CertPEM())
	f.Fuzz(func(t *testing.T, host string) {
		c, err := a.Certificate(host)
		if err != nil {
			if !errors.Is(err, certs.ErrHost) {
				t.Fatalf("%q: %v", host, err)
			}
			return
		}
		var name string
		if len(c.Leaf.IPAddresses) == 1 {
			name = c.Leaf.IPAddresses[0].String()
		} else if len(c.Leaf.DNSNames) == 1 {
			name = c.Leaf.DNSNames[0]
		}
		if _, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
			t.Fatalf("%q: nobody accepts the leaf for %q: %v", host, name, err)
		}
		if again, err := a.Certificate(name); err != nil || again != c {
			t.Fatalf("%q: its canonical form %q is another host: %v", host, name, err)
		}
	})
}

func BenchmarkCertificate(b *testing.B) {
	b.Run("new", func(b *testing.B) {
		a := load(b, certs.Options{CacheSize: 1})
		hosts := [2]string{"a.example.com", "b.example.com"}
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			if _, err := a.Certificate(hosts[i%2]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached", func(b *testing.B) {
		a := load(b, certs.Options{})
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.Certificate("www.example.com"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
