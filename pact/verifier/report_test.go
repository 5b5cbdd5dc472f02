package verifier_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// badResult is a verdict with everything that a report must escape.
func badResult() *pact.Result {
	r := pact.NewResult()
	r.Add(pact.InteractionResult{Description: "good", States: []string{"a user"}, Verified: true, Duration: 12 * time.Millisecond})
	r.Add(pact.InteractionResult{
		Description: "bad <&> \x1b[31m", Reason: "status", Duration: 3 * time.Millisecond,
		Mismatches: []pact.Mismatch{
			{Kind: pact.StatusMismatch, In: pact.CategoryStatus, Want: "200", Got: "404", Message: "expected 200 but was 404"},
			{Kind: pact.BodyMismatch, In: pact.CategoryBody, Path: "$.a", Want: "one\ntwo", Got: "\x1b]0;title\x07", Message: "50%: expected\na, b"},
		},
	})
	return r
}

func TestPrintColor(t *testing.T) {
	t.Parallel()
	doc := &pact.Document{Consumer: "web", Provider: "api"}
	var b strings.Builder
	if err := (verifier.Printer{Color: true}).Print(&b, doc, badResult()); err != nil {
		t.Fatal(err)
	}
	want := "Verifying the contract between web and api\n\n" +
		"  \x1b[32mok    \x1b[0m  good (given a user)  \x1b[2m12ms\x1b[0m\n" +
		"  \x1b[31mFAILED\x1b[0m  bad <&> ?[31m  \x1b[2m3ms\x1b[0m\n" +
		"          \x1b[1mstatus\x1b[0m: expected 200 but was 404\n" +
		"            \x1b[31m- 200\x1b[0m\n" +
		"            \x1b[32m+ 404\x1b[0m\n" +
		"          \x1b[1mbody $.a\x1b[0m: 50%: expected?a, b\n" +
		"            \x1b[31m- one\x1b[0m\n" +
		"            \x1b[31m- two\x1b[0m\n" +
		"            \x1b[32m+ ?]0;title?\x1b[0m\n" +
		"\n\x1b[31m1 of 2 interaction(s) failed\x1b[0m\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := verifier.WriteJUnit(&b, []verifier.Suite{
		{Name: "one.json", File: "contracts/one.json", Result: badResult()},
		{Name: "two", Result: badResult(), Pending: true},
		{Name: "three", Err: errors.New("not a Pact: \x00")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pactape verify" tests="5" failures="1" errors="1">
  <testsuite name="one.json" tests="2" failures="1" errors="0" skipped="0" time="0.015">
    <testcase name="good (given a user)" classname="one.json" file="contracts/one.json" time="0.012"></testcase>
    <testcase name="bad &lt;&amp;&gt; ?[31m" classname="one.json" file="contracts/one.json" time="0.003">
      <failure message="status">status: expected 200 but was 404&#xA;body $.a: 50%: expected&#xA;a, b</failure>
    </testcase>
  </testsuite>
  <testsuite name="two" tests="2" failures="0" errors="0" skipped="1" time="0.015">
    <testcase name="good (given a user)" classname="two" time="0.012"></testcase>
    <testcase name="bad &lt;&amp;&gt; ?[31m" classname="two" time="0.003">
      <skipped message="pending: status">status: expected 200 but was 404&#xA;body $.a: 50%: expected&#xA;a, b</skipped>
    </testcase>
  </testsuite>
  <testsuite name="three" tests="1" failures="0" errors="1" skipped="0" time="0.000">
    <testcase name="the contract can be judged" classname="three" time="0.000">
      <error message="not a Pact: ?"></error>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := xml.Unmarshal([]byte(b.String()), new(struct{})); err != nil {
		t.Errorf("not well-formed: %v", err)
	}
}

func TestAnnotate(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := verifier.Annotate(&b, []verifier.Suite{
		{Name: "one, two", File: "a,b.json", Result: badResult()},
		{Name: "pending", Result: badResult(), Pending: true},
		{Name: "three", Err: errors.New("not a Pact")},
	})
	if err != nil {
		t.Fatal(err)
	}
	const message = "::status: expected 200 but was 404%0Abody $.a: 50%25: expected%0Aa, b\n"
	want := "::error file=a%2Cb.json,title=one%2C two%3A bad <&> \x1b[31m" + message +
		"::warning title=pending%3A bad <&> \x1b[31m" + message +
		"::error title=three::not a Pact\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The report has the members of the official verifier's.
func TestJSON(t *testing.T) {
	t.Parallel()
	pending := pact.NewResult()
	pending.Add(pact.InteractionResult{
		Description: "late", Key: "k", ID: "7", States: []string{"a", "b"}, Pending: true, Duration: 1500 * time.Microsecond,
		Mismatches: []pact.Mismatch{
			{Kind: pact.HeaderMismatch, In: pact.CategoryHeader, Path: "X-A", Want: "1", Got: "2", Message: "h"},
			{Kind: pact.QueryMismatch, In: pact.CategoryQuery, Path: "q", Message: "q"},
		},
	})
	unanswered := pact.NewResult()
	unanswered.Add(pact.InteractionResult{Description: "nobody", Reason: "no answer: refused"})
	suites := []verifier.Suite{
		{Name: "one.json", Parties: "web and api", Result: badResult()},
		{Name: "two.json", Parties: "web and api", Result: pending},
		{Name: "three.json", Result: unanswered, Pending: true},
		{Name: "four.json", Err: errors.New("not a Pact")},
	}
	want := `{"result":false,"errors":[` +
		`{"interaction":"Verifying a pact between web and api - bad <&> \u001b[31m","mismatch":{"type":"mismatches","mismatches":[` +
		`{"type":"StatusMismatch","expected":200,"actual":404,"mismatch":"expected 200 but was 404"},` +
		`{"type":"BodyMismatch","path":"$.a","expected":"one\ntwo","actual":"\u001b]0;title\u0007","mismatch":"50%: expected\na, b"}],"interactionId":""}},` +
		`{"interaction":"Failed to load pact","mismatch":{"type":"error","message":"four.json: not a Pact","interactionId":""}}],` +
		`"pendingErrors":[{"interaction":"Verifying a pact between web and api Given a And b - late","mismatch":{"type":"mismatches","mismatches":[` +
		`{"type":"HeaderMismatch","key":"X-A","expected":"1","actual":"2","mismatch":"h"},` +
		`{"type":"QueryMismatch","parameter":"q","expected":"","actual":"","mismatch":"q"}],"interactionId":"7"}},` +
		`{"interaction":"Verifying a pact - nobody","mismatch":{"type":"error","message":"no answer: refused","interactionId":""}}],` +
		`"interactionResults":[{"description":"good","duration":"12ms","result":"OK"},{"description":"bad <&> \u001b[31m","duration":"3ms","result":"Error"},` +
		`{"description":"late","duration":"1ms","result":"Error","interactionKey":"k"},{"description":"nobody","duration":"0ms","result":"Error"}],` +
		`"notices":[],"output":["a","","b"],"contracts":[1]}`
	got := verifier.JSON(suites, "a\n\nb\n", jsondoc.Array(jsondoc.Int(1)))
	if diff := cmp.Diff(want, string(got.AppendCompact(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What is pending fails nothing.
	if result, _ := verifier.JSON(suites[1:3], "", jsondoc.Array()).Get("result"); !result.Bool {
		t.Error("the result of pending failures is false")
	}
}
