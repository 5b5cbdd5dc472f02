package certs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// customDir is where, below the home directory, the files derived from a CA of
// one's own go: those of the CA in the home directory may be in use.
const customDir = "custom"

// loadCustom takes the CA of two files.
func (a *Authority) loadCustom(o Options) error {
	if o.CertFile == "" || o.KeyFile == "" {
		return errors.New("load CA: a CA of one's own takes both a certificate file and a key file")
	}
	certPath, err := filepath.Abs(o.CertFile)
	if err != nil {
		return fmt.Errorf("load CA: %w", err)
	}
	certPEM, err := os.ReadFile(certPath)
	if err != nil {
		return fmt.Errorf("load CA: %w", err)
	}
	keyPEM, err := os.ReadFile(o.KeyFile)
	if err != nil {
		return fmt.Errorf("load CA: %w", err)
	}
	is, err := newIssuer(pemFile{o.CertFile, certPEM}, pemFile{o.KeyFile, keyPEM})
	if err != nil {
		return fmt.Errorf("load CA: %w", err)
	}
	now := o.Now()
	if err := is.check(now); err != nil {
		return fmt.Errorf("load CA %s: %w", o.CertFile, err)
	}
	if left := is.notAfter.Sub(now); left < renewLeaf {
		o.Logger.Warn("the CA certificate expires soon", keyPath, certPath, keyNotAfter, is.notAfter)
	}
	sum := sha256.Sum256(is.cert.Raw)
	a.issuer, a.certPath = is, certPath
	a.dir = filepath.Join(o.Home, customDir, hex.EncodeToString(sum[:8]))
	return nil
}
