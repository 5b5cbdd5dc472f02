package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the file that carries the lock. It stays when the journal is
// closed: removing it would let two processes lock two files of one name.
const lockName = "LOCK"

// ErrLocked is wrapped by [LockedError].
var ErrLocked = errors.New("journal is locked")

// A LockedError says that a journal is open elsewhere. It wraps [ErrLocked].
type LockedError struct {
	// Dir is the journal's directory.
	Dir string
	// Holder describes who has it, e.g. "process 4711 on host ci-3 since
	// 2026-11-23T01:40:02Z"; empty if that cannot be told.
	Holder string
}

// Error names the directory and the holder.
func (e *LockedError) Error() string {
	holder := e.Holder
	if holder == "" {
		holder = "another process"
	}
	return fmt.Sprintf("%s is in use by %s", e.Dir, holder)
}

// Unwrap is [ErrLocked].
func (e *LockedError) Unwrap() error { return ErrLocked }

// acquire takes the exclusive lock of dir without waiting.
func acquire(dir string, now time.Time) (*flock.Flock, error) {
	path := filepath.Join(dir, lockName)
	for {
		lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
		ok, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", dir, err)
		}
		if !ok {
			_ = lock.Close() // nothing is held; only the descriptor is closed
			return nil, &LockedError{Dir: dir, Holder: readHolder(path)}
		}
		if stale(lock, path) {
			// The file was removed, with its directory, after we opened it.
			if err := errors.Join(lock.Close(), os.MkdirAll(dir, 0o700)); err != nil {
				return nil, fmt.Errorf("lock %s: %w", dir, err)
			}
			continue
		}
		if err := writeHolder(path, now); err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), lock.Close())
		}
		return lock, nil
	}
}

// stale reports whether the locked file is no longer the one at path.
func stale(lock *flock.Flock, path string) bool {
	held, err := lock.Stat()
	if err != nil {
		return true
	}
	named, err := os.Stat(path)
	return err != nil || !os.SameFile(held, named)
}

// writeHolder notes who has the lock. The text begins at the second byte:
// Windows locks are mandatory and cover the first.
func writeHolder(path string, now time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("process %d on host %s since %s\n", os.Getpid(), host, now.UTC().Format(time.RFC3339))
	// A full disk must not keep a recording from being opened and read.
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte(text), 1)
	return f.Close()
}

// readHolder returns what the holder wrote, or "".
func readHolder(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 1, 512))
	if errors.Join(err, f.Close()) != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.ToValidUTF8(line, "?")
}
