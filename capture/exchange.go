package capture

import (
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
)

// An ExchangeID identifies an exchange; it is a UUID of version 7 (RFC 9562
// §5.7), so ids sort by time.
type ExchangeID = uuid.UUID

// An Exchange is one request, what came of it, and the circumstances: the
// unit of recording. Whoever builds it hands it over with [Recordings.Record]
// and must not touch it afterwards; what it points to is only read.
type Exchange struct {
	// ID is set by the recorder if zero.
	ID ExchangeID
	// Session is the space it belongs to.
	Session expectations.SessionID
	// Mode is the mode in force when it was decided.
	Mode expectations.Mode
	// Started is when the request head had been read.
	Started time.Time
	// Timings are the durations of its phases.
	Timings Timings
	// Upstream is the address connected to as "ip:port"; empty if none was.
	Upstream string
	// AnsweredBy is the id of the expectation that answered; empty for a
	// forwarded request.
	AnsweredBy string
	// Request is what the client sent, never nil.
	Request *expectations.Request
	// Response is what came back; nil where the exchange failed before one.
	Response *expectations.Response
	// Failure says what went wrong; nil for a complete exchange. An exchange
	// may have both a Response and a Failure (a body cut short).
	Failure *Failure
	// Redactions is filled by the recorder: where values were replaced.
	Redactions []expectations.Redaction
	// RequestBuffer and ResponseBuffer are what the two bodies were collected
	// in; nil where there was none. The exchange carries their charge on the
	// budget until [Exchange.Release].
	RequestBuffer, ResponseBuffer *Buffer
}

// Release gives back what the exchange's bodies are charged on the budget.
// [Recordings.Record] sees to it; only an exchange that is not recorded needs
// the call. The bodies stay valid.
func (ex *Exchange) Release() {
	ex.RequestBuffer.Discard()
	ex.ResponseBuffer.Discard()
}

// Truncated reports whether one of the recorded bodies is incomplete.
func (ex *Exchange) Truncated() bool {
	return ex.Request.Body.Truncated || (ex.Response != nil && ex.Response.Body.Truncated)
}

// Timings are the phases of an exchange as in HAR 1.2 §timings. Zero means
// that the phase did not take place (a reused connection) or is unknown.
type Timings struct {
	DNS, Connect, TLS time.Duration
	// Send is from the connection's readiness to the end of the request.
	Send time.Duration
	// Wait is from then to the first byte of the response head.
	Wait time.Duration
	// Receive is from there to the end of the body.
	Receive time.Duration
	// Total is from Started to the end of the exchange.
	Total time.Duration
}

// A Failure is why an exchange is incomplete.
type Failure struct {
	// Kind is one of the Fail… constants.
	Kind FailureKind
	// Message is the short reason, as the client was told it.
	Message string
}

// A FailureKind classifies failures.
type FailureKind string

// The kinds of failure.
const (
	// FailUpstream: the upstream could not be reached or broke off
	// (answered 502).
	FailUpstream FailureKind = "upstream"
	// FailTimeout: the upstream did not answer in time (answered 504).
	FailTimeout FailureKind = "timeout"
	// FailAborted: the client went away.
	FailAborted FailureKind = "aborted"
	// FailLoop: the request came back to us (answered 508).
	FailLoop FailureKind = "loop"
	// FailInternal: a panic was contained (answered 502).
	FailInternal FailureKind = "internal"
)
