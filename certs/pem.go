package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

const pemCert = "CERTIFICATE"

// A pemFile is the content of a file, and its path for messages.
type pemFile struct {
	path string
	data []byte
}

// parseCerts returns the certificates of a file, at least one.
func parseCerts(f pemFile) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(f.data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != pemCert {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificate in %s: %w", f.path, err)
		}
		certs = append(certs, c)
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("read certificate in %s: no %q block in it (PEM is expected)", f.path, pemCert)
	}
	return certs, nil
}

// parseKey returns the first private key of a file: PKCS #8, SEC 1 or PKCS #1.
func parseKey(f pemFile) (crypto.Signer, error) {
	for block, rest := pem.Decode(f.data); block != nil; block, rest = pem.Decode(rest) {
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue // e.g. "EC PARAMETERS" and certificates
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return nil, fmt.Errorf("the key in %s is encrypted: decrypt it, e.g. with openssl pkey", f.path)
		}
		key, err := parseKeyBlock(block)
		if err != nil {
			return nil, fmt.Errorf("read key in %s: %w", f.path, err)
		}
		return key, nil
	}
	return nil, fmt.Errorf("read key in %s: no private key in it (PEM is expected)", f.path)
}

func parseKeyBlock(block *pem.Block) (crypto.Signer, error) {
	switch block.Type {
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		if s, ok := key.(crypto.Signer); ok {
			return s, nil
		}
		return nil, fmt.Errorf("a key of type %T cannot sign", key)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	return nil, fmt.Errorf("unknown kind %q", block.Type)
}

// newKeyPEM makes an ECDSA P-256 key.
func newKeyPEM() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
