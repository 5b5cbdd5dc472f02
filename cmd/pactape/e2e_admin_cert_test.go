package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"testing"
	"time"
)

// issueClient makes a CA and a certificate of a client by it. The files are
// name-ca.pem, and name.pem with certificate and key.
func issueClient(t *testing.T, h home, name string) tls.Certificate {
	t.Helper()
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name + " CA"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	caKey, key := newKey(t), newKey(t)
	sign := func(template *x509.Certificate, key *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template, ca, &key.PublicKey, caKey)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, keyPEM := sign(leaf, key), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for file, data := range map[string][]byte{name + "-ca.pem": sign(ca, caKey), name + ".pem": append(cert, keyPEM...)} {
		if err := os.WriteFile(h.path(file), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.X509KeyPair(cert, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestE2EAdminClientCertificate demands a certificate of who calls the admin
// API, on the proxy's port and on that of its own, and of nobody else.
func TestE2EAdminClientCertificate(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("live"))
	h := newHome(t)
	friend, stranger := issueClient(t, h, "friend"), issueClient(t, h, "stranger")
	admin := freeAddress(t)
	s := h.serve(t, "--upstream-ca", u.ca, "--admin-listen", admin, "--admin-client-ca", h.path("friend-ca.pem"))
	client := func(cert ...tls.Certificate) *http.Client {
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: rootsOf(t, s.path("home", "ca.pem")), Certificates: cert},
			ForceAttemptHTTP2: true,
		}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
	for _, addr := range []string{s.addr, admin} {
		call := func(c *http.Client, scheme, path string) int {
			a, err := send(t.Context(), c, http.MethodPut, scheme+"://"+addr+path, "")
			if err != nil {
				return 0
			}
			return a.status
		}
		if got := call(client(friend), "https", "/mockserver/reset"); got != http.StatusOK {
			t.Errorf("%s: with a certificate: %d", addr, got)
		}
		if got := call(client(), "https", "/mockserver/reset"); got != http.StatusUnauthorized {
			t.Errorf("%s: without one: %d", addr, got)
		}
		if got := call(client(stranger), "https", "/mockserver/reset"); got != 0 && got != http.StatusUnauthorized {
			t.Errorf("%s: with one of another CA: %d", addr, got)
		}
		if got := call(client(friend), "http", "/mockserver/reset"); got == http.StatusOK {
			t.Errorf("%s: in the clear: %d", addr, got)
		}
		get(t, client(), "https://"+addr+"/livez", 200, "ok")
	}
	// Clients of the proxy are asked for nothing.
	get(t, s.through(t, ""), u.url+"/a", 200, "live /a")
	// Our own commands can show one, and trust the server by the home they share.
	s.pactape(t, "export", "--server", "https://"+s.addr).want(t, 2).says(t, "401", "client certificate")
	s.pactape(t, "export", "--server", "https://"+s.addr, "--admin-cert", h.path("friend.pem")).want(t, 0)
	s.pactape(t, "serve", "--listen", "127.0.0.1:0", "--admin-client-ca", h.path("home", "redaction.key")).want(t, 2).says(t, "--admin-client-ca", "PEM")
}
