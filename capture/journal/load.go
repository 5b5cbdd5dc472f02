package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// load reads what dir holds and opens the last segment for appending.
func (j *Journal) load() error {
	segs, err := listSegments(j.dir)
	if err != nil {
		return err
	}
	if err := removeOrphans(j.dir, segs); err != nil {
		return err
	}
	j.segments = segs
	for i := range segs {
		bad, err := j.loadSegment(segs[i], i == len(segs)-1)
		if err != nil {
			return err
		}
		if bad != nil {
			if err := j.cut(&segs[i], bad); err != nil {
				return err
			}
		}
	}
	if len(segs) == 0 {
		return nil
	}
	return j.openLast(segs[len(segs)-1])
}

// loadSegment gives the records of a segment to Load. In the last segment it
// stops at the first bad record and returns it.
func (j *Journal) loadSegment(seg segment, last bool) (*RecordError, error) {
	for r, err := range j.scanSegment(seg, 0) {
		if err == nil && j.o.Load != nil {
			if refused := j.o.Load(r.Position, r.Line); refused != nil {
				err = &RecordError{Position: r.Position, Err: refused}
			}
		}
		if err == nil {
			continue
		}
		bad, ok := errors.AsType[*RecordError](err)
		if !ok || !recordFault(bad.Err) {
			return nil, err // the disk, not the record
		}
		if last {
			return bad, nil
		}
		j.report(bad)
	}
	return nil, nil
}

// recordFault reports whether a record is to blame for err, not the reading
// of it: nothing must be cut off because a disk could not be read.
func recordFault(err error) bool {
	_, path := errors.AsType[*fs.PathError](err)
	return !path
}

// report counts a bad record and passes it on.
func (j *Journal) report(bad *RecordError) {
	j.stats.Bad++
	if j.o.Report != nil {
		j.o.Report(bad)
	}
}

// cut ends the last segment before a bad record.
func (j *Journal) cut(seg *segment, bad *RecordError) error {
	path := segmentPath(j.dir, seg.number, linesSuffix)
	f, err := j.o.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	tail := make([]byte, seg.lines-bad.Position.Offset)
	if _, err := f.ReadAt(tail, bad.Position.Offset); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.IndexByte(tail, '\n') >= 0 {
		// No crash in the middle of a write leaves complete lines behind a
		// bad one; whatever did, they may be worth keeping.
		if err := j.keep(seg.number, tail); err != nil {
			return fmt.Errorf("keep what is cut off: %w", err)
		}
	}
	if err := f.Truncate(bad.Position.Offset); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	bad.Cut = int64(len(tail))
	seg.lines = bad.Position.Offset
	j.stats.Cut += bad.Cut
	j.report(bad)
	return nil
}

// keep appends what is cut off a segment to its torn file.
func (j *Journal) keep(number uint32, tail []byte) error {
	f, err := os.OpenFile(segmentPath(j.dir, number, tornSuffix), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(tail)
	return errors.Join(err, f.Sync(), f.Close())
}

// openLast opens the files of the segment that is written on.
func (j *Journal) openLast(seg segment) error {
	f, err := j.o.OpenFile(segmentPath(j.dir, seg.number, linesSuffix), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	j.lines = f
	if seg.bodies == 0 {
		return nil
	}
	b, err := j.o.OpenFile(segmentPath(j.dir, seg.number, bodiesSuffix), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	j.bodies = b
	return nil
}
