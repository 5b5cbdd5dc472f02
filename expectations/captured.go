package expectations

import (
	"context"
	"iter"
)

// Captured is the recorded half of a space's active set, implemented by
// package capture. All methods may be called from any goroutine. Expectations
// handed out are the caller's to read and must not be changed.
type Captured interface {
	// Find returns the captured expectation whose request key equals that of
	// req, and of its ordered answers the one that is next for req's caller.
	// With peek no cursor moves. ok is false when nothing was recorded for
	// req; err is a failure to read the recording back.
	Find(ctx context.Context, req *Request, peek bool) (hit Hit, ok bool, err error)
	// All yields the active captured expectations, oldest first. One with
	// several ordered answers is a single expectation with several answers.
	// A yielded error is about one expectation; iteration goes on.
	All(ctx context.Context) iter.Seq2[*Expectation, error]
	// Len is the number of active captured expectations.
	Len() int
	// Remove takes the expectations of the given ids out of the active view
	// and records that it did. Unknown ids are ignored.
	Remove(ctx context.Context, ids []string) error
	// RemoveAll empties the active view and records that it did. Raw
	// exchanges stay until retention.
	RemoveAll(ctx context.Context) error
	// Claim hands the expectation of the id to the user: it leaves the view
	// and recording never touches it again. It reports whether there was one.
	Claim(id string) bool
	// Sync waits until everything recorded before the call is in the view.
	Sync(ctx context.Context) error
	// Rewind puts every replay cursor back to its first answer.
	Rewind()
}

// A Hit is an expectation that matched, and the answer it gives now.
type Hit struct {
	// Expectation matched.
	Expectation *Expectation
	// Answer is the one chosen; nil if the action is not a [Respond].
	Answer *Answer
	// Last says that the times of the expectation are used up with this.
	Last bool
}

// NoCaptured is a [Captured] with nothing in it, for spaces that record
// nothing.
type NoCaptured struct{}

var _ Captured = NoCaptured{}

// Find finds nothing.
func (NoCaptured) Find(context.Context, *Request, bool) (Hit, bool, error) {
	return Hit{}, false, nil
}

// All yields nothing.
func (NoCaptured) All(context.Context) iter.Seq2[*Expectation, error] {
	return func(func(*Expectation, error) bool) {}
}

// Len is 0.
func (NoCaptured) Len() int { return 0 }

// Remove does nothing.
func (NoCaptured) Remove(context.Context, []string) error { return nil }

// RemoveAll does nothing.
func (NoCaptured) RemoveAll(context.Context) error { return nil }

// Claim finds nothing.
func (NoCaptured) Claim(string) bool { return false }

// Sync has nothing to wait for.
func (NoCaptured) Sync(context.Context) error { return nil }

// Rewind does nothing.
func (NoCaptured) Rewind() {}
