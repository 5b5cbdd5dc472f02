package pact_test

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// Recordings of one API under other keys, at other logins, give one contract.
func TestContractHoldsNoTokens(t *testing.T) {
	t.Parallel()
	first := exported(t, "redacted_obt4v4nkfwxvmqgeadqe4n772q", "9000123456789014", "5ec7e700-1234-8abc-9def-0123456789ab")
	second := exported(t, "redacted_k4dzsjksmsigqxy7c5vjxlsiku", "9000999956789017", "5ec7e700-9999-8abc-9def-0123456789ab")
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("the contracts differ: %s", diff)
	}
	for _, want := range []string{expectations.PlaceholderText, expectations.PlaceholderDigits, expectations.PlaceholderUUID, "keep 9000123456789014x"} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("%q is missing in %s", want, first)
		}
	}
}

// exported is the contract of a login with the given tokens in it.
func exported(t *testing.T, text, digits, uuid string) []byte {
	t.Helper()
	e := &expectations.Expectation{
		ID: "x", Origin: expectations.OriginCaptured, Authority: "api.test",
		Request: &expectations.RequestMatcher{
			Method: expectations.Text{Value: "POST"}, Path: expectations.Text{Value: "/login"},
			Query: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
				{Name: expectations.Text{Value: "api_key"}, Values: []expectations.Text{{Value: uuid}}},
			}},
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
				{Name: expectations.Text{Value: "Content-Type"}, Values: []expectations.Text{{Value: "application/json"}}},
			}},
			Body: &expectations.BodyMatcher{Kind: expectations.JSONBody{
				Raw: fmt.Appendf(nil, `{"password":%q,"pin":%s,"note":"keep 9000123456789014x"}`, text, digits), Strict: true,
			}},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: &expectations.AnswerBody{Kind: expectations.AnswerJSON, Bytes: fmt.Appendf(nil, `{"token":%q}`, text)},
		}}},
		Redactions: []expectations.Redaction{
			{Message: "request", In: "query", Name: "api_key", Class: "string"},
			{Message: "request", In: "json", Name: "$.password", Class: "string"},
			{Message: "request", In: "json", Name: "$.pin", Class: "number"},
			{Message: "response", In: "json", Name: "$.token", Class: "string"},
		},
	}
	var all iter.Seq2[*expectations.Expectation, error] = func(yield func(*expectations.Expectation, error) bool) { yield(e, nil) }
	doc, skipped, err := pact.Export(t.Context(), all, pact.ExportOptions{})
	if err != nil || len(skipped) != 0 {
		t.Fatal(err, skipped)
	}
	if body, ok := e.Request.Body.Kind.(expectations.JSONBody); !ok || !strings.Contains(string(body.Raw), text) {
		t.Error("the expectation was changed")
	}
	return doc.Append(nil)
}
