package certs_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/certs"
)

// envChild makes the test binary load the CA of a home, as one of several
// processes that start at the same time.
const envChild = "CERTS_TEST_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(envChild); home != "" {
		os.Exit(childLoad(home))
	}
	os.Exit(m.Run())
}

// childLoad waits for the start signal, loads and prints a fingerprint.
func childLoad(home string) int {
	if _, err := bufio.NewReader(os.Stdin).ReadByte(); err != nil {
		return 2
	}
	a, err := certs.Load(certs.Options{Home: home})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if _, err := a.Certificate("example.com"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	sum := sha256.Sum256(a.CertPEM())
	_, _ = fmt.Fprint(os.Stdout, hex.EncodeToString(sum[:]))
	return 0
}

// load is certs.Load in a temporary home.
func load(t testing.TB, o certs.Options) *certs.Authority {
	t.Helper()
	if o.Home == "" {
		o.Home = t.TempDir()
	}
	a, err := certs.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// parse returns the first certificate of PEM text.
func parse(t testing.TB, data []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatal("no PEM block")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pool(t testing.TB, data []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(data) {
		t.Fatal("no certificate in PEM")
	}
	return p
}

// at is a clock that stands still.
func at(s string) func() time.Time {
	when, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return when }
}

func TestLoadMakesCA(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "new", "home")
	now := at("2026-03-01")
	a := load(t, certs.Options{Home: home, Now: now})

	ca := parse(t, a.CertPEM())
	pub, ok := ca.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		t.Errorf("key is %T, want ECDSA P-256", ca.PublicKey)
	}
	if !ca.IsCA || !ca.BasicConstraintsValid || !ca.MaxPathLenZero || ca.KeyUsage&x509.KeyUsageCertSign == 0 {
		t.Errorf("not a CA for leaves: IsCA %v, MaxPathLenZero %v, KeyUsage %b", ca.IsCA, ca.MaxPathLenZero, ca.KeyUsage)
	}
	if len(ca.SubjectKeyId) == 0 || !bytes.Equal(ca.SubjectKeyId, ca.AuthorityKeyId) {
		t.Errorf("SKI %x, AKI %x; want equal ids", ca.SubjectKeyId, ca.AuthorityKeyId)
	}
	if !ca.NotBefore.Before(now()) || ca.NotAfter.Before(now().AddDate(5, 0, 0)) || !ca.NotAfter.Equal(a.NotAfter()) {
		t.Errorf("valid from %v to %v", ca.NotBefore, ca.NotAfter)
	}
	if want := filepath.Join(home, "ca.pem"); a.CertPath() != want {
		t.Errorf("CertPath = %s, want %s", a.CertPath(), want)
	}
	if onDisk, err := os.ReadFile(a.CertPath()); err != nil || !bytes.Equal(onDisk, a.CertPEM()) {
		t.Errorf("the file of CertPath differs from CertPEM: %v", err)
	}
	if again := load(t, certs.Options{Home: home, Now: now}); !bytes.Equal(again.CertPEM(), a.CertPEM()) {
		t.Error("a second Load made another CA")
	}
	if leftover, _ := filepath.Glob(filepath.Join(home, ".*")); len(leftover) > 0 {
		t.Errorf("temporary files stayed: %v", leftover)
	}
}

func TestLoadModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	home := filepath.Join(t.TempDir(), "home")
	load(t, certs.Options{Home: home})
	modes := map[string]os.FileMode{}
	for _, name := range []string{"", "ca-key.pem"} {
		info, err := os.Stat(filepath.Join(home, name))
		if err != nil {
			t.Fatal(err)
		}
		modes[name] = info.Mode().Perm()
	}
	if d := cmp.Diff(map[string]os.FileMode{"": 0o700, "ca-key.pem": 0o600}, modes); d != "" {
		t.Errorf("modes (-want +got):\n%s", d)
	}

	key := filepath.Join(home, "ca-key.pem")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	load(t, certs.Options{Home: home})
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a key readable by others stayed so: %v, %v", info.Mode(), err)
	}
}

func TestLoadInManyProcessesMakesOneCA(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(t.TempDir(), "home")
	const n = 8
	type child struct {
		cmd         *exec.Cmd
		out, stderr bytes.Buffer
	}
	children := make([]*child, n)
	start, signal, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer start.Close()
	for i := range children {
		c := &child{cmd: exec.CommandContext(t.Context(), exe)}
		c.cmd.Env = append(os.Environ(), envChild+"="+home)
		c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = start, &c.out, &c.stderr
		if err := c.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		children[i] = c
	}
	if _, err := signal.WriteString(strings.Repeat("g", n*4096)); err != nil { // bufio reads ahead
		t.Fatal(err)
	}
	signal.Close()
	seen := map[string]int{}
	for _, c := range children {
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("child: %v: %s", err, c.stderr.String())
		}
		seen[c.out.String()]++
	}
	sum := sha256.Sum256(load(t, certs.Options{Home: home}).CertPEM())
	if d := cmp.Diff(map[string]int{hex.EncodeToString(sum[:]): n}, seen); d != "" {
		t.Errorf("fingerprints by number of processes (-want +got):\n%s", d)
	}
}

// A crash between the two writes leaves a key alone; it is taken.
func TestLoadKeyWithoutCertificate(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	before := parse(t, load(t, certs.Options{Home: home}).CertPEM())
	if err := os.Remove(filepath.Join(home, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	after := parse(t, load(t, certs.Options{Home: home}).CertPEM())
	if !bytes.Equal(before.RawSubjectPublicKeyInfo, after.RawSubjectPublicKeyInfo) {
		t.Error("the key that was there is not the new CA's")
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		damage func(home string) error
		want   string
	}{
		{"no key", func(home string) error { return os.Remove(filepath.Join(home, "ca-key.pem")) }, "restore the key"},
		{"garbled certificate", func(home string) error {
			return os.WriteFile(filepath.Join(home, "ca.pem"), []byte("x"), 0o600)
		}, "no \"CERTIFICATE\" block"},
		{"garbled key", func(home string) error {
			return os.WriteFile(filepath.Join(home, "ca-key.pem"), []byte("x"), 0o600)
		}, "no private key"},
		{"somebody else's key", func(home string) error {
			other := filepath.Join(home, "other")
			if _, err := certs.Load(certs.Options{Home: other}); err != nil {
				return err
			}
			return os.Rename(filepath.Join(other, "ca-key.pem"), filepath.Join(home, "ca-key.pem"))
		}, "does not belong to the certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			load(t, certs.Options{Home: home})
			if err := tt.damage(home); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(filepath.Join(home, "ca.pem"))
			_, err := certs.Load(certs.Options{Home: home})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), home) {
				t.Errorf("error %v, want one with %q and the path", err, tt.want)
			}
			if after, _ := os.ReadFile(filepath.Join(home, "ca.pem")); !bytes.Equal(before, after) {
				t.Error("a CA that could not be read was overwritten")
			}
		})
	}
	if _, err := certs.Load(certs.Options{}); err == nil {
		t.Error("Load without a home succeeded")
	}
	if _, err := certs.Load(certs.Options{Home: t.TempDir(), Now: at("1999-01-01")}); err != nil {
		t.Errorf("a new CA on a machine with a wrong clock: %v", err)
	}
}

func TestLoadClockBehind(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	load(t, certs.Options{Home: home, Now: at("2026-03-01")})
	_, err := certs.Load(certs.Options{Home: home, Now: at("2020-01-01")})
	if err == nil || !strings.Contains(err.Error(), "check the clock") {
		t.Errorf("error %v, want one that names the clock", err)
	}
}

func TestLoadFromReadOnlyHome(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("modes do not stop this user")
	}
	home := t.TempDir()
	load(t, certs.Options{Home: home})
	if err := os.Chmod(home, 0o500); err != nil {
		t.Fatal(err)
	}
	load(t, certs.Options{Home: home})
}

func TestRenewCA(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first := load(t, certs.Options{Home: home, Now: at("2026-03-01")})
	old := parse(t, first.CertPEM())

	soon := func() time.Time { return old.NotAfter.AddDate(0, 0, -120) }
	if a := load(t, certs.Options{Home: home, Now: soon}); !bytes.Equal(a.CertPEM(), first.CertPEM()) {
		t.Error("the CA was renewed 120 days before its end, want 90")
	}
	for _, tt := range []struct { // in this order: the clock does not go back
		name string
		when time.Time
	}{
		{"near its end", old.NotAfter.AddDate(0, 0, -30)},
		{"after it", old.NotAfter.AddDate(0, 0, 1)},
	} {
		name, when := tt.name, tt.when
		now := func() time.Time { return when }
		a := load(t, certs.Options{Home: home, Now: now})
		ca := parse(t, a.CertPEM())
		if !bytes.Equal(ca.RawSubjectPublicKeyInfo, old.RawSubjectPublicKeyInfo) || !bytes.Equal(ca.RawSubject, old.RawSubject) {
			t.Errorf("%s: the renewed CA has another key or name", name)
		}
		if ca.SerialNumber.Cmp(old.SerialNumber) == 0 || !ca.NotAfter.After(when.AddDate(5, 0, 0)) || !ca.MaxPathLenZero {
			t.Errorf("%s: not renewed: serial %v, not after %v", name, ca.SerialNumber, ca.NotAfter)
		}
		leaf, err := a.Certificate("example.com")
		if err != nil {
			t.Fatal(err)
		}
		roots := map[string][]byte{"new": a.CertPEM()}
		if when.Before(old.NotAfter) {
			roots["old"] = first.CertPEM() // clients that have not heard yet
		}
		for which, root := range roots {
			_, err := leaf.Leaf.Verify(x509.VerifyOptions{DNSName: "example.com", Roots: pool(t, root), CurrentTime: when})
			if err != nil {
				t.Errorf("%s: leaf under the %s root: %v", name, which, err)
			}
		}
	}
}
