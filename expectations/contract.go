package expectations

import (
	"errors"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Contract is what an expectation was made of where that says more than a
// [RequestMatcher] can: the interaction of a contract, with its own rules on
// requests. Package pact has the one there is; this package only asks it.
//
// It must be immutable and safe for concurrent use, and must not keep the
// requests it is asked about, but in a [Memo].
type Contract interface {
	// Accepts reports whether the request is the one agreed. Of its body, one
	// that is still encoded, or truncated, equals nothing. memo may be nil.
	Accepts(req *Request, memo *Memo) bool
	// Explain lists all reasons why it is not; empty if and only if Accepts
	// holds. memo may be nil.
	Explain(req *Request, memo *Memo) []Mismatch
	// NeedsBody reports whether the body counts for Accepts.
	NeedsBody() bool
	// States are the provider states that it was agreed for, which all have
	// to be active for the expectation to answer; see [ProviderStates].
	States() []ProviderState
	// Document is the contract as it is printed and read back.
	Document() jsondoc.Value
}

// A Memo is what contracts have made of one request, for those that are asked
// about it next: a search may ask thousands, and a body is to be parsed once. It
// lives as long as the search and is used by one goroutine. The zero value is
// ready to use.
type Memo struct {
	// Made is of a type of the contracts' own; one that finds another's
	// replaces it.
	Made any
}

// An UnreadContract is a [Contract] as it was written, before whoever knows
// its rules has read them. No expectation that has one can be compiled: what
// it asks for must not get lost.
type UnreadContract struct {
	// Written is the document.
	Written jsondoc.Value
}

// Accepts is false.
func (UnreadContract) Accepts(*Request, *Memo) bool { return false }

// Explain says that the contract was not read.
func (UnreadContract) Explain(*Request, *Memo) []Mismatch {
	return []Mismatch{{Field: contractField, Want: "a contract that was read", Got: "one that was not"}}
}

// NeedsBody is true.
func (UnreadContract) NeedsBody() bool { return true }

// States are none.
func (UnreadContract) States() []ProviderState { return nil }

// Document is the contract as it was written.
func (c UnreadContract) Document() jsondoc.Value { return c.Written }

// contractField is the member of an expectation that holds its contract.
const contractField = "pact"

var errUnread = errors.New("its rules were not read")

// checkContract refuses a contract that nobody has read.
func checkContract(c Contract) error {
	if _, unread := c.(UnreadContract); unread {
		return &PatternError{Field: contractField, Pattern: "contract", What: "contract", Err: errUnread}
	}
	return nil
}

// agreed reports whether the contract, if there is one, accepts the request.
func (c *Compiled) agreed(v *view) bool {
	return c.source == nil || c.source.Contract == nil || c.source.Contract.Accepts(v.req, v.contractMemo())
}

// A Producer makes the answers of an expectation that are not the same for
// each request: see [Answer.Producer]. It must be safe for concurrent use.
type Producer interface {
	// Produce is the answer to the request in place of a, which it must not
	// change.
	Produce(req *Request, a *Answer) *Answer
}

// To is the answer as the request gets it: with the content of its file, if
// its body is one, and what its Producer makes of it.
func (a *Answer) To(req *Request) *Answer {
	if a = a.Loaded(); a != nil && a.Producer != nil {
		return a.Producer.Produce(req, a)
	}
	return a
}
