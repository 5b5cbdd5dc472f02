package admin

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// An event is one line of MockServer's account of what happened: a request has
// several, a note of the log one.
type event struct {
	time time.Time
	// kind is MockServer's type, level its log level.
	kind, level string
	correlation string
	request     *expectations.Request
	response    *expectations.Response
	// matcher is what a note is about.
	matcher *expectations.RequestMatcher
	// expectation may be nil where only its id is known.
	expectation   *expectations.Expectation
	expectationID string
	// format has {} for each argument.
	format    string
	arguments []jsondoc.Value
	because   string
}

// The types of events that requests make (MockServer 7
// LogEntry.LogMessageType).
const (
	kindReceived  = "RECEIVED_REQUEST"
	kindMatched   = "EXPECTATION_MATCHED"
	kindResponse  = "EXPECTATION_RESPONSE"
	kindNoMatch   = "NO_MATCH_RESPONSE"
	kindForwarded = "FORWARDED_REQUEST"
	kindException = "EXCEPTION"
)

// events are what the filter selects of everything that happened, in order.
func (c *call) events(f filter) iter.Seq[event] {
	entries, notes := c.space.Log.Select(f.compiled), c.space.Log.Notes(f.compiled)
	return func(yield func(event) bool) {
		for len(entries) > 0 || len(notes) > 0 {
			if len(entries) == 0 || len(notes) > 0 && notes[0].Seq < entries[0].Seq {
				if f.note(&notes[0]) && !yield(noteEvent(&notes[0])) {
					return
				}
				notes = notes[1:]
				continue
			}
			if f.entry(&entries[0]) {
				for e := range c.entryEvents(&entries[0]) {
					if !yield(e) {
						return
					}
				}
			}
			entries = entries[1:]
		}
	}
}

// note reports whether a filter by id selects a note.
func (f filter) note(n *expectations.Note) bool {
	return f.id == "" || n.Expectation != nil && n.Expectation.ID == f.id
}

// entryEvents are the events of one request.
func (c *call) entryEvents(e *expectations.Entry) iter.Seq[event] {
	base := event{
		time: e.Time, level: "INFO", correlation: c.space.Log.Correlation(e), request: e.Request,
	}
	request := wire.RequestJSON(e.Request)
	return func(yield func(event) bool) {
		received := base
		received.kind, received.format, received.arguments = kindReceived, "received request:{}", []jsondoc.Value{request}
		if !yield(received) {
			return
		}
		base.expectation, base.expectationID = e.Expectation, e.ExpectationID
		if e.ExpectationID != "" {
			matched := base
			matched.kind, matched.format = kindMatched, "request:{}matched expectation:{}"
			matched.arguments = []jsondoc.Value{request, expectationOf(e)}
			if !yield(matched) {
				return
			}
		}
		if ended, ok := outcomeEvent(base, e, request); ok && !yield(ended) {
			return
		}
		if e.UsedUp {
			removed := base
			removed.kind, removed.format = string(expectations.NoteRemoved), "removed expectation:{}with id:{}"
			removed.arguments = []jsondoc.Value{expectationOf(e), jsondoc.String(e.ExpectationID)}
			removed.request = e.Request
			yield(removed)
		}
	}
}

// outcomeEvent is how a request ended; ok is false while it has not.
func outcomeEvent(base event, e *expectations.Entry, request jsondoc.Value) (ended event, ok bool) {
	response := jsondoc.Object()
	if e.Response != nil {
		response = wire.ResponseJSON(e.Response)
	}
	ended = base
	ended.response = e.Response
	switch e.Outcome {
	case expectations.Matched:
		ended.kind, ended.format = kindResponse, "returning response:{}for request:{}for action:{}from expectation:{}"
		ended.arguments = []jsondoc.Value{response, request, jsondoc.String(actionKind(e)), jsondoc.String(e.ExpectationID)}
	case expectations.NotMatched:
		ended.kind, ended.format = kindNoMatch, "no expectation for:{}returning response:{}"
		ended.arguments = []jsondoc.Value{request, response}
		ended.because = e.Reason
	case expectations.Forwarded:
		ended.kind, ended.format = kindForwarded, "returning response:{}for forwarded request:{}"
		ended.arguments = []jsondoc.Value{response, request}
	case expectations.Failed:
		ended.kind, ended.level, ended.format = kindException, "ERROR", "exception:{}while forwarding request:{}"
		ended.arguments = []jsondoc.Value{jsondoc.String(e.Reason), request}
		ended.because = e.Reason
	case expectations.Pending:
		return event{}, false
	}
	return ended, true
}

// expectationOf is the expectation of an entry, or its id where that is all
// that is known.
func expectationOf(e *expectations.Entry) jsondoc.Value {
	if e.Expectation != nil {
		return wire.ExpectationJSON(e.Expectation)
	}
	return jsondoc.Object(jsondoc.M("id", jsondoc.String(e.ExpectationID)))
}

func actionKind(e *expectations.Entry) string {
	if e.Expectation != nil && e.Expectation.Action != nil {
		return e.Expectation.Action.Kind()
	}
	return "httpResponse"
}

// noteEvent is the event of a note.
func noteEvent(n *expectations.Note) event {
	e := event{time: n.Time, kind: string(n.Kind), level: "INFO", matcher: n.Request, expectation: n.Expectation}
	if n.Expectation != nil {
		e.expectationID = n.Expectation.ID
	}
	made := func(format string) {
		e.format = format
		e.arguments = []jsondoc.Value{wire.ExpectationJSON(n.Expectation), jsondoc.String(n.Expectation.ID)}
	}
	switch n.Kind {
	case expectations.NoteCreated:
		made("creating expectation:{}with id:{}")
	case expectations.NoteUpdated:
		made("updating expectation:{}with id:{}")
	case expectations.NoteRemoved:
		made("removed expectation:{}with id:{}")
	case expectations.NoteVerificationPassed:
		e.format, e.arguments = "verification passed for:{}", []jsondoc.Value{wire.MatcherJSON(n.Request)}
	case expectations.NoteVerificationFailed:
		e.format, e.arguments = "verification failed for:{}because:{}", []jsondoc.Value{wire.MatcherJSON(n.Request), jsondoc.String(n.Text)}
		e.because = n.Text
	case expectations.NoteCleared:
		e.format = n.Text
		if n.Request != nil {
			e.format, e.arguments = n.Text+" that match:{}", []jsondoc.Value{wire.MatcherJSON(n.Request)}
		}
	}
	return e
}

// message is the format with its arguments (MockServer 7 StringFormatter): each
// on lines of its own, indented.
func (e *event) message() string {
	var b strings.Builder
	for i, literal := range strings.Split(e.format, "{}") {
		if i > 0 && literal != "" {
			b.WriteString("\n ")
		}
		b.WriteString(literal)
		if i < len(e.arguments) {
			b.WriteString("\n\n  " + strings.ReplaceAll(argumentText(e.arguments[i]), "\n", "\n  ") + "\n")
		}
	}
	return b.String()
}

func argumentText(v jsondoc.Value) string {
	if v.Kind == jsondoc.KindString {
		return v.Text
	}
	return string(v.AppendJackson(nil))
}

// localTime is a time as MockServer prints it: local, without a zone.
func localTime(t time.Time) string { return t.In(time.Local).Format("2006-01-02 15:04:05.000") }

// line is the event in the account of type LOGS.
func (e *event) line() string { return fmt.Sprintf("%s - %s", localTime(e.time), e.message()) }
