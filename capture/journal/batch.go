package journal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// maxKeptBuffer is the size of a batch's buffer, in bytes, above which it is
// not kept for the next batch.
const maxKeptBuffer = 4 << 20

// ErrLine is returned for a line that cannot be a record.
var ErrLine = errors.New("line is not one JSON object")

// A Blob is the place of content put aside in the bodies file of a segment.
type Blob struct {
	// Offset is where it begins, Length how long it is, in bytes.
	Offset, Length int64
	// Sum is its CRC-32 with the Castagnoli polynomial (RFC 3720 §B.4).
	Sum uint32
}

// A Batch collects records to be committed together. It is used by one
// goroutine.
type Batch struct {
	j       *Journal
	segment uint32
	base    int64 // size of the segment before the batch
	records int
	lines   []byte
	blobs   [][]byte
	bodies  int64 // size of the bodies file, blobs included
}

// Blob puts content aside. The caller must leave p alone until [Batch.Commit]
// has returned.
func (b *Batch) Blob(p []byte) Blob {
	blob := Blob{Offset: b.bodies, Length: int64(len(p)), Sum: checksum(p)}
	b.blobs = append(b.blobs, p)
	b.bodies += blob.Length
	return blob
}

// Append adds the record that encode appends to dst, without a newline, and
// returns where it will be. It fails, adding nothing, if that is not a line
// holding one JSON object.
func (b *Batch) Append(encode func(dst []byte) []byte) (Position, error) {
	start := len(b.lines)
	grown := encode(b.lines)
	line := grown[start:]
	if bytes.IndexByte(line, '\n') >= 0 || len(line) > math.MaxUint32 {
		return Position{}, ErrLine
	}
	if err := plausible(line); err != nil {
		return Position{}, err
	}
	b.lines = append(grown, '\n')
	b.records++
	return Position{
		Segment: b.segment,
		Length:  uint32(len(line)),
		Offset:  b.base + int64(start),
	}, nil
}

// Size is the number of bytes collected.
func (b *Batch) Size() int64 {
	n := int64(len(b.lines))
	for _, p := range b.blobs {
		n += int64(len(p))
	}
	return n
}

// Commit writes what was collected and empties the batch. When it returns nil
// the records are acknowledged; see the package documentation. After an error
// none of them is in the journal and their positions are void.
func (b *Batch) Commit() error {
	if b.records == 0 {
		b.reset()
		return nil
	}
	err := b.j.write(b)
	b.reset()
	return err
}

// reset drops what was collected.
func (b *Batch) reset() {
	clear(b.blobs)
	b.blobs = b.blobs[:0]
	b.records = 0
	b.lines = b.lines[:0]
	if cap(b.lines) > maxKeptBuffer {
		b.lines = nil
	}
}

// plausible is the journal's own idea of a record.
func plausible(line []byte) error {
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return ErrLine
	}
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return fmt.Errorf("%w: NUL byte at %d", ErrLine, i)
	}
	return nil
}

// checksum is the sum in a [Blob]. MakeTable returns the package's own table
// for this polynomial.
func checksum(p []byte) uint32 {
	return crc32.Checksum(p, crc32.MakeTable(crc32.Castagnoli))
}
