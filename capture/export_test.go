package capture

import (
	"io/fs"
	"time"

	"github.com/pactape/pactape/capture/journal"
)

// AppendExchange encodes as the writer does. Bodies of more than inline bytes
// go to blob.
func AppendExchange(dst []byte, ex *Exchange, l *Lesson, inline int, blob func([]byte) journal.Blob) []byte {
	e := encoder{inline: inline, blob: blob}
	return e.exchange(dst, ex, l)
}

// ExchangeEncoder returns an encoder that is used again, as the writer's is.
func ExchangeEncoder(inline int) func(dst []byte, ex *Exchange, l *Lesson) []byte {
	e := encoder{inline: inline}
	return e.exchange
}

// DecodeExchange decodes as reading back does.
func DecodeExchange(line []byte, blob func(journal.Blob) ([]byte, error)) (*Exchange, error) {
	d := decoder{blob: blob}
	return d.exchange(line)
}

// A Head is what reading a recording back needs of a record.
type Head struct {
	Kind      string
	Lesson    Lesson
	HasLesson bool
	Redacted  []string
	IDs       []string
	Fresh     bool
	Count     int64
	Reason    string
}

// ReadHead reads the head of a record.
func ReadHead(line []byte) (Head, error) {
	var found []string
	h := lineHead{redacted: func(in, name []byte) { found = append(found, string(in)+" "+string(name)) }}
	err := h.read(line)
	return Head{
		Kind: string(h.kind), Lesson: h.lesson, HasLesson: h.hasLesson, Redacted: found,
		IDs: h.ids, Fresh: h.fresh, Count: h.count, Reason: h.reason,
	}, err
}

// ErrSkip is what decoding gives for a record to be passed over.
var ErrSkip = errSkip

// AppendViewRecord and AppendLossRecord encode control records.
func AppendViewRecord(dst []byte, rec ViewRecord) []byte { return appendView(dst, time.Now(), rec) }

// AppendLossRecord encodes a loss.
func AppendLossRecord(dst []byte, reason string, n int64) []byte {
	return appendLoss(dst, time.Now(), loss{reason: reason, count: n})
}

// WithFiles makes the journals of o use open.
func WithFiles(o Options, open func(string, int, fs.FileMode) (journal.File, error)) Options {
	o.openFile = open
	return o
}

// CommonWords are the strings that decoding does not allocate.
func CommonWords() []string { return commonWords[:] }
