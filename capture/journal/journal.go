package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// DefaultSegmentBytes is the size at which a segment is rotated, in bytes.
const DefaultSegmentBytes = 64 << 20

// ErrClosed is returned by calls on a closed journal.
var ErrClosed = errors.New("journal is closed")

// ErrGone is returned for a position whose segment retention has removed.
var ErrGone = errors.New("record is no longer kept")

// A SyncPolicy says when written records are forced to the disk.
type SyncPolicy uint8

const (
	// SyncOS leaves it to the operating system. Acknowledged records survive
	// the end of the process, however it ends, but the last seconds may be
	// lost with the machine.
	SyncOS SyncPolicy = iota
	// SyncCommit syncs on every commit before it is acknowledged.
	SyncCommit
)

// Options configure a journal. The zero value is usable.
type Options struct {
	// SegmentBytes is the size, lines and bodies together, from which on a
	// new segment is begun; 0 is [DefaultSegmentBytes].
	SegmentBytes int64
	// MaxBytes bounds the whole: the oldest segments are removed while they
	// are over it, but never the last. 0 is unlimited.
	MaxBytes int64
	// Sync says when records are forced to the disk.
	Sync SyncPolicy
	// Load is called by [Open] for every record in order. The line is only
	// valid during the call. An error marks the record as bad.
	Load func(pos Position, line []byte) error
	// Report is called by [Open] for each bad record, with a [RecordError],
	// and later when old segments cannot be removed.
	Report func(err error)
	// Removed is called after retention removed all segments before first.
	Removed func(first uint32)
	// OpenFile opens the files of segments; nil is [os.OpenFile].
	OpenFile func(name string, flag int, perm fs.FileMode) (File, error)
}

// A RecordError is about one bad record.
type RecordError struct {
	// Position is where it begins.
	Position Position
	// Cut is the number of bytes cut off the last segment because of it; 0
	// if it was skipped.
	Cut int64
	// Err says what is wrong.
	Err error
}

// Error names the position and the reason.
func (e *RecordError) Error() string {
	if e.Cut > 0 {
		return fmt.Sprintf("torn record at %s, %d bytes cut off: %v", e.Position, e.Cut, e.Err)
	}
	return fmt.Sprintf("bad record at %s: %v", e.Position, e.Err)
}

// Unwrap is the reason.
func (e *RecordError) Unwrap() error { return e.Err }

// Stats describe a journal.
type Stats struct {
	// Segments is their number, Bytes their size on disk with bodies.
	Segments int
	Bytes    int64
	// Bad is the number of bad records met by [Open], Cut the bytes it cut
	// off the last segment.
	Bad int
	Cut int64
}

// segment is what is known of a segment; sizes count what is committed.
type segment struct {
	number        uint32
	lines, bodies int64 // bytes
	modified      time.Time
}

// A Journal is an open journal. One goroutine at a time may write (Begin and
// its batch, Sync); all other methods are safe for concurrent use with that
// and with each other.
type Journal struct {
	dir  string
	o    Options
	lock *flock.Flock

	// The writer's: the last segment's open files, nil if there is none.
	lines, bodies File
	batch         Batch
	dirty         bool // a failed commit could not be taken back yet

	mu       sync.RWMutex // guards what follows
	segments []segment    // oldest first; the last one is written
	readers  map[string]File
	stats    Stats // Bad and Cut only
	closed   bool
}

// Open opens the journal in dir, creating the directory (mode 0700) if need
// be, reads it once through [Options.Load] and leaves it ready for appending.
// If another journal has dir open, the error is a [LockedError].
func Open(dir string, o Options) (*Journal, error) {
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = DefaultSegmentBytes
	}
	if o.OpenFile == nil {
		o.OpenFile = openFile
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	lock, err := acquire(dir, time.Now())
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{dir: dir, o: o, lock: lock, readers: map[string]File{}}
	j.batch.j = j
	if err := j.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %s: %w", dir, err), j.Close())
	}
	return j, nil
}

// Stats returns the journal's present figures.
func (j *Journal) Stats() Stats {
	j.mu.RLock()
	defer j.mu.RUnlock()
	s := j.stats
	s.Segments = len(j.segments)
	for _, seg := range j.segments {
		s.Bytes += seg.lines + seg.bodies
	}
	return s
}

// End is the position behind the last record: what is appended later is not
// before it.
func (j *Journal) End() Position {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if len(j.segments) == 0 {
		return Position{}
	}
	last := j.segments[len(j.segments)-1]
	return Position{Segment: last.number, Offset: last.lines}
}

// Sync forces everything committed to the disk.
func (j *Journal) Sync() error {
	for _, f := range []File{j.bodies, j.lines} {
		if f == nil {
			continue
		}
		if err := f.Sync(); err != nil {
			return fmt.Errorf("sync journal %s: %w", j.dir, err)
		}
	}
	return nil
}

// Close syncs, closes the files and gives up the lock. It must not be called
// while a batch is being written. Closing twice is allowed.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	errs := []error{j.Sync(), j.closeFiles()}
	for _, f := range j.readers {
		errs = append(errs, f.Close())
	}
	clear(j.readers)
	return errors.Join(append(errs, j.lock.Close())...)
}

// Remove closes the journal and deletes its directory and all that is in it.
func (j *Journal) Remove() error {
	// The lock goes last, so that nobody opens what is half removed.
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	errs := []error{j.closeFiles()}
	for _, f := range j.readers {
		errs = append(errs, f.Close())
	}
	clear(j.readers)
	j.segments = nil
	return errors.Join(append(errs, removeUnlocking(j.dir, j.lock))...)
}

// closeFiles closes the writer's files.
func (j *Journal) closeFiles() error {
	var errs []error
	for _, f := range []File{j.bodies, j.lines} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	j.lines, j.bodies = nil, nil
	return errors.Join(errs...)
}
