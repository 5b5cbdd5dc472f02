package admin

import (
	"cmp"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A retrieval is a type of retrieve in one format.
type retrieval struct {
	kind, format string
	content      string
	print        func(*call, io.Writer, filter) error
}

// retrievals are what retrieve answers, one row each. A format is a file
// retrieve_name.go and a row for each type; [codeFormats] has those that are
// programs.
var retrievals = []retrieval{
	{"requests", "json", contentJSON, (*call).requestsJSON},
	{"request_responses", "json", contentJSON, (*call).requestResponsesJSON},
	{"recorded_expectations", "json", contentJSON, (*call).recordedJSON},
	{"active_expectations", "json", contentJSON, (*call).activeJSON},
	{"requests", "har", contentJSON, (*call).requestsHAR},
	{"request_responses", "har", contentJSON, (*call).requestResponsesHAR},
	{"recorded_expectations", "har", contentJSON, (*call).recordedHAR},
	{"active_expectations", "har", contentJSON, (*call).activeHAR},
	{"requests", "curl", contentText, (*call).requestsCURL},
	{"request_responses", "curl", contentText, (*call).requestResponsesCURL},
	{"logs", "json", contentText, (*call).logsText},
	{"logs", "log_entries", contentJSON, (*call).logsLogEntries},
	{"requests", "log_entries", contentJSON, (*call).requestsLogEntries},
	{"request_responses", "log_entries", contentJSON, (*call).requestResponsesLogEntries},
	{"recorded_expectations", "log_entries", contentJSON, (*call).recordedLogEntries},
	{"metrics", "json", contentJSON, (*call).metricsJSON},
	// MockServer prints requests as JSON, whatever it calls it.
	{"requests", "java", contentJava, (*call).requestsJSON},
}

// retrieve prints what was received, answered, recorded or is active. It
// streams, and holds neither the answer nor the recording in memory.
func (c *call) retrieve() error {
	r, err := c.retrieval()
	if err != nil {
		return err
	}
	if err := c.heeded(); err != nil {
		return err
	}
	f, err := c.filter(r.kind)
	if err != nil {
		return err
	}
	if f.page, err = c.page(); err != nil {
		return err
	}
	return c.stream(http.StatusOK, r.content, func(w io.Writer) error { return r.print(c, w, f) })
}

// kinds and formats are MockServer's values of type and format.
var (
	kinds   = []string{"logs", "requests", "request_responses", "recorded_expectations", "active_expectations", "metrics"}
	formats = []string{
		"java", "javascript", "python", "go", "csharp", "ruby", "rust", "php",
		"json", "log_entries", "har", "openapi", "postman", "bruno", "curl",
	}
)

// unsupported are the formats that MockServer has for types where it answers,
// with 200, that it has not.
var unsupported = []struct{ kind, format string }{
	{"recorded_expectations", "curl"},
	{"active_expectations", "curl"},
	{"active_expectations", "log_entries"},
}

// retrieval is the one that the call asks for.
func (c *call) retrieval() (*retrieval, error) {
	kind := cmp.Or(strings.ToLower(c.query.Get("type")), "requests")
	format := cmp.Or(strings.ToLower(c.query.Get("format")), "json")
	switch {
	case !slices.Contains(kinds, kind):
		return nil, notAValue("type", c.query.Get("type"), kinds...)
	case !slices.Contains(formats, format):
		return nil, notAValue("format", c.query.Get("format"), formats...)
	case kind == "metrics", kind == "logs" && format != "log_entries":
		format = "json" // whatever was asked for (MockServer 7)
	}
	for i := range retrievals {
		if r := &retrievals[i]; r.kind == kind && r.format == format {
			return r, nil
		}
	}
	if r := codeRetrieval(kind, format); r != nil {
		return r, nil
	}
	if text := withoutCode(kind, format); text != "" {
		return nil, &failure{status: http.StatusOK, text: text}
	}
	text := strings.ToUpper(format) + " not supported for " + strings.ToUpper(kind)
	for _, u := range unsupported {
		if u.kind == kind && u.format == format {
			return nil, &failure{status: http.StatusOK, text: text}
		}
	}
	return nil, &failure{status: http.StatusNotImplemented, text: text}
}

// A filter selects by a request matcher or by the id of an expectation; the
// zero value selects everything.
type filter struct {
	compiled *expectations.Compiled
	id       string
	page     page // of expectations
}

// A page is a part of what is selected. The zero value is everything.
type page struct{ offset, limit int }

// page is what the parameters offset and limit say (MockServer 9).
func (c *call) page() (page, error) {
	var p page
	for name, into := range map[string]*int{"offset": &p.offset, "limit": &p.limit} {
		text := c.query.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 0 || n == 0 && name == "limit" {
			return page{}, badRequest(strconv.Quote(text) + ` is not a valid value for "` + name + `" parameter, which is a number`)
		}
		*into = int(n)
	}
	return p, nil
}

func (c *call) filter(kind string) (filter, error) {
	matcher, id, err := c.reader().RequestMatcher(c.body)
	switch {
	case err != nil:
		return filter{}, err
	case id != "":
		return c.filterByID(kind, id)
	case matcher == nil:
		return filter{}, nil
	}
	compiled, err := expectations.Compile(matcher)
	if err != nil {
		return filter{}, misfit("$", err)
	}
	return filter{compiled: compiled}, nil
}

// filterByID selects the active expectation of an id, and of the rest what its
// request matches, as the Rust client of MockServer 9 documents it: not only
// what it answered. Of one that is gone, or was learned, there is no condition
// to go by: what it answered is selected, and what was done to it.
func (c *call) filterByID(kind, id string) (filter, error) {
	e, ok, err := c.space.Get(c.r.Context(), id)
	switch {
	case err != nil:
		return filter{}, unread(err)
	case !ok && !c.logged(id):
		return filter{}, unknownID(id)
	}
	if !ok || kind == "active_expectations" || e.Origin == expectations.OriginCaptured {
		return filter{id: id}, nil
	}
	compiled, err := e.Compile()
	if err != nil {
		return filter{}, misfit("$", err)
	}
	return filter{compiled: compiled}, nil
}

// logged reports whether the log holds something of an expectation.
func (c *call) logged(id string) bool {
	f := filter{id: id}
	return slices.ContainsFunc(c.space.Log.All(), func(e expectations.Entry) bool { return f.entry(&e) }) ||
		slices.ContainsFunc(c.space.Log.Notes(nil), func(n expectations.Note) bool { return f.note(&n) })
}

func (f filter) entry(e *expectations.Entry) bool {
	return f.id == "" || e.ExpectationID == f.id
}

func (f filter) expectation(e *expectations.Expectation) bool {
	return (f.id == "" || e.ID == f.id) && f.compiled.MatchExpectation(e)
}

// requests are the requests received, oldest first.
func (c *call) requests(f filter) iter.Seq[expectations.Entry] {
	return c.entries(f, func(*expectations.Entry) bool { return true })
}

// exchanges are the requests that have been answered, oldest first.
func (c *call) exchanges(f filter) iter.Seq[expectations.Entry] {
	return c.entries(f, func(e *expectations.Entry) bool {
		return e.Response != nil && e.Outcome != expectations.Pending
	})
}

func (c *call) entries(f filter, keep func(*expectations.Entry) bool) iter.Seq[expectations.Entry] {
	return func(yield func(expectations.Entry) bool) {
		for _, e := range c.space.Log.Select(f.compiled) {
			if f.entry(&e) && keep(&e) && !yield(e) {
				return
			}
		}
	}
}

// recorded are the expectations learned from everything recorded until now.
func (c *call) recorded(f filter) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		if err := c.space.Captured.Sync(c.r.Context()); err != nil {
			yield(nil, err)
			return
		}
		for e, err := range f.selected(c.space.Captured.All(c.r.Context())) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// active are the active expectations in match order.
func (c *call) active(f filter) iter.Seq2[*expectations.Expectation, error] {
	return f.selected(c.space.Active(c.r.Context()))
}

// selected are those of seq that the filter selects. An error ends it: what
// is printed is whole, or is not printed.
func (f filter) selected(seq iter.Seq2[*expectations.Expectation, error]) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		n := 0
		for e, err := range seq {
			if err != nil {
				yield(nil, unread(err))
				return
			}
			if !f.expectation(e) {
				continue
			}
			if n++; n <= f.page.offset {
				continue
			}
			if !yield(e, nil) || f.page.limit > 0 && n == f.page.offset+f.page.limit {
				return
			}
		}
	}
}
