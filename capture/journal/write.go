package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Begin returns the journal's batch, empty. If the last segment is full, or
// there is none, a new one is begun first.
func (j *Journal) Begin() (*Batch, error) {
	j.mu.RLock()
	closed, n := j.closed, len(j.segments)
	var last segment
	if n > 0 {
		last = j.segments[n-1]
	}
	j.mu.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	if n == 0 || last.lines+last.bodies >= j.o.SegmentBytes {
		if err := j.rotate(last.number + 1); err != nil {
			return nil, fmt.Errorf("begin journal segment: %w", err)
		}
		last = segment{number: last.number + 1}
	}
	if j.dirty {
		if err := j.rollback(last); err != nil {
			return nil, fmt.Errorf("take back a failed write: %w", err)
		}
	}
	b := &j.batch
	b.reset()
	b.segment, b.base, b.bodies = last.number, last.lines, last.bodies
	return b, nil
}

// rotate makes the segment of the given number the one written to, and lets
// retention have the oldest.
func (j *Journal) rotate(number uint32) error {
	f, err := j.o.OpenFile(segmentPath(j.dir, number, linesSuffix), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		// Left behind by a rotation that failed below.
		f, err = j.o.OpenFile(segmentPath(j.dir, number, linesSuffix), os.O_RDWR|os.O_TRUNC, 0)
	}
	if err != nil {
		return err
	}
	if err := syncDir(j.dir); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := j.closeFiles(); err != nil {
		return errors.Join(err, f.Close())
	}
	j.lines, j.dirty = f, false
	j.mu.Lock()
	j.segments = append(j.segments, segment{number: number, modified: time.Now()})
	j.mu.Unlock()
	if err := j.retain(); err != nil && j.o.Report != nil {
		j.o.Report(fmt.Errorf("remove old segments: %w", err)) // recording goes on
	}
	return nil
}

// write commits a batch: bodies first, then lines.
func (j *Journal) write(b *Batch) error {
	j.mu.RLock()
	closed, last := j.closed, j.segments[len(j.segments)-1]
	j.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	err := j.writeFiles(b, last)
	if err != nil {
		j.dirty = true
		err = fmt.Errorf("append to journal: %w", err)
		if undo := j.rollback(last); undo != nil {
			err = errors.Join(err, undo) // Begin tries again
		}
		return err
	}
	j.mu.Lock()
	seg := &j.segments[len(j.segments)-1]
	seg.lines += int64(len(b.lines))
	seg.bodies = b.bodies
	j.mu.Unlock()
	return nil
}

// writeFiles writes a batch behind what the last segment holds.
func (j *Journal) writeFiles(b *Batch, last segment) error {
	if len(b.blobs) > 0 {
		if err := j.writeBlobs(b, last); err != nil {
			return err
		}
	}
	if _, err := j.lines.WriteAt(b.lines, last.lines); err != nil {
		return err
	}
	if j.o.Sync == SyncCommit {
		return j.lines.Sync()
	}
	return nil
}

// writeBlobs writes the contents put aside.
func (j *Journal) writeBlobs(b *Batch, last segment) error {
	if j.bodies == nil {
		f, err := j.o.OpenFile(segmentPath(j.dir, last.number, bodiesSuffix), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		j.bodies = f
		if err := syncDir(j.dir); err != nil {
			return err
		}
	}
	offset := last.bodies
	for _, p := range b.blobs {
		if _, err := j.bodies.WriteAt(p, offset); err != nil {
			return err
		}
		offset += int64(len(p))
	}
	if j.o.Sync == SyncCommit {
		return j.bodies.Sync()
	}
	return nil
}

// rollback cuts the last segment's files back to what was committed.
func (j *Journal) rollback(last segment) error {
	if err := j.lines.Truncate(last.lines); err != nil {
		return err
	}
	if j.bodies != nil {
		if err := j.bodies.Truncate(last.bodies); err != nil {
			return err
		}
	}
	j.dirty = false
	return nil
}

// retain removes the oldest segments while the whole is over its bound.
func (j *Journal) retain() error {
	if j.o.MaxBytes <= 0 {
		return nil
	}
	j.mu.Lock()
	var total int64
	for _, seg := range j.segments {
		total += seg.lines + seg.bodies
	}
	n := 0
	for n < len(j.segments)-1 && total > j.o.MaxBytes {
		total -= j.segments[n].lines + j.segments[n].bodies
		n++
	}
	gone := j.segments[:n:n]
	j.segments = j.segments[n:]
	first := j.segments[0].number
	var errs []error
	for _, seg := range gone {
		for _, suffix := range []string{linesSuffix, bodiesSuffix} {
			errs = append(errs, j.dropReader(segmentPath(j.dir, seg.number, suffix)))
		}
	}
	j.mu.Unlock()
	if n == 0 {
		return nil
	}
	for _, seg := range gone {
		// Lines first: bodies without lines are cleaned up by Open.
		for _, suffix := range []string{linesSuffix, bodiesSuffix, tornSuffix} {
			if err := os.Remove(segmentPath(j.dir, seg.number, suffix)); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	if j.o.Removed != nil {
		j.o.Removed(first)
	}
	return errors.Join(append(errs, syncDir(j.dir))...)
}

// Delete removes the journal in dir, which must not be open: the error is a
// [LockedError] then.
func Delete(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("delete journal: %w", err)
	}
	lock, err := acquire(dir, time.Now())
	if err != nil {
		return fmt.Errorf("delete journal: %w", err)
	}
	return removeUnlocking(dir, lock)
}

// removeUnlocking deletes dir and gives up its lock. The lock is released as
// late as the platform allows: Windows does not delete an open file.
func removeUnlocking(dir string, lock *flock.Flock) error {
	entries, err := os.ReadDir(dir)
	errs := []error{err}
	for _, e := range entries {
		if e.Name() != lockName {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	errs = append(errs, lock.Close())
	return errors.Join(append(errs, os.RemoveAll(dir))...)
}
