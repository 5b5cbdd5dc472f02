package broker

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// What a [StatusError] wraps, by its status.
var (
	// ErrUnauthorized is 401: credentials are missing or wrong.
	ErrUnauthorized = errors.New("credentials are missing or wrong")
	// ErrForbidden is 403: the credentials do not suffice.
	ErrForbidden = errors.New("the credentials do not allow it")
	// ErrNotFound is 404.
	ErrNotFound = errors.New("not found")
	// ErrConflict is 409: what is there already is not to be changed.
	ErrConflict = errors.New("in conflict with what the broker has")
	// ErrUnavailable is 408, 429 and 5xx, after all repetitions.
	ErrUnavailable = errors.New("the broker is not available")
)

// ErrNotBroker is wrapped where an answer is none that a broker gives.
var ErrNotBroker = errors.New("is this the address of a Pact Broker?")

// A StatusError is a call that the broker refused.
type StatusError struct {
	// Method and URL are the call's; the URL has neither credentials nor a
	// query.
	Method, URL string
	// Status is the answer's status code.
	Status int
	// Details are the broker's words, fit to be printed.
	Details []string
	// RetryAfter is how long the broker asks to be left alone; 0 if it does
	// not say.
	RetryAfter time.Duration
	// Tries is how often the call was made.
	Tries int
	// elsewhere says that credentials were kept back from another host.
	elsewhere bool
}

// Error says what was called, what the answer was and what can be done.
func (e *StatusError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
	if len(e.Details) > 0 {
		b.WriteString(": " + strings.Join(e.Details, "; "))
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, " (after %d tries)", e.Tries)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (it asks to be tried again in %s)", e.RetryAfter.Round(time.Second))
	}
	if hint := e.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

func (e *StatusError) hint() string {
	switch {
	case e.Status == http.StatusUnauthorized && e.elsewhere:
		return "credentials were kept back, since the link leads to another host than the broker's URL; does the broker know its own base URL?"
	case e.Status == http.StatusUnauthorized:
		return "give a token, or a user name and password, that this broker knows"
	case e.Status == http.StatusForbidden:
		return "the credentials do not allow this; publishing needs a read-write token or user"
	case e.Status >= 300 && e.Status < 400:
		return "it redirects; give the address that it redirects to as the broker's URL"
	}
	return ""
}

// Unwrap is the error that stands for the status; nil for others.
func (e *StatusError) Unwrap() error {
	switch {
	case e.Status == http.StatusUnauthorized:
		return ErrUnauthorized
	case e.Status == http.StatusForbidden:
		return ErrForbidden
	case e.Status == http.StatusNotFound:
		return ErrNotFound
	case e.Status == http.StatusConflict:
		return ErrConflict
	case e.temporary():
		return ErrUnavailable
	}
	return nil
}

// temporary are the answers after which a call is repeated.
func (e *StatusError) temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return e.Status >= 500
}

func (c *Client) statusError(call call, r *reply, tries int) *StatusError {
	e := &StatusError{
		Method: call.method, Status: r.status, RetryAfter: retryAfter(r.header), Tries: tries,
		elsewhere: c.auth != (Auth{}) && !c.mayAuthenticate(r.url),
	}
	_, e.URL, _ = strings.Cut(call.String(), " ")
	if isHTML(r) {
		if title := pageTitle(r.body); title != "" {
			e.Details = []string{"a web page" + title}
		}
		return e
	}
	for _, text := range details(r.body) {
		e.Details = append(e.Details, c.auth.scrub(printable(text, maxDetail)))
	}
	return e
}

// An answerError is an answer that cannot be understood.
type answerError struct {
	call call
	text string
}

func (e *answerError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.call, e.text, ErrNotBroker)
}

func (e *answerError) Unwrap() error { return ErrNotBroker }

// Bounds of what is repeated of a broker's words.
const (
	maxDetail  = 600 // runes of one
	maxDetails = 10
)

// details are the texts of an error's body, in the forms that brokers have
// used: notices, errors (a list, or lists by field), error, and problem
// details (RFC 9457).
func details(body []byte) []string {
	root, err := jsondoc.Parse(body)
	if err != nil {
		text := strings.TrimSpace(string(body))
		if text == "" {
			return nil
		}
		return []string{text}
	}
	var out []string
	add := func(text string) {
		if text != "" && len(out) < maxDetails && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, n := range notices(root) {
		add(n.Text)
	}
	for _, name := range [...]string{"error", "errors"} {
		if v, ok := root.Get(name); ok {
			collect(v, "", add)
		}
	}
	for _, name := range [...]string{"detail", "title", "message"} {
		if v, _ := root.Get(name); v.Kind == jsondoc.KindString && len(out) == 0 {
			add(v.Text)
		}
	}
	return out
}

// collect adds the texts below v; those of a field are named after it.
func collect(v jsondoc.Value, field string, add func(string)) {
	switch v.Kind {
	case jsondoc.KindString:
		if field != "" {
			field += " "
		}
		add(field + v.Text)
	case jsondoc.KindArray:
		for _, item := range v.Items {
			collect(item, field, add)
		}
	case jsondoc.KindObject:
		for _, m := range v.Members {
			switch m.Name {
			case "message", "detail", "title":
				collect(m.Value, field, add)
			case "reference", "type", "status", "pointer", "instance":
			default:
				collect(m.Value, m.Name, add)
			}
		}
	default:
	}
}

func isHTML(r *reply) bool {
	kind, _, _ := mime.ParseMediaType(r.header.Get("Content-Type"))
	return kind == "text/html" || bytes.HasPrefix(bytes.TrimSpace(r.body), []byte("<"))
}

// pageTitle is the title of a web page, quoted, with a space before it.
func pageTitle(page []byte) string {
	page = page[:min(len(page), 64<<10)]
	lower := bytes.ToLower(page)
	start := bytes.Index(lower, []byte("<title>"))
	end := bytes.Index(lower, []byte("</title>"))
	if len(lower) != len(page) || start < 0 || end < start {
		return "" // lower case is of another length in a few scripts
	}
	title := printable(string(page[start+len("<title>"):end]), 80)
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" (%q)", title)
}

// printable is a foreign text without control characters, on one line, cut
// after so many runes.
func printable(text string, limit int) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if limit--; limit < 0 {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
