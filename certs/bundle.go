package certs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const bundleName = "bundle.pem"

// The variables by which OpenSSL, Go and others are told where roots are.
const (
	envCertFile = "SSL_CERT_FILE"
	envCertDir  = "SSL_CERT_DIR"
)

// ErrNoSystemRoots is wrapped by the errors of [Authority.BundlePath] and
// [Authority.TrustStore] where the roots that this system trusts could not be
// read. The path they return is valid nevertheless: its file holds the CA
// alone, so that everything intercepted is trusted and nothing else.
var ErrNoSystemRoots = errors.New("the root certificates of this system cannot be read")

// BundlePath returns the absolute path of a PEM file that holds the roots this
// system trusts and the CA, for runtimes that replace their roots by one file.
// The file is rewritten where it is missing or out of date. [Load] makes it with
// the CA, for who looks beside the certificate.
//
// The roots are those of the files that SSL_CERT_FILE and SSL_CERT_DIR name,
// as a child process would have used them, else those of the platform's
// bundle. Windows has no such file, and the one of macOS lacks what was added
// to the keychain. See [ErrNoSystemRoots].
func (a *Authority) BundlePath() (string, error) {
	r := a.readRoots()
	var out []byte
	for _, der := range r.ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: pemCert, Bytes: der})...)
	}
	path := a.derived(bundleName, r, out)
	if err := writeIfChanged(path, out); err != nil {
		return "", fmt.Errorf("write CA bundle: %w", err)
	}
	return path, r.err
}

// lacksBundle reports whether there is no bundle yet that holds the CA's
// certificate. One that is there may still lack what the system has come to
// trust: BundlePath sees to that when it is asked for.
func (a *Authority) lacksBundle() bool {
	cert, err := os.Stat(a.certPath)
	if err != nil {
		return false
	}
	bundles, _ := filepath.Glob(filepath.Join(a.dir, "bundle*.pem")) // the pattern is well formed
	return !slices.ContainsFunc(bundles, func(path string) bool {
		bundle, err := os.Stat(path)
		return err == nil && !bundle.ModTime().Before(cert.ModTime())
	})
}

// derived is the path of a file made from roots. Roots that the environment
// names differ from one shell to the next: their files must not take turns in
// overwriting each other under a running child.
func (a *Authority) derived(name string, r roots, content []byte) string {
	if r.fromEnv {
		sum := sha256.Sum256(content)
		ext := filepath.Ext(name)
		name = strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:8]) + ext
	}
	return filepath.Join(a.dir, name)
}

// roots are certificates to trust in a stable order, each once: those of the
// system, then the CA.
type roots struct {
	ders    [][]byte
	seen    map[string]bool
	fromEnv bool
	err     error // wraps ErrNoSystemRoots if there were none
}

// readRoots collects what the system trusts, and the CA.
func (a *Authority) readRoots() roots {
	r := roots{seen: make(map[string]bool)}
	ours := [][]byte{}
	for block, rest := pem.Decode(a.issuer.pem); block != nil; block, rest = pem.Decode(rest) {
		ours = append(ours, block.Bytes)
		r.seen[string(block.Bytes)] = true // ours come last, always
	}
	file, dirs := a.getenv(envCertFile), filepath.SplitList(a.getenv(envCertDir))
	if a.isOwnBundle(file) { // from "pactape env" in this shell
		file = ""
	}
	if file != "" || len(dirs) > 0 {
		r.fromEnv = !isPlatform(file, dirs)
		r.addEnv(file, dirs)
	} else {
		r.addPlatform()
	}
	if len(r.ders) == 0 && r.err == nil {
		r.err = ErrNoSystemRoots
	}
	r.ders = append(r.ders, ours...)
	return r
}

// isOwnBundle says whether path is the bundle made from the platform's roots.
func (a *Authority) isOwnBundle(path string) bool {
	if path == "" {
		return false
	}
	abs, err := filepath.Abs(path)
	return err == nil && abs == filepath.Join(a.dir, bundleName)
}

// addEnv adds what the variables name. Unlike OpenSSL it says so where that
// is not there.
func (r *roots) addEnv(file string, dirs []string) {
	if file != "" {
		if err := r.addFile(file); err != nil {
			r.err = fmt.Errorf("%w: %s: %w", ErrNoSystemRoots, envCertFile, err)
		}
	}
	for _, dir := range dirs {
		if err := r.addDir(dir); err != nil {
			r.err = fmt.Errorf("%w: %s: %w", ErrNoSystemRoots, envCertDir, err)
		}
	}
}

// addPlatform adds the first bundle there is, else the first directory.
func (r *roots) addPlatform() {
	if file := platformFile(); file != "" && r.addFile(file) == nil && len(r.ders) > 0 {
		return
	}
	for _, dir := range platformDirs {
		if r.addDir(dir) == nil && len(r.ders) > 0 {
			return
		}
	}
	r.err = fmt.Errorf("%w: %s", ErrNoSystemRoots, platformHint)
}

// isPlatform says whether the environment names nothing but what the platform
// has anyway, as some images do.
func isPlatform(file string, dirs []string) bool {
	return (file == "" || file == platformFile()) && !slices.ContainsFunc(dirs, func(dir string) bool {
		return !slices.Contains(platformDirs, filepath.Clean(dir))
	})
}

// platformFile is the first bundle there is, empty for none.
func platformFile() string {
	for _, file := range platformFiles {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 {
			return file
		}
	}
	return ""
}

func (r *roots) addFile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r.addPEM(data)
	return nil
}

// addDir adds all files of a directory. What cannot be read as one (a
// directory, a link to nowhere) holds no roots.
func (r *roots) addDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if isLocalLink(e, path) {
			continue
		}
		if data, err := os.ReadFile(path); err == nil {
			r.addPEM(data)
		}
	}
	return nil
}

// isLocalLink says whether a directory entry is a link to another one of the
// same directory: OpenSSL's hashed names.
func isLocalLink(e fs.DirEntry, path string) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	target, err := os.Readlink(path)
	return err == nil && filepath.Base(target) == target
}

// addPEM adds certificates that are not there yet.
func (r *roots) addPEM(data []byte) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != pemCert || r.seen[string(block.Bytes)] {
			continue
		}
		r.seen[string(block.Bytes)] = true
		r.ders = append(r.ders, block.Bytes)
	}
}
