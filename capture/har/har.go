package har

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"net"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// flushSize is how much is gathered before it is written, in bytes.
const flushSize = 32 << 10

// Options say who writes an archive.
type Options struct {
	// Creator is the name of the application; "" is "pactape".
	Creator string
	// Version is that of the application; "" is "unknown".
	Version string
}

// An entry is what an archive says of one request.
type entry struct {
	started  time.Time
	timings  timings
	request  *expectations.Request
	response *expectations.Response // nil: there was none
	server   string                 // "ip:port" of the upstream, or ""
	comment  string
	failure  string
}

// WriteExchanges writes an archive of recorded exchanges. What seq yields an
// error for is left out, and the errors are returned joined once the archive
// is complete.
func WriteExchanges(w io.Writer, seq iter.Seq2[*capture.Exchange, error], o Options) error {
	return write(w, o, func(yield func(entry, error) bool) {
		for ex, err := range seq {
			if err != nil {
				if !yield(entry{}, err) {
					return
				}
				continue
			}
			if !yield(fromExchange(ex), nil) {
				return
			}
		}
	})
}

func fromExchange(ex *capture.Exchange) entry {
	e := entry{
		started: ex.Started, timings: phases(ex.Timings), request: ex.Request, response: ex.Response, server: ex.Upstream,
	}
	if ex.AnsweredBy != "" {
		e.comment = "answered by expectation " + ex.AnsweredBy
	}
	if ex.Failure != nil {
		e.failure = string(ex.Failure.Kind) + ": " + ex.Failure.Message
	}
	return e
}

// WriteEntries writes an archive of the request log.
func WriteEntries(w io.Writer, seq iter.Seq[expectations.Entry], o Options) error {
	return write(w, o, func(yield func(entry, error) bool) {
		for e := range seq {
			out := entry{started: e.Time, timings: unknown(), request: e.Request, response: e.Response}
			if e.Outcome == expectations.Failed {
				out.failure = e.Reason
			}
			if e.ExpectationID != "" {
				out.comment = "answered by expectation " + e.ExpectationID
			}
			if !yield(out, nil) {
				return
			}
		}
	})
}

// WriteRequests writes an archive of the requests of the log alone; every
// response is the one of HAR for none, with status 0.
func WriteRequests(w io.Writer, seq iter.Seq[expectations.Entry], o Options) error {
	return write(w, o, func(yield func(entry, error) bool) {
		for e := range seq {
			if !yield(entry{started: e.Time, timings: unknown(), request: e.Request}, nil) {
				return
			}
		}
	})
}

// write writes an archive of the entries.
func write(w io.Writer, o Options, seq iter.Seq2[entry, error]) error {
	p := jsondoc.NewPrinter(make([]byte, 0, flushSize+flushSize/4))
	p.BeginObject()
	p.Key("log")
	p.BeginObject()
	p.Text("version", "1.2")
	p.Key("creator")
	p.BeginObject()
	p.Text("name", cmp.Or(o.Creator, "pactape"))
	p.Text("version", cmp.Or(o.Version, "unknown"))
	p.EndObject()
	p.Key("entries")
	p.BeginArray()
	var skipped []error
	for e, err := range seq {
		if err != nil {
			skipped = append(skipped, err)
			continue
		}
		p.Item()
		printEntry(&p, &e)
		if len(p.Bytes()) < flushSize {
			continue
		}
		if _, err := w.Write(p.Bytes()); err != nil {
			return err
		}
		p.Flush()
	}
	p.EndArray()
	p.EndObject()
	p.EndObject()
	if _, err := w.Write(p.Bytes()); err != nil {
		return err
	}
	return errors.Join(skipped...)
}

// timestamp is ISO 8601 with milliseconds and zone, as HAR 1.2 §entries asks.
const timestamp = "2006-01-02T15:04:05.000Z07:00"

func printEntry(p *jsondoc.Printer, e *entry) {
	p.BeginObject()
	p.Text("startedDateTime", e.started.UTC().Format(timestamp))
	number(p, "time", e.timings.total())
	p.Key("request")
	printRequest(p, e.request)
	p.Key("response")
	printResponse(p, e)
	p.Key("cache")
	p.BeginObject()
	p.EndObject()
	p.Key("timings")
	e.timings.print(p)
	if host, _, err := net.SplitHostPort(e.server); err == nil && net.ParseIP(host) != nil {
		p.Text("serverIPAddress", host)
	}
	if _, port, err := net.SplitHostPort(e.request.ClientAddr); err == nil {
		p.Text("connection", port)
	}
	optional(p, "comment", e.comment)
	optional(p, "_error", e.failure)
	p.EndObject()
}

// optional prints a member that is left out if empty.
func optional(p *jsondoc.Printer, name, s string) {
	if s != "" {
		p.Text(name, s)
	}
}
