package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

const (
	contentJSON = "application/json; charset=utf-8"
	contentText = "text/plain; charset=utf-8"
)

// A failure is an error whose status and text for the client are known.
type failure struct {
	status int
	text   string
	// json says that text is JSON, else it is plain text.
	json bool
	// err is what happened, for the log; nil where text says it all.
	err error
}

func (f *failure) Error() string {
	if f.err != nil {
		return f.text + ": " + f.err.Error()
	}
	return f.text
}

func (f *failure) Unwrap() error { return f.err }

// badRequest is a 400 with MockServer's or our own words.
func badRequest(text string) error {
	return &failure{status: http.StatusBadRequest, text: text}
}

// errorJSON is a 400 in the form that MockServer's newer calls have:
// {"error":"…"}, double quotes in the text made single.
func errorJSON(text string) error {
	body := jsondoc.Object(jsondoc.M("error", jsondoc.String(strings.ReplaceAll(text, `"`, "'")))).AppendCompact(nil)
	return &failure{status: http.StatusBadRequest, text: string(body), json: true}
}

// notAValue is MockServer's text for a query parameter outside its list.
func notAValue(parameter, value string, allowed ...string) error {
	return badRequest(fmt.Sprintf("%s is not a valid value for %q parameter, only the following values are supported [%s]",
		quote(value), parameter, strings.Join(allowed, ", ")))
}

// unknownID is MockServer's text for the id of no expectation.
func unknownID(id string) error {
	return badRequest("No expectation found with id " + id)
}

// misfit is what [expectations.Compile] says of the matcher at a JSON path.
func misfit(path string, err error) error {
	if pattern, ok := errors.AsType[*expectations.PatternError](err); ok {
		return badRequest(path + "." + pattern.Error())
	}
	return err
}

// unread is a recording that cannot be read back.
func unread(err error) error {
	return &failure{
		status: http.StatusInternalServerError, err: err,
		text: "a part of the recording could not be read back; the log of the server says which. " +
			"To go on without it, clear it by its id",
	}
}

// unopened is a session that cannot be had.
func unopened(id expectations.SessionID, err error) error {
	if errors.Is(err, expectations.ErrTooManySessions) {
		return &failure{status: http.StatusTooManyRequests, text: err.Error()}
	}
	return &failure{
		status: http.StatusServiceUnavailable, err: err,
		text: "session " + id.String() + " cannot be opened; the log of the server says why",
	}
}

// tooLarge says how large a body may be, and what to do, if there is a word on
// that.
func tooLarge(limit int64, mend string) error {
	text := "the body is larger than " + strconv.FormatInt(limit, 10) + " bytes"
	if mend != "" {
		text += ", the most that one call takes: " + mend
	}
	return &failure{
		status: http.StatusRequestEntityTooLarge,
		text:   text,
	}
}

// bodyError tells a body that is too large from one that broke off.
func bodyError(err error, limit int64, mend string) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(limit, mend)
	}
	return badRequest("the body could not be read to its end")
}

// failureOf is the one place where an error becomes a status. What it does
// not know is a fault of ours, and its text is not for the client.
func failureOf(err error) *failure {
	if spec, ok := errors.AsType[*wire.OpenAPIError](err); ok {
		return &failure{status: http.StatusBadRequest, text: spec.Error()}
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if _, ok := errors.AsType[*wire.ValidationError](err); ok {
		return &failure{status: http.StatusBadRequest, text: err.Error()}
	}
	return &failure{status: http.StatusInternalServerError, text: "internal error; the log of the server says more", err: err}
}

// headerCorrelation names a fault of ours in the log of the server.
const headerCorrelation = "X-Correlation-Id"

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	id := ""
	if f.err != nil { // by which the client's report and the log find together
		id = uuid.NewString()
		w.Header().Set(headerCorrelation, id)
	}
	switch ctx := r.Context(); {
	case f.err == nil:
	case ctx.Err() != nil:
		// Whoever asked does not wait for the answer any more.
		s.log.DebugContext(ctx, "admin call given up", "method", r.Method, "path", r.URL.Path, "error", f.err)
	default:
		s.log.ErrorContext(ctx, "admin call failed", "method", r.Method, "path", r.URL.Path, "correlation_id", id, "error", f.err)
	}
	if f.json {
		write(w, f.status, contentJSON, []byte(f.text))
		return
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer") // RFC 6750 §3
	}
	write(w, f.status, contentText, []byte(f.text))
}

// write answers with a body; with none, the status alone.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	head(w, contentType, len(body) > 0)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// head sets the headers of a body. Texts repeat what they were sent, so that
// a browser that is led here must not take them for a page.
func head(w http.ResponseWriter, contentType string, body bool) {
	if body {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
	}
}

func (c *call) empty(status int) error {
	write(c.w, status, "", nil)
	return nil
}

func (c *call) json(status int, body []byte) error {
	write(c.w, status, contentJSON, body)
	return nil
}

// quote puts a value from outside between quotes, without what could move a
// cursor or end a line.
func quote(s string) string { return strconv.QuoteToASCII(s) }
