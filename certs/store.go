package certs

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// CertName is the file of the CA certificate in the home directory.
const CertName = "ca.pem"

const (
	keyName  = "ca-key.pem"
	lockName = "ca.lock"

	// renewCA is how long before its end the CA in the home directory is
	// renewed. It is the time that clients have to learn the new one.
	renewCA = 90 * day
)

// A store is the CA in the home directory.
type store struct {
	dir string
	now func() time.Time
	log *slog.Logger
}

func (s store) certPath() string { return filepath.Join(s.dir, CertName) }
func (s store) keyFile() string  { return filepath.Join(s.dir, keyName) }

// open reads the CA and, under the lock, makes or renews it where needed. A
// home that holds a good CA is not written to and may be read-only.
func (s store) open() (*issuer, error) {
	if is, err := s.read(); err == nil && !s.due(is) {
		return is, s.check(is)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make home directory: %w", err)
	}
	lock := flock.New(filepath.Join(s.dir, lockName), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return nil, fmt.Errorf("lock home directory %s: %w", s.dir, err)
	}
	defer func() { _ = lock.Close() }() // the file stays: removing it would race

	is, err := s.read() // another process may have been faster
	switch {
	case errors.Is(err, fs.ErrNotExist):
		is, err = s.create()
	case err == nil && s.due(is):
		is, err = s.renew(is)
	}
	if err != nil {
		return nil, err
	}
	return is, s.check(is)
}

// read loads the two files. The certificate is read first because it is
// written last: where it exists, so does its key. The error wraps
// [fs.ErrNotExist] only if there is no certificate.
func (s store) read() (*issuer, error) {
	certPEM, err := os.ReadFile(s.certPath())
	if err != nil {
		return nil, fmt.Errorf("read CA: %w", err)
	}
	keyPEM, err := os.ReadFile(s.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read CA: %s is there but its key %s is not: restore the key, or remove %[1]s to get a new CA",
			s.certPath(), s.keyFile())
	}
	if err != nil {
		return nil, fmt.Errorf("read CA: %w", err)
	}
	s.tighten()
	return newIssuer(pemFile{s.certPath(), certPEM}, pemFile{s.keyFile(), keyPEM})
}

// tighten takes everybody else's access to the key away. Where the file
// system does not keep modes, it can only say so.
func (s store) tighten() {
	if runtime.GOOS == "windows" {
		return // modes say nothing there; the profile directory's ACL protects
	}
	info, err := os.Stat(s.keyFile())
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return
	}
	err = os.Chmod(s.keyFile(), 0o600)
	s.log.Warn("the CA's key was accessible to other users", keyPath, s.keyFile(),
		keyMode, info.Mode().Perm().String(), keyError, err)
}

// due says whether the CA should be renewed now: it is ours to renew, and near
// its end.
func (s store) due(is *issuer) bool {
	return is.selfSigned() && !s.now().Before(is.cert.NotAfter.Add(-renewCA))
}

// check refuses what cannot sign now.
func (s store) check(is *issuer) error {
	if err := is.check(s.now()); err != nil {
		return fmt.Errorf("load CA %s: %w", s.certPath(), err)
	}
	return nil
}

// create makes a new CA. A key without a certificate is what a crash at this
// very place leaves, and is taken.
func (s store) create() (*issuer, error) {
	keyPEM, err := os.ReadFile(s.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		if keyPEM, err = newKeyPEM(); err == nil {
			err = writeFile(s.keyFile(), keyPEM, 0o600)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("make CA: %w", err)
	}
	key, err := parseKey(pemFile{s.keyFile(), keyPEM})
	if err != nil {
		return nil, fmt.Errorf("make CA: %w", err)
	}
	tmpl, err := newCATemplate(key, s.now())
	if err != nil {
		return nil, fmt.Errorf("make CA: %w", err)
	}
	is, err := s.sign(tmpl, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("make CA: %w", err)
	}
	s.log.Info("made a certificate authority", keyPath, s.certPath(), keyNotAfter, is.cert.NotAfter)
	return is, nil
}

// renew gives the CA a new certificate for the same key and subject.
func (s store) renew(old *issuer) (*issuer, error) {
	keyPEM, err := os.ReadFile(s.keyFile())
	if err != nil {
		return nil, fmt.Errorf("renew CA: %w", err)
	}
	is, err := s.sign(renewedCATemplate(old.cert, s.now()), keyPEM)
	if err != nil {
		return nil, fmt.Errorf("renew CA: %w", err)
	}
	s.log.Warn("renewed the certificate authority; clients that were told to trust it must be told again before the old certificate expires",
		keyPath, s.certPath(), keyOldNotAfter, old.cert.NotAfter, keyNotAfter, is.cert.NotAfter)
	return is, nil
}

// sign writes the self-signed certificate of tmpl.
func (s store) sign(tmpl *x509.Certificate, keyPEM []byte) (*issuer, error) {
	certPEM, err := selfSign(tmpl, pemFile{s.keyFile(), keyPEM})
	if err != nil {
		return nil, err
	}
	is, err := newIssuer(pemFile{s.certPath(), certPEM}, pemFile{s.keyFile(), keyPEM})
	if err != nil {
		return nil, err
	}
	return is, writeFile(s.certPath(), certPEM, 0o644)
}

// writeFile replaces a file as a whole: a reader sees the old or the new
// content, and after a crash one of both is there.
func writeFile(path string, data []byte, mode fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil && mode != 0o600 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename durable. Windows has no such call for directories.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// writeIfChanged is writeFile where the file does not hold data already.
func writeIfChanged(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writeFile(path, data, 0o644)
}
