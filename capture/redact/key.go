package redact

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyFile is the name of the key in the home directory.
const keyFile = "redaction.key"

// LoadKey reads the redaction key from the home directory. It makes the
// directory (mode 0700) and the key (mode 0600) on first use; of several
// processes that do so at once, all get the same key.
//
// Whoever has the key can test a guess of a secret against a recording, so it
// belongs beside neither. Recordings made under another key still replay:
// their redacted places match any value.
func LoadKey(home string) ([]byte, error) {
	path := filepath.Join(home, keyFile)
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(home, path); err != nil {
		return nil, fmt.Errorf("create redaction key: %w", err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read redaction key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("redaction key %q: want %d hex digits", path, 2*KeySize)
	}
	return key, nil
}

// createKey writes a fresh key aside and links it into place, which fails if
// another process was faster; then there is a key, and it is as good.
func createKey(home, path string) (err error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(home, keyFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails: crypto/rand
	_, err = fmt.Fprintf(f, "%x\n", key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return linkless(path, key)
	}
	return nil
}

// linkless is for file systems without hard links: whoever creates the file
// writes it in one call.
func linkless(path string, key []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%x\n", key)
	return errors.Join(err, f.Sync(), f.Close())
}
