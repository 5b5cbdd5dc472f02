package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
)

const (
	// scanBuffer is the size of the reads of a scan, in bytes.
	scanBuffer = 1 << 20
	// maxLine bounds a line, in bytes; longer ones are bad records.
	maxLine = 256 << 20
	// maxReaders bounds the files kept open for reading.
	maxReaders = 16
)

// ErrChecksum is returned for content whose bytes are not those written.
var ErrChecksum = errors.New("checksum does not match")

// errUnterminated: the file ends without the newline of its last record.
var errUnterminated = fmt.Errorf("%w: no newline at its end", ErrLine)

// A Record is one line and its place.
type Record struct {
	// Position is where it begins.
	Position Position
	// Line is the record without its newline.
	Line []byte
}

// Read returns the line at a position this journal gave out. It wraps
// [ErrGone] if retention has removed it. The slice is the caller's.
func (j *Journal) Read(pos Position) ([]byte, error) {
	seg, err := j.segment(pos.Segment)
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", pos, err)
	}
	line, err := j.readLine(seg, pos)
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", pos, err)
	}
	return line, nil
}

// readLine reads the line at pos with one read if its length is known.
func (j *Journal) readLine(seg segment, pos Position) ([]byte, error) {
	if pos.Length == 0 {
		for r, err := range j.scanSegment(seg, pos.Offset) {
			return bytes.Clone(r.Line), err
		}
		return nil, io.ErrUnexpectedEOF
	}
	if pos.Offset < 0 || pos.Offset+int64(pos.Length) >= seg.lines {
		return nil, io.ErrUnexpectedEOF
	}
	buf := make([]byte, int(pos.Length)+1)
	if err := j.readAt(segmentPath(j.dir, pos.Segment, linesSuffix), buf, pos.Offset); err != nil {
		return nil, err
	}
	line := buf[:pos.Length]
	if buf[pos.Length] != '\n' {
		return nil, errUnterminated
	}
	return line, plausible(line)
}

// ReadBlob returns the content that a line of the given segment put aside. It
// wraps [ErrGone] if retention has removed it and [ErrChecksum] if its bytes
// have changed. The slice is the caller's.
func (j *Journal) ReadBlob(number uint32, b Blob) ([]byte, error) {
	p, err := j.readBlob(number, b)
	if err != nil {
		return nil, fmt.Errorf("read content at %d:%d: %w", number, b.Offset, err)
	}
	return p, nil
}

func (j *Journal) readBlob(number uint32, b Blob) ([]byte, error) {
	seg, err := j.segment(number)
	if err != nil {
		return nil, err
	}
	if b.Offset < 0 || b.Length < 0 || b.Offset > seg.bodies || b.Length > seg.bodies-b.Offset {
		return nil, io.ErrUnexpectedEOF
	}
	p := make([]byte, b.Length)
	if err := j.readAt(segmentPath(j.dir, number, bodiesSuffix), p, b.Offset); err != nil {
		return nil, err
	}
	if checksum(p) != b.Sum {
		return nil, ErrChecksum
	}
	return p, nil
}

// Scan yields the records from the given position on, up to those committed
// when it is called. A line is only valid until the next one. What is yielded
// with an error is a bad record (a [RecordError]) or a segment that cannot be
// read; the scan goes on behind it. Segments removed meanwhile are left out.
func (j *Journal) Scan(from Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		j.mu.RLock()
		segs := append([]segment(nil), j.segments...)
		j.mu.RUnlock()
		for _, seg := range segs {
			if seg.number < from.Segment {
				continue
			}
			start := int64(0)
			if seg.number == from.Segment {
				start = from.Offset
			}
			for r, err := range j.scanSegment(seg, start) {
				if errors.Is(err, ErrGone) {
					break
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// scanSegment yields the records of one segment from an offset on.
func (j *Journal) scanSegment(seg segment, offset int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		path := segmentPath(j.dir, seg.number, linesSuffix)
		f, err := j.o.OpenFile(path, os.O_RDONLY, 0)
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrGone
		}
		if err != nil {
			yield(Record{Position: Position{Segment: seg.number, Offset: offset}}, err)
			return
		}
		defer f.Close()
		s := scanner{f: f, segment: seg.number, offset: offset, end: seg.lines}
		for {
			r, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(r, err) {
				return
			}
			if err != nil && s.failed {
				return
			}
		}
	}
}

// segment returns what is known of a segment.
func (j *Journal) segment(number uint32) (segment, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return segment{}, ErrClosed
	}
	i, ok := slices.BinarySearchFunc(j.segments, number, func(s segment, n uint32) int {
		return cmp.Compare(s.number, n)
	})
	if !ok {
		return segment{}, ErrGone
	}
	return j.segments[i], nil
}

// readAt fills p from the file at an offset, through a file kept open.
func (j *Journal) readAt(path string, p []byte, offset int64) error {
	for {
		f, err := j.reader(path)
		if errors.Is(err, fs.ErrNotExist) {
			return ErrGone
		}
		if err != nil {
			return err
		}
		n, err := f.ReadAt(p, offset)
		if n == len(p) {
			return nil
		}
		if errors.Is(err, fs.ErrClosed) {
			continue // dropped from the cache between the two calls
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
}

// reader returns a file open for reading, from the cache if it is there.
func (j *Journal) reader(path string) (File, error) {
	j.mu.RLock()
	f, ok := j.readers[path]
	j.mu.RUnlock()
	if ok {
		return f, nil
	}
	f, err := j.o.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, errors.Join(ErrClosed, f.Close())
	}
	if other, ok := j.readers[path]; ok {
		return other, f.Close()
	}
	if len(j.readers) >= maxReaders {
		for old := range j.readers { // any will do
			if err := j.dropReader(old); err != nil {
				return nil, errors.Join(err, f.Close())
			}
			break
		}
	}
	j.readers[path] = f
	return f, nil
}

// dropReader closes a cached file. Reads that are running on it finish.
// The caller holds mu.
func (j *Journal) dropReader(path string) error {
	f, ok := j.readers[path]
	if !ok {
		return nil
	}
	delete(j.readers, path)
	return f.Close()
}

// A scanner cuts a segment into lines.
type scanner struct {
	f       File
	segment uint32
	offset  int64 // of buf[start]
	end     int64 // of the segment
	buf     []byte
	start   int
	failed  bool // reading, not a record, went wrong
}

// next returns the next record, io.EOF at the end, or a RecordError.
func (s *scanner) next() (Record, error) {
	pos := Position{Segment: s.segment, Offset: s.offset}
	from := s.start
	for {
		if i := bytes.IndexByte(s.buf[from:], '\n'); i >= 0 {
			line := s.buf[s.start : from+i]
			s.start += len(line) + 1
			s.offset += int64(len(line)) + 1
			pos.Length = uint32(len(line))
			if err := plausible(line); err != nil {
				return Record{Position: pos}, &RecordError{Position: pos, Err: err}
			}
			return Record{Position: pos, Line: line}, nil
		}
		have := len(s.buf) - s.start
		if rest := s.end - s.offset - int64(have); rest <= 0 {
			if have == 0 {
				return Record{}, io.EOF
			}
			s.failed = true
			return Record{Position: pos}, &RecordError{Position: pos, Err: errUnterminated}
		}
		if have > maxLine {
			s.failed = true
			return Record{Position: pos}, &RecordError{Position: pos, Err: fmt.Errorf("%w: too long", ErrLine)}
		}
		from = have
		if err := s.fill(have); err != nil {
			s.failed = true
			return Record{Position: pos}, &RecordError{Position: pos, Err: err}
		}
	}
}

// fill moves the unread bytes to the front and reads more behind them.
func (s *scanner) fill(have int) error {
	size := max(scanBuffer, 2*have)
	next := s.buf
	if cap(next) < size {
		next = make([]byte, size)
	}
	next = next[:cap(next)]
	copy(next, s.buf[s.start:])
	want := min(int64(len(next)-have), s.end-s.offset-int64(have))
	n, err := s.f.ReadAt(next[have:have+int(want)], s.offset+int64(have))
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	if n > 0 {
		err = nil
	} else if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	s.buf, s.start = next[:have+n], 0
	return err
}
