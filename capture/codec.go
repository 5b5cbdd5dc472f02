package capture

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// recordVersion is the version of the records written. Readers skip records
// of later versions.
const recordVersion = 1

// A recordType is the tag of a record.
type recordType string

const (
	// recordExchange holds an exchange.
	recordExchange recordType = "exchange"
	// recordClear takes expectations out of the active view by their ids.
	recordClear recordType = "clear"
	// recordReset empties the active view.
	recordReset recordType = "reset"
	// recordClaim hands expectations to the user by their ids.
	recordClaim recordType = "claim"
	// recordSession is written when a process begins to record; if it is
	// fresh, what is before it is not part of the session any more.
	recordSession recordType = "session"
	// recordLoss counts exchanges that could not be recorded.
	recordLoss recordType = "loss"
)

// errSkip marks a record that a reader must pass over: it is well formed, and
// of a type or version that the reader does not know.
var errSkip = errors.New("record of another type or version")

// A lineHead is what reading a recording back needs of a record: everything
// of a small one, and of an exchange what its encoder writes before the
// messages.
type lineHead struct {
	kind recordType
	// lesson is what an exchange teaches; hasLesson is false where the line
	// does not say, and where it is not of the form we write.
	lesson    Lesson
	hasLesson bool
	// rules are those in force, to spare an allocation.
	rules string
	// redacted is called for each redaction of an exchange; may be nil.
	redacted func(in, name []byte)
	// ids are those of a clear or claim record.
	ids []string
	// fresh is of a session record.
	fresh bool
	// count, reason, since and time are of a loss record; time also of the
	// others but the exchange.
	count       int64
	reason      string
	since, time time.Time
}

// read reads the head of a line. The error wraps errSkip for a record
// that is well formed but unknown.
func (h *lineHead) read(line []byte) error {
	s := scanner{data: line, limit: maxDepth}
	version := int64(-1)
	for name := range s.object() {
		switch string(name) {
		case "v":
			version = s.int()
		case "type":
			h.kind = readKind(&s)
		case "id":
			s.skip()
		default:
			if h.member(&s, name) {
				continue
			}
			if version >= 0 {
				return checkRecord(version, h.kind) // the rest is messages
			}
			s.skip()
		}
	}
	if s.err != nil {
		return s.err
	}
	return checkRecord(version, h.kind)
}

// readKind reads a type without allocating those known.
func readKind(s *scanner) recordType {
	text := s.stringBytes()
	for _, kind := range [...]recordType{
		recordExchange, recordClear, recordReset, recordClaim, recordSession, recordLoss,
	} {
		if string(text) == string(kind) {
			return kind
		}
	}
	return recordType(text)
}

// checkRecord tells known records from unknown and from what is none.
func checkRecord(version int64, kind recordType) error {
	if version < 0 {
		return errors.New("record without a version")
	}
	if kind == "" {
		return errors.New("record without a type")
	}
	if version != recordVersion {
		return fmt.Errorf("%w: version %d", errSkip, version)
	}
	switch kind {
	case recordExchange, recordClear, recordReset, recordClaim, recordSession, recordLoss:
		return nil
	default:
		return fmt.Errorf("%w: %q", errSkip, string(kind))
	}
}

// member reads one member. It returns false, having read nothing, for those
// of an exchange that are not part of its head: the encoder writes them last.
func (h *lineHead) member(s *scanner, name []byte) bool {
	switch string(name) {
	case "learn":
		h.readLesson(s)
	case "redactions":
		readRedactions(s, func(in, name, _, _ []byte) {
			if h.redacted != nil {
				h.redacted(in, name)
			}
		})
	case "ids":
		for range s.array() {
			h.ids = append(h.ids, s.string())
		}
	case "fresh":
		h.fresh = s.bool()
	case "count":
		h.count = s.int()
	case "reason":
		h.reason = s.string()
	case "since":
		h.since = readTime(s)
	case "time":
		h.time = readTime(s)
	default:
		if h.kind == recordExchange {
			return false
		}
		s.skip()
	}
	return true
}

// readLesson reads what an exchange teaches. Something else than what we
// write is no error: the lesson is worked out again from the exchange.
func (h *lineHead) readLesson(s *scanner) {
	good := 0
	for name := range s.object() {
		switch string(name) {
		case "rules":
			if text := s.stringBytes(); string(text) == h.rules {
				h.lesson.Rules = h.rules
			} else {
				h.lesson.Rules = string(text)
			}
		case "skip":
			h.lesson.Skip = s.string()
			good += 3
		case "key":
			if key, err := ParseKey(string(readText(s))); err == nil {
				h.lesson.Key = key
				good++
			}
		case "mask":
			if n, err := hex.Decode(h.lesson.Mask[:], fixed(s, 2*len(h.lesson.Mask))); err != nil || n == 0 {
				h.lesson.Mask = [16]byte{}
			}
		case "caller":
			good += readHex64(s, &h.lesson.Caller)
		case "answer":
			good += readHex64(s, &h.lesson.Answer)
		default:
			s.skip()
		}
	}
	h.hasLesson = good == 3 && s.err == nil
}

// fixed reads a string that must have the given length; nil if it has not.
func fixed(s *scanner, length int) []byte {
	if p := s.stringBytes(); len(p) == length {
		return p
	}
	return nil
}

// readHex64 reads sixteen hexadecimal digits and reports success as 1.
func readHex64(s *scanner, n *uint64) int {
	var p [8]byte
	if digits, err := hex.Decode(p[:], fixed(s, 16)); err != nil || digits != len(p) {
		return 0
	}
	*n = binary.BigEndian.Uint64(p[:])
	return 1
}

// readRedactions reads the list of redactions. What found gets is only valid
// during the call.
func readRedactions(s *scanner, found func(in, name, message, class []byte)) {
	for range s.array() {
		var in, name, message, class []byte
		for member := range s.object() {
			switch string(member) {
			case "in":
				in = readText(s)
			case "name":
				name = readText(s)
			case "message":
				message = readText(s)
			case "class":
				class = readText(s)
			default:
				s.skip()
			}
		}
		if s.err == nil {
			found(in, name, message, class)
		}
	}
}

// readTime reads a point in time as RFC 3339 writes it.
func readTime(s *scanner) time.Time {
	text := s.string()
	if s.err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		s.fail("not a time of RFC 3339")
	}
	return t.UTC()
}

// readID reads an id in its usual form.
func readID(s *scanner) ExchangeID {
	text := s.stringBytes()
	if s.err != nil {
		return ExchangeID{}
	}
	id, err := uuid.ParseBytes(bytes.Clone(text))
	if err != nil {
		s.fail("not a UUID")
	}
	return id
}

// appendControl appends a record without members of its own, or with those
// that more appends.
func appendControl(dst []byte, kind recordType, now time.Time, more func(dst []byte) []byte) []byte {
	dst = appendString(append(dst, `{"v":1,"type":`...), string(kind))
	dst = appendTime(append(dst, `,"time":`...), now)
	if more != nil {
		dst = more(dst)
	}
	return append(dst, '}')
}

// appendView appends a record that changes the view.
func appendView(dst []byte, now time.Time, rec ViewRecord) []byte {
	kind := recordType(rec.Kind)
	if rec.Kind == ViewReset {
		return appendControl(dst, kind, now, nil)
	}
	return appendControl(dst, kind, now, func(dst []byte) []byte {
		dst = append(dst, `,"ids":[`...)
		for i, id := range rec.IDs {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, toUTF8(id))
		}
		return append(dst, ']')
	})
}

// appendSession appends a session record.
func appendSession(dst []byte, now time.Time, name string, fresh bool) []byte {
	return appendControl(dst, recordSession, now, func(dst []byte) []byte {
		dst = appendString(append(dst, `,"session":`...), toUTF8(name))
		if fresh {
			dst = append(dst, `,"fresh":true`...)
		}
		return dst
	})
}

// A loss is a number of exchanges that were not recorded.
type loss struct {
	reason string
	count  int64
	since  time.Time
}

// appendLoss appends a loss record.
func appendLoss(dst []byte, now time.Time, l loss) []byte {
	return appendControl(dst, recordLoss, now, func(dst []byte) []byte {
		dst = appendTime(append(dst, `,"since":`...), l.since)
		dst = strconv.AppendInt(append(dst, `,"count":`...), l.count, 10)
		return appendString(append(dst, `,"reason":`...), toUTF8(l.reason))
	})
}

// toUTF8 replaces what is not UTF-8.
func toUTF8(s string) string { return string(bytes.ToValidUTF8([]byte(s), []byte("\uFFFD"))) }
