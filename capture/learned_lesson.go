package capture

import (
	"net/http"
	"slices"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

// Learnable reports whether an exchange can become a captured expectation,
// and why not. Such exchanges are in the recording all the same.
func Learnable(ex *Exchange) (ok bool, reason string) {
	switch req, resp := ex.Request, ex.Response; {
	case ex.Failure != nil && ex.Failure.Kind == FailAborted:
		return false, "aborted"
	case ex.Failure != nil:
		return false, "failed"
	case resp == nil:
		return false, "no response"
	case ex.AnsweredBy != "":
		return false, "answered by an expectation"
	case ex.Mode == expectations.Simulate && ex.Upstream == "":
		return false, "answered by pactape"
	case req.Body.Truncated || resp.Body.Truncated:
		return false, "truncated"
	case req.Body.Encoded || resp.Body.Encoded:
		return false, "content coding not understood"
	case resp.Status == http.StatusSwitchingProtocols:
		return false, "status 101"
	case resp.Status < 200:
		return false, "status 1xx"
	case resp.Status == http.StatusNotModified: // means nothing without the client's copy
		return false, "status 304"
	case resp.Status == http.StatusPartialContent:
		return false, "status 206"
	case resp.Status == http.StatusRequestedRangeNotSatisfiable:
		return false, "status 416"
	case req.Method == http.MethodConnect:
		return false, "tunnel"
	case isPreflight(req):
		return false, "CORS preflight"
	}
	return true, ""
}

// isPreflight: WHATWG Fetch §3.3.3, CORS-preflight request.
func isPreflight(req *expectations.Request) bool {
	return req.Method == http.MethodOptions && headerValue(req.Header, "Origin") != "" &&
		headerValue(req.Header, "Access-Control-Request-Method") != ""
}

// Rules identifies what lessons are worked out with; see [Lesson].
func (l *Learned) Rules() string { return l.rules }

// Lesson works out what an exchange of this recording teaches. ex has been
// redacted by the redactor of l. There are no side effects.
func (l *Learned) Lesson(ex *Exchange) Lesson {
	return l.lesson(ex, ex.Request)
}

// Relearn is Lesson for an exchange read back that was recorded under other
// [Learned.Rules]: its secrets may be tokens of another key, or still there.
func (l *Learned) Relearn(ex *Exchange) Lesson {
	req := ex.Request
	if l.o.Redactor != nil {
		req, _ = l.o.Redactor.Request(req)
	}
	return l.lesson(ex, req)
}

func (l *Learned) lesson(ex *Exchange, req *expectations.Request) Lesson {
	lesson := Lesson{Rules: l.rules}
	if ok, reason := Learnable(ex); !ok {
		lesson.Skip = reason
		return lesson
	}
	// Of secrets in headers the key knows nothing.
	redacted := slices.ContainsFunc(ex.Redactions, func(r expectations.Redaction) bool {
		return r.Message == "request" && r.In != "header" && r.In != "cookie"
	})
	switch {
	case !redacted:
		lesson.Key = KeyOf(req, l.headers)
	case l.mask.Foreign(req):
		lesson.Key = KeyOf(l.mask.Mask(req), l.headers)
		lesson.Key.Masked = true
	default:
		lesson.Key = KeyOf(req, l.headers)
		lesson.Mask = KeyOf(l.mask.Mask(req), l.headers).Hash
	}
	lesson.Caller = CallerOf(req)
	lesson.Answer = answerDigest(ex.Response)
	return lesson
}

// maskOf returns what masks requests for a redactor, which may be nil.
func maskOf(r *redact.Redactor) *redact.Redactor {
	if r != nil {
		return r
	}
	mask, err := redact.NewMask(redact.Options{})
	if err != nil {
		panic(err) // only paths can be wrong, and there are none
	}
	return mask
}
