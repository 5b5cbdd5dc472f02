package expectations

import (
	"net/http"
	"slices"
	"time"
)

// An Origin says who made an expectation.
type Origin string

const (
	// OriginUser marks what was put by hand over the admin API.
	OriginUser Origin = "user"
	// OriginImported marks what came from a Pact, a HAR or a file.
	OriginImported Origin = "imported"
	// OriginCaptured marks what was learned from recorded traffic.
	OriginCaptured Origin = "captured"
)

// An Expectation says which requests it answers, and how.
//
// It is immutable once it is in a [Set]; what changes with use (remaining
// times, cursors) is kept outside it.
type Expectation struct {
	// ID identifies it in its space; putting the same id again replaces it
	// and keeps its place in the order.
	ID string
	// Priority orders matching, higher first; default 0.
	Priority int
	// Origin is who made it.
	Origin Origin
	// Request is the condition; nil matches every request.
	Request *RequestMatcher
	// Authority is the origin server it was captured from, as in
	// [Request.Authority]; empty for any. Only captured expectations have one.
	Authority string
	// Action answers. It is never nil in a [Set].
	Action Action
	// Also are further actions that were written beside Action, which is the
	// primary one: those that forward send the request too, and what comes
	// back is dropped.
	Also []Action
	// Before and After are sent before Action is performed, and once the
	// request has been answered.
	Before, After []SideAction
	// Times limits how often it answers; the zero value is unlimited.
	Times Times
	// TimeToLive limits how long it answers; the zero value is unlimited.
	TimeToLive TimeToLive
	// Percentage, if not nil, is how many of 100 requests that match it
	// answers, by chance; the others are for the next expectation.
	Percentage *int
	// Scenario is the state of a scenario in which it answers, and the one
	// it leads to.
	Scenario ScenarioGate
	// Created is when it was put; TimeToLive runs from it.
	Created time.Time
	// Redactions lists where recorded values were replaced by tokens. Only
	// captured expectations have any.
	Redactions []Redaction
}

// Times is MockServer's times: a remaining count, or unlimited.
type Times struct {
	// Limited says whether Remaining counts.
	Limited bool
	// Remaining is the number of matches left.
	Remaining int
}

// A TimeToLive is MockServer's timeToLive. The zero value is unlimited.
type TimeToLive struct {
	// Limited says whether Value and Unit count.
	Limited bool
	// Value is the duration in Unit.
	Value int64
	// Unit is the unit as written, e.g. [Seconds].
	Unit TimeUnit
}

// A TimeUnit is one of MockServer's names for a unit of time.
type TimeUnit string

// MockServer's units (java.util.concurrent.TimeUnit).
const (
	Days         TimeUnit = "DAYS"
	Hours        TimeUnit = "HOURS"
	Minutes      TimeUnit = "MINUTES"
	Seconds      TimeUnit = "SECONDS"
	Milliseconds TimeUnit = "MILLISECONDS"
	Microseconds TimeUnit = "MICROSECONDS"
	Nanoseconds  TimeUnit = "NANOSECONDS"
)

// An Action is what an expectation does with a request it matches: [Respond],
// [Forward], and the others in the files named action_….go. Whoever performs
// actions (package proxy) and reads and prints them (package wire) has a row
// for each Kind.
type Action interface {
	// Kind is MockServer's name of the action, e.g. "httpResponse".
	Kind() string
	isAction()
	// check says why the action cannot be performed, nil if it can. A [Set]
	// asks before it takes one.
	check() error
}

// A ResponseMode chooses among the answers of a [Respond].
type ResponseMode string

const (
	// Sequential gives the answers in turn and starts over after the last
	// (MockServer SEQUENTIAL).
	Sequential ResponseMode = "SEQUENTIAL"
	// Random gives any of the answers, each as likely (MockServer RANDOM).
	Random ResponseMode = "RANDOM"
)

// Respond answers with one of its Answers.
type Respond struct {
	// Answers has at least one element.
	Answers []*Answer
	// Mode chooses among several; "" is [Sequential].
	Mode ResponseMode
	// List says that it was written as httpResponses; it is printed back so.
	List bool
}

// Kind is "httpResponses" for a list, else "httpResponse".
func (r *Respond) Kind() string {
	if r.List {
		return "httpResponses"
	}
	return "httpResponse"
}

func (*Respond) isAction() {}

func (r *Respond) check() error {
	if r == nil || len(r.Answers) == 0 || slices.Contains(r.Answers, nil) {
		return ErrNoAction
	}
	return nil
}

// An Answer is one response as a user wrote it or as it was recorded.
type Answer struct {
	// Status is the status code; 0 is sent as 200.
	Status int
	// Reason is the reason phrase; "" is the standard one.
	Reason string
	// Header has names as written.
	Header http.Header
	// Trailer holds trailer fields; nil if none.
	Trailer http.Header
	// Cookies become Set-Cookie fields.
	Cookies []Cookie
	// Body is what is sent; nil for none.
	Body *AnswerBody
	// Delay is waited before the answer is sent.
	Delay Delay
	// Connection is how the answer is put on the wire; nil for as usual.
	Connection *ConnectionOptions
	// Producer, if not nil, makes what is sent of it, see [Answer.To].
	Producer Producer
}

// A Cookie is a name and a value.
type Cookie struct{ Name, Value string }

// An AnswerBody is the content of an [Answer] and how it was written.
type AnswerBody struct {
	// Kind is how it was written, which decides how it is printed back.
	Kind AnswerBodyKind
	// Bytes is what is sent.
	Bytes []byte
	// File is the path of the file that is sent, where Kind is [AnswerFile];
	// Bytes is nil until it is read, see [Answer.Loaded].
	File string
	// FileTemplate, if not "", says that the file is a template: what is sent
	// is what it makes of the request, see [Answer.Rendered].
	FileTemplate TemplateType
	// ContentType is the type written beside the body; it is sent when the
	// answer has no Content-Type header.
	ContentType string
}

// An AnswerBodyKind is MockServer's type of a response body.
type AnswerBodyKind string

// How the body of an answer can be written.
const (
	AnswerString AnswerBodyKind = "STRING"
	AnswerJSON   AnswerBodyKind = "JSON"
	AnswerXML    AnswerBodyKind = "XML"
	AnswerBinary AnswerBodyKind = "BINARY"
	// AnswerFile is the content of a file at the time of the answer.
	AnswerFile AnswerBodyKind = "FILE"
	// AnswerParameters is an HTML form.
	AnswerParameters AnswerBodyKind = "PARAMETERS"
)

// A Redaction names a place whose recorded value was replaced by a token.
type Redaction struct {
	// Message is "request" or "response".
	Message string
	// In is "header", "cookie", "query", "form", "json", "path" or "body".
	In string
	// Name is the header, cookie, parameter or field name; for "json" it is
	// the path in Pact's notation, e.g. "$.user.token" or "$.items[0].key".
	Name string
	// Class says what the value looked like: "bearer", "basic", "jwt",
	// "cookie", "string", "number", "card".
	Class string
}
