package journal

import "strconv"

// A Position is the place of one record in a journal. It is comparable, and
// stays valid until the record's segment is removed. The zero value is before
// the first record.
type Position struct {
	// Segment is the number of the segment, from 1.
	Segment uint32
	// Length is the length of the line in bytes, without its newline. It
	// saves a read from looking for the end of the line and may be 0 where it
	// is not known.
	Length uint32
	// Offset is where the line begins in the segment, in bytes.
	Offset int64
}

// Before reports whether p is before q in the journal.
func (p Position) Before(q Position) bool {
	if p.Segment != q.Segment {
		return p.Segment < q.Segment
	}
	return p.Offset < q.Offset
}

// String is "segment:offset", e.g. "3:1024".
func (p Position) String() string {
	return strconv.FormatUint(uint64(p.Segment), 10) + ":" + strconv.FormatInt(p.Offset, 10)
}
