package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

const trustStoreName = "truststore.p12"

// TrustStorePassword is the password of the file of [Authority.TrustStore].
// There is nothing secret in it; Java wants one to check that it is whole, and
// this is the one that Java's own comes with.
const TrustStorePassword = pkcs12.DefaultPassword

// TrustStore returns the absolute path of a PKCS #12 file (RFC 7292) with the
// same certificates as [Authority.BundlePath], for Java
// (-Djavax.net.ssl.trustStoreType=PKCS12, readable since 8u301, 11.0.12 and
// 17). The file is rewritten where it is missing or out of date. See
// [ErrNoSystemRoots].
func (a *Authority) TrustStore() (string, error) {
	r := a.readRoots()
	entries := trustEntries(r.ders)
	path := a.derived(trustStoreName, r, bytes.Join(r.ders, nil))
	if sameTrust(path, entries) {
		return path, r.err
	}
	// Salts are random: the bytes differ each time.
	data, err := pkcs12.Modern2023.EncodeTrustStoreEntries(entries, TrustStorePassword)
	if err == nil {
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = writeFile(path, data, 0o644)
		}
	}
	if err != nil {
		return "", fmt.Errorf("write trust store: %w", err)
	}
	return path, r.err
}

// trustEntries names each certificate; Java tells them apart by name. What
// cannot be parsed is left out: it could not be used either.
func trustEntries(ders [][]byte) []pkcs12.TrustStoreEntry {
	entries := make([]pkcs12.TrustStoreEntry, 0, len(ders))
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		name := c.Subject.CommonName
		if name == "" {
			name = c.Subject.String()
		}
		id := c.SerialNumber.Bytes()
		entries = append(entries, pkcs12.TrustStoreEntry{
			Cert:         c,
			FriendlyName: fmt.Sprintf("%d %s %s", len(entries)+1, name, hex.EncodeToString(id[:min(4, len(id))])),
		})
	}
	return entries
}

// sameTrust says whether the file holds the certificates already.
func sameTrust(path string, entries []pkcs12.TrustStoreEntry) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	have, err := pkcs12.DecodeTrustStore(data, TrustStorePassword)
	if err != nil || len(have) != len(entries) {
		return false
	}
	for i, c := range have {
		if !c.Equal(entries[i].Cert) {
			return false
		}
	}
	return true
}
