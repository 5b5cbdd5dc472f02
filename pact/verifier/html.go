package verifier

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/pactape/pactape/pact"
)

//go:embed report.html.tmpl
var reportTemplate string

// The page's data, texts without control characters.
type (
	htmlReport struct {
		Tool, Verdict, Contracts    string
		OK, Failed, Pending, Broken int
		Suites                      []htmlSuite
	}
	htmlSuite struct {
		Title, From, Class, Mark, Error string
		Warnings                        []string
		Items                           []htmlItem
	}
	htmlItem struct {
		Class, Mark, Description, States, Took, Reason string
		Differences                                    []htmlDifference
		Needed                                         []string
	}
	htmlDifference struct {
		Place, Message string
		Want, Got      []string // lines
	}
)

// The classes of the page: how a verdict is coloured.
const (
	htmlOK      = "ok"
	htmlFailed  = "failed"
	htmlPending = "pending"
)

// WriteHTML writes a page for people: each contract with its interactions, what
// did not match, what was wanted and what was got. It needs nothing beside
// itself, no script either; tool names who made it.
func WriteHTML(w io.Writer, tool string, suites []Suite) error {
	page, err := template.New("report").Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	report := htmlReport{Tool: tool, Verdict: "all verified", Contracts: fmt.Sprintf("%d contract(s)", len(suites))}
	for _, s := range suites {
		report.add(s)
	}
	switch {
	case report.Failed+report.Broken > 0:
		report.Verdict = "failed"
	case report.OK+report.Pending == 0:
		report.Verdict = "nothing to verify"
	case report.Pending > 0:
		report.Verdict = "passed, with pending failures"
	}
	if err := page.Execute(w, report); err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	return nil
}

func (r *htmlReport) add(s Suite) {
	suite := htmlSuite{Title: clean(s.Name), From: clean(s.Parties), Class: htmlOK, Mark: "verified"}
	if s.Err != nil {
		suite.Class, suite.Mark, suite.Error = htmlFailed, "not judged", clean(s.Err.Error())
		r.Broken++
		r.Suites = append(r.Suites, suite)
		return
	}
	for _, warning := range s.Result.Warnings {
		suite.Warnings = append(suite.Warnings, clean(warning))
	}
	for _, it := range s.Result.Interactions {
		item := newHTMLItem(it, s.lets(it))
		switch item.Class {
		case htmlOK:
			r.OK++
		case htmlPending:
			r.Pending++
		default:
			r.Failed++
		}
		suite.Items = append(suite.Items, item)
	}
	if failed := s.Result.Failed(); failed > 0 {
		suite.Class, suite.Mark = htmlFailed, fmt.Sprintf("%d of %d failed", failed, len(suite.Items))
		if s.Pending || s.Result.Holds() {
			suite.Class, suite.Mark = htmlPending, suite.Mark+", pending"
		}
	}
	r.Suites = append(r.Suites, suite)
}

func newHTMLItem(it pact.InteractionResult, pending bool) htmlItem {
	item := htmlItem{
		Class: htmlOK, Mark: "ok", Description: clean(it.Description), States: clean(strings.Join(it.States, ", ")), Needed: it.NeededHeaders,
	}
	if it.Duration > 0 {
		item.Took = it.Duration.Round(time.Millisecond).String()
	}
	if it.Verified {
		return item
	}
	if item.Class, item.Mark = htmlFailed, "failed"; pending {
		item.Class, item.Mark = htmlPending, "pending"
	}
	if len(it.Mismatches) == 0 {
		item.Reason = clean(it.Reason)
	}
	for _, m := range it.Mismatches {
		item.Differences = append(item.Differences, htmlDifference{
			Place: clean(m.Place()), Message: clean(m.Message), Want: textLines(m.Want), Got: textLines(m.Got),
		})
	}
	return item
}

// textLines are the lines of a value.
func textLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(clean(text), "\n"), "\n")
}
