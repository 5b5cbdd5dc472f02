package admin

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// headerSkipped lists what an export left out, for scripts that look.
const headerSkipped = "X-Pactape-Skipped"

const (
	// maxSkippedText bounds the text on one thing skipped, maxSkippedHeader
	// the whole header, in bytes: servers and clients in between take no more
	// than about 8 KiB of headers.
	maxSkippedText   = 300
	maxSkippedHeader = 4 << 10
)

// exportPact answers the active response expectations as a Pact: what was made
// by hand as written, what was captured as it is inferred from its samples.
// With report=true the answer holds the contract and why it is so.
func (c *call) exportPact() error {
	o, how, err := c.pactOptions()
	if err != nil {
		return err
	}
	wantReport := false
	switch text := strings.ToLower(c.query.Get("report")); text {
	case "", "false":
	case "true":
		wantReport = true
	default:
		return notAValue("report", c.query.Get("report"), "true", "false")
	}
	if wantReport && how.Mode == infer.None {
		return badRequest("report=true explains an inference: infer=types, formats or strict is wanted")
	}
	if how.Mode == infer.None {
		return c.writePact(o)
	}
	doc, report, err := c.exported(o, how)
	if err != nil {
		return err
	}
	if wantReport {
		both := jsondoc.Object(jsondoc.M("pact", doc.JSON()), jsondoc.M("report", report.JSON()))
		return c.json(http.StatusOK, append(both.AppendIndent(nil, "  "), '\n'))
	}
	return c.streamPact(doc)
}

// writePact answers what was recorded as it was, one interaction after another.
func (c *call) writePact(o pact.ExportOptions) error {
	var unreadable error
	doc, skipped, err := pact.ExportWriting(c.r.Context(), whole(c.active(filter{}), &unreadable), o)
	if err = cmp.Or(unreadable, err); err != nil {
		return err
	}
	c.leftOut(skipped)
	return c.streamPact(doc)
}

func (c *call) streamPact(doc io.WriterTo) error {
	return c.stream(http.StatusOK, contentJSON, func(w io.Writer) error {
		_, err := doc.WriteTo(w)
		return err
	})
}

// exported is a contract of the active expectations. What it leaves out is
// named in the answer's header and in the log.
func (c *call) exported(o pact.ExportOptions, how infer.Options) (*pact.Document, *infer.Report, error) {
	// A contract without what could not be read would pass for the whole.
	var unreadable error
	from := infer.Source{Active: whole(c.active(filter{}), &unreadable)}
	if how.Mode != infer.None {
		if err := c.space.Captured.Sync(c.r.Context()); err != nil {
			return nil, nil, err
		}
		from.Active = c.made() // samples stand for what was captured
		from.Samples = whole(c.Samples(c.r.Context(), c.space), &unreadable)
	}
	doc, skipped, report, err := infer.Export(c.r.Context(), from, o, how)
	if err = cmp.Or(unreadable, err); err != nil {
		return nil, nil, err
	}
	c.leftOut(skipped)
	return doc, report, nil
}

// leftOut names what a contract has no words for.
func (c *call) leftOut(skipped []pact.Skipped) {
	if len(skipped) > 0 {
		c.w.Header().Set(headerSkipped, skippedHeader(skipped))
	}
	for _, s := range skipped {
		c.log.InfoContext(c.r.Context(), "left out of the pact", "session", c.space.ID.String(),
			"expectation_id", s.ID, "interaction", s.Description, "part", s.Part, "reason", s.Reason)
	}
}

// made are the active expectations that were not captured.
func (c *call) made() iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for _, e := range c.space.Set.All() {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// whole ends a sequence at its first error, which it keeps.
func whole[T any](seq iter.Seq2[T, error], unreadable *error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if err != nil {
				*unreadable = unread(err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

// pactOptions reads what a call asks of a contract.
func (c *call) pactOptions() (o pact.ExportOptions, how infer.Options, err error) {
	only, err := c.pactFilter()
	if err != nil {
		return o, how, err
	}
	o, how = c.Export, c.Infer
	o.Consumer, o.Provider = strings.TrimSpace(c.query.Get("consumer")), strings.TrimSpace(c.query.Get("provider"))
	o.Host, o.Origin = only.Host, only.Origin
	if o.Spec, err = pact.ParseSpec(c.query.Get("spec")); err != nil {
		return o, how, notAValue("spec", c.query.Get("spec"), "2", "3", "4")
	}
	for name, list := range map[string]*[]string{
		"request-header": &o.RequestHeaders, "response-header": &o.ResponseHeaders, "ignore-header": &o.IgnoreHeaders,
		"path-template": &how.Templates,
	} {
		*list = append(slices.Clip(*list), c.query[name]...)
	}
	if mode := c.query.Get("infer"); mode != "" {
		if how.Mode, err = infer.ParseMode(mode); err != nil {
			return o, how, notAValue("infer", mode, "none", "types", "formats", "strict")
		}
	}
	if states := c.query.Get("states"); states != "" {
		if how.States, err = infer.ParseStates(states); err != nil {
			return o, how, notAValue("states", states, "auto", "none")
		}
	}
	if err := how.Check(); err != nil {
		return o, how, badRequest(err.Error())
	}
	if c.Samples == nil {
		how.Mode = infer.None
	}
	return o, how, nil
}

// pactFilter is what host and origin narrow the expectations to.
func (c *call) pactFilter() (pact.Filter, error) {
	f := pact.Filter{Host: c.query.Get("host")}
	switch origin := strings.ToLower(c.query.Get("origin")); origin {
	case "", "all":
	case string(expectations.OriginUser), string(expectations.OriginCaptured):
		f.Origin = expectations.Origin(origin)
	default:
		return f, notAValue("origin", c.query.Get("origin"), "user", "captured", "all")
	}
	return f, nil
}

// skippedHeader lists what was skipped in one line of visible ASCII: as much
// as fits by name and reason, and how many more there are.
func skippedHeader[S fmt.Stringer](skipped []S) string {
	var b strings.Builder
	for i, s := range skipped {
		text := cut(visible(s.String()), maxSkippedText)
		if i > 0 {
			text = "; " + text
		}
		if b.Len()+len(text) > maxSkippedHeader-32 {
			fmt.Fprintf(&b, "; and %d more", len(skipped)-i)
			break
		}
		b.WriteString(text)
	}
	return b.String()
}

// visible escapes what a header value cannot hold (RFC 9110 §5.5) as Go and
// JSON do.
func visible(s string) string {
	quoted := quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
