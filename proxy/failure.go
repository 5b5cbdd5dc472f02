package proxy

import (
	"maps"
	"net/http"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

// A failure is why a request could not be served, and how the client is told.
// It is made in one place for each kind; errors become statuses only here.
type failure struct {
	status int
	kind   capture.FailureKind
	// text is short and has no internals.
	text string
	// header holds further fields of the answer.
	header http.Header
	// err is what went wrong on the way to the server, nil if nothing did.
	err error
}

// failureOf is the failure to get an answer of the host.
func failureOf(host string, err error) failure {
	kind, reason := upstream.Classify(err)
	f := failure{kind: kind, text: host + ": " + reason, err: err}
	switch kind {
	case capture.FailTimeout:
		f.status = http.StatusGatewayTimeout
	case capture.FailLoop:
		f.status = http.StatusLoopDetected
	case capture.FailUpstream, capture.FailAborted, capture.FailInternal:
		f.status = http.StatusBadGateway
	default:
		f.status = http.StatusBadGateway
	}
	return f
}

// message is what the client reads.
func (f failure) message() string { return "pactape: " + f.text + "\n" }

func (f failure) reply() *reply {
	header := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	maps.Copy(header, f.header)
	return &reply{status: f.status, header: header, body: []byte(f.message())}
}

func (f failure) recorded() *capture.Failure {
	return &capture.Failure{Kind: f.kind, Message: f.text}
}
