package wire

import (
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// flushSize is how much a stream gathers before it writes, in bytes.
const flushSize = 32 << 10

// EncodeExpectation appends e as a document of its own, in canonical form. A
// captured expectation with several ordered answers is printed with the first
// of them; see [EncodeExpectations].
func EncodeExpectation(dst []byte, e *expectations.Expectation) []byte {
	p := printer{Printer: jsondoc.NewPrinter(dst)}
	printExpectation(&p, e)
	return p.Bytes()
}

// EncodeRecordedExpectation is as [EncodeExpectation] with bodies in full, as
// [EncodeRecorded] has them; those of an expectation that was not recorded have
// no raw bytes of JSON.
func EncodeRecordedExpectation(dst []byte, e *expectations.Expectation) []byte {
	p := printer{Printer: jsondoc.NewPrinter(dst), defaults: true, made: e.Origin != expectations.OriginCaptured}
	printExpectation(&p, e)
	return p.Bytes()
}

// ExpectationJSON is e in canonical form.
func ExpectationJSON(e *expectations.Expectation) jsondoc.Value {
	return document(func(p *printer) { printExpectation(p, e) })
}

// MatcherJSON is m in canonical form; nil is an empty object.
func MatcherJSON(m *expectations.RequestMatcher) jsondoc.Value {
	if m == nil {
		m = &expectations.RequestMatcher{}
	}
	return document(func(p *printer) { printMatcher(p, m) })
}

// EncodeExpectations writes a JSON array of the expectations in canonical
// form, a part at a time. A captured expectation with several ordered answers
// is printed as consecutive expectations: the first keeps the id, the others
// have ids derived from it, and each but the last answers once, so that
// putting them back replays the sequence. What seq yields an error for is
// left out, and the errors are returned joined once the array is complete.
func EncodeExpectations(w io.Writer, seq iter.Seq2[*expectations.Expectation, error]) error {
	return encodeExpectations(newStream(w, false), seq)
}

// EncodeRecorded is as [EncodeExpectations] with bodies in full, as
// MockServer prints recorded expectations.
func EncodeRecorded(w io.Writer, seq iter.Seq2[*expectations.Expectation, error]) error {
	return encodeExpectations(newStream(w, true), seq)
}

// All turns a slice into the sequence that [EncodeExpectations] takes.
func All(es []*expectations.Expectation) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func encodeExpectations(out *stream, seq iter.Seq2[*expectations.Expectation, error]) error {
	var skipped []error
	for e, err := range seq {
		if err != nil {
			skipped = append(skipped, err)
			continue
		}
		for part := range Ordered(e) {
			out.Item()
			printExpectation(&out.printer, part)
			if err := out.flushLarge(); err != nil {
				return err
			}
		}
	}
	if err := out.end(); err != nil {
		return err
	}
	return errors.Join(skipped...)
}

// Ordered yields e, or for ordered answers that were not written as a list,
// one expectation for each.
func Ordered(e *expectations.Expectation) iter.Seq[*expectations.Expectation] {
	r, ok := e.Action.(*expectations.Respond)
	if !ok || r.List || len(r.Answers) < 2 {
		return slices.Values([]*expectations.Expectation{e})
	}
	return func(yield func(*expectations.Expectation) bool) {
		for i, answer := range r.Answers {
			part := *e
			part.ID = orderedID(e.ID, i)
			part.Action = &expectations.Respond{Answers: []*expectations.Answer{answer}}
			if i < len(r.Answers)-1 {
				part.Times = expectations.Times{Limited: true, Remaining: 1}
			}
			if !yield(&part) {
				return
			}
		}
	}
}

// orderedID is the id of the n-th answer of the expectation id: always the
// same for the same two.
func orderedID(id string, n int) string {
	if n == 0 {
		return id
	}
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(id+"#"+jsondoc.Int(int64(n)).Text)).String()
}

// A stream writes a JSON array, element by element.
type stream struct {
	printer
	w io.Writer
}

func newStream(w io.Writer, defaults bool) *stream {
	buf := make([]byte, 0, flushSize+flushSize/4)
	s := &stream{w: w, printer: printer{Printer: jsondoc.NewPrinter(buf), defaults: defaults}}
	s.BeginArray()
	return s
}

// flushLarge goes after each element.
func (s *stream) flushLarge() error {
	if len(s.Bytes()) < flushSize {
		return nil
	}
	return s.flush()
}

// end closes the array; an empty one is "[]", which MockServer prints by
// hand.
func (s *stream) end() error {
	if s.Empty() {
		_, err := io.WriteString(s.w, "[]")
		return err
	}
	s.EndArray()
	return s.flush()
}

func (s *stream) flush() error {
	_, err := s.w.Write(s.Bytes())
	s.Flush()
	return err
}
