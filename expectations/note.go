package expectations

import "time"

// A NoteKind is what a [Note] is about, in MockServer's words.
type NoteKind string

// The kinds of notes (MockServer 7 LogEntry.LogMessageType).
const (
	NoteCreated            NoteKind = "CREATED_EXPECTATION"
	NoteUpdated            NoteKind = "UPDATED_EXPECTATION"
	NoteRemoved            NoteKind = "REMOVED_EXPECTATION"
	NoteCleared            NoteKind = "CLEARED"
	NoteVerificationPassed NoteKind = "VERIFICATION_PASSED"
	NoteVerificationFailed NoteKind = "VERIFICATION_FAILED"
)

// A Note is what was done to a space beside the requests it received: an
// expectation made, the log cleared, a verification.
type Note struct {
	// Seq is the note's number among the entries and notes of its [Log],
	// given by [Log.Note].
	Seq uint64
	// Time is when it was done; [Log.Note] sets it if it is zero.
	Time time.Time
	// Kind is what was done.
	Kind NoteKind
	// Request is what it is about; nil for everything.
	Request *RequestMatcher
	// Expectation is what was made, updated or removed; nil for others.
	Expectation *Expectation
	// Text says more, for people; it may be empty.
	Text string
}

// Note adds a note behind everything noted and received until now.
func (l *Log) Note(notes ...Note) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range notes {
		if n.Time.IsZero() {
			n.Time = now
		}
		l.seq++
		n.Seq = l.seq
		l.notes.push(&n)
		l.bytes += n.size()
	}
	l.shrink()
}

// Notes returns the notes that are about everything, or about what the filter
// applies to as [Compiled.MatchExpectation] says; the newest last. nil applies
// to all.
func (l *Log) Notes(f *Compiled) []Note {
	l.mu.Lock()
	all := l.notes.all()
	l.mu.Unlock()
	out := make([]Note, 0, len(all))
	for _, n := range all {
		if f == nil || n.Request == nil || f.MatchExpectation(&Expectation{Request: n.Request}) {
			out = append(out, *n)
		}
	}
	return out
}
