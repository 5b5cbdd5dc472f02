package capture

// A Lesson is what an exchange teaches the captured half of a session's
// active set. [Learned] works it out before the exchange is encoded; the
// exchange's line carries it near its beginning, so that reading a recording
// back needs neither the bodies nor a full decoding: the same Lesson is given
// to Learned again with the line's position.
//
// The writer calls, per exchange and in journal order,
//
//	lesson := learned.Lesson(ex)      // redacted, decoded exchange; no side effects
//	… append the line …
//	learned.Learn(lesson, position)   // acknowledged
//
// with Relearn in Lesson's place for an exchange read back whose line was
// written under other Rules,
//
// and, for records that change the view, both when they are acknowledged and
// when they are read back,
//
//	learned.Apply(record)             // "clear", "reset", "claim"
//	learned.Retire(segment)           // retention removed all segments before this one
//
// All of these are called by one goroutine at a time.
type Lesson struct {
	// Rules identifies what the lesson was worked out with: the version of
	// the key's definition and the configured significant headers. A line
	// whose Rules are not those in force is decoded and worked out again.
	Rules string
	// Skip says why the exchange is recorded but not learned; "" if it is.
	Skip string
	// Key is the request key.
	Key Key
	// Mask is the hash of the key with its redacted places left aside; zero
	// if the key has none, or is masked itself. By it a request finds the
	// exchange that holds the tokens of another key in those places, as the
	// request of a contract does.
	Mask [16]byte
	// Caller discriminates callers with different credentials; 0 is none.
	Caller uint64
	// Answer is a digest of the answer: equal answers to one key and caller
	// are learned once.
	Answer uint64
}
