package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	day = 24 * time.Hour

	// lifetimeCA is how long the CA in the home directory lives.
	lifetimeCA = 3650 * day
	// lifetimeLeaf keeps a day of distance to the 398 days that browsers
	// accept (CA/Browser Forum, Baseline Requirements §6.3.2 of 2020).
	lifetimeLeaf = 397 * day
	// backdate is how far the clock of a client may be behind ours.
	backdate = day
	// renewLeaf is how long before its end a cached leaf is replaced.
	renewLeaf = 30 * day

	// maxCommonName is X.520's ub-common-name (RFC 5280 appendix A.1).
	maxCommonName = 64

	organization = "pactape"
)

// An issuer is a CA certificate and its key. It is immutable.
type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
	// chain is what follows the leaf on the wire: nothing below a root, the
	// CA and what is above it otherwise.
	chain [][]byte
	// pem is the certificate and those above it.
	pem []byte
	// notAfter is the earliest end among them.
	notAfter time.Time
}

// newIssuer pairs certificates and key. The first certificate is the CA.
func newIssuer(certFile, keyFile pemFile) (*issuer, error) {
	certs, err := parseCerts(certFile)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(keyFile)
	if err != nil {
		return nil, err
	}
	ca := certs[0]
	if pub, ok := ca.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(key.Public()) {
		return nil, fmt.Errorf("the key in %s does not belong to the certificate in %s", keyFile.path, certFile.path)
	}
	is := &issuer{cert: ca, key: key, notAfter: ca.NotAfter}
	for _, c := range certs {
		is.notAfter = earlier(is.notAfter, c.NotAfter)
		is.pem = append(is.pem, pem.EncodeToMemory(&pem.Block{Type: pemCert, Bytes: c.Raw})...)
		if !selfSigned(c) { // a root is the client's to know
			is.chain = append(is.chain, c.Raw)
		}
	}
	return is, nil
}

// selfSigned says whether the CA is a root.
func (is *issuer) selfSigned() bool { return selfSigned(is.cert) }

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignatureFrom(c) == nil
}

// check says why the CA cannot sign server certificates now.
func (is *issuer) check(now time.Time) error {
	c := is.cert
	switch {
	case !c.BasicConstraintsValid || !c.IsCA:
		return errors.New("not a CA certificate: it may not sign others")
	case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		return errors.New("its key usage does not allow signing certificates")
	case !servesTLS(c):
		return errors.New("its extended key usage does not allow TLS servers")
	case now.Before(c.NotBefore):
		return fmt.Errorf("not valid before %s: check the clock", c.NotBefore.Format(time.RFC3339))
	}
	return is.expired(now)
}

// servesTLS says whether the extended key usage, which in practice constrains
// what is signed, allows TLS servers.
func servesTLS(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageServerAuth || u == x509.ExtKeyUsageAny {
			return true
		}
	}
	return false
}

// ErrExpired is wrapped by errors about a CA that has expired.
var ErrExpired = errors.New("the CA certificate has expired")

// expired says whether the CA, or one above it that we know of, has expired.
func (is *issuer) expired(now time.Time) error {
	if now.Before(is.notAfter) {
		return nil
	}
	return fmt.Errorf("%w on %s", ErrExpired, is.notAfter.Format(time.DateOnly))
}

// mint signs a leaf for a canonical host and says when to replace it.
func (is *issuer) mint(h hostName, now time.Time) (*tls.Certificate, time.Time, error) {
	if err := is.expired(now); err != nil {
		return nil, time.Time{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, time.Time{}, err
	}
	tmpl, err := is.leafTemplate(h, key, now)
	if err != nil {
		return nil, time.Time{}, err
	}
	der, err := sign(tmpl, is.cert, key.Public(), is.key)
	if err != nil {
		return nil, time.Time{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, time.Time{}, err
	}
	renew := leaf.NotAfter.Add(-renewLeaf)
	if !leaf.NotAfter.Before(is.notAfter) {
		renew = leaf.NotAfter // a new one would live no longer
	}
	chain := slices.Concat([][]byte{der}, is.chain)
	return &tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf}, renew, nil
}

func (is *issuer) leafTemplate(h hostName, key *ecdsa.PrivateKey, now time.Time) (*x509.Certificate, error) {
	id, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	tmpl := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{organization}},
		NotBefore:             later(now.Add(-backdate), is.cert.NotBefore),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		SubjectKeyId:          id, // the AuthorityKeyId is copied from the CA
	}
	tmpl.NotAfter = earlier(tmpl.NotBefore.Add(lifetimeLeaf), is.notAfter)
	if name := h.String(); len(name) <= maxCommonName {
		tmpl.Subject.CommonName = name
	}
	h.setSAN(tmpl)
	return tmpl, nil
}

// newCATemplate is the certificate of a new CA. Part of the key's id is in its
// name, so that those of two machines are told apart where both are trusted.
func newCATemplate(key crypto.Signer, now time.Time) (*x509.Certificate, error) {
	id, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		Subject: pkix.Name{
			Organization: []string{organization},
			CommonName:   "pactape CA " + hex.EncodeToString(id[:4]),
		},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(lifetimeCA),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true, // it signs leaves only
		SubjectKeyId:          id,
		AuthorityKeyId:        id,
	}, nil
}

// renewedCATemplate is old with a new life.
func renewedCATemplate(old *x509.Certificate, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		RawSubject:            old.RawSubject,
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(lifetimeCA),
		KeyUsage:              old.KeyUsage,
		ExtKeyUsage:           old.ExtKeyUsage,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            old.MaxPathLen,
		MaxPathLenZero:        old.MaxPathLenZero,
		SubjectKeyId:          old.SubjectKeyId,
		AuthorityKeyId:        old.SubjectKeyId,
	}
}

// selfSign signs a CA template with the key of a file.
func selfSign(tmpl *x509.Certificate, keyFile pemFile) ([]byte, error) {
	key, err := parseKey(keyFile)
	if err != nil {
		return nil, err
	}
	der, err := sign(tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemCert, Bytes: der}), nil
}

// sign makes a certificate. The template has no serial number: x509 then draws
// one of 20 octets from the random source (RFC 5280 §4.1.2.2).
func sign(tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
}

// keyID is the key identifier of RFC 7093 §2 method 1.
func keyID(pub crypto.PublicKey) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(spki)
	return sum[:20], nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
