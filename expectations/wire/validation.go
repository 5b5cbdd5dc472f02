package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// links is what MockServer ends its validation messages with; its clients
// look for it (MockServer 7 JsonSchemaValidator).
const links = "OpenAPI Specification: https://app.swaggerhub.com/apis/jamesdbloom/mock-server-openapi/7.0.x\n" +
	"Documentation: https://mock-server.com/mock_server/creating_expectations.html"

// maxEcho bounds how much of a rejected document an error text repeats, in
// bytes.
const maxEcho = 64 << 10

// A ValidationError says why a document was rejected. Its Error is the text
// MockServer answers with status 400.
type ValidationError struct {
	// Problems are the single findings, sorted, each with its JSON path, e.g.
	// "$.httpRequest.path: integer found, string expected".
	Problems []string
	text     string
}

// Error is MockServer's text, of several lines.
func (e *ValidationError) Error() string { return e.text }

// invalid is the error for doc, which should have been a what and has the
// given problems.
func invalid(what string, doc jsondoc.Value, problems []string) *ValidationError {
	slices.Sort(problems)
	problems = slices.Compact(problems)
	return &ValidationError{
		Problems: problems,
		text: "incorrect " + what + " json format for:\n\n" + indented(echo(doc)) +
			"\n\n schema validation errors:\n\n" + indented(listed(problems)+"\n\n"+links),
	}
}

// missing is the error for an empty document.
func missing(problem string, withLinks bool) *ValidationError {
	e := &ValidationError{Problems: []string{problem}, text: listed([]string{problem})}
	if withLinks {
		e.text += "\n\n" + links
	}
	return e
}

// unparseable is the error for what is not JSON at all.
func unparseable(err error) *ValidationError {
	return &ValidationError{
		Problems: []string{err.Error()},
		text:     "JsonParseException: " + err.Error(),
	}
}

// joined is the error for an array with several bad items (MockServer 7
// ExpectationSerializer.deserializeArray).
func joined(errs []*ValidationError) *ValidationError {
	if len(errs) == 1 {
		return errs[0]
	}
	all := &ValidationError{}
	texts := make([]string, 0, len(errs))
	for _, e := range errs {
		all.Problems = append(all.Problems, e.Problems...)
		texts = append(texts, e.text)
	}
	text := "[\n" + strings.Join(texts, ",\n\n")
	all.text = strings.ReplaceAll(text, "\n", "\n  ") + "\n]"
	return all
}

// listed is "1 error:" or "n errors:" and the problems below it.
func listed(problems []string) string {
	plural := "s"
	if len(problems) == 1 {
		plural = ""
	}
	return fmt.Sprintf("%d error%s:\n - %s", len(problems), plural, strings.Join(problems, "\n - "))
}

// indented puts two spaces before each line, empty ones too (MockServer 7
// StringFormatter).
func indented(s string) string {
	return "  " + strings.ReplaceAll(s, "\n", "\n  ")
}

// echo prints doc for a person, cut to a length they can use.
func echo(doc jsondoc.Value) string {
	text := doc.AppendJackson(nil)
	if len(text) <= maxEcho {
		return string(text)
	}
	kept := bytes.ToValidUTF8(text[:maxEcho], nil)
	return fmt.Sprintf("%s\n… (%d bytes more)", kept, len(text)-len(kept))
}
