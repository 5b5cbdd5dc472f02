package pact

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// whole compares a response as MockServer does (PactVerifier): status equal,
// headers a subset, bodies equal. Rules on the status and on headers apply. It
// returns MockServer's reason for the first difference, and all of them.
func (m *ResponseMatcher) whole(got *expectations.Response) (reason string, found []Mismatch) {
	found = matchStatus(m.want.StatusCode(), got.Status, m.rules.status)
	if len(m.rules.header.entries) > 0 {
		values := func(name string) []string { return headerElements(name, headerValues(got.Header, name)) }
		found = append(found, matchHeaders(m.want.Headers, values, m.rules.header)...)
	} else {
		found = append(found, headerSubset(m.want.Headers, got)...)
	}
	reason = reasonFor(m.want, got, found)
	bodyReason, body := wholeBody(m.want.Body, got.Body.Bytes)
	if reason == "" {
		reason = bodyReason
	}
	return reason, append(found, body...)
}

// headerSubset wants each value of each header among those of the answer,
// which may be written as elements of one line.
func headerSubset(want Fields, got *expectations.Response) []Mismatch {
	var found []Mismatch
	for _, field := range want {
		lines := headerValues(got.Header, field.Name)
		m := Mismatch{Kind: HeaderMismatch, In: CategoryHeader, Path: field.Name, Got: clip(strings.Join(lines, ", "))}
		if lines == nil {
			m.Want = clip(strings.Join(field.Values, ", "))
			m.Message = fmt.Sprintf("expected header '%s' but it was missing", field.Name)
			found = append(found, m)
			continue
		}
		elements := lines
		for _, line := range lines {
			elements = append(slices.Clip(elements), splitHeader(field.Name, line)...)
		}
		for _, v := range field.Values {
			if !slices.Contains(elements, v) {
				m.Want = clip(v)
				m.Message = fmt.Sprintf("expected '%s' but was '%s'", clip(v), m.Got)
				found = append(found, m)
			}
		}
	}
	return found
}

// wholeBody compares bodies: as JSON if the contract has JSON, else as text.
func wholeBody(want Body, got []byte) (reason string, found []Mismatch) {
	mismatch := func(message string) []Mismatch {
		return []Mismatch{{
			Kind: BodyMismatch, In: CategoryBody, Path: "$",
			Want: clip(printable(want.Content())), Got: clip(printable(got)), Message: message,
		}}
	}
	switch {
	case want.Kind == BodyAbsent, want.Kind == BodyNull:
		return "", nil
	case want.Kind == BodyEmpty && len(got) == 0:
		return "", nil
	case want.present() && len(got) == 0:
		const none = "expected body but response has no body"
		return "body mismatch: " + none, mismatch(none)
	case want.Kind == BodyJSON:
		doc, err := jsondoc.Parse(got)
		if err != nil {
			const invalid = "expected JSON body but response body is not valid JSON"
			return "body mismatch: " + invalid, mismatch(invalid)
		}
		if jsondoc.Equal(want.JSON, doc) {
			return "", nil
		}
		return "body mismatch: JSON bodies are not equal", matchJSON(want.JSON, doc, ruleSet{}, true)
	case bytes.Equal(want.Content(), got):
		return "", nil
	}
	message := fmt.Sprintf("expected '%s' but was '%s'", excerpt(want.Content()), excerpt(got))
	return "body mismatch: " + message, mismatch(message)
}

// excerpt cuts a body for a reason as MockServer does, to 100 characters.
func excerpt(b []byte) string {
	const limit = 100
	runes := []rune(printable(b))
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit]) + "..."
}

// reasonFor puts the first mismatch into MockServer's words; "" if there is
// none.
func reasonFor(want *Response, got *expectations.Response, found []Mismatch) string {
	if len(found) == 0 {
		return ""
	}
	m := found[0]
	switch m.Kind {
	case StatusMismatch:
		return fmt.Sprintf("status code mismatch: expected %d but was %d", want.StatusCode(), got.Status)
	case HeaderMismatch:
		values := headerValues(got.Header, m.Path)
		if values == nil {
			return fmt.Sprintf("header mismatch: expected header '%s' not found in response", m.Path)
		}
		return fmt.Sprintf("header mismatch: header '%s' expected value '%s' not found (actual values: [%s])",
			m.Path, m.Want, strings.Join(values, ", "))
	case BodyMismatch, BodyTypeMismatch:
		if m.Path == "$" || m.Path == "" {
			return "body mismatch: " + m.Message
		}
		return fmt.Sprintf("body mismatch: %s: %s", m.Path, m.Message)
	case UnsupportedRule, MethodMismatch, PathMismatch, QueryMismatch:
	}
	return m.Message
}
