package certs_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/certs"
)

// A ca is a certificate and key made by a test.
type ca struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newKey(t testing.TB, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newCA makes a CA below parent, or a root; change may be nil.
func newCA(t testing.TB, kind string, parent *ca, change func(*x509.Certificate)) *ca {
	t.Helper()
	c := &ca{key: newKey(t, kind)}
	tmpl := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Test CA " + kind},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	if parent != nil {
		tmpl.Subject.CommonName += " below " + parent.cert.Subject.CommonName
	}
	if change != nil {
		change(tmpl)
	}
	if parent == nil {
		parent = &ca{tmpl, c.key}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent.cert, c.key.Public(), parent.key)
	if err == nil {
		c.cert, err = x509.ParseCertificate(der)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func certPEM(cas ...*ca) []byte {
	var out []byte
	for _, c := range cas {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw})...)
	}
	return out
}

func keyPEM(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// write puts data into a file of a temporary directory.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCustomCA(t *testing.T) {
	t.Parallel()
	root := newCA(t, "ecdsa", nil, nil)
	middle := newCA(t, "rsa", root, nil)
	rsaCA, edCA := newCA(t, "rsa", nil, nil), newCA(t, "ed25519", nil, nil)
	ecKey, ok1 := root.key.(*ecdsa.PrivateKey)
	rsaKey, ok2 := rsaCA.key.(*rsa.PrivateKey)
	if !ok1 || !ok2 {
		t.Fatalf("keys are %T and %T", root.key, rsaCA.key)
	}
	sec1, err := x509.MarshalECPrivateKey(ecKey)
	if err != nil {
		t.Fatal(err)
	}
	ecFile := append([]byte("-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n"),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})...)
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})
	tests := []struct {
		name      string
		cert, key []byte
		root      *ca
		sent      int // certificates in the handshake
	}{
		{"ECDSA in SEC 1", certPEM(root), ecFile, root, 1},
		{"RSA in PKCS #1", certPEM(rsaCA), pkcs1, rsaCA, 1},
		{"Ed25519 in PKCS #8", certPEM(edCA), keyPEM(t, edCA.key), edCA, 1},
		{"an intermediate alone", certPEM(middle), keyPEM(t, middle.key), root, 2},
		{"an intermediate and its root", certPEM(middle, root), keyPEM(t, middle.key), root, 2},
		{"both in one file", append(keyPEM(t, root.key), certPEM(root)...), append(certPEM(root), keyPEM(t, root.key)...), root, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			o := certs.Options{Home: home, CertFile: write(t, "c.pem", tt.cert), KeyFile: write(t, "k.pem", tt.key)}
			a := load(t, o)
			if _, err := os.Stat(filepath.Join(home, "ca.pem")); err == nil {
				t.Error("a CA was made beside the one given")
			}
			if a.CertPath() != o.CertFile || bytes.Contains(a.CertPEM(), []byte("PRIVATE")) {
				t.Errorf("CertPath %s; CertPEM:\n%s", a.CertPath(), a.CertPEM())
			}
			c, err := a.Certificate("example.com")
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Certificate) != tt.sent {
				t.Errorf("%d certificates are sent, want %d", len(c.Certificate), tt.sent)
			}
			opts := x509.VerifyOptions{DNSName: "example.com", Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
			opts.Roots.AddCert(tt.root.cert)
			for _, der := range c.Certificate[1:] {
				opts.Intermediates.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
			}
			if _, err := c.Leaf.Verify(opts); err != nil {
				t.Errorf("a client that knows the root alone refuses: %v", err)
			}
			if ca := parse(t, a.CertPEM()); c.Leaf.NotAfter.After(ca.NotAfter) || c.Leaf.NotAfter.After(a.NotAfter()) {
				t.Errorf("the leaf outlives its CA: %v", c.Leaf.NotAfter)
			}
		})
	}
}

func TestCustomCAErrors(t *testing.T) {
	t.Parallel()
	good := newCA(t, "ecdsa", nil, nil)
	change := func(f func(*x509.Certificate)) *ca { return newCA(t, "ecdsa", nil, f) }
	server := change(func(c *x509.Certificate) { c.IsCA = false; c.KeyUsage = x509.KeyUsageDigitalSignature })
	crl := change(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	mail := change(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	past := change(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	future := change(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})
	legacy := pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte("x"),
	})
	tests := []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"no key", certPEM(good), nil, "both a certificate file and a key file"},
		{"no certificate", nil, keyPEM(t, good.key), "both a certificate file and a key file"},
		{"another key", certPEM(good), keyPEM(t, server.key), "does not belong"},
		{"another kind of key", certPEM(good), keyPEM(t, newKey(t, "ed25519")), "does not belong"},
		{"a server's certificate", certPEM(server), keyPEM(t, server.key), "not a CA certificate"},
		{"only for CRLs", certPEM(crl), keyPEM(t, crl.key), "key usage"},
		{"only for mail", certPEM(mail), keyPEM(t, mail.key), "extended key usage"},
		{"expired", certPEM(past), keyPEM(t, past.key), "has expired on"},
		{"not yet valid", certPEM(future), keyPEM(t, future.key), "not valid before"},
		{"encrypted key", certPEM(good), encrypted, "is encrypted"},
		{"encrypted key of old", certPEM(good), legacy, "is encrypted"},
		{"files mixed up", keyPEM(t, good.key), certPEM(good), "no \"CERTIFICATE\" block"},
		{"no PEM", good.cert.Raw, keyPEM(t, good.key), "PEM is expected"},
		{"a key of nonsense", certPEM(good), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), "read key in"},
		{"a key of another kind", certPEM(good), pem.EncodeToMemory(&pem.Block{Type: "DSA PRIVATE KEY", Bytes: []byte("x")}), "unknown kind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := certs.Options{Home: t.TempDir()}
			if tt.cert != nil {
				o.CertFile = write(t, "c.pem", tt.cert)
			}
			if tt.key != nil {
				o.KeyFile = write(t, "k.pem", tt.key)
			}
			if _, err := certs.Load(o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	missing := filepath.Join(t.TempDir(), "missing.pem")
	_, err := certs.Load(certs.Options{Home: t.TempDir(), CertFile: missing, KeyFile: missing})
	if err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want one with the path", err)
	}
}

// No client accepts a leaf after the end of any certificate above it.
func TestCustomCAEndsWithItsRoot(t *testing.T) {
	t.Parallel()
	root := newCA(t, "ecdsa", nil, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 2, 0) })
	middle := newCA(t, "ecdsa", root, nil)
	a := load(t, certs.Options{
		CertFile: write(t, "c.pem", certPEM(middle, root)), KeyFile: write(t, "k.pem", keyPEM(t, middle.key)),
	})
	c, err := a.Certificate("example.com")
	if err != nil {
		t.Fatal(err)
	}
	if want := root.cert.NotAfter; !c.Leaf.NotAfter.Equal(want) || !a.NotAfter().Equal(want) {
		t.Errorf("leaf until %v, CA until %v; want %v for both", c.Leaf.NotAfter, a.NotAfter(), want)
	}
}

// Near its end a CA of one's own works, and the log says so.
func TestCustomCANearItsEnd(t *testing.T) {
	t.Parallel()
	soon := newCA(t, "ecdsa", nil, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, 20) })
	var out bytes.Buffer
	a := load(t, certs.Options{
		Home:     t.TempDir(),
		CertFile: write(t, "c.pem", certPEM(soon)),
		KeyFile:  write(t, "k.pem", keyPEM(t, soon.key)),
		Logger:   slog.New(slog.NewTextHandler(&out, nil)),
	})
	if !strings.Contains(out.String(), "expires soon") {
		t.Errorf("log: %q", out.String())
	}
	if _, err := a.Certificate("example.com"); err != nil {
		t.Error(err)
	}
}
