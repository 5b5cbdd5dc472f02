package infer

import (
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// AppendText appends the report for people, in plain text.
func (r *Report) AppendText(dst []byte) []byte {
	dst = fmt.Appendf(dst, "%s, %s, %s (inference: %s)\n",
		plural(r.Samples, "sample"), plural(len(r.Interactions), "interaction"), share(r.Asserted, r.Total), r.Mode)
	for _, c := range r.LeftOut {
		dst = fmt.Appendf(dst, "left out: %d, %s\n", c.Samples, c.Reason)
	}
	for _, e := range r.Overrides {
		dst = fmt.Appendf(dst, "override of %s: %s\n", e.Place, e.Reason)
	}
	for _, it := range r.Interactions {
		dst = it.appendText(dst)
	}
	return dst
}

func share(asserted, total int) string {
	return fmt.Sprintf("%d of %d leaves asserted", asserted, total)
}

func (r *InteractionReport) appendText(dst []byte) []byte {
	dst = fmt.Appendf(dst, "\n%s\n  %s, %s\n", r.Description, plural(r.Samples, "sample"), share(r.Asserted, r.Total))
	for _, list := range [...]struct {
		title    string
		evidence []Evidence
	}{
		{"parameter", r.Parameters}, {"state", r.States}, {"rule", r.Rules}, {"not asserted", r.NotAsserted},
	} {
		for _, e := range list.evidence {
			dst = append(dst, "  "+list.title+" "+e.Place...)
			if e.Decision != "" {
				dst = append(dst, ": "+e.Decision...)
			}
			dst = append(dst, " ("+e.Reason+")\n"...)
		}
	}
	if len(r.DroppedHeaders) > 0 {
		dst = append(dst, "  dropped headers: "+strings.Join(r.DroppedHeaders, ", ")+"\n"...)
	}
	if len(r.Redactions) > 0 {
		dst = append(dst, "  redacted: "+strings.Join(r.Redactions, ", ")+"\n"...)
	}
	return dst
}

// JSON is the report for programs.
func (r *Report) JSON() jsondoc.Value {
	leftOut := make([]jsondoc.Value, 0, len(r.LeftOut))
	for _, c := range r.LeftOut {
		leftOut = append(leftOut, jsondoc.Object(
			jsondoc.M("reason", jsondoc.String(c.Reason)), jsondoc.M("samples", jsondoc.Int(int64(c.Samples)))))
	}
	interactions := make([]jsondoc.Value, 0, len(r.Interactions))
	for _, it := range r.Interactions {
		interactions = append(interactions, it.json())
	}
	return jsondoc.Object(
		jsondoc.M("inference", jsondoc.String(string(r.Mode))),
		jsondoc.M("samples", jsondoc.Int(int64(r.Samples))),
		jsondoc.M("asserted", jsondoc.Int(int64(r.Asserted))),
		jsondoc.M("total", jsondoc.Int(int64(r.Total))),
		jsondoc.M("leftOut", jsondoc.Array(leftOut...)),
		jsondoc.M("overrides", evidenceJSON(r.Overrides)),
		jsondoc.M("interactions", jsondoc.Array(interactions...)),
	)
}

// AppendJSON appends [Report.JSON], indented by two spaces, with a newline at
// the end.
func (r *Report) AppendJSON(dst []byte) []byte {
	return append(r.JSON().AppendIndent(dst, "  "), '\n')
}

func (r *InteractionReport) json() jsondoc.Value {
	return jsondoc.Object(
		jsondoc.M("description", jsondoc.String(r.Description)),
		jsondoc.M("endpoint", jsondoc.String(r.Endpoint)),
		jsondoc.M("status", jsondoc.Int(int64(r.Status))),
		jsondoc.M("samples", jsondoc.Int(int64(r.Samples))),
		jsondoc.M("asserted", jsondoc.Int(int64(r.Asserted))),
		jsondoc.M("total", jsondoc.Int(int64(r.Total))),
		jsondoc.M("parameters", evidenceJSON(r.Parameters)),
		jsondoc.M("states", evidenceJSON(r.States)),
		jsondoc.M("rules", evidenceJSON(r.Rules)),
		jsondoc.M("notAsserted", evidenceJSON(r.NotAsserted)),
		jsondoc.M("droppedHeaders", stringsJSON(r.DroppedHeaders)),
		jsondoc.M("redactions", stringsJSON(r.Redactions)),
	)
}

func evidenceJSON(list []Evidence) jsondoc.Value {
	items := make([]jsondoc.Value, 0, len(list))
	for _, e := range list {
		o := jsondoc.Object(jsondoc.M("place", jsondoc.String(e.Place)))
		if e.Decision != "" {
			o.Members = append(o.Members, jsondoc.M("decision", jsondoc.String(e.Decision)))
		}
		o.Members = append(o.Members, jsondoc.M("reason", jsondoc.String(e.Reason)))
		items = append(items, o)
	}
	return jsondoc.Array(items...)
}

func stringsJSON(list []string) jsondoc.Value {
	items := make([]jsondoc.Value, 0, len(list))
	for _, s := range list {
		items = append(items, jsondoc.String(s))
	}
	return jsondoc.Array(items...)
}
