package certs_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/pactape/pactape/certs"
)

// env is an environment of pairs.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// subjects are the names in a PEM file, in order.
func subjects(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, c.Subject.CommonName)
	}
	return names
}

func named(t *testing.T, name string) *ca {
	t.Helper()
	return newCA(t, "ecdsa", nil, func(c *x509.Certificate) { c.Subject.CommonName = name })
}

func TestBundleOfSystemRoots(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("what the system trusts is known to be readable on Linux alone")
	}
	a := load(t, certs.Options{Getenv: env()})
	path, err := a.BundlePath()
	if errors.Is(err, certs.ErrNoSystemRoots) {
		t.Skipf("this machine has no roots: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(a.CertPath()), "bundle.pem"); path != want {
		t.Errorf("path %s, want %s", path, want)
	}
	names := subjects(t, path)
	if info, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err == nil && info.Size() > 0 {
		named := load(t, certs.Options{Getenv: env("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt", "SSL_CERT_DIR", "/etc/ssl/certs/")})
		if path, err := named.BundlePath(); err != nil || filepath.Base(path) != "bundle.pem" {
			t.Errorf("the environment names the platform's roots: %s, %v", path, err)
		}
	}
	if own := parse(t, a.CertPEM()).Subject.CommonName; len(names) < 50 || names[len(names)-1] != own {
		t.Errorf("%d certificates, the last %q; want the system's and %q", len(names), names[len(names)-1], own)
	}
}

// TestBundleFromTheBeginning: who looks beside the certificate finds it, with
// the certificate in it.
func TestBundleFromTheBeginning(t *testing.T) {
	t.Parallel()
	file := write(t, "roots.pem", certPEM(named(t, "one")))
	now := at("2026-03-01")
	a := load(t, certs.Options{Getenv: env("SSL_CERT_FILE", file), Now: now})
	find := func() string {
		t.Helper()
		bundles, err := filepath.Glob(filepath.Join(filepath.Dir(a.CertPath()), "bundle*.pem"))
		if err != nil || len(bundles) == 0 {
			t.Fatalf("bundles %v, %v", bundles, err)
		}
		return bundles[len(bundles)-1]
	}
	want := []string{"one", parse(t, a.CertPEM()).Subject.CommonName}
	if d := cmp.Diff(want, subjects(t, find())); d != "" {
		t.Errorf("bundle (-want +got):\n%s", d)
	}
	// What is there is left alone while it is not older than the certificate.
	marked := find()
	if err := os.WriteFile(marked, certPEM(named(t, "mark")), 0o600); err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(a.CertPath())
	load(t, certs.Options{Home: home, Getenv: env("SSL_CERT_FILE", file), Now: now})
	if d := cmp.Diff([]string{"mark"}, subjects(t, marked)); d != "" {
		t.Errorf("rewritten (-want +got):\n%s", d)
	}
	if err := os.Chtimes(marked, now().AddDate(-30, 0, 0), now().AddDate(-30, 0, 0)); err != nil {
		t.Fatal(err)
	}
	load(t, certs.Options{Home: home, Getenv: env("SSL_CERT_FILE", file), Now: now})
	if d := cmp.Diff(want, subjects(t, find())); d != "" {
		t.Errorf("not rewritten (-want +got):\n%s", d)
	}
}

func TestBundleOfEnvironment(t *testing.T) {
	t.Parallel()
	one, two, three := named(t, "one"), named(t, "two"), named(t, "three")
	file := write(t, "roots.pem", append([]byte("a comment\n"), certPEM(one, two, one)...))
	dir, dir2 := t.TempDir(), t.TempDir()
	for name, data := range map[string][]byte{"2.pem": certPEM(two), "3.crt": certPEM(three), "README": []byte("no certificate")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		for link, target := range map[string]string{"abcd.0": "3.crt", "dead.0": "/nowhere/at/all"} {
			if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	dirs := dir2 + string(os.PathListSeparator) + dir
	tests := []struct {
		name string
		env  func(string) string
		want []string
	}{
		{"file", env("SSL_CERT_FILE", file), []string{"one", "two"}},
		{"directories", env("SSL_CERT_DIR", dirs), []string{"two", "three"}},
		{"both", env("SSL_CERT_FILE", file, "SSL_CERT_DIR", dirs), []string{"one", "two", "three"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := load(t, certs.Options{Getenv: tt.env})
			path, err := a.BundlePath()
			if err != nil {
				t.Fatal(err)
			}
			want := append(tt.want, parse(t, a.CertPEM()).Subject.CommonName)
			if d := cmp.Diff(want, subjects(t, path)); d != "" {
				t.Errorf("bundle (-want +got):\n%s", d)
			}
			if filepath.Base(path) == "bundle.pem" {
				t.Error("roots of one shell overwrite the bundle of all")
			}
			// A process below, told of the bundle, makes the same.
			below := load(t, certs.Options{Home: filepath.Dir(a.CertPath()), Getenv: env("SSL_CERT_FILE", path)})
			if again, err := below.BundlePath(); err != nil || again != path {
				t.Errorf("from the bundle itself: %s, %v; want %s", again, err, path)
			}
		})
	}
}

func TestBundleRewrittenWhenStale(t *testing.T) {
	t.Parallel()
	a := load(t, certs.Options{Getenv: env()})
	path, err := a.BundlePath()
	if path == "" {
		t.Fatal(err)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	if _, err := a.BundlePath(); err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		t.Fatal(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("a bundle that was up to date was replaced")
	}
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	// "pactape env" in this shell: the bundle must not become its own source.
	below := load(t, certs.Options{Home: filepath.Dir(path), Getenv: env("SSL_CERT_FILE", path)})
	if _, err := below.BundlePath(); err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
		t.Errorf("a stale bundle stayed: %d bytes, want %d", len(got), len(want))
	}
}

func TestBundleWithoutSystemRoots(t *testing.T) {
	t.Parallel()
	for name, getenv := range map[string]func(string) string{
		"no file":      env("SSL_CERT_FILE", filepath.Join(t.TempDir(), "none.pem")),
		"no directory": env("SSL_CERT_DIR", filepath.Join(t.TempDir(), "none")),
		"empty":        env("SSL_CERT_FILE", write(t, "empty.pem", []byte("nothing here"))),
	} {
		a := load(t, certs.Options{Getenv: getenv})
		for _, get := range []func() (string, error){a.BundlePath, a.TrustStore} {
			path, err := get()
			if !errors.Is(err, certs.ErrNoSystemRoots) {
				t.Errorf("%s: %v, want ErrNoSystemRoots", name, err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: no file that trusts the CA alone: %v", name, err)
			}
		}
		path, _ := a.BundlePath()
		if d := cmp.Diff([]string{parse(t, a.CertPEM()).Subject.CommonName}, subjects(t, path)); d != "" {
			t.Errorf("%s: bundle (-want +got):\n%s", name, d)
		}
	}
}

// Two CAs in use at the same time must not share files.
func TestCustomCAHasItsOwnFiles(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	own := load(t, certs.Options{Home: home, Getenv: env()})
	other := newCA(t, "ecdsa", nil, nil)
	custom := load(t, certs.Options{
		Home: home, Getenv: env(), CertFile: write(t, "c.pem", certPEM(other)), KeyFile: write(t, "k.pem", keyPEM(t, other.key)),
	})
	paths := map[string]bool{}
	for _, a := range []*certs.Authority{own, custom} {
		for _, get := range []func() (string, error){a.BundlePath, a.TrustStore} {
			path, err := get()
			if err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
				t.Fatal(err)
			}
			if paths[path] || !strings.HasPrefix(path, home) {
				t.Errorf("%s is shared, or outside the home directory", path)
			}
			paths[path] = true
		}
	}
}

func TestTrustStore(t *testing.T) {
	t.Parallel()
	one, two := named(t, "one"), named(t, "two")
	roots := write(t, "roots.pem", certPEM(one, two))
	a := load(t, certs.Options{Getenv: env("SSL_CERT_FILE", roots)})
	path, err := a.TrustStore()
	if err != nil {
		t.Fatal(err)
	}
	read := func() []string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pkcs12.DecodeTrustStore(data, certs.TrustStorePassword)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range list {
			names = append(names, c.Subject.CommonName)
		}
		return names
	}
	want := []string{"one", "two", parse(t, a.CertPEM()).Subject.CommonName}
	if d := cmp.Diff(want, read()); d != "" {
		t.Errorf("trust store (-want +got):\n%s", d)
	}
	before, _ := os.Stat(path)
	if _, err := a.TrustStore(); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("a trust store that was up to date was replaced")
	}
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.TrustStore(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, read()); d != "" {
		t.Errorf("after it was stale (-want +got):\n%s", d)
	}
}

func TestTrustStoreInJava(t *testing.T) {
	t.Parallel()
	tool := need(t, "keytool")
	a := load(t, certs.Options{Getenv: env()})
	bundle, err := a.BundlePath()
	if err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		t.Fatal(err)
	}
	path, err := a.TrustStore()
	if err != nil && !errors.Is(err, certs.ErrNoSystemRoots) {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-J-Duser.language=en", "-list", "-keystore", path,
		"-storetype", "PKCS12", "-storepass", certs.TrustStorePassword).CombinedOutput()
	if err != nil {
		t.Fatalf("keytool: %v\n%s", err, out)
	}
	entries := regexp.MustCompile(`(?m)trustedCertEntry`).FindAll(out, -1)
	if want := len(subjects(t, bundle)); len(entries) != want {
		t.Errorf("Java sees %d trusted certificates, want %d:\n%.2000s", len(entries), want, out)
	}
}
