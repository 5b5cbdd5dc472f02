package admin

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

func (c *call) logsLogEntries(w io.Writer, f filter) error { return c.logEntries(w, f) }

func (c *call) requestsLogEntries(w io.Writer, f filter) error {
	return c.logEntries(w, f, kindReceived)
}

func (c *call) requestResponsesLogEntries(w io.Writer, f filter) error {
	return c.logEntries(w, f, kindResponse, kindNoMatch, kindForwarded)
}

func (c *call) recordedLogEntries(w io.Writer, f filter) error {
	return c.logEntries(w, f, kindForwarded)
}

// logEntries prints the events of some kinds, or all, as a JSON array; with a
// correlation id those of one request.
func (c *call) logEntries(w io.Writer, f filter, kinds ...string) error {
	out := bufio.NewWriterSize(w, 32<<10)
	only, first := c.query.Get("correlationId"), true
	for e := range c.events(f) {
		if len(kinds) > 0 && !slices.Contains(kinds, e.kind) || only != "" && e.correlation != only {
			continue
		}
		if first {
			_, _ = out.WriteString("[ ") // Flush has the error
		} else {
			_, _ = out.WriteString(", ")
		}
		first = false
		_, _ = out.Write(e.json().AppendJackson(nil))
	}
	if first {
		_, _ = out.WriteString("[]")
	} else {
		_, _ = out.WriteString(" ]")
	}
	return out.Flush()
}

// json is the event in the order of MockServer's LogEntrySerializer; what it
// has not is left out.
func (e *event) json() jsondoc.Value {
	all := jsondoc.Object(
		jsondoc.M("logLevel", jsondoc.String(e.level)),
		jsondoc.M("epochTime", jsondoc.Int(e.time.UnixMilli())),
		jsondoc.M("timestamp", jsondoc.String(localTime(e.time))),
		jsondoc.M("type", jsondoc.String(e.kind)),
	)
	add := func(name string, v jsondoc.Value) {
		if !v.IsZero() {
			all.Members = append(all.Members, jsondoc.M(name, v))
		}
	}
	add("correlationId", jsondoc.String(e.correlation))
	add("httpRequest", e.requestJSON())
	if e.response != nil {
		add("httpResponse", wire.ResponseJSON(e.response))
	}
	if e.expectation != nil {
		add("expectation", wire.ExpectationJSON(e.expectation))
	}
	add("expectationId", jsondoc.String(e.expectationID))
	add("messageFormat", jsondoc.String(e.format))
	lines := jsondoc.Array()
	for line := range strings.SplitSeq(e.message(), "\n") {
		lines.Items = append(lines.Items, jsondoc.String(line))
	}
	add("message", lines)
	add("arguments", jsondoc.Array(e.arguments...))
	add("because", jsondoc.String(e.because))
	return all
}

// requestJSON is the request of an event, or what a note is about.
func (e *event) requestJSON() jsondoc.Value {
	if e.request != nil {
		return wire.RequestJSON(e.request)
	}
	if e.matcher == nil {
		return jsondoc.Null()
	}
	return wire.MatcherJSON(e.matcher)
}
