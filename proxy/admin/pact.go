package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
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

// exportPact answers the active response expectations as a Pact.
func (c *call) exportPact() error {
	only, err := c.pactFilter()
	if err != nil {
		return err
	}
	o := c.Export
	o.Consumer, o.Provider = strings.TrimSpace(c.query.Get("consumer")), strings.TrimSpace(c.query.Get("provider"))
	o.Host, o.Origin = only.Host, only.Origin
	if o.Spec, err = pact.ParseSpec(c.query.Get("spec")); err != nil {
		return notAValue("spec", c.query.Get("spec"), "2", "3", "4")
	}
	// A contract without what could not be read would pass for the whole.
	var unreadable error
	doc, skipped, err := pact.Export(c.r.Context(), func(yield func(*expectations.Expectation, error) bool) {
		for e, err := range c.active(filter{}) {
			if unreadable = err; err != nil || !yield(e, nil) {
				return
			}
		}
	}, o)
	if err = cmp.Or(unreadable, err); err != nil {
		return err
	}
	if len(skipped) > 0 {
		c.w.Header().Set(headerSkipped, skippedHeader(skipped))
	}
	for _, s := range skipped {
		c.log.InfoContext(c.r.Context(), "left out of the pact", "session", c.space.ID.String(),
			"expectation_id", s.ID, "interaction", s.Description, "part", s.Part, "reason", s.Reason)
	}
	return c.json(http.StatusOK, doc.Append(nil))
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
